# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import rules
from .test_workshop import WorkshopCommon


@tagged("post_install", "-at_install")
class TestWorkshopDesk(WorkshopCommon):
    def _due(self, kind):
        return (
            self.env["repair.order"]
            .with_user(self.hotline)
            .search([("workshop_due", "=", kind)])
        )

    def test_every_repair_shows_what_is_due_and_is_found_by_it(self):
        repair = self._take_in()
        self.assertFalse(repair.workshop_due)
        repair.reproduced = "yes"  # promised for today
        self.assertIn(repair, self._due("today"))
        self._start(repair)
        self._finish(repair)
        self.assertEqual(repair.workshop_due, "call")
        self.assertIn("Phone the customer", repair.workshop_step)
        self.assertIn(repair, self._due("call"))
        repair.action_pickup_called()
        self.assertFalse(repair.workshop_due)
        self._pass_time(days=8)
        repair.invalidate_recordset(["workshop_due"])
        self.assertEqual(repair.workshop_due, "pickup")
        self.assertEqual(self._due("pickup"), repair)
        self.assertFalse(self._due("call"))
        self.company.service_pickup_days = 0
        self.assertFalse(self._due("pickup"))

    def test_the_desk_asks_no_more_queries_for_more_machines(self):
        def queries(repairs):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            repairs.read(["workshop_due", "workshop_step", "loaner_out_count"])
            return self.cr.sql_log_count - before

        repairs = self.env["repair.order"]
        for _number in range(8):
            repairs |= self._take_in()
        queries(repairs[:1])
        self.assertLessEqual(queries(repairs), queries(repairs[:2]) + 2)

    @rules("SHOP-12")
    def test_a_scanned_label_opens_its_repair(self):
        repair = self._take_in()
        desk = self.env["repair.order"].with_user(self.hotline)
        for code in (f" {repair.name} ", self.equipment.serial, "pc0001"):
            self.assertEqual(desk.action_open_scanned(code)["res_id"], repair.id)
        for code in ("NOPE", "", False):
            with self.assertRaisesRegex(UserError, "has the label"):
                desk.action_open_scanned(code)

    @rules("SHOP-02", "AMB-13")
    def test_who_waits_too_long_at_the_counter_is_shown(self):
        ticket = self._new_ticket(delivery_mode="shop")
        tickets = self.env["helpdesk.ticket"].with_user(self.hotline)
        self._pass_time(hours=5)
        waiting = [("waits_too_long", "=", True)]
        self.assertNotIn(ticket, tickets.search(waiting))  # no limit is set
        self.company.service_wait_minutes = 20
        ticket.invalidate_recordset(["waits_too_long"])
        self.assertTrue(ticket.waits_too_long)
        self.assertIn(ticket, tickets.search(waiting))
        ticket.action_take_in()
        self.assertFalse(ticket.waits_too_long)
        self.assertNotIn(ticket, tickets.search(waiting))


