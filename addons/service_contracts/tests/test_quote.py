# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestQuote(CareCommon):
    """Outside the plan the customer sees the price before anything starts."""

    def _create_outside_case(self, **vals):
        """The one free virus removal of the month is used up."""
        vals = {"delivery_mode": "remote", "item_id": self.item_virus.id, **vals}
        self._create_case(**vals)
        return self._create_case(**vals)

    def test_price_of_the_plan_is_told_and_agreed(self):
        case = self._create_outside_case()
        self.assertEqual(case.quote_state, "needed")
        self.assertIn("price", case.next_step)
        self.assertEqual(case.quote_price, 20.0)
        case.action_quote_price()
        self.assertEqual(case.quote_state, "told")
        quote = case.sudo().quote_ids
        self.assertEqual(quote.order_line.price_unit, 20.0)
        self.assertIn(case.number, quote.order_line.name)
        self.assertIn("Broadband Care", quote.order_line.name)
        with self.assertRaisesRegex(UserError, "Price agreed by"):
            case.action_agree_price()
        case.quote_agreed_by = "李明"
        case.action_agree_price()
        self.assertEqual(case.quote_state, "agreed")
        self.assertEqual(quote.state, "sale")
        self.assertEqual(quote.signed_by, "李明")
        self.assertTrue(quote.signed_on)
        with self.assertRaisesRegex(UserError, "nothing is to be quoted"):
            case.action_quote_price()

    def test_nothing_starts_before(self):
        ticket = self._new_ticket(item_id=self.item_virus.id)
        self.assertEqual(
            ticket.coverage_ids.filtered("item_id").reason, "plan_out_of_scope"
        )
        with self.assertRaisesRegex(UserError, "sees the price before"):
            self._working_visit(ticket)
        self.assertFalse(ticket.visit_ids.repair_id)

    def test_out_of_scope_needs_a_price_from_somebody(self):
        ticket = self._new_ticket(item_id=self.item_virus.id)
        with self.assertRaisesRegex(UserError, "price to quote"):
            ticket.action_quote_price()
        typed = self._create_case(
            dispatch=False,
            item_id=self.item_virus.id,
            delivery_mode="onsite",
            quote_price=70.0,
        )
        self.assertEqual(typed.quote_price, 70.0)
        ticket.quote_price = 80.0
        ticket.action_quote_price()
        ticket.quote_agreed_by = "李明"
        ticket.action_agree_price()
        self.assertEqual(self._working_visit(ticket).state, "working")

    def test_declined_price_may_be_told_anew(self):
        case = self._create_outside_case()
        case.action_quote_price()
        case.action_decline_price()
        self.assertEqual(case.quote_state, "needed")
        case.quote_price = 15.0
        case.action_quote_price()
        self.assertEqual(len(case.sudo().quote_ids), 2)
        self.assertEqual(case.sudo()._get_quote().order_line.price_unit, 15.0)

    def test_remote_session_waits_for_the_price_too(self):
        case = self._create_outside_case()
        record = (
            self.env["service.contact.record"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": case.id,
                    "kind": "remote",
                    "caller": "李明",
                    "problem": "Virus",
                    "answer": "Removed",
                    "consent": True,
                    "consent_name": "李明",
                    "remote_reason": "complex",
                    "assistant_name": "李明",
                    "rating": "5",
                    "outcome": "solved",
                }
            )
        )
        with self.assertRaisesRegex(UserError, "sees the price before"):
            record.action_done()

    def test_an_exception_makes_it_free(self):
        case = self._create_outside_case()
        exception = (
            self.env["service.coverage.exception"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": case.id,
                    "coverage_id": case.coverage_id.id,
                    "verdict": "goodwill",
                    "reason": "Good customer",
                }
            )
        )
        exception.action_ask()
        exception.with_user(self.director).action_approve()
        self.assertFalse(case.quote_state)
        case._check_price_agreed()

    @rules("CARE-10")
    def test_a_quotation_for_a_case_that_is_free_after_all(self):
        case = self._create_outside_case(dispatch=False)
        first = self.env["helpdesk.ticket"].search(
            [("id", "<", case.id), ("item_id", "=", self.item_virus.id)], limit=1
        )
        self.assertTrue(first)
        # both were only reported: the one accepted first is free
        self.assertEqual(case.coverage_verdict, "plan")
        with self.assertRaisesRegex(UserError, "nothing is to be quoted"):
            case.action_quote_price()
        with self.assertRaisesRegex(UserError, "CARE-10"):
            self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "care_ticket_id": case.id,
                    "order_line": [
                        (0, 0, {"product_id": self.care_product.id, "price_unit": 5.0})
                    ],
                }
            )

    def test_who_may_not_write_the_case_quotes_nothing(self):
        case = self._create_outside_case()
        with self.assertRaises(AccessError):
            case.with_user(self.clerk).action_quote_price()
        with self.assertRaises(AccessError):
            case.with_user(self.clerk).action_agree_price()
