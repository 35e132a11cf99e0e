# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import math

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.statement import Stated


class ServiceSettlementStatement(models.TransientModel):
    """Read an operator's list of what it collected: account and amount, a line each."""

    _name = "service.settlement.statement"
    _description = "Operator's Statement"
    _inherit = ["service.table.mixin"]
    _needed_columns = frozenset({"account", "amount"})

    settlement_id = fields.Many2one(
        comodel_name="service.settlement", required=True, ondelete="cascade"
    )
    operator_id = fields.Many2one(related="settlement_id.operator_id")
    run_id = fields.Many2one(related="settlement_id.run_id")
    reference = fields.Char(string="Statement number", required=True)

    def _get_columns(self):
        return {
            "account": self.env._("Account"),
            "amount": self.env._("Amount"),
        }

    def action_import(self):
        """Compare the whole list, or nothing when a line cannot be read."""
        self.ensure_one()
        settlement = self.settlement_id
        settlement._require_group("finance")
        if settlement.state not in ("posted", "differences"):
            raise UserError(
                self.env._(
                    "Settlement %s is agreed: its statement stays.", settlement.name
                )
            )
        settlements = settlement._reconcile(self.reference, self._get_stated())
        settlement.message_post(
            body=self.env._(
                "Statement %(number)s read from file %(file)s.",
                number=self.reference,
                file=self.filename or "",
            ),
            attachments=[(self.filename or self.reference, self._get_content())],
        )
        return settlements._get_records_action()

    def _get_stated(self) -> list:
        stated, problems = [], []
        for number, row in self._read_rows():
            account, text = row.get("account", ""), row.get("amount", "")
            try:
                amount = float(text.replace(",", ""))
            except ValueError:
                amount = math.nan
            if account and math.isfinite(amount):
                stated.append(Stated(number, account, amount))
            else:
                problems.append(
                    self.env._(
                        "line %(line)s: account “%(account)s”, amount “%(amount)s”",
                        line=number,
                        account=account,
                        amount=text,
                    )
                )
        if problems:
            raise UserError(
                self.env._(
                    "Nothing was compared. Every line needs an account and an amount as "
                    "a number; ask the operator to mend: %s",
                    "; ".join(problems[:20]),
                )
            )
        return stated
