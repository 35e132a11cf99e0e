# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.after_sales_service.tests.common import rules

from ..tools import charge, gate, quantity, returns

standings = st.builds(
    gate.Standing,
    consent=st.booleans(),
    quote=st.booleans(),
    payment=st.booleans(),
    approval=st.booleans(),
    approved=st.integers(0, 5).map(float),
    used=st.integers(0, 5).map(float),
)


@tagged("post_install", "-at_install")
class TestTools(BaseCase):
    @rules("RMA-05")
    def test_week_changes_on_monday_and_over_new_year(self):
        self.assertEqual(returns.week_of(date(2026, 11, 22)), "2026-W47")
        self.assertEqual(returns.week_of(date(2026, 11, 23)), "2026-W48")
        self.assertEqual(returns.week_of(date(2027, 1, 3)), "2026-W53")
        self.assertEqual(returns.next_week("2026-W53"), "2027-W01")

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    def test_next_week_is_seven_days_on(self, day):
        self.assertEqual(
            returns.next_week(returns.week_of(day)),
            returns.week_of(day + timedelta(days=7)),
        )
        self.assertLessEqual(returns.week_start(returns.week_of(day)), day)

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
    def test_piece_goes_to_the_first_return_that_is_open(self, day, closed):
        weeks = [returns.week_of(day + timedelta(days=7 * n)) for n in range(closed)]
        self.assertEqual(
            returns.pick_week(day, set(weeks)),
            returns.week_of(day + timedelta(days=7 * closed)),
        )

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
    def test_return_opens_on_its_weekday_and_stays_open(self, day, weekday):
        self.assertEqual(returns.is_open_day(day, weekday), day.weekday() >= weekday)

    @rules("OOW-14")
    def test_gate_names_the_steps_in_their_order(self):
        self.assertEqual(
            gate.missing("chargeable", gate.Standing(), 1),
            ("consent", "quote", "payment", "approval"),
        )
        whole = gate.Standing(True, True, True, True, approved=1, used=0)
        self.assertEqual(gate.missing("chargeable", whole, 1), ())
        self.assertEqual(gate.missing("chargeable", whole, 2), ("quantity",))

    @given(standings, st.integers(1, 5))
    def test_gate_opens_only_when_everything_is_there(self, standing, wanted):
        for verdict in ("warranty", "plan", "goodwill", None):
            self.assertFalse(gate.missing(verdict, standing, wanted))
        done = all(getattr(standing, step) for step in gate.STEPS[:-1])
        enough = standing.used + wanted <= standing.approved
        self.assertEqual(
            not gate.missing("chargeable", standing, wanted), done and enough
        )

    @rules("OOW-10", "OOW-17")
    def test_charge_states(self):
        bill = {"verdict": "chargeable", "quote": True, "price": 5, "list_price": 5}
        paid = {"invoice": True, "payment_state": "paid"}
        for expected, vals in (
            ("covered", {"verdict": "warranty"}),
            ("covered", {}),
            ("no_quote", {"verdict": "chargeable"}),
            ("price_differs", {**bill, "price": 6, **paid}),
            ("not_invoiced", bill),
            ("unpaid", {**bill, "invoice": True, "payment_state": "not_paid"}),
            ("settled", {**bill, **paid}),
        ):
            self.assertEqual(charge.charge_state(charge.Charge(**vals)), expected)

    @rules("PRT-03")
    @given(*[st.integers(0, 10**6)] * 3)
    def test_proposal_is_whole_and_never_negative(self, repaired, sold, on_hand):
        proposal = quantity.propose(repaired, sold, on_hand)
        self.assertGreaterEqual(proposal, 0)
        self.assertGreaterEqual(proposal + on_hand, repaired)
        if on_hand >= repaired + sold:
            self.assertEqual(proposal, 0)
