# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime, time, timedelta

from odoo.tests import HttpCase, tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestTours(AfterSalesCommon, HttpCase):
    @rules("DSP-06", "VIS-01")
    def test_hotline_takes_dispatches_and_appoints(self):
        for user in (self.hotline, self.engineer):
            user.tz = "Asia/Shanghai"
        self.start_tour(
            "/odoo/after-sales-tickets/new", "after_sales_hotline", login="hotline"
        )
        visit = self.env["service.visit"].search([], limit=1, order="id desc")
        self.assertEqual((visit.state, visit.engineer_id), ("appointed", self.engineer))
        states = {
            clock.policy_id.stop_event: clock.state
            for clock in visit.ticket_id.clock_ids
        }
        self.assertEqual(states, {"arrived": "running", "restored": "running"})

    @rules("VIS-04")
    def test_an_agreed_time_dropped_elsewhere_asks_who_agreed(self):
        self.director.tz = "UTC"
        noon = datetime.combine(datetime.now(), time(12))
        # the middle of the week that the calendar shows, Sunday to Saturday
        noon += timedelta(days=3 - (noon.weekday() + 1) % 7)
        visit = self.env["service.visit"].create(
            {
                "ticket_id": self._new_ticket().id,
                "engineer_id": self.engineer.id,
                "window_start": noon,
                "window_end": noon + timedelta(hours=2),
            }
        )
        visit.action_appoint()
        self.start_tour(
            "/odoo/dispatch-board", "after_sales_drop_appointment", login="director"
        )
        self.assertEqual(visit.window_start.date(), noon.date())
        self.assertLess(visit.window_end, noon)
        self.assertEqual(visit.window_end - visit.window_start, timedelta(hours=2))
        self.assertEqual(visit.move_ids.mapped("consent_by"), ["李明"])

    @rules("CB-09")
    def test_the_station_calls_back(self):
        visit = self._working_visit(self._new_ticket())
        self._sign(visit)
        visit.action_done()
        self.start_tour("/odoo/callbacks", "after_sales_callback", login="hotline")
        first = visit.ticket_id.sudo().callback_ids.sorted("tier")[0]
        self.assertEqual((first.state, first.done_by_id), ("done", self.hotline))
