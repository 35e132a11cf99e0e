# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import scope

TRANSITIONS = {("active", "withdrawn"), ("withdrawn", "active")}


class ServicePlan(models.Model):
    """A care plan: what a subscriber pays a month and what he gets for it.

    The sources give no fee (CARE-18): every figure here is configuration.
    """

    _name = "service.plan"
    _description = "Care Plan"
    _inherit = ["mail.thread"]
    _order = "code"
    _check_company_auto = True
    _rec_names_search = ["code", "name"]

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
        "(company_id, code)", "Another care plan has this code already."
    )
    _fee_not_negative = models.Constraint(
        "CHECK (fee >= 0)", "The monthly fee of a care plan cannot be negative."
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

    # === Actions ===

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

    def _transition(self, to):
        for plan in self:
            if (plan.state, to) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Plan %(plan)s is already %(state)s.",
                        plan=plan.display_name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[plan.state],
                    )
                )
        self.write({"state": to})

    def _get_promises(self) -> dict:
        """Plan → its promises for ``tools.scope``, in one read."""
        return {plan: [line._as_promise() for line in plan.line_ids] for plan in self}


class ServicePlanLine(models.Model):
    """One promise of a care plan, checkable against the catalogue (CARE-09)."""

    _name = "service.plan.line"
    _description = "Care Plan Promise"
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
    quota = fields.Integer(
        string="Uses per month", help="Number of free uses in one billing month."
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    price_after = fields.Monetary(
        string="Price afterwards",
        help="What one more use costs once the free ones are used up. 0: a quotation.",
    )

    _quota_positive = models.Constraint(
        "CHECK (unlimited OR quota > 0)",
        "A promise is unlimited or has at least one use per month.",
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

    def _as_promise(self) -> scope.Promise:
        self.ensure_one()
        return scope.Promise(
            id=self.id,
            item=self.item_id.id or None,
            category=self.category_id.id or None,
            mode=self.delivery_mode or None,
            quota=None if self.unlimited else self.quota,
        )
