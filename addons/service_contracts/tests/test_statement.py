# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
import csv
import io
from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.after_sales_service.tests.common import rules

from ..tools.statement import Charge, Difference, Stated, differences
from .common import CareCommon


class OperatorCommon(CareCommon):
    """Three subscribers of the operator, on two plans, billed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        road = {"payer": "operator", "operator_id": cls.operator.id}
        gold = cls._create_plan(code="GOLD", name="Gold", fee=30.0)
        cls.subscribers = cls._create_subscribers(2, **road)
        cls.golden = cls._create_subscribers(1, plan_id=gold.id, **road)
        for number, contract in enumerate(cls.subscribers + cls.golden):
            contract.broadband_account = f"A-{number}"
        cls._create_run().action_run_now()
        cls.settlements = (
            (cls.subscribers + cls.golden)
            .billing_line_ids.settlement_id.with_user(cls.finance)
            .sorted("amount")
        )


@tagged("post_install", "-at_install")
class TestStatement(OperatorCommon):
    """The operator sends one list of what it collected; it is held against ours."""

    def _read(self, text, **vals):
        return (
            self.env["service.settlement.statement"]
            .with_user(self.finance)
            .create(
                {
                    "settlement_id": self.settlements[0].id,
                    "reference": "T-2026-11",
                    "file": base64.b64encode(text.encode()),
                    "filename": "statement.csv",
                    **vals,
                }
            )
            .action_import()
        )

    @rules("CON-20")
    def test_equal_list_agrees_every_plan_of_the_operator(self):
        plain, gold = self.settlements
        self._read("account,amount\nA-0,10\nA-1,10.00\nA-2,30\n")
        self.assertEqual(set(self.settlements.mapped("state")), {"agreed"})
        self.assertEqual((plain.statement_count, plain.statement_amount), (2, 20.0))
        self.assertEqual((gold.statement_count, gold.statement_amount), (1, 30.0))
        self.assertEqual(plain.statement_ref, "T-2026-11")
        self.assertFalse(self.settlements.statement_line_ids)
        with self.assertRaisesRegex(UserError, "agreed"):
            self._read("account,amount\nA-0,10\n")

    def test_every_difference_is_listed(self):
        plain, gold = self.settlements
        self._read("account,amount\nA-0,9\nA-7,12\nA-2,30\n")
        self.assertEqual(gold.state, "agreed")
        self.assertEqual(plain.state, "differences")
        self.assertEqual(
            {
                (row.kind, row.account, row.line, row.amount_charged, row.amount_stated)
                for row in plain.statement_line_ids
            },
            {
                ("amount", "A-0", 2, 10.0, 9.0),
                ("ours", "A-1", 0, 10.0, 0.0),
                ("theirs", "A-7", 3, 0.0, 12.0),
            },
        )
        self.assertEqual(
            plain.statement_line_ids.filtered("contract_id").contract_id,
            self.subscribers,
        )
        self.assertTrue(plain.message_attachment_count, "the file is kept")
        # a corrected list takes the place of the first
        self._read("account,amount\nA-0,10\nA-1,10\n")
        self.assertEqual(plain.state, "agreed")

    def test_equal_sums_do_not_hide_differing_accounts(self):
        plain = self.settlements[0]
        self._read("account,amount\nA-0,15\nA-1,5\nA-2,30\n")
        self.assertEqual(plain.difference_amount, 0)
        self.assertEqual(plain.state, "differences")
        with self.assertRaisesRegex(UserError, "how the difference"):
            plain.action_agree()
        plain.note = "The operator mends it in December."
        plain.action_agree()
        self.assertEqual(plain.state, "agreed")

    def test_a_line_that_cannot_be_read_compares_nothing(self):
        with self.assertRaises(UserError) as caught:
            self._read("account,amount\nA-0,10\nA-1,ten\n,5\nA-2,nan\n")
        for word in ("line 3", "ten", "line 4", "line 5"):
            self.assertIn(word, str(caught.exception))
        self.assertEqual(set(self.settlements.mapped("state")), {"posted"})
        with self.assertRaisesRegex(UserError, "Missing: amount"):
            self._read("account\nA-0\n")
        self.settlements.run_id.flush_recordset()
        with self.assertRaises(AccessError):
            self.settlements[0].with_user(self.manager).action_open_statement()

    @rules("CON-20")
    def test_charges_as_a_file(self):
        self.subscribers[0].broadband_account = "=1+1"
        rows = list(
            csv.reader(
                io.StringIO(self.settlements[0]._get_charges_csv().decode("utf-8-sig"))
            )
        )
        self.assertEqual(len(rows), 3)
        self.assertEqual(
            [row[0] for row in rows], ["Account", "'=1+1", "A-1"], "never a formula"
        )
        self.assertEqual(rows[2][3:], ["2026-11-01", "2026-11-30", "10.00"])


@tagged("post_install", "-at_install")
class TestOperatorPortal(OperatorCommon, HttpCase):
    def test_an_operator_sees_its_own_settlements(self):
        for login, partner in (
            ("telecom", self.operator),
            (
                "rival",
                self.env["res.partner"].create({"name": "R", "is_company": True}),
            ),
        ):
            user = new_test_user(
                self.env, login=login, password=login, groups="base.group_portal"
            )
            user.partner_id.parent_id = partner
        settlement = self.settlements[0]
        path = f"/my/settlements/{settlement.id}/charges"
        self.authenticate("telecom", "telecom")
        page = self.url_open("/my/settlements").text
        for word in (settlement.name, "Gold", "2026-11"):
            self.assertIn(word, page)
        charges = self.url_open(path)
        self.assertIn("text/csv", charges.headers["Content-Type"])
        self.assertIn("A-1", charges.text)
        self.assertIn("/my/settlements", self.url_open("/my/home").text)
        self.authenticate("rival", "rival")
        self.assertNotIn(settlement.name, self.url_open("/my/settlements").text)
        self.assertNotIn("A-1", self.url_open(path).text)
        self.authenticate(None, None)
        self.assertNotIn("A-1", self.url_open(path).text)


class TestStatementTools(TestCase):
    def test_equal_amounts_belong_together(self):
        charges = [Charge(1, "A", 10.0), Charge(2, "A", 12.0), Charge(3, "B", 5.0)]
        stated = [Stated(2, "A", 12.0), Stated(3, "A", 9.0), Stated(4, "C", 1.0)]
        self.assertEqual(
            differences(charges, stated),
            [
                Difference("amount", "A", 1, 3, 10.0, 9.0),
                Difference("ours", "B", 3, None, 5.0),
                Difference("theirs", "C", None, 4, 0.0, 1.0),
            ],
        )
        self.assertEqual(differences(charges, []), differences(charges, iter([])))
        self.assertFalse(differences([Charge(1, "A", 10.0)], [Stated(2, "A", 10.004)]))

    rows = st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(1, 4).map(float)), max_size=12
    )

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows, rows)
    def test_differences_explain_the_sums(self, ours, theirs):
        found = differences(
            [Charge(n, *row) for n, row in enumerate(ours)],
            [Stated(n, *row) for n, row in enumerate(theirs)],
        )
        self.assertAlmostEqual(
            sum(row.stated - row.charged for row in found),
            sum(row[1] for row in theirs) - sum(row[1] for row in ours),
        )
        self.assertEqual(not found, sorted(ours) == sorted(theirs))
