# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_contact_record import REMOTE_KINDS

# What is no maintenance needs no receipt.
UNRATED_KINDS = ("consultation", "complaint")


class HelpdeskTicket(models.Model):
    """No case ends without the customer's receipt (CARE-13)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    receipt_ids = fields.One2many(
        comodel_name="service.receipt", inverse_name="ticket_id", string="Receipts"
    )

    def _has_receipt(self) -> bool:
        """Whether the customer was asked apart from the papers of the work."""
        self.ensure_one()
        return any(receipt.state != "asked" for receipt in self.receipt_ids)

    def _lacks_receipt(self) -> bool:
        """Whether the customer was served and has neither rated nor declined.

        Served is who was helped from afar or brought his machine; a visit is never
        completed without a rating.
        """
        self.ensure_one()
        served = self.repair_ids.filtered("handed_over_at")
        helped = self.contact_record_ids.filtered(
            lambda record: record.kind in REMOTE_KINDS and record.state == "done"
        )
        away = self.delivery_mode != "onsite" and self.kind not in UNRATED_KINDS
        if not self.partner_id or not (served or helped or away):
            return False
        visits = self.visit_ids.filtered(lambda visit: visit.state == "done")
        papers = (served, helped, visits)
        return not any(any(one.mapped("rating")) for one in papers) and not (
            self._has_receipt()
        )

    @api.depends(
        "delivery_mode",
        "contact_record_ids.state",
        "contact_record_ids.rating",
        "receipt_ids.state",
    )
    def _compute_next_step(self):
        """Who was helped from afar rates the work, then the case is closed."""
        result = super()._compute_next_step()
        for ticket in self:
            if ticket.delivery_mode != "remote" or ticket.stage_id.closed:
                continue
            if "done" in ticket.contact_record_ids.filtered(
                lambda record: record.kind in REMOTE_KINDS
            ).mapped("state"):
                ticket.next_step = (
                    self.env._("Let the customer rate the work: Receipt")
                    if ticket._lacks_receipt()
                    else self.env._("Close the ticket")
                )
        return result

    def _follow_stage(self, was_closed):
        ended = self.filtered("stage_id.closed") - was_closed
        given_up = self._get_given_up_stages()
        lacking = ended.filtered(
            lambda ticket: ticket.stage_id not in given_up and ticket._lacks_receipt()
        )
        if lacking:
            raise UserError(
                self.env._(
                    "%s: the customer has not rated the work yet (CARE-13). Press "
                    "Receipt: enter what he says, send him the link, or say why there "
                    "is no rating.",
                    ", ".join(lacking.mapped("number")),
                )
            )
        return super()._follow_stage(was_closed)

    def action_receipt(self):
        """Ask the customer to rate the work, or write down what he says."""
        self.ensure_one()
        asked = self.receipt_ids.filtered(lambda receipt: receipt.state == "asked")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipt"),
            "res_model": "service.receipt",
            "res_id": (asked or self.receipt_ids)[:1].id,
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _get_receipt_url(self):
        """The page on which the customer may still rate, or False."""
        # sudo: his receipt, which a portal user reads on that page only
        waiting = self.sudo().receipt_ids.filtered(lambda one: one.state != "given")
        return waiting[:1].url

    def _close_by_customer(self, stage):
        """The customer closes his own case: he may rate it, and need not (CARE-13)."""
        self.ensure_one()
        if self._lacks_receipt():
            asked = self.receipt_ids.filtered(lambda one: one.state == "asked")
            receipt = asked or self.env["service.receipt"].create(
                {"ticket_id": self.id}
            )
            receipt.reason = "closed"
            receipt.action_decline()
        self.stage_id = stage
