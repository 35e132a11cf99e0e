# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestCustomerData(AfterSalesCommon):
    @rules("SEC-07")
    def test_the_hotline_registers_who_calls_and_deletes_nobody(self):
        partners = self.env["res.partner"].with_user(self.hotline)
        caller = partners.create({"name": "周杰", "phone": "+86 552 000 1111"})
        caller.phone = "+86 552 000 2222"
        with self.assertRaises(AccessError):
            caller.unlink()
        for user in (self.engineer, self.specialist, self.clerk):
            with self.assertRaises(AccessError):
                caller.with_user(user).write({"phone": "0"})

    @rules("SEC-07")
    def test_parts_lists_are_fenced_with_their_machines(self):
        far = new_test_user(
            self.env,
            login="far_hotline",
            groups="after_sales_service.group_hotline",
            service_station_ids=[
                (6, 0, self.env.ref("after_sales_service.station_fuyang").ids)
            ],
        )
        for record in (self.equipment, self.component_hd):
            self.assertTrue(record.with_user(self.hotline).has_access("write"))
            self.assertFalse(record.with_user(far).has_access("read"))
        with self.assertRaises(AccessError):
            self.component_hd.with_user(far).write({"serial": "MINE"})

    @rules("SEC-08")
    def test_in_the_forum_everybody_speaks_under_his_own_name(self):
        forum = self.env.ref("after_sales_service.channel_technical_forum")
        said = forum.with_user(self.engineer).message_post(body="BIOS 1.4 helps")
        self.assertEqual(said.author_id, self.engineer.partner_id)
        for borrowed in (
            {"author_id": self.director.partner_id.id},
            {"email_from": "someone@example.com"},
        ):
            with self.assertRaises(AccessError):
                forum.with_user(self.engineer).message_post(body="No", **borrowed)
        portal = new_test_user(self.env, login="guest", groups="base.group_portal")
        with self.assertRaises(AccessError):
            forum.with_user(portal).message_post(body="Hello")

    @rules("SEC-11")
    def test_the_user_archive_tells_what_a_customer_has_and_what_was_done(self):
        visit = self._working_visit(self._new_ticket())
        self._sign(visit)
        visit.action_done()
        self._create_equipment("PC0002", sale_date="2025-01-10")
        machines = (
            self.env["service.equipment"]
            .with_user(self.hotline)
            .search([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(set(machines.mapped("serial")), {"PC0001", "PC0002"})
        history = self.env["service.equipment.history"].with_user(self.hotline)
        kinds = history.search([("equipment_id", "in", machines.ids)]).mapped("kind")
        self.assertLessEqual({"sale", "ticket", "visit"}, set(kinds))
        with self.assertRaises(AccessError):
            machines.with_user(self.clerk).mapped("serial")
