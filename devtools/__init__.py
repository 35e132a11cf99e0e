# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What stands behind ``./dev``: standard library only, one module per concern."""
