# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceBillingLine(models.Model):
    """The subledger: one charge for one contract line and period, once.

    Written by the billing run only. A posted row is never changed.
    """

    _name = "service.billing.line"
    _description = "Billing Line"
    _order = "period_start desc, id desc"
    _check_company_auto = True

    run_id = fields.Many2one(
        comodel_name="service.billing.run",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, index=True, ondelete="restrict"
    )
    contract_line_id = fields.Many2one(
        comodel_name="contract.line",
        ondelete="restrict",
        help="Empty only while parked because the contract has no line to bill.",
    )
    # As they were when the period was billed: a contract may change hands and plan.
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    plan_id = fields.Many2one(comodel_name="service.plan", string="Care plan")
    settlement_id = fields.Many2one(
        comodel_name="service.settlement",
        index="btree_not_null",
        ondelete="restrict",
        help="Charged through the operator: one of the charges of this settlement.",
    )
    period_start = fields.Date(string="From", required=True)
    period_end = fields.Date(string="To", required=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, ondelete="restrict"
    )
    amount = fields.Monetary(
        string="Untaxed amount", help="As invoiced; before that, as the contract says."
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    amount_company = fields.Monetary(
        string="Posted in company currency", currency_field="company_currency_id"
    )
    state = fields.Selection(
        selection=[
            ("rated", "Rated"),
            ("posted", "Posted"),
            ("credited", "Credited"),
            ("parked", "Parked"),
        ],
        required=True,
        default="rated",
    )
    parked_reason = fields.Char(string="Reason")
    invoice_line_ids = fields.One2many(
        comodel_name="account.move.line", inverse_name="service_billing_line_id"
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="restrict",
    )

    # Never twice, whoever bills: runs, jobs on several hosts, imports.
    _period_uniq = models.Constraint(
        "UNIQUE (contract_line_id, period_start)",
        "This period of the contract is billed already.",
    )
    _parked_uniq = models.UniqueIndex(
        "(contract_id, period_start) WHERE contract_line_id IS NULL",
        "This contract is parked for the period already.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (period_end >= period_start)", "A period cannot end before it starts."
    )
    _line_unless_parked = models.Constraint(
        "CHECK (contract_line_id IS NOT NULL OR state = 'parked')",
        "Only a parked charge may be without contract line.",
    )
    _posted_has_invoice = models.Constraint(
        "CHECK (move_id IS NOT NULL OR state NOT IN ('posted', 'credited'))",
        "A posted charge has its invoice.",
    )
    # What finance looks at first.
    _parked_idx = models.Index("(company_id, contract_id) WHERE state = 'parked'")

    @api.depends("contract_id", "period_start")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.contract_id.code or ''} {line.period_start}"

    def write(self, vals):
        fixed = {"contract_line_id", "period_start", "period_end", "amount", "move_id"}
        if fixed & vals.keys() and self.filtered(
            lambda line: line.state in ("posted", "credited")
        ):
            raise UserError(
                self.env._(
                    "A billed period is not changed: finance makes a credit note on its "
                    "invoice."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if self.filtered(lambda line: line.state in ("posted", "credited")):
            raise UserError(self.env._("A billed period is never deleted."))

    # === Actions ===

    def action_retry(self):
        """Bill the parked periods again, once what was wrong is mended."""
        self.run_id.check_access("write")
        parked = self.filtered(lambda line: line.state == "parked")
        if not parked:
            raise UserError(self.env._("Only parked charges can be retried."))
        for run, lines in parked.grouped("run_id").items():
            run._bill_slice(lines.contract_id.ids)
        return True

    def action_open_invoice(self):
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("This period has no invoice yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
