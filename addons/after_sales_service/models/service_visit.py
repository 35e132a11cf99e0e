# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.checklist import gates_until
from .service_checklist import VISIT_KINDS
from .service_rating import RATINGS

# VIS-01: never make the customer wait a whole morning or afternoon.
HALF_DAY = timedelta(hours=4)
# VIS-08: before leaving an absent customer.
ABSENT_WAIT = timedelta(minutes=20)
DEFAULT_WINDOW = timedelta(hours=2)

# What the customer puts his name under (VIS-20, VIS-24, VIS-27).
SIGNED_TEXTS = frozenset(
    "symptom cause solution precautions retested signed_by opinion".split()
)
# What stands on the signed record.
SIGNED_FIELDS = SIGNED_TEXTS | frozenset(
    "ticket_id kind station_id engineer_id window_start window_end signature rating "
    "absent_note_left absent_contact trainees training_hours training_effect "
    "training_agreed_by fee_agreed_by identity_checked".split()
)
WINDOW = frozenset({"window_start", "window_end"})
VISIT_STATES = [
    ("draft", "To appoint"),
    ("appointed", "Appointed"),
    ("departed", "On the way"),
    ("arrived", "Arrived"),
    ("working", "At work"),
    ("done", "Done"),
    ("absent", "Customer absent"),
    ("rescheduled", "To be continued"),
    ("cancelled", "Cancelled"),
]
# A visit in these states is over.
ENDED_STATES = ("done", "absent", "rescheduled", "cancelled")
# Texts and re-test a kind needs; a fault has all four (VIS-20).
FAULT_TEXTS = ("symptom", "cause", "solution", "precautions", "retested")
TEXTS_BY_KIND = {
    "repair": FAULT_TEXTS,
    "installation": ("solution", "precautions", "retested"),
    "delivery": ("solution", "retested"),
    "training": ("solution",),
    "inspection": ("solution", "precautions"),
    "care": ("solution", "precautions"),
}
TICKET_KIND_TO_VISIT = {
    "installation": "installation",
    "training": "training",
    "inspection": "inspection",
}


