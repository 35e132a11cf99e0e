# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class SpareJobMixin(models.AbstractModel):
    """Work on a customer's machine that takes parts: a visit, a workshop repair."""

    _name = "spare.job.mixin"
    _description = "Job that takes Parts"

    # Field by which swaps and draws name this job
    _job_field = None

    def _get_open_swaps_label(self) -> list:
        """The swaps that nobody finished, as what is missing on this job."""
        self.ensure_one()
        draft = self.spare_swap_ids.filtered(lambda swap: swap.state == "draft")
        if not draft:
            return []
        return [
            self.env._(
                "unfinished swap %s (finish or cancel it)",
                ", ".join(draft.mapped("name")),
            )
        ]

    def _action_new_spare(self, name, model, dialog=False, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new" if dialog else "current",
            "views": [(self.env.ref(dialog).id if dialog else False, "form")],
            "context": {f"default_{self._job_field}": self.id, **defaults},
        }

    def action_swap_part(self):
        """Open a swap for this job."""
        return self._action_new_spare(
            self.env._("Swap part"),
            "spare.swap",
            dialog="spare_parts_rma.view_spare_swap_dialog",
            default_component_id=self.ticket_id.component_id.id,
        )

    def action_draw_parts(self):
        """Open a draw of parts for this job (VIS-03)."""
        return self._action_new_spare(
            self.env._("Draw parts"), "spare.draw", default_direction="draw"
        )

    def action_request_oow(self):
        """Open an out-of-warranty request for this job (OOW-09)."""
        return self._action_new_spare(
            self.env._("Out-of-warranty request"),
            "spare.part.request",
            default_kind="oow",
            default_ticket_id=self.ticket_id.id,
        )


class SpareJobDocumentMixin(models.AbstractModel):
    """A parts document of a visit or of a repair in the workshop."""

    _name = "spare.job.document.mixin"
    _description = "Parts Document of a Job"

    visit_id = fields.Many2one(
        comodel_name="service.visit", index="btree_not_null", check_company=True
    )
    workshop_repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Workshop repair",
        index="btree_not_null",
        check_company=True,
        domain=[("intake_at", "!=", False)],
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        compute="_compute_ticket_id",
        store=True,
        precompute=True,
        index=True,
    )

    @api.depends("visit_id.ticket_id", "workshop_repair_id.ticket_id")
    def _compute_ticket_id(self):
        for document in self:
            document.ticket_id = (
                document.visit_id or document.workshop_repair_id
            ).ticket_id

    def _get_job_station(self):
        self.ensure_one()
        return (self.visit_id or self.workshop_repair_id).station_id

    def _get_job_engineer(self):
        """Who works on the job: its parts are in his hands."""
        self.ensure_one()
        return self.visit_id.engineer_id or self.workshop_repair_id.user_id
