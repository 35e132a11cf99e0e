# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools.clock import to_local
from ..tools.schedule import MONTHS, next_due
from .common import AfterSalesCommon, rules

CHINA = "Asia/Shanghai"
# A Friday, 10:00 in China
NOW = datetime(2026, 11, 20, 2, 0)


@tagged("post_install", "-at_install")
class TestSchedule(BaseCase):
    @rules("RPT-01", "T-18")
    def test_weekdays_before_an_hour(self):
        monday = datetime(2026, 11, 23, 2, 0)
        for after, due in (
            (NOW, monday),
            (monday - timedelta(seconds=1), monday),
            (monday, monday + timedelta(days=7)),
        ):
            self.assertEqual(next_due("week", 0, 0, 10, after, CHINA), due)

    @rules("REC-01", "PM-01", "PM-02", "PM-03", "PM-04", "T-18")
    def test_days_of_longer_periods(self):
        for period, day, local in (
            ("month", 1, (2026, 12, 1)),
            ("month", 31, (2026, 11, 30)),
            ("month", 0, (2026, 11, 30)),
            ("quarter", 0, (2026, 12, 31)),
            ("quarter", 5, (2027, 1, 5)),
            ("half_year", 0, (2026, 12, 31)),
            ("half_year", 1, (2027, 1, 1)),
        ):
            end = datetime(*local, 23, 59, 59) - timedelta(hours=8)
            with self.subTest(period=period, day=day):
                self.assertEqual(next_due(period, None, day, 0, NOW, CHINA), end)
        half = next_due("half_year", None, 0, 0, datetime(2028, 1, 1), CHINA)
        self.assertEqual(half, datetime(2028, 6, 30, 15, 59, 59))
        leap = next_due("month", None, 30, 8.5, datetime(2028, 2, 1), CHINA)
        self.assertEqual(leap, datetime(2028, 2, 29, 0, 30))

    @rules("RPT-02")
    def test_what_has_no_day_does_not_come_back(self):
        for period in ("week", "case", "open"):
            self.assertIsNone(next_due(period, None, 1, 0, NOW, CHINA))

    @given(
        period=st.sampled_from(["week", *MONTHS]),
        weekday=st.integers(0, 6),
        day=st.integers(0, 31),
        hour=st.integers(0, 96).map(lambda quarter: quarter / 4),
        after=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
        tz=st.sampled_from(["UTC", CHINA, "Europe/Berlin", "America/New_York"]),
    )
    @settings(max_examples=200, deadline=None)
    def test_every_period_has_exactly_one(self, period, weekday, day, hour, after, tz):
        def number(at):
            local = to_local(at, tz)
            if period == "week":
                return (local.date() - timedelta(days=weekday)).toordinal() // 7
            return (local.year * 12 + local.month - 1) // MONTHS[period]

        first = next_due(period, weekday, day, hour, after, tz)
        second = next_due(period, weekday, day, hour, first, tz)
        self.assertGreater(first, after)
        self.assertEqual(number(second), number(first) + 1)
        self.assertIn(number(first) - number(after), (0, 1))
        between = after + (first - after) / 2
        if between < first:
            self.assertEqual(next_due(period, weekday, day, hour, between, tz), first)
        if period == "week":
            self.assertEqual(to_local(first, tz).weekday(), weekday)


