# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import random

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from ..tools import periods, share
from .common import CareCommon


@tagged("post_install", "-at_install")
class TestOperator(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.share_ids = [
            Command.create({"count": 0, "percent": 10.0}),
            Command.create({"count": 4, "percent": 20.0, "amount": 0.5}),
        ]
        cls.road = {"payer": "operator", "operator_id": cls.operator.id}

    def _bill(self, **vals):
        run = self._create_run(**vals)
        run.action_run_now()
        return run

    @rules("CON-20", "CARE-18")
    def test_one_invoice_for_the_operator_and_every_line_traceable(self):
        subscribers = self._create_subscribers(5, **self.road)
        run = self._bill()
        lines = subscribers.billing_line_ids
        settlement = lines.settlement_id
        move = settlement.move_id
        self.assertEqual(run.state, "done")
        self.assertEqual(len(lines), 5)
        self.assertEqual(set(lines.mapped("state")), {"posted"})
        self.assertEqual(lines.move_id, move)
        self.assertEqual(
            (move.state, move.partner_id, move.amount_untaxed),
            ("posted", self.operator, 50.0),
        )
        self.assertEqual(move.invoice_line_ids.quantity, 5.0)
        self.assertIn(settlement.name, move.invoice_line_ids.name)
        self.assertEqual((settlement.count, settlement.amount), (5, 50.0))
        # four subscribers reached: 20 % and half a yuan for each
        self.assertEqual(settlement.share_amount, 12.5)
        self.assertEqual(sum(lines.mapped("amount_company")), 50.0)
        self.assertEqual(lines.partner_id, subscribers.partner_id)
        for contract in subscribers:
            self.assertEqual(str(contract.billed_through), "2026-11-30")
            self.assertEqual(str(contract.recurring_next_date), "2026-12-01")
        # the customer who pays himself has his own invoice
        self.assertEqual(
            self.contract.billing_line_ids.move_id.partner_id, self.customer
        )
        self.assertEqual(run.contract_total, 6)
        run.action_run_now()
        self.assertEqual(len(subscribers.billing_line_ids), 5)
        self.assertEqual(
            self.env["service.settlement"].search([("run_id", "=", run.id)]), settlement
        )

    def test_the_operators_job_may_commit(self):
        """It does after each operator; the queue fails a job that does so unasked."""
        functions = self.env["queue.job.function"]
        name = functions.job_function_name("service.billing.run", "_job_bill_operators")
        self.assertTrue(functions.job_config(name).allow_commit)

    def test_rated_like_the_periods_of_python(self):
        """SQL and tools.periods give the same charges for random contracts."""
        rng = random.Random(5)
        rules_ = {"monthly": 1, "quarterly": 3, "semesterly": 6, "yearly": 12}
        contracts = self._create_subscribers(24, **self.road)
        for contract in contracts:
            line = contract.contract_line_ids
            start = periods.start_of(
                line.date_start.replace(day=rng.randint(1, 30)), -rng.randint(0, 9)
            )
            start = rng.choice([start, periods.month_end(start)])
            contract.date_start = start
            line.write(
                {
                    "recurring_rule_type": rng.choice(list(rules_)),
                    "date_start": start,
                    "recurring_next_date": start,
                }
            )
            if rng.random() < 0.4:
                line.date_end = periods.start_of(start, rng.randint(1, 14))
            if rng.random() < 0.4:
                self.env["service.suspension"].create(
                    {
                        "contract_id": contract.id,
                        "date_from": periods.start_of(start, 1),
                        "date_to": periods.start_of(start, rng.randint(2, 5)),
                    }
                )
        for month in ("2026-11-01", "2027-02-01"):
            run = self._create_run(period=month)
            expected = {
                (line.id, period.start, period.end)
                for rows in run._get_charges(contracts).values()
                for line, period in rows
            }
            self.assertTrue(expected)
            before = contracts.billing_line_ids
            run.action_run_now()
            rated = contracts.billing_line_ids - before
            self.assertEqual(
                {
                    (row.contract_line_id.id, row.period_start, row.period_end)
                    for row in rated
                },
                expected,
            )
            for line in contracts.contract_line_ids:
                last, at = line.last_date_invoiced, line.recurring_next_date
                line._compute_recurring_next_date()
                self.assertEqual(line.recurring_next_date, at, last)

    def test_what_cannot_be_rated_is_parked_and_retried(self):
        good = self._create_subscribers(2, **self.road)
        bad = self._create_subscribers(1, **self.road)
        bad.contract_line_ids.automatic_price = True
        run = self._bill()
        self.assertEqual(set(good.billing_line_ids.mapped("state")), {"posted"})
        self.assertEqual(bad.state, "parked")
        self.assertIn("Finance sets the price", bad.parked_reason)
        self.assertEqual(run.state, "done")
        bad.contract_line_ids.write({"automatic_price": False, "specific_price": 8.0})
        bad.billing_line_ids.with_user(self.finance).action_retry()
        self.assertEqual((bad.state, bad.parked_reason), ("active", False))
        self.assertEqual(bad.billing_line_ids.mapped("state"), ["posted"])
        self.assertEqual(bad.billing_line_ids.settlement_id.amount, 8.0)
        self.assertNotEqual(
            bad.billing_line_ids.settlement_id, good.billing_line_ids.settlement_id
        )

    def test_operator_missing(self):
        contract = self._create_contract(payer="operator")
        with self.assertRaisesRegex(UserError, "choose the operator"):
            contract.action_activate()

    def test_statement_is_compared_and_the_share_billed(self):
        self._create_subscribers(2, **self.road)
        run = self._bill()
        settlement = self.env["service.settlement"].search([("run_id", "=", run.id)])
        settlement = settlement.with_user(self.finance)
        with self.assertRaisesRegex(UserError, "statement"):
            settlement.action_compare()
        settlement.write(
            {"statement_ref": "T-1", "statement_count": 1, "statement_amount": 10.0}
        )
        settlement.action_compare()
        self.assertEqual(settlement.state, "differences")
        self.assertEqual(
            (settlement.difference_count, settlement.difference_amount), (-1, -10.0)
        )
        with self.assertRaisesRegex(UserError, "how the difference"):
            settlement.action_agree()
        settlement.note = "One was counted in October."
        settlement.action_agree()
        settlement.action_bill_share()
        self.assertEqual(settlement.state, "settled")
        self.assertEqual(settlement.bill_id.move_type, "in_invoice")
        self.assertEqual(settlement.bill_id.partner_id, self.operator)
        self.assertEqual(settlement.bill_id.amount_untaxed, 2.0)
        with self.assertRaises(UserError):
            settlement.action_bill_share()
        with self.assertRaises(UserError):
            settlement.statement_count = 2
        with self.assertRaises(AccessError):
            settlement.with_user(self.manager).action_compare()
        with self.assertRaises(AccessError):
            settlement.share_amount = 1.0

    def test_share_steps(self):
        steps = [share.Step(10, 5.0), share.Step(100, 10.0, 0.1)]
        self.assertEqual(share.share(steps, 9, 90.0), 0.0)
        self.assertEqual(share.share(steps, 10, 100.0), 5.0)
        self.assertEqual(share.share(steps, 99, 990.0), 49.5)
        self.assertEqual(share.share(steps, 100, 1000.0), 110.0)
        self.assertEqual(share.share([share.Step(0, 90.0, 5.0)], 10, 100.0), 100.0)
        self.assertEqual(share.share(steps, 200, -5.0), 0.0)
