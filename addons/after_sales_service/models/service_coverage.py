# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date


class ServiceCoverage(models.Model):
    """Who pays for one component or service item of a ticket, and why.

    Several sources may answer; the chosen row is the best answer. Frozen at
    acceptance (WAR-22): later change is an override with reason and approval.
    """

    _name = "service.coverage"
    _description = "Coverage Decision"
    _order = "ticket_id, component_id, item_id, chosen desc, id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    component_id = fields.Many2one(
        comodel_name="service.equipment.component", index="btree_not_null"
    )
    item_id = fields.Many2one(comodel_name="service.item", index="btree_not_null")
    category_id = fields.Many2one(related="component_id.category_id", store=True)
    source = fields.Selection(
        selection=[
            ("warranty", "Warranty"),
            ("plan", "Care plan"),
            ("exception", "Exception"),
        ],
        required=True,
    )
    verdict = fields.Selection(
        selection=[
            ("warranty", "Warranty"),
            ("plan", "Plan"),
            ("goodwill", "Goodwill"),
            ("chargeable", "Chargeable"),
        ],
        required=True,
    )
    reason = fields.Selection(
        selection=[
            ("term", "Within the warranty term"),
            ("life", "Free for life"),
            ("expired", "Warranty term over"),
            ("not_started", "Warranty not begun"),
            ("excluded", "Outside the warranty"),
            ("no_term", "No warranty term for this part"),
            ("no_start", "No proof of sale"),
            ("gift", "Gift"),
            ("own_part", "Customer's own part"),
            ("replaced", "Replaced part"),
            ("override", "Override"),
            ("free_shop", "Free in the shop"),
        ],
        required=True,
    )
    rule = fields.Char(required=True)
    inputs = fields.Json()
    date_start = fields.Date()
    date_end = fields.Date()
    onsite_end = fields.Date(
        string="Free visits until", help="Last day of free service on site (WAR-09)."
    )
    chosen = fields.Boolean()
    frozen_at = fields.Datetime(readonly=True)
    sentence = fields.Char(compute="_compute_sentence")
    inputs_text = fields.Char(string="Rests on", compute="_compute_sentence")
    override_reason = fields.Char()
    override_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    override_approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    overridden_id = fields.Many2one(
        comodel_name="service.coverage", string="Overrides", readonly=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="ticket_id.station_id", store=True, index=True)

    @api.depends(
        "verdict", "reason", "rule", "inputs", "date_start", "date_end", "onsite_end"
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for coverage in self:
            coverage.sentence = self._get_sentence(
                coverage.verdict,
                coverage.reason,
                coverage.rule,
                coverage.component_id.category_id.name or coverage.item_id.name or "",
                {**(coverage.inputs or {}), "onsite_end": coverage.onsite_end},
                coverage.date_start,
                coverage.date_end,
            )
            coverage.inputs_text = " · ".join(
                f"{label}: {value}"
                for label, value in coverage._get_input_lines()
                if value not in (None, False, "")
            )

    @api.depends("component_id", "item_id", "verdict")
    @api.depends_context("lang")
    def _compute_display_name(self):
        verdicts = dict(self._fields["verdict"]._description_selection(self.env))
        for coverage in self:
            coverage.display_name = " · ".join(
                filter(
                    None,
                    (
                        coverage.component_id.display_name or coverage.item_id.name,
                        verdicts.get(coverage.verdict),
                    ),
                )
            )

    def _get_input_lines(self) -> list:
        """What the decision rests on: (label, value) in the reader's language.

        Other add-ons append what their own answers rest on.
        """
        self.ensure_one()
        inputs = self.inputs or {}
        return [
            (self.env._("Months"), inputs.get("months")),
            (self.env._("Counted from"), self._get_proofs().get(inputs.get("proof"))),
            (self.env._("From"), format_date(self.env, self.date_start)),
            (self.env._("Until"), format_date(self.env, self.date_end)),
            (
                self.env._("Found"),
                self._get_exclusion(inputs).name,
            ),
            (self.env._("Reason"), inputs.get("why")),
            # sudo: names of colleagues whom the reader may not see otherwise
            (self.env._("Asked by"), self.override_by_id.sudo().name),
            (self.env._("Approved by"), self.override_approved_by_id.sudo().name),
        ]

    @api.model
    def _get_exclusion(self, inputs):
        # sudo: a name only, in the reader's language
        exclusions = self.env["service.exclusion"].sudo()
        return exclusions.browse(inputs.get("exclusion_id") or [])

    @api.model
    def _get_proofs(self) -> dict:
        """What a term is counted from, in words."""
        return {
            "invoice": self.env._("invoice"),
            "certificate": self.env._("certificate"),
            "factory_month": self.env._("factory month, from its last day"),
            "acceptance": self.env._("acceptance"),
            "installation": self.env._("installation"),
            "signing": self.env._("signing of the contract"),
            "replacement": self.env._("replacement"),
        }

    @api.model
    def _get_sentence(
        self, verdict, reason, rule, subject, inputs, date_start, date_end
    ):
        """What is decided, and the rule and inputs, in the reader's language.

        :param inputs: the answer's inputs, and ``onsite_end``: last day of free
            visits
        """
        values = {
            "part": subject,
            "months": inputs.get("months"),
            "proof": self._get_proofs().get(inputs.get("proof"), ""),
            "start": format_date(self.env, date_start),
            "end": format_date(self.env, date_end),
            "rule": rule,
            "why": inputs.get("why", ""),
        }
        return " · ".join(
            filter(
                None,
                (
                    self._get_main_sentence(verdict, reason, values, inputs),
                    self._get_onsite_sentence(reason, inputs, date_end),
                    self._get_after_sentence(reason, inputs),
                ),
            )
        )

    @api.model
    def _get_main_sentence(self, verdict, reason, values, inputs):
        if reason in ("term", "life", "free_shop", "replaced"):
            return self._get_covered_sentence(reason, values)
        if reason == "expired":
            return self.env._(
                "Not covered: %(part)s, %(months)s months from %(start)s (%(proof)s) "
                "ended on %(end)s, %(rule)s",
                **values,
            )
        if reason == "not_started":
            return self.env._(
                "Not covered yet: the term of %(part)s begins on %(start)s "
                "(%(proof)s), %(rule)s",
                **values,
            )
        if reason == "no_start":
            return self._get_no_start_sentence(values, inputs.get("basis", "sale"))
        if reason == "gift":
            return self.env._(
                "Not covered: %(part)s came as a gift, %(rule)s", **values
            )
        if reason == "own_part":
            return self.env._(
                "Not covered: %(part)s is the customer's own part, %(rule)s", **values
            )
        if reason == "excluded":
            return self.env._(
                "Not covered: %(part)s, %(cause)s, %(rule)s",
                cause=self._get_exclusion(inputs).name or "",
                **values,
            )
        if reason == "override" and verdict == "chargeable":
            return self.env._(
                "To be paid by exception: %(part)s, %(why)s, %(rule)s", **values
            )
        if reason == "override":
            return self.env._(
                "Free by exception: %(part)s, %(why)s, %(rule)s", **values
            )
        return self.env._(
            "Not covered: the programme has no warranty term for %(part)s, %(rule)s",
            **values,
        )

    @api.model
    def _get_covered_sentence(self, reason, values):
        if reason == "term":
            return self.env._(
                "Covered: %(part)s, %(months)s months from %(start)s (%(proof)s), "
                "until %(end)s, %(rule)s",
                **values,
            )
        if reason == "life":
            return self.env._("Covered: %(part)s is free for life, %(rule)s", **values)
        if reason == "free_shop":
            return self.env._(
                "Covered: %(part)s is free in the shop, %(rule)s", **values
            )
        return self.env._(
            "Covered: replaced %(part)s, %(months)s months from %(start)s or the "
            "old part's remainder, until %(end)s, %(rule)s",
            **values,
        )

    @api.model
    def _get_no_start_sentence(self, values, basis):
        if basis == "sale":
            return self.env._(
                "Not covered yet: %(part)s has %(months)s months, but neither invoice, "
                "certificate nor factory month is known, %(rule)s",
                **values,
            )
        return self.env._(
            "Not covered yet: %(part)s has %(months)s months, but this date is not "
            "known: %(basis)s, %(rule)s",
            basis=self._get_proofs().get(basis, ""),
            **values,
        )

    @api.model
    def _get_onsite_sentence(self, reason, inputs, date_end):
        """Where the service is free, if not to the end at the customer's (WAR-09)."""
        onsite_end = fields.Date.to_date(inputs.get("onsite_end"))
        if not onsite_end or onsite_end == date_end:
            return None
        if reason in ("term", "life", "expired"):
            return self.env._(
                "Visits are free until %s, then the machine is carried in",
                format_date(self.env, onsite_end),
            )
        return None

    @api.model
    def _get_after_sentence(self, reason, inputs):
        """What the customer pays when the warranty is over (CF-29)."""
        policy = inputs.get("after")
        if reason not in ("expired", "excluded") or not policy:
            return None
        labels = dict(
            self.env["service.program"]
            ._fields["after_warranty"]
            ._description_selection(self.env)
        )
        return self.env._(
            "To be paid: %(policy)s, %(rule)s",
            policy=labels.get(policy, ""),
            rule=inputs.get("after_rule") or "",
        )

    def _is_onsite_free(self, on) -> bool:
        """Is a visit on this day free under this decision (WAR-07, WAR-09)?

        Where the programme says nothing about visits, a covered part is mended
        free wherever it is.
        """
        self.ensure_one()
        if self.reason == "life":
            return bool(self.onsite_end and on <= self.onsite_end)
        return self.verdict != "chargeable" and (
            not self.onsite_end or on <= self.onsite_end
        )

    def write(self, vals):
        frozen = self.filtered("frozen_at")
        if frozen and vals.keys() & {"verdict", "reason", "rule", "inputs", "source"}:
            raise UserError(
                self.env._(
                    "Ticket %(ticket)s: the coverage was frozen at acceptance "
                    "(WAR-22). Use an override; a service manager approves it.",
                    ticket=", ".join(frozen.ticket_id.mapped("number")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if any(self.mapped("frozen_at")):
            raise UserError(
                self.env._("A coverage decision frozen at acceptance is never deleted.")
            )

    def _check_overridable(self, verdict):
        """Only the decision that stands is overridden, and only by another one."""
        for coverage in self:
            if not coverage.chosen:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: %(part)s is decided otherwise already. "
                        "Look at the ticket's answers and ask anew.",
                        ticket=coverage.ticket_id.number,
                        part=coverage.component_id.display_name
                        or coverage.item_id.name,
                    )
                )
            if (coverage.verdict == "chargeable") == (verdict == "chargeable"):
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: that is decided already. %(sentence)s",
                        ticket=coverage.ticket_id.number,
                        sentence=coverage.sentence,
                    )
                )

    def _override(self, verdict, reason, asked_by):
        """A new decision in place of this one, approved by the current user.

        :param verdict: goodwill or chargeable
        :param reason: why, in words
        :param asked_by: who asked for it; not the approver (four eyes)
        :raises AccessError: the user may not approve, or asked himself
        """
        self.ensure_one()
        user = self.env.user
        if not (
            user.has_group("after_sales_service.group_manager")
            or user.has_group("after_sales_service.group_director")
        ):
            raise AccessError(
                self.env._(
                    "Only a service manager or the service director approves a "
                    "coverage override."
                )
            )
        if asked_by == user:
            raise AccessError(
                self.env._("Who asks for an override does not approve it.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("An override needs a reason."))
        now = self.company_id._service_now()
        subject = self.ticket_id.coverage_ids.filtered(
            lambda row: (
                row.component_id == self.component_id and row.item_id == self.item_id
            )
        )
        subject.filtered(lambda row: not row.frozen_at).frozen_at = now
        self.chosen = False
        decision = self.create(
            {
                "ticket_id": self.ticket_id.id,
                "component_id": self.component_id.id,
                "item_id": self.item_id.id,
                "source": "exception",
                "verdict": verdict,
                "reason": "override",
                "rule": "WAR-22",
                "inputs": {"why": reason},
                "date_start": self.date_start,
                "date_end": self.date_end,
                "chosen": True,
                "frozen_at": now,
                "override_reason": reason,
                "override_by_id": asked_by.id,
                "override_approved_by_id": user.id,
                "overridden_id": self.id,
            }
        )
        self.ticket_id.repair_ids.filtered(
            lambda repair: repair.state not in ("done", "cancel")
        ).under_warranty = self.ticket_id.coverage_verdict in ("warranty", "goodwill")
        self.ticket_id.repair_ids._update_visit_fee()
        return decision
