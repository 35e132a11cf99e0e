# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import HttpCase, tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestTours(CareCommon, HttpCase):
    @rules("CON-20")
    def test_finance_bills_the_month(self):
        bad = self._create_subscribers(1)
        bad.invoice_partner_id.active = False
        self.start_tour(
            "/odoo/billing-runs", "service_contracts_billing", login="finance"
        )
        run = self.env["service.billing.run"].search([])
        self.assertEqual(run.state, "done")
        self.assertEqual(self.contract.billing_line_ids.move_id.state, "posted")
        self.assertEqual(bad.state, "parked")
