# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The road through the operator: rated in the database, summarised in one invoice.

A hundred thousand charges are one set operation, so this is SQL and not a loop over
records. The invoice is made and posted by core.
"""

from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from .service_billing_run_due import OPERATOR


class ServiceBillingRun(models.Model):
    _name = "service.billing.run"
    _inherit = "service.billing.run"

    def _run_slices(self):
        self._bill_operators()
        return super()._run_slices()

    def _is_billed(self) -> bool:
        return super()._is_billed() and not self._get_operator_groups()

    def _count_due_contracts(self) -> int:
        """The operators' subscribers are part of the progress, too."""
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(DISTINCT id) FROM (%s) due",
                self._query_due(SQL("c.id"), condition=OPERATOR),
            )
        )
        return super()._count_due_contracts() + count

    def _bill_operators(self):
        """One settlement and one posted invoice for each operator and plan.

        Each is one transaction: rated, summarised and posted, or nothing. What
        cannot be rated is parked, contract by contract.
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            return  # another runner is at it
        for operator_id, plan_id in self._get_operator_groups():
            self._bill_operator(
                self.env["res.partner"].browse(operator_id),
                self.env["service.plan"].browse(plan_id),
            )
            self._commit(1)
            if not self.try_lock_for_update():
                return
        self._park_operator_leftovers()

    def _get_operator_groups(self) -> list:
        """[(operator id, plan id)] with something that can be rated."""
        return self.env.execute_query(
            SQL(
                "SELECT DISTINCT operator_id, plan_id FROM (%s) due ORDER BY 1, 2",
                self._get_rating_query(),
            )
        )

    def _get_rating_query(self, operator=None, plan=None) -> SQL:
        """Charges to rate: one row for each contract line and period not billed."""
        condition = OPERATOR
        if operator:
            condition = SQL(
                "%s AND c.operator_id = %s AND COALESCE(l.plan_id, c.plan_id) = %s",
                OPERATOR,
                operator.id,
                plan.id,
            )
        return self._query_due(
            SQL(
                """
                l.id AS line_id, c.id AS contract_id, c.partner_id,
                plan.id AS plan_id, plan.currency_id, c.operator_id,
                p.start AS period_start, LEAST(p.next - 1, l.date_end) AS period_end,
                ROUND((l.quantity * l.specific_price
                       * (1 - COALESCE(l.discount, 0) / 100))::numeric
                      * (LEAST(p.next - 1, l.date_end) - p.start + 1)
                      / (p.next - p.start), cur.decimal_places) AS amount
                """
            ),
            SQL(
                """
                JOIN service_plan plan ON plan.id = COALESCE(l.plan_id, c.plan_id)
                JOIN res_currency cur ON cur.id = plan.currency_id
                JOIN res_partner operator
                  ON operator.id = c.operator_id AND operator.active
                JOIN product_product product
                  ON product.id = l.product_id AND product.active
                """
            ),
            SQL(
                "%s AND l.automatic_price IS NOT TRUE AND l.specific_price >= 0 "
                "AND l.currency_id = plan.currency_id",
                condition,
            ),
        )

    def _bill_operator(self, operator, plan):
        """Rate, summarise and post one operator's subscribers on one plan."""
        cr = self.env.cr
        cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE service_rating ON COMMIT DROP AS %s",
                self._get_rating_query(operator, plan),
            )
        )
        cr.execute("ANALYZE service_rating")
        groups = self.env.execute_query(
            SQL(
                "SELECT date_trunc('month', period_start)::date, amount, COUNT(*) "
                "FROM service_rating GROUP BY 1, 2 ORDER BY 1, 2 DESC"
            )
        )
        if groups:
            # sudo: settlements are written by the machine only
            settlement = (
                self.env["service.settlement"]
                .sudo()
                .create(
                    {
                        "run_id": self.id,
                        "operator_id": operator.id,
                        "plan_id": plan.id,
                        "count": sum(count for _month, _amount, count in groups),
                        "amount": float(
                            sum(amount * count for _month, amount, count in groups)
                        ),
                    }
                )
            )
            settlement.share_amount = settlement._compute_share()
            move = (
                self.with_company(self.company_id)
                .env["account.move"]
                .create(self._prepare_summary_vals(settlement, groups))
            )
            move._post(soft=False)
            settlement.move_id = move
            self._write_ratings(settlement, move)
        cr.execute("DROP TABLE service_rating")

    def _prepare_summary_vals(self, settlement, groups):
        """One line for each month and price, with how many subscribers pay it."""
        operator, plan = settlement.operator_id, settlement.plan_id
        env = self.with_context(lang=operator.lang).env
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": operator.id,
            "currency_id": settlement.currency_id.id,
            "invoice_date": self.date_invoice,
            "invoice_origin": settlement.name,
            "ref": settlement.name,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": plan.product_id.id,
                        "quantity": count,
                        "price_unit": float(amount),
                        # CON-20: the settlement is the charge detail list
                        "name": env._(
                            "%(plan)s, %(month)s: %(count)s subscribers, details in "
                            "settlement %(settlement)s",
                            plan=plan.with_env(env).name,
                            month=f"{month:%Y-%m}",
                            count=count,
                            settlement=settlement.name,
                        ),
                    }
                )
                for month, amount, count in groups
            ],
        }

    def _write_ratings(self, settlement, move):
        """The rated charges into the subledger, and the contracts moved on."""
        self.env.flush_all()
        if self._insert_ratings(settlement, move) != settlement.count:
            raise UserError(
                self.env._(
                    "Somebody bills subscribers of %(operator)s at the same time. Run "
                    "%(run)s again.",
                    operator=settlement.operator_id.name,
                    run=self.name,
                )
            )
        self._move_rated_lines_on()
        self._move_rated_contracts_on()
        self.env.invalidate_all()

    def _insert_ratings(self, settlement, move) -> int:
        """The charges as posted subledger rows; those parked before become posted.

        :returns: how many; a row that is billed already is left out
        """
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                INSERT INTO service_billing_line AS b
                       (run_id, company_id, contract_id, contract_line_id, partner_id,
                        plan_id, period_start, period_end, currency_id, amount,
                        amount_company, state, settlement_id, move_id,
                        create_uid, create_date, write_uid, write_date)
                SELECT %(run)s, %(company)s, contract_id, line_id, partner_id,
                       plan_id, period_start, period_end, %(currency)s, amount,
                       ROUND(amount / %(rate)s, %(digits)s), 'posted',
                       %(settlement)s, %(move)s,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM service_rating
           ON CONFLICT (contract_line_id, period_start) DO UPDATE
                   SET run_id = EXCLUDED.run_id, period_end = EXCLUDED.period_end,
                       amount = EXCLUDED.amount, state = 'posted',
                       amount_company = EXCLUDED.amount_company,
                       settlement_id = EXCLUDED.settlement_id,
                       move_id = EXCLUDED.move_id, parked_reason = NULL
                 WHERE b.state = 'parked'
                """,
                run=self.id,
                company=self.company_id.id,
                currency=settlement.currency_id.id,
                rate=move.invoice_currency_rate or 1.0,
                digits=self.company_id.currency_id.decimal_places,
                settlement=settlement.id,
                move=move.id,
                uid=self.env.uid,
            )
        )
        return cr.rowcount

    def _move_rated_lines_on(self):
        self.env.cr.execute(
            """
            UPDATE contract_line l
               SET last_date_invoiced = t.last,
                   recurring_next_date =
                       CASE WHEN l.date_end <= t.last THEN NULL ELSE t.last + 1 END
              FROM (SELECT line_id, MAX(period_end) AS last FROM service_rating
                     GROUP BY line_id) t
             WHERE l.id = t.line_id
            """
        )

    def _move_rated_contracts_on(self):
        """Next bill of what was rated; parked ones are well again."""
        self.env.cr.execute(
            """
            UPDATE contract_contract c
               SET recurring_next_date = t.next, parked_reason = NULL,
                   state = CASE c.state WHEN 'parked' THEN 'active' ELSE c.state END
              FROM (SELECT l.contract_id, MIN(l.recurring_next_date) AS next
                      FROM contract_line l
                     WHERE l.contract_id IN (SELECT contract_id FROM service_rating)
                       AND l.is_canceled IS NOT TRUE
                     GROUP BY l.contract_id) t
             WHERE c.id = t.contract_id
            """
        )

    def _park_operator_leftovers(self):
        """Due, but not rated: say what is wrong and who mends it."""
        contracts = self._get_operator_leftovers()
        charges = self._get_charges(contracts)
        problems = self._get_billing_problems(contracts)
        for contract, rows in charges.items():
            if rows and contract in problems:
                self._park(contract, rows, problems[contract])

    def _get_operator_leftovers(self):
        """Contracts with something due to the operator that cannot be rated."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT id FROM (%s) due WHERE NOT EXISTS ("
                "SELECT FROM (%s) rated WHERE rated.line_id = due.line_id)",
                self._query_due(SQL("c.id, l.id AS line_id"), condition=OPERATOR),
                self._get_rating_query(),
            )
        )
        return self.env["contract.contract"].browse(sorted(row[0] for row in rows))

    def _preview(self, contracts):
        """Subscribers of operators too: what can be rated is one set operation."""
        result = super()._preview(contracts + self._get_operator_leftovers())
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO service_billing_preview
                       (run_id, contract_id, period_start, period_end, currency_id,
                        amount, create_uid, create_date, write_uid, write_date)
                SELECT %(run)s, contract_id, period_start, period_end, currency_id,
                       amount, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,
                       now() AT TIME ZONE 'UTC'
                  FROM (%(rated)s) rated
                """,
                run=self.id,
                uid=self.env.uid,
                rated=self._get_rating_query(),
            )
        )
        self.invalidate_recordset(["preview_ids"])
        return result

    def _get_billing_problems(self, contracts) -> dict:
        problems = super()._get_billing_problems(contracts)
        for contract in contracts:
            if contract.payer != "operator" or contract in problems:
                continue
            if not contract.operator_id.active:
                problems[contract] = self.env._(
                    "The operator pays, but none is set or it is archived. A service "
                    "manager sets the operator."
                )
            elif contract.contract_line_ids.filtered("automatic_price"):
                problems[contract] = self.env._(
                    "The price comes from a price list, but an operator is charged the "
                    "fixed fee. Finance sets the price on the contract's line."
                )
        return problems

    def _bill_slice(self, contract_ids):
        """Contracts paid by their operator are rated again when they are retried."""
        contracts = self.env["contract.contract"].browse(contract_ids).exists()
        roads = defaultdict(list)
        for contract in contracts:
            roads[contract.payer == "operator"].append(contract.id)
        if roads[True]:
            self._bill_operators()
        return super()._bill_slice(roads[False])
