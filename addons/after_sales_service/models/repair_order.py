# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import workshop
from .service_rating import RATINGS

# How long before a note is due it is shown: on the promised day itself.
NOTE_WARNING = timedelta(days=1)

# What the desk and the engineers fill in; all else belongs to the stock people.
WORKSHOP_FIELDS = frozenset(
    {
        "user_id",
        "promised_date",
        "inspected",
        "configuration",
        "check_ids",
        "reproduced",
        "mailed_in",
        "waybill_in",
        "waybill_out",
        "freight_cause",
        "consent_by",
        "keep_reason",
        "keep_decision",
        "keep_consent_by",
        "note_ids",
        "symptom",
        "cause",
        "solution",
        "precautions",
        "virus_found",
        "retest_text",
        "fault_gone",
        "explained",
        "handover_scan",
        "signature",
        "signed_by",
        "opinion",
        "rating",
    }
)
# What the customer puts his name under (VIS-20, VIS-27, SHOP-13, SHOP-15).
SIGNED_TEXTS = frozenset(
    "symptom cause solution precautions virus_found fault_gone explained signed_by "
    "opinion".split()
)
# What the customer decided; changed afterwards, he is asked again.
KEEP_FIELDS = frozenset({"keep_reason", "keep_decision", "keep_consent_by"})


