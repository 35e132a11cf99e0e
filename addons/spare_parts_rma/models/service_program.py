# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceProgram(models.Model):
    _inherit = "service.program"

    supply_ids = fields.One2many(
        comodel_name="spare.supply.promise",
        inverse_name="program_id",
        string="Spare parts promised",
        copy=True,
    )
    oow_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="Prices of parts out of warranty",
        help="Where the programme promised better prices than the branch centre's "
        "list: the lower price of both is quoted (PRT-24).",
    )
