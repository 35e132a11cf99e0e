# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestSecurity(CareCommon):
    """Which rows are seen; who may do what stands in the project's table of rights."""

    def test_hotline_sees_care_plans_only(self):
        plain = self.env["contract.contract"].create(
            {"name": "Plain", "partner_id": self.customer.id}
        )
        seen = self.env["contract.contract"].with_user(self.hotline).search([])
        self.assertIn(self.contract, seen)
        self.assertNotIn(plain, seen)
        self.assertIn(
            plain, self.env["contract.contract"].with_user(self.finance).search([])
        )

    def test_portal_customer_sees_his_contract_only(self):
        portal = new_test_user(self.env, login="li", groups="base.group_portal")
        other = self._create_subscribers(1)
        mine = self._create_contract(partner_id=portal.partner_id.id)
        mine.action_activate()
        seen = self.env["contract.contract"].with_user(portal).search([])
        self.assertEqual(seen, mine)
        self.assertNotIn(other, seen)
        self._create_run().action_run_now()
        bill = mine.billing_line_ids.move_id
        self.assertEqual(mine._get_portal_bills(), bill)
        mine.with_user(self.manager)._transfer(other.partner_id, None, "Sold")
        self.assertFalse(mine._get_portal_bills(), "the past stays with who had it")
        with self.assertRaises(AccessError):
            self.env["service.billing.line"].with_user(portal).search([])
