# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models

from .helpdesk_ticket_fee import VISIT_FEE


class ServiceChargeMixin(models.AbstractModel):
    """A line that asks a customer for money: of a quotation or of an invoice."""

    _name = "service.charge.mixin"
    _description = "Charge on a Case"

    def _is_service(self) -> bool:
        """Is this labour, a visit or any other service?"""
        self.ensure_one()
        return not self.product_id or self.product_id.type == "service"

    def _get_charge(self) -> float:
        """What this line asks for before taxes, in its currency."""
        raise NotImplementedError

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
