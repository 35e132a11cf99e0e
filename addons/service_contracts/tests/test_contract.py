# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestContract(CareCommon):
    def test_activation_makes_the_billed_line(self):
        line = self.contract.contract_line_ids
        self.assertEqual(self.contract.state, "active")
        self.assertEqual(line.product_id, self.care_product)
        self.assertEqual(line.price_subtotal, 10.0)
        self.assertEqual(str(line.recurring_next_date), "2026-11-01")
        self.assertEqual(str(line.next_period_date_end), "2026-11-30")
        self.assertTrue(self.contract.code.startswith("CP"))

    def test_the_portal_tells_the_day_the_plan_began(self):
        contract = self._create_contract()
        self.assertEqual(str(contract.modification_ids.date), "2026-11-01")
        self.assertIn("The contract begins", contract.modification_ids.description)

    def test_manager_signs_a_subscriber_on_the_form(self):
        form = Form(
            self.env["contract.contract"]
            .with_user(self.manager)
            .with_context(default_contract_type="sale", default_line_recurrence=True),
            view="service_contracts.view_subscriber_form",
        )
        form.partner_id = self.customer
        form.plan_id = self.plan
        form.broadband_account = "0552-1"
        contract = form.save()
        self.assertEqual(contract.name, "Broadband Care · 李明")
        contract.action_activate()
        self.assertEqual(contract.state, "active")
        self.assertEqual(contract.contract_line_ids.price_unit, 10.0)

    def test_price_is_kept_when_the_plan_changes(self):
        with self.assertRaisesRegex(UserError, "new version"):
            self.plan.fee = 99.0
        with self.assertRaisesRegex(UserError, "new version"):
            self.plan.line_ids[0].unlimited = False
        self.plan.action_new_version()
        version = self.env["service.plan"].search([("previous_id", "=", self.plan.id)])
        self.assertEqual((version.version, version.state), (2, "active"))
        self.assertEqual(self.plan.state, "withdrawn")
        version.fee = 99.0
        self.assertEqual(len(version.line_ids), 3)
        self.assertEqual(self.contract.contract_line_ids.price_unit, 10.0)
        self.assertEqual(self.contract.plan_id, self.plan)
        with self.assertRaisesRegex(UserError, "Change plan"):
            self.contract.with_user(self.manager).plan_id = version

    @rules("CARE-09")
    def test_plan_without_promises(self):
        with self.assertRaisesRegex(ValidationError, "promises nothing"):
            self._create_plan(code="EMPTY", line_ids=[])
        plan = self._create_plan(code="FULL")
        with self.assertRaisesRegex(ValidationError, "promises nothing"):
            plan.line_ids = [Command.clear()]

    def test_promise_without_a_quota(self):
        plan = self._create_plan(code="ZERO")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            plan.line_ids[1].quota = 0
            self.env.flush_all()

    def test_end_before_start(self):
        with self.assertRaisesRegex(ValidationError, "before it starts"):
            self._create_contract(date_end="2026-10-31")

    def test_account_number_used_twice(self):
        vals = {"operator_id": self.operator.id, "broadband_account": "0552-77"}
        first = self._create_contract(**vals)
        with self.assertRaisesRegex(ValidationError, f"{first.code}.*李明"):
            self._create_contract(**{**vals, "broadband_account": " 0552-77 "})
        other = self._create_contract(broadband_account="0552-77")
        with self.assertRaisesRegex(ValidationError, first.code):
            other.operator_id = self.operator
        # the database holds it too, whoever goes round the check
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE contract_contract SET operator_id = %s WHERE id = %s",
                [self.operator.id, other.id],
            )
        # an ended contract frees its number
        first.action_activate()
        first.action_end()
        self.assertTrue(self._create_contract(**vals))

    def test_withdrawn_plan_is_not_sold(self):
        contract = self._create_contract()
        self.plan.action_withdraw()
        with self.assertRaisesRegex(UserError, "withdrawn"):
            contract.action_activate()
        self.assertFalse(contract.contract_line_ids)
        self.assertEqual(self.contract.state, "active")

    def test_price_in_another_currency(self):
        currency = self.env["res.currency"].search(
            [
                ("id", "!=", self.company.currency_id.id),
                ("active", "in", [True, False]),
            ],
            limit=1,
        )
        currency.active = True
        plan = self._create_plan(code="FX", currency_id=currency.id)
        contract = self._create_contract(plan_id=plan.id)
        with self.assertRaisesRegex(UserError, currency.name):
            contract.action_activate()
        self.assertEqual(contract.state, "draft")

    def test_contract_in_another_currency(self):
        """The service manager is told so, not that he may not read journals."""
        currency = self.env["res.currency"].search(
            [("id", "!=", self.company.currency_id.id)], limit=1
        )
        contract = (
            self.env["contract.contract"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "plan_id": self.plan.id,
                    "date_start": "2026-11-01",
                    "currency_id": currency.id,
                }
            )
        )
        self.assertEqual(contract.currency_id, currency)
        with self.assertRaisesRegex(UserError, f"the contract in {currency.name}"):
            contract.action_activate()
        self.assertEqual(contract.state, "draft")

    def test_state_only_through_its_buttons(self):
        with self.assertRaises(UserError):
            self.contract.with_user(self.manager).state = "ended"
        with self.assertRaises(UserError):
            self.contract.action_activate()
        with self.assertRaises(UserError):
            self.contract.action_resume()
        with self.assertRaises(UserError):
            self.contract.unlink()

    def test_end_with_the_paid_period(self):
        run = self._create_run()
        run.action_run_now()
        self.contract.action_end()
        self.assertEqual(self.contract.state, "active")
        self.assertEqual(str(self.contract.date_end), "2026-11-30")
        self._pass_time(days=12)
        with self.enter_registry_test_mode():
            self.env.ref("service_contracts.cron_end_contracts").method_direct_trigger()
        self.assertEqual(self.contract.state, "ended")

    def test_billed_line_is_fixed(self):
        self._create_run().action_run_now()
        line = self.contract.contract_line_ids
        with self.assertRaisesRegex(UserError, "is billed"):
            line.date_start = "2026-11-05"
        line.write({"date_start": "2026-11-01", "name": "Care"})
        with self.assertRaisesRegex(UserError, "is not changed"):
            self.contract.billing_line_ids.sudo().amount = 1.0
        with self.assertRaisesRegex(UserError, "never deleted"):
            self.contract.billing_line_ids.sudo().unlink()

    def test_oca_scheduler_leaves_plans_alone(self):
        plain = self.env["contract.contract"].create(
            {
                "name": "Plain",
                "partner_id": self.customer.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": self.care_product.id,
                            "name": "Plain",
                            "specific_price": 5.0,
                            "date_start": "2026-11-01",
                            "recurring_next_date": "2026-11-01",
                        }
                    )
                ],
            }
        )
        model = self.env["contract.contract"]
        domain = model._get_contracts_to_invoice_domain("2026-12-31")
        found = model.search(domain)
        self.assertIn(plain, found)
        self.assertNotIn(self.contract, found)
        model._cron_recurring_create(date_ref=plain.date_start.replace(day=2))
        self.assertFalse(self.contract._get_related_invoices())
        with self.assertRaisesRegex(UserError, "billing run"):
            self.contract.recurring_create_invoice()

    def test_month_end_does_not_drift(self):
        """OCA alone goes on from the 28th for ever."""
        contract = self._create_contract(date_start="2026-01-31")
        contract.action_activate()
        line = contract.contract_line_ids
        starts = []
        for _month in range(4):
            starts.append(str(line.recurring_next_date))
            line.last_date_invoiced = line.next_period_date_end
        self.assertEqual(
            starts, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
        )

    def test_next_date_is_indexed(self):
        self.env.cr.execute(
            "SELECT tablename FROM pg_indexes WHERE indexdef LIKE %s",
            ["%(recurring_next_date)%"],
        )
        tables = {row[0] for row in self.env.cr.fetchall()}
        self.assertLessEqual({"contract_line", "contract_contract"}, tables)
