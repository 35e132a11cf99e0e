# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import tagged

from .common import AfterSalesCommon


@tagged("post_install", "-at_install")
class TestInstall(AfterSalesCommon):
    def test_on_a_helpdesk_in_use(self):
        """The company has no test clock yet when the tickets get their new column."""
        ticket = self._new_ticket(dispatch=False)
        self.env.flush_all()
        self.env.cr.execute("SELECT create_date FROM helpdesk_ticket LIMIT 1")
        written_down = self.env.cr.fetchone()[0]
        self.assertNotEqual(ticket.reported_at, written_down)
        ticket._init_column("reported_at")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.reported_at, written_down)
