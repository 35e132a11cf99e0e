# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_sla_promise import CONTRACT_PHASES

PROMISE_SOURCES = {
    "region_id",
    "equipment_id",
    "partner_id",
    "severity",
    "kind",
    "delivery_mode",
    "channel_id",
}
# Events that happen away from the system's own documents: told by a button.
TOLD_EVENTS = ("lent", "spare_shipped", "spare_arrived", "noted", "handling_report")
# What may be told after the case, too.
TOLD_AFTERWARDS = ("handling_report",)


class HelpdeskTicket(models.Model):
    """What happened to a case, and the clocks that follow from it."""

    _name = "helpdesk.ticket"
    _inherit = "helpdesk.ticket"

    event_ids = fields.One2many(
        comodel_name="service.event", inverse_name="ticket_id", string="Events"
    )
    clock_ids = fields.One2many(
        comodel_name="service.sla.clock", inverse_name="ticket_id", string="Clocks"
    )
    customer_tier = fields.Selection(
        related="partner_id.commercial_partner_id.service_tier", string="Customer tier"
    )  # SLA-37
    contract_phase = fields.Selection(
        selection=CONTRACT_PHASES, compute="_compute_contract_phase"
    )  # CON-15
    awaited_events = fields.Json(
        compute="_compute_awaited_events",
        help="Events a promise of this ticket still waits for.",
    )
    is_paused = fields.Boolean(compute="_compute_is_paused", string="Clocks paused")
    next_clock_id = fields.Many2one(
        comodel_name="service.sla.clock",
        compute="_compute_next_deadline",
        string="Next promise",
    )
    next_deadline = fields.Datetime(
        compute="_compute_next_deadline", search="_search_next_deadline"
    )
    minutes_left = fields.Float(compute="_compute_next_deadline", string="Time left")

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    def _get_contract_phases(self) -> dict:
        """The phase of each ticket's contract: ticket → one of CONTRACT_PHASES.

        Tickets without one are left out. Hook for add-ons that know contracts.
        """
        return {}

    @api.depends("partner_id", "equipment_id")
    def _compute_contract_phase(self):
        phases = self._get_contract_phases()
        for ticket in self:
            ticket.contract_phase = phases.get(ticket, False)

    @api.depends("clock_ids.state", "event_ids.valid")
    def _compute_awaited_events(self):
        for ticket in self:
            awaited = {
                clock.policy_id.start_event
                if clock.state == "waiting"
                else clock.policy_id.repeat_event or clock.policy_id.stop_event
                for clock in ticket.clock_ids
                if not clock.stopped_at
            }
            repeated = set(ticket.clock_ids.mapped("policy_id.repeat_event"))
            ticket.awaited_events = sorted(
                awaited - (ticket._get_event_kinds() - repeated)
            )

    @api.depends("event_ids.valid")
    def _compute_is_paused(self):
        for ticket in self:
            stands = ticket.event_ids.filtered(
                lambda event: event.valid and event.kind in ("paused", "resumed")
            ).sorted(lambda event: (event.at, event.id))
            ticket.is_paused = stands[-1:].kind == "paused"

    @api.depends("clock_ids.deadline", "clock_ids.state", "clock_ids.stopped_at")
    def _compute_next_deadline(self):
        """The promise that falls due first, among those not yet missed."""
        for ticket in self:
            ticking = ticket.clock_ids.filtered(
                lambda clock: (
                    clock.deadline
                    and not clock.stopped_at
                    and clock.state in ("running", "missed")
                )
            )
            clock = (
                ticking.filtered(lambda clock: clock.state == "running") or ticking
            ).sorted("deadline")[:1]
            ticket.next_clock_id = clock
            ticket.next_deadline = clock.deadline
            ticket.minutes_left = clock.minutes_left

    @api.model
    def _search_next_deadline(self, operator, value):
        return [
            (
                "clock_ids",
                "any",
                [("stopped_at", "=", False), ("deadline", operator, value)],
            )
        ]

    def _get_event_kinds(self) -> set:
        """Kinds of events that count, over all tickets of the recordset."""
        return set(self.event_ids.filtered("valid").mapped("kind"))

    # ---------------------------------------------------
    # Events and clocks
    # ---------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if PROMISE_SOURCES & vals.keys():
            self.filtered(lambda ticket: not ticket.accepted_at)._start_clocks()
        return result

    def _start_clocks(self):
        """Give each ticket a clock for every promise made to its customer.

        A clock whose promise does not hold any more goes, unless it has stopped:
        what was kept or missed stays.
        """
        # sudo: clocks are written by the machine, users only read them
        tickets = self.sudo()
        clocks = self.env["service.sla.clock"].sudo()
        programs = self._get_service_programs()
        # sudo: what was promised holds for whoever opens the ticket
        wanted = {
            (ticket, policy)
            for ticket in tickets
            for policy in programs[ticket].sudo().policy_ids
            if policy.active and policy._matches(ticket)
        }
        present = clocks.search([("ticket_id", "in", self.ids)])
        by_pair = {(clock.ticket_id, clock.policy_id): clock for clock in present}
        obsolete = clocks.union(
            *(
                clock
                for pair, clock in by_pair.items()
                if pair not in wanted and not clock.stopped_at
            )
        )
        obsolete.unlink()
        (present - obsolete)._replay()
        missing = sorted(
            wanted - by_pair.keys(), key=lambda pair: (pair[0].id, pair[1].id)
        )
        clocks._create_for(missing)

    def _record_event(self, *kinds, at=None, note=None, visit=None):
        """Record that something happened and replay the clocks it moves.

        :param kinds: event kinds (see ``service.event``), in order
        :param at: naive UTC time, default the company's now
        """
        # sudo: events are append-only, nobody has create rights on them
        self.env["service.event"].sudo().create(
            [
                {
                    "ticket_id": ticket.id,
                    "visit_id": visit.id if visit else False,
                    "kind": kind,
                    "at": at or ticket.company_id._service_now(),
                    "user_id": self.env.uid,
                    "note": note,
                }
                for ticket in self
                for kind in kinds
            ]
        )
        # sudo: clocks are written by the machine, users only read them
        self.sudo().clock_ids._replay()

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_pause(self):
        """Ask why the clocks shall stand still."""
        self._check_pausable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause the clocks"),
            "res_model": "service.clock.pause",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_ids": self.ids},
        }

    def action_resume(self):
        """The clocks go on."""
        self.check_access("write")
        for ticket in self:
            if not ticket.is_paused:
                raise UserError(
                    self.env._("The clocks of ticket %s do not stand.", ticket.number)
                )
        self._record_event("resumed")
        return True

    def _check_pausable(self):
        self.check_access("write")
        for ticket in self:
            if ticket.stage_id.closed:
                raise UserError(
                    self.env._("Ticket %s is closed already.", ticket.number)
                )
            if ticket.is_paused:
                raise UserError(
                    self.env._("The clocks of ticket %s stand already.", ticket.number)
                )
            if not ticket.clock_ids.filtered(
                lambda clock: clock.policy_id.pausable and not clock.stopped_at
            ):
                raise UserError(
                    self.env._(
                        "Ticket %s: none of its promises may pause. A service manager "
                        "decides which may.",
                        ticket.number,
                    )
                )

    def _pause(self, reason):
        """Let the clocks stand still.

        :param reason: what is waited for, in words
        """
        self._check_pausable()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the clocks are paused."))
        self._record_event("paused", note=reason.strip())

    def action_tell(self):
        """Record an event that happened elsewhere, named in the button's context."""
        self.check_access("write")
        kind = self.env.context.get("service_event")
        if kind not in TOLD_EVENTS:
            raise UserError(self.env._("No such event can be told: %s.", kind))
        for ticket in self:
            if ticket.stage_id.closed and kind not in TOLD_AFTERWARDS:
                raise UserError(
                    self.env._("Ticket %s is closed already.", ticket.number)
                )
        self._record_event(kind)
        return True
