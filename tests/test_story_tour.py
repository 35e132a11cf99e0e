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

    @rules("DSP-10", "DSP-11", "PRT-14", "RMA-05", "PRT-09", "CB-03", "CARE-10")
    def test_one_fault_clicked_end_to_end(self):
        for url, tour, login in (
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
        ):
            self.start_tour(url, tour, login=login)
            self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].search([], limit=1, order="id desc")
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
