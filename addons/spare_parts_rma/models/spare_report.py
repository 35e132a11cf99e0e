# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What people look at: stock, debts and the life of a serial. Readings only."""

from odoo import api, fields, models
from odoo.tools import SQL

USES = [
    ("good", "Good"),
    ("engineer", "In hands, good"),
    ("defective", "Defective"),
    ("engineer_defective", "In hands, defective"),
    ("loaner", "Loaner"),
    ("lent", "Lent to customers"),
    ("transit", "On the way"),
    ("intake", "Intake"),
    ("refurbish", "Refurbishing"),
    ("vendor", "Vendor returns"),
]


class SpareStockReport(models.Model):
    """Pieces by station and condition, and how fast they turn."""

    _name = "spare.stock.report"
    _description = "Parts by Station and Condition"
    _auto = False
    _order = "station_id, product_id"
    _rec_name = "product_id"
    _depends = {
        "stock.quant": ["product_id", "location_id", "quantity", "company_id"],
        "stock.location": ["service_use", "station_id", "custodian_id"],
        "stock.move": ["state", "repair_line_type", "product_id", "date", "quantity"],
    }

    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    category_id = fields.Many2one(
        comodel_name="service.part.category", string="Part category", readonly=True
    )
    station_id = fields.Many2one(comodel_name="service.station", readonly=True)
    engineer_id = fields.Many2one(comodel_name="res.users", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    condition = fields.Selection(selection=USES, readonly=True)
    quantity = fields.Float(string="Pieces", digits="Product Unit", readonly=True)
    used = fields.Float(
        string="Used in 90 days",
        digits="Product Unit",
        readonly=True,
        help="Pieces fitted by this station in the last 90 days; stands at its good "
        "stock.",
    )
    turn = fields.Float(
        string="Turns in 90 days",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="How often the good pieces there are now, on the shelf and in hands, were "
        "used up in the last 90 days.",
    )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """A turn is a quotient of sums, whatever it is grouped by."""
        if aggregate_spec != "turn:avg":
            return super()._read_group_select(aggregate_spec, query)
        used, quantity, condition = (
            self._field_to_sql(self._table, name, query)
            for name in ("used", "quantity", "condition")
        )
        return SQL(
            "SUM(%s) / NULLIF(SUM(CASE WHEN %s IN ('good', 'engineer') THEN %s END), 0)",
            used,
            condition,
            quantity,
        )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH pile AS (
                SELECT min(quant.id) AS id, quant.product_id, quant.company_id,
                       place.station_id, place.custodian_id,
                       place.service_use AS condition, sum(quant.quantity) AS quantity
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE place.service_use IS NOT NULL
                 GROUP BY quant.product_id, quant.company_id, place.station_id,
                          place.custodian_id, place.service_use
            ), used AS (
                SELECT min(move.id) AS id, move.product_id, ticket.station_id,
                       min(ticket.company_id) AS company_id,
                       sum(move.quantity) AS quantity
                  FROM stock_move move
                  JOIN repair_order repair ON repair.id = move.repair_id
                  JOIN helpdesk_ticket ticket ON ticket.id = repair.ticket_id
                 WHERE move.repair_line_type = 'add' AND move.state = 'done'
                   AND move.date >= now() AT TIME ZONE 'UTC' - interval '90 days'
                 GROUP BY move.product_id, ticket.station_id
            ), place AS (
                SELECT * FROM pile
                 UNION ALL
                -- used up: nothing is left, the use still counts
                SELECT -used.id, used.product_id, used.company_id, used.station_id,
                       NULL, 'good', 0
                  FROM used
                 WHERE NOT EXISTS (
                    SELECT FROM pile
                     WHERE pile.condition = 'good'
                       AND pile.product_id = used.product_id
                       AND pile.station_id = used.station_id)
            )
            SELECT pile.id, pile.product_id, template.service_category_id AS category_id,
                   pile.station_id, pile.custodian_id AS engineer_id, pile.company_id,
                   pile.condition, pile.quantity,
                   CASE WHEN pile.condition = 'good' THEN used.quantity END AS used,
                   CASE WHEN pile.condition = 'good'
                        THEN used.quantity / NULLIF(pile.quantity, 0) END AS turn
              FROM place pile
              JOIN product_product product ON product.id = pile.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN used ON used.product_id = pile.product_id
                            AND used.station_id = pile.station_id
            """
        )


class SpareDebtReport(models.Model):
    """Defective pieces: how old, how punctual, how often without a fault."""

    _name = "spare.debt.report"
    _description = "Defective Pieces"
    _auto = False
    _order = "age_days desc, id"
    _rec_name = "rma_id"
    _depends = {
        "spare.rma": [
            "product_id",
            "station_id",
            "engineer_id",
            "company_id",
            "state",
            "born_at",
            "handed_in_at",
            "closed_at",
            "due_on",
            "inspection_result",
            "disposition",
            "damaged",
            "is_extra",
        ],
        "res.company": ["service_sandbox", "service_test_now"],
    }

    rma_id = fields.Many2one(comodel_name="spare.rma", string="Slip", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    station_id = fields.Many2one(comodel_name="service.station", readonly=True)
    engineer_id = fields.Many2one(comodel_name="res.users", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    state = fields.Selection(
        selection=lambda self: (
            self.env["spare.rma"]._fields["state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    born_at = fields.Datetime(string="Replaced on", readonly=True)
    age_days = fields.Integer(string="Days open", readonly=True, aggregator="avg")
    age = fields.Selection(
        selection=[
            ("1", "Up to 7 days"),
            ("2", "8 to 14 days"),
            ("3", "15 to 30 days"),
            ("4", "More than 30 days"),
        ],
        readonly=True,
    )
    is_open = fields.Boolean(string="Open", readonly=True)
    overdue = fields.Integer(readonly=True, help="Not handed in by its day.")
    punctual = fields.Float(
        string="Punctual (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the pieces handed in by their day, of those handed in or "
        "overdue.",
    )
    no_fault = fields.Float(
        string="No fault found (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the inspected pieces in which no fault was found.",
    )
    disposition = fields.Selection(
        selection=lambda self: (
            self.env["spare.rma"]
            ._fields["disposition"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT slip.*,
                   CASE WHEN slip.age_days <= 7 THEN '1' WHEN slip.age_days <= 14 THEN '2'
                        WHEN slip.age_days <= 30 THEN '3' ELSE '4' END AS age
              FROM (
                SELECT rma.id, rma.id AS rma_id, rma.product_id, rma.station_id,
                       rma.engineer_id, rma.company_id, rma.state, rma.born_at,
                       rma.disposition,
                       rma.state NOT IN ('closed', 'rejected') AS is_open,
                       EXTRACT(day FROM COALESCE(rma.closed_at,
                           CASE WHEN company.service_sandbox
                                THEN company.service_test_now
                                ELSE now() AT TIME ZONE 'UTC' END
                           ) - rma.born_at)::integer AS age_days,
                       (rma.state = 'owed' AND rma.due_on < (
                           CASE WHEN company.service_sandbox
                                THEN company.service_test_now
                                ELSE now() AT TIME ZONE 'UTC' END)::date
                           )::integer AS overdue,
                       CASE WHEN rma.handed_in_at IS NOT NULL THEN
                           (rma.handed_in_at::date <= rma.due_on)::integer * 100.0
                           WHEN rma.state = 'owed' AND rma.due_on < (
                           CASE WHEN company.service_sandbox
                                THEN company.service_test_now
                                ELSE now() AT TIME ZONE 'UTC' END)::date
                           THEN 0.0 END AS punctual,
                       CASE WHEN rma.inspection_result IS NOT NULL THEN
                           (rma.inspection_result = 'no_fault')::integer * 100.0
                           END AS no_fault
                  FROM spare_rma rma
                  JOIN res_company company ON company.id = rma.company_id
                 WHERE rma.state != 'rejected' AND rma.is_extra IS NOT TRUE
              ) slip
            """
        )


