# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import rules
from .test_visit_checklist import VisitCommon


@tagged("post_install", "-at_install")
class TestVisitNotice(VisitCommon):
    """T-18 row 39: the customer hears of a proactive visit twice before it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._of_program("td")
        # now is Friday 20 November 2026
        cls.visit = cls._inspection(days=10).with_user(cls.hotline)
        cls.contact = cls._row(cls.visit, "notice_contact")
        cls.again = cls._row(cls.visit, "notice_again")

    @classmethod
    def _inspection(cls, days, **vals):
        start = cls.company._service_now() + timedelta(days=days)
        return cls._appointed(
            cls.ticket,
            kind="inspection",
            window_start=start,
            window_end=start + timedelta(hours=2),
            **vals,
        )

    def _tell(self, check, user=None, **vals):
        action = check.with_user(user or self.hotline).action_tell()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.hotline)
            .with_context(**action["context"])
            .create({"told": self.customer.name, "note": "3 printers, 200 yuan"} | vals)
        )
        wizard.action_record()

    def _move(self, visit, **delta):
        start = visit.window_start + timedelta(**delta)
        return (
            self.env["service.visit.move"]
            .with_user(self.hotline)
            .create(
                {
                    "visit_id": visit.id,
                    "reason": "customer",
                    "new_start": start,
                    "new_end": start + timedelta(hours=2),
                    "consent_by": self.customer.name,
                }
            )
        )

    def _all(self, visit):
        return visit.with_context(active_test=False).notice_ids

    @rules("EMG-13", "PM-06", "T-18")
    def test_two_notices_with_their_days(self):
        dates = [
            (check.notice_from, check.notice_due, check.is_late)
            for check in (self.contact, self.again)
        ]
        self.assertEqual(
            dates,
            [
                (date(2026, 11, 25), date(2026, 11, 27), False),
                (date(2026, 11, 28), date(2026, 11, 29), False),
            ],
        )
        self.assertEqual(self.visit.notice_id, self.contact)
        self.assertFalse(
            self._appointed(self.ticket).notice_ids, "a repair is not announced"
        )

    @rules("EMG-13", "T-18")
    def test_who_said_what_to_whom_and_when(self):
        self._pass_time(days=6)
        with self.assertRaisesRegex(UserError, "What was said.*EMG-13"):
            self._tell(self.contact, note=" ")
        with self.assertRaisesRegex(UserError, "Told and agreed.*EMG-13"):
            self._tell(self.contact, told=" ")
        self.assertFalse(self.contact.ticked)
        self._tell(self.contact)
        self.assertEqual(
            (self.contact.state, self.contact.answered_by_id, self.contact.is_late),
            ("ok", self.hotline, False),
        )
        self.assertEqual(self.contact.answered_at, self.company._service_now())
        self.assertEqual(self.contact.summary, "李明 · 3 printers, 200 yuan")
        self.assertEqual(self.visit.notice_id, self.again)
        with self.assertRaisesRegex(UserError, "stays as it was noted"):
            self._tell(self.contact)
        with self.assertRaisesRegex(UserError, "stays as it was noted"):
            self.contact.with_user(self.engineer).note = "other"

    @rules("EMG-13")
    def test_nobody_leaves_before_the_customer_was_told(self):
        visit = self.visit.with_user(self.engineer)
        self._pass_time(days=9, hours=23)
        self._row(visit, "conduct_tools").action_tick()
        with self.assertRaisesRegex(UserError, "EMG-13"):
            visit.action_depart()
        self.assertIn("EMG-13", visit.blockers)
        for check in (self.contact, self.again):
            self._tell(check, user=self.engineer)
            self.assertTrue(check.is_late, "said, but too late")
        visit.action_depart()
        self.assertEqual(visit.state, "departed")

    @rules("EMG-13", "T-18")
    def test_late_from_the_day_after_the_window(self):
        checks = self.env["service.visit.check"].with_user(self.hotline)
        domain = [("is_late", "=", True), ("visit_id", "=", self.visit.id)]
        self._pass_time(days=7)
        self.assertFalse(checks.search(domain), "27 November is the last day")
        self._pass_time(days=1)
        self.assertEqual(checks.search(domain), self.contact)
        self.assertTrue(self.contact.is_late)
        self.assertTrue(self.visit.notice_late)
        self._tell(self.contact)
        self.assertFalse(checks.search(domain))
        self.assertFalse(self.visit.notice_late)

    @rules("EMG-13", "VIS-04")
    def test_a_moved_visit_is_announced_anew(self):
        self._pass_time(days=6)
        self._tell(self.contact)
        self._move(self.visit, hours=2)
        self.assertEqual(self.visit.notice_ids, self.contact | self.again)
        self._move(self.visit, days=7)
        self.assertFalse(self.again.exists(), "was not due yet: nothing to keep")
        self.assertFalse(self.contact.active)
        self.assertEqual(self.contact.note, "3 printers, 200 yuan")
        new = self.visit.check_ids.filtered("notice_due")
        self.assertEqual(
            [(check.notice_from, check.notice_due, check.state) for check in new],
            [
                (date(2026, 12, 2), date(2026, 12, 4), "open"),
                (date(2026, 12, 5), date(2026, 12, 6), "open"),
            ],
        )
        self.assertEqual(len(self._all(self.visit)), 3)
        self.assertTrue(self.visit.blockers)

    @rules("EMG-13", "VIS-04")
    def test_what_was_missed_stays_missed(self):
        self._pass_time(days=8)
        self._move(self.visit, days=7)
        self.assertEqual(
            self._all(self.visit).filtered("is_late"), self.contact, "not said in time"
        )
        self.assertFalse(self.contact.active)

    @rules("EMG-13", "VIS-04")
    def test_a_nearer_day_the_customer_agreed_to_makes_nothing_late(self):
        self._move(self.visit, days=-9)
        today = self.company._service_today()
        new = self.visit.check_ids.filtered("notice_due")
        self.assertEqual(set(new.mapped("notice_due")), {today})
        self.assertFalse(new.filtered("is_late"))
        # planned so near by ourselves, the promise is broken at once
        near = self._inspection(days=1)
        self.assertTrue(self._row(near, "notice_contact").is_late)

    @rules("EMG-13", "VIS-18")
    def test_a_visit_that_goes_on_tomorrow_makes_nothing_late(self):
        for check in self.contact + self.again:
            self._tell(check)
        self._pass_time(days=10)
        visit = self.visit.with_user(self.engineer)
        self._fill_checklist(visit, "depart", "start")
        visit.action_depart()
        visit.action_arrive()
        visit.action_start()
        tomorrow = self.company._service_now() + timedelta(days=1)
        following = visit._continue_later(tomorrow, tomorrow + timedelta(hours=2))
        self.assertTrue(following.notice_ids)
        self.assertFalse(following.notice_late)

    @rules("EMG-13")
    def test_a_plan_is_dated_anew_without_a_trace(self):
        start = self.company._service_now() + timedelta(days=1)
        visit = self.env["service.visit"].create(
            {
                "ticket_id": self.ticket.id,
                "kind": "inspection",
                "window_start": start,
                "window_end": start + timedelta(hours=2),
            }
        )
        self.assertTrue(visit.notice_late)
        visit.write(
            {
                "window_start": start + timedelta(days=9),
                "window_end": start + timedelta(days=9, hours=2),
            }
        )
        self.assertEqual(len(self._all(visit)), 2)
        self.assertFalse(visit.notice_late)

    @rules("EMG-13")
    def test_another_promise_is_a_row(self):
        checklist = self.env["service.checklist"].create(
            {
                "name": "Before training",
                "visit_kind": "training",
                "program_ids": self.program_tc.ids,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Names of the trainees asked for",
                            "gate": "depart",
                            "kind": "consent",
                            "notice_first": 7,
                            "notice_last": 2,
                        },
                    )
                ],
            }
        )
        start = self.company._service_now() + timedelta(days=7)
        visit = self._appointed(
            kind="training", window_start=start, window_end=start + timedelta(hours=2)
        )
        self.assertEqual(
            (visit.notice_id.notice_from, visit.notice_id.notice_due),
            (date(2026, 11, 20), date(2026, 11, 25)),
        )
        for wrong in (
            {"notice_first": 1},
            {"notice_last": -1},
            {"gate": "done"},
            {"kind": "tick"},
        ):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(ValidationError, "days ahead"),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                checklist.line_ids.write(wrong)
                checklist.flush_recordset()

    @rules("EMG-13")
    def test_it_waits_on_the_desk_from_its_first_day(self):
        queue = self.env.ref("after_sales_service.queue_notices")
        queue = queue.with_user(self.hotline)
        checks = self.env["service.visit.check"].with_user(self.hotline)
        self.contact.sudo().notice_from = date.today()
        waiting = checks.search(queue._get_domain())
        self.assertIn(self.contact, waiting)
        self.contact.sudo().notice_from = date.today() + timedelta(days=1)
        self.assertNotIn(self.contact, checks.search(queue._get_domain()))
