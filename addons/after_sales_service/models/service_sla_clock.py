# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools import clock as clock_tools


class ServiceSlaClock(models.Model):
    """A promise made to one customer, derived from policy and events.

    Nothing is typed in here: ``_replay`` computes every field again.
    """

    _name = "service.sla.clock"
    _description = "Service Clock"
    _order = "deadline, id"
    _rec_name = "policy_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(
        comodel_name="service.sla.policy", required=True, index=True
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
    overrun = fields.Float(string="Overrun (minutes)")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="ticket_id.station_id", store=True, index=True)

    _running_idx = models.Index("(deadline) WHERE state = 'running'")
    _policy_uniq = models.UniqueIndex("(ticket_id, policy_id)")

    def _replay(self):
        """Compute the clocks again from their policies and events."""
        tickets = self.ticket_id
        # sudo: a clock counts all events of its ticket, whoever looks at it
        events = (
            self.env["service.event"]
            .sudo()
            .search_read(
                [("ticket_id", "in", tickets.ids)],
                ["ticket_id", "kind", "at"],
                load=None,
            )
        )
        by_ticket = {}
        for event in events:
            by_ticket.setdefault(event["ticket_id"], []).append(
                (event["kind"], event["at"])
            )
        promises = self.policy_id._get_promises()
        nows = {company: company._service_now() for company in self.company_id}
        for clock in self:
            reading = clock_tools.read(
                promises[clock.policy_id.id],
                by_ticket.get(clock.ticket_id.id, []),
                nows[clock.company_id],
            )
            vals = clock._prepare_reading_vals(reading)
            changed = {key: val for key, val in vals.items() if clock[key] != val}
            if changed:
                clock.write(changed)

    @api.model
    def _prepare_reading_vals(self, reading):
        return {
            "state": reading.state,
            "started_at": reading.started_at or False,
            "deadline": reading.deadline or False,
            "stopped_at": reading.stopped_at or False,
            "overrun": reading.overrun if reading.stopped_at else 0.0,
        }

    @api.model
    def _get_breached_domain(self):
        return [
            ("state", "=", "running"),
            ("deadline", "<", self.env.company._service_now()),
        ]

    @api.model
    def _cron_mark_missed(self, batch_size=500):
        """Mark running clocks whose deadline has passed; reads only those."""
        domain = self._get_breached_domain()
        clocks = self.search(domain, limit=batch_size)
        remaining = (
            len(clocks) if len(clocks) < batch_size else self.search_count(domain)
        )
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        done = clocks.try_lock_for_update().filtered_domain(domain)
        done.write({"state": "missed"})
        self.env["ir.cron"]._commit_progress(len(done))
