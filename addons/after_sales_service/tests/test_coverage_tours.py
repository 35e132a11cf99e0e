# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import HttpCase, tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestCoverageTours(AfterSalesCommon, HttpCase):
    @rules("WAR-22")
    def test_the_hotline_asks_why_and_the_director_approves_an_exception(self):
        old = self._create_equipment("PC0002", sale_date="2022-01-10")
        ticket = self._new_ticket(scan="PC0002", component_id=old.component_ids[0].id)
        self.start_tour(
            f"/odoo/after-sales-tickets/{ticket.id}", "after_sales_why", login="hotline"
        )
        exception = ticket.exception_ids
        self.assertEqual(
            (exception.state, exception.asked_by_id), ("asked", self.hotline)
        )
        self.start_tour(
            "/odoo/coverage-exceptions", "after_sales_exception", login="director"
        )
        self.assertEqual(exception.decided_by_id, self.director)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.coverage_verdict, "goodwill")
        self.assertIn("Regular customer", ticket.coverage_sentence)
