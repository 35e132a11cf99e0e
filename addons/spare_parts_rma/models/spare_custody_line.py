# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL


class SpareCustodyLine(models.Model):
    """Who drew what, when, for which job, and when it came back (PRT-01, PRT-02).

    A reading of stock move lines, so it cannot drift from stock: a draw is
    closed by the first movement out of the engineer's hands that completes its
    quantity, first in first out per product and serial.

    Two branches that share no row: what lies in hands now is found from the few
    quants there, the history from the moves. ``held`` is a constant in each, so
    that a search for one never reads the other.
    """

    _name = "spare.custody.line"
    _description = "Custody Ledger"
    _auto = False
    _order = "drawn_at desc, id desc"
    _rec_name = "product_id"
    _depends = {
        "stock.move.line": [
            "product_id",
            "lot_id",
            "quantity_product_uom",
            "location_id",
            "location_dest_id",
            "date",
            "state",
            "move_id",
        ],
        "stock.quant": ["product_id", "lot_id", "location_id", "quantity"],
        "stock.move": ["picking_id", "repair_id"],
        "stock.picking": ["spare_draw_id"],
        "stock.location": ["service_use", "custodian_id", "station_id", "usage"],
        "spare.draw": ["visit_id", "workshop_repair_id", "ticket_id", "handed_by_id"],
        "service.station": ["custody_days"],
        "res.company": ["service_sandbox", "service_test_now"],
    }

    drawn_at = fields.Datetime(readonly=True)
    engineer_id = fields.Many2one(comodel_name="res.users", readonly=True)
    station_id = fields.Many2one(comodel_name="service.station", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    lot_id = fields.Many2one(comodel_name="stock.lot", string="Serial", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    draw_id = fields.Many2one(comodel_name="spare.draw", readonly=True)
    handed_by_id = fields.Many2one(
        comodel_name="res.users", string="Handed out by", readonly=True
    )
    visit_id = fields.Many2one(comodel_name="service.visit", readonly=True)
    workshop_repair_id = fields.Many2one(comodel_name="repair.order", readonly=True)
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", readonly=True)
    closed_at = fields.Datetime(string="Returned or used", readonly=True)
    days = fields.Integer(string="Days in hands", readonly=True, aggregator="avg")
    held = fields.Boolean(string="In hands now", readonly=True)
    overdue = fields.Boolean(
        readonly=True, help="Longer in hands than the station allows (PRT-13)."
    )
    state = fields.Selection(
        selection=[
            ("held", "In hands"),
            ("used", "Used"),
            ("returned", "Handed back"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._get_held_sql(), self._get_history_sql())

    def _get_columns_sql(self):
        """Columns that both branches read from ``line`` and its documents."""
        return SQL(
            """
            line.id, line.date AS drawn_at, place.custodian_id AS engineer_id,
            place.station_id, line.company_id, line.product_id, line.lot_id,
            line.quantity, draw.id AS draw_id, draw.handed_by_id, draw.visit_id,
            draw.workshop_repair_id, draw.ticket_id
            """
        )

    def _get_documents_sql(self):
        return SQL(
            """
            JOIN stock_move move ON move.id = line.move_id
            LEFT JOIN stock_picking picking ON picking.id = move.picking_id
            LEFT JOIN spare_draw draw ON draw.id = picking.spare_draw_id
            """
        )

    def _get_held_sql(self):
        """The last draws that make up what lies in hands now."""
        return SQL(
            """
            SELECT %s, NULL::timestamp AS closed_at,
                   EXTRACT(day FROM clock.now - line.date)::integer AS days,
                   TRUE AS held,
                   EXTRACT(day FROM clock.now - line.date) > station.custody_days
                       AS overdue,
                   'held' AS state
              FROM (SELECT quant.location_id, quant.product_id, quant.lot_id,
                           sum(quant.quantity) AS quantity
                      FROM stock_quant quant
                      JOIN stock_location bag ON bag.id = quant.location_id
                       AND bag.service_use = 'engineer'
                     WHERE quant.quantity > 0
                     GROUP BY quant.location_id, quant.product_id, quant.lot_id
                   ) pile
              JOIN stock_location place ON place.id = pile.location_id
              JOIN service_station station ON station.id = place.station_id
              JOIN LATERAL (
                    SELECT recent.*
                      FROM (SELECT line.id, line.date, line.product_id, line.lot_id,
                                   line.company_id, line.move_id,
                                   line.quantity_product_uom AS quantity,
                                   sum(line.quantity_product_uom) OVER (
                                       ORDER BY line.date DESC, line.id DESC
                                   ) - line.quantity_product_uom AS later
                              FROM stock_move_line line
                             WHERE line.location_dest_id = pile.location_id
                               AND line.product_id = pile.product_id
                               AND COALESCE(line.lot_id, 0) = COALESCE(pile.lot_id, 0)
                               AND line.state = 'done'
                           ) recent
                     WHERE recent.later < pile.quantity
              ) line ON TRUE
              JOIN LATERAL (%s) clock ON TRUE
              %s
            """,
            self._get_columns_sql(),
            self._get_now_sql(),
            self._get_documents_sql(),
        )

    def _get_history_sql(self):
        """Draws that were used or handed back, with the movement that closed them."""
        return SQL(
            """
            SELECT %s, closing.date AS closed_at,
                   EXTRACT(day FROM closing.date - line.date)::integer AS days,
                   FALSE AS held, FALSE AS overdue,
                   CASE WHEN closing.usage = 'internal' THEN 'returned'
                        ELSE 'used' END AS state
              FROM (SELECT id, date, product_id, lot_id, company_id, move_id,
                           location_dest_id, quantity_product_uom AS quantity
                      FROM stock_move_line
                     WHERE state = 'done') line
              JOIN stock_location place ON place.id = line.location_dest_id
               AND place.service_use = 'engineer'
              JOIN LATERAL (
                    SELECT sum(before.quantity_product_uom) AS upto
                      FROM stock_move_line before
                     WHERE before.location_dest_id = line.location_dest_id
                       AND before.product_id = line.product_id
                       AND COALESCE(before.lot_id, 0) = COALESCE(line.lot_id, 0)
                       AND before.state = 'done'
                       AND (before.date, before.id) <= (line.date, line.id)
              ) drawn ON TRUE
              JOIN LATERAL (
                    SELECT gone.date, gone.usage
                      FROM (SELECT away.date, away.id, dest.usage,
                                   sum(away.quantity_product_uom) OVER (
                                       ORDER BY away.date, away.id
                                   ) AS upto
                              FROM stock_move_line away
                              JOIN stock_location dest
                                ON dest.id = away.location_dest_id
                             WHERE away.location_id = line.location_dest_id
                               AND away.product_id = line.product_id
                               AND COALESCE(away.lot_id, 0) = COALESCE(line.lot_id, 0)
                               AND away.state = 'done'
                           ) gone
                     WHERE gone.upto >= drawn.upto
                     ORDER BY gone.upto, gone.date
                     LIMIT 1
              ) closing ON TRUE
              %s
            """,
            self._get_columns_sql(),
            self._get_documents_sql(),
        )

    def _get_now_sql(self):
        """The company's now: its test clock in a sandbox."""
        return SQL(
            """
            SELECT CASE WHEN company.service_sandbox THEN company.service_test_now
                        ELSE now() AT TIME ZONE 'UTC' END AS now
              FROM res_company company WHERE company.id = line.company_id
            """
        )
