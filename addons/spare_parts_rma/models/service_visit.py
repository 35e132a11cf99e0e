# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceVisit(models.Model):
    _inherit = "service.visit"

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
        missing = super()._get_missing()
        open_swaps = self.spare_swap_ids.filtered(lambda swap: swap.state == "draft")
        if open_swaps:
            missing.append(
                self.env._(
                    "unfinished swap %s (finish or cancel it)",
                    ", ".join(open_swaps.mapped("name")),
                )
            )
        return missing

    def _action_new_spare(self, name, model, dialog=False, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new" if dialog else "current",
            "views": [(self.env.ref(dialog).id if dialog else False, "form")],
            "context": {"default_visit_id": self.id, **defaults},
        }

    def action_swap_part(self):
        """Open a swap for this visit."""
        return self._action_new_spare(
            self.env._("Swap part"),
            "spare.swap",
            dialog="spare_parts_rma.view_spare_swap_dialog",
            default_component_id=self.ticket_id.component_id.id,
        )

    def action_draw_parts(self):
        """Open a draw of parts for this visit (VIS-03)."""
        return self._action_new_spare(
            self.env._("Draw parts"),
            "spare.draw",
            default_direction="draw",
            default_station_id=self.station_id.id,
            default_engineer_id=self.engineer_id.id,
        )

    def action_request_oow(self):
        """Open an out-of-warranty request for this visit (OOW-09)."""
        return self._action_new_spare(
            self.env._("Out-of-warranty request"),
            "spare.part.request",
            default_kind="oow",
            default_ticket_id=self.ticket_id.id,
        )
