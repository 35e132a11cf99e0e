# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError

from .helpdesk_ticket_fee import VISIT_FEE


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_service(self) -> bool:
        """Is this labour, a visit or any other service?"""
        self.ensure_one()
        return not self.display_type and (
            not self.product_id or self.product_id.type == "service"
        )

    def _get_charge(self) -> float:
        """What this line asks for before taxes, in its currency."""
        self.ensure_one()
        return self.price_unit * self.product_uom_qty * (1 - self.discount / 100)

    def _is_visit_fee(self, ticket) -> bool:
        """Is this the fee for coming, by the table of the ticket's programme?"""
        self.ensure_one()
        fees = ticket.program_id.fee_ids.filtered(lambda fee: fee.code == VISIT_FEE)
        return bool(self.product_id and self.product_id in fees.product_id)

    def _get_visit_fee_price(self, ticket) -> float:
        """The ticket's visit fee in this line's currency."""
        self.ensure_one()
        fee = ticket.visit_fee_currency_id
        if not fee:
            return 0.0
        return fee._convert(
            ticket.visit_fee,
            self.currency_id,
            self.company_id,
            self.company_id._service_today(),
        )

    @api.constrains(
        "price_unit", "discount", "product_id", "product_uom_qty", "order_id"
    )
    def _check_free_scope(self):
        """Free is free, and a visit costs its fee, over RPC too (WAR-07, CF-12)."""
        services = self.filtered(lambda line: line._is_service())
        # sudo: who writes quotations need not see repairs and cases
        for order, lines in services.sudo().grouped("order_id").items():
            for ticket in order.repair_order_ids.ticket_id:
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