class SpareSerialLife(models.Model):
    """Where a serial was, who had it and what it cost, from purchase to end."""

    _name = "spare.serial.life"
    _description = "Life of a Serial"
    _auto = False
    _order = "date, id"
    _rec_name = "lot_id"
    _depends = {
        "stock.move.line": [
            "lot_id",
            "location_id",
            "location_dest_id",
            "date",
            "state",
            "picking_id",
        ],
        "stock.move": ["repair_id", "value"],
        "stock.picking": ["origin", "partner_id"],
    }

    lot_id = fields.Many2one(comodel_name="stock.lot", string="Serial", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    location_id = fields.Many2one(
        comodel_name="stock.location", string="From", readonly=True
    )
    location_dest_id = fields.Many2one(
        comodel_name="stock.location", string="To", readonly=True
    )
    holder_id = fields.Many2one(
        comodel_name="res.users", string="In the hands of", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer or vendor", readonly=True
    )
    station_id = fields.Many2one(comodel_name="service.station", readonly=True)
    document = fields.Char(readonly=True)
    equipment_id = fields.Many2one(
        comodel_name="service.equipment", string="Machine", readonly=True
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    cost = fields.Monetary(
        readonly=True, help="Value that core stock gives to this movement, a piece."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.lot_id, line.product_id, line.company_id, line.date,
                   line.location_id, line.location_dest_id,
                   COALESCE(dest.custodian_id, repair.user_id) AS holder_id,
                   COALESCE(picking.partner_id, ticket.partner_id) AS partner_id,
                   COALESCE(dest.station_id, source.station_id) AS station_id,
                   COALESCE(picking.origin, repair.name, move.reference) AS document,
                   ticket.equipment_id, company.currency_id,
                   CASE WHEN move.quantity > 0 THEN move.value / move.quantity END
                       AS cost
              FROM stock_move_line line
              JOIN stock_move move ON move.id = line.move_id
              JOIN stock_location source ON source.id = line.location_id
              JOIN stock_location dest ON dest.id = line.location_dest_id
              JOIN res_company company ON company.id = line.company_id
              LEFT JOIN stock_picking picking ON picking.id = line.picking_id
              LEFT JOIN repair_order repair ON repair.id = move.repair_id
              LEFT JOIN helpdesk_ticket ticket ON ticket.id = repair.ticket_id
             WHERE line.state = 'done' AND line.lot_id IS NOT NULL
            """
        )
