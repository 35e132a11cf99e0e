# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Outside the plan the customer agrees to a price before anything starts."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.after_sales_service.models.service_contact_record import REMOTE_KINDS

PRICED_REASONS = ("plan_exhausted", "plan_out_of_scope")


class HelpdeskTicket(models.Model):
    # pylint: disable=consider-merging-classes-inherited,missing-return

    _inherit = "helpdesk.ticket"

    quote_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="care_ticket_id",
        string="Quotations",
        readonly=True,
    )
    quote_state = fields.Selection(
        selection=[
            ("needed", "To be quoted"),
            ("told", "Told, not agreed yet"),
            ("agreed", "Agreed"),
        ],
        string="Price outside the plan",
        compute="_compute_quote",
        compute_sudo=True,
        help="Only where the plan does not cover the service wanted.",
    )
    quote_name = fields.Char(
        string="Quotation", compute="_compute_quote", compute_sudo=True
    )
    quote_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_quote", compute_sudo=True
    )
    quote_amount = fields.Monetary(
        string="Price quoted",
        currency_field="quote_currency_id",
        compute="_compute_quote",
        compute_sudo=True,
        help="With taxes, as the customer is told.",
    )
    quote_price = fields.Monetary(
        string="Price to quote",
        currency_field="quote_currency_id",
        compute="_compute_quote_price",
        store=True,
        readonly=False,
        precompute=False,
        copy=False,
        help="Proposed from the plan.",
    )
    quote_agreed_by = fields.Char(
        string="Price agreed by", copy=False, help="Name of who agreed to the price."
    )

    @api.depends(
        "quote_ids.state",
        "quote_ids.amount_total",
        "coverage_ids.chosen",
        "coverage_ids.reason",
        "coverage_ids.verdict",
    )
    def _compute_quote(self):
        for ticket in self:
            quote = ticket._get_quote()
            ticket.quote_name = quote.name
            ticket.quote_amount = quote.amount_total
            ticket.quote_currency_id = (
                quote.currency_id or ticket.company_id.currency_id
            )
            if quote:
                ticket.quote_state = "agreed" if quote.state == "sale" else "told"
            else:
                ticket.quote_state = bool(ticket._get_priced_coverage()) and "needed"

    @api.depends("coverage_ids.chosen", "coverage_ids.inputs")
    def _compute_quote_price(self):
        for ticket in self:
            if not ticket._get_quote():
                # what the plan says; where it says nothing, what the desk typed stays
                ticket.quote_price = ticket._get_plan_price() or ticket.quote_price

    def _get_quote(self):
        """The quotation that stands; declined ones are cancelled."""
        self.ensure_one()
        # sudo: the desk is told the price and does not keep quotations
        return self.sudo().quote_ids.filtered(lambda quote: quote.state != "cancel")[:1]

    def _get_plan_price(self) -> float:
        """What the plan says one more use costs, in the company's currency."""
        inputs = self._get_priced_coverage().inputs or {}
        company = self.company_id or self.env.company
        currency = self.env["res.currency"].browse(inputs.get("currency_id") or [])
        return currency._convert(
            inputs.get("price") or 0.0,
            company.currency_id,
            company,
            company._service_today(),
        )

    def _get_priced_coverage(self):
        """The decision that the plan does not pay for the service wanted."""
        self.ensure_one()
        return self.coverage_ids.filtered(
            lambda row: (
                row.chosen
                and row.verdict == "chargeable"
                and row.reason in PRICED_REASONS
            )
        )[:1]

    @api.depends("quote_ids.state", "coverage_ids.chosen")
    def _compute_next_step(self):
        super()._compute_next_step()
        for ticket in self.filtered(lambda one: not one.stage_id.closed):
            if ticket.quote_state == "needed":
                ticket.next_step = self.env._("Tell the customer the price")
            elif ticket.quote_state == "told":
                ticket.next_step = self.env._("Get the customer's answer to the price")

    # === Actions ===

    def action_quote_price(self):
        """Make the quotation, so that the customer sees the price first."""
        self.check_access("write")
        self._check_open()
        for ticket in self:
            if ticket.quote_state != "needed":
                raise UserError(
                    self.env._(
                        "Ticket %s: nothing is to be quoted. The plan covers it, or its "
                        "price is told already.",
                        ticket.number,
                    )
                )
            if not ticket.partner_id or ticket.quote_price <= 0:
                raise UserError(
                    self.env._(
                        "Ticket %s: fill the customer and the price to quote. The plan "
                        "names no price for this; the service manager knows it.",
                        ticket.number,
                    )
                )
        # sudo: the desk has no rights on sales of its own
        orders = (
            self.env["sale.order"]
            .sudo()
            .create([ticket._prepare_quote_vals() for ticket in self])
        )
        orders.action_quotation_sent()
        for ticket in self:
            ticket.message_post(
                body=self.env._(
                    "Price told: %(price)s, quotation %(quote)s.",
                    price=ticket.quote_currency_id.format(ticket.quote_amount),
                    quote=ticket.quote_name,
                )
            )
        return True

    def action_agree_price(self):
        """The customer agrees; the quotation is confirmed and work may start."""
        self.check_access("write")
        for ticket in self:
            quote = ticket._get_told_quote()
            if not (ticket.quote_agreed_by or "").strip():
                raise UserError(
                    self.env._(
                        "Ticket %s: write down who agreed, field Price agreed by.",
                        ticket.number,
                    )
                )
            quote.write(
                {
                    "signed_by": ticket.quote_agreed_by.strip(),
                    "signed_on": ticket.company_id._service_now(),
                }
            )
            quote.action_confirm()
        return True

    def action_decline_price(self):
        """The customer does not want it at that price; another may be told."""
        self.check_access("write")
        for ticket in self:
            quote = ticket._get_told_quote()
            quote._action_cancel()
            ticket.message_post(
                body=self.env._("Price declined, quotation %s.", quote.name)
            )
        return True

    def _get_told_quote(self):
        quote = self._get_quote()
        if quote.state not in ("draft", "sent"):
            raise UserError(
                self.env._("Ticket %s: no price waits for an answer.", self.number)
            )
        return quote

    def _prepare_quote_vals(self):
        self.ensure_one()
        row = self._get_priced_coverage()
        promise = (
            self.env["service.plan.line"]
            .sudo()  # sudo: who quotes need not see the plan's promises
            .browse((row.inputs or {}).get("plan_line_id") or [])
        )
        product = promise.product_id or self.env.ref(
            "service_contracts.product_outside_plan"
        )
        row = row.with_context(lang=self.partner_id.lang)
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "care_ticket_id": self.id,
            "origin": self.number,
            "client_order_ref": self.care_contract_id.code,
            "order_line": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1.0,
                        "price_unit": self.quote_price,
                        # CON-20: which case, and why it is not free
                        "name": f"{row.item_id.name or product.name}\n"
                        f"{self.number}: {row.sentence}",
                    }
                )
            ],
        }

    def _check_free_scope(self):
        result = super()._check_free_scope()
        # sudo: a charge is refused whoever makes it and whatever he may see
        for ticket in self.sudo():
            ticket._check_service_charges(ticket._get_quote().order_line)
        return result

    def _check_price_agreed(self):
        """Outside the plan nothing starts before the customer agreed to the price."""
        for ticket in self:
            if ticket.quote_state in ("needed", "told"):
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s is outside the customer's plan: he sees the "
                        "price before anything starts. The hotline tells it on the "
                        "ticket and records who agreed; a service manager can make an "
                        "exception.",
                        ticket=ticket.number,
                    )
                )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    care_ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Case outside the plan",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
    )

    def _get_service_tickets(self):
        """What is quoted outside a plan is not free after all (CARE-10)."""
        return super()._get_service_tickets() | self.care_ticket_id


class ServiceVisit(models.Model):
    _inherit = "service.visit"

    def action_start(self):
        self.ticket_id._check_price_agreed()
        return super().action_start()


class RepairOrder(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "repair.order"

    def _check_start(self):
        self.ticket_id._check_price_agreed()
        return super()._check_start()


class ServiceContactRecord(models.Model):
    _inherit = "service.contact.record"

    def action_done(self):
        """A remote session outside the plan has its price, unless nothing was done."""
        self.filtered(
            lambda record: (
                record.kind in REMOTE_KINDS and record.outcome != "out_of_scope"
            )
        ).ticket_id._check_price_agreed()
        return super().action_done()
