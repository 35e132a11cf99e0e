# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from .service_sla_promise import CUSTOMER_TIERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    service_tier = fields.Selection(
        selection=CUSTOMER_TIERS,
        string="Customer tier",
        help="Government and enterprise customers: group and provincial level are "
        "handed down, the three local tiers are rated by the local company.",
    )  # SLA-37, T-15
