# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_service_charge(self) -> bool:
        """Does this line ask money for labour, a visit or any other service?"""
        self.ensure_one()
        return (
            not self.display_type
            and (not self.product_id or self.product_id.type == "service")
            and self.price_subtotal > 0
        )

    @api.constrains(
        "price_unit", "discount", "product_id", "product_uom_qty", "order_id"
    )
    def _check_care_scope(self):
        """Free is free, over RPC too (CARE-10)."""
        charges = self.filtered(lambda line: line._is_service_charge())
        # sudo: who writes quotations need not see repairs and cases
        charges.sudo().order_id.repair_order_ids.ticket_id._check_free_scope()
