# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import re
from unittest import mock

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import CareCommon

# What the question for the plan reads: contracts, plans and what is used of them.
TABLES = re.compile(
    r'FROM "(contract_|service_plan|service_entitlement|service_contract_phase)'
)


@tagged("post_install", "-at_install")
class TestQueries(CareCommon):
    """What a plan costs where a batch of tickets is born."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_subscribers(1).partner_id

    def _create_tickets(self, count):
        """Create tickets inside the plan; how many queries asked for it."""
        asked = []
        execute = Cursor.execute

        def counted(cursor, query, *args, **kwargs):
            text = getattr(query, "code", query)
            asked.extend(TABLES.findall(text if isinstance(text, str) else ""))
            return execute(cursor, query, *args, **kwargs)

        vals = {
            "name": "Slow",
            "description": "Slow",
            "partner_id": self.partner.id,
            "item_id": self.item_virus.id,
            "delivery_mode": "shop",
        }
        with mock.patch.object(Cursor, "execute", counted):
            tickets = self.env["helpdesk.ticket"].create([dict(vals)] * count)
            self.env.flush_all()
        self.assertEqual(set(tickets.mapped("coverage_verdict")), {"plan"})
        return len(asked)

    def test_entitlement_check_adds_three_queries_to_a_batch(self):
        """For one ticket and for a hundred; reading the plan itself comes once."""
        self._create_tickets(1)
        warm = [self._create_tickets(count) for count in (1, 100)]
        self.assertLessEqual(max(warm), 3, warm)
        self.assertGreater(min(warm), 0, "nothing was counted")
        cold = []
        for count in (1, 100):
            self.env.invalidate_all()
            cold.append(self._create_tickets(count))
        self.assertEqual(cold[0], cold[1], "it grows with the tickets")
        self.assertLessEqual(cold[0], 10)
