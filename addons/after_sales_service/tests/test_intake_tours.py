# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import rules
from .test_intake import IntakeCommon


@tagged("post_install", "-at_install")
class TestIntakeTours(IntakeCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.hotline, cls.engineer):
            user.tz = "UTC"

    @rules("DSP-05", "DSP-07", "DSP-16", "DSP-22")
    def test_a_call_by_phone_number(self):
        before = self._new_ticket(dispatch=False, name="Fan is loud")
        self._promise(before, name="Send the manual")
        self.start_tour(
            "/odoo/after-sales-tickets/new", "after_sales_intake", login="hotline"
        )
        ticket = self.env["helpdesk.ticket"].search([], limit=1, order="id desc")
        self.assertEqual(ticket.repeat_of_id, before)
        self.assertEqual(ticket.problem_ids.name, "Keyboard sticks")
        self.assertEqual(ticket.promise_ids.name, "Call with the price")
        self.assertEqual(ticket.contact_record_ids.outcome, "follow_up")
        self.assertTrue(ticket.accepted_at)

    @rules("DSP-06", "DSP-29")
    def test_a_card_is_dragged_to_its_engineer(self):
        self.company.service_sandbox = False  # the board's filters know one clock
        ticket = self._new_ticket(name="No picture")
        ticket.action_plan_visits()
        visit = ticket.visit_ids
        self.assertFalse(visit.engineer_id)
        self.start_tour("/odoo/dispatch-board", "after_sales_dispatch", login="hotline")
        self.assertEqual((visit.engineer_id, visit.state), (self.engineer, "appointed"))
        self.assertEqual(visit.activity_ids.user_id, self.engineer)
        self.assertLess(visit.window_end - visit.window_start, timedelta(hours=4))
