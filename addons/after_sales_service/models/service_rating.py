# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How a customer rates the work, on whatever paper (CARE-13)."""

RATINGS = [
    ("5", "Very satisfied"),
    ("4", "Satisfied"),
    ("3", "Neutral"),
    ("2", "Dissatisfied"),
    ("1", "Very dissatisfied"),
]
