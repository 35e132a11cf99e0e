# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class SparePartRequestLine(models.Model):
    _name = "spare.part.request.line"
    _description = "Requested Part"
    _inherit = ["spare.line.mixin"]
    _order = "request_id, id"

    request_id = fields.Many2one(
        comodel_name="spare.part.request",
        required=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="request_id.state")
    station_id = fields.Many2one(related="request_id.station_id", store=True)
    quantity_shipped = fields.Float(
        string="Shipped", readonly=True, copy=False, digits="Product Unit"
    )
    quantity_received = fields.Float(
        string="Received", readonly=True, copy=False, digits="Product Unit"
    )
    # PRT-03: the basis of the quantity stays on the form
    repaired = fields.Float(readonly=True, digits="Product Unit")
    sold = fields.Float(readonly=True, digits="Product Unit")
    on_hand = fields.Float(string="Good stock", readonly=True, digits="Product Unit")
    currency_id = fields.Many2one(related="request_id.currency_id")
    list_price = fields.Monetary(
        readonly=True, help="Price of the branch centre's list on the quote's day."
    )
    sale_line_ids = fields.One2many(
        comodel_name="sale.order.line",
        inverse_name="spare_request_line_id",
        string="Quoted",
        readonly=True,
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )

    def _get_fixed_message(self):
        """What was quoted or handed in stays as it was."""
        request = self.request_id
        if not self.env.su and (request.state != "draft" or request.sale_order_id):
            return self.env._(
                "%s was quoted or submitted: its parts are fixed. Cancel it and make a "
                "new request.",
                request.name,
            )
        return ""

    def _prepare_planned_move_vals(self, repair):
        """The part line of the repair that is quoted and later swapped in."""
        self.ensure_one()
        request = self.request_id
        good = request.station_id._get_locations("good")[request.station_id]
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": 1.0,
            "repair_id": repair.id,
            "repair_line_type": "add",
            "company_id": request.company_id.id,
            "location_id": good.id,
            "location_dest_id": repair.location_dest_id.id,
        }