class ServiceVisit(models.Model):
    """A trip to a customer: appointment, work, signature."""

    _name = "service.visit"
    _description = "Visit"
    _inherit = ["service.document.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "window_start desc, id desc"
    _check_company_auto = True
    _sequence_code = "service.visit"
    _transitions = {
        "draft": {"appointed", "cancelled"},
        "appointed": {"appointed", "departed", "cancelled"},
        "departed": {"arrived", "cancelled"},
        "arrived": {"working", "absent", "rescheduled"},
        "working": {"done", "rescheduled"},
        "done": set(),
        "absent": set(),
        "rescheduled": set(),
        "cancelled": set(),
    }
    _guarded_fields = frozenset(
        {
            "state",
            "departed_at",
            "arrived_at",
            "left_at",
            "done_at",
            "absent_called_at",
            # service_visit_taxi.py
            "taxi_state",
            "taxi_asked_by_id",
            "taxi_decided_by_id",
            "taxi_decided_at",
            # service_visit_training.py
            "training_free_hours",
            "training_paid_hours",
            # service_form.py
            "print_count",
            "form_label",
        }
    )

    name = fields.Char(default="/", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(
        selection=VISIT_KINDS,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True)
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    partner_address = fields.Char(
        related="partner_id.contact_address", string="Address"
    )
    equipment_id = fields.Many2one(related="ticket_id.equipment_id", store=True)
    coverage_sentence = fields.Char(related="ticket_id.coverage_sentence")
    coverage_verdict = fields.Selection(related="ticket_id.coverage_verdict")
    station_id = fields.Many2one(
        comodel_name="service.station",
        compute="_compute_station_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    engineer_id = fields.Many2one(
        comodel_name="res.users",
        index=True,
        tracking=True,
        domain="[('service_station_ids', 'in', station_id)]",
    )
    window_start = fields.Datetime(
        string="From",
        tracking=True,
        default=lambda self: self._default_window_start(),
    )
    window_end = fields.Datetime(
        string="To",
        tracking=True,
        default=lambda self: self._default_window_start() + DEFAULT_WINDOW,
    )
    state = fields.Selection(
        selection=VISIT_STATES,
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    departed_at = fields.Datetime(readonly=True, copy=False)
    arrived_at = fields.Datetime(readonly=True, copy=False)
    left_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    repair_id = fields.Many2one(
        comodel_name="repair.order", copy=False, readonly=True, index="btree_not_null"
    )
    checklist_ids = fields.Many2many(
        comodel_name="service.checklist",
        string="Checklists",
        compute="_compute_checklist_ids",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    check_ids = fields.One2many(
        comodel_name="service.visit.check", inverse_name="visit_id", string="Checks"
    )
    depart_check_ids = fields.One2many(
        comodel_name="service.visit.check",
        inverse_name="visit_id",
        string="Before you leave",
        domain=[("gate", "=", "depart")],
    )
    start_check_ids = fields.One2many(
        comodel_name="service.visit.check",
        inverse_name="visit_id",
        string="Before you work",
        domain=[("gate", "=", "start")],
    )
    done_check_ids = fields.One2many(
        comodel_name="service.visit.check",
        inverse_name="visit_id",
        string="Before you complete",
        domain=[("gate", "=", "done")],
    )
    blockers = fields.Char(
        compute="_compute_blockers",
        string="Still missing",
        help="Mandatory rows of the checklist that stand before the next step.",
    )
    move_ids = fields.One2many(
        comodel_name="service.visit.move",
        inverse_name="visit_id",
        string="Moved appointments",
    )
    is_due = fields.Boolean(
        string="Due",
        compute="_compute_is_due",
        search="_search_is_due",
        help="Open, and agreed for today or earlier.",
    )
    # VIS-08: the absent customer and the note left for him
    absent_from = fields.Datetime(
        compute="_compute_absent_from",
        string="May leave from",
        help="Twenty minutes after arrival.",
    )
    absent_called_at = fields.Datetime(
        string="Phoned without answer", readonly=True, copy=False
    )
    absent_note_left = fields.Boolean(string="Note left at the door", copy=False)
    absent_contact = fields.Char(
        string="Contact on the note",
        copy=False,
        help="Where the customer reaches us. The note names arrival, departure, "
        "contact and the engineer.",
    )
    # VIS-20: the four texts of the repair order
    symptom = fields.Text()
    cause = fields.Text()
    solution = fields.Text()
    precautions = fields.Text()
    retested = fields.Boolean(string="Re-tested with the customer")
    # VIS-24, VIS-27, CARE-13: signature, opinion, receipt with rating
    signature = fields.Binary(attachment=True, copy=False)
    signed_by = fields.Char(copy=False)
    opinion = fields.Text(string="Customer's opinion", copy=False)
    rating = fields.Selection(
        selection=RATINGS,
        tracking=True,
        copy=False,
    )

    _window_positive = models.Constraint(
        "CHECK (window_end > window_start)",
        "The appointment must end after it begins.",
    )

    @api.model
    def _default_window_start(self):
        """The next half hour that leaves time to get ready."""
        soon = self.env.company._service_now() + timedelta(minutes=45)
        return soon.replace(minute=soon.minute // 30 * 30, second=0, microsecond=0)

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        """With the customer, so that a calendar says where to go."""
        for visit in self:
            visit.display_name = " · ".join(
                filter(None, (visit.name, visit.partner_id.name))
            )

    @api.depends("ticket_id")
    def _compute_kind(self):
        for visit in self:
            visit.kind = (
                TICKET_KIND_TO_VISIT.get(visit.ticket_id.kind) or visit.kind or "repair"
            )

    @api.depends("ticket_id", "kind")
    def _compute_checklist_ids(self):
        """The automatic checklists; added ones stay where they still suit."""
        automatic = self.env["service.checklist"].search([("automatic", "=", True)])
        programs = self.ticket_id._get_service_programs()
        for visit in self:
            theirs = programs.get(visit.ticket_id, self.env["service.program"])
            visit.checklist_ids = (
                automatic | visit.checklist_ids.filtered(lambda one: not one.automatic)
            ).filtered(
                lambda one, visit=visit, theirs=theirs: one._suits(visit.kind, theirs)
            )

    @api.depends("state", "checklist_ids", "check_ids.state")
    @api.depends_context("lang")
    def _compute_blockers(self):
        gates = {
            "draft": "depart",
            "appointed": "depart",
            "departed": "start",
            "arrived": "start",
            "working": "done",
        }
        for visit in self:
            gate = gates.get(visit.state)
            visit.blockers = ", ".join(visit._get_gate_missing(gate)) if gate else False

    @api.depends("window_start", "state")
    def _compute_is_due(self):
        midnight = self._get_next_midnight()
        for visit in self:
            visit.is_due = visit.state not in ENDED_STATES and (
                not visit.window_start or visit.window_start < midnight
            )

    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = Domain("state", "not in", ENDED_STATES) & (
            Domain("window_start", "=", False)
            | Domain("window_start", "<", self._get_next_midnight())
        )
        return due if True in value else ~due

    @api.model
    def _get_next_midnight(self):
        """The end of the company's day, in naive UTC."""
        company = self.env.company
        tomorrow = company._service_today() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(), ZoneInfo(company._service_tz()))
        return midnight.astimezone(UTC).replace(tzinfo=None)

    @api.depends("arrived_at")
    def _compute_absent_from(self):
        for visit in self:
            visit.absent_from = visit.arrived_at and visit.arrived_at + ABSENT_WAIT

    @api.depends("ticket_id")
    def _compute_station_id(self):
        for visit in self:
            visit.station_id = visit.ticket_id.station_id

    @api.onchange("window_start")
    def _onchange_window_start(self):
        if self.window_start:
            self.window_end = self.window_start + DEFAULT_WINDOW

    @api.constrains("window_start", "window_end")
    def _check_window(self):
        for visit in self:
            if not visit.window_start or not visit.window_end:
                continue
            if visit.window_end - visit.window_start >= HALF_DAY:  # VIS-01
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s: the window must be shorter than half a day "
                        "(4 hours), so that nobody waits a whole morning (VIS-01).",
                        visit=visit.name,
                    )
                )

    @api.constrains("signature")
    def _check_signature(self):
        """Nobody signs an empty form (VIS-24)."""
        for visit in self.filtered("signature"):
            missing = [*visit._get_text_missing(), *visit._get_signer_missing()]
            if missing:
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s: the signature would stand under an empty "
                        "form. Fill in first: %(missing)s.",
                        visit=visit.name,
                        missing=", ".join(missing),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._sync_checks()
        return visits

    def write(self, vals):
        """What is agreed or signed stays as it was, whatever the door."""
        if not self.env.su:
            self._check_signed_kept(vals)
            self._check_window_kept(vals)
        result = super().write(vals)
        if {"checklist_ids", "kind", "ticket_id", "window_start"} & vals.keys():
            self._sync_checks()
        return result

    def _check_signed_kept(self, vals):
        ended = self.filtered(lambda visit: visit._is_ended())
        changed = SIGNED_FIELDS & vals.keys()
        if ended and changed:
            raise UserError(
                self.env._(
                    "Visit %(visit)s is finished: %(fields)s stay as they were signed. "
                    "Plan another visit.",
                    visit=", ".join(ended.mapped("name")),
                    fields=self._get_labels(changed),
                )
            )
        signed = self._get_signed_before(vals)._get_changed(SIGNED_TEXTS, vals)
        if signed:
            raise UserError(
                self.env._(
                    "Visit %(visit)s: the customer has signed %(fields)s. Clear the "
                    "signature, correct the text and let the customer sign again.",
                    visit=", ".join(signed.mapped("name")),
                    fields=self._get_labels(SIGNED_TEXTS & vals.keys()),
                )
            )

    def _check_window_kept(self, vals):
        """An agreed time moves with the customer's consent only (VIS-04)."""
        agreed = self.filtered(lambda visit: visit.state != "draft")
        moved = agreed._get_changed(WINDOW, vals)
        if moved:
            raise UserError(
                self.env._(
                    "Visit %s: the time is agreed with the customer. Phone first, then "
                    "use Late or move, which records who agreed (VIS-04).",
                    ", ".join(moved.mapped("name")),
                )
            )

    def _is_ended(self):
        self.ensure_one()
        return self.state in ENDED_STATES

    # ---------------------------------------------------
    # Checklists
    # ---------------------------------------------------

    def _sync_checks(self):
        """Give each visit the rows of its checklists; drop unanswered others."""
        # sudo: rows come from the checklists, nobody makes or drops them by hand
        checks = self.env["service.visit.check"].sudo()
        open_visits = self.sudo().filtered(lambda visit: not visit._is_ended())
        open_visits._drop_notices()
        for visit in open_visits:
            # a variant alone would leave out what holds for all of them
            lacking = visit.checklist_ids.parent_id - visit.checklist_ids
            if lacking:
                visit.checklist_ids |= lacking
        vals_list = []
        obsolete = checks.browse()
        for visit in open_visits:
            company = visit.partner_id.commercial_partner_id.is_company
            wanted = visit.checklist_ids.line_ids.filtered(
                lambda line, company=company: company or not line.only_company
            )
            obsolete |= visit.check_ids.filtered(
                lambda check: (
                    check.checklist_id not in check.visit_id.checklist_ids
                    and not check.answered_at
                )
            )
            vals_list += [
                {
                    "visit_id": visit.id,
                    "line_id": line.id,
                    **visit._get_notice_dates(line),
                }
                for line in wanted - visit.check_ids.line_id
            ]
        obsolete.unlink()
        checks.create(vals_list)

    def _get_gate_missing(self, gate) -> list:
        """Mandatory rows still open up to ``gate``, in words with their rules."""
        self.ensure_one()
        gates = gates_until(gate)
        missing = self.check_ids.filtered(
            lambda check: check.gate in gates
        )._get_missing_labels()
        if gate != "depart":
            for checklist in self.checklist_ids:
                variants = checklist.variant_ids
                if variants and not variants & self.checklist_ids:
                    missing.append(
                        self.env._(
                            "one of these checklists: %s",
                            ", ".join(variants.mapped("name")),
                        )
                    )
        return missing

    def _check_gate(self, gate):
        """Refuse to go on while a mandatory row up to ``gate`` is open."""
        self._check_filled(lambda visit: visit._get_gate_missing(gate))

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def _check_engineer(self):
        """What happens on a trip is recorded by who makes it, or his director."""
        others = self.filtered(lambda visit: visit.engineer_id != self.env.user)
        if others and not self.env.su:
            others._require_group("director", "manager")

    def action_appoint(self):
        """The appointment is agreed with the customer (VIS-01, DSP-11, DSP-12)."""
        self._check_filled(
            [
                ("engineer_id", self.env._("engineer")),
                ("window_start", self.env._("from")),
                ("window_end", self.env._("to")),
            ]
        )
        for visit in self:
            if visit.ticket_id.stage_id.closed:
                raise UserError(
                    self.env._("Ticket %s is closed.", visit.ticket_id.number)
                )
        self._transition("appointed")
        for visit in self:
            visit.ticket_id._record_event("appointed", visit=visit)
        return True

    def action_depart(self):
        self._check_engineer()
        self._check_gate("depart")
        self._transition("departed", departed_at=self._now())
        for visit in self:
            visit.ticket_id._record_event("departed", visit=visit)
        return True

    def action_arrive(self):
        self._check_engineer()
        self._transition("arrived", arrived_at=self._now())
        for visit in self:
            visit.ticket_id._record_event("arrived", visit=visit)
        return True

    def action_absent_call(self):
        """The absent customer was phoned and did not answer (VIS-08)."""
        self._check_engineer()
        for visit in self:
            if visit.state != "arrived":
                raise UserError(
                    self.env._(
                        "Visit %s: press Arrived first, then phone the customer.",
                        visit.name,
                    )
                )
        self._set_guarded({"absent_called_at": self._now()})
        return True

    def action_absent(self):
        """Leave an absent customer: phoned, waited, note left, office told (VIS-08)."""
        self._check_engineer()
        now = self._now()
        for visit in self:
            waited = now - (visit.arrived_at or now)
            if visit.state == "arrived" and waited < ABSENT_WAIT:
                raise UserError(
                    self.env._(
                        "Visit %(visit)s: wait 20 minutes and phone the customer "
                        "before you leave (VIS-08). %(minutes)d minutes are left.",
                        visit=visit.name,
                        minutes=-(-(ABSENT_WAIT - waited).total_seconds() // 60),
                    )
                )
        self.filtered(lambda visit: visit.state == "arrived")._check_filled(
            [
                (
                    "absent_called_at",
                    self.env._("call to the customer without answer (VIS-08)"),
                ),
                ("absent_note_left", self.env._("note at the door (VIS-08)")),
                ("absent_contact", self.env._("contact on the note (VIS-08)")),
            ]
        )
        self._transition("absent", left_at=now)
        for visit in self:
            visit.ticket_id._record_event("customer_absent", visit=visit)
            # sudo: the office's caller is told, whoever he is
            visit.sudo().activity_schedule(
                "mail.mail_activity_data_call",
                summary=self.env._("Customer was absent: agree a new time"),
                user_id=visit.station_id.sudo()._get_callback_user().id or self.env.uid,
                date_deadline=visit.company_id._service_today(),
            )
        return True

    def action_start(self):
        """Begin to work; the job gets its repair order.

        Nothing is touched before the mandatory consents are there (VIS-12).
        """
        self._check_engineer()
        for visit in self:
            if visit.state == "arrived":
                visit._check_gate("start")
        self._transition("working")
        for visit in self:
            if not visit.repair_id:
                # sudo: engineers have no rights on repair orders of their own
                repair = (
                    self.env["repair.order"].sudo().create(visit._prepare_repair_vals())
                )
                repair._action_repair_confirm()
                repair.action_repair_start()
                # sudo: set by this act only
                visit.sudo().repair_id = repair
            if not visit.symptom and "symptom" in TEXTS_BY_KIND[visit.kind]:
                visit.symptom = visit.ticket_id.name
        return True

    def _prepare_repair_vals(self):
        """The repair order of this visit.

        The customer's machine is none of our stock, so it is no product of the
        repair; only parts move.
        """
        self.ensure_one()
        return {
            "ticket_id": self.ticket_id.id,
            "visit_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.engineer_id.id,
            "schedule_date": self.window_start or self._now(),
            "under_warranty": self.coverage_verdict in ("warranty", "goodwill"),
        }

    def _get_text_missing(self) -> list:
        """Texts and re-test that this kind of visit still lacks (VIS-20)."""
        self.ensure_one()
        labels = {
            "symptom": self.env._("symptom (VIS-20)"),
            "cause": self.env._("cause (VIS-20)"),
            "solution": self.env._("solution (VIS-20)"),
            "precautions": self.env._("precautions (VIS-20)"),
            "retested": self.env._("re-test with the customer (VIS-20)"),
        }
        return [labels[name] for name in TEXTS_BY_KIND[self.kind] if not self[name]]

    def _get_signer_missing(self) -> list:
        needed = [
            ("signed_by", self.env._("name of who signed (VIS-24)")),
            ("opinion", self.env._("customer's opinion (VIS-27)")),
        ]
        return [label for name, label in needed if not (self[name] or "").strip()]

    def _get_missing(self) -> list:
        """What is missing before this visit can be completed, in words.

        Other add-ons append to the list.
        """
        self.ensure_one()
        missing = [*self._get_gate_missing("done"), *self._get_text_missing()]
        if not self.signature:
            missing.append(self.env._("customer's signature (VIS-24)"))
        missing += self._get_signer_missing()
        if not self.rating and not self.ticket_id._has_receipt():
            missing.append(self.env._("customer's rating (CARE-13)"))
        return missing

    def action_done(self):
        """Complete the visits: nothing is missing, the customer has signed."""
        self._check_engineer()
        self._check_filled(lambda visit: visit._get_missing())
        now = self._now()
        self._transition("done", done_at=now, left_at=now)
        for visit in self:
            visit.ticket_id._record_event("restored", visit=visit)
            visit.ticket_id._record_event("signed", visit=visit)
            # sudo: engineers have no rights on repair orders of their own
            repair = visit.sudo().repair_id
            if repair.state == "under_repair":
                repair.action_repair_end()
            visit.ticket_id._plan_callbacks(visit)
        self._date_equipment()
        self._after_done()
        return True

    def _date_equipment(self):
        """Enter the day of an installation or acceptance (DEL-10, WAR-30)."""
        for visit in self:
            today = visit.company_id._service_today()
            for check in visit.check_ids:
                name = check.line_id.dates
                # sudo: engineers do not edit machines, what was signed dates them
                equipment = visit.equipment_id.sudo()
                if name and check.state == "ok" and equipment and not equipment[name]:
                    equipment[name] = today

    # ---------------------------------------------------
    # Another time
    # ---------------------------------------------------

    def action_move(self):
        """Agree another time with the customer (VIS-04, VIS-18)."""
        self.ensure_one()
        start = max(self.window_start or self._now(), self._now())
        later = start + timedelta(hours=1)
        on_site = self.state in ("arrived", "working")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Part missing, come again")
            if on_site
            else self.env._("Late or move"),
            "res_model": "service.visit.move",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_visit_id": self.id,
                "default_reason": "no_part" if on_site else "late",
                "default_new_start": later,
                "default_new_end": later + DEFAULT_WINDOW,
            },
        }

    def _move_window(self, start, end):
        """Move an appointment that the customer agreed to (VIS-04)."""
        for visit in self:
            if visit.state not in ("draft", "appointed", "departed"):
                raise UserError(
                    self.env._("Visit %s is over; plan another one.", visit.name)
                )
        self._set_guarded({"window_start": start, "window_end": end})
        for visit in self.filtered(lambda one: one.state != "draft"):
            visit.ticket_id._record_event("appointed", visit=visit)

    def _continue_later(self, start, end):
        """End the visit without a result and appoint the next one (VIS-18).

        :return: the next visit; it goes on with the same repair order
        """
        self.ensure_one()
        self._check_engineer()
        self._transition("rescheduled", left_at=self._now())
        following = self.create(
            self._prepare_next_visit_vals() | {"window_start": start, "window_end": end}
        )
        # sudo: the repair order goes on with the job
        following.sudo().repair_id = self.sudo().repair_id
        following.action_appoint()
        return following

    def _prepare_next_visit_vals(self):
        return {
            "ticket_id": self.ticket_id.id,
            "kind": self.kind,
            "engineer_id": self.engineer_id.id,
            "station_id": self.station_id.id,
            "checklist_ids": [fields.Command.set(self.checklist_ids.ids)],
            "symptom": self.symptom,
            "cause": self.cause,
        }

    def _after_done(self):
        """Hook for add-ons that follow a completed visit."""

    def action_cancel(self):
        self._transition("cancelled")
        return True

    def _get_form_issuer(self):
        """Who issues the forms: the group's service centre (VIS-31)."""
        # sudo: the stations above may be fenced
        station = self.station_id.sudo()
        while station.parent_id:
            station = station.parent_id
        return station.name or self.company_id.name

    def action_view_repair(self):
        self.ensure_one()
        return self.repair_id.get_formview_action()
