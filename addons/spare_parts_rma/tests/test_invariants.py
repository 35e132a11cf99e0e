# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon
from .random_events import RandomEvents


@tagged("post_install", "-at_install")
class TestInvariants(SpareCommon):
    @rules("PRT-02", "PRT-14", "RMA-02")
    def test_random_events_keep_every_invariant(self):
        events = RandomEvents(self, seed=20261122)
        events.play(100, check_every=25)
        self.assertGreater(len(events.done), 12, events.done)
