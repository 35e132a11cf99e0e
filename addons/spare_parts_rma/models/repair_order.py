# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    spare_swap_ids = fields.One2many(
        comodel_name="spare.swap", inverse_name="repair_id", string="Swaps"
    )
    spare_rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="repair_id", string="Defective returns"
    )
