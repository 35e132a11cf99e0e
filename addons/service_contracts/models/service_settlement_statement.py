# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The operator's own list of what it collected, line by line, and our list for it."""

import csv
import io

from odoo import fields, models

from ..tools import statement


class ServiceSettlement(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.settlement"

    statement_line_ids = fields.One2many(
        comodel_name="service.settlement.difference",
        inverse_name="settlement_id",
        string="Differences by account",
        readonly=True,
    )

    # === Actions ===

    def action_open_statement(self):
        """Ask for the file of what the operator collected."""
        self._require_group("finance")
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_settlement_statement"
            ),
            "context": {"default_settlement_id": self.id},
        }

    def action_compare(self):
        """Equal sums do not hide that single accounts differ."""
        differing = self.filtered("statement_line_ids")
        if differing:
            self._require_group("finance")
            differing._transition("differences")
        return super(ServiceSettlement, self - differing).action_compare()

    def action_download_charges(self):
        """Our charges as a file, for the operator."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/settlements/{self.id}/charges",
            "target": "download",
        }

    # === Business ===

    def _get_siblings(self):
        """All settlements of this operator and run that are not agreed yet.

        The operator sends one list, we have one settlement for each plan.
        """
        self.ensure_one()
        return self.search(
            [
                ("run_id", "=", self.run_id.id),
                ("operator_id", "=", self.operator_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("state", "in", ("posted", "differences")),
            ]
        )

    def _reconcile(self, reference, stated):
        """Hold the operator's lines against our charges and keep what differs.

        :param reference: number of the operator's statement
        :param stated: :class:`statement.Stated` rows of its file
        :returns: the settlements the list is about
        """
        settlements = self._get_siblings()
        rows = settlements.sudo().line_ids  # sudo: finance reads, the machine compares
        rows.fetch(["contract_id", "amount", "settlement_id"])
        rows.contract_id.fetch(["broadband_account", "code"])
        charges = [
            statement.Charge(
                row.id, row.contract_id._get_operator_account(), row.amount
            )
            for row in rows
        ]
        of_charge = {row.id: row.settlement_id for row in rows}
        known = {charge.account: of_charge[charge.key] for charge in reversed(charges)}
        found = statement.differences(charges, stated, self.currency_id.rounding)
        # sudo: differences are written by the machine only
        lines = self.env["service.settlement.difference"].sudo()
        lines.search([("settlement_id", "in", settlements.ids)]).unlink()
        lines.create(
            [
                {
                    "settlement_id": (
                        of_charge.get(row.key) or known.get(row.account) or self
                    ).id,
                    "billing_line_id": row.key,
                    "kind": row.kind,
                    "account": row.account,
                    "line": row.line or 0,
                    "amount_charged": row.charged,
                    "amount_stated": row.stated,
                }
                for row in found
            ]
        )
        for settlement in settlements:
            own = [row for row in stated if known.get(row.account, self) == settlement]
            settlement.write(
                {
                    "statement_ref": reference,
                    "statement_count": len(own),
                    "statement_amount": sum(row.amount for row in own),
                }
            )
        settlements.action_compare()
        return settlements

    def _get_charges_csv(self) -> bytes:
        """Our charges as CSV, readable by spreadsheets: the charge list (CON-20)."""
        self.ensure_one()
        rows = self.sudo().line_ids.sorted(  # sudo: who asks was checked by the caller
            lambda row: (row.contract_id._get_operator_account(), row.period_start)
        )
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(
            [
                self.env._("Account"),
                self.env._("Contract"),
                self.env._("Plan"),
                self.env._("From"),
                self.env._("To"),
                self.env._("Amount"),
            ]
        )
        for row in rows:
            writer.writerow(
                [
                    _as_text(row.contract_id._get_operator_account()),
                    row.contract_id.code,
                    row.plan_id.name,
                    row.period_start.isoformat(),
                    row.period_end.isoformat(),
                    f"{row.amount:.2f}",
                ]
            )
        return out.getvalue().encode("utf-8-sig")


def _as_text(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value


class ServiceSettlementDifference(models.Model):
    """One account on which the operator's list and ours do not agree."""

    _name = "service.settlement.difference"
    _description = "Difference of a Settlement"
    _order = "settlement_id, kind, account, id"

    settlement_id = fields.Many2one(
        comodel_name="service.settlement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    kind = fields.Selection(
        selection=[
            ("amount", "Another amount"),
            ("ours", "Not in the statement"),
            ("theirs", "Not charged by us"),
        ],
        required=True,
    )
    account = fields.Char()
    line = fields.Integer(string="Line of the file", help="0: in no line.")
    billing_line_id = fields.Many2one(
        comodel_name="service.billing.line",
        string="Our charge",
        index="btree_not_null",
        ondelete="cascade",
    )
    contract_id = fields.Many2one(related="billing_line_id.contract_id")
    partner_id = fields.Many2one(
        related="billing_line_id.partner_id", string="Customer"
    )
    amount_charged = fields.Monetary(string="We charged")
    amount_stated = fields.Monetary(string="Operator says")


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = "contract.contract"

    def _get_operator_account(self) -> str:
        """How the operator knows this subscriber: account, else contract number."""
        self.ensure_one()
        return (self.broadband_account or self.code or "").strip()
