# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceVisit(models.Model):
    _name = "service.visit"
    _inherit = ["service.visit", "spare.job.mixin"]
    _job_field = "visit_id"

    spare_swap_ids = fields.One2many(
        comodel_name="spare.swap", inverse_name="visit_id", string="Swaps"
    )
    spare_draw_ids = fields.One2many(
        comodel_name="spare.draw", inverse_name="visit_id", string="Draws"
    )
    spare_request_ids = fields.One2many(
        comodel_name="spare.part.request", inverse_name="visit_id", string="Requests"
    )

    def _get_missing(self):
        return super()._get_missing() + self._get_open_swaps_label()
