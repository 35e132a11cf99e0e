# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AfterSalesCommon


@tagged("post_install", "-at_install")
class TestPortal(AfterSalesCommon, HttpCase):
    """What helpdesk_mgmt leaves open is closed here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = new_test_user(cls.env, "owner_portal", groups="base.group_portal")
        new_test_user(cls.env, "other_portal", groups="base.group_portal")
        cls.stage = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.stage.close_from_portal = True
        cls.customer = cls.owner.partner_id
        cls.equipment.partner_id = cls.customer
        cls.ticket = cls._new_ticket(dispatch=False)

    def _close(self, login, method="POST"):
        self.authenticate(login, login)
        values = {"ticket_id": self.ticket.id, "stage_id": self.stage.id}
        if method == "POST":
            values["csrf_token"] = http.Request.csrf_token(self)
            return self.url_open("/ticket/close", data=values)
        return self.url_open(
            f"/ticket/close?ticket_id={self.ticket.id}&stage_id={self.stage.id}"
        )

    def test_nobody_closes_the_ticket_of_somebody_else(self):
        self._close("other_portal")
        self.assertNotEqual(self.ticket.stage_id, self.stage)

    def test_a_link_closes_nothing(self):
        response = self._close("owner_portal", "GET")
        self.assertEqual(response.status_code, 405)
        self.assertNotEqual(self.ticket.stage_id, self.stage)

    def test_the_customer_closes_his_own(self):
        self._close("owner_portal")
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.stage_id, self.stage)

    def test_the_public_writes_no_stages(self):
        public = self.env.ref("base.public_user")
        self.assertFalse(self.stage.with_user(public).has_access("write"))
