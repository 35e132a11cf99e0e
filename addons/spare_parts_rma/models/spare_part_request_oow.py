# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import charge as charge_tools


class SparePartRequest(models.Model):
    """The product upgrade application (产品升级申请表), out of warranty.

    Consent, quote, payment and finance's check come before the approval, in that
    order (OOW-07…OOW-14).
    """

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "spare.part.request"

    @property
    def _guarded_fields(self):
        return super()._guarded_fields | {
            "consent_at",
            "consent_by_id",
            "sale_order_id",
            "verified_by_id",
            "verified_at",
        }

    # OOW-07, OOW-08: the customer was told and agrees
    consent_name = fields.Char(string="Agreed by")
    consent_how = fields.Selection(
        selection=[
            ("signed", "Signed"),
            ("written", "In writing"),
            ("phone", "On the phone"),
            ("counter", "At the counter"),
        ],
        string="Agreed how",
    )
    consent_at = fields.Datetime(string="Agreed at", readonly=True, copy=False)
    consent_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Agreement recorded by",
        readonly=True,
        copy=False,
    )
    sale_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Quote",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_money", compute_sudo=True
    )
    amount_total = fields.Monetary(compute="_compute_money", compute_sudo=True)
    invoice_ids = fields.Many2many(
        comodel_name="account.move", compute="_compute_money", compute_sudo=True
    )
    is_paid = fields.Boolean(string="Paid", compute="_compute_money", compute_sudo=True)
    verified_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Payment verified by",
        readonly=True,
        copy=False,
    )
    verified_at = fields.Datetime(readonly=True, copy=False)

    @api.depends(
        "sale_order_id.amount_total",
        "sale_order_id.invoice_ids.payment_state",
        "sale_order_id.invoice_ids.state",
    )
    def _compute_money(self):
        for request in self:
            order = request.sale_order_id
            bills = order.invoice_ids.filtered(lambda bill: bill.state == "posted")
            request.currency_id = order.currency_id or request.company_id.currency_id
            request.amount_total = order.amount_total
            request.invoice_ids = order.invoice_ids
            request.is_paid = bool(bills) and all(
                bill.payment_state in charge_tools.PAID for bill in bills
            )

    # ---------------------------------------------------
    # Quote and consent
    # ---------------------------------------------------

    def _check_kind_oow(self):
        for request in self:
            if request.kind != "oow":
                raise UserError(
                    self.env._(
                        "%s is covered or for stock: nothing is quoted.", request.name
                    )
                )

    def action_quote(self):
        """Make the itemised quote from the branch centre's list (OOW-08, OOW-18)."""
        self.check_access("write")
        self._check_kind_oow()
        self._check_lines()
        pricelists = self.station_id._get_oow_pricelist()
        for request in self:
            if request.state != "draft" or request.sale_order_id:
                raise UserError(self.env._("%s is quoted already.", request.name))
            pricelist = pricelists[request.station_id]
            if not pricelist:
                raise UserError(
                    self.env._(
                        "%(station)s has no price list for parts out of warranty. The "
                        "branch service centre sets it at the station or above "
                        "(OOW-18).",
                        station=request.station_id.name,
                    )
                )
            # sudo: engineers make no quotes by hand; the price comes from the list
            request.sudo()._make_quote(pricelist)
        return True

    def _get_list_price(self, pricelist, line):
        """The list's price; the programme's own where that is lower (PRT-24)."""
        price = pricelist._get_product_price(
            line.product_id, line.quantity, date=self._now()
        )
        own = self.ticket_id.program_id.oow_pricelist_id
        if not own:
            return price
        better = own._get_product_price(
            line.product_id,
            line.quantity,
            currency=pricelist.currency_id,
            date=self._now(),
        )
        return min(price, better)

    def _make_quote(self, pricelist):
        self.ensure_one()
        repair = self._ensure_repair()
        lines = self.line_ids
        # one part line a piece: pieces are swapped one by one (PRT-14)
        pieces = [line for line in lines for _piece in range(round(line.quantity))]
        moves = self.env["stock.move"].create(
            [line._prepare_planned_move_vals(repair) for line in pieces]
        )
        moves._do_unreserve()
        order = repair.sale_order_id
        if not order:
            repair.action_create_sale_order()
            order = repair.sale_order_id
        if order.pricelist_id != pricelist:
            # the visit's fee may have been quoted before, at another list
            order.pricelist_id = pricelist
        for line in lines:
            line.list_price = self._get_list_price(pricelist, line)
        for line, move in zip(pieces, moves, strict=True):
            move.sale_line_id.write(
                {
                    "price_unit": line.list_price,
                    "discount": 0.0,
                    "spare_request_line_id": line.id,
                }
            )
        repair._update_visit_fee()
        self.sale_order_id = order

    def _ensure_repair(self):
        """The job's repair order: the visit's, the ticket's, else a new one."""
        self.ensure_one()
        repair = (
            self.visit_id.repair_id
            or self.ticket_id.repair_ids.filtered(
                lambda repair: repair.state not in ("done", "cancel")
            )[:1]
        )
        if repair:
            return repair
        vals = (
            self.visit_id._prepare_repair_vals()
            if self.visit_id
            else {
                "ticket_id": self.ticket_id.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
            }
        )
        repair = self.env["repair.order"].create(vals)
        repair._action_repair_confirm()
        repair.action_repair_start()
        if self.visit_id:
            self.visit_id.repair_id = repair
        return repair

    def action_record_consent(self, name=None, how=None):
        """The customer was told and agrees to pay (OOW-07, OOW-08)."""
        self.check_access("write")
        self._check_kind_oow()
        for request in self:
            if not request.sale_order_id:
                raise UserError(
                    self.env._(
                        "%s: make the quote first; the customer agrees to prices.",
                        request.name,
                    )
                )
            agreed_by = (name or request.consent_name or "").strip()
            agreed_how = how or request.consent_how
            if not agreed_by or not agreed_how:
                raise UserError(
                    self.env._(
                        "%s: write who agreed, and how, for the customer.", request.name
                    )
                )
            request._set_guarded(
                {
                    "consent_name": agreed_by,
                    "consent_how": agreed_how,
                    "consent_at": request._now(),
                    "consent_by_id": self.env.uid,
                }
            )
        return True

    def _check_agreed(self):
        for request in self.filtered(lambda request: request.kind == "oow"):
            if not request.consent_at:
                raise UserError(
                    self.env._(
                        "%(request)s: the customer's agreement to the quote is missing "
                        "(OOW-07). The engineer or the hotline records it.",
                        request=request.name,
                    )
                )

    def _check_appraised(self):
        """A damaged part is appraised first, then applied for (AMB-16)."""
        pending = self.env["spare.damage.appraisal"]._get_pending(
            self.filtered(lambda request: request.kind == "oow").ticket_id
        )
        if pending:
            raise UserError(
                self.env._(
                    "Damage appraisal %(appraisal)s comes first: the branch service "
                    "centre approves it, then the customer is asked to pay (RMA-03).",
                    appraisal=", ".join(pending.mapped("name")),
                )
            )
        for request in self.filtered(lambda request: request.kind == "oow"):
            # sudo: a setting of the company
            if request.sudo().company_id.spare_appraise_oow and not self.env[
                "spare.damage.appraisal"
            ]._get_approved(request.ticket_id):
                raise UserError(
                    self.env._(
                        "%(request)s: the parts to be replaced are out of warranty. "
                        "The engineer appraises them on ticket %(ticket)s, and the "
                        "branch service centre approves that first (RMA-03).",
                        request=request.name,
                        ticket=request.ticket_id.number,
                    )
                )

    # ---------------------------------------------------
    # Money
    # ---------------------------------------------------

    def action_create_invoice(self):
        """Finance bills the agreed quote; the customer pays first (OOW-10)."""
        self._require_group("finance")
        for request in self:
            if request.kind != "oow" or request.state != "submitted":
                raise UserError(
                    self.env._("%s is not waiting for its bill.", request.name)
                )
        # sudo: finance has no rights on sales orders
        bills = self.sudo().sale_order_id._create_invoices()
        bills._post(soft=False)
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": bills[:1].id,
            "view_mode": "form",
        }

    def action_verify_payment(self):
        """The finance specialist verifies that the list price was paid (OOW-10)."""
        self._require_group("finance")
        for request in self:
            request._check_four_eyes(request.user_id, self.env._("verify the payment"))
            if request.kind != "oow":
                raise UserError(self.env._("%s needs no payment.", request.name))
            if not request.is_paid:
                bills = request.invoice_ids
                states = dict(
                    bills._fields["payment_state"]._description_selection(self.env)
                )
                raise UserError(
                    self.env._(
                        "%(request)s is not paid: %(bills)s. The customer pays at the "
                        "office, finance registers it.",
                        request=request.name,
                        bills=", ".join(
                            f"{bill.name} ({states[bill.payment_state]})"
                            for bill in bills
                        )
                        or self.env._("there is no invoice"),
                    )
                )
            # sudo: who verifies money need not read the quote
            request.sudo()._check_prices()
        # sudo: finance writes no requests but confirms money
        self.sudo()._transition(
            "verified", verified_by_id=self.env.uid, verified_at=self._now()
        )
        self._tell_branch()
        return True

    def _check_prices(self):
        """Only list prices are charged (OOW-17)."""
        for sold in self.line_ids.sale_line_ids:
            line = sold.spare_request_line_id
            net = sold.price_unit * (1 - (sold.discount or 0.0) / 100)
            if abs(net - line.list_price) > 0.005:
                raise UserError(
                    self.env._(
                        "%(request)s: %(product)s was charged at %(price).2f, the list "
                        "says %(list).2f. Only list prices are charged (OOW-17): "
                        "correct the invoice.",
                        request=line.request_id.name,
                        product=line.product_id.display_name,
                        price=net,
                        list=line.list_price,
                    )
                )

    # ---------------------------------------------------
    # After it
    # ---------------------------------------------------

    def _drop_planned(self):
        """Part lines that were only planned disappear with the request."""
        moves = self.line_ids.sale_line_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves._action_cancel()

    def _set_used(self):
        """All parts of the request are in the machine: nothing is left to do."""
        used = self.filtered(
            lambda request: (
                request.state in ("approved", "received")
                and all(
                    move.state in ("done", "cancel")
                    for move in request.line_ids.sale_line_ids.move_ids
                )
            )
        )
        used._transition("used")

    def action_view_invoices(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.invoice_ids.ids)],
        }

    def action_view_quote(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "view_mode": "form",
        }
