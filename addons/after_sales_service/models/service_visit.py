# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# VIS-01: never make the customer wait a whole morning or afternoon.
HALF_DAY = timedelta(hours=4)
# VIS-08: before leaving an absent customer.
ABSENT_WAIT = timedelta(minutes=20)
DEFAULT_WINDOW = timedelta(hours=2)

# What stands on the signed record.
SIGNED_FIELDS = frozenset(
    "ticket_id station_id engineer_id window_start window_end symptom cause solution "
    "precautions retested signature signed_by opinion rating".split()
)


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
        "arrived": {"working", "absent"},
        "working": {"done"},
        "done": set(),
        "absent": set(),
        "cancelled": set(),
    }
    _guarded_fields = frozenset(
        {"state", "departed_at", "arrived_at", "left_at", "done_at"}
    )

    name = fields.Char(default="/", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
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
        selection=[
            ("draft", "To appoint"),
            ("appointed", "Appointed"),
            ("departed", "On the way"),
            ("arrived", "Arrived"),
            ("working", "Working"),
            ("done", "Done"),
            ("absent", "Customer absent"),
            ("cancelled", "Cancelled"),
        ],
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
        selection=[
            ("5", "Very satisfied"),
            ("4", "Satisfied"),
            ("3", "Neutral"),
            ("2", "Dissatisfied"),
            ("1", "Very dissatisfied"),
        ],
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

    def write(self, vals):
        """What the customer signed stays as it was, whatever the door."""
        signed = self.filtered(lambda visit: visit.state in ("done", "absent"))
        changed = SIGNED_FIELDS & vals.keys()
        if signed and changed and not self.env.su:
            raise UserError(
                self.env._(
                    "Visit %(visit)s is finished: %(fields)s stay as they were signed. "
                    "Plan another visit.",
                    visit=", ".join(signed.mapped("name")),
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(changed)
                    ),
                )
            )
        return super().write(vals)

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

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
        self._transition("departed", departed_at=self._now())
        for visit in self:
            visit.ticket_id._record_event("departed", visit=visit)
        return True

    def action_arrive(self):
        self._transition("arrived", arrived_at=self._now())
        for visit in self:
            visit.ticket_id._record_event("arrived", visit=visit)
        return True

    def action_absent(self):
        """The customer is absent; twenty minutes must have passed (VIS-08)."""
        now = self._now()
        for visit in self:
            waited = now - (visit.arrived_at or now)
            if waited < ABSENT_WAIT:
                raise UserError(
                    self.env._(
                        "Visit %(visit)s: wait 20 minutes and phone the customer "
                        "before you leave (VIS-08). %(minutes)d minutes are left.",
                        visit=visit.name,
                        minutes=-(-(ABSENT_WAIT - waited).total_seconds() // 60),
                    )
                )
        self._transition("absent", left_at=now)
        for visit in self:
            visit.ticket_id._record_event("customer_absent", visit=visit)
        return True

    def action_start(self):
        """Begin to work; the job gets its repair order."""
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
            if not visit.symptom:
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

    def _get_missing(self) -> list:
        """What is missing before this visit can be completed, in words.

        Other add-ons append to the list.
        """
        self.ensure_one()
        needed = [
            ("symptom", self.env._("symptom (VIS-20)")),
            ("cause", self.env._("cause (VIS-20)")),
            ("solution", self.env._("solution (VIS-20)")),
            ("precautions", self.env._("precautions (VIS-20)")),
            ("retested", self.env._("re-test with the customer (VIS-20)")),
            ("signature", self.env._("customer's signature (VIS-24)")),
            ("signed_by", self.env._("name of who signed (VIS-24)")),
            ("rating", self.env._("customer's rating (CARE-13)")),
        ]
        return [label for name, label in needed if not self[name]]

    def action_done(self):
        """Complete the visits: nothing is missing, the customer has signed."""
        self._check_filled(lambda visit: visit._get_missing())
        self._transition("done", done_at=self._now())
        for visit in self:
            visit.ticket_id._record_event("restored", visit=visit)
            visit.ticket_id._record_event("signed", visit=visit)
            # sudo: engineers have no rights on repair orders of their own
            repair = visit.sudo().repair_id
            if repair.state == "under_repair":
                repair.action_repair_end()
            visit.ticket_id._plan_callbacks(visit)
        self._after_done()
        return True

    def _after_done(self):
        """Hook for add-ons that follow a completed visit."""

    def action_cancel(self):
        self._transition("cancelled")
        return True

    def action_view_repair(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "repair.order",
            "res_id": self.repair_id.id,
            "view_mode": "form",
        }
