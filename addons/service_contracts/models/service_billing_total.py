# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.tools import SQL


class ServiceBillingTotal(models.Model):
    """What a billing run posted, by plan and tax, as the books have it."""

    _name = "service.billing.total"
    _description = "Total of a Billing Run"
    _auto = False
    _order = "run_id, plan_id, tax_key"
    _depends = {
        "account.move": ["state"],
        "account.move.line": [
            "service_billing_line_id",
            "move_id",
            "tax_ids",
            "price_subtotal",
            "price_total",
            "currency_id",
        ],
        "service.billing.line": ["run_id", "plan_id"],
        "service.settlement": ["run_id", "plan_id", "move_id", "count"],
    }

    run_id = fields.Many2one(comodel_name="service.billing.run", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    plan_id = fields.Many2one(
        comodel_name="service.plan", string="Care plan", readonly=True
    )
    tax_key = fields.Char(readonly=True)
    taxes = fields.Char(compute="_compute_taxes", compute_sudo=True)
    count = fields.Integer(string="Periods", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    untaxed = fields.Monetary(readonly=True)
    tax = fields.Monetary(readonly=True)
    total = fields.Monetary(readonly=True)

    @api.depends("tax_key")
    @api.depends_context("lang")
    def _compute_taxes(self):
        for row in self:
            ids = [int(key) for key in (row.tax_key or "").split(",") if key]
            taxes = self.env["account.tax"].browse(ids)
            row.taxes = ", ".join(taxes.mapped("name")) or self.env._("No tax")

    @property
    def _table_query(self):
        # an invoice line is one period; a settlement's invoice stands for all of its
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.run_id, line.company_id, line.plan_id,
                   line.tax_key, line.currency_id, SUM(line.count)::int AS count,
                   SUM(line.price_subtotal) AS untaxed,
                   SUM(line.price_total - line.price_subtotal) AS tax,
                   SUM(line.price_total) AS total
              FROM (
                SELECT item.id, item.company_id, item.currency_id,
                       item.price_subtotal, item.price_total,
                       row.run_id, row.plan_id, 1 AS count, taxes.tax_key
                  FROM service_billing_line row
                  JOIN account_move_line item ON item.service_billing_line_id = row.id
                  %(taxes)s
                 WHERE item.parent_state = 'posted' AND item.move_id = row.move_id
                   AND row.settlement_id IS NULL
                UNION ALL
                SELECT item.id, item.company_id, item.currency_id,
                       item.price_subtotal, item.price_total,
                       settlement.run_id, settlement.plan_id,
                       item.quantity AS count, taxes.tax_key
                  FROM service_settlement settlement
                  JOIN account_move_line item ON item.move_id = settlement.move_id
                  %(taxes)s
                 WHERE item.parent_state = 'posted' AND item.display_type = 'product'
              ) line
             GROUP BY line.run_id, line.company_id, line.plan_id, line.tax_key,
                      line.currency_id
            """,
            taxes=SQL(
                """
                CROSS JOIN LATERAL (
                    SELECT COALESCE(STRING_AGG(
                               rel.account_tax_id::text, ','
                               ORDER BY rel.account_tax_id), '') AS tax_key
                      FROM account_move_line_account_tax_rel rel
                     WHERE rel.account_move_line_id = item.id
                ) taxes
                """
            ),
        )


class ServiceBillingRun(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.billing.run"

    total_ids = fields.One2many(
        comodel_name="service.billing.total", inverse_name="run_id", string="Totals"
    )
