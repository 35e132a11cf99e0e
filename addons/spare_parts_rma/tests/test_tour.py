# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import HttpCase, tagged

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestTour(SpareCommon, HttpCase):
    """The return and the receiving desk in a real browser."""

    @classmethod
    def default_env_context(cls):
        # the web client's chatter needs tracking as users have it
        return {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rma = cls.swapped()

    def test_specialist_returns_and_clerk_receives(self):
        self.start_tour("/odoo", "spare_parts_return", login="specialist")
        document = self.rma.return_id
        self.assertEqual(self.rma.state, "packed")
        self.assertEqual(document.specialist_id, self.specialist)
        document.with_user(self.director).action_sign_director()
        document.with_user(self.specialist).action_ship()
        self.start_tour("/odoo", "spare_parts_receiving", login="clerk")
        self.assertEqual(self.rma.state, "closed")
        self.assertEqual(self.rma.disposition, "refurbish")
        self.assertEqual(document.state, "settled")
        self.assertEqual(
            self.at(self.company.spare_refurbish_location_id, "HD-OLD-1"), 1
        )
