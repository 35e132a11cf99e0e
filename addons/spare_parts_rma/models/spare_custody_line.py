# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

FEW = 1000


class SpareCustodyLine(models.Model):
    """Who drew what, when, for which job, and when it came back (PRT-01, PRT-02).

    A reading of stock move lines, so it cannot drift from stock: each line into an
    engineer's hands is a draw. What lies in hands now makes up the last draws of
    its product and serial; an earlier draw was closed by the movement out of these
    hands that completed its quantity, first in first out. That movement is looked
    up for the lines shown only: a million lines are searched without it.
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
    used = fields.Boolean(readonly=True)
    state = fields.Selection(
        selection=[
            ("held", "In hands"),
            ("used", "Used"),
            ("returned", "Handed back"),
        ],
        readonly=True,
        search="_search_state",
    )

    def _search_state(self, operator, value):
        """By ``held`` and ``used``, whose share the database can estimate."""
        if operator != "in":
            return NotImplemented
        domains = {
            "held": [("held", "=", True)],
            "used": [("used", "=", True)],
            "returned": [("held", "=", False), ("used", "=", False)],
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Parts, serials and people are looked up first, where they are few.

        A constant leads the database to an index of a million lines, a sub-query
        does not.
        """

        def look_up(condition):
            if condition.operator != "any" or not isinstance(condition.value, Domain):
                return condition
            field = self._fields[condition.field_expr]
            found = self.env[field.comodel_name]._search(
                condition.value, limit=FEW + 1, active_test=False
            )
            ids = found.get_result_ids()
            return condition if len(ids) > FEW else Domain(field.name, "in", ids)

        domain = Domain(domain).optimize(self).map_conditions(look_up)
        return super()._search(domain, *args, **kwargs)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.date AS drawn_at, place.custodian_id AS engineer_id,
                   place.station_id, line.company_id, line.product_id, line.lot_id,
                   COALESCE(held.quantity, line.quantity_product_uom) AS quantity,
                   draw.id AS draw_id, draw.handed_by_id, draw.visit_id,
                   draw.workshop_repair_id, draw.ticket_id,
                   %(closed_at)s AS closed_at,
                   EXTRACT(day FROM CASE WHEN held.id IS NULL THEN %(closed_at)s
                                         ELSE %(now)s END - line.date)::integer AS days,
                   held.yes AS held,
                   (held.yes AND EXTRACT(day FROM %(now)s - line.date) > (
                        SELECT station.custody_days FROM service_station station
                         WHERE station.id = place.station_id)) AS overdue,
                   %(closed_by)s != 'internal' AS used,
                   CASE WHEN held.id IS NOT NULL THEN 'held'
                        WHEN %(closed_by)s = 'internal' THEN 'returned'
                        ELSE 'used' END AS state
              FROM stock_move_line line
              JOIN stock_location place ON place.id = line.location_dest_id
               AND place.service_use = 'engineer'
              LEFT JOIN (%(held)s) held ON held.id = line.id
              LEFT JOIN stock_move move ON move.id = line.move_id
              LEFT JOIN stock_picking picking ON picking.id = move.picking_id
              LEFT JOIN spare_draw draw ON draw.id = picking.spare_draw_id
             WHERE line.state = 'done'
            """,
            closed_at=self._get_closing_sql(SQL("gone.date")),
            closed_by=self._get_closing_sql(
                SQL(
                    "(SELECT place.usage FROM stock_location place "
                    "WHERE place.id = gone.location_dest_id)"
                )
            ),
            now=self._get_now_sql(),
            held=self._get_held_sql(),
        )

    def _get_held_sql(self):
        """The last draws that make up what lies in hands now, and how much of each.

        Pieces are whole: a pile of three is made of three draws at most. ``OFFSET 0``
        keeps this a table of its own, so that a search for ``held`` begins with it.
        """
        return SQL(
            """
            SELECT recent.id, TRUE AS yes,
                   LEAST(recent.quantity, pile.quantity - recent.later) AS quantity
              FROM (SELECT quant.location_id, quant.product_id, quant.lot_id,
                           sum(quant.quantity) AS quantity
                      FROM stock_quant quant
                      JOIN stock_location bag ON bag.id = quant.location_id
                       AND bag.service_use = 'engineer'
                     WHERE quant.quantity > 0
                     GROUP BY quant.location_id, quant.product_id, quant.lot_id
                   ) pile
              JOIN LATERAL (
                    SELECT last.id, last.quantity,
                           sum(last.quantity) OVER (ORDER BY last.date DESC, last.id DESC)
                               - last.quantity AS later
                      FROM (SELECT line.id, line.date,
                                   line.quantity_product_uom AS quantity
                              FROM stock_move_line line
                             WHERE line.location_dest_id = pile.location_id
                               AND line.product_id = pile.product_id
                               AND COALESCE(line.lot_id, 0) = COALESCE(pile.lot_id, 0)
                               AND line.state = 'done'
                             ORDER BY line.date DESC, line.id DESC
                             LIMIT ceil(pile.quantity)) last
                   ) recent ON recent.later < pile.quantity
            OFFSET 0
            """
        )

    def _get_closing_sql(self, column):
        """Something of the movement ``gone`` that closed ``line``.

        :param column: SQL of its date, or of the kind of place it went to
        """
        return SQL(
            """
            (SELECT %s
               FROM (SELECT away.date, away.id, away.location_dest_id,
                            sum(away.quantity_product_uom) OVER (
                                ORDER BY away.date, away.id) AS upto
                       FROM stock_move_line away
                      WHERE away.location_id = line.location_dest_id
                        AND away.product_id = line.product_id
                        AND COALESCE(away.lot_id, 0) = COALESCE(line.lot_id, 0)
                        AND away.state = 'done') gone
              WHERE held.id IS NULL
                AND gone.upto >= (
                    SELECT sum(before.quantity_product_uom)
                      FROM stock_move_line before
                     WHERE before.location_dest_id = line.location_dest_id
                       AND before.product_id = line.product_id
                       AND COALESCE(before.lot_id, 0) = COALESCE(line.lot_id, 0)
                       AND before.state = 'done'
                       AND (before.date, before.id) <= (line.date, line.id))
              ORDER BY gone.date, gone.id
              LIMIT 1)
            """,
            column,
        )

    def _get_now_sql(self):
        """The company's now: its test clock in a sandbox."""
        return SQL(
            """
            (SELECT CASE WHEN company.service_sandbox THEN company.service_test_now
                         ELSE now() AT TIME ZONE 'UTC' END
               FROM res_company company WHERE company.id = line.company_id)
            """
        )
