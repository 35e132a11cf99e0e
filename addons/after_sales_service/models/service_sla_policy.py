# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.clock import Promise
from .service_event import EVENT_KINDS


class ServiceSlaPolicy(models.Model):
    """A promise with a clock: from one event to another in so much time (T-18)."""

    _name = "service.sla.policy"
    _description = "Clock Policy"
    _order = "program_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    start_event = fields.Selection(selection=EVENT_KINDS, required=True)
    stop_event = fields.Selection(selection=EVENT_KINDS, required=True)
    amount = fields.Float(required=True)
    unit = fields.Selection(
        selection=[
            ("minute", "Minutes"),
            ("hour", "Hours"),
            ("day", "Calendar days"),
            ("working_day", "Working days"),
        ],
        required=True,
        default="hour",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar", help="Empty: the clock runs day and night."
    )
    region_class = fields.Selection(
        selection=[
            ("urban", "Urban area"),
            ("suburban", "Outside the urban area"),
            ("county", "County and below"),
            ("unknown", "Region unknown"),
        ],
        help="Only for customers in such a region. Empty: everywhere.",
    )
    pausable = fields.Boolean(default=True)
    rule = fields.Char(required=True)
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A promise must last longer than nothing."
    )
    _events_differ = models.Constraint(
        "CHECK (start_event <> stop_event)",
        "A clock must start and stop at different events.",
    )

    @api.constrains("calendar_id")
    def _check_calendar_id(self):
        for policy in self:
            if policy.calendar_id and not policy.calendar_id.attendance_ids:
                raise ValidationError(
                    self.env._(
                        "Clock policy %(policy)s: calendar %(calendar)s has no hours, "
                        "so nothing could ever fall due. A service manager can choose "
                        "another calendar.",
                        policy=policy.name,
                        calendar=policy.calendar_id.name,
                    )
                )

    def _matches(self, ticket) -> bool:
        """Whether this promise was made to the customer of ``ticket``."""
        self.ensure_one()
        return not self.region_class or self.region_class == (
            ticket.region_id.region_class or "unknown"
        )

    def _get_promises(self) -> dict:
        """The policies as :class:`tools.clock.Promise`, keyed by id."""
        calendars = self.calendar_id._get_clock_calendars()
        tz = self.env.company._service_tz()
        return {
            policy.id: Promise(
                policy.start_event,
                policy.stop_event,
                policy.amount,
                policy.unit,
                calendars.get(policy.calendar_id.id),
                tz,
                policy.pausable,
            )
            for policy in self
        }
