# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestSecurity(CareCommon):
    def test_who_may_what(self):
        rights = {
            # model: (hotline, engineer, manager, finance) as read, write, create, unlink
            "service.plan": ("r", "r", "rwcu", "r"),
            "contract.contract": ("r", "", "rwcu", "rwc"),
            "contract.line": ("r", "", "rwcu", "rwc"),
            "service.entitlement": ("r", "", "r", "r"),
            "service.entitlement.use": ("r", "r", "r", "r"),
            "service.suspension": ("r", "", "r", "r"),
            "service.billing.run": ("", "", "r", "rwcu"),
            "service.billing.line": ("r", "", "r", "r"),
        }
        users = (self.hotline, self.engineer, self.manager, self.finance)
        operations = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
        for model, expected in rights.items():
            for user, letters in zip(users, expected, strict=True):
                found = "".join(
                    letter
                    for letter, operation in operations.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                self.assertEqual(found, letters, f"{model} {user.login}")

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

    def test_finance_bills_and_manager_does_not(self):
        run = self._create_run()
        with self.assertRaises(AccessError):
            run.with_user(self.manager).action_run_now()
        run.action_run_now()
        self.assertEqual(run.line_ids.state, "posted")
        with self.assertRaises(AccessError):
            run.line_ids.with_user(self.finance).write({"state": "credited"})
        with self.assertRaises(AccessError):
            run.line_ids.with_user(self.manager).action_retry()

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            login="elsewhere",
            groups="after_sales_service.group_manager,after_sales_service.group_finance",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self._create_run().action_run_now()
        for model in (
            "service.plan",
            "contract.contract",
            "service.billing.run",
            "service.billing.line",
        ):
            self.assertFalse(self.env[model].with_user(user).search([]), model)

    def test_portal_customer_sees_his_contract_only(self):
        portal = new_test_user(self.env, login="li", groups="base.group_portal")
        other = self._create_subscribers(1)
        mine = self._create_contract(partner_id=portal.partner_id.id)
        mine.action_activate()
        seen = self.env["contract.contract"].with_user(portal).search([])
        self.assertEqual(seen, mine)
        self.assertNotIn(other, seen)
        with self.assertRaises(AccessError):
            self.env["service.billing.line"].with_user(portal).search([])
