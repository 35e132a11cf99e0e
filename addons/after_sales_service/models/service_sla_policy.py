# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.clock import Promise
from .service_event import EVENT_KINDS

SEVERITIES = [
    ("serious", "Serious"),
    ("major", "Major"),
    ("general", "General"),
    ("minor", "Minor"),
    ("none", "Non-fault"),
]
TICKET_KINDS = [
    ("repair", "Repair"),
    ("consultation", "Consultation"),
    ("complaint", "Complaint"),
    ("installation", "Installation"),
    ("training", "Training"),
    ("inspection", "Inspection"),
    ("emergency", "Emergency"),
]
DELIVERY_MODES = [("remote", "Remote"), ("shop", "Shop"), ("onsite", "On site")]
# Policy field that must equal a ticket field where it is set.
CONDITIONS = {
    "severity": "severity",
    "ticket_kind": "kind",
    "delivery_mode": "delivery_mode",
}


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
    severity = fields.Selection(
        selection=SEVERITIES, help="Only for such faults. Empty: for all."
    )  # T-04, T-05
    ticket_kind = fields.Selection(
        selection=TICKET_KINDS,
        string="Ticket kind",
        help="Only for such tickets. Empty: for all.",
    )
    delivery_mode = fields.Selection(
        selection=DELIVERY_MODES,
        help="Only for jobs done this way. Empty: for all.",
    )
    region_id = fields.Many2one(
        comodel_name="service.region",
        string="In region",
        help="Only for customers in this region or a part of it. Empty: everywhere.",
    )
    except_region_id = fields.Many2one(
        comodel_name="service.region",
        string="Except region",
        help="Not for customers in this region or a part of it. A customer whose "
        "region is unknown counts as elsewhere.",
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
        if self.region_id and not region._lies_in(self.region_id):
            return False
        return not (self.except_region_id and region._lies_in(self.except_region_id))

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
