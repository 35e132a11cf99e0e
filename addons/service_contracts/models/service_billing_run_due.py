# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a billing run has to bill, asked of the database.

A run may have a million contracts before it, so which of them are due is one query and
never a loop over records. The periods are those of ``tools.periods``, which
``tests/test_operator.py`` holds against these.
"""

from odoo import models
from odoo.tools import SQL, groupby

from ..tools import periods
from .contract_contract import BILLABLE_STATES

# Months between the line's first day and a date, whole calendar months.
MONTHS_SINCE = """
    (EXTRACT(YEAR FROM {day}) - EXTRACT(YEAR FROM l.date_start)) * 12
    + EXTRACT(MONTH FROM {day}) - EXTRACT(MONTH FROM l.date_start)
"""
# Who pays, as conditions on contract_contract "c".
DIRECT = SQL("c.payer != 'operator'")
OPERATOR = SQL("c.payer = 'operator'")


class ServiceBillingRun(models.Model):
    _name = "service.billing.run"
    _inherit = "service.billing.run"

    def _query_due(self, columns: SQL, joins=None, condition=DIRECT) -> SQL:
        """Each period of a contract line that begins up to the month's end, unbilled.

        The n-th period starts n months after the line did, so nothing drifts; a
        period that begins in a suspension is not due.

        :param columns: what to select of the contract ``c``, its line ``l`` and the
            period ``p``, which has its first day ``start`` and that of the ``next``
        """
        self.ensure_one()
        for name in (
            "contract.contract",
            "contract.line",
            "service.suspension",
            "service.billing.line",
        ):
            self.env[name].flush_model()
        until = periods.month_end(self.period)
        months = SQL(
            "CASE l.recurring_rule_type WHEN 'monthly' THEN 1 WHEN 'quarterly' THEN 3 "
            "WHEN 'semesterly' THEN 6 WHEN 'yearly' THEN 12 END * l.recurring_interval"
        )
        return SQL(
            """
            SELECT %(columns)s
              FROM contract_contract c
              JOIN contract_line l ON l.contract_id = c.id
              %(joins)s
        CROSS JOIN LATERAL (
                   SELECT (l.date_start
                           + make_interval(months => n * m.months))::date AS start,
                          (l.date_start
                           + make_interval(months => (n + 1) * m.months))::date AS next
                     FROM (SELECT (%(months)s)::int AS months) m,
                          generate_series(
                              GREATEST(0, COALESCE((%(since_last)s), 0)::int / m.months),
                              (%(since_until)s)::int / m.months) n
                   ) p
             WHERE c.company_id = %(company)s AND c.plan_id IS NOT NULL
               AND c.active AND c.state IN %(states)s AND %(condition)s
               AND l.is_canceled IS NOT TRUE AND l.display_type IS NULL
               AND l.recurring_next_date <= %(until)s
               AND p.start <= %(until)s
               AND (l.last_date_invoiced IS NULL OR p.start > l.last_date_invoiced)
               AND (l.date_end IS NULL OR p.start <= l.date_end)
               AND NOT EXISTS (
                   SELECT FROM service_suspension s
                    WHERE s.contract_id = c.id AND s.date_from <= p.start
                      AND (s.date_to IS NULL OR p.start < s.date_to))
               AND NOT EXISTS (
                   SELECT FROM service_billing_line b
                    WHERE b.contract_line_id = l.id AND b.period_start = p.start
                      AND b.state != 'parked')
            """,
            columns=columns,
            joins=joins or SQL(),
            condition=condition,
            months=months,
            since_last=SQL(MONTHS_SINCE.format(day="l.last_date_invoiced")),
            since_until=SQL(MONTHS_SINCE.format(day="%(until)s::date"), until=until),
            company=self.company_id.id,
            states=tuple(BILLABLE_STATES),
            until=until,
        )

    def _query_lineless(self) -> SQL:
        """Running contracts that somebody took the billed line from.

        A project whose phases cost nothing never had one.
        """
        self.ensure_one()
        self.env["service.contract.phase"].flush_model()
        return SQL(
            """
            SELECT c.id, c.invoice_partner_id
              FROM contract_contract c
             WHERE c.company_id = %(company)s AND c.plan_id IS NOT NULL
               AND c.active AND c.state IN ('active', 'parked')
               AND c.date_start <= %(until)s
               AND NOT EXISTS (SELECT FROM contract_line l WHERE l.contract_id = c.id)
               AND (NOT EXISTS (
                        SELECT FROM service_contract_phase p WHERE p.contract_id = c.id)
                    OR EXISTS (
                        SELECT FROM service_contract_phase p
                         WHERE p.contract_id = c.id AND p.fee != 0))
            """,
            company=self.company_id.id,
            until=periods.month_end(self.period),
        )

    def _query_due_contracts(self) -> SQL:
        """(contract id, payer's id) of the contracts that slices have to look at."""
        due = self._query_due(SQL("c.id, c.invoice_partner_id"))
        return SQL("%s UNION %s", due, self._query_lineless())

    def _count_due_contracts(self) -> int:
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM (%s) due", self._query_due_contracts())
        )
        return count

    def _get_due_contracts(self):
        """Contracts that slices have to look at."""
        rows = self.env.execute_query(self._query_due_contracts())
        return self.env["contract.contract"].browse(sorted(row[0] for row in rows))

    def _is_billed(self) -> bool:
        """Is nothing left but what is parked?"""
        left = self.env.execute_query(
            SQL(
                "SELECT FROM (%s) due WHERE NOT EXISTS ("
                "SELECT FROM service_billing_line b WHERE b.contract_id = due.id "
                "AND b.run_id = %s AND b.state = 'parked') LIMIT 1",
                self._query_due_contracts(),
                self.id,
            )
        )
        return not left

    def _cut_slices(self) -> list:
        """Ids of due contracts in slices; one payer's contracts stay together."""
        rows = self.env.execute_query(
            SQL("SELECT * FROM (%s) due ORDER BY 2, 1", self._query_due_contracts())
        )
        slices, current = [], []
        for _payer, group in groupby(rows, key=lambda row: row[1]):
            ids = [contract for contract, _payer in group]
            if current and len(current) + len(ids) > self.slice_size:
                slices.append(current)
                current = []
            current += ids
        return slices + [current] if current else slices
