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

    def test_finance_mends_and_retries_the_parked(self):
        bad = self._create_subscribers(1)
        bad.invoice_partner_id.active = False
        self._create_run().action_run_now()
        self.assertEqual(bad.state, "parked")
        self.start_tour(
            "/odoo/billing-parked", "service_contracts_parked", login="finance"
        )
        self.assertEqual(bad.state, "active")
        self.assertEqual(bad.billing_line_ids.move_id.partner_id, self.customer)

    def test_manager_changes_the_plan_and_suspends(self):
        gold = self._create_plan(code="GOLD", name="Gold", fee=30.0)
        self.start_tour(
            "/odoo/subscribers", "service_contracts_subscriber", login="manager"
        )
        self.assertEqual(self.contract.plan_id, gold)
        self.assertEqual(self.contract.state, "suspended")

    def test_manager_imports_subscribers(self):
        self.start_tour(
            "/odoo/action-service_contracts.action_subscriber_import",
            "service_contracts_import",
            login="manager",
        )
        contract = self.env["contract.contract"].search(
            [("broadband_account", "like", "T-")]
        )
        self.assertEqual(contract.partner_id.name, "Zhao")

    @rules("CARE-10")
    def test_hotline_sees_free_inside_and_priced_outside(self):
        vals = {"delivery_mode": "remote", "item_id": self.item_virus.id}
        self._create_case(**vals).sudo().name = "Inside"
        self._create_case(**vals).sudo().name = "Outside"
        self.start_tour(
            "/odoo/action-helpdesk_mgmt.helpdesk_ticket_action",
            "service_contracts_hotline",
            login="hotline",
        )
        quote = self.env["sale.order"].search([("care_ticket_id.name", "=", "Outside")])
        self.assertEqual((quote.state, quote.signed_by), ("sale", "李明"))
