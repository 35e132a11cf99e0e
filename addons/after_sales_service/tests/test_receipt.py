# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import AfterSalesCommon, rules


class ReceiptCommon(AfterSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "li.ming@example.com"
        cls.receipts = cls.env["service.receipt"].with_user(cls.hotline)

    @classmethod
    def _remote(cls, **vals):
        """A case helped from afar."""
        return cls._new_ticket(dispatch=False, delivery_mode="remote", **vals)

    @classmethod
    def _guide(cls, ticket, **vals):
        return (
            cls.env["service.contact.record"]
            .with_user(cls.hotline)
            .create(
                {
                    "ticket_id": ticket.id,
                    "kind": "guidance",
                    "answer": "Restarted the modem",
                    "outcome": "solved",
                    **vals,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestReceipt(ReceiptCommon):
    @rules("CARE-13")
    def test_a_remote_case_does_not_end_without_a_receipt(self):
        ticket = self._remote()
        with (
            self.assertRaisesRegex(UserError, "not rated the work yet .CARE-13"),
            self.cr.savepoint(),
        ):
            ticket.action_close()
        record = self._guide(ticket)
        with self.assertRaisesRegex(UserError, "CARE-13"):
            record.action_done()
        record.rating = "4"
        record.action_done()
        self.assertEqual(ticket.next_step, "Close the ticket")
        ticket.action_close()
        self.assertTrue(ticket.stage_id.closed)

    @rules("CARE-13")
    def test_a_stage_is_no_back_door(self):
        ticket = self._remote()
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        with self.assertRaisesRegex(UserError, "CARE-13"), self.cr.savepoint():
            ticket.stage_id = done
        # nothing was done for him: nothing to rate
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        self.assertTrue(ticket.stage_id.closed)
        # a question is no maintenance, and nobody asks nobody
        self._remote(kind="consultation").action_close()
        self._remote(scan=False, component_id=False).action_close()

    @rules("CARE-13")
    def test_the_agent_enters_what_the_customer_says(self):
        ticket = self._remote()
        action = ticket.action_receipt()
        receipt = self.receipts.with_context(**action["context"]).create({})
        with self.assertRaisesRegex(UserError, "rating .CARE-13"):
            receipt.action_give()
        with self.assertRaises(AccessError):
            receipt.state = "given"
        receipt.write({"rating": "5", "opinion": "Quick"})
        receipt.action_give()
        self.assertEqual(receipt.answered_by_id, self.hotline)
        with self.assertRaisesRegex(UserError, "as he said it"):
            receipt.rating = "1"
        self.assertEqual(ticket.action_receipt()["res_id"], receipt.id)
        ticket.action_close()

    @rules("CARE-13")
    def test_who_refuses_or_is_not_reached_leaves_a_reason(self):
        ticket = self._remote()
        record = self._guide(ticket)
        receipt = self.receipts.create({"ticket_id": ticket.id})
        record.action_done()  # asked for apart from the record
        self.assertIn("Receipt", ticket.next_step)
        with self.assertRaisesRegex(UserError, "CARE-13"), self.cr.savepoint():
            ticket.action_close()
        with self.assertRaisesRegex(UserError, "why there is no rating"):
            receipt.action_decline()
        receipt.reason = "unreachable"
        receipt.action_decline()
        ticket.action_close()
        self.assertEqual((receipt.state, receipt.rating), ("declined", False))

    @rules("CARE-13", "SHOP-22")
    def test_a_machine_sent_back_by_post_needs_a_receipt_too(self):
        ticket = self._new_ticket(delivery_mode="shop")
        ticket.action_take_in()
        repair = ticket.repair_ids
        repair.sudo()._set_guarded({"handed_over_at": self.company._service_now()})
        with self.assertRaisesRegex(UserError, "CARE-13"), self.cr.savepoint():
            ticket.action_close()
        self.receipts.create(
            {"ticket_id": ticket.id, "rating": "3", "way": "paper"}
        ).action_give()
        ticket.action_close()

    def test_many_cases_are_judged_at_once(self):
        """Queries do not grow with the number of cases."""
        few, many = (
            self.env["helpdesk.ticket"].browse(
                [self._remote(name=f"{number}").id for number in range(size)]
            )
            for size in (2, 8)
        )
        for tickets in (few, many):
            self.receipts.create(
                [
                    {"ticket_id": ticket.id, "reason": "refused"}
                    for ticket in tickets.with_user(self.hotline)
                ]
            ).action_decline()
        counts = []
        for tickets in (few, many):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(any(ticket._lacks_receipt() for ticket in tickets))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_the_link_goes_to_who_has_an_address(self):
        receipt = self.receipts.create({"ticket_id": self._remote().id})
        receipt.action_send()
        mail = self.env["mail.mail"].search([], limit=1, order="id desc")
        self.assertIn(receipt.url, mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(receipt.sent_at, self.company._service_now())
        self.customer.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            receipt.action_send()

    @rules("SEC-07")
    def test_a_receipt_belongs_to_its_station(self):
        receipt = self.receipts.create({"ticket_id": self._remote().id})
        self.assertFalse(receipt.with_user(self.clerk).has_access("read"))
        # a colleague who does not see the case neither asks nor ends its record
        record = self._guide(receipt.ticket_id)
        for act in (receipt.action_send, record.action_done):
            with self.assertRaises(AccessError):
                act.__func__(act.__self__.with_user(self.engineer))
        self.engineer.service_station_ids = self.env.ref(
            "after_sales_service.station_suzhou"
        )
        self.assertFalse(receipt.with_user(self.engineer).has_access("read"))


@tagged("post_install", "-at_install")
class TestReceiptPage(ReceiptCommon, HttpCase):
    @rules("CARE-13")
    def test_the_customer_rates_on_his_page(self):
        ticket = self._remote()
        receipt = self.receipts.create({"ticket_id": ticket.id, "reason": "refused"})
        receipt.action_decline()
        path = f"/service-receipt/{receipt.token}"
        page = self.url_open(path)
        self.assertIn("How did we serve you?", page.text)
        self.assertNotIn(self.customer.phone, page.text)
        self.assertIn("no-store", page.headers["Cache-Control"])
        self.url_open(path, data={"rating": "9"})
        self.assertEqual(receipt.state, "declined")
        page = self.url_open(path, data={"rating": "2", "opinion": "Too <b>late</b>"})
        self.assertIn("Thank you", page.text)
        self.assertIn("Too &lt;b&gt;late", page.text)
        receipt.invalidate_recordset()
        self.assertEqual(
            (receipt.state, receipt.rating, receipt.way), ("given", "2", "link")
        )
        self.url_open(path, data={"rating": "5"})
        receipt.invalidate_recordset()
        self.assertEqual(receipt.rating, "2")

    def test_a_wrong_token_finds_nothing(self):
        for token in ("A" * 32, "x"):
            page = self.url_open(f"/service-receipt/{token}")
            self.assertEqual(page.status_code, 404)
