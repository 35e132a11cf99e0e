# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import re
from datetime import datetime

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AfterSalesCommon, rules


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

    def test_the_portal_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        modules = self.env["ir.module.module"].search(
            [("name", "in", ("helpdesk_mgmt", "after_sales_service"))]
        )
        modules._update_translations(["zh_CN"])
        self.owner.lang = "zh_CN"
        self.authenticate("owner_portal", "owner_portal")
        self.opener.cookies["frontend_lang"] = "zh_CN"
        page = self.url_open("/my/tickets").text
        self.assertIn(self.ticket.number, page)
        for word in ("工单", "创建时间", "最新"):
            self.assertIn(word, page)
        for word in ("Newest", "Create Date", ">All<", ">Title<"):
            self.assertNotIn(word, page)
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn(f"(#<span>{self.ticket.number}</span>)", page)
        self.assertIn("沟通记录", page)

    def test_signing_in_turns_the_portal_to_ones_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.owner.lang = "zh_CN"
        page = self.url_open("/web/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        answer = self.url_open(
            "/web/login",
            data={
                "login": "owner_portal",
                "password": "owner_portal",
                "csrf_token": token,
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.headers["Location"], "/my")
        self.assertEqual(answer.cookies["frontend_lang"], "zh_CN")

    def test_the_mail_greets_the_customer_not_our_agent(self):
        self.ticket.user_id = self.hotline
        for name in ("closed_ticket_template", "changed_stage_template"):
            template = self.env.ref(f"helpdesk_mgmt.{name}")
            body = template._render_field("body_html", self.ticket.ids)[self.ticket.id]
            self.assertIn(f"Hello {self.customer.name},", body)
            self.assertNotIn(self.hotline.name, body)

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

    def _post(self, url, **values):
        self.authenticate("owner_portal", "owner_portal")
        values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=values)

    def _wish(self, begin="09:00", end="11:00", day="2026-11-21"):
        url = f"/my/ticket/{self.ticket.id}/wish"
        return self._post(url, day=day, begin=begin, end=end)

    @rules("DSP-26")
    def test_the_customer_wishes_a_time_and_the_dispatcher_books_it(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        page = self._wish()
        self.assertIn("Your wish", page.text)
        start, end = datetime(2026, 11, 21, 1), datetime(2026, 11, 21, 3)
        self.assertEqual((self.ticket.wish_start, self.ticket.wish_end), (start, end))
        ticket = self.ticket.with_user(self.hotline)
        ticket.action_dispatch()
        ticket.action_plan_visits()
        visit = ticket.visit_ids
        self.assertEqual((visit.window_start, visit.window_end), (start, end))
        # not agreed yet: a second wish moves the card on the board
        self._wish("13:00", "15:00")
        self.assertEqual(visit.window_start, datetime(2026, 11, 21, 5))
        visit.engineer_id = self.engineer
        visit.action_appoint()
        page = self._wish("16:00", "17:00")
        self.assertIn("agreed already", page.text)
        self.assertEqual(visit.window_start, datetime(2026, 11, 21, 5))
        self.assertNotIn("When should we come?", page.text)

    @rules("DSP-26", "VIS-01")
    def test_half_a_day_the_past_and_nonsense_are_no_wish(self):
        for wish, word in (
            ({"begin": "08:00", "end": "12:00"}, "4 hours"),
            ({"begin": "12:00", "end": "09:00"}, "4 hours"),
            ({"day": "2026-11-01"}, "past"),
            ({"day": "tomorrow"}, "Enter the day"),
        ):
            with self.subTest(**wish):
                page = self._wish(**wish).text
                self.assertIn(word, page)
                for typed in wish.values():
                    self.assertIn(f'value="{typed}"', page)
                self.assertFalse(self.ticket.wish_start)

    @rules("DSP-26")
    def test_nobody_wishes_for_somebody_else(self):
        self.ticket.partner_id = self.hotline.partner_id
        self.ticket.equipment_id = False
        self.ticket.partner_id = self.hotline.partner_id
        self._wish()
        self.assertFalse(self.ticket.wish_start)

    @rules("DSP-26", "SYS-04")
    def test_a_question_on_the_platform_sends_nobody(self):
        self._post(
            "/submitted/ticket",
            kind="consultation",
            subject="How do I print?",
            description="Two sides",
        )
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "How do I print?")])
        self.assertEqual(
            (ticket.kind, ticket.delivery_mode, ticket.partner_id),
            ("consultation", "remote", self.customer),
        )
        self.assertEqual(ticket.channel_id.medium, "online")
