# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import models

from ..tools import quantity as quantity_tools

# Repairs and sales of the last weeks are the basis of a proposal (PRT-03).
BASIS_DAYS = 28


class SparePartRequest(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "spare.part.request"

    def action_propose(self):
        """Propose quantities from repairs, sales and good stock (PRT-03)."""
        self.line_ids._propose_quantities()
        return True


class SparePartRequestLine(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "spare.part.request.line"

    def _propose_quantities(self):
        """PRT-03: repairs and sales of four weeks against good stock."""
        self._note_basis()
        for line in self:
            proposal = quantity_tools.propose(line.repaired, line.sold, line.on_hand)
            line.quantity = proposal or line.quantity

    def _note_basis(self):
        """Write the basis of the quantity on the lines (PRT-03).

        Each figure is asked once for all lines of a company.
        """
        for company, lines in self.grouped(
            lambda line: line.request_id.company_id
        ).items():
            shelves = lines.request_id._get_shelves()
            since = company._service_now() - timedelta(days=BASIS_DAYS)
            repaired = lines._get_repaired(since)
            sold = lines._get_sold(company, since)
            on_hand = lines._get_on_hand(shelves.values())
            for line in lines:
                station, product = line.station_id, line.product_id
                line.write(
                    {
                        "repaired": repaired.get((station.id, product.id), 0.0),
                        "sold": sold.get(product.id, 0.0),
                        "on_hand": on_hand.get(
                            (shelves[line.request_id].id, product.id), 0.0
                        ),
                    }
                )

    def _get_repaired(self, since) -> dict:
        """Pieces fitted since ``since``: (station id, product id) → quantity."""
        # sudo: volumes only, for the form
        rows = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("repair_line_type", "=", "add"),
                    ("repair_id.ticket_id.station_id", "in", self.station_id.ids),
                    ("state", "=", "done"),
                    ("date", ">=", since),
                ],
                ["repair_id.ticket_id.station_id", "product_id"],
                ["quantity:sum"],
            )
        )
        return {
            (station.id, product.id): quantity for station, product, quantity in rows
        }

    def _get_sold(self, company, since) -> dict:
        """Pieces the company sold since ``since``: product id → quantity."""
        # sudo: sales feed the proposal, whoever asks
        rows = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("state", "=", "sale"),
                    ("order_id.date_order", ">=", since),
                    ("company_id", "=", company.id),
                ],
                ["product_id"],
                ["product_uom_qty:sum"],
            )
        )
        return {product.id: quantity for product, quantity in rows}

    def _get_on_hand(self, shelves) -> dict:
        """Pieces on the shelves: (location id, product id) → quantity."""
        # sudo: figures of the proposal, not the stock itself
        rows = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("location_id", "in", [shelf.id for shelf in shelves]),
                    ("product_id", "in", self.product_id.ids),
                ],
                ["location_id", "product_id"],
                ["quantity:sum"],
            )
        )
        return {
            (location.id, product.id): quantity for location, product, quantity in rows
        }
