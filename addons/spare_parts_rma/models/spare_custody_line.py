# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL


class SpareCustodyLine(models.Model):
    """Who drew what, when, for which job, and when it came back (PRT-01, PRT-02).

    A reading of stock move lines, so it cannot drift from stock: a draw is
    closed by the first movement out of the engineer's hands that completes its
    quantity, first in first out per product and serial.
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
        "stock.move": ["picking_id", "repair_id"],
        "stock.picking": ["spare_draw_id"],
        "stock.location": ["service_use", "custodian_id", "station_id", "usage"],
        "spare.draw": ["visit_id", "workshop_repair_id", "ticket_id", "handed_by_id"],
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
        return SQL(
            """
            WITH drawn AS (
                SELECT line.id, line.date, line.product_id, line.lot_id,
                       line.quantity_product_uom AS quantity, line.company_id,
                       place.id AS location_id, place.custodian_id,
                       place.station_id, move.picking_id,
                       sum(line.quantity_product_uom) OVER (
                           PARTITION BY place.id, line.product_id, line.lot_id
                           ORDER BY line.date, line.id
                       ) AS upto
                  FROM stock_move_line line
                  JOIN stock_location place ON place.id = line.location_dest_id
                   AND place.service_use = 'engineer'
                  JOIN stock_move move ON move.id = line.move_id
                 WHERE line.state = 'done'
            ), gone AS (
                SELECT line.id, line.date, line.product_id, line.lot_id,
                       line.location_id, dest.usage,
                       sum(line.quantity_product_uom) OVER (
                           PARTITION BY line.location_id, line.product_id, line.lot_id
                           ORDER BY line.date, line.id
                       ) AS upto
                  FROM stock_move_line line
                  JOIN stock_location place ON place.id = line.location_id
                   AND place.service_use = 'engineer'
                  JOIN stock_location dest ON dest.id = line.location_dest_id
                 WHERE line.state = 'done'
            )
            SELECT drawn.id, drawn.date AS drawn_at,
                   drawn.custodian_id AS engineer_id, drawn.station_id,
                   drawn.company_id, drawn.product_id, drawn.lot_id, drawn.quantity,
                   draw.id AS draw_id, draw.handed_by_id, draw.visit_id,
                   draw.workshop_repair_id, draw.ticket_id, closing.date AS closed_at,
                   CASE WHEN closing.id IS NULL THEN 'held'
                        WHEN closing.usage = 'internal' THEN 'returned'
                        ELSE 'used' END AS state
              FROM drawn
              LEFT JOIN stock_picking picking ON picking.id = drawn.picking_id
              LEFT JOIN spare_draw draw ON draw.id = picking.spare_draw_id
              LEFT JOIN LATERAL (
                    SELECT gone.id, gone.date, gone.usage
                      FROM gone
                     WHERE gone.location_id = drawn.location_id
                       AND gone.product_id = drawn.product_id
                       AND gone.lot_id IS NOT DISTINCT FROM drawn.lot_id
                       AND gone.upto >= drawn.upto
                     ORDER BY gone.upto, gone.date
                     LIMIT 1
              ) closing ON TRUE
            """
        )
