# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceEquipment(models.Model):
    _inherit = "service.equipment"

    spare_rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="equipment_id", string="Replaced parts"
    )
    spare_rma_count = fields.Integer(compute="_compute_spare_rma_count")

    def _compute_spare_rma_count(self):
        counts = dict(
            self.env["spare.rma"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.spare_rma_count = counts.get(equipment, 0)

    def action_view_spare_rmas(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replaced parts of %s", self.serial),
            "res_model": "spare.rma",
            "view_mode": "list,form",
            "domain": [("equipment_id", "=", self.id)],
        }
