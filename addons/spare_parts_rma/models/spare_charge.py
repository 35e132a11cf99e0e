# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.tools import SQL

from ..tools import charge as charge_tools


class SpareCharge(models.Model):
    """A consumed part with its verdict, quote, invoice and payment.

    Core accounting holds the money; this only joins it.
    """

    _name = "spare.charge"
    _description = "Charge of a Consumed Part"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "product_id"
    _depends = {
        "stock.move": [
            "state",
            "repair_id",
            "repair_line_type",
            "coverage_id",
            "sale_line_id",
            "quantity",
            "product_id",
            "date",
        ],
        "repair.order": ["ticket_id", "partner_id"],
        "service.coverage": ["verdict"],
        "sale.order.line": [
            "order_id",
            "price_unit",
            "discount",
            "spare_request_line_id",
            "invoice_lines",
        ],
        "spare.part.request.line": ["list_price", "request_id"],
        "account.move": ["state", "payment_state", "move_type"],
        "account.move.line": ["move_id"],
    }

    date = fields.Datetime(string="Consumed", readonly=True)
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", readonly=True)
    repair_id = fields.Many2one(comodel_name="repair.order", readonly=True)
    station_id = fields.Many2one(comodel_name="service.station", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    coverage_id = fields.Many2one(comodel_name="service.coverage", readonly=True)
    verdict = fields.Selection(
        selection=[
            ("warranty", "Warranty"),
            ("plan", "Plan"),
            ("goodwill", "Goodwill"),
            ("chargeable", "Chargeable"),
        ],
        readonly=True,
    )
    request_id = fields.Many2one(comodel_name="spare.part.request", readonly=True)
    sale_order_id = fields.Many2one(
        comodel_name="sale.order", string="Quote", readonly=True
    )
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    list_price = fields.Monetary(readonly=True)
    price = fields.Monetary(string="Price charged", readonly=True)
    amount = fields.Monetary(readonly=True)
    invoice_id = fields.Many2one(comodel_name="account.move", readonly=True)
    payment_state = fields.Char(readonly=True)
    state = fields.Selection(
        selection=[
            ("covered", "Covered"),
            ("no_quote", "No quote"),
            ("price_differs", "Price differs"),
            ("not_invoiced", "Not invoiced"),
            ("unpaid", "Unpaid"),
            ("settled", "Settled"),
        ],
        readonly=True,
    )

    def _get_state_sql(self):
        """The questions of ``tools.charge``, in its order, asked in SQL."""
        questions = {
            "is_covered": SQL("coverage.verdict IS DISTINCT FROM 'chargeable'"),
            "lacks_quote": SQL("line.id IS NULL"),
            "price_differs": SQL(
                "abs(line.price_unit * (1 - COALESCE(line.discount, 0) / 100)"
                " - wanted.list_price) > 0.005"
            ),
            "lacks_invoice": SQL("invoice.id IS NULL"),
            "lacks_payment": SQL(
                "invoice.payment_state NOT IN %s", tuple(charge_tools.PAID)
            ),
        }
        branches = [
            SQL("WHEN %s THEN %s", questions[question], state)
            for state, question in charge_tools.STATES
        ]
        return SQL("CASE %s ELSE %s END", SQL(" ").join(branches), charge_tools.LAST)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT move.id, move.date, repair.ticket_id, repair.id AS repair_id,
                   ticket.station_id, repair.partner_id, move.company_id,
                   move.product_id, move.quantity, move.coverage_id,
                   coverage.verdict, wanted.request_id,
                   line.order_id AS sale_order_id,
                   COALESCE(line.currency_id, company.currency_id) AS currency_id,
                   wanted.list_price,
                   line.price_unit * (1 - COALESCE(line.discount, 0) / 100) AS price,
                   line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                       * move.quantity AS amount,
                   invoice.id AS invoice_id, invoice.payment_state,
                   %s AS state
              FROM stock_move move
              JOIN repair_order repair ON repair.id = move.repair_id
              JOIN helpdesk_ticket ticket ON ticket.id = repair.ticket_id
              JOIN res_company company ON company.id = move.company_id
              LEFT JOIN service_coverage coverage ON coverage.id = move.coverage_id
              LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
              LEFT JOIN spare_part_request_line wanted
                     ON wanted.id = line.spare_request_line_id
              LEFT JOIN LATERAL (
                    SELECT bill.id, bill.payment_state
                      FROM sale_order_line_invoice_rel rel
                      JOIN account_move_line item ON item.id = rel.invoice_line_id
                      JOIN account_move bill ON bill.id = item.move_id
                     WHERE rel.order_line_id = line.id
                       AND bill.state = 'posted' AND bill.move_type = 'out_invoice'
                     ORDER BY bill.payment_state IN %s DESC, bill.id DESC
                     LIMIT 1
              ) invoice ON TRUE
             WHERE move.state = 'done' AND move.repair_line_type = 'add'
            """,
            self._get_state_sql(),
            tuple(charge_tools.PAID),
        )

    def action_view_invoice(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.invoice_id.id,
            "view_mode": "form",
        }
