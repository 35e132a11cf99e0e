# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools.clock import Promise
from .service_sla_promise import CONDITIONS

# What is done on the phone follows the hotline's hours, the rest the on-site hours.
PHONE_EVENTS = {
    "confirmed",
    "responded",
    "submitted",
    "dispatched",
    "order_received",
    "proposed",
    "appointed",
    "noted",
}


class ServiceSlaPolicy(models.Model):
    """A promise with a clock: from one event to another in so much time (T-18)."""

    _name = "service.sla.policy"
    _description = "Clock Policy"
    _inherit = ["service.sla.promise"]
    _order = "program_id, sequence, id"

    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies.program_id._replay_later()
        return policies

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"name", "sequence", "rule"}:
            self.program_id._replay_later()
        return result

    def _matches(self, ticket) -> bool:
        """Whether this promise was made to the customer of ``ticket``."""
        self.ensure_one()
        region = ticket.region_id
        if self.region_class and self.region_class != (
            region.region_class or "unknown"
        ):
            return False
        if any(
            self[mine] and self[mine] != ticket[theirs]
            for mine, theirs in CONDITIONS.items()
        ):
            return False
        travel = region.travel_minutes
        if (self.plus_travel or self.travel_over or self.travel_up_to) and not travel:
            return False
        if self.travel_over >= travel > 0 or 0 < self.travel_up_to < travel:
            return False
        if self.region_id and not region._lies_in(self.region_id):
            return False
        return not (self.except_region_id and region._lies_in(self.except_region_id))

    def _get_calendar(self, remote):
        """The hours this promise runs in: its own, else its programme's (T-13).

        :param remote: whether the ticket is served from afar
        :return: a calendar, empty for day and night
        """
        self.ensure_one()
        if self.calendar_id or self.around_the_clock:
            return self.calendar_id
        if remote or self.stop_event in PHONE_EVENTS:
            return self.program_id.hotline_calendar_id
        return self.program_id.onsite_calendar_id

    def _get_promises(self) -> dict:
        """The policies as :class:`tools.clock.Promise`.

        :return: (policy id, served from afar?) → Promise
        """
        chosen = {
            (policy, remote): policy._get_calendar(remote)
            for policy in self
            for remote in (False, True)
        }
        calendars = self.env["resource.calendar"].union(*chosen.values())
        hours = calendars._get_clock_calendars()
        tz = self.env.company._service_tz()
        return {
            (policy.id, remote): Promise(
                policy.start_event,
                policy.stop_event,
                policy.amount,
                policy.unit,
                hours.get(calendar.id),
                tz,
                policy.pausable,
                policy.repeat_event or None,
                policy.measured,
                policy.program_id.warn_percent / 100,
                policy.outlives_case,
            )
            for (policy, remote), calendar in chosen.items()
        }
