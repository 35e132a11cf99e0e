# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceBillingPreview(models.TransientModel):
    """One line of a dry run."""

    _name = "service.billing.preview"
    _description = "Billing Preview"
    _order = "problem nulls last, contract_id, period_start"

    run_id = fields.Many2one(
        comodel_name="service.billing.run",
        required=True,
        index=True,
        ondelete="cascade",
    )
    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="contract_id.partner_id")
    plan_id = fields.Many2one(related="contract_id.plan_id")
    period_start = fields.Date(string="From")
    period_end = fields.Date(string="To")
    currency_id = fields.Many2one(comodel_name="res.currency")
    amount = fields.Monetary(string="Untaxed amount")
    problem = fields.Char(help="Why it would be parked, and who mends it.")
