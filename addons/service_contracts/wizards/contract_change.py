# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools import periods


class ServicePlanChange(models.TransientModel):
    """Ask for the new plan and show what it costs before anything happens."""

    _name = "service.plan.change"
    _description = "Change of Plan"

    contract_id = fields.Many2one(comodel_name="contract.contract", required=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    old_plan_id = fields.Many2one(related="contract_id.plan_id", string="Plan now")
    plan_id = fields.Many2one(
        comodel_name="service.plan",
        string="New plan",
        required=True,
        domain="[('state', '=', 'active'), ('company_id', '=', company_id)]",
    )
    billing_period = fields.Selection(
        selection=lambda self: (
            self.env["contract.contract"]
            ._fields["billing_period"]
            ._description_selection(self.env)
        ),
        string="Billing rhythm",
        required=True,
        compute="_compute_billing_period",
        precompute=True,
        store=True,
        readonly=False,
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    credit = fields.Monetary(
        string="To be credited",
        compute="_compute_amounts",
        help="The rest of what is paid on the plan of now, by days.",
    )
    fee = fields.Monetary(string="New fee", compute="_compute_amounts")

    @api.depends("contract_id")
    def _compute_billing_period(self):
        for wizard in self:
            wizard.billing_period = wizard.contract_id.billing_period

    @api.depends("contract_id", "plan_id", "billing_period")
    def _compute_amounts(self):
        for wizard in self:
            contract = wizard.contract_id
            yesterday = contract.company_id._service_today() - periods.ONE_DAY
            wizard.credit = contract._get_unused(yesterday)
            wizard.fee = wizard.plan_id and wizard.plan_id._get_fee(
                wizard.billing_period or "monthly"
            )

    def action_confirm(self):
        self.ensure_one()
        return self.contract_id._change_plan(self.plan_id, self.billing_period)


class ServiceContractEnd(models.TransientModel):
    """Ask for the last day and show what is given back."""

    _name = "service.contract.end"
    _description = "Early End of a Contract"

    contract_id = fields.Many2one(comodel_name="contract.contract", required=True)
    last_day = fields.Date(
        required=True, default=lambda self: self.env.company._service_today()
    )
    reason = fields.Char(required=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    credit = fields.Monetary(
        string="To be credited",
        compute="_compute_credit",
        help="Paid beyond the last day.",
    )

    @api.depends("contract_id", "last_day")
    def _compute_credit(self):
        for wizard in self:
            wizard.credit = wizard.last_day and wizard.contract_id._get_unused(
                wizard.last_day
            )

    def action_confirm(self):
        self.ensure_one()
        return self.contract_id._end_early(self.last_day, self.reason)


class ServiceContractTransfer(models.TransientModel):
    """Hand a contract to another person."""

    _name = "service.contract.transfer"
    _description = "Transfer of a Contract"

    contract_id = fields.Many2one(comodel_name="contract.contract", required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="New customer", required=True
    )
    invoice_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Paid by",
        help="Empty: the new customer pays.",
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        return self.contract_id._transfer(
            self.partner_id, self.invoice_partner_id, self.reason
        )


class ServiceTrialRestart(models.TransientModel):
    """Begin the trial run of a project anew (CON-16)."""

    _name = "service.trial.restart"
    _description = "Trial Run Begun Anew"

    contract_id = fields.Many2one(comodel_name="contract.contract", required=True)
    reason = fields.Text(string="Major problem", required=True)
    our_side = fields.Char(string="For us", required=True)
    vendor_expert = fields.Char(string="Vendor's senior expert", required=True)
    customer_side = fields.Char(string="Customer's technician", required=True)

    def action_confirm(self):
        self.ensure_one()
        who = ", ".join((self.our_side, self.vendor_expert, self.customer_side))
        self.contract_id._restart_trial(self.reason, who)
        return True
