# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
import io
from datetime import date

import openpyxl
import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.after_sales_service.tests.common import rules

from ..tools import periods
from .common import CareCommon


@tagged("post_install", "-at_install")
class TestContractLife(CareCommon):
    """The company's clock stands on 20 November 2026; a month costs 10."""

    def _bill(self, **vals):
        run = self._create_run(**vals)
        run.action_run_now()
        return run

    # === Rhythm and terms ===

    def test_quarter_half_year_and_year(self):
        plan = self._create_plan(
            code="LONG", fee_quarter=27.0, fee_half_year=50.0, fee_year=90.0
        )
        contracts = [
            self._create_contract(plan_id=plan.id, billing_period=period)
            for period in ("quarterly", "semesterly", "yearly")
        ]
        for contract in contracts:
            contract.action_activate()
        self._bill()
        self.assertEqual(
            [
                (row.amount, str(row.period_end))
                for contract in contracts
                for row in contract.billing_line_ids
            ],
            [(27.0, "2027-01-31"), (50.0, "2027-04-30"), (90.0, "2027-10-31")],
        )
        with self.assertRaisesRegex(UserError, "no fee for this rhythm"):
            self._create_contract(billing_period="yearly").action_activate()

    def test_sold_only_in_its_time(self):
        plan = self._create_plan(code="XMAS", sale_start="2026-12-01")
        contract = self._create_contract(plan_id=plan.id)
        with self.assertRaisesRegex(UserError, "sold from 2026-12-01"):
            contract.action_activate()
        self._pass_time(days=15)
        contract.action_activate()
        self.assertEqual(contract.state, "active")

    def test_equipment_limit(self):
        plan = self._create_plan(code="ONE", equipment_limit=1)
        second = self.equipment.copy({"serial": "SECOND-1"})
        with self.assertRaisesRegex(ValidationError, "2 machines.*covers 1"):
            self._create_contract(
                plan_id=plan.id, equipment_ids=(self.equipment + second).ids
            )

    def test_waiting_period_is_paid_and_not_covered(self):
        plan = self._create_plan(code="WAIT", waiting_days=30)
        contract = self._create_contract(plan_id=plan.id)
        contract.action_activate()
        self.assertFalse(contract._is_covering_on(date(2026, 11, 30)))
        self.assertTrue(contract._is_covering_on(date(2026, 12, 1)))

    # === Change, end, transfer ===

    def test_change_of_plan_in_mid_period_is_prorated_to_the_day(self):
        self._bill()
        plan = self._create_plan(code="GOLD", name="Gold", fee=30.0)
        wizard = (
            self.env["service.plan.change"]
            .with_user(self.manager)
            .create({"contract_id": self.contract.id, "plan_id": plan.id})
        )
        # 20 to 30 November are 11 of 30 days
        self.assertEqual((wizard.credit, wizard.fee), (3.67, 30.0))
        wizard.action_confirm()
        row = self.contract.billing_line_ids
        self.assertEqual((row.state, row.amount_credited), ("credited", 3.67))
        note = row.invoice_line_ids.move_id - row.move_id
        self.assertEqual(
            (note.move_type, note.state, note.reversed_entry_id),
            ("out_refund", "posted", row.move_id),
        )
        self.assertIn("11/20/2026", note.invoice_line_ids.name)
        self.assertEqual(self.contract.plan_id, plan)
        self._bill(period="2026-12-01")
        rows = self.contract.billing_line_ids.sorted("period_start")
        self.assertEqual(
            [(str(r.period_start), r.plan_id.code, r.amount) for r in rows],
            [
                ("2026-11-01", "CARE", 10.0),
                ("2026-11-20", "GOLD", 30.0),
                ("2026-12-20", "GOLD", 30.0),
            ],
        )
        with self.assertRaisesRegex(UserError, "already"):
            self.contract._change_plan(plan, "monthly")
        with self.assertRaises(AccessError):
            self.contract.with_user(self.hotline)._change_plan(self.plan, "monthly")

    def test_change_before_the_bill_bills_the_old_plan_to_yesterday(self):
        plan = self._create_plan(code="GOLD", fee=30.0)
        self.contract._change_plan(plan, "monthly")
        self._bill()
        rows = self.contract.billing_line_ids.sorted("period_start")
        # 1 to 19 November: 19 of 30 days
        self.assertEqual(rows.mapped("amount"), [6.33, 30.0])
        self.assertEqual(str(rows[0].period_end), "2026-11-19")

    def test_early_end_gives_back_what_is_paid_beyond(self):
        self._bill()
        self._bill(period="2026-12-01")
        wizard = (
            self.env["service.contract.end"]
            .with_user(self.manager)
            .create(
                {
                    "contract_id": self.contract.id,
                    "last_day": "2026-11-20",
                    "reason": "Moves abroad",
                }
            )
        )
        self.assertEqual(wizard.credit, 13.33)
        wizard.action_confirm()
        self.assertEqual(self.contract.state, "ended")
        self.assertEqual(
            set(self.contract.billing_line_ids.mapped("state")), {"credited"}
        )
        credited = sum(self.contract.billing_line_ids.mapped("amount_credited"))
        self.assertAlmostEqual(credited, 13.33)
        run = self._bill(period="2027-01-01")
        self.assertFalse(run.line_ids)
        with self.assertRaisesRegex(UserError, "running contract"):
            self.contract._end_early(date(2026, 11, 20), "again")
        other = self._create_subscribers(1)
        with self.assertRaisesRegex(UserError, "which is over"):
            other._end_early(date(2026, 11, 10), "late")

    def test_reversal_by_hand_marks_the_period(self):
        self._bill()
        row = self.contract.billing_line_ids
        row.move_id._reverse_moves([{"invoice_date": row.move_id.invoice_date}])
        refund = row.move_id.reversal_move_ids
        refund._post(soft=False)
        self.assertEqual((row.state, row.amount_credited), ("credited", 10.0))
        self.assertEqual(self.contract._get_unused(date(2026, 11, 20)), 0.0)
        run = self._create_run(period="2026-12-01")
        run.action_run_now()
        self.assertEqual(len(self.contract.billing_line_ids), 2, "never billed again")

    def test_transfer_leaves_the_past_with_who_had_it(self):
        self._bill()
        heir = self.env["res.partner"].create({"name": "王芳"})
        self.env["service.contract.transfer"].with_user(self.manager).create(
            {
                "contract_id": self.contract.id,
                "partner_id": heir.id,
                "reason": "Flat sold",
            }
        ).action_confirm()
        self._bill(period="2026-12-01")
        rows = self.contract.billing_line_ids.sorted("period_start")
        self.assertEqual(rows.partner_id, self.customer + heir)
        self.assertEqual(rows[1].move_id.partner_id, heir)
        self.assertEqual(self.contract.name, "Broadband Care · 王芳")

    # === Phases and commitments ===

    @rules("CON-15")
    def test_phases_switch_programme_and_price(self):
        trial = self.env["service.program"].create({"name": "Trial", "code": "TRIAL"})
        contract = self._create_contract(
            date_start="2026-10-01",
            phase_ids=[
                Command.create(
                    {
                        "kind": "implementation",
                        "date_start": "2026-10-01",
                        "date_end": "2026-10-31",
                    }
                ),
                Command.create(
                    {
                        "kind": "trial",
                        "date_start": "2026-11-01",
                        "date_end": "2026-11-30",
                        "program_id": trial.id,
                        "fee": 5.0,
                    }
                ),
                Command.create(
                    {"kind": "warranty", "date_start": "2026-12-01", "fee": 20.0}
                ),
            ],
        )
        contract.action_activate()
        self.assertEqual(contract._get_programs_on(date(2026, 11, 5)), trial)
        self.assertEqual(
            contract._get_programs_on(date(2026, 12, 5)), self.plan.program_id
        )
        self._bill(period="2026-12-01")
        self.assertEqual(
            [
                (str(row.period_start), row.amount)
                for row in contract.billing_line_ids.sorted("period_start")
            ],
            [("2026-11-01", 5.0), ("2026-12-01", 20.0)],
        )
        with self.assertRaisesRegex(ValidationError, "the day after"):
            contract.phase_ids[2].date_start = "2026-12-05"

    @rules("CON-16")
    def test_trial_begun_anew_moves_what_follows(self):
        contract = self._create_contract(
            phase_ids=[
                Command.create(
                    {
                        "kind": "trial",
                        "date_start": "2026-11-01",
                        "date_end": "2026-11-30",
                    }
                ),
                Command.create(
                    {"kind": "warranty", "date_start": "2026-12-01", "fee": 20.0}
                ),
            ],
        )
        contract.action_activate()
        self.env["service.trial.restart"].with_user(self.manager).create(
            {
                "contract_id": contract.id,
                "reason": "The switch burnt",
                "our_side": "张工",
                "vendor_expert": "Dr. Chen",
                "customer_side": "刘工",
            }
        ).action_confirm()
        phases = contract.phase_ids.sorted("date_start")
        self.assertEqual(
            [(p.kind, str(p.date_start), str(p.date_end)) for p in phases],
            [
                ("trial", "2026-11-01", "2026-11-19"),
                ("trial", "2026-11-20", "2026-12-19"),
                ("warranty", "2026-12-20", "False"),
            ],
        )
        self.assertTrue(phases[0].restarted)
        self.assertIn("Dr. Chen", phases[0].agreed_by)
        self.assertEqual(
            str(contract.contract_line_ids.recurring_next_date), "2026-12-20"
        )
        with self.assertRaisesRegex(UserError, "no trial run"):
            contract._restart_trial("again", "all")

    @rules("CON-18", "CON-22")
    def test_every_using_unit_gets_one_copy(self):
        contact = self.env["res.partner"].create({"name": "General contact"})
        self.contract.write(
            {
                "project_contact_id": contact.id,
                "service_contact_id": contact.id,
                "commitment_ids": [
                    Command.create(
                        {"partner_id": self.customer.id, "handed_on": "2026-11-02"}
                    )
                ],
            }
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self.contract.commitment_ids.copy()

    @rules("CON-18", "CON-19")
    def test_the_set_is_printed_for_the_unit_in_its_language(self):
        """Commitment, service items and guarantee measures, to be signed."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["service_contracts"], ["zh_CN"]
        )
        self.customer.lang = "zh_CN"
        self.contract.commitment_ids = [
            Command.create({"partner_id": self.customer.id})
        ]
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            ._render_qweb_html(
                "service_contracts.report_commitment", self.contract.commitment_ids.ids
            )
        )
        text = html.decode()
        promise = self.plan.program_id.policy_ids[:1]
        self.assertTrue(promise)
        for word in (
            "服务承诺",
            "服务项目",
            "服务保证措施",
            self.customer.name,
            self.contract.code,
            promise.with_context(lang="zh_CN").name,
            "20.00",
        ):
            self.assertIn(word, text)
        self.assertNotIn("Without limit", text)

    # === Dunning ===

    def test_overdue_is_suspended_and_the_payment_resumes(self):
        self.company.care_overdue_days = 10
        self._bill()
        move = self.contract.billing_line_ids.move_id
        self._pass_time(days=5)
        self.contract._follow_payment()
        self.assertEqual(self.contract.state, "active")
        self._pass_time(days=10)
        with self.enter_registry_test_mode():
            self.env.ref("service_contracts.cron_dun").method_direct_trigger()
        self.assertEqual(self.contract.state, "suspended")
        self.assertEqual(self.contract.suspension_ids.reason, "overdue")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        move._invoice_paid_hook()
        self.assertEqual(self.contract.state, "active")
        self.assertTrue(self.contract.suspension_ids.date_to)

    # === Import ===

    def _import(self, lines, filename="subscribers.csv", **vals):
        content = "\n".join(lines).encode()
        return (
            self.env["service.subscriber.import"]
            .with_user(self.manager)
            .create({"file": base64.b64encode(content), "filename": filename, **vals})
        )

    def test_three_bad_lines_of_a_thousand(self):
        lines = ["customer,plan,account,operator,phone,period,start"]
        lines += [
            f"Subscriber {n},CARE,A-{n},Telecom,0552{n},,2026-11-01"
            for n in range(1000)
        ]
        lines[10] = "Bad plan,NONE,A-9,Telecom,1,,2026-11-01"
        lines[20] = "Twice,CARE,A-5,Telecom,1,,2026-11-01"
        lines[30] = ",CARE,A-29,Telecom,1,,31.11.2026"
        wizard = self._import(lines)
        before = self.env["contract.contract"].search_count([])
        people = self.env["res.partner"].search_count([])
        wizard.action_check()
        self.assertEqual((wizard.good_count, wizard.bad_count), (997, 3))
        self.assertEqual(
            wizard.problem_ids.mapped("number"), [11, 21, 31], "lines of the file"
        )
        self.assertIn("NONE", wizard.problem_ids[0].problem)
        self.assertIn("line 7", wizard.problem_ids[1].problem)
        self.assertIn("name is missing", wizard.problem_ids[2].problem)
        self.assertIn("is no date", wizard.problem_ids[2].problem)
        self.assertEqual(self.env["contract.contract"].search_count([]), before)
        self.assertEqual(self.env["res.partner"].search_count([]), people)

    def test_confirmed_import_writes_and_activates(self):
        wizard = self._import(
            [
                "客户;plan;account;operator;payer",
                "赵一;CARE;N-1;Telecom;operator",
                "钱二;CARE;N-2;;",
            ]
        )
        with self.assertRaisesRegex(UserError, "Missing: customer"):
            wizard.action_check()
        with self.assertRaisesRegex(UserError, "Check the file first"):
            wizard.action_import()
        wizard.file = base64.b64encode(
            "customer;plan;account;operator;payer\n赵一;CARE;N-1;Telecom;operator\n"
            "钱二;CARE;N-2;;".encode("gb18030")
        )
        wizard.activate = True
        wizard.action_check()
        self.assertFalse(wizard.problem_ids, wizard.problem_ids.mapped("problem"))
        wizard.action_import()
        contracts = self.env["contract.contract"].search(
            [("broadband_account", "in", ["N-1", "N-2"])], order="id"
        )
        self.assertEqual(contracts.mapped("state"), ["active", "active"])
        self.assertEqual(contracts.partner_id.mapped("name"), ["赵一", "钱二"])
        self.assertEqual(contracts.mapped("payer"), ["operator", "customer"])

    def test_import_of_a_workbook(self):
        book = openpyxl.Workbook()
        book.active.append(["Customer", "Plan", "Start", "Account"])
        book.active.append(["孙三", "CARE", date(2026, 11, 1), 5520001])
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._import(["empty"])
        wizard.file = base64.b64encode(stream.getvalue())
        wizard.action_check()
        self.assertFalse(wizard.problem_ids, wizard.problem_ids.mapped("problem"))
        wizard.action_import()
        contract = self.env["contract.contract"].search(
            [("broadband_account", "=", "5520001")]
        )
        self.assertEqual(str(contract.date_start), "2026-11-01")
        wizard.file = base64.b64encode(b"PK nothing")
        with mute_logger("odoo"), self.assertRaisesRegex(UserError, "cannot be read"):
            wizard._read_rows()

    def test_columns_that_are_not_known_are_named(self):
        """Nobody finds out next month that the account numbers were not read."""
        wizard = self._import(["customer,plan,Acount,", "赵一,CARE,N-1,"])
        wizard.action_check()
        self.assertEqual(wizard.skipped_columns, "Acount")
        wizard.file = base64.b64encode(b"customer,plan,account\nA,CARE,N-1")
        wizard.action_check()
        self.assertFalse(wizard.skipped_columns)
        self.assertEqual(wizard.good_count, 1)

    def test_import_in_the_users_words(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["service_contracts"], ["zh_CN"]
        )
        wizard = self._import(["客户,套餐,运营商,付款方", "赵一,CARE,Telecom,运营商"])
        wizard = wizard.with_context(lang="zh_CN")
        wizard.action_check()
        self.assertFalse(wizard.problem_ids, wizard.problem_ids.mapped("problem"))
        action = wizard.action_import()
        contract = self.env["contract.contract"].search(action["domain"])
        self.assertEqual(contract.payer, "operator")

    # === Arithmetic ===

    def test_shares_of_a_period(self):
        full = periods.Period(date(2026, 2, 1), date(2026, 2, 28))
        self.assertEqual(periods.unused(full, date(2026, 2, 14)), 0.5)
        self.assertEqual(periods.unused(full, date(2026, 1, 1)), 1.0)
        self.assertEqual(periods.unused(full, date(2026, 3, 1)), 0.0)
        cut = periods.Period(date(2026, 2, 1), date(2026, 2, 7), date(2026, 2, 28))
        self.assertEqual((full.share, cut.share), (1.0, 0.25))
