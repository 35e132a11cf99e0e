# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === Price ceilings (CON-03, CON-04) ===

    def _get_ceiling_partner(self):
        self.ensure_one()
        return self.order_id.partner_id

    def _get_ceiling_price(self) -> float:
        """Untaxed price of one unit of the product's own unit, after discount."""
        self.ensure_one()
        quantity = self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, round=False
        )
        return self.price_subtotal / quantity if quantity else 0.0

    @api.constrains(
        "price_unit",
        "discount",
        "tax_ids",
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "order_id",
    )
    def _check_price_ceiling(self):
        self.env["service.contract.price"]._check_lines(
            self.filtered(lambda line: not line.display_type and line.product_uom_qty)
        )