@tagged("post_install", "-at_install")
class TestRepairStatus(WorkshopCommon, HttpCase):
    """The page behind the code on the customer's copy."""

    def setUp(self):
        super().setUp()
        self.repair = self._take_in()
        self.path = self.repair.status_url.replace(self.repair.get_base_url(), "")

    def _get(self, path=None, **kw):
        self.env.flush_all()
        return self.url_open(path or self.path, **kw)

    @rules("SHOP-10")
    def test_it_tells_how_it_goes_and_nothing_personal(self):
        self._start(self.repair)
        self.repair.with_user(self.engineer).note_ids = [
            (0, 0, {"text": "The disk comes on Thursday"})
        ]
        self._loaner(self.repair).action_out()
        page = self._get()
        self.assertEqual(page.status_code, 200)
        for shown in (
            self.repair.name,
            "Tongchuang PC",
            "The disk comes on Thursday",
            "11/22/2026",
            "voucher",
            "the machine we lent you",
        ):
            self.assertIn(shown, page.text)
        for hidden in ("李明", "552", "PC0001", "Hard disk not found", "Engineer"):
            self.assertNotIn(hidden, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("session_id", page.cookies)
        self.assertNotIn("<script", page.text)

    def test_it_speaks_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["after_sales_service"], ["zh_CN"]
        )
        self.assertIn("取机凭证", self._get(f"{self.path}?lang=zh_CN").text)
        self.customer.lang = "zh_CN"
        self.assertIn("取机凭证", self._get().text)
        self.assertNotIn("取机凭证", self._get(f"{self.path}?lang=en_US").text)
        self.assertEqual(self._get(f"{self.path}?lang=xx_XX").status_code, 200)

    def test_a_wrong_token_is_told_nothing(self):
        unknown = self._get("/repair-status/" + "A" * 32)
        self.assertEqual(unknown.status_code, 404)
        short = self._get("/repair-status/1")
        self.assertEqual((short.status_code, short.text), (404, unknown.text))
        self.assertEqual(len(self.repair.status_token), 32)
        self.assertNotEqual(self.repair.status_token, self._take_in().status_token)

    def test_it_expires_after_the_hand_over(self):
        self._start(self.repair)
        self._finish(self.repair)
        self.assertIn("ready", self._get().text)
        self._sign(self.repair)
        self.repair.action_hand_over()
        self._pass_time(days=30)
        page = self._get()
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("voucher", page.text)
        self._pass_time(minutes=1)
        self.assertEqual(self._get().status_code, 404)

    def test_nobody_writes_through_it(self):
        self.assertEqual(self._get(data={"text": "hello"}).status_code, 405)

    def test_the_code_is_on_the_customer_s_copy(self):
        html = self.env["ir.actions.report"]._render_qweb_html(
            "after_sales_service.report_acceptance_slip", self.repair.ids
        )[0]
        self.assertIn(b"Scan the code with your phone", html)
        self.repair.sudo().status_token = False
        html = self.env["ir.actions.report"]._render_qweb_html(
            "after_sales_service.report_acceptance_slip", self.repair.ids
        )[0]
        self.assertNotIn(b"Scan the code with your phone", html)


@tagged("post_install", "-at_install")
class TestWorkshopPapers(WorkshopCommon):
    def _html(self, report, record):
        return (
            self.env["ir.actions.report"]
            .with_user(self.hotline)
            ._render_qweb_html(f"after_sales_service.{report}", record.ids)[0]
            .decode()
        )

    @rules("SHOP-05", "SHOP-13", "SHOP-15", "VIS-16", "VIS-20")
    def test_the_repair_order_says_what_the_customer_signs(self):
        repair = self._take_in()
        repair.configuration = "differs"
        repair.check_ids = [(0, 0, {"kind": "extra", "name": "Sound card"})]
        self._start(repair)
        self._finish(repair)
        repair.virus_found = True
        repair.opinion = "Quick"
        self._sign(repair)
        repair.action_hand_over()
        paper = self._html("report_repair_order", repair)
        for words in (
            "Sound card",
            "Disk broken",
            "Disk replaced",
            "Keep a backup",
            "how to prevent it",
            "Copied a large file",
            "Very satisfied",
            "Quick",
            "data:image/png;base64",
            repair.coverage_sentence,
        ):
            self.assertIn(words, paper)

    @rules("PRT-25")
    def test_the_loaner_slip_says_what_was_lent_and_how_good_it_was(self):
        loaner = self._loaner(self._take_in())
        loaner.action_out()
        paper = self._html("report_loaner", loaner)
        for words in (loaner.name, "LOAN-1", "No scratch", "free of charge"):
            self.assertIn(words, paper)

    def test_papers_speak_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["after_sales_service"], ["zh_CN"]
        )
        repair = self._take_in()
        self.customer.lang = "zh_CN"
        self.assertIn("取机凭证", self._html("report_acceptance_slip", repair))
