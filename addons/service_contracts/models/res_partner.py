# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _increase_rank(self, field, n=1):
        """In a slice of bills: note it, for one statement instead of one for each."""
        ranks = self.env.context.get("service_customer_ranks")
        if ranks is None or field != "customer_rank":
            return super()._increase_rank(field, n)
        for partner in self:
            ranks[partner.id] += n
        return None

    @api.model
    def _raise_customer_ranks(self, ranks):
        """Raise the customer ranks of a slice of bills, in core's order of things.

        Who had none gets it at once, to be found among the customers; the others when
        the slice is committed, so that it locks nobody out of his customers.

        :param ranks: partner's id → by how much
        """
        # sudo: who bills need not be allowed to edit customers
        new = self.sudo().browse(ranks).filtered(lambda row: not row.customer_rank)
        self.env.cr.execute(self._query_ranks({row.id: ranks[row.id] for row in new}))
        new.invalidate_recordset(["customer_rank"])
        known = {key: n for key, n in ranks.items() if key not in new._ids}
        if not known:
            return

        @self.env.cr.postcommit.add
        def raise_known():
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(self._query_ranks(known))
            except OperationalError:
                _logger.debug("Somebody else changes the customers of these bills.")

    @api.model
    def _query_ranks(self, ranks) -> SQL:
        return SQL(
            "UPDATE res_partner p SET customer_rank = COALESCE(p.customer_rank, 0) + r.n "
            "FROM unnest(%s::int[], %s::int[]) r (id, n) WHERE p.id = r.id",
            list(ranks),
            list(ranks.values()),
        )
