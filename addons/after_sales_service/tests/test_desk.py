# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestDesk(AfterSalesCommon):
    """What waits on somebody's desk, since when, and the one next step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue = cls.env["service.desk.queue"].create(
            {
                "name": "What I promised somebody",
                "hint": "Phone",
                "group_ids": [
                    (6, 0, cls.env.ref("after_sales_service.group_hotline").ids)
                ],
                "action_id": cls.env.ref("after_sales_service.action_promises").id,
                "domain": "[('user_id', '=', uid), ('state', '=', 'open')]",
                "due_field": "due_at",
            }
        )
        cls.now = cls.env.company._service_now()

    def _promise(self, user, hours):
        return self.env["service.promise"].create(
            {
                "ticket_id": self._new_ticket().id,
                "name": "Send the offer",
                "user_id": user.id,
                "due_at": self.now + timedelta(hours=hours),
            }
        )

    def _mine(self, user):
        return (
            self.env["service.desk.queue"]
            .with_user(user)
            .search([("is_mine", "=", True)])
        )

    @rules("NET-05")
    def test_a_card_counts_my_work_and_what_of_it_is_late(self):
        queue = self.queue.with_user(self.hotline)
        self.assertEqual((queue.count, queue.late_count), (0, 0))
        self._promise(self.engineer, 1)
        mine = self._promise(self.hotline, 9)
        late = self._promise(self.hotline, 1)
        self._pass_time(hours=3)
        queue.invalidate_recordset()
        self.assertEqual((queue.count, queue.late_count), (2, 1))
        self.assertEqual(queue.oldest_due, late.due_at)
        action = queue.action_open()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, mine | late)

    def test_everybody_sees_the_desk_of_his_leading_role(self):
        self.assertIn(self.queue, self._mine(self.hotline))
        self.assertNotIn(self.queue, self._mine(self.engineer))
        # a director may do what the hotline does, but his desk is another one
        director = new_test_user(
            self.env,
            login="desk_director",
            groups="after_sales_service.group_director",
        )
        self.assertNotIn(self.queue, self._mine(director))
        self.assertTrue(self._mine(director))
        plain = new_test_user(self.env, login="desk_plain", groups="base.group_user")
        self.assertFalse(self._mine(plain))

    def test_every_shipped_card_can_be_counted_by_its_people(self):
        roles = self.env["service.desk.queue"].search([]).group_ids
        self.assertGreaterEqual(len(roles), 5)
        for number, role in enumerate(roles):
            user = new_test_user(self.env, login=f"desk_{number}")
            user.group_ids += role
            cards = self._mine(user)
            self.assertTrue(cards, role.name)
            self.assertEqual(len(cards.mapped("count")), len(cards))
            for card in cards:
                model = self.env[card.action_open()["res_model"]].with_user(user)
                self.assertTrue(model.has_access("read"), (role.name, card.name))

    def test_a_card_that_cannot_be_counted_is_refused(self):
        for domain in ("[('colour', '=', 'red')]", "[('user_id', '=', me)]", "[("):
            with self.assertRaisesRegex(ValidationError, "no condition of service.pr"):
                self.queue.copy({"domain": domain})
        with self.assertRaisesRegex(ValidationError, "name.*no date or time"):
            self.queue.copy({"due_field": "name"})
        with self.assertRaises(AccessError):
            self.queue.with_user(self.hotline).name = "Mine"


@tagged("post_install", "-at_install")
class TestHome(TransactionCase):
    def _home(self, *groups):
        """The action that the web client opens when nobody chose another."""
        user = new_test_user(self.env, login="home", groups=",".join(groups))
        menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
        return menus[menus["root"]["children"][0]]["actionID"]

    def test_the_day_begins_on_ones_desk(self):
        today = self.env.ref("after_sales_service.action_today")
        home = self._home("base.group_user", "after_sales_service.group_engineer")
        self.assertEqual(home, today.id)

    def test_who_has_no_desk_keeps_odoos_home(self):
        today = self.env.ref("after_sales_service.action_today")
        self.assertNotEqual(self._home("base.group_user"), today.id)
