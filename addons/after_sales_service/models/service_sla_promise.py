# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
]  # NET-21
DELIVERY_MODES = [("remote", "Remote"), ("shop", "Shop"), ("onsite", "On site")]
CUSTOMER_TIERS = [
    ("group", "Group level"),
    ("provincial", "Provincial"),
    ("local_a", "Local A"),
    ("local_b", "Local B"),
    ("local_c", "Local C"),
]  # SLA-37, T-15
CONTRACT_PHASES = [
    ("implementation", "Implementation and test"),
    ("trial", "Trial run"),
    ("warranty", "Warranty and maintenance"),
    ("after", "After warranty"),
]  # CON-15
# Condition of a promise → the ticket field that must equal it where it is set.
CONDITIONS = {
    "severity": "severity",
    "ticket_kind": "kind",
    "delivery_mode": "delivery_mode",
    "customer_tier": "customer_tier",
    "channel_id": "channel_id",
    "contract_phase": "contract_phase",
}


class ServiceSlaPromise(models.AbstractModel):
    """What a clock policy says, wherever it is written: in force or as a draft."""

    _name = "service.sla.promise"
    _description = "Promise with a Clock"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    start_event = fields.Selection(selection=EVENT_KINDS, required=True)
    stop_event = fields.Selection(selection=EVENT_KINDS, required=True)
    repeat_event = fields.Selection(
        selection=EVENT_KINDS,
        string="Begins anew at",
        help="A promise that repeats: every such event starts the time again, until "
        "the stop event ends it. Empty: promised once.",
    )
    amount = fields.Float(
        string="Within",
        help="0 minutes mean at once: within the minute.",
    )
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
    plus_travel = fields.Boolean(
        string="Plus travel time",
        help="The travel time of the customer's region is added. Only for customers "
        "whose region has one.",
    )  # SLA-34
    travel_over = fields.Integer(
        string="Travel longer than (min)",
        help="Only for customers whose region lies farther away. 0: no matter.",
    )
    travel_up_to = fields.Integer(
        string="Travel up to (min)",
        help="Only for customers whose region is known to lie so near. 0: no matter.",
    )  # SLA-35, AMB-29
    outlives_case = fields.Boolean(
        string="Runs on after the case",
        help="The end of the case does not keep this promise, only its own stop event "
        "does: a report owed after the repair, for instance.",
    )
    measured = fields.Boolean(
        string="Only measured",
        help="No limit is promised; the time it took is kept for the reports.",
    )  # SLA-17
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Own calendar",
        help="Empty: the programme's hotline or on-site hours, else day and night.",
    )
    around_the_clock = fields.Boolean(
        help="Runs day and night, whatever the programme's hours are."
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
    customer_tier = fields.Selection(
        selection=CUSTOMER_TIERS, help="Only for such customers. Empty: for all."
    )
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        help="Only for what comes in this way. Empty: for all.",
    )
    contract_phase = fields.Selection(
        selection=CONTRACT_PHASES,
        help="Only while the customer's contract is in this phase. Empty: always.",
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
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        default=lambda self: self.env.company.currency_id,
    )
    penalty_amount = fields.Monetary(
        string="Penalty",
        help="What a contract names as penalty for missing this promise.",
    )
    penalty_per = fields.Selection(
        selection=[
            ("case", "Each case"),
            ("hour", "Each begun hour"),
            ("day", "Each begun day"),
        ],
        default="case",
    )
    penalty_cap = fields.Monetary(
        string="Penalty at most", help="0: there is no upper limit."
    )
    rule = fields.Char(required=True, help="The sentence this promise comes from.")
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A promise cannot last less than nothing."
    )
    _events_differ = models.Constraint(
        "CHECK (start_event <> stop_event)",
        "A clock must start and stop at different events.",
    )
    _travel_positive = models.Constraint(
        "CHECK (travel_over >= 0 AND travel_up_to >= 0)",
        "A distance cannot be negative.",
    )
    _penalty_positive = models.Constraint(
        "CHECK (penalty_amount >= 0 AND penalty_cap >= 0)",
        "A penalty cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["start_event", "stop_event"])
        for vals in vals_list:
            self._check_events(
                {"start_event": False, "stop_event": False, **defaults, **vals},
                vals.get("name") or vals.get("rule") or "",
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_events(vals, ", ".join(self.mapped("name")))
        return super().write(vals)

    def _check_events(self, vals, policy):
        """Refuse a clock without an event to begin or end with.

        :param policy: its name, for the message
        """
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("start_event", "stop_event")
            if name in vals and not vals[name]
        ]
        if missing:
            raise ValidationError(
                self.env._(
                    "Clock policy %(policy)s: %(fields)s is empty, so its clock "
                    "could never run. A service manager fills it in.",
                    policy=policy,
                    fields=", ".join(missing),
                )
            )

    @api.constrains("amount", "unit", "measured", "plus_travel")
    def _check_amount(self):
        for promise in self:
            if promise.measured:
                continue
            at_once = promise.unit == "minute" and not promise.amount
            if not promise.amount and not at_once:
                raise ValidationError(
                    self.env._(
                        "Clock policy %(policy)s: %(amount)s %(unit)s is no time limit. "
                        "0 minutes mean at once.",
                        policy=promise.name,
                        amount=promise.amount,
                        unit=dict(
                            promise._fields["unit"]._description_selection(self.env)
                        )[promise.unit].lower(),
                    )
                )
            if promise.unit == "working_day" and promise.amount % 1:
                raise ValidationError(
                    self.env._(
                        "Clock policy %(policy)s: %(amount)s working days; only whole "
                        "ones can be promised.",
                        policy=promise.name,
                        amount=promise.amount,
                    )
                )
            if promise.plus_travel and promise.unit not in ("minute", "hour"):
                raise ValidationError(
                    self.env._(
                        "Clock policy %s: travel time can be added to minutes or hours "
                        "only.",
                        promise.name,
                    )
                )

    @api.constrains("travel_over", "travel_up_to")
    def _check_travel(self):
        for promise in self:
            if promise.travel_up_to and promise.travel_over >= promise.travel_up_to:
                raise ValidationError(
                    self.env._(
                        "Clock policy %(policy)s: nobody lives farther than %(over)s and "
                        "nearer than %(up_to)s minutes.",
                        policy=promise.name,
                        over=promise.travel_over,
                        up_to=promise.travel_up_to,
                    )
                )

    @api.constrains("calendar_id")
    def _check_calendar_id(self):
        for promise in self:
            promise.calendar_id._check_has_hours(
                self.env._("Clock policy %s", promise.name)
            )
