# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.checklist import Answer, Item, gates_until, judge, read_number
from ..tools.training import split_hours
from .common import rules

HOURS = st.integers(min_value=0, max_value=400).map(lambda quarters: quarters / 4)


@tagged("post_install", "-at_install")
class TestChecklistTools(BaseCase):
    def test_numbers_as_people_type_them(self):
        for text in ("2.5", " 2,5 ", "２．５"):
            self.assertEqual(read_number(text), 2.5)
        for text in ("", "wide", "nan", "inf"):
            with self.assertRaises(ValueError):
                read_number(text)

    @rules("INS-02", "INS-11")
    def test_limits_belong_to_what_is_allowed(self):
        route = Item("number", high=2.5)
        self.assertEqual(judge(route, Answer(text="2.5")), "ok")
        self.assertEqual(judge(route, Answer(text="2.51")), "out")
        self.assertEqual(judge(route, Answer()), "open")
        distance = Item("number", low=15)
        self.assertEqual(judge(distance, Answer(text="15")), "ok")
        self.assertEqual(judge(distance, Answer(text="14.9")), "out")

    @rules("VIS-12", "VIS-17")
    def test_a_consent_has_a_name(self):
        for item, given_without_name in (
            (Item("consent"), Answer(ticked=True)),
            (Item("signature"), Answer(image=True)),
        ):
            self.assertEqual(judge(item, given_without_name), "open")
            named = Answer(ticked=True, image=True, name="李明")
            self.assertEqual(judge(item, named), "ok")

    def test_every_gate_includes_the_earlier_ones(self):
        self.assertEqual(gates_until("depart"), ("depart",))
        self.assertEqual(gates_until("done"), ("depart", "start", "done"))

    @rules("TRN-01")
    @given(promised=HOURS, used=HOURS, hours=HOURS)
    def test_no_hour_is_lost_and_none_free_beyond_the_promise(
        self, promised, used, hours
    ):
        free, paid = split_hours(promised, used, hours)
        self.assertEqual(free + paid, hours)
        self.assertGreaterEqual(min(free, paid), 0)
        self.assertLessEqual(free, max(promised - used, 0))
        self.assertFalse(paid and free < max(promised - used, 0))

    def test_negative_hours_are_refused(self):
        with self.assertRaises(ValueError):
            split_hours(60, 0, -1)
