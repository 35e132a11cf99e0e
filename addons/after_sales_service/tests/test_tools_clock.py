# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import clock, holiday
from .common import rules

START = datetime(2026, 11, 20, 2, 0)
HOUR = timedelta(hours=1)


def _events(*pairs):
    """Events as (kind, hours after START)."""
    return [(kind, START + hours * HOUR) for kind, hours in pairs]


@tagged("post_install", "-at_install")
class TestReading(BaseCase):
    @rules("SHOP-10")
    def test_a_promise_that_repeats_begins_anew_at_every_note(self):
        promise = clock.Promise(
            "noted", "restored", 2, "day", repeat_event="noted", pausable=False
        )
        told = _events(("noted", 0), ("noted", 47))
        reading = clock.read(promise, told, START + 50 * HOUR)
        self.assertEqual(
            (reading.state, reading.deadline), ("running", START + (47 + 48) * HOUR)
        )
        late = clock.read(promise, [*told, *_events(("noted", 96))], START + 97 * HOUR)
        self.assertEqual(late.state, "running")
        done = clock.read(
            promise,
            [*told, *_events(("noted", 96), ("restored", 100))],
            START + 101 * HOUR,
        )
        # One hour late once: kept at the end, yet the promise was missed.
        self.assertEqual((done.state, done.overrun), ("missed", 60))

    @rules("SLA-17")
    def test_what_is_only_measured_has_no_deadline(self):
        promise = clock.Promise("responded", "restored", 0, measured=True)
        waiting = clock.read(promise, _events(("reported", 0)), START + HOUR)
        self.assertEqual(waiting.state, "waiting")
        # The first contact may be the appointment.
        events = _events(("reported", 0), ("appointed", 1))
        running = clock.read(promise, events, START + 2 * HOUR)
        self.assertEqual((running.state, running.deadline), ("running", None))
        done = clock.read(promise, [*events, *_events(("restored", 4))], START)
        self.assertEqual((done.state, done.duration), ("met", 180))

    @rules("SLA-15", "T-05")
    def test_at_once_means_within_the_minute(self):
        promise = clock.Promise("reported", "submitted", 0)
        for seconds, state in ((60, "met"), (61, "missed")):
            stop = START + timedelta(seconds=seconds)
            events = [("reported", START), ("submitted", stop)]
            self.assertEqual(clock.read(promise, events, stop).state, state)

    def test_the_warning_falls_due_in_opening_time(self):
        daily = clock.Calendar("Asia/Shanghai", dict.fromkeys(range(7), ((480, 1080),)))
        promise = clock.Promise(
            "reported", "restored", 4, "hour", daily, warn_share=0.75
        )
        # 17:00 in Shanghai: one hour today, three tomorrow from 08:00.
        reported = datetime(2026, 11, 20, 9, 0)
        reading = clock.read(promise, [("reported", reported)], reported)
        self.assertEqual(reading.deadline, datetime(2026, 11, 21, 3, 0))
        self.assertEqual(reading.warn_at, datetime(2026, 11, 21, 2, 0))

    @given(
        share=st.floats(0.01, 0.99),
        amount=st.integers(1, 600),
        unit=st.sampled_from(["minute", "hour", "day", "working_day"]),
        pause=st.tuples(st.integers(0, 500), st.integers(1, 500)),
    )
    @settings(max_examples=80, deadline=None)
    def test_the_warning_comes_after_the_start_and_before_the_deadline(
        self, share, amount, unit, pause
    ):
        amount = amount if unit == "minute" else 1 + amount % 20
        promise = clock.Promise("reported", "restored", amount, unit, warn_share=share)
        begin = START + timedelta(minutes=pause[0])
        events = [
            ("reported", START),
            ("paused", begin),
            ("resumed", begin + timedelta(minutes=pause[1])),
        ]
        reading = clock.read(promise, events, START + timedelta(days=999))
        self.assertLess(START, reading.warn_at)
        self.assertLess(reading.warn_at, reading.deadline)

    def test_the_steps_of_a_ladder_in_their_order(self):
        steps = [
            clock.Step(1, "after", 60),
            clock.Step(2, "after"),
            clock.Step(3, "before", 30),
            clock.Step(4, "warning"),
        ]
        due, warn = START + 4 * HOUR, START + 3 * HOUR
        self.assertEqual(
            clock.step_times(due, warn, steps),
            [
                (warn, 4),
                (due - HOUR / 2, 3),
                (due, 2),
                (due + HOUR, 1),
            ],
        )
        self.assertEqual(clock.step_times(None, None, steps), [])

    def test_penalties(self):
        for overrun, per, cap, expected in (
            (0, "case", 0, 0),
            (1, "case", 0, 50),
            (61, "hour", 0, 100),
            (1441, "day", 0, 100),
            (600, "hour", 200, 200),
        ):
            self.assertEqual(clock.penalty(overrun, 50, per, cap), expected)


@tagged("post_install", "-at_install")
class TestHolidayFile(BaseCase):
    def test_a_good_file_in_both_languages(self):
        english = "date,name,kind\n2026-10-01,National Day,off\n2026-10-10,x,work\n"
        chinese = "类型,日期,名称\n休,2026/10/01,国庆节\n班,2026-10-10,国庆节\n"
        for text in (english, chinese):
            rows = holiday.parse(text)
            self.assertEqual(
                [(row.date, row.kind, row.error) for row in rows],
                [
                    (date(2026, 10, 1), "off", None),
                    (date(2026, 10, 10), "work", None),
                ],
            )
        for encoding in ("utf-8-sig", "gb18030"):
            self.assertEqual(holiday.decode(chinese.encode(encoding)), chinese)

    def test_every_bad_line_says_what_is_wrong(self):
        rows = holiday.parse(
            "date,name,kind\n"
            "01.10.2026,National Day,off\n"
            "2026-10-01,,off\n"
            "2026-10-02,National Day,maybe\n"
            "\n"
            "2026-10-02,National Day,off\n"
            "2026-13-01,National Day\n"
        )
        self.assertEqual(
            [(row.line, row.error) for row in rows],
            [
                (2, ("date", "01.10.2026")),
                (3, ("name", "")),
                (4, ("kind", "maybe")),
                (6, ("twice", "2026-10-02")),
                (7, ("date", "2026-13-01")),
            ],
        )
        self.assertEqual(holiday.parse("day,kind\n")[0].error, ("column", "date, name"))

    @given(st.text())
    @settings(max_examples=60, deadline=None)
    def test_no_text_breaks_it(self, text):
        self.assertIsInstance(holiday.parse(text), list)
