# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""No invoice goes out above a signed quotation, whatever it was made from."""

from odoo import models


class AccountMove(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "account.move"

    def _post(self, soft=True):
        sold = self.filtered(lambda move: move.move_type == "out_invoice")
        self.env["service.contract.price"]._check_lines(
            sold.invoice_line_ids.filtered(
                lambda line: (
                    line.display_type == "product"
                    and line.quantity
                    # a plan's fee is what the contract itself says
                    and not line.service_billing_line_id
                )
            )
        )
        return super()._post(soft=soft)


class AccountMoveLine(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "account.move.line"

    def _get_ceiling_partner(self):
        self.ensure_one()
        return self.move_id.partner_id

    def _get_ceiling_price(self) -> float:
        """Untaxed price of one unit of the product's own unit, after discount."""
        self.ensure_one()
        quantity = self.product_uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, round=False
        )
        return self.price_subtotal / quantity if quantity else 0.0
