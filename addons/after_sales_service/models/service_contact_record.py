# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .service_rating import RATINGS
from .service_sla_promise import TICKET_KINDS

REMOTE_KINDS = ("remote", "guidance")
# What was said stays said.
RECORDED_FIELDS = frozenset(
    "ticket_id kind topic caller phone started_at ended_at problem answer outcome "
    "help_path consent consent_name remote_reason assistant_name identity_checked "
    "tool rating opinion".split()
)


class ServiceContactRecord(models.Model):
    """A call or a remote session and what came of it (DSP-03, CARE-03)."""

    _name = "service.contact.record"
    _description = "Contact Record"
    _inherit = [
        "service.case.mixin",
        "service.document.mixin",
        "service.identity.mixin",
    ]
    _order = "started_at desc, id desc"
    _check_company_auto = True
    _transitions = {"draft": {"done"}, "done": set()}
    _guarded_fields = frozenset({"state", "ended_at", "consent_at"})

    kind = fields.Selection(
        selection=[
            ("call_in", "Call from the customer"),
            ("call_out", "We called"),
            ("remote", "Remote session"),
            ("guidance", "Guided by voice"),
        ],
        required=True,
        default="call_in",
    )
    topic = fields.Selection(
        selection=TICKET_KINDS,
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
    )  # DSP-02
    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True, index=True)
    caller = fields.Char(
        string="Speaking with",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
    )
    phone = fields.Char(
        compute="_compute_from_ticket", store=True, readonly=False, precompute=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Agent",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    started_at = fields.Datetime(
        string="Began at",
        required=True,
        default=lambda self: self.env.company._service_now(),
    )
    ended_at = fields.Datetime(string="Ended at", readonly=True, copy=False)
    minutes = fields.Float(
        compute="_compute_minutes",
        store=True,
        aggregator="avg",
        help="A call about work takes five minutes at most (DSP-21); reported, not "
        "enforced.",
    )
    problem = fields.Text(
        compute="_compute_from_ticket", store=True, readonly=False, precompute=True
    )
    answer = fields.Text(
        string="Said and done", help="In words the customer understands."
    )
    outcome = fields.Selection(
        selection=[
            ("solved", "Solved"),
            ("onsite", "Somebody will come"),
            ("shop", "The machine comes to the shop"),
            ("follow_up", "We call again"),
            ("handed_over", "Handed over"),
            ("out_of_scope", "Not our service"),
        ],
    )
    help_path = fields.Text(
        string="Where the customer gets help",
        help="Nobody is turned away: who is not our case is told where to go.",
    )  # DSP-04
    consent = fields.Boolean(
        string="Customer agrees to the session",
        help="Without consent no remote session begins.",
    )
    consent_name = fields.Char(string="Agreed by")
    consent_at = fields.Datetime(string="Agreed at", readonly=True, copy=False)
    # SEC-03, SEC-04: why somebody logs in, and who of the customer is beside him
    remote_reason = fields.Selection(
        selection=[
            ("phone_not_enough", "Help on the phone was not enough"),
            ("complex", "The fault is complex"),
        ],
        string="Why from afar",
    )
    assistant_name = fields.Char(
        string="Assisted by",
        compute="_compute_assistant_name",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer's technician, or the customer himself, who watches and "
        "helps to find the cause.",
    )
    tool = fields.Char(help="The client or program the session runs in.")
    rating = fields.Selection(
        selection=RATINGS,
    )
    opinion = fields.Text(string="Customer's opinion")
    state = fields.Selection(
        selection=[("draft", "Under way"), ("done", "Recorded")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )

    @api.depends("ticket_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            record.display_name = f"{record.ticket_id.number} · {kinds[record.kind]}"

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for record in self:
            ticket = record.ticket_id
            record.topic = record.topic or ticket.kind
            record.caller = record.caller or ticket.partner_id.name
            record.phone = record.phone or ticket.partner_id.phone
            record.problem = record.problem or ticket.name

    @api.depends("ticket_id")
    def _compute_assistant_name(self):
        """A private customer helps himself; a firm's technician is asked for."""
        for record in self:
            partner = record.ticket_id.partner_id
            record.assistant_name = record.assistant_name or (
                not partner.is_company and partner.name
            )

    @api.depends("started_at", "ended_at")
    def _compute_minutes(self):
        for record in self:
            record.minutes = (
                (record.ended_at - record.started_at).total_seconds() / 60
                if record.ended_at
                else 0
            )

    @api.constrains(
        "kind",
        "consent",
        "consent_name",
        "remote_reason",
        "assistant_name",
        "identity_checked",
    )
    def _check_may_begin(self):
        """A remote session begins with all it needs (CARE-03, SEC-03, SEC-10)."""
        for record in self:
            missing = record._get_missing_begin()
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(record)s: ask the customer first. Missing: %(missing)s.",
                        record=record.display_name,
                        missing=", ".join(missing),
                    )
                )

    def _get_missing_begin(self) -> list:
        """What is missing before help from afar may begin, in words."""
        self.ensure_one()
        if self.kind not in REMOTE_KINDS:
            return []
        missing = self._get_identity_missing()
        if self.kind != "remote":
            return missing
        needed = [
            (
                "remote_reason",
                self.env._("why help on the phone is not enough (SEC-03)"),
            ),
            ("assistant_name", self.env._("who of the customer assists (SEC-03)")),
            ("consent", self.env._("customer's consent (CARE-03)")),
            ("consent_name", self.env._("name of who agreed (CARE-03)")),
        ]
        return missing + [label for name, label in needed if not self[name]]

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        agreed = records.filtered("consent")
        if agreed:
            agreed._set_guarded({"consent_at": agreed._now()})
        return records

    def write(self, vals):
        recorded = self.filtered(lambda record: record.state == "done")
        if recorded and RECORDED_FIELDS & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "%s is recorded and stays as it is. Make another record.",
                    ", ".join(recorded.mapped("display_name")),
                )
            )
        return super().write(vals)

    def _get_missing(self):
        """What is missing before the record is complete, in words."""
        self.ensure_one()
        needed = [
            ("caller", self.env._("caller")),
            ("problem", self.env._("problem")),
            ("outcome", self.env._("outcome")),
        ]
        if self.outcome == "out_of_scope":
            needed.append(
                ("help_path", self.env._("where the customer gets help (DSP-04)"))
            )
        if self.kind in REMOTE_KINDS:
            needed.append(("answer", self.env._("what was done")))
            if not self.ticket_id.receipt_ids:
                needed.append(
                    (
                        "rating",
                        self.env._("customer's rating, or a receipt asked (CARE-13)"),
                    )
                )
        missing = [label for name, label in needed if not self[name]]
        if self.kind != "call_out":
            missing = self._get_identity_missing() + missing
        if (
            self.outcome == "follow_up"
            and "open" not in self.ticket_id.promise_ids.mapped("state")
        ):
            missing.append(self.env._("a promise with a due date (DSP-07, DSP-22)"))
        return missing

    def action_receipt(self):
        """The customer is asked for his rating apart from this record (CARE-13)."""
        self.ensure_one()
        return self.ticket_id.action_receipt()

    def action_done(self):
        """The call or session is over; nothing it needs is missing."""
        self.ticket_id.check_access("read")
        self._check_filled(lambda record: record._get_missing())
        self._transition("done", ended_at=self._now())
        return True
