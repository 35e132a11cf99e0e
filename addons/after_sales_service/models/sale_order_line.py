# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_service_tickets(self):
        """The cases this is a quotation for."""
        self.ensure_one()
        return self.repair_order_ids.ticket_id


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "service.charge.mixin"]

    def _is_service(self) -> bool:
        return not self.display_type and super()._is_service()

    def _get_charge(self) -> float:
        self.ensure_one()
        return self.price_unit * self.product_uom_qty * (1 - self.discount / 100)

    @api.constrains(
        "price_unit", "discount", "product_id", "product_uom_qty", "order_id"
    )
    def _check_free_scope(self):
        """Free is free, and a visit costs its fee, over RPC too (WAR-07, CF-12)."""
        services = self.filtered(lambda line: line._is_service())
        # sudo: who writes quotations need not see repairs and cases
        for order, lines in services.sudo().grouped("order_id").items():
            for ticket in order._get_service_tickets():
                ticket._check_service_charges(lines)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_visit_fee(self):
        """What the visit costs is left out by an exception, not by the trash bin."""
        for line in self.sudo():
            for ticket in line.order_id.repair_order_ids.ticket_id:
                if ticket.visit_fee and line._is_visit_fee(ticket):
                    raise UserError(
                        self.env._(
                            "Case %(ticket)s: the visit is to be paid (OOW-05, CF-12). "
                            "Ask for an exception if it should not be.",
                            ticket=ticket.number,
                        )
                    )
