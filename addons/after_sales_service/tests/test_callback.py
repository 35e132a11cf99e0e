# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestCallback(AfterSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        visit = cls._working_visit(cls._new_ticket())
        cls._sign(visit)
        visit.action_done()
        cls.ticket = visit.ticket_id
        cls.first, cls.second = cls.ticket.sudo().callback_ids.sorted("tier")

    @rules("CB-01", "CB-02", "CB-03", "CB-04", "CF-02", "CF-03")
    def test_two_callbacks_for_the_right_people_on_the_right_days(self):
        self.assertEqual(
            (self.first.station_id, self.first.user_id, self.first.due_date),
            (self.station, self.hotline, date(2026, 11, 23)),
        )
        self.assertEqual(
            (self.second.station_id, self.second.user_id, self.second.due_date),
            (self.branch, self.branch_user, date(2026, 11, 27)),
        )
        activities = (self.first | self.second).activity_ids
        self.assertEqual(
            {(act.user_id, act.date_deadline) for act in activities},
            {
                (self.hotline, date(2026, 11, 23)),
                (self.branch_user, date(2026, 11, 27)),
            },
        )

    @rules("CB-17")
    def test_the_second_caller_cannot_be_the_first(self):
        first = self.first.with_user(self.branch_user)
        first.result = "solved"
        first.action_done()
        second = self.second.with_user(self.branch_user)
        second.result = "solved"
        with self.assertRaisesRegex(ValidationError, "CB-17"), self.cr.savepoint():
            second.action_done()
            self.env.flush_all()
        second.with_user(self.manager).action_done()
        self.assertEqual(self.second.done_by_id, self.manager)

    @rules("CB-09")
    def test_a_call_is_recorded_with_its_result_and_closes_the_activity(self):
        first = self.first.with_user(self.hotline)
        with self.assertRaisesRegex(UserError, "Result"):
            first.action_done()
        first.write({"result": "solved", "machine_state": "Runs well"})
        first.action_done()
        self.assertEqual((first.state, first.done_by_id), ("done", self.hotline))
        self.assertFalse(first.activity_ids)

    def test_only_its_own_tier_makes_a_call(self):
        self.second.sudo().result = "solved"
        with self.assertRaises(AccessError):
            self.second.with_user(self.hotline).action_done()
        with self.assertRaises(AccessError):
            self.first.with_user(self.hotline).write({"state": "done"})

    def test_callbacks_are_planned_once(self):
        self.ticket.action_close()
        self.assertEqual(len(self.ticket.sudo().callback_ids), 2)
