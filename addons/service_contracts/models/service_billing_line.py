# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..tools import periods


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
    amount_credited = fields.Monetary(
        string="Credited", readonly=True, help="By posted credit notes, untaxed."
    )
    state = fields.Selection(
        selection=[
            ("rated", "Rated"),
            ("posted", "Posted"),
            ("credited", "Credited, in part or whole"),
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
        still = parked.exists().filtered(lambda line: line.state == "parked")
        return still._tell_parked() if still else True

    def _tell_parked(self):
        """Why nothing came of the retry; a list of thousands is told in part."""
        message = "\n".join(
            f"{line.contract_id.code}: {line.parked_reason}" for line in self[:5]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Still parked: %s", len(self)),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === Credit notes ===

    def _credit(self, last_day):
        """Credit what lies after ``last_day`` of posted periods, by days.

        One posted credit note for each invoice, reconciled with it by core; the
        operator's summarised invoice is credited in the same way.

        :returns: the credit notes
        """
        notes = self.env["account.move"]
        by_move = defaultdict(list)
        for row in self:
            amount = row._get_unused(last_day)
            if amount:
                by_move[row.move_id].append((row, amount))
        for move, rows in by_move.items():
            # sudo: who ends a contract need not be an accountant
            notes += (
                move.env["account.move"]
                .sudo()
                .with_company(move.company_id)
                .create(self._prepare_credit_vals(move, rows, last_day))
            )
        notes._post(soft=False)
        return notes

    def _get_unused(self, last_day) -> float:
        """What of the charge lies after ``last_day``, and is not credited yet."""
        self.ensure_one()
        if self.state not in ("posted", "credited") or not self.amount:
            return 0.0
        period = periods.Period(self.period_start, self.period_end)
        left = 1.0 - self.amount_credited / self.amount
        share = max(0.0, min(periods.unused(period, last_day), left))
        return self.currency_id.round(self._get_charged() * share)

    def _get_charged(self) -> float:
        """What was charged for the period, in the terms of the contract's price."""
        self.ensure_one()
        # sudo: who credits a period need not read bills
        item = self.sudo().invoice_line_ids.filtered(
            lambda line: line.move_id.move_type == "out_invoice"
        )[:1]
        if not item:
            return self.amount
        return item.price_unit * item.quantity * (1 - item.discount / 100)

    def _prepare_credit_vals(self, move, rows, last_day):
        env = self.with_context(lang=move.partner_id.lang).env
        return {
            "move_type": "out_refund",
            "company_id": move.company_id.id,
            "journal_id": move.journal_id.id,
            "partner_id": move.partner_id.id,
            "currency_id": move.currency_id.id,
            "invoice_date": move.company_id._service_today(),
            "fiscal_position_id": move.fiscal_position_id.id,
            "reversed_entry_id": move.id,
            "invoice_origin": move.name,
            "ref": ", ".join(row.contract_id.code or "" for row, _amount in rows),
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": row.contract_line_id.product_id.id,
                        "quantity": 1.0,
                        "price_unit": amount,
                        "contract_line_id": row.contract_line_id.id,
                        "service_billing_line_id": row.id,
                        "name": env._(
                            "%(plan)s, %(start)s to %(end)s, contract %(contract)s: "
                            "credited from %(from)s",
                            plan=row.contract_line_id.name,
                            start=format_date(env, row.period_start),
                            end=format_date(env, row.period_end),
                            contract=row.contract_id.code,
                            **{"from": format_date(env, last_day + periods.ONE_DAY)},
                        ),
                    }
                )
                for row, amount in rows
            ],
        }

    def action_open_contract(self):
        """Where a parked charge is mended."""
        self.ensure_one()
        return self.contract_id.get_formview_action()

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
