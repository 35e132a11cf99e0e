# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestVisitTour(AfterSalesCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def default_env_context(cls):
        # the web client's chatter needs tracking as users have it
        return {}

    @rules("VIS-02", "VIS-24", "CARE-13")
    def test_engineer_works_from_his_phone(self):
        now = self.company._service_now()
        visit = self.env["service.visit"].create(
            {
                "ticket_id": self._new_ticket(kind="installation").id,
                "engineer_id": self.engineer.id,
                "window_start": now + timedelta(minutes=30),
                "window_end": now + timedelta(minutes=90),
            }
        )
        visit.action_appoint()
        self.start_tour(
            "/odoo/my-visits", "after_sales_engineer_phone", login="engineer"
        )
        self.env.invalidate_all()
        self.assertEqual((visit.state, visit.rating), ("done", "5"))
        self.assertTrue(visit.signature)
