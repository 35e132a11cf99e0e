# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestSeeing(CareCommon):
    """What manager and finance see of subscribers and of the month's bills."""

    @rules("CON-20")
    def test_totals_by_plan_and_tax_are_those_of_the_books(self):
        gold = self._create_plan(code="GOLD", name="Gold", fee=30.0)
        taxes = self.env["account.tax"].create(
            [
                {"name": "6 %", "amount": 6.0},
                {
                    "name": "9 %",
                    "amount": 9.0,
                    "price_include_override": "tax_included",
                },
            ]
        )
        gold.product_id = self.env["product.product"].create(
            {"name": "Gold", "type": "service", "taxes_id": [Command.set(taxes[1].ids)]}
        )
        self.care_product.taxes_id = taxes[0]
        self._create_subscribers(3, plan_id=gold.id)
        self._create_subscribers(
            4, payer="operator", operator_id=self.operator.id, plan_id=self.plan.id
        )
        run = self._create_run()
        run.action_run_now()
        run.invalidate_recordset(["total_ids"])
        found = {
            (row.plan_id, row.taxes): (row.count, row.untaxed, row.tax, row.total)
            for row in run.total_ids
        }
        self.assertEqual(
            found,
            {
                # one subscriber directly, four through the operator
                (self.plan, "6 %"): (5, 50.0, 3.0, 53.0),
                (gold, "9 %"): (3, 82.56, 7.44, 90.0),
            },
        )
        moves = run.line_ids.move_id
        self.assertEqual(
            sum(run.total_ids.mapped("total")), sum(moves.mapped("amount_total"))
        )
        self.assertEqual(
            sum(run.total_ids.mapped("untaxed")), sum(moves.mapped("amount_untaxed"))
        )

    def _count(self, *groups):
        self.env.flush_all()
        rows = self.env["service.subscriber.month"].formatted_read_group(
            [],
            ["month:month", *groups],
            [
                "active_count:sum",
                "new_count:sum",
                "ended_count:sum",
                "suspended_count:sum",
            ],
        )
        return {
            (
                row["month:month"][0][:7],
                *(row[group] and row[group][0] for group in groups),
            ): tuple(
                row[f"{name}_count:sum"]
                for name in ("active", "new", "ended", "suspended")
            )
            for row in rows
        }

    def test_active_new_ended_and_suspended_by_plan_operator_and_region(self):
        gold = self._create_plan(code="GOLD", name="Gold", fee=30.0)
        two = self._create_subscribers(
            2, operator_id=self.operator.id, date_start="2026-10-10"
        )
        two[0].with_user(self.manager).action_suspend()
        self.assertEqual(
            self._count(),
            {("2026-10",): (2, 2, 0, 0), ("2026-11",): (2, 1, 0, 1)},
        )
        # the month after: one resumed, one ended, the third on another plan
        self.company.service_test_now = datetime(2026, 12, 5, 2, 0)
        two[0].with_user(self.manager).action_resume()
        two[1].with_user(self.manager).action_end()
        self.contract.with_user(self.manager)._change_plan(gold, "monthly")
        self.assertEqual(
            self._count("plan_id"),
            {
                ("2026-10", self.plan.id): (2, 2, 0, 0),
                ("2026-11", self.plan.id): (2, 1, 0, 1),
                ("2026-12", self.plan.id): (1, 0, 1, 0),
                ("2026-12", gold.id): (1, 0, 0, 0),
            },
        )
        self.assertEqual(
            self._count("operator_id")["2026-11", self.operator.id], (1, 0, 0, 1)
        )
        self.assertEqual(
            self._count("region_id")["2026-11", self.region_urban.id], (1, 1, 0, 0)
        )
