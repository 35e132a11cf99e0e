# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceHandover(models.Model):
    """A case given to somebody else, and what came back (CARE-15, DSP-14, DSP-23)."""

    _name = "service.handover"
    _description = "Hand-over"
    _inherit = ["service.case.mixin", "service.document.mixin"]
    _order = "sent_at desc, id desc"
    _check_company_auto = True
    _transitions = {
        "draft": {"sent"},
        "sent": {"solved", "returned"},
        "solved": set(),
        "returned": set(),
    }
    _guarded_fields = frozenset(
        {"state", "sent_at", "sent_by_id", "answered_at", "answered_by_id"}
    )

    kind = fields.Selection(
        selection=[
            ("operator", "Operator"),
            ("maker", "Manufacturer"),
            ("department", "Department"),
            ("partner", "Service partner"),
            ("support", "Next support level"),
        ],
        required=True,
        default="operator",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Handed to",
        required=True,
        index=True,
        default=lambda self: self._default_partner_id(),
    )
    details = fields.Text(
        string="Problem in full",
        help="Everything the other side needs, so that the customer tells the story "
        "only once.",
        default=lambda self: self._default_details(),
    )
    reference = fields.Char(string="Their reference")
    contact = fields.Char(help="Who took the case over there.")
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    answer = fields.Text()
    answered_at = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "With them"),
            ("solved", "Solved by them"),
            ("returned", "Came back to us"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )

    def _default_ticket(self):
        return self.env["helpdesk.ticket"].browse(
            self.env.context.get("default_ticket_id") or []
        )

    def _default_partner_id(self):
        return self._default_ticket()._get_service_operator()

    def _default_details(self):
        ticket = self._default_ticket()
        return ticket._get_story() if ticket else False

    def _compute_display_name(self):
        for handover in self:
            handover.display_name = (
                f"{handover.ticket_id.number} → {handover.partner_id.name}"
            )

    def action_send(self):
        """Hand the case over; promises stand still while the operator has it."""
        self._check_filled(
            [
                ("partner_id", self.env._("who takes the case, field To")),
                ("details", self.env._("the problem in full (DSP-23)")),
            ]
        )
        self.ticket_id._check_open()
        self.filtered(
            lambda handover: handover.kind == "operator"
        ).ticket_id._check_operator_side()
        self._transition("sent", sent_at=self._now(), sent_by_id=self.env.uid)
        for handover in self:
            handover.ticket_id._record_event(
                "handed_over", note=handover.partner_id.name
            )
        self.filtered(
            lambda handover: handover.kind == "operator"
        ).ticket_id._pause_for_operator()
        return True

    def action_solved(self):
        """They solved it; the customer is told and the case can be closed."""
        return self._answer("solved")

    def action_returned(self):
        """Not theirs: the case is ours again, our promises run on."""
        return self._answer("returned")

    def _answer(self, state):
        self._check_filled([("answer", self.env._("what they answered"))])
        self._transition(state, answered_at=self._now(), answered_by_id=self.env.uid)
        for handover in self:
            handover.ticket_id._record_event(
                "taken_back", note=handover.partner_id.name
            )
        self.ticket_id._resume_from_operator()
        return True
