# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Properties of the period arithmetic; no database is touched."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.after_sales_service.tests.common import rules

from ..tools import periods
from ..tools.periods import Pause, Period

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MONTHS = st.sampled_from([1, 3, 6, 12])


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    @rules("CON-20")
    def test_month_end_comes_back(self):
        """31 January → 28 February → 31 March: no drift to the 28th."""
        due = periods.periods_due(date(2026, 1, 31), date(2026, 5, 31))
        self.assertEqual(
            due,
            [
                Period(date(2026, 1, 31), date(2026, 2, 27)),
                Period(date(2026, 2, 28), date(2026, 3, 30)),
                Period(date(2026, 3, 31), date(2026, 4, 29)),
                Period(date(2026, 4, 30), date(2026, 5, 30)),
                Period(date(2026, 5, 31), date(2026, 6, 29)),
            ],
        )

    @given(DAYS, st.integers(0, 400), MONTHS)
    @settings(max_examples=200, deadline=None)
    def test_periods_join_without_gap_or_overlap(self, origin, index, months):
        this = periods.period(origin, index, months)
        following = periods.period(origin, index + 1, months)
        self.assertLessEqual(this.start, this.end)
        self.assertEqual(this.end + timedelta(days=1), following.start)

    @given(DAYS, st.integers(0, 40000), MONTHS)
    @settings(max_examples=200, deadline=None)
    def test_every_day_lies_in_its_period(self, origin, offset, months):
        day = origin + timedelta(days=offset)
        found = periods.period_of(origin, day, months)
        self.assertLessEqual(found.start, day)
        self.assertLessEqual(day, found.end)
        self.assertEqual(
            periods.start_of(origin, periods.index_of(origin, day, months), months),
            found.start,
        )

    @given(DAYS, st.integers(0, 60), st.integers(0, 60), MONTHS)
    @settings(max_examples=200, deadline=None)
    def test_billing_in_steps_equals_billing_at_once(self, origin, n, m, months):
        """Never missed, never twice: two runs bill what one run would."""
        first = origin + timedelta(days=30 * n)
        second = first + timedelta(days=30 * m)
        once = periods.periods_due(origin, second, months)
        early = periods.periods_due(origin, first, months)
        after = early[-1].end if early else None
        late = periods.periods_due(origin, second, months, after=after)
        self.assertEqual(early + late, once)

    @given(DAYS, st.integers(0, 900), st.integers(0, 900))
    @settings(max_examples=200, deadline=None)
    def test_end_cuts_the_last_period(self, origin, length, horizon):
        last_day = origin + timedelta(days=length)
        until = origin + timedelta(days=horizon)
        due = periods.periods_due(origin, until, last_day=last_day)
        self.assertTrue(due)
        self.assertTrue(all(p.start <= p.end <= last_day for p in due))
        if until >= last_day:
            self.assertEqual(due[-1].end, last_day)

    @given(DAYS, st.integers(0, 700), st.integers(0, 200))
    @settings(max_examples=200, deadline=None)
    def test_a_suspension_is_not_billed(self, origin, offset, length):
        begin = origin + timedelta(days=offset)
        pause = Pause(begin, begin + timedelta(days=length))
        until = origin + timedelta(days=900)
        due = periods.periods_due(origin, until, pauses=[pause])
        billed = {p.start for p in due}
        for p in periods.periods_due(origin, until):
            self.assertEqual(p.start in billed, not pause.covers(p.start))

    def test_nothing_before_the_start(self):
        self.assertEqual(
            periods.periods_due(date(2026, 6, 1), date(2026, 5, 31)),
            [],
        )

    def test_open_pause(self):
        due = periods.periods_due(
            date(2026, 1, 1), date(2026, 12, 31), pauses=[Pause(date(2026, 3, 15))]
        )
        self.assertEqual([p.start.month for p in due], [1, 2, 3])
