# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    spare_request_line_id = fields.Many2one(
        comodel_name="spare.part.request.line",
        string="Out-of-warranty request line",
        index="btree_not_null",
        copy=False,
    )

    # OOW-10: the customer pays first, so the quote is billed as ordered
    @api.depends("spare_request_line_id")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(
            lambda line: line.spare_request_line_id and line.state == "sale"
        ):
            line.qty_to_invoice = line.product_uom_qty - line.qty_invoiced
        return result
