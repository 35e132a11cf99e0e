# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import periods, scope

# The fee of each OCA recurrence a plan may be paid by.
FEES = {
    "monthly": "fee",
    "quarterly": "fee_quarter",
    "semesterly": "fee_half_year",
    "yearly": "fee_year",
}
# What a customer signed.
SIGNED_FIELDS = {
    *FEES.values(),
    "code",
    "currency_id",
    "program_id",
    "equipment_limit",
    "waiting_days",
}


class ServicePlan(models.Model):
    """A care plan: what a subscriber pays a month and what he gets for it.

    The sources give no fee (CARE-18): every figure here is configuration.
    """

    _name = "service.plan"
    _description = "Care Plan"
    _inherit = ["service.document.mixin", "mail.thread"]
    _order = "code, version desc"
    _check_company_auto = True
    _rec_names_search = ["code", "name"]
    _transitions = {"active": {"withdrawn"}, "withdrawn": {"active"}}
    _guarded_fields = frozenset({"state", "version", "previous_id"})

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        selection=[("active", "On sale"), ("withdrawn", "Withdrawn")],
        required=True,
        readonly=True,
        default="active",
        copy=False,
        tracking=True,
        help="A withdrawn plan is no longer sold; contracts on it go on.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "after_sales_service.program_careplan", raise_if_not_found=False
        ),
        help="Its clock and callback policies apply to the subscriber's tickets.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Invoiced as",
        required=True,
        ondelete="restrict",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="Taxes and income account of the monthly fee come from this product.",
    )
    fee = fields.Monetary(
        string="Monthly fee", tracking=True, help="Price per billing month (CARE-18)."
    )
    fee_quarter = fields.Monetary(string="Quarterly fee", tracking=True)
    fee_half_year = fields.Monetary(string="Half-yearly fee", tracking=True)
    fee_year = fields.Monetary(
        string="Yearly fee",
        tracking=True,
        help="A period without a fee is not sold, but for the month.",
    )
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="A signed plan is never changed: its next version is sold instead.",
    )
    previous_id = fields.Many2one(
        comodel_name="service.plan",
        string="Version before",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    sale_start = fields.Date(string="Sold from")
    sale_end = fields.Date(string="Sold until", help="Contracts go on after it.")
    equipment_limit = fields.Integer(
        string="Machines at most",
        help="0: as many as the customer has. Otherwise those named on the contract; "
        "free places are taken by the machines that are served first.",
    )
    waiting_days = fields.Integer(
        string="Waiting period (days)",
        help="The plan covers from so many days after the contract begins; it is paid "
        "from its first day.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    line_ids = fields.One2many(
        comodel_name="service.plan.line",
        inverse_name="plan_id",
        string="Promises",
        copy=True,
    )
    share_ids = fields.One2many(
        comodel_name="service.plan.share",
        inverse_name="plan_id",
        string="Operator's share",
        copy=True,
    )
    contract_ids = fields.One2many(
        comodel_name="contract.contract", inverse_name="plan_id", string="Contracts"
    )
    contract_count = fields.Integer(compute="_compute_contract_count")
    note = fields.Text(translate=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code, version)", "Another care plan has this code already."
    )
    _sale_ordered = models.Constraint(
        "CHECK (sale_end >= sale_start)",
        "A plan cannot be taken off sale before it is sold: correct one of the dates.",
    )
    _limits_not_negative = models.Constraint(
        "CHECK (equipment_limit >= 0 AND waiting_days >= 0)",
        "Number of machines and waiting period cannot be negative.",
    )
    _fee_not_negative = models.Constraint(
        "CHECK (fee >= 0 AND fee_quarter >= 0 AND fee_half_year >= 0 AND fee_year >= 0)",
        "The fee of a care plan cannot be negative.",
    )

    def _compute_contract_count(self):
        # sudo: a number only; not everybody who sees plans sees contracts
        groups = (
            self.env["contract.contract"]
            .sudo()
            ._read_group(
                [("plan_id", "in", self.ids), ("state", "!=", "ended")],
                ["plan_id"],
                ["__count"],
            )
        )
        counts = {plan.id: count for plan, count in groups}
        for plan in self:
            plan.contract_count = counts.get(plan.id, 0)

    # "code" is always given, so a plan without lines is refused at creation too
    @api.constrains("code", "line_ids")
    def _check_line_ids(self):
        for plan in self:
            if not plan.line_ids:
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s promises nothing: add at least one service item "
                        "to its promises.",
                        plan=plan.display_name,
                    )
                )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = (
                f"{plan.name} v{plan.version}" if plan.version > 1 else plan.name
            )

    def _is_signed(self) -> bool:
        # sudo: whether somebody signed it does not depend on who asks
        return bool(
            self.env["contract.contract"]
            .sudo()
            .search_count(
                [("plan_id", "in", self.ids), ("state", "!=", "draft")], limit=1
            )
        )

    def _check_unsigned(self):
        """A customer keeps the version he signed."""
        for plan in self:
            if plan._is_signed():
                raise UserError(
                    self.env._(
                        "Plan %(plan)s is signed by customers, who keep it as it is. "
                        "Make a new version of it for those to come.",
                        plan=plan.display_name,
                    )
                )

    def write(self, vals):
        if SIGNED_FIELDS & vals.keys():
            self._check_unsigned()
        return super().write(vals)

    # === Actions ===

    def action_new_version(self):
        """The next version, sold from now on; those who signed keep this one."""
        self.check_access("write")
        versions = self.browse()
        for plan in self:
            last = self.search(
                [("code", "=", plan.code), ("company_id", "=", plan.company_id.id)],
                order="version desc",
                limit=1,
            )
            # sudo: a version's number is set by this button only
            versions += plan.sudo().copy(
                {
                    "name": plan.name,
                    "code": plan.code,
                    "version": last.version + 1,
                    "previous_id": plan.id,
                    "sale_start": False,
                    "sale_end": False,
                }
            )
        self.filtered(lambda plan: plan.state == "active").action_withdraw()
        return versions.sudo(False)._get_records_action()

    def action_withdraw(self):
        """Take the plan off sale; its subscribers keep it."""
        self._transition("withdrawn")

    def action_reopen(self):
        """Sell the plan again."""
        self._transition("active")

    def action_view_contracts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_subscriber"
            ),
            "domain": [("plan_id", "=", self.id)],
            "context": {"default_plan_id": self.id, "search_default_plan_id": self.id},
        }

    # === Business ===

    def _get_fee(self, period: str) -> float:
        """The fee of one billing period, an OCA recurrence such as "quarterly"."""
        self.ensure_one()
        return self[FEES[period]]

    def _is_on_sale(self, day) -> bool:
        self.ensure_one()
        return (
            self.state == "active"
            and (not self.sale_start or self.sale_start <= day)
            and (not self.sale_end or day <= self.sale_end)
        )


