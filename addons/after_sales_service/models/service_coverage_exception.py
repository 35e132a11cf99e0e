# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ServiceCoverageException(models.Model):
    """Asking that a coverage decision be another one, and the answer.

    Goodwill for what is not covered, or a refusal of what is (WAR-22, CF-10), or
    another fee for coming than the programme's (CF-12, OOW-17). One person asks,
    another one decides; an approved exception becomes a decision of its own beside
    the one it overrides.
    """

    _name = "service.coverage.exception"
    _description = "Coverage Exception"
    _inherit = [
        "service.case.mixin",
        "service.evidence.mixin",
        "service.document.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "service.coverage.exception"
    _transitions = {
        "draft": {"asked"},
        "asked": {"approved", "refused", "withdrawn"},
        "approved": set(),
        "refused": set(),
        "withdrawn": set(),
    }
    _guarded_fields = frozenset(
        {"state", "asked_by_id", "asked_at", "decided_by_id", "decided_at"}
    )

    name = fields.Char(default="/", readonly=True, copy=False)
    coverage_id = fields.Many2one(
        comodel_name="service.coverage",
        string="Decision",
        required=True,
        ondelete="restrict",
        compute="_compute_coverage_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('ticket_id', '=', ticket_id), ('chosen', '=', True)]",
    )
    current_sentence = fields.Char(
        related="coverage_id.sentence", string="As it stands"
    )
    verdict = fields.Selection(
        selection=[
            ("goodwill", "Free of charge, as goodwill"),
            ("chargeable", "To be paid by the customer"),
            ("fee", "Another visit fee"),
        ],
        string="Wanted",
        required=True,
        default="goodwill",
        tracking=True,
    )
    fee_amount = fields.Monetary(string="Visit fee wanted", tracking=True)
    currency_id = fields.Many2one(
        related="ticket_id.visit_fee_currency_id", string="Currency of the fee"
    )
    reason = fields.Text(required=True)
    evidence = fields.Text(help="What was seen, measured or said, and by whom.")
    photo_ids = fields.Many2many(comodel_name="ir.attachment", string="Photos")
    state = fields.Selection(
        selection=[
            ("draft", "New"),
            ("asked", "To decide"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    asked_by_id = fields.Many2one(
        comodel_name="res.users", string="Asked by", readonly=True, copy=False
    )
    asked_at = fields.Datetime(string="Asked", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        comodel_name="res.users", string="Decided by", readonly=True, copy=False
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decision_note = fields.Text(string="Why so decided", copy=False)

    @api.depends("ticket_id")
    def _compute_coverage_id(self):
        """The decision on what the ticket is about, else the first one."""
        for exception in self:
            ticket = exception.ticket_id
            if exception.coverage_id.ticket_id != ticket:
                exception.coverage_id = (
                    ticket.coverage_id or ticket.coverage_ids.filtered("chosen")[:1]
                )

    @api.constrains("ticket_id", "coverage_id")
    def _check_coverage_id(self):
        for exception in self:
            if exception.coverage_id.ticket_id != exception.ticket_id:
                raise UserError(
                    self.env._(
                        "Exception %(exception)s: the decision belongs to another "
                        "ticket than %(ticket)s.",
                        exception=exception.name,
                        ticket=exception.ticket_id.number,
                    )
                )

    def write(self, vals):
        fixed = {
            "ticket_id",
            "coverage_id",
            "verdict",
            "fee_amount",
            "reason",
            "evidence",
        }
        changed = fixed & vals.keys()
        asked = self.filtered(lambda exception: exception.state != "draft")
        if changed and asked and not self.env.su:
            raise UserError(
                self.env._(
                    "%(exception)s is asked already: %(fields)s stay as they are. "
                    "Withdraw it and ask anew.",
                    exception=", ".join(asked.mapped("name")),
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

    def action_ask(self):
        """Ask for it; the director of the station or a manager decides."""
        self._require_group("hotline", "engineer")
        self._check_filled(lambda exception: exception._get_missing())
        self._check_wanted()
        self._transition("asked", asked_by_id=self.env.uid, asked_at=self._now())
        for exception in self:
            approver = exception._get_approver()
            if approver:
                exception.with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    "after_sales_service.activity_exception",
                    user_id=approver.id,
                )
        return {"type": "ir.actions.act_window_close"}

    def _get_missing(self):
        self.ensure_one()
        missing = []
        if not (self.reason or "").strip():
            missing.append(self.env._("reason"))
        if self.verdict == "chargeable" and not (
            (self.evidence or "").strip() or self.photo_ids
        ):
            missing.append(self.env._("evidence or a photo (WAR-22)"))
        return missing

    def _get_approver(self):
        """Who is reminded: the station's director, unless he asked himself."""
        self.ensure_one()
        # sudo: the station's people, whoever asks
        director = self.sudo().station_id.director_id
        return director if director != self.env.user else director.browse()

    def action_approve(self):
        """Another decision stands from now on, beside the old one (WAR-22)."""
        self._check_may_decide()
        self._check_wanted()
        self._transition("approved", decided_by_id=self.env.uid, decided_at=self._now())
        for exception in self:
            if exception.verdict == "fee":
                exception.ticket_id.repair_ids._update_visit_fee()
                continue
            # sudo: decisions are written by the machine only
            exception.coverage_id.sudo()._override(
                exception.verdict, exception.reason, exception.asked_by_id
            )
        self._drop_activities()
        return True

    def _check_wanted(self):
        """What is wanted differs from what stands.

        :raises UserError: it is decided so already, or no visit is to be paid
        """
        for exception in self:
            ticket = exception.ticket_id
            if exception.verdict != "fee":
                exception.coverage_id._check_overridable(exception.verdict)
            elif not ticket._get_visit_fee():
                raise UserError(
                    self.env._(
                        "Ticket %s: no visit fee is to be paid, so there is none to "
                        "change (WAR-07, OOW-05).",
                        ticket.number,
                    )
                )
            elif exception.fee_amount < 0:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: %(amount)s in field Visit fee wanted is "
                        "less than nothing.",
                        ticket=ticket.number,
                        amount=exception.fee_amount,
                    )
                )

    def action_refuse(self):
        """The decision stays as it is."""
        self._check_may_decide()
        self._check_filled([("decision_note", self.env._("why so decided"))])
        self._transition("refused", decided_by_id=self.env.uid, decided_at=self._now())
        self._drop_activities()
        return True

    def action_withdraw(self):
        """Who asked does not want it any more."""
        for exception in self:
            if exception.asked_by_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(exception)s was asked by %(user)s, who alone withdraws it.",
                        exception=exception.name,
                        user=exception.asked_by_id.name,
                    )
                )
        self._transition("withdrawn")
        self._drop_activities()
        return True

    def _check_may_decide(self):
        """Directors and managers, never who asked (four eyes)."""
        self._require_group("director", "manager")
        if self.env.user in self.asked_by_id:
            raise AccessError(
                self.env._("Who asks for an override does not approve it.")
            )

    def _drop_activities(self):
        self.activity_unlink(["after_sales_service.activity_exception"])
