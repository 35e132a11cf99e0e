# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        self.filtered(lambda move: move.move_type == "out_invoice")._check_free_scope()
        return super()._post(soft=soft)

    def _check_free_scope(self):
        """Free is free on the invoice too, whatever was added to it (WAR-07, CARE-10).

        A line added by hand belongs to the case when the invoice is for its
        quotation alone.
        """
        # sudo: who posts invoices need not see repairs and cases
        for move in self.sudo().filtered("invoice_line_ids.sale_line_ids"):
            lines = move.invoice_line_ids
            orders = lines.sale_line_ids.order_id
            for order in orders:
                own = lines.filtered(
                    lambda line, order=order: order in line.sale_line_ids.order_id
                )
                if len(orders) == 1:
                    own |= lines.filtered(lambda line: not line.sale_line_ids)
                for ticket in order._get_service_tickets():
                    ticket._check_service_charges(own)


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "service.charge.mixin"]

    def _is_service(self) -> bool:
        return self.display_type == "product" and super()._is_service()

    def _get_charge(self) -> float:
        self.ensure_one()
        return self.price_unit * self.quantity * (1 - self.discount / 100)
