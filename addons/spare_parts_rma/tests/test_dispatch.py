# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.fields import Command
from odoo.tests import tagged

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestDispatch(SpareCommon):
    def test_the_board_shows_whether_the_part_is_there(self):
        ticket = self._new_ticket()
        visit = self.env["service.visit"].create({"ticket_id": ticket.id})
        self.assertEqual(visit.parts_ready, "none")
        request = self.env["spare.part.request"].create(
            {
                "kind": "job",
                "station_id": self.station.id,
                "ticket_id": ticket.id,
                "line_ids": [Command.create({"product_id": self.hd_product.id})],
            }
        )
        for state, expected in (
            ("draft", "waiting"),
            ("shipped", "waiting"),
            ("received", "ready"),
            ("rejected", "none"),
        ):
            request.sudo().state = state
            ticket.invalidate_recordset()
            visit.invalidate_recordset()
            self.assertEqual(visit.with_user(self.hotline).parts_ready, expected, state)
