# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import periods

ENDABLE_STATES = ("active", "suspended", "parked")
# Contracts on which the plan covers the customer today (a parked contract has a
# billing problem, which is ours to mend: the customer keeps his plan).
COVERING_STATES = ("active", "parked")
# Contracts that may still owe a period: a suspended or ended one those before.
BILLABLE_STATES = ("active", "parked", "suspended", "ended")


class ContractContract(models.Model):
    """A customer on a care plan is an OCA contract with a plan.

    Contracts without a plan are left to OCA in every respect.
    """

    _name = "contract.contract"
    _inherit = ["contract.contract", "service.document.mixin"]
    _transitions = {
        "draft": {"active"},
        "active": {"suspended", "parked", "ended"},
        "suspended": {"active", "ended"},
        "parked": {"active", "suspended", "ended"},
        "ended": set(),
    }
    _guarded_fields = frozenset({"state", "parked_reason"})

    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("parked", "Parked"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        help="Of contracts on a care plan. Parked: active, but its bill could not be "
        "made; the reason says what to mend.",
    )
    # The desks of the hotline may not read journals, from which OCA works it out.
    currency_id = fields.Many2one(compute_sudo=True)
    plan_id = fields.Many2one(
        comodel_name="service.plan",
        string="Care plan",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    program_id = fields.Many2one(related="plan_id.program_id")
    broadband_account = fields.Char(copy=False, tracking=True)
    operator_id = fields.Many2one(
        comodel_name="res.partner",
        string="Telecom operator",
        index="btree_not_null",
        help="Whose broadband the account belongs to.",
    )
    payer = fields.Selection(
        selection=[
            ("customer", "The customer"),
            ("operator", "The operator, for all its subscribers"),
            ("third", "Somebody else"),
        ],
        required=True,
        default="customer",
        tracking=True,
        help="The operator gets one invoice a month for each plan, with a settlement; "
        "anybody else an invoice for the contracts he pays.",
    )
    region_id = fields.Many2one(
        comodel_name="service.region",
        compute="_compute_region_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Of the covered equipment, unless said otherwise.",
    )
    billing_period = fields.Selection(
        selection=[
            ("monthly", "Monthly"),
            ("quarterly", "Quarterly"),
            ("semesterly", "Half-yearly"),
            ("yearly", "Yearly"),
        ],
        string="Billing rhythm",
        required=True,
        default="monthly",
        tracking=True,
    )
    project_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="General contact",
        help="The project's general contact on the customer's side (CON-22).",
    )
    service_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Service contact",
        help="Whom our people call about service (CON-22).",
    )
    equipment_ids = fields.Many2many(
        comodel_name="service.equipment",
        relation="contract_contract_service_equipment_rel",
        column1="contract_id",
        column2="equipment_id",
        string="Covered equipment",
        check_company=True,
        help="Empty: whatever the customer has. Where the plan limits the number, free "
        "places are taken by his machines that are served first.",
    )
    suspension_ids = fields.One2many(
        comodel_name="service.suspension", inverse_name="contract_id", readonly=True
    )
    billing_line_ids = fields.One2many(
        comodel_name="service.billing.line",
        inverse_name="contract_id",
        string="Billed periods",
        readonly=True,
    )
    billing_line_count = fields.Integer(compute="_compute_plan_counts")
    entitlement_ids = fields.One2many(
        comodel_name="service.entitlement",
        inverse_name="contract_id",
        string="Entitlements",
        readonly=True,
    )
    use_count = fields.Integer(string="Uses", compute="_compute_plan_counts")
    care_summary = fields.Text(
        string="What is left",
        compute="_compute_care_summary",
        compute_sudo=True,
        help="Of each promise of the plan, in its period of today.",
    )
    billed_through = fields.Date(
        compute="_compute_billed_through", help="Last day that is billed."
    )
    parked_reason = fields.Char(readonly=True, copy=False)

    # An account number names one running contract of its operator.
    _broadband_account_uniq = models.UniqueIndex(
        "(company_id, COALESCE(operator_id, 0), broadband_account) "
        "WHERE broadband_account IS NOT NULL AND state != 'ended'",
        lambda env, diag: env._(
            "This broadband account number has a running contract with the operator "
            "already. Correct the number, or end the other contract first."
        ),
    )
    # Both schedulers search on it; OCA has no index.
    _recurring_next_date_idx = models.Index("(recurring_next_date)")

    # === Computes, constraints ===

    def _compute_plan_counts(self):
        lines = dict(
            self.env["service.billing.line"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        uses = dict(
            self.env["service.entitlement.use"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["quantity:sum"]
            )
        )
        for contract in self:
            contract.billing_line_count = lines.get(contract, 0)
            contract.use_count = uses.get(contract, 0)

    @api.depends("equipment_ids")
    def _compute_region_id(self):
        for contract in self:
            # sudo: where the machine stands, whoever signs the contract
            machines = contract.sudo().equipment_ids
            contract.region_id = machines.region_id[:1] or contract.region_id

    @api.depends("plan_id", "state", "entitlement_ids.used")
    @api.depends_context("lang")
    def _compute_care_summary(self):
        for contract in self:
            day = contract.company_id._service_today()
            if contract.state not in COVERING_STATES or not contract._is_covering_on(
                day
            ):
                contract.care_summary = False
                continue
            used = {
                (row.plan_line_id, row.period_start): row.used
                for row in contract.entitlement_ids
            }
            contract.care_summary = "\n".join(
                line._get_left_sentence(
                    used.get((line, contract._get_promise_period(line, day).start), 0),
                    contract._get_phase(day),
                )
                for line in contract.plan_id.line_ids
            )

    @api.depends("contract_line_ids.last_date_invoiced")
    def _compute_billed_through(self):
        for contract in self:
            dates = contract.contract_line_ids.mapped("last_date_invoiced")
            contract.billed_through = max(filter(None, dates), default=False)

    @api.depends("name", "code", "plan_id")
    def _compute_display_name(self):
        plain = self.filtered(lambda contract: not contract.plan_id)
        result = super(ContractContract, plain)._compute_display_name()
        for contract in self - plain:
            contract.display_name = " ".join(
                filter(None, [contract.code, contract.name])
            )
        return result

    @api.constrains("date_start", "date_end", "plan_id")
    def _check_plan_dates(self):
        for contract in self.filtered("plan_id"):
            if (
                contract.date_start
                and contract.date_end
                and contract.date_end < contract.date_start
            ):
                raise ValidationError(
                    self.env._(
                        "Contract %(contract)s ends on %(end)s, before it starts on "
                        "%(start)s. Correct one of the dates.",
                        contract=contract.display_name,
                        end=contract.date_end,
                        start=contract.date_start,
                    )
                )

    @api.constrains("equipment_ids", "plan_id")
    def _check_equipment_limit(self):
        for contract in self:
            limit = contract.plan_id.equipment_limit
            # sudo: machines count whether this user sees them or not
            count = len(contract.sudo().equipment_ids)
            if limit and count > limit:
                raise ValidationError(
                    self.env._(
                        "Contract %(contract)s names %(count)s machines, plan %(plan)s "
                        "covers %(limit)s. Remove some, or sell another plan.",
                        contract=contract.display_name,
                        count=count,
                        plan=contract.plan_id.display_name,
                        limit=limit,
                    )
                )

    @api.onchange("plan_id", "partner_id")
    def _onchange_plan_id(self):
        if self.plan_id:
            self.line_recurrence = True
            self.currency_id = self.plan_id.currency_id
            if self.partner_id:
                self.name = self._get_plan_contract_name(self.plan_id, self.partner_id)

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.env["service.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        self._check_account_numbers(vals_list)
        plans.fetch(["name", "currency_id", "company_id"])
        for vals in vals_list:
            if vals.get("plan_id"):
                plan = self.env["service.plan"].browse(vals["plan_id"])
                self._complete_plan_vals(plan, vals)
        return super().create(vals_list)

    def _complete_plan_vals(self, plan, vals):
        vals.setdefault("company_id", plan.company_id.id)
        vals.setdefault("line_recurrence", True)
        if not vals.get("code"):
            vals["code"] = self.env["ir.sequence"].next_by_code("service.contract")
        if not vals.get("name"):
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            vals["name"] = self._get_plan_contract_name(plan, partner)
        if vals.get("broadband_account"):
            vals["broadband_account"] = vals["broadband_account"].strip()

    @api.model
    def _get_plan_contract_name(self, plan, partner):
        return f"{plan.with_context(lang=partner.lang).name} · {partner.name or ''}"

    def write(self, vals):
        if vals.get("active") is False:
            self._check_archivable()
        fixed = {"plan_id", "billing_period", "payer"} & vals.keys()
        if fixed and not self.env.su:
            for contract in self.filtered(lambda row: row.state != "draft"):
                if any(
                    contract._fields[name].convert_to_write(contract[name], contract)
                    != vals[name]
                    for name in fixed
                ):
                    raise UserError(
                        self.env._(
                            "Contract %s is signed: its plan and how it is paid are "
                            "changed with the button Change plan.",
                            contract.display_name,
                        )
                    )
        if vals.get("broadband_account") or vals.get("operator_id"):
            self._check_account_numbers(
                [
                    {
                        "company_id": contract.company_id.id,
                        "operator_id": contract.operator_id.id,
                        "broadband_account": contract.broadband_account,
                        **vals,
                    }
                    for contract in self
                ]
            )
        return super().write(vals)

    def _check_archivable(self):
        """What is archived is not billed: it would be forgotten."""
        running = self.filtered(lambda contract: contract.state in ENDABLE_STATES)
        if running:
            raise UserError(
                self.env._(
                    "Contract %s still runs and would no longer be billed. End it before "
                    "you archive it.",
                    ", ".join(running.mapped("display_name")[:5]),
                )
            )

    @api.model
    def _check_account_numbers(self, vals_list):
        """Name the other contract; the unique index catches what races by."""
        numbers = [
            vals["broadband_account"].strip()
            for vals in vals_list
            if vals.get("broadband_account")
        ]
        if not numbers:
            return
        # sudo: the other contract counts even if this user may not see it
        others = self.sudo().search(
            [
                ("broadband_account", "in", numbers),
                ("state", "!=", "ended"),
                ("id", "not in", self.ids),
            ]
        )
        taken = {
            (row.company_id.id, row.operator_id.id, row.broadband_account): row
            for row in others
        }
        for vals in vals_list:
            number = (vals.get("broadband_account") or "").strip()
            if not number:
                continue
            key = (
                vals.get("company_id") or self.env.company.id,
                vals.get("operator_id") or False,
                number,
            )
            if key in taken:
                raise ValidationError(
                    self.env._(
                        "Broadband account %(account)s belongs to contract %(contract)s "
                        "of %(customer)s already. Correct the number, or end that "
                        "contract first.",
                        account=number,
                        contract=taken[key].code or taken[key].name,
                        customer=taken[key].partner_id.name,
                    )
                )

    # === Actions ===

    def action_activate(self):
        """Start the contracts: each gets its billed line from the plan."""
        problems = [
            f"{contract.display_name}: {problem}"
            for contract in self
            for problem in contract._get_activation_problems()
        ]
        if problems:
            raise UserError("\n".join(problems))
        self._transition("active")
        self.env["contract.line"].create(
            [vals for contract in self for vals in contract._prepare_activation_lines()]
        )
        return True

    def action_suspend(self):
        """No coverage and no new bill until the contract is resumed."""
        self._transition("suspended")
        self._open_suspensions("asked")
        return True

    def action_resume(self):
        """Go on after a suspension; its periods stay unbilled."""
        running = self.filtered(lambda contract: contract.state != "suspended")
        if running:
            raise UserError(
                self.env._(
                    "Only a suspended contract is resumed: %s is not.",
                    ", ".join(running.mapped("display_name")),
                )
            )
        self._transition("active")
        self._close_suspensions()
        return True

    def action_end(self):
        """End the contracts with the period that is paid, at the earliest today.

        A contract that is paid beyond today goes on covering until that day; the
        daily job ends it then.
        """
        self._check_endable()
        for contract in self:
            today = contract.company_id._service_today()
            # one that has not begun yet ends with its first day
            last = max(today, contract.date_start, contract.billed_through or today)
            lines = contract.contract_line_ids
            lines.filtered(
                lambda line, last=last: not line.date_end or line.date_end > last
            ).write({"date_end": last})
        self._end_due()
        return True

    def _check_endable(self):
        done = self.filtered(lambda contract: contract.state not in ENDABLE_STATES)
        if done:
            raise UserError(
                self.env._(
                    "Only a running contract can be changed or ended: %s is not active.",
                    ", ".join(done.mapped("display_name")),
                )
            )

    def action_view_billing_lines(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_billing_line"
            ),
            "domain": [("contract_id", "=", self.id)],
            "context": {},
        }

    def action_view_entitlements(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_entitlement"
            ),
            "domain": [("contract_id", "=", self.id)],
            "context": {},
        }

    def _get_portal_bills(self):
        """Its last bills of the customer of now (CON-20).

        Who had the contract before keeps his own.
        """
        self.ensure_one()
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("invoice_line_ids.contract_line_id.contract_id", "=", self.id),
                ("state", "=", "posted"),
            ],
            order="invoice_date desc, id desc",
            limit=12,
        )

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.plan_id:
            return self.env.ref("service_contracts.view_subscriber_form").id
        return super().get_formview_id(access_uid=access_uid)

    # === Business ===

    def _transition(self, to, **vals):
        """The one door through which a contract changes its state."""
        unplanned = self.filtered(lambda contract: not contract.plan_id)
        if unplanned:
            raise UserError(
                self.env._(
                    "Contract %s has no care plan: choose one first.",
                    ", ".join(unplanned.mapped("display_name")),
                )
            )
        return super()._transition(to, **vals)

    def _get_activation_problems(self) -> list:
        """What speaks against the start of this contract, in words."""
        self.ensure_one()
        plan = self.plan_id
        problems = []
        if self.state == "draft" and plan.state == "withdrawn":
            problems.append(
                self.env._(
                    "plan %s is withdrawn from sale; choose another plan", plan.name
                )
            )
        if plan and not plan.line_ids:
            problems.append(
                self.env._(
                    "plan %s promises no service item; a service manager adds one",
                    plan.name,
                )
            )
        if not self.date_start:
            problems.append(self.env._("the start date is missing"))
        today = self.company_id._service_today()
        if plan.state == "active" and not plan._is_on_sale(today):
            problems.append(
                self.env._(
                    "plan %(plan)s is sold from %(start)s to %(end)s only; choose another "
                    "plan",
                    plan=plan.display_name,
                    start=plan.sale_start or "…",
                    end=plan.sale_end or "…",
                )
            )
        if self.billing_period != "monthly" and not plan._get_fee(self.billing_period):
            rhythm = self._fields["billing_period"]
            problems.append(
                self.env._(
                    "plan %(plan)s has no fee for this rhythm: %(period)s; a service "
                    "manager sets one, or choose another",
                    plan=plan.display_name,
                    period=dict(rhythm._description_selection(self.env))[
                        self.billing_period
                    ],
                )
            )
        if self.payer == "operator" and not self.operator_id:
            problems.append(
                self.env._("the operator pays, but none is set; choose the operator")
            )
        if plan and plan.currency_id != self.currency_id:
            problems.append(
                self.env._(
                    "the fee of plan %(plan)s is in %(fee)s, the contract in "
                    "%(currency)s; a service manager aligns them",
                    plan=plan.name,
                    fee=plan.currency_id.name,
                    currency=self.currency_id.name,
                )
            )
        return problems

    def _prepare_plan_line_vals(self):
        """The billed line of the plan, paid in advance from the first day.

        The price is the plan's of today; the customer keeps it.
        """
        self.ensure_one()
        plan = self.plan_id
        return {
            "contract_id": self.id,
            "plan_id": plan.id,
            "product_id": plan.product_id.id,
            "name": plan.with_context(lang=self.partner_id.lang).name,
            "quantity": 1.0,
            "uom_id": plan.product_id.uom_id.id,
            "automatic_price": False,
            "specific_price": plan._get_fee(self.billing_period),
            "recurring_rule_type": self.billing_period,
            "recurring_interval": 1,
            "recurring_invoicing_type": "pre-paid",
            "date_start": self.date_start,
            "date_end": self.date_end,
            "recurring_next_date": self.date_start,
        }

    def _prepare_activation_lines(self) -> list:
        """Values of the lines that are billed from activation on."""
        self.ensure_one()
        return [self._prepare_plan_line_vals()]

    def _open_suspensions(self, reason):
        # sudo: suspensions are written by the machine only
        self.env["service.suspension"].sudo().create(
            [
                {
                    "contract_id": contract.id,
                    "date_from": contract.company_id._service_today(),
                    "reason": reason,
                }
                for contract in self
            ]
        )

    def _close_suspensions(self):
        """The contracts go on, or end: what rested is over, and costs nothing.

        A bill made before the suspension may hold a period that began in it.
        """
        # sudo: suspensions are written by the buttons only
        opened = self.sudo().suspension_ids.filtered(lambda row: not row.date_to)
        for company, rows in opened.grouped(
            lambda row: row.contract_id.company_id
        ).items():
            rows.write({"date_to": company._service_today()})
        pauses = {row.contract_id: row._as_pauses()[0] for row in opened}
        billed = opened.contract_id.billing_line_ids.filtered(
            lambda row: pauses[row.contract_id].covers(row.period_start)
        )
        for start, rows in billed.grouped("period_start").items():
            rows._credit(start - periods.ONE_DAY)

    @api.model
    def _get_covering_domain(self, partners, equipment):
        """Running contracts that may cover these customers or machines."""
        return Domain(
            [("plan_id", "!=", False), ("state", "in", COVERING_STATES)]
        ) & Domain.OR(
            [
                [("equipment_ids", "in", equipment.ids)],
                [
                    "|",
                    ("equipment_ids", "=", False),
                    ("plan_id.equipment_limit", ">", 0),
                    ("commercial_partner_id", "in", partners.ids),
                ],
            ]
        )

    def _has_free_place(self) -> bool:
        """Does the contract cover a machine of the customer that it does not name?"""
        self.ensure_one()
        count, limit = len(self.equipment_ids), self.plan_id.equipment_limit
        return not count if not limit else count < limit

    def _take_place(self, machine):
        """Name a served machine where the plan limits their number."""
        self.ensure_one()
        if self.plan_id.equipment_limit and machine not in self.equipment_ids:
            self.write({"equipment_ids": [fields.Command.link(machine.id)]})

    def _is_covering_on(self, day) -> bool:
        self.ensure_one()
        begin = self.date_start and self.date_start + timedelta(
            days=self.plan_id.waiting_days
        )
        return bool(
            begin and begin <= day and (not self.date_end or day <= self.date_end)
        )

    def _get_plan_line(self, day=None):
        """The contract line that carries the plan's fee on ``day``, else the last."""
        self.ensure_one()
        lines = self.contract_line_ids.filtered(
            lambda line: not line.is_canceled and not line.display_type
        ).sorted(lambda line: (line.date_start, line.id))
        begun = lines.filtered(lambda line: day and line.date_start <= day)
        return begun[-1:] or (lines[:1] if day else lines[-1:])

    def _get_plan_period(self, day):
        """The billing period that contains ``day``."""
        self.ensure_one()
        line = self._get_plan_line(day)
        if not line:
            return periods.period_of(self.date_start, day)
        return periods.period_of(line.date_start, day, line._get_period_months() or 1)

    def _get_promise_period(self, plan_line, day):
        """The period of a promise that contains ``day``; its uses count in it."""
        self.ensure_one()
        line = self._get_plan_line(day)
        return plan_line._get_period(line.date_start or self.date_start, day)

    def _end_due(self):
        """End contracts whose last day is over or is today and paid."""
        due = self.filtered(
            lambda contract: (
                contract.state in ENDABLE_STATES
                and contract.date_end
                and contract.date_end <= contract.company_id._service_today()
            )
        )
        due._close_suspensions()
        due._transition("ended")

    # === Hooks into OCA contract ===

    def _set_start_contract_modification(self):
        """OCA notes today as long as there are no lines, and has no Chinese for it."""
        result = super()._set_start_contract_modification()
        planned = self.filtered(
            lambda contract: contract.plan_id and not contract.contract_line_ids
        )
        groups = planned.grouped(lambda row: (row.date_start, row.partner_id.lang))
        for (start, lang), contracts in groups.items():
            if start:
                contracts.with_context(
                    skip_modification_mail=True
                ).modification_ids.write(
                    {
                        "date": start,
                        # the customer reads it in the portal
                        "description": self.with_context(lang=lang).env._(
                            "The contract begins"
                        ),
                    }
                )
        return result

    def _get_computed_currency(self):
        # sudo: the desks may not read journals, from which OCA works it out
        return super(ContractContract, self.sudo())._get_computed_currency()

    @api.model
    def _get_contracts_to_invoice_domain(self, date_ref=None):
        """OCA's scheduler leaves care plans alone; the billing run bills them."""
        return Domain(super()._get_contracts_to_invoice_domain(date_ref)) & Domain(
            "plan_id", "=", False
        )

    def _recurring_create_invoice(self, date_ref=False):
        planned = self.filtered("plan_id")
        if planned:
            raise UserError(
                self.env._(
                    "Contracts on a care plan are billed by the monthly billing run "
                    "only: %s. Finance starts it under After-Sales, Billing.",
                    ", ".join(planned.mapped("display_name")),
                )
            )
        return super()._recurring_create_invoice(date_ref)

    # === Cron ===

    @api.model
    def _cron_end_contracts(self, batch_size=500):
        """End contracts whose last day is over."""
        running = [
            ("plan_id", "!=", False),
            ("state", "in", list(ENDABLE_STATES)),
        ]
        # A company's sandbox clock may be ahead of the server's: ask each company.
        for [company] in self._read_group(running, ["company_id"]):
            domain = [
                ("company_id", "=", company.id),
                ("date_end", "<", company._service_today()),
                *running,
            ]
            due = self.search(domain, limit=batch_size, order="id")
            while due:
                due.try_lock_for_update()._end_due()
                # a record locked elsewhere waits for tomorrow
                if not self.env["ir.cron"]._commit_progress(len(due)):
                    return
                due = self.search(
                    Domain(domain) & Domain("id", ">", max(due.ids)),
                    limit=batch_size,
                    order="id",
                )
