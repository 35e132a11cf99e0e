# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from unittest import TestCase
from unittest.mock import patch

import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import dunning
from .common import CareCommon

NO_PRINTER = "Unable to find Wkhtmltopdf on this system."


@tagged("post_install", "-at_install")
class TestDunning(CareCommon):
    """Who does not pay is reminded, suspended, and served again when he pays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.care_overdue_days = 30
        cls.steps = cls.env["service.dunning.step"]
        for number in (1, 2, 3):
            cls.steps |= cls.env.ref(f"service_contracts.dunning_step_{number}")
        cls.steps.active = True
        cls.customer.email = "li@example.com"
        cls._create_run().action_run_now()
        cls.bill = cls.contract.billing_line_ids.move_id

    def _remind(self):
        before = self.env["service.dunning.letter"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("service_contracts.cron_remind").method_direct_trigger()
        return self.env["service.dunning.letter"].search([]) - before

    def _pay(self):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.bill.ids
        ).create({})._create_payments()
        self.bill._invoice_paid_hook()

    def test_a_bill_without_terms_is_due_on_its_day(self):
        """In the sandbox too, where the day is not the server's."""
        self.assertEqual(self.bill.invoice_date_due, self.bill.invoice_date)
        self.assertEqual(str(self.bill.invoice_date), "2026-11-20")

    def test_shipped_steps_wait_for_finance(self):
        self.steps.active = False
        self._pass_time(days=60)
        self.assertFalse(self._remind())

    def test_one_letter_a_step(self):
        self._pass_time(days=6)
        self.assertFalse(self._remind())
        self._pass_time(days=1)
        first = self._remind()
        self.assertEqual(first.step_id, self.steps[0])
        self.assertEqual(first.partner_id, self.customer)
        self.assertEqual(first.contract_ids, self.contract)
        self.assertEqual(first.amount, self.bill.amount_residual)
        self.assertEqual(first.state, "sent")
        mail = self.env["mail.mail"].search(
            [("model", "=", first._name), ("res_id", "=", first.id)]
        )
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertTrue(mail.attachment_ids, "the letter is attached")
        self.assertFalse(self._remind(), "not twice")
        self._pass_time(days=7)
        self.assertEqual(self._remind().step_id, self.steps[1])
        self._pay()
        self._pass_time(days=30)
        self.assertFalse(self._remind())
        self.assertEqual(first.amount_open, 0)

    def test_who_was_forgotten_gets_the_last_letter_only(self):
        self._pass_time(days=25)
        letter = self._remind()
        self.assertEqual(letter.step_id, self.steps[2])
        self.assertEqual(str(letter.suspend_on), "2026-12-21")

    def test_then_he_is_suspended_and_a_payment_resumes(self):
        self._pass_time(days=30)
        letter = self._remind()
        self.contract._follow_payment()
        self.assertEqual(self.contract.state, "active")
        self._pass_time(days=1)
        self.assertEqual(str(letter.suspend_on), str(self.company._service_today()))
        self.contract._follow_payment()
        self.assertEqual(self.contract.state, "suspended")
        self._pay()
        self.assertEqual(self.contract.state, "active")

    def test_without_an_address_it_is_printed(self):
        self.customer.email = False
        self._pass_time(days=7)
        letter = self._remind().with_user(self.finance)
        self.assertEqual(letter.state, "to_print")
        with self.assertRaisesRegex(UserError, "email address"):
            letter.action_send()
        action = letter.action_print()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(letter.state, "printed")
        with self.assertRaises(AccessError):
            letter.with_user(self.hotline).action_print()

    def _break_printing(self, *payers):
        """No PDF can be drawn for these payers, or for nobody."""
        reports = self.env.registry["ir.actions.report"]
        render = reports._render_qweb_pdf

        def broken(reports, report_ref, res_ids=None, data=None):
            letters = self.env["service.dunning.letter"].browse(res_ids)
            if not payers or letters.partner_id & self.env["res.partner"].concat(
                *payers
            ):
                raise UserError(NO_PRINTER)
            return render(reports, report_ref, res_ids=res_ids, data=data)

        return patch.object(reports, "_render_qweb_pdf", broken)

    def _get_mails(self, letter):
        return self.env["mail.mail"].search(
            [("model", "=", letter._name), ("res_id", "=", letter.id)]
        )

    def test_a_letter_that_cannot_be_drawn_stops_no_other(self):
        neighbour = self._create_subscribers(1)
        neighbour.partner_id.email = "wang@example.com"
        self._create_run(period="2026-12-01").action_run_now()
        self._pass_time(days=7)
        with self._break_printing(self.customer):
            letters = self._remind()
        bad = letters.filtered(lambda letter: letter.partner_id == self.customer)
        good = letters - bad
        self.assertEqual((bad.state, good.state), ("parked", "sent"))
        self.assertIn("Wkhtmltopdf", bad.parked_reason)
        self.assertIn("The administrator mends", bad.parked_reason)
        self.assertFalse(bad.sent_on)
        self.assertFalse(self._get_mails(bad))

        self._pass_time(days=1)
        with self._break_printing(self.customer):
            self.assertFalse(self._remind(), "nobody is told twice")
        self.assertEqual(bad.state, "parked")
        self.assertFalse(self._remind(), "the same letter goes out")
        self.assertEqual(bad.state, "sent")
        self.assertEqual(bad.sent_on, self.company._service_today())
        self.assertFalse(bad.parked_reason)
        self.assertEqual(len(self._get_mails(bad)), 1)
        self.assertEqual(len(self._get_mails(good)), 1)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_letter_the_mail_server_refuses_is_not_sent(self):
        self._pass_time(days=7)
        letter = self._remind()
        servers = self.registry["ir.mail_server"]
        with patch.object(servers, "_connect__", side_effect=OSError("no route")):
            self._get_mails(letter).send()
        self.assertEqual((letter.state, letter.sent_on), ("parked", False))
        self.assertIn("no route The administrator mends", letter.parked_reason)
        self._remind()
        self.assertEqual((letter.state, letter.parked_reason), ("sent", False))
        # that a colleague could not be told of the letter is no fault of the letter
        note = self._get_mails(letter)[0].copy({"is_notification": True})
        note._postprocess_sent_message([], [], failure_type="mail_smtp")
        self.assertEqual(letter.state, "sent")

    def test_a_parked_letter_is_tried_again_by_hand(self):
        self._pass_time(days=7)
        with self._break_printing():
            letter = self._remind().with_user(self.finance)
            self.assertEqual(letter.state, "parked")
            notice = letter.action_send()
            self.assertEqual(notice["tag"], "display_notification")
            self.assertIn(letter.name, notice["params"]["message"])
            self.assertEqual(letter.state, "parked")
        self.assertIs(letter.action_send(), True)
        self.assertEqual(letter.state, "sent")
        with self._break_printing():
            letter.action_send()
        self.assertEqual(letter.state, "sent", "what went out has gone out")
        self.assertEqual(len(self._get_mails(letter)), 1)

    def test_a_parked_letter_goes_on_paper(self):
        self._pass_time(days=7)
        with self._break_printing():
            letter = self._remind().with_user(self.finance)
        letter.action_print()
        self.assertEqual(letter.state, "printed")
        self.assertFalse(letter.parked_reason)

    def test_bills_wait_for_their_parked_letter(self):
        self._pass_time(days=7)
        with self._break_printing():
            first = self._remind()
            self._pass_time(days=7)
            self.assertFalse(self._remind(), "the first letter comes first")
        self.assertFalse(self._remind())
        self.assertEqual(first.state, "sent")
        self._pass_time(days=6)
        self.assertFalse(self._remind(), "a week after the first, not the day after")
        self._pass_time(days=1)
        self.assertEqual(self._remind().step_id, self.steps[1])

    def test_a_late_letter_tells_what_is_open_on_its_day(self):
        self._create_run(period="2026-12-01").action_run_now()
        later = self.contract.billing_line_ids.move_id - self.bill
        self._pass_time(days=7)
        with self._break_printing():
            letter = self._remind()
        self.assertEqual(letter.line_ids.move_id, self.bill + later)
        self._pay()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=later.ids
        ).create({"amount": later.amount_residual - 3})._create_payments()
        self._pass_time(days=2)
        self._remind()
        self.assertEqual(letter.state, "sent")
        self.assertEqual(letter.date, self.company._service_today())
        self.assertEqual(letter.line_ids.move_id, later)
        self.assertEqual(letter.amount, 3)

    def test_a_paper_letter_carries_the_day_it_is_printed(self):
        self.customer.email = False
        self._pass_time(days=7)
        letter = self._remind().with_user(self.finance)
        self._pass_time(days=10)
        self.assertFalse(self._remind(), "the first letter lies in the printer's tray")
        letter.action_print()
        self.assertEqual(letter.date, self.company._service_today())
        self._pass_time(days=1)
        letter.action_print()
        self.assertLess(letter.date, self.company._service_today(), "a copy stays")

    def test_nobody_is_reminded_of_what_is_paid(self):
        self.customer.email = False
        self._pass_time(days=7)
        letter = self._remind().with_user(self.finance)
        self._pay()
        with self.assertRaisesRegex(UserError, "all bills are paid"):
            letter.action_print()
        self.assertEqual(letter.state, "to_print")

    def test_a_parked_letter_rests_when_its_bills_are_paid(self):
        self._pass_time(days=7)
        with self._break_printing():
            letter = self._remind()
        self._pay()
        self._remind()
        self.assertEqual(letter.state, "parked")
        self.assertFalse(self._get_mails(letter))

    def test_the_letter_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["service_contracts", "web"], ["zh_CN"]
        )
        self.steps[0].with_context(lang="zh_CN").write({"name": "催缴通知"})
        self.customer.lang = "zh_CN"
        self._pass_time(days=7)
        letter = self._remind()
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "service_contracts.report_reminder", letter.ids
        )
        text = html.decode()
        for word in ("催缴通知", self.bill.name, letter.name, "合计"):
            self.assertIn(word, text)
        self.assertNotIn("Together", text)

    def test_the_reason_speaks_the_companys_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "zh_CN"
        self._pass_time(days=7)
        with self._break_printing():
            letter = self._remind()
            self.assertIn("管理员", letter.parked_reason)
            self._remind()
        self.assertIn("管理员", letter.parked_reason)

    def test_what_the_operator_pays_is_not_dunned(self):
        self._create_subscribers(2, payer="operator", operator_id=self.operator.id)
        self._create_run(period="2026-12-01").action_run_now()
        self._pass_time(days=90)
        self.assertEqual(self._remind().partner_id, self.customer)

    def test_two_steps_of_one_day(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self.steps[0].copy()


class TestDunningTools(TestCase):
    ladder = (dunning.Step(1, 7), dunning.Step(2, 14), dunning.Step(3, 21))

    def test_highest_reached(self):
        for overdue, told, expected in (
            (6, {}, None),
            (7, {}, 1),
            (13, {1: 7}, None),
            (14, {1: 7}, 2),
            (40, {}, 3),
            (40, {3: 21}, None),
            (14, {3: 21}, None),
            # out four days late: so are those after it
            (17, {1: 11}, None),
            (18, {1: 11}, 2),
            (25, {1: 11, 2: 18}, 3),
            # a step that was shortened meanwhile speeds nothing up
            (14, {1: 5}, 2),
        ):
            with self.subTest(overdue=overdue, told=told):
                step = dunning.step_due(self.ladder, overdue, told)
                self.assertEqual(step and step.key, expected)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.integers(0, 60), max_size=30))
    def test_never_twice_and_never_back(self, days):
        told = {}
        for overdue in sorted(days):
            step = dunning.step_due(self.ladder, overdue, told)
            if step:
                self.assertTrue(all(step.key > key for key in told))
                told[step.key] = overdue
