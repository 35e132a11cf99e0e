# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def post_init_hook(env):
    """Give the companies and stations that exist already their locations."""
    env["res.company"].search([])._ensure_spare_network()
    env["service.station"].search([])._ensure_locations()