class ServicePlanLine(models.Model):
    """One promise of a care plan, checkable against the catalogue (CARE-09)."""

    _name = "service.plan.line"
    _description = "Care Plan Promise"
    _rec_names_search = ["item_id", "category_id"]
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one(
        comodel_name="service.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    item_id = fields.Many2one(
        comodel_name="service.item",
        string="Service item",
        ondelete="restrict",
        help="Empty: every item of the category, or of the whole catalogue.",
    )
    category_id = fields.Many2one(
        comodel_name="service.item.category",
        string="Item category",
        ondelete="restrict",
        compute="_compute_category_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    delivery_mode = fields.Selection(
        selection=[
            ("remote", "Remote"),
            ("shop", "Shop"),
            ("onsite", "On site"),
        ],
        help="Empty: however the service is delivered (CARE-02).",
    )
    unlimited = fields.Boolean(default=True)
    quota = fields.Integer(string="Uses", help="Free uses in one period.")
    quota_months = fields.Selection(
        selection=[
            ("1", "a month"),
            ("3", "a quarter"),
            ("6", "half a year"),
            ("12", "a year"),
        ],
        string="Period of the uses",
        required=True,
        default="1",
        help="Counted from the day the contract begins, however it is billed.",
    )
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Hours",
        ondelete="restrict",
        help="When this is delivered (CARE-06). Empty: day and night.",
    )
    rule = fields.Char(
        help="The rule the promise rests on, such as CON-02; told with each decision. "
        "Empty: CARE-10, or CARE-05 for shops without limit."
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Charged as",
        ondelete="restrict",
        domain=[("type", "=", "service")],
        help="What a use beyond the free ones is quoted as. Empty: Service outside a "
        "plan.",
    )
    price_after = fields.Monetary(
        string="Price afterwards",
        help="What one more use costs once the free ones are used up. 0: a quotation.",
    )

    _quota_positive = models.Constraint(
        "CHECK (unlimited OR quota > 0)",
        "A promise is unlimited or has at least one use in its period.",
    )
    _price_after_not_negative = models.Constraint(
        "CHECK (price_after >= 0)", "The price afterwards cannot be negative."
    )

    @api.depends("item_id")
    def _compute_category_id(self):
        for line in self:
            line.category_id = line.item_id.category_id or line.category_id

    @api.depends("item_id", "category_id", "delivery_mode", "unlimited", "quota")
    @api.depends_context("lang")
    def _compute_display_name(self):
        modes = dict(self._fields["delivery_mode"]._description_selection(self.env))
        for line in self:
            what = (
                line.item_id.name
                or line.category_id.name
                or self.env._("Every service item")
            )
            how = modes.get(line.delivery_mode)
            line.display_name = f"{what} ({how})" if how else what

    @api.model_create_multi
    def create(self, vals_list):
        self.env["service.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )._check_unsigned()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - {"sequence"}:
            self.plan_id._check_unsigned()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self.plan_id._check_unsigned()

    def _get_left_sentence(self, used: int, phase=None) -> str:
        """What is left of this promise after ``used`` uses, in words.

        :param phase: the project's phase, which may give all without limit (CON-11)
        """
        self.ensure_one()
        left = scope.left(self._as_promise(phase), used)
        if left is None:
            return self.env._("%s: unlimited", self.display_name)
        return self.env._(
            "%(promise)s: %(left)s of %(quota)s left",
            promise=self.display_name,
            left=left,
            quota=self.quota,
        )

    def _get_period(self, start, day):
        """The period of this promise that contains ``day``, counted from ``start``."""
        self.ensure_one()
        return periods.period_of(start, day, int(self.quota_months))

    def _as_promise(self, phase=None) -> scope.Promise:
        self.ensure_one()
        unlimited = self.unlimited or (phase and phase.all_agreed)
        return scope.Promise(
            id=self.id,
            item=self.item_id.id or None,
            category=self.category_id.id or None,
            mode=self.delivery_mode or None,
            quota=None if unlimited else self.quota,
        )
