# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import share


class ServiceSettlement(models.Model):
    """What one operator owes for its subscribers on one plan in one billing run.

    Born with the summarised invoice; its billing lines are the charge detail list
    (CON-20). The operator's own figures are held against it, then its share billed.
    """

    _name = "service.settlement"
    _description = "Operator Settlement"
    _inherit = ["service.document.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "service.settlement"
    _transitions = {
        "posted": {"differences", "agreed"},
        "differences": {"differences", "agreed"},
        "agreed": {"settled"},
        "settled": set(),
    }
    _guarded_fields = frozenset(
        {
            "state",
            "run_id",
            "operator_id",
            "plan_id",
            "count",
            "amount",
            "share_amount",
            "move_id",
            "bill_id",
        }
    )

    name = fields.Char(required=True, readonly=True, default="/", copy=False)
    run_id = fields.Many2one(
        comodel_name="service.billing.run",
        string="Billing run",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    period = fields.Date(related="run_id.period", string="Month", store=True)
    operator_id = fields.Many2one(
        comodel_name="res.partner",
        string="Telecom operator",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    plan_id = fields.Many2one(
        comodel_name="service.plan",
        string="Care plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="plan_id.currency_id", store=True)
    count = fields.Integer(string="Charges", readonly=True)
    amount = fields.Monetary(
        string="Charged", readonly=True, help="Sum of the charges."
    )
    share_amount = fields.Monetary(
        string="Operator's share",
        readonly=True,
        help="By the plan's steps, which hold from the month's number of charges.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    bill_id = fields.Many2one(
        comodel_name="account.move",
        string="Share bill",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The vendor bill over the operator's share.",
    )
    line_ids = fields.One2many(
        comodel_name="service.billing.line",
        inverse_name="settlement_id",
        string="Charges in detail",
        readonly=True,
    )
    statement_ref = fields.Char(string="Statement number", tracking=True)
    statement_count = fields.Integer(string="Operator counts", tracking=True)
    statement_amount = fields.Monetary(string="Operator pays", tracking=True)
    difference_count = fields.Integer(compute="_compute_difference")
    difference_amount = fields.Monetary(compute="_compute_difference")
    note = fields.Text(
        string="Agreement", help="How a difference was settled, and with whom."
    )
    state = fields.Selection(
        selection=[
            ("posted", "Invoiced"),
            ("differences", "Differences"),
            ("agreed", "Agreed"),
            ("settled", "Share billed"),
        ],
        required=True,
        readonly=True,
        default="posted",
        copy=False,
        tracking=True,
    )

    @api.depends("statement_count", "statement_amount", "count", "amount")
    def _compute_difference(self):
        for row in self:
            row.difference_count = row.statement_count - row.count
            row.difference_amount = row.statement_amount - row.amount

    def write(self, vals):
        figures = {"statement_ref", "statement_count", "statement_amount", "note"}
        if figures & vals.keys() and self.filtered(lambda row: row.state == "settled"):
            raise UserError(
                self.env._("The share is billed: the settlement stays as it is.")
            )
        return super().write(vals)

    # === Actions ===

    def action_compare(self):
        """Hold the operator's statement against ours: agreed, or differences."""
        self._require_group("finance")
        self._check_filled(
            [("statement_ref", self.env._("number of the operator's statement"))]
        )
        for row in self:
            equal = not row.difference_count and row.currency_id.is_zero(
                row.difference_amount
            )
            row._transition("agreed" if equal else "differences")
        return True

    def action_agree(self):
        """Both sides agree on a difference, in a note; our invoice stays the base."""
        self._require_group("finance")
        self._check_filled([("note", self.env._("how the difference was settled"))])
        self._transition("agreed")
        return True

    def action_bill_share(self):
        """One vendor bill over the operator's share, a draft for finance to post."""
        self._require_group("finance")
        for row in self:
            if row.currency_id.is_zero(row.share_amount):
                raise UserError(
                    self.env._(
                        "Settlement %(name)s: plan %(plan)s gives %(operator)s no share. "
                        "A service manager sets its steps on the plan.",
                        name=row.name,
                        plan=row.plan_id.display_name,
                        operator=row.operator_id.name,
                    )
                )
        self._transition("settled")
        bills = self.env["account.move"].create(
            [row._prepare_share_bill_vals() for row in self]
        )
        for row, bill in zip(self, bills, strict=True):
            row._set_guarded({"bill_id": bill.id})
        return bills._get_records_action()

    def action_view_lines(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_billing_line"
            ),
            "domain": [("settlement_id", "=", self.id)],
            "context": {},
        }

    # === Business ===

    def _compute_share(self) -> float:
        """The share by the plan's steps, in the plan's currency."""
        self.ensure_one()
        steps = [row._as_step() for row in self.plan_id.share_ids]
        return self.currency_id.round(share.share(steps, self.count, self.amount))

    def _prepare_share_bill_vals(self):
        self.ensure_one()
        return {
            "move_type": "in_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.operator_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.company_id._service_today(),
            "invoice_origin": self.name,
            "ref": f"{self.name} {self.statement_ref or ''}".strip(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "quantity": 1.0,
                        "price_unit": self.share_amount,
                        "name": self.env._(
                            "Operator's share of %(count)s charges of plan %(plan)s in "
                            "%(month)s, settlement %(settlement)s",
                            count=self.count,
                            plan=self.plan_id.name,
                            month=f"{self.period:%Y-%m}",
                            settlement=self.name,
                        ),
                    }
                )
            ],
        }