class RepairOrder(models.Model):
    _name = "repair.order"
    _inherit = ["repair.order", "service.guarded.mixin"]
    _guarded_fields = frozenset(
        {
            "intake_at",
            "intake_by_id",
            "consent_at",
            "keep_consent_at",
            "ready_at",
            "pickup_called_at",
            "handed_over_at",
            "handed_over_by_id",
            "status_token",
        }
    )

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", index="btree_not_null", check_company=True
    )
    visit_id = fields.Many2one(
        comodel_name="service.visit", index="btree_not_null", check_company=True
    )
    equipment_id = fields.Many2one(related="ticket_id.equipment_id")
    station_id = fields.Many2one(
        related="ticket_id.station_id", store=True, index="btree_not_null"
    )
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    coverage_sentence = fields.Char(related="ticket_id.coverage_sentence")
    coverage_verdict = fields.Selection(related="ticket_id.coverage_verdict")
    # SHOP-04, SHOP-05: taken in before the customer's eyes
    intake_at = fields.Datetime(
        string="Taken in at", readonly=True, copy=False, index="btree_not_null"
    )
    intake_by_id = fields.Many2one(
        comodel_name="res.users", string="Taken in by", readonly=True, copy=False
    )
    inspected = fields.Boolean(string="Inspected with the customer", copy=False)
    configuration = fields.Selection(
        selection=[
            ("standard", "As delivered"),
            ("differs", "Parts are missing or extra"),
        ],
        string="Configuration check",
        copy=False,
        help="Compare what is inside with the parts listed for the machine.",
    )
    check_ids = fields.One2many(
        comodel_name="service.repair.check",
        inverse_name="repair_id",
        string="Missing or extra parts",
    )
    consent_by = fields.Char(
        string="Opening agreed by",
        copy=False,
        help="Name of who agreed that the case is opened.",
    )
    consent_at = fields.Datetime(string="Opening agreed", readonly=True, copy=False)
    # SHOP-06, SHOP-07: what shows and is quickly mended is repaired at once
    reproduced = fields.Selection(
        selection=[("yes", "The fault shows"), ("no", "The fault does not show")],
        string="Fault reproduced",
        copy=False,
        tracking=True,
    )
    promised_date = fields.Date(
        string="Promised date",
        compute="_compute_promised_date",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="Today where the fault shows and can be repaired at once.",
    )
    # SHOP-22: sent in by post, nobody stands at the counter
    mailed_in = fields.Boolean(string="Sent in by post", copy=False)
    waybill_in = fields.Char(string="Waybill in", copy=False)
    waybill_out = fields.Char(string="Waybill back", copy=False)
    freight_cause = fields.Selection(
        selection=[("product", "The product"), ("customer", "The customer")],
        string="Freight caused by",
        default="product",
        required=True,
        copy=False,
    )
    freight_payer = fields.Selection(
        selection=[("vendor", "The vendor"), ("customer", "The customer")],
        string="Freight paid by",
        compute="_compute_freight_payer",
    )
    # SHOP-08, SHOP-09: keep the machine only if the customer agrees
    keep_reason = fields.Selection(
        selection=[
            ("not_reproduced", "Fault not reproducible"),
            ("no_part", "No spare part"),
        ],
        string="Cannot be repaired at once",
        compute="_compute_keep_reason",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
    )
    keep_decision = fields.Selection(
        selection=[
            ("stays", "The machine stays here"),
            ("home", "The customer takes it home"),
        ],
        string="Customer's decision",
        copy=False,
        tracking=True,
    )
    keep_consent_by = fields.Char(string="Decided by", copy=False)
    keep_consent_at = fields.Datetime(string="Decided on", readonly=True, copy=False)
    note_ids = fields.One2many(
        comodel_name="service.repair.note",
        inverse_name="repair_id",
        string="Customer informed",
    )
    note_due_at = fields.Datetime(
        string="Inform the customer by",
        compute="_compute_note_due_at",
        store=True,
        index="btree_not_null",
    )
    is_note_due = fields.Boolean(
        string="Customer to be informed",
        compute="_compute_is_note_due",
        search="_search_is_note_due",
    )
    workshop_state = fields.Selection(
        selection=[
            ("taken_in", "Taken in"),
            ("working", "Working"),
            ("ready", "Ready for pick-up"),
            ("handed_over", "Handed over"),
        ],
        string="Workshop",
        compute="_compute_workshop_state",
        store=True,
        group_expand="_group_expand_workshop_state",
        index="btree_not_null",
    )
    # VIS-20: the four texts of the repair order
    symptom = fields.Text()
    cause = fields.Text(copy=False)
    solution = fields.Text(copy=False)
    precautions = fields.Text(copy=False)
    virus_found = fields.Boolean(
        string="Virus found",
        copy=False,
        help="Explain how to prevent it. It stands on the repair order that the "
        "customer signs (VIS-16).",
    )
    ready_at = fields.Datetime(string="Ready", readonly=True, copy=False)
    pickup_called_at = fields.Datetime(
        string="Called for pick-up", readonly=True, copy=False
    )
    retest_count = fields.Integer(
        string="Re-tests with the customer", compute="_compute_retest_count"
    )
    retest_text = fields.Char(
        string="What was tested",
        copy=False,
        help="What you tested before the customer's eyes, e.g. started three times.",
    )
    fault_gone = fields.Boolean(
        string="Customer confirms that the fault is gone", copy=False
    )
    explained = fields.Boolean(
        string="Cause, remedy and precautions explained", copy=False
    )
    # SHOP-12, SHOP-15
    handover_scan = fields.Char(
        string="Scan the label",
        copy=False,
        help="Scan the label on the machine. The customer does not pick it out.",
    )
    signature = fields.Binary(attachment=True, copy=False)
    signed_by = fields.Char(string="Signed by", copy=False)
    # VIS-27, CARE-13: the receipt of every customer served
    opinion = fields.Text(string="Customer's opinion", copy=False)
    rating = fields.Selection(
        selection=RATINGS,
        copy=False,
        tracking=True,
    )
    handed_over_at = fields.Datetime(string="Handed over", readonly=True, copy=False)
    handed_over_by_id = fields.Many2one(
        comodel_name="res.users", string="Handed over by", readonly=True, copy=False
    )
    loaner_ids = fields.One2many(
        comodel_name="service.loaner", inverse_name="repair_id", string="Loaners"
    )
    loaner_count = fields.Integer(compute="_compute_loaner_count")
    loaner_out_count = fields.Integer(compute="_compute_loaner_count")
    loaner_wanted = fields.Boolean(compute="_compute_loaner_count")

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("intake_at", "state", "ready_at", "handed_over_at")
    def _compute_workshop_state(self):
        for repair in self:
            if not repair.intake_at:
                repair.workshop_state = False
            elif repair.handed_over_at:
                repair.workshop_state = "handed_over"
            elif repair.ready_at:
                repair.workshop_state = "ready"
            elif repair.state == "under_repair":
                repair.workshop_state = "working"
            else:
                repair.workshop_state = "taken_in"

    @api.model
    def _group_expand_workshop_state(self, states, _domain):
        """The columns of the desk, in the order of the work."""
        every = [key for key, _label in self._fields["workshop_state"].selection]
        return [key for key in every if key in states or key != "handed_over"]

    @api.depends("reproduced")
    def _compute_promised_date(self):
        for repair in self:
            if (
                repair.intake_at
                and repair.reproduced == "yes"
                and not repair.keep_reason
                and not repair.promised_date
            ):
                repair.promised_date = repair.company_id._service_today()

    @api.depends("reproduced")
    def _compute_keep_reason(self):
        """A fault that does not show needs a burn-in test (SHOP-08)."""
        for repair in self:
            if repair.reproduced == "no":
                repair.keep_reason = repair.keep_reason or "not_reproduced"
            elif repair.reproduced and repair.keep_reason == "not_reproduced":
                repair.keep_reason = False

    @api.depends("freight_cause")
    def _compute_freight_payer(self):
        for repair in self:
            repair.freight_payer = workshop.freight_payer(repair.freight_cause)

    @api.depends(
        "promised_date",
        "company_id.service_note_days",
        "intake_at",
        "ready_at",
        "handed_over_at",
        "note_ids.at",
        "note_ids.kind",
    )
    def _compute_note_due_at(self):
        """By the end of the promised day, then every two days (SHOP-10)."""
        for repair in self:
            open_promise = (
                repair.intake_at
                and repair.promised_date
                and not repair.ready_at
                and not repair.handed_over_at
            )
            told = repair.note_ids.filtered(lambda note: note.kind == "progress")
            repair.note_due_at = open_promise and workshop.note_due(
                repair.promised_date,
                repair.company_id._service_tz(),
                told.mapped("at"),
                repair.company_id.service_note_days,
            )

    def _compute_is_note_due(self):
        now = {company: company._service_now() for company in self.company_id}
        for repair in self:
            repair.is_note_due = bool(
                repair.note_due_at
                and repair.note_due_at - NOTE_WARNING <= now[repair.company_id]
            )

    def _search_is_note_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_note_due_domain()

    @api.model
    def _get_note_due_domain(self):
        """Repairs whose customer must hear from us within a day."""
        return [
            ("note_due_at", "!=", False),
            (
                "note_due_at",
                "<=",
                self.env.company._service_now() + NOTE_WARNING,
            ),
        ]

    @api.depends("note_ids.kind", "note_ids.at", "ready_at")
    def _compute_retest_count(self):
        for repair in self:
            repair.retest_count = len(
                repair.note_ids.filtered(
                    lambda note, repair=repair: (
                        note.kind == "retest"
                        and repair.ready_at
                        and note.at >= repair.ready_at
                    )
                )
            )

    @api.depends("loaner_ids.state", "intake_at", "handed_over_at")
    def _compute_loaner_count(self):
        """A monitor is repaired, never exchanged: lend one (WAR-12, CF-25)."""
        for repair in self:
            repair.loaner_count = len(repair.loaner_ids)
            repair.loaner_out_count = repair.loaner_ids.mapped("state").count("out")
            repair.loaner_wanted = (
                repair.intake_at
                and not repair.handed_over_at
                and not repair.loaner_ids
                and repair.ticket_id.component_id
                and repair.ticket_id.component_id._is_repair_only()
            )

    @api.constrains("promised_date")
    def _check_promised_date(self):
        for repair in self:
            if (
                repair.intake_at
                and repair.promised_date
                and repair.promised_date < repair.company_id._service_today()
            ):
                raise ValidationError(
                    self.env._(
                        "Repair %(repair)s: promised date %(date)s lies in the past.",
                        repair=repair.name,
                        date=repair.promised_date,
                    )
                )

    # ---------------------------------------------------
    # What may be written when
    # ---------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            self._check_workshop_vals(vals)
        if vals.get("state") == "under_repair":
            self.filtered("intake_at")._check_start()
        if vals.get("state") in ("done", "cancel"):
            self._check_left()
        result = super().write(vals)
        if vals.keys() & KEEP_FIELDS:
            asked_again = self.filtered("keep_consent_at")
            if asked_again:
                asked_again._set_guarded({"keep_consent_at": False})
        return result

    def _check_workshop_vals(self, vals):
        """The desk writes the workshop's fields, and no paper that is signed."""
        others = vals.keys() - WORKSHOP_FIELDS - self._guarded_fields
        if others and not self.env.user.has_group("stock.group_stock_user"):
            labels = self.env["ir.model.fields"]
            raise AccessError(
                self.env._(
                    "Repair order: %(fields)s is set by warehouse people only.",
                    fields=", ".join(
                        labels._get(self._name, name).field_description or name
                        for name in sorted(others)
                    ),
                )
            )
        if vals.keys() & WORKSHOP_FIELDS:
            for repair in self:
                if repair.handed_over_at:
                    raise UserError(
                        self.env._(
                            "Repair %s is handed over and signed; it is not changed "
                            "any more.",
                            repair.name,
                        )
                    )
        if "promised_date" in vals:
            for repair in self:
                if repair.promised_date and repair.state == "under_repair":
                    raise UserError(
                        self.env._(
                            "Repair %(repair)s: %(date)s was promised to the customer. "
                            "The promise stays; tell him why it takes longer and add a "
                            "progress note (SHOP-10).",
                            repair=repair.name,
                            date=repair.promised_date,
                        )
                    )
        if vals.get("signature"):
            self._check_signable()
        signed = self._get_signed_before(vals)._get_changed(SIGNED_TEXTS, vals)
        if signed:
            raise UserError(
                self.env._(
                    "Repair %(repair)s: the customer has signed %(fields)s. Clear the "
                    "signature, correct the text and let the customer sign again.",
                    repair=", ".join(signed.mapped("name")),
                    fields=self._get_labels(SIGNED_TEXTS & vals.keys()),
                )
            )
        if "consent_by" in vals and self.filtered("consent_at"):
            raise UserError(
                self.env._("The consent to open the case is recorded already.")
            )

    def _check_signable(self):
        """Nobody signs an empty form: neither the work nor a decision is written."""
        for repair in self:
            if repair.workshop_state != "ready" and not (
                repair.keep_decision == "home" and repair.keep_consent_at
            ):
                raise UserError(
                    self.env._(
                        "Repair %s: there is nothing to sign yet. The customer signs "
                        "when the machine is ready, or when he takes it home "
                        "unrepaired (SHOP-15).",
                        repair.name,
                    )
                )

    def _check_left(self):
        for repair in self:
            if repair.intake_at and not repair.handed_over_at:
                raise UserError(
                    self.env._(
                        "Repair %s: the customer's machine is still here. The hotline "
                        "hands it over first (SHOP-12).",
                        repair.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken_in(self):
        if any(repair.intake_at for repair in self):
            raise UserError(
                self.env._("A repair with a customer's machine is never deleted.")
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def _now(self):
        return self.company_id[:1]._service_now()

    def _check_workshop(self, *states):
        """These repairs are in one of the states, and I may write them."""
        self.check_access("write")
        labels = dict(self._fields["workshop_state"]._description_selection(self.env))
        for repair in self:
            if repair.workshop_state not in states:
                raise UserError(
                    self.env._(
                        "Repair %(repair)s is %(state)s; this is for repairs that are "
                        "%(states)s.",
                        repair=repair.name,
                        state=labels.get(
                            repair.workshop_state, self.env._("not in the workshop")
                        ),
                        states=", ".join(labels[state] for state in states),
                    )
                )

    def _check_desk(self):
        if not self.env.user.has_group("after_sales_service.group_hotline"):
            raise AccessError(
                self.env._(
                    "The machine is handed over by the hotline or the service director."
                )
            )

    def action_consent(self):
        """The customer agrees that the case is opened (SHOP-04)."""
        self._check_workshop("taken_in")
        for repair in self:
            if not (repair.consent_by or "").strip():
                raise UserError(
                    self.env._(
                        "Repair %s: write who agreed in field Opening agreed by "
                        "(SHOP-04).",
                        repair.name,
                    )
                )
        self._set_guarded({"consent_at": self._now()})
        return True

    def _get_missing_start(self) -> list:
        """What is missing before the case may be opened, in words."""
        self.ensure_one()
        needed = [
            ("inspected", self.env._("inspection with the customer (SHOP-04)")),
            ("configuration", self.env._("configuration check (SHOP-05)")),
            ("reproduced", self.env._("whether the fault shows (SHOP-06)")),
            ("consent_at", self.env._("consent to open the case (SHOP-04)")),
            ("promised_date", self.env._("promised date (SHOP-10)")),
        ]
        missing = [label for name, label in needed if not self[name]]
        if self.configuration == "differs" and not self.check_ids:
            missing.append(self.env._("the missing or extra parts (SHOP-05)"))
        return missing + self._get_missing_keep()

    def _get_missing_keep(self) -> list:
        """A machine that is not repaired at once stays with consent only."""
        self.ensure_one()
        if not self.keep_reason or (
            self.keep_decision == "stays" and self.keep_consent_at
        ):
            return []
        return [self.env._("customer's consent to keep the machine (SHOP-08, SHOP-09)")]

    def _check_start(self):
        self._check_filled(lambda repair: repair._get_missing_start())

    def action_workshop_start(self):
        """Open the case and work."""
        self._check_workshop("taken_in")
        # sudo: the workshop has no rights on stock moves
        self.sudo().action_repair_start()
        return True

    def action_decide(self):
        """The customer decides whether the machine stays (SHOP-08, SHOP-09)."""
        self._check_workshop("taken_in", "working")
        needed = [
            ("keep_reason", self.env._("why it cannot be repaired at once")),
            ("keep_decision", self.env._("customer's decision")),
            ("keep_consent_by", self.env._("name of who decided")),
        ]
        self._check_filled(needed)
        self._set_guarded({"keep_consent_at": self._now()})
        return True

    def action_ready(self):
        """The repair is finished; the customer is to be called (SHOP-11)."""
        self._check_workshop("working")
        self._check_filled(lambda repair: repair._get_missing_ready())
        self._set_guarded({"ready_at": self._now()})
        self._drop_note_activities()
        return True

    def action_rework(self):
        """A re-test failed: back to work, and all that follows begins anew."""
        self._check_workshop("ready")
        self._add_retest("retest_failed")
        self.write({"signature": False, "fault_gone": False, "explained": False})
        self._set_guarded({"ready_at": False, "pickup_called_at": False})
        return True

    def action_pickup_called(self):
        """The customer was phoned and reminded of his voucher (SHOP-11)."""
        self._check_workshop("ready")
        self._add_note("call", self.env._("Called for pick-up, voucher mentioned"))
        self._set_guarded({"pickup_called_at": self._now()})
        return True

    def action_retest(self):
        """A re-test in front of the customer went well (SHOP-13)."""
        self._check_workshop("ready")
        self._add_retest("retest")
        return True

    def _add_retest(self, kind):
        """Note what was tested; every test is described for itself."""
        for repair in self:
            if not (repair.retest_text or "").strip():
                raise UserError(
                    self.env._(
                        "Repair %s: write in field What was tested what you tested "
                        "with the customer (SHOP-13).",
                        repair.name,
                    )
                )
            repair._add_note(kind, repair.retest_text.strip())
        self.write({"retest_text": False})

    def _add_note(self, kind, text):
        # sudo: calls and re-tests are recorded by their buttons only
        self.env["service.repair.note"].sudo().create(
            [{"repair_id": repair.id, "kind": kind, "text": text} for repair in self]
        )

    def _get_missing_ready(self) -> list:
        """What is missing before the customer is called, in words.

        Other add-ons append to the list.
        """
        return self._get_missing_texts() + self._get_missing_keep()

    def _get_missing_texts(self) -> list:
        self.ensure_one()
        needed = [
            ("symptom", self.env._("symptom (VIS-20)")),
            ("cause", self.env._("cause (VIS-20)")),
            ("solution", self.env._("solution (VIS-20)")),
            ("precautions", self.env._("precautions (VIS-20)")),
        ]
        return [label for name, label in needed if not self[name]]

    def _get_missing_paper(self) -> list:
        """What every machine that leaves needs: its label, a signature, no loaner."""
        self.ensure_one()
        missing = []
        scanned = (self.handover_scan or "").strip()
        if not scanned:
            missing.append(self.env._("scan of the label (SHOP-12)"))
        elif scanned != self.name:
            missing.append(
                self.env._(
                    "the right machine: %(scan)s was scanned, its label says %(name)s "
                    "(SHOP-12)",
                    scan=scanned,
                    name=self.name,
                )
            )
        if self.mailed_in:
            needed = [("waybill_out", self.env._("waybill of the parcel (SHOP-22)"))]
        else:
            needed = [
                ("signature", self.env._("customer's signature (SHOP-15)")),
                ("signed_by", self.env._("name of who signed (SHOP-15)")),
            ]
        missing += [label for name, label in needed if not self[name]]
        # sudo: a loaner of another station counts as well
        out = self.sudo().ticket_id.loaner_ids.filtered(
            lambda loaner: loaner.state == "out"
        )
        missing += [
            self.env._(
                "return of loaner %(loaner)s (SHOP-19)", loaner=loaner.display_name
            )
            for loaner in out
        ]
        return missing

    def _get_missing(self) -> list:
        """What is missing before the machine is handed over, in words.

        Other add-ons append to the list.
        """
        self.ensure_one()
        missing = self._get_missing_texts()
        left = self.company_id.service_retest_min - self.retest_count
        if left > 0:
            missing.append(
                self.env._(
                    "%(count)d re-test(s) in front of the customer (SHOP-13)",
                    count=left,
                )
            )
        needed = [("explained", self.env._("explanation to the customer (SHOP-13)"))]
        if not self.mailed_in:
            needed.append(
                ("fault_gone", self.env._("customer's word that it works (SHOP-13)"))
            )
            if not self.ticket_id._has_receipt():
                needed.append(("rating", self.env._("customer's rating (CARE-13)")))
        missing += [label for name, label in needed if not self[name]]
        return missing + self._get_missing_paper()

    def _get_missing_give_back(self) -> list:
        """What is missing before the machine goes home unrepaired, in words."""
        self.ensure_one()
        missing = self._get_missing_paper()
        if self.keep_decision != "home" or not self.keep_consent_at:
            missing.append(self.env._("customer's decision to take it home (SHOP-08)"))
        return missing

    def action_hand_over(self):
        """Give the repaired machines back against a signature."""
        self._check_desk()
        self._check_workshop("ready")
        self._check_filled(lambda repair: repair._get_missing())
        self._leave()
        for repair in self:
            repair.ticket_id._record_event("restored", "signed")
        # sudo: the desk has no rights on stock moves
        self.sudo().action_repair_end()
        self.ticket_id._plan_callbacks()
        return True

    def action_give_back(self):
        """The customer takes his machine home unrepaired (SHOP-08, SHOP-09)."""
        self._check_desk()
        self._check_workshop("taken_in", "working")
        self._check_filled(lambda repair: repair._get_missing_give_back())
        self._leave()
        for repair in self:
            repair.ticket_id._record_event("signed")
        # sudo: the desk has no rights on stock moves
        self.sudo().action_repair_cancel()
        return True

    def _leave(self):
        self._set_guarded(
            {"handed_over_at": self._now(), "handed_over_by_id": self.env.uid}
        )
        self._drop_note_activities()

    def action_lend(self):
        """Lend the customer something until his machine is back."""
        self.ensure_one()
        return {
            **self.ticket_id.action_view_loaners(),
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_ticket_id": self.ticket_id.id,
                "default_repair_id": self.id,
            },
        }

    def action_view_loaners(self):
        self.ensure_one()
        return self.ticket_id.action_view_loaners()

    # ---------------------------------------------------
    # Customer to be informed
    # ---------------------------------------------------

    def _drop_note_activities(self):
        self.activity_unlink(["after_sales_service.activity_inform_customer"])

    @api.model
    def _cron_inform_customers(self, batch_size=500):
        """One activity for each customer who must hear from us (SHOP-10)."""
        activity_type = self.env.ref("after_sales_service.activity_inform_customer")
        domain = [
            *self._get_note_due_domain(),
            ("activity_ids", "not any", [("activity_type_id", "=", activity_type.id)]),
        ]
        repairs = self.search(domain, limit=batch_size, order="note_due_at, id")
        remaining = (
            len(repairs) if len(repairs) < batch_size else self.search_count(domain)
        )
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        done = repairs.try_lock_for_update().filtered_domain(domain)
        done._schedule_note_activities(activity_type)
        self.env["ir.cron"]._commit_progress(len(done))

    def _schedule_note_activities(self, activity_type):
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": repair.id,
                    "user_id": (repair.user_id or repair.intake_by_id).id,
                    "date_deadline": repair.note_due_at.date(),
                    "summary": repair.name,
                }
                for repair in self
            ]
        )
