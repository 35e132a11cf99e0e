# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import Form, tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestIntake(CareCommon):
    @rules("CARE-01")
    def test_the_broadband_account_names_the_caller(self):
        self.contract.write(
            {"broadband_account": "AD552001", "operator_id": self.operator.id}
        )
        form = Form(self.env["helpdesk.ticket"].with_user(self.hotline))
        form.scan = "AD552001"
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.equipment_id, self.equipment)
        self.assertIn("Broadband Care · Active · AD552001", form.caller_contracts)
        hits = self.env["helpdesk.ticket"].intake_search("AD552001")
        self.assertEqual(hits[0]["hint"], "Broadband account")

    def test_an_ended_contract_names_nobody(self):
        self.contract.broadband_account = "AD552001"
        self.contract.sudo().state = "ended"
        tickets = self.env["helpdesk.ticket"].with_user(self.hotline)
        self.assertEqual(tickets.intake_search("AD552001"), [])
