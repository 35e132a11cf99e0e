# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import clock as clock_tools


class ServiceSlaClock(models.Model):
    """A promise made to one customer, derived from policy and events.

    Nothing is typed in here: ``_replay`` computes every field again. Between two
    events only time passes; ``next_check`` says when that will matter next.
    """

    _name = "service.sla.clock"
    _description = "Service Clock"
    _order = "deadline, id"
    _rec_name = "policy_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        comodel_name="service.sla.policy",
        string="Promise",
        required=True,
        index=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="policy_id.program_id", store=True, index=True, precompute=True
    )
    rule = fields.Char(related="policy_id.rule")
    state = fields.Selection(
        selection=[
            ("waiting", "Not started"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("missed", "Missed"),
        ],
        required=True,
        default="waiting",
    )
    started_at = fields.Datetime()
    deadline = fields.Datetime()
    stopped_at = fields.Datetime()
    warn_at = fields.Datetime(string="Warning at")
    is_warned = fields.Boolean(string="Due soon")
    overrun = fields.Float(
        string="Overrun (minutes)",
        aggregator="avg",
        help="How late a missed promise was kept. What is not ended yet and what was "
        "kept in time does not count in the average.",
    )
    duration = fields.Float(string="Duration (minutes)", aggregator="avg")
    minutes_left = fields.Float(compute="_compute_minutes_left", string="Time left")
    penalty = fields.Monetary()
    currency_id = fields.Many2one(related="policy_id.currency_id")
    checked_at = fields.Datetime(string="Escalated until")
    next_check = fields.Datetime()
    problem = fields.Char(help="Why this clock cannot be read, and who can mend it.")
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    station_id = fields.Many2one(
        related="ticket_id.station_id", store=True, index=True, precompute=True
    )

    _policy_uniq = models.UniqueIndex("(ticket_id, policy_id)")
    # The sweep reads only what is due, however many clocks run.
    _next_check_idx = models.Index("(next_check) WHERE next_check IS NOT NULL")

    @api.depends("deadline", "state")
    def _compute_minutes_left(self):
        """Minutes to the deadline by the company's clock, negative when late."""
        nows = {company: company._service_now() for company in self.company_id}
        for clock in self:
            ticking = (
                clock.deadline
                and not clock.stopped_at
                and clock.state in ("running", "missed")
            )
            clock.minutes_left = (
                (clock.deadline - nows[clock.company_id]).total_seconds() / 60
                if ticking
                else 0.0
            )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Averages count the clocks that have the number: the ended, the late."""
        aggregate = super()._read_group_select(aggregate_spec, query)
        counted = {
            "overrun:avg": SQL("%s > 0", SQL.identifier(self._table, "overrun")),
            "duration:avg": SQL(
                "%s IS NOT NULL", SQL.identifier(self._table, "stopped_at")
            ),
        }.get(aggregate_spec)
        return SQL("%s FILTER (WHERE %s)", aggregate, counted) if counted else aggregate

    # ---------------------------------------------------
    # Replay
    # ---------------------------------------------------

    def _replay(self):
        """Compute the clocks again from their policies and events."""
        pairs = [(clock.ticket_id, clock.policy_id) for clock in self]
        same = {}
        for clock, vals in zip(self, self._get_readings(pairs), strict=True):
            vals["next_check"] = self._get_next_check(
                clock.policy_id, {**vals, "checked_at": clock.checked_at}
            )
            changed = {key: val for key, val in vals.items() if clock[key] != val}
            if changed:
                key = tuple(changed.items())
                same[key] = same.get(key, self.browse()) | clock
        for changed, clocks in same.items():
            clocks.write(dict(changed))
        self.filtered(
            lambda clock: clock.checked_at and clock.stopped_at
        )._close_activities()

    @api.model
    def _create_for(self, pairs):
        """Create clocks that show at once what the events say.

        :param pairs: [(ticket, policy)]
        """
        vals_list = []
        for (ticket, policy), vals in zip(
            pairs, self._get_readings(pairs), strict=True
        ):
            clock = {"ticket_id": ticket.id, "policy_id": policy.id, **vals}
            clock["next_check"] = self._get_next_check(policy, clock)
            vals_list.append(clock)
        return self.create(vals_list)

    @api.model
    def _get_readings(self, pairs):
        """What clocks show now.

        :param pairs: [(ticket, policy)]
        :return: one dict of field values for each pair, in order
        """
        tickets = self.env["helpdesk.ticket"].union(*(pair[0] for pair in pairs))
        policies = self.env["service.sla.policy"].union(*(pair[1] for pair in pairs))
        # sudo: a clock counts all events of its ticket, whoever looks at it
        events = (
            self.env["service.event"]
            .sudo()
            .search_read(
                [("ticket_id", "in", tickets.ids), ("valid", "=", True)],
                ["ticket_id", "kind", "at"],
                order="id",
                load=None,
            )
        )
        by_ticket = {}
        for event in events:
            by_ticket.setdefault(event["ticket_id"], []).append(
                (event["kind"], event["at"])
            )
        promises = policies._get_promises()
        nows = {company: company._service_now() for company in tickets.company_id}
        return [
            self._read_clock(
                ticket,
                policy,
                promises[policy.id, ticket.delivery_mode == "remote"],
                by_ticket.get(ticket.id, []),
                nows[ticket.company_id],
            )
            for ticket, policy in pairs
        ]

    @api.model
    def _read_clock(self, ticket, policy, promise, events, now):
        if policy.plus_travel:  # SLA-34
            travel = ticket.region_id.travel_minutes
            travel /= 60 if promise.unit == "hour" else 1
            promise = replace(promise, amount=promise.amount + travel)
        try:
            reading = clock_tools.read(promise, events, now)
        except clock_tools.CalendarWithoutHours:
            return {
                "problem": self.env._(
                    "The calendar of this promise never opens. A service manager "
                    "gives it hours."
                )
            }
        return self._prepare_reading_vals(policy, reading, now)

    @api.model
    def _prepare_reading_vals(self, policy, reading, now):
        overrun = reading.overrun if reading.stopped_at else 0.0
        return {
            "state": reading.state,
            "started_at": reading.started_at or False,
            "deadline": reading.deadline or False,
            "stopped_at": reading.stopped_at or False,
            "warn_at": reading.warn_at or False,
            "is_warned": bool(
                reading.warn_at
                and not reading.stopped_at
                and reading.state in ("running", "missed")
                and now > reading.warn_at
            ),
            "overrun": overrun,
            "duration": reading.duration,
            "penalty": clock_tools.penalty(
                overrun,
                policy.penalty_amount,
                policy.penalty_per or "case",
                policy.penalty_cap,
            ),
            "problem": False,
        }

    # ---------------------------------------------------
    # Warnings, breaches, escalation
    # ---------------------------------------------------

    @api.model
    def _get_next_check(self, policy, vals):
        """When time alone will change a clock next, False if never.

        :param vals: values of the clock
        """
        moments = self._get_moments(policy, vals)
        return min((at for at, _step in moments), default=False)

    @api.model
    def _get_moments(self, policy, vals):
        """What is still to come of a ticking clock: [(UTC time, step id or False)]."""
        if vals.get("problem") or vals.get("stopped_at") or not vals.get("deadline"):
            return []
        steps = policy.program_id.step_ids._get_steps(policy)
        moments = clock_tools.step_times(vals["deadline"], vals["warn_at"], steps)
        moments.append((vals["deadline"], False))
        if vals["warn_at"]:
            moments.append((vals["warn_at"], False))
        since = vals.get("checked_at") or vals["started_at"]
        return [(at, step) for at, step in moments if at >= since]

    @api.model
    def _get_sweeps(self):
        """Companies by what time it is for them: [(companies, now)]."""
        # sudo: the sweep serves every company
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        by_now = {}
        for company in companies:
            now = company._service_now()
            by_now[now] = by_now.get(now, companies.browse()) | company
        return [(found, now) for now, found in by_now.items()]

    @api.model
    def _get_due_domain(self, companies, now):
        return [("next_check", "<", now), ("company_id", "in", companies.ids)]

    @api.model
    def _cron_mark_missed(self, batch_size=500):
        """Mark what is due, tell whom it concerns; read nothing else.

        In slices: the batch at once, or if one clock is bad one by one, the bad one
        parked with its problem.
        """
        progress = self.env["ir.cron"]._commit_progress
        for companies, now in self._get_sweeps():
            domain = self._get_due_domain(companies, now)
            clocks = self.search(domain, limit=batch_size, order="next_check, id")
            if not clocks:
                continue
            remaining = (
                len(clocks) if len(clocks) < batch_size else self.search_count(domain)
            )
            progress(remaining=remaining)
            try:
                done = clocks.try_lock_for_update().filtered_domain(domain)
                done._mark_due(now)
                progress(len(done))
                continue
            except UserError:
                self.env.cr.rollback()
            for clock in clocks:
                clock._mark_due_or_park(domain, now)
                if not progress(1):
                    return

    def _mark_due_or_park(self, domain, now):
        clock = self.try_lock_for_update().filtered_domain(domain)
        if not clock:
            return
        try:
            with self.env.cr.savepoint():
                clock._mark_due(now)
        except UserError as error:
            clock.write({"problem": str(error), "next_check": False})

    def _mark_due(self, now):
        """Mark warnings and breaches up to ``now`` and climb the ladders."""
        same, climbed = {}, {}
        for clock in self:
            vals = {
                name: clock[name]
                for name in ("deadline", "warn_at", "started_at", "stopped_at")
            }
            since = {**vals, "checked_at": clock.checked_at}
            for at, step in self._get_moments(clock.policy_id, since):
                if step and at < now:
                    climbed[step] = climbed.get(step, self.browse()) | clock
            changes = (
                ("state", "missed" if clock.deadline < now else clock.state),
                ("is_warned", bool(clock.warn_at and clock.warn_at < now)),
                ("checked_at", now),
                (
                    "next_check",
                    self._get_next_check(clock.policy_id, {**vals, "checked_at": now}),
                ),
            )
            same[changes] = same.get(changes, self.browse()) | clock
        for changes, clocks in same.items():
            clocks.write(dict(changes))
        for step, clocks in climbed.items():
            self.env["service.sla.step"].browse(step)._escalate(clocks)

    def _close_activities(self):
        """The people of tickets whose clocks no longer tick need not act."""
        tickets = self.ticket_id.filtered(
            lambda ticket: (
                not any(
                    clock.next_check
                    or (clock.state == "missed" and not clock.stopped_at)
                    for clock in ticket.clock_ids
                )
            )
        )
        tickets.activity_unlink(["after_sales_service.activity_clock"])
