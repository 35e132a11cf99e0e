# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class ServiceVisit(models.Model):
    """The customer hears what our coming costs, and agrees, before we work."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    visit_fee = fields.Monetary(
        related="ticket_id.visit_fee", currency_field="visit_fee_currency_id"
    )
    visit_fee_currency_id = fields.Many2one(related="ticket_id.visit_fee_currency_id")
    fee_agreed_by = fields.Char(
        string="Visit fee agreed by",
        copy=False,
        tracking=True,
        help="Name of who agreed to pay for our coming, on the phone or at the door "
        "(OOW-07).",
    )

    def _get_gate_missing(self, gate):
        """Who has to pay for the visit agrees before work begins (OOW-07)."""
        missing = super()._get_gate_missing(gate)
        if gate != "depart" and self.kind == "repair" and self.visit_fee:
            # sudo: whether the quote is agreed, not what it says
            agreed = self.sudo().repair_id.sale_order_id.state == "sale"
            if not agreed and not (self.fee_agreed_by or "").strip():
                missing.append(
                    self.env._(
                        "who agreed to the visit fee of %s (OOW-07)",
                        self.visit_fee_currency_id.format(self.visit_fee),
                    )
                )
        return missing

    def action_start(self):
        """The fee is quoted by itself once work begins (OOW-05, CF-12)."""
        result = super().action_start()
        # sudo: engineers make no quotes by hand; the fee comes from the table
        self.filtered(lambda visit: visit.kind == "repair").sudo().repair_id.filtered(
            lambda repair: repair.ticket_id.visit_fee
        )._ensure_quote()
        return result

    def _prepare_next_visit_vals(self):
        return {
            **super()._prepare_next_visit_vals(),
            "fee_agreed_by": self.fee_agreed_by,
        }

    def _after_done(self):
        """What was agreed is ordered, where nothing but the visit is quoted."""
        result = super()._after_done()
        for visit in self.filtered("fee_agreed_by"):
            # sudo: the customer's agreement confirms the quote, whoever noted it
            order = visit.sudo().repair_id.sale_order_id
            charged = order.order_line.filtered(lambda line: line._get_charge() > 0)
            if (
                order.state in ("draft", "sent")
                and charged
                and all(line._is_visit_fee(visit.ticket_id) for line in charged)
            ):
                order.action_confirm()
        return result


class RepairOrder(models.Model):
    """The quote of a job names the visit's fee by itself."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "repair.order"

    @api.constrains("sale_order_id", "ticket_id")
    def _check_free_scope(self):
        """A quotation with a service fee cannot be tied to a free case (CARE-10)."""
        self.filtered("sale_order_id").ticket_id._check_free_scope()

    def action_create_sale_order(self):
        result = super().action_create_sale_order()
        self._update_visit_fee()
        return result

    def _ensure_quote(self):
        """A quotation for those that have none, with the fee of the visit."""
        for repair in self:
            if not repair.sale_order_id and repair.partner_id:
                repair.action_create_sale_order()

    def _update_visit_fee(self):
        """One line for coming, as the case is decided now (OOW-05, WAR-07, CF-12).

        Once for a job: a second trip of the same job costs nothing. What is
        invoiced stays; finance credits it.
        """
        # sudo: the fee comes from the table, whoever makes the quote
        quoted = self.sudo().filtered(
            lambda repair: (
                repair.ticket_id and repair.sale_order_id.state not in (False, "cancel")
            )
        )
        for repair in quoted:
            order, ticket = repair.sale_order_id, repair.ticket_id
            fee = ticket._get_visit_fee()
            line = order.order_line.filtered(
                lambda line, ticket=ticket: line._is_visit_fee(ticket)
            )[:1]
            if line.qty_invoiced:
                continue
            if not line and fee:
                line.create(repair._prepare_visit_fee_vals(fee))
            elif line and fee:
                price = line._get_visit_fee_price(ticket)
                line.write({"price_unit": price, "discount": 0, "product_uom_qty": 1})
            elif order.state == "sale":
                line.product_uom_qty = 0
            else:
                line.unlink()

    def _prepare_visit_fee_vals(self, fee):
        self.ensure_one()
        order = self.sale_order_id
        return {
            "order_id": order.id,
            "product_id": fee.product_id.id,
            "product_uom_qty": 1.0,
            # after the parts, which may be quoted later
            "sequence": 99,
            "price_unit": fee.currency_id._convert(
                self.ticket_id.visit_fee,
                order.currency_id,
                order.company_id,
                order.company_id._service_today(),
            ),
        }
