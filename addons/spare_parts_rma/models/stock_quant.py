# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _spare_available(self, pieces):
        """What lies free at the places where ``pieces`` are to be taken from.

        The rows are locked by waiting, not by giving up: who comes second fails
        to serialise, is repeated by the server and then sees what is left.

        :param pieces: dicts with product, lot, location
        :returns: {(product id, lot id or False, location id): quantity}
        """
        available = defaultdict(float)
        if not pieces:
            return available
        products = {piece["product"].id for piece in pieces}
        locations = {piece["location"].id for piece in pieces}
        self.flush_model()
        for product, lot, location, quantity in self.env.execute_query(
            SQL(
                """
                SELECT product_id, lot_id, location_id, quantity - reserved_quantity
                  FROM stock_quant
                 WHERE product_id IN %s AND location_id IN %s
                   AND COALESCE(lot_id, 0) IN %s
                 ORDER BY id
                   FOR UPDATE
                """,
                tuple(products),
                tuple(locations),
                (0, *(piece["lot"].id for piece in pieces if piece["lot"])),
            )
        ):
            available[product, lot or False, location] += float(quantity)
        return available

    @api.model
    def _spare_check_available(self, pieces, hint):
        """Refuse to take what is not there: never negative.

        :param pieces: dicts with product, lot, location, quantity
        :param hint: sentence that says who can mend it
        """
        wanted = defaultdict(float)
        for piece in pieces:
            if piece["product"].is_storable:
                key = (piece["product"], piece["lot"], piece["location"])
                wanted[key] += piece["quantity"]
        available = self._spare_available(pieces)
        short = []
        for (product, lot, location), quantity in wanted.items():
            there = available[product.id, lot.id, location.id]
            if product.uom_id.compare(quantity, there) > 0:
                short.append(
                    self.env._(
                        "%(piece)s: wanted %(wanted)g, on hand %(there)g at "
                        "%(location)s",
                        piece=" ".join(filter(None, (product.display_name, lot.name))),
                        wanted=quantity,
                        there=max(there, 0.0),
                        location=location.display_name,
                    )
                )
        if short:
            raise UserError("\n".join([*short, hint]))

    @api.model
    def _spare_find(self, lots) -> dict:
        """Where serials lie by the books, on our shelves or on the road: lot → quant."""
        return {
            quant.lot_id: quant
            for quant in self.search(
                [
                    ("lot_id", "in", lots.ids),
                    ("quantity", ">", 0),
                    ("location_id.usage", "in", ("internal", "transit")),
                ]
            )
        }

    @api.model
    def _spare_check_nowhere(self, lots):
        """Refuse what comes out of a machine and lies somewhere else by the books."""
        lying = self._spare_find(lots)
        if lying:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(product)s %(serial)s lies at %(place)s by the books, so it "
                        "does not come out of a machine. Scan the serial of the old "
                        "part again; if it is right, the specialist counts %(place)s.",
                        product=lot.product_id.display_name,
                        serial=lot.name,
                        place=quant.location_id.display_name,
                    )
                    for lot, quant in lying.items()
                )
            )
