# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class RepairOrder(models.Model):
    _name = "repair.order"
    _inherit = ["repair.order", "spare.job.mixin"]
    _job_field = "workshop_repair_id"

    spare_swap_ids = fields.One2many(
        comodel_name="spare.swap", inverse_name="repair_id", string="Swaps"
    )
    spare_draw_ids = fields.One2many(
        comodel_name="spare.draw", inverse_name="workshop_repair_id", string="Draws"
    )
    spare_rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="repair_id", string="Defective returns"
    )

    def _get_missing_ready(self):
        return super()._get_missing_ready() + self._get_open_swaps_label()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("ticket_id"):
            # a ticket that is attached afterwards brings its verdicts along
            done = self.move_ids.filtered(lambda move: move.state == "done")
            done._recheck_money_gate()
        return result
