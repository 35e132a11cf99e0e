# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import HttpCase, tagged

from .common import rules
from .test_workshop import WorkshopCommon


@tagged("post_install", "-at_install")
class TestWorkshopTour(WorkshopCommon, HttpCase):
    """A machine from the counter to the bench and back, in a real browser."""

    @classmethod
    def default_env_context(cls):
        # the web client's chatter needs tracking as users have it
        return {}

    @rules("SHOP-04", "SHOP-06", "SHOP-10", "SHOP-11", "SHOP-12", "SHOP-13", "SHOP-15")
    def test_from_the_counter_to_the_hand_over(self):
        for user in (self.hotline, self.engineer):
            user.tz = "Asia/Shanghai"
        ticket = self._new_ticket(delivery_mode="shop")
        self.start_tour(
            f"/odoo/after-sales-tickets/{ticket.id}",
            "after_sales_workshop_counter",
            login="hotline",
        )
        repair = ticket.repair_ids
        self.assertEqual(repair.promised_date, self.company._service_today())
        loaner = self._loaner(repair)
        loaner.action_out()
        self.start_tour(
            "/odoo/workshop", "after_sales_workshop_bench", login="engineer"
        )
        self.assertIn("Thursday", repair.note_ids.text)
        self.assertIn("noted", ticket.event_ids.mapped("kind"))
        self.start_tour(
            "/odoo/workshop", "after_sales_workshop_hand_over", login="hotline"
        )
        self.assertEqual(repair.state, "done")
        self.assertEqual(loaner.state, "back")
        self.assertEqual(repair.signed_by, "李明")
        self.assertEqual(repair.retest_count, 2)
