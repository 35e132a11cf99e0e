# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    spare_rma_count = fields.Integer(compute="_compute_spare_counts")
    spare_request_count = fields.Integer(compute="_compute_spare_counts")

    loaner_promise = fields.Char(
        string="Loaner promised", compute="_compute_loaner_promise"
    )

    def _compute_spare_counts(self):
        slips, part_requests = (
            dict(
                self.env[model]._read_group(
                    [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
                )
            )
            for model in ("spare.rma", "spare.part.request")
        )
        for ticket in self:
            ticket.spare_rma_count = slips.get(ticket, 0)
            ticket.spare_request_count = part_requests.get(ticket, 0)

    def _action_view_spare(self, name, model):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("ticket_id", "=", self.id)],
            "context": {"default_ticket_id": self.id, "default_kind": "oow"},
        }

    def action_request_oow(self):
        """Open an out-of-warranty request for this ticket (OOW-08, OOW-09)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Out-of-warranty request"),
            "res_model": "spare.part.request",
            "view_mode": "form",
            "context": {
                "default_kind": "oow",
                "default_ticket_id": self.id,
                "default_visit_id": self.visit_ids.filtered(
                    lambda visit: not visit._is_ended()
                )[:1].id,
            },
        }

    def action_view_spare_rmas(self):
        return self._action_view_spare(self.env._("Defective parts"), "spare.rma")

    def action_view_spare_requests(self):
        return self._action_view_spare(
            self.env._("Part requests"), "spare.part.request"
        )

    @api.depends("program_id", "coverage_id")
    def _compute_loaner_promise(self):
        """Say what the programme promised while the machine is away (PRT-25, PRT-26)."""
        promises = self.program_id.supply_ids.filtered(
            lambda promise: promise.kind == "loaner"
        )
        for ticket in self:
            held = promises.filtered(
                lambda promise, ticket=ticket: (
                    promise.program_id == ticket.program_id
                    and (
                        ticket.coverage_verdict == "warranty"
                        or not promise.in_warranty_only
                    )
                )
            )
            ticket.loaner_promise = ", ".join(held.mapped("name"))
