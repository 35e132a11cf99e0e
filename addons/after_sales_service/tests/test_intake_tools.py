# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..tools.intake import Case, delivery_mode, is_phone, phone_key, repeats

DAY = datetime(2026, 11, 20)


class TestPhone(unittest.TestCase):
    def test_one_number_has_one_key_however_it_is_written(self):
        keys = {
            phone_key(text)
            for text in (
                "+86 552 312 4567",
                "0552-3124567",
                "00865523124567",
                "5523124567",
            )
        }
        self.assertEqual(keys, {"7654213255"})

    def test_a_mobile_keeps_its_eleven_digits(self):
        self.assertEqual(phone_key("+86 138 0013 8000"), phone_key("13800138000"))

    def test_words_and_house_numbers_are_no_phone(self):
        for text in ("", None, "李明", "1234", "PC0001", "12345A"):
            self.assertFalse(is_phone(text or ""), text)

    @given(st.integers(10**9, 10**10 - 1), st.integers(5, 10))
    def test_the_last_digits_begin_the_key(self, number, count):
        tail = str(number)[-count:].lstrip("0")
        self.assertTrue(phone_key(str(number)).startswith(tail[::-1]))


class TestRepeats(unittest.TestCase):
    @given(
        st.lists(
            st.tuples(st.integers(0, 60), st.integers(0, 3), st.integers(0, 3)),
            max_size=12,
        ),
        st.integers(0, 30),
    )
    def test_a_repeat_is_earlier_near_and_alike(self, rows, days):
        cases = [
            Case(key, DAY + timedelta(days=at), machine, customer, frozenset({1}))
            for key, (at, machine, customer) in enumerate(rows, 1)
        ]
        by_key = {case.key: case for case in cases}
        found = repeats(cases, cases, dict.fromkeys(by_key, days))
        for key, other in found.items():
            late, early = by_key[key], by_key[other]
            self.assertNotEqual(key, other)
            self.assertLessEqual(early.reported_at, late.reported_at)
            self.assertLessEqual(
                late.reported_at - early.reported_at, timedelta(days=days)
            )
            self.assertTrue(
                late.equipment == early.equipment != 0
                or late.customer == early.customer != 0
            )
        if not days:
            self.assertEqual(found, {})


class TestWay(unittest.TestCase):
    def test_hardware_and_wishes_bring_somebody(self):
        self.assertEqual(delivery_mode("hardware", False), "onsite")
        self.assertEqual(delivery_mode("software", True), "onsite")
        self.assertEqual(delivery_mode("system", False), "remote")
        self.assertEqual(delivery_mode(None, False), "onsite")
