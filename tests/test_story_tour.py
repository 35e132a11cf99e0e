# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The same fault as in ``test_story``, clicked by everybody in a real browser."""

from odoo.tests import HttpCase, tagged

from odoo.addons.after_sales_service.tests.common import rules

from .test_story import StoryCommon


@tagged("post_install", "-at_install")
class TestStoryTour(StoryCommon, HttpCase):
    @classmethod
    def default_env_context(cls):
        # the web client's chatter needs tracking as users have it
        return {}

    def _click(self, *steps):
        """Everybody in turn: (address, tour, login)."""
        for url, tour, login in steps:
            self.start_tour(url, tour, login=login)
            self.env.invalidate_all()

    def _last_ticket(self):
        return self.env["helpdesk.ticket"].search([], limit=1, order="id desc")

    @rules(
        "DSP-10", "DSP-11", "PRT-14", "RMA-05", "PRT-09", "CB-03", "CARE-10", "CON-20"
    )
    def test_one_fault_clicked_end_to_end(self):
        nobody_pays = self._create_subscribers(1)
        nobody_pays.invoice_partner_id.active = False
        self._click(
            ("/odoo/after-sales-tickets/new", "after_sales_hotline", "hotline"),
            ("/odoo/my-visits", "spare_parts_engineer_draw", "engineer"),
            ("/odoo/part-draws", "spare_parts_specialist_hands_out", "specialist"),
            ("/odoo/my-visits", "spare_parts_engineer_visit", "engineer"),
            ("/odoo", "spare_parts_return", "specialist"),
            ("/odoo/weekly-returns", "spare_parts_director_signs", "director"),
            ("/odoo/weekly-returns", "spare_parts_specialist_ships", "specialist"),
            ("/odoo", "spare_parts_receiving", "clerk"),
            ("/odoo/callbacks", "after_sales_callback", "hotline"),
            ("/odoo/part-charges", "spare_parts_finance_charges", "finance"),
            ("/odoo/billing-runs", "service_contracts_billing", "finance"),
        )
        ticket = self._last_ticket()
        clocks = {clock.rule: clock.state for clock in ticket.clock_ids}
        self.assertEqual((clocks["DSP-10"], clocks["DSP-12"]), ("met", "met"))
        visit = ticket.visit_ids
        self.assertEqual((visit.state, visit.rating), ("done", "5"))
        rma = visit.spare_swap_ids.rma_ids
        self.assertEqual((rma.serial, rma.state), ("HD-OLD-1", "closed"))
        self.assert_at("HD-OLD-1", self.company.spare_refurbish_location_id)
        first, second = ticket.callback_ids.sorted("tier")
        self.assertEqual((first.state, first.done_by_id), ("done", self.hotline))
        self.assertEqual((second.state, second.user_id), ("todo", self.branch_user))
        self.assertEqual(self.contract.billing_line_ids.move_id.state, "posted")
        charge = self.env["spare.charge"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(charge.mapped("state"), ["covered"])

    @rules("OOW-05", "OOW-07", "OOW-08", "OOW-10", "OOW-11", "OOW-14", "CB-17")
    def test_the_same_fault_out_of_warranty_clicked(self):
        self.branch.oow_pricelist_id = self.env["product.pricelist"].create(
            {"name": "OOW"}
        )
        self.equipment.sale_date = "2022-01-10"
        self._click(
            ("/odoo/after-sales-tickets/new", "after_sales_hotline", "hotline"),
            ("/odoo/my-visits", "spare_parts_engineer_oow", "engineer"),
            ("/odoo/part-requests", "spare_parts_finance_paid", "finance"),
            ("/odoo/part-requests", "spare_parts_branch_approves", "branch_user"),
            ("/odoo/part-draws", "spare_parts_engineer_asks_again", "engineer"),
            ("/odoo/part-draws", "spare_parts_specialist_hands_out", "specialist"),
            ("/odoo/my-visits", "spare_parts_engineer_visit", "engineer"),
            ("/odoo/part-charges", "spare_parts_finance_settled", "finance"),
            ("/odoo/callbacks", "after_sales_callback", "branch_user"),
            ("/odoo/callbacks", "after_sales_second_caller", "branch_user"),
        )
        ticket = self._last_ticket()
        self.assertEqual(ticket.coverage_verdict, "chargeable")
        request = ticket.visit_ids.spare_request_ids
        self.assertEqual(
            (request.verified_by_id, request.approved_by_id, request.state),
            (self.finance, self.branch_user, "used"),
        )
        charge = self.env["spare.charge"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(charge.mapped("state"), ["settled"])
        self.assertEqual(sorted(ticket.callback_ids.mapped("state")), ["done", "todo"])