@tagged("post_install", "-at_install")
class TestProgramDuty(AfterSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = CHINA
        cls.duties = cls.env["service.program.duty"]
        cls.duties.search([("id", "!=", 0)]).unlink()
        cls.duties._open_duties(cls.duties._get_places())
        cls.other_station = cls.env.ref("after_sales_service.station_fuyang")

    def _night(self, **slices):
        """The cron runs."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as progress:
            self.duties._cron_open_duties(**slices)
        return progress

    def _due(self, name, station=None):
        """Local due times of a row of the schedule at a station or nowhere."""
        duties = self.duties.search(
            [
                ("report_id", "=", self.env.ref(f"after_sales_service.{name}").id),
                ("station_id", "=", station.id if station else False),
                ("company_id", "=", self.company.id),
            ]
        )
        return [to_local(duty.due_at, CHINA) for duty in duties]

    def _duty(self, name="report_tc_monday", station=None):
        return self.duties.search(
            [
                ("report_id", "=", self.env.ref(f"after_sales_service.{name}").id),
                ("station_id", "=", (station or self.station).id),
            ],
            limit=1,
        )

    @rules("RPT-01", "REC-01", "PM-01", "PM-02", "PM-03", "PM-04", "T-18")
    def test_every_row_of_the_schedule_opens_its_next_duty(self):
        def end(*day):
            return [datetime(*day, 23, 59, 59)]

        for station in (self.station, self.other_station):
            self.assertEqual(
                self._due("report_tc_monday", station), [datetime(2026, 11, 23, 10)]
            )
            self.assertEqual(
                self._due("report_tc_thursday", station), [datetime(2026, 11, 26, 10)]
            )
            self.assertEqual(
                self._due("report_tc_reconciliation", station), end(2026, 12, 1)
            )
        self.assertFalse(self._due("report_tc_monday", self.branch))
        self.assertFalse(self._due("report_tc_monday"))
        self.assertEqual(self._due("report_hf_inspection"), end(2026, 11, 30))
        for name in ("report_hf_leader_visit", "report_qh_inspection"):
            self.assertEqual(self._due(name), end(2026, 12, 31))
        self.assertEqual(self._due("report_lb_visit"), end(2026, 12, 31))

    @rules("PM-03", "PM-04")
    def test_half_yearly_is_twice_a_year(self):
        self._pass_time(days=366)
        self._night()
        for name in ("report_qh_inspection", "report_lb_visit"):
            self.assertEqual(
                [due.date().isoformat() for due in self._due(name)],
                ["2026-12-31", "2027-06-30", "2027-12-31"],
            )

    @rules("RPT-01")
    def test_never_twice_never_missed(self):
        count = self.duties.search_count([("id", "!=", 0)])
        self._night()
        self.assertEqual(self.duties.search_count([("id", "!=", 0)]), count)
        self._pass_time(days=21)
        self.assertGreater(self._night(batch_size=7).call_count, 5)
        self._night()
        self.assertEqual(
            [due.day for due in self._due("report_tc_monday", self.station)],
            [23, 30, 7, 14],
        )
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._duty().copy()

    @rules("RPT-01")
    def test_the_night_does_it(self):
        self._pass_time(days=7)
        with self.enter_registry_test_mode():
            self.env.ref("after_sales_service.cron_open_duties").method_direct_trigger()
        self.assertEqual(len(self._due("report_tc_monday", self.station)), 2)

    def test_an_archived_programme_and_a_closed_station_owe_nothing_new(self):
        self.env.ref("after_sales_service.program_lb").active = False
        self.other_station.active = False
        self._pass_time(days=60)
        self._night()
        self.assertEqual(len(self._due("report_lb_visit")), 1)
        self.assertEqual(len(self._due("report_tc_monday", self.other_station)), 1)
        self.assertEqual(len(self._due("report_tc_monday", self.station)), 10)

    @rules("RPT-01")
    def test_the_director_notes_it_and_it_stays_noted(self):
        duty = self._duty().with_user(self.director)
        self._pass_time(days=4)
        late = self.duties.with_user(self.director).search([("is_late", "=", True)])
        self.assertEqual(late, duty)
        self.assertTrue(duty.is_late)
        duty.note = "Sent by mail"
        duty.action_done()
        noted = (self.company._service_now(), self.director)
        self.assertEqual((duty.done_at, duty.done_by_id), noted)
        self.assertFalse(duty.is_late)
        self._pass_time(days=1)
        duty.with_user(self.manager).action_done()
        self.assertEqual((duty.done_at, duty.done_by_id), noted)
        with self.assertRaisesRegex(UserError, "its note stays"):
            duty.note = "Sent by post"

    def test_only_the_buttons_of_the_people_in_charge(self):
        duty = self._duty()
        for user in (self.hotline, self.engineer, self.specialist):
            with self.assertRaises(AccessError):
                duty.with_user(user).action_done()
        for vals in ({"done_at": NOW}, {"due_at": NOW}, {"done_by_id": False}):
            with self.assertRaisesRegex(AccessError, "by the buttons only"):
                duty.with_user(self.director).write(vals)
        with self.assertRaises(AccessError):
            duty.with_user(self.manager).unlink()
        elsewhere = self._duty(station=self.other_station)
        with self.assertRaises(AccessError):
            elsewhere.with_user(self.director).action_done()
        elsewhere.with_user(self.manager).action_done()
        self.assertEqual(elsewhere.done_by_id, self.manager)

    def test_the_desk_counts_what_falls_due_within_a_week(self):
        queue = self.env.ref("after_sales_service.queue_duties")
        domain = queue.with_user(self.director)._get_domain()
        duty = self._duty()
        soon = self.env.cr.now() + timedelta(days=6)
        duty.due_at = soon
        self.assertIn(duty, self.duties.with_user(self.director).search(domain))
        duty.due_at = soon + timedelta(days=2)
        self.assertNotIn(duty, self.duties.with_user(self.director).search(domain))
