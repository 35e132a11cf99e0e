# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_datetime

from odoo.addons.after_sales_service.tools import clock as clock_tools

from ..tools import charge as charge_tools
from ..tools import gate as gate_tools
from ..tools import quantity as quantity_tools

# Repairs and sales of the last weeks are the basis of a proposal (PRT-03).
BASIS_DAYS = 28


class SparePartRequest(models.Model):
    """A station asks for parts: for stock, for a job, or out of warranty.

    The out-of-warranty kind is the product upgrade application (产品升级申请表):
    consent, quote, payment, finance's check and approval come in that order
    (OOW-07…OOW-14).
    """

    _name = "spare.part.request"
    _description = "Spare Part Request"
    _inherit = ["service.document.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "spare.part.request"
    _guarded_fields = frozenset(
        {
            "state",
            "consent_at",
            "consent_by_id",
            "sale_order_id",
            "submitted_at",
            "verified_by_id",
            "verified_at",
            "approved_by_id",
            "approved_at",
            "shipped_at",
            "received_at",
            "received_by_id",
            "director_id",
            "director_signed_at",
            "approve_due",
            "ship_due",
            "approve_late_reason",
            "ship_late_reason",
            "user_id",
        }
    )
    _transitions = {
        "draft": {"submitted", "cancelled"},
        "submitted": {"verified", "approved", "rejected", "cancelled"},
        "verified": {"approved", "rejected"},
        "approved": {"planned", "shipped", "used"},
        "planned": {"planned", "shipped"},
        "shipped": {"received"},
        "received": {"used"},
        "used": set(),
        "rejected": set(),
        "cancelled": set(),
    }

    name = fields.Char(default="/", readonly=True, copy=False)
    kind = fields.Selection(
        selection=[
            ("stock", "For stock"),
            ("job", "For a job"),
            ("oow", "Out of warranty"),
        ],
        required=True,
        default="stock",
    )
    station_id = fields.Many2one(
        comodel_name="service.station",
        required=True,
        index=True,
        check_company=True,
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(
        related="station_id.company_id", store=True, index=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", index="btree_not_null", check_company=True
    )
    visit_id = fields.Many2one(
        comodel_name="service.visit",
        index="btree_not_null",
        check_company=True,
        domain="[('ticket_id', '=', ticket_id)]",
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    coverage_sentence = fields.Char(related="ticket_id.coverage_sentence")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    line_ids = fields.One2many(
        comodel_name="spare.part.request.line",
        inverse_name="request_id",
        string="Parts",
    )
    onsite = fields.Boolean(
        string="On site",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer wants us to come: the visit fee is charged (OOW-05).",
    )
    remark = fields.Char(compute="_compute_remark", store=True, readonly=False)
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
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("verified", "Payment verified"),
            ("approved", "Approved"),
            ("planned", "No stock, planned"),
            ("shipped", "Shipped"),
            ("received", "Received"),
            ("used", "Fitted"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    verified_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Payment verified by",
        readonly=True,
        copy=False,
    )
    verified_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    # PRT-05: approved the same day, shipped the next
    approve_due = fields.Datetime(string="Approve by", readonly=True, copy=False)
    ship_due = fields.Datetime(string="Ship by", readonly=True, copy=False)
    approve_late_reason = fields.Char(
        string="Approved late because", readonly=True, copy=False
    )
    ship_late_reason = fields.Char(
        string="Shipped late because", readonly=True, copy=False
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    planned_date = fields.Date(
        copy=False, help="When the missing parts are expected (PRT-06)."
    )
    shipped_at = fields.Datetime(readonly=True, copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)
    # PRT-09, AMB-20: both sign for the quantity that really came
    received_by_id = fields.Many2one(
        comodel_name="res.users", string="Counted by", readonly=True, copy=False
    )
    director_id = fields.Many2one(
        comodel_name="res.users", string="Signed by director", readonly=True, copy=False
    )
    director_signed_at = fields.Datetime(readonly=True, copy=False)
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="spare_request_id",
        string="Transfers",
        groups="stock.group_stock_user",
    )
    next_step = fields.Char(compute="_compute_next_step")

    _job_has_ticket = models.Constraint(
        "CHECK (kind = 'stock' OR ticket_id IS NOT NULL)",
        "A request for a job or out of warranty belongs to a ticket: choose it.",
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for request in self:
            request.station_id = (
                request.ticket_id.station_id
                or request.station_id
                or self.env.user.service_station_ids[:1]
            )
            request.onsite = (
                request.ticket_id.delivery_mode == "onsite" or request.onsite
            )

    @api.depends("kind")
    def _compute_remark(self):
        for request in self:
            if request.kind == "oow" and not request.remark:
                request.remark = self.env._("Out-of-warranty product")  # OOW-09
            else:
                request.remark = request.remark

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

    @api.depends("state", "kind", "sale_order_id", "consent_at", "is_paid")
    @api.depends_context("lang")
    def _compute_next_step(self):
        for request in self:
            request.next_step = request._get_next_step()

    def _get_next_step(self):
        if self.state == "draft":
            if self.kind == "oow" and not self.sale_order_id:
                return self.env._("Make the itemised quote")
            if self.kind == "oow" and not self.consent_at:
                return self.env._("Record the customer's agreement")
            return self.env._("Submit")
        if self.state == "submitted" and self.kind == "oow":
            if not self.invoice_ids:
                return self.env._("Finance bills the customer")
            if not self.is_paid:
                return self.env._("The customer pays")
            return self.env._("Finance verifies the payment")
        return {
            "submitted": self.env._("The branch centre approves"),
            "verified": self.env._("The branch centre approves"),
            "approved": self.env._("Parts may be shipped and drawn"),
            "planned": self.env._("Waiting for parts, or the station receives"),
            "shipped": self.env._("The station receives"),
        }.get(self.state, "")

    def write(self, vals):
        subject = {"name", "kind", "ticket_id", "visit_id", "station_id", "onsite"}
        fixed = subject & vals.keys()
        agreed = {"consent_name", "consent_how"} & vals.keys()
        for request in self if not self.env.su else ():
            if (fixed and (request.state != "draft" or request.sale_order_id)) or (
                agreed and request.consent_at
            ):
                raise UserError(
                    self.env._(
                        "%s was quoted, agreed or submitted: it stays as it is. Cancel "
                        "it and make a new request.",
                        request.name,
                    )
                )
        return super().write(vals)

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

    def _check_lines(self):
        for request in self:
            if not request.line_ids:
                raise UserError(
                    self.env._("%s: add at least one part first.", request.name)
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
            order.pricelist_id = pricelist
        for line in lines:
            line.list_price = pricelist._get_product_price(
                line.product_id, line.quantity, date=self._now()
            )
        for line, move in zip(pieces, moves, strict=True):
            move.sale_line_id.write(
                {
                    "price_unit": line.list_price,
                    "discount": 0.0,
                    "spare_request_line_id": line.id,
                }
            )
        self._add_visit_fee(order)
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

    def _add_visit_fee(self, order):
        """Coming out of warranty costs the programme's fee (OOW-05, OOW-06).

        Not when the wanted service is free: the part is charged then, the visit
        is not (CARE-10, CARE-12).
        """
        wanted = self.ticket_id.coverage_ids.filtered(
            lambda row: row.chosen and row.item_id == self.ticket_id.item_id
        )
        if self.ticket_id.item_id and wanted.verdict not in (False, "chargeable"):
            return
        fee = self.env["service.fee"].search(
            [
                ("program_id", "=", self.ticket_id.program_id.id),
                ("code", "=", "oow_visit"),
            ],
            limit=1,
        )
        if not self.onsite or not fee or fee.product_id in order.order_line.product_id:
            return
        self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": fee.product_id.id,
                "product_uom_qty": 1.0,
                "price_unit": fee.currency_id._convert(
                    fee.amount, order.currency_id, self.company_id, self._now().date()
                ),
            }
        )

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

    def action_submit(self):
        """The station hands the request in."""
        self.check_access("write")
        self._check_lines()
        for request in self.filtered(lambda request: request.kind == "oow"):
            if not request.consent_at:
                raise UserError(
                    self.env._(
                        "%(request)s: the customer's agreement to the quote is missing "
                        "(OOW-07). The engineer or the hotline records it.",
                        request=request.name,
                    )
                )
        self._check_appraised()
        self._transition("submitted", submitted_at=self._now())
        self.filtered(
            lambda request: request.kind == "stock"
        ).sudo().line_ids._note_basis()
        due = self._get_deadlines(0)
        for request in self:
            request._set_guarded({"approve_due": due[request]})
        # sudo: the customer's agreement confirms the quote, whoever recorded it
        self.sudo().sale_order_id.filtered(
            lambda order: order.state in ("draft", "sent")
        ).action_confirm()
        return True

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

    def _check_four_eyes(self, other, act):
        if other == self.env.user:
            raise UserError(
                self.env._(
                    "%(request)s: %(user)s cannot %(act)s as well (four eyes). A "
                    "colleague does it.",
                    request=self.name,
                    user=self.env.user.name,
                    act=act,
                )
            )

    # ---------------------------------------------------
    # Approval
    # ---------------------------------------------------

    def action_approve(self):
        """The branch service centre approves (PRT-05, OOW-11)."""
        self._require_group("branch")
        for request in self:
            act = self.env._("approve the request")
            request._check_four_eyes(request.user_id, act)
            request._check_four_eyes(request.verified_by_id, act)
            if request.kind == "oow" and request.state != "verified":
                raise UserError(
                    self.env._(
                        "%(request)s: finance has not verified the payment yet. "
                        "Payment comes before approval (OOW-14).",
                        request=request.name,
                    )
                )
        self._check_explained("approve_due", "approve_late_reason")
        # sudo: the branch centre approves, it does not write the station's request
        documents = self.sudo()
        documents._transition(
            "approved", approved_by_id=self.env.uid, approved_at=self._now()
        )
        due = documents._get_deadlines(1)
        for request in documents:
            request.ship_due = due[request]
        return True

    # ---------------------------------------------------
    # Same day, next day (PRT-05, AMB-23)
    # ---------------------------------------------------

    def _get_deadlines(self, days) -> dict:
        """End of today's (0) or the next (1) working day, for each request.

        Working days are those of the station's calendar, else the company's; in a
        company that counts calendar days every day is one. What comes after closing
        time counts as of the next day.
        """
        # sudo: calendars and settings, for a date
        calendars = {
            request: request.station_id.calendar_id
            or request.company_id.resource_calendar_id
            for request in self.sudo()
        }
        known = self.env["resource.calendar"].sudo().union(*calendars.values())
        clocks = known._get_clock_calendars()
        result = {}
        for request in self:
            # sudo: settings of the company, whoever asks
            company = request.sudo().company_id
            calendar = clocks.get(calendars[request.sudo()].id)
            if not company.spare_clock_working:
                calendar = clock_tools.Calendar(
                    calendar.tz if calendar else company._service_tz(),
                    dict.fromkeys(range(7), ((0, 1440),)),
                )
            now = request._now()
            for late in (0, 1):
                promise = clock_tools.Promise(
                    "", "", days + late, "working_day", calendar, company._service_tz()
                )
                due = clock_tools.deadline(now, promise)
                if due >= now:
                    break
            result[request] = due
        return result

    @api.depends("approve_due", "ship_due", "state")
    def _compute_is_late(self):
        for request in self:
            request.is_late = bool(request._get_missed())

    def _search_is_late(self, operator, value):
        if operator != "in" or (value != {True} and list(value) != [True]):
            return NotImplemented
        now = self.env.company._service_now()
        return [
            "|",
            "&",
            ("state", "in", ("submitted", "verified")),
            ("approve_due", "<", now),
            "&",
            ("state", "in", ("approved", "planned")),
            ("ship_due", "<", now),
        ]

    def _get_missed(self):
        """The clock that has run out: name of its reason field, or nothing."""
        now = self._now()
        if self.kind == "oow":
            return ""
        if self.state == "submitted" and self.approve_due and self.approve_due < now:
            return "approve_late_reason"
        if (
            self.state in ("approved", "planned")
            and self.ship_due
            and self.ship_due < now
        ):
            return "ship_late_reason"
        return ""

    def action_explain_delay(self, reason):
        """Say why the same-day approval or the next-day shipping was missed."""
        self._require_group("branch", "warehouse")
        for request in self:
            missed = request._get_missed()
            if not missed:
                raise UserError(self.env._("%s is in time.", request.name))
            self._require_group(
                "branch" if missed == "approve_late_reason" else "warehouse"
            )
            # sudo: branch and warehouse explain, they do not write the request
            request.sudo()[missed] = reason.strip()
        return True

    def _check_explained(self, due, reason):
        """A missed clock needs its reason before the work goes on."""
        for request in self:
            if request._get_missed() == reason and not request[reason]:
                raise UserError(
                    self.env._(
                        "%(request)s was due on %(due)s. Press Explain the delay and "
                        "say why first (PRT-05).",
                        request=request.name,
                        due=format_datetime(self.env, request[due]),
                    )
                )

    def _get_expected_dates(self) -> dict:
        """The day the parts are expected at the station; False when nobody knows."""
        result = {}
        for request in self:
            # sudo: a setting
            days = timedelta(days=request.sudo().company_id.spare_transit_days)
            start = {
                "approved": request.ship_due and request.ship_due.date(),
                "planned": request.planned_date,
                "shipped": request.shipped_at and request.shipped_at.date(),
            }.get(request.state)
            result[request] = start + days if start else False
        return result

    def action_reject(self, reason):
        self._require_group("branch")
        for request in self:
            text = (reason or "").strip()
            if not text:
                raise UserError(self.env._("Say why %s is rejected.", request.name))
            # sudo: the branch centre rejects, it does not write the request
            request.sudo()._transition("rejected", remark=text)
        self.sudo()._drop_planned()
        return True

    def action_cancel(self):
        self._transition("cancelled")
        # sudo: planned part lines and quotes are not the engineer's to write
        self.sudo()._drop_planned()
        return True

    def _drop_planned(self):
        """Part lines that were only planned disappear with the request."""
        moves = self.line_ids.sale_line_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves._action_cancel()

    # ---------------------------------------------------
    # Goods (PRT-04…PRT-06)
    # ---------------------------------------------------

    def action_ship(self):
        """The warehouse ships what it has; the rest is planned (PRT-05, PRT-06)."""
        self._require_group("warehouse")
        for request in self:
            if request.state not in ("approved", "planned"):
                raise UserError(
                    self.env._(
                        "%s is not approved. The branch service centre approves "
                        "before shipping (PRT-05).",
                        request.name,
                    )
                )
        self._check_explained("ship_due", "ship_late_reason")
        for request in self:
            # sudo: goods move for the request
            request.sudo()._ship()
        return True

    def _ship(self):
        """Ship what is there; tell the branch centre what is not."""
        self.ensure_one()
        company = self.company_id
        pieces, short = self._pick_pieces(
            company._get_spare_warehouse().lot_stock_id,
            company.spare_transit_location_id,
        )
        if pieces:
            self.env["stock.picking"]._spare_transfer(
                [
                    (
                        company.spare_supply_type_id,
                        self.name,
                        pieces,
                        {"spare_request_id": self.id},
                    )
                ]
            )
            for piece in pieces:
                piece["line"].quantity_shipped += piece["quantity"]
        if not short:
            self._transition("shipped", shipped_at=self._now())
            return
        self._transition("planned")
        self.message_post(
            body=self.env._("Not in stock: %s", ", ".join(short)),
            partner_ids=self.station_id._get_people_above().ids,
        )

    def action_plan(self, date):
        """Say when the missing parts will come (PRT-06).

        :param date: the day the warehouse will have them
        """
        self._require_group("branch", "warehouse")
        for request in self:
            if request.state not in ("approved", "planned"):
                raise UserError(
                    self.env._("%s waits for no parts.", request.display_name)
                )
            # sudo: settings of the company, whoever plans
            if not date or date < request.sudo().company_id._service_today():
                raise UserError(
                    self.env._(
                        "%s: the missing parts are expected on a day to come.",
                        request.name,
                    )
                )
            # sudo: branch and warehouse plan, they do not write the request
            document = request.sudo()
            if document.state == "approved":
                document._transition("planned")
            document.planned_date = date
            document.message_post(
                body=self.env._(
                    "The missing parts are expected on %s.",
                    format_date(self.env, date),
                )
            )
        return True

    def _pick_pieces(self, source, dest):
        """Take the oldest free pieces below ``source``; tell what is missing.

        A product that is short is filled up with its substitutes, in their order.

        :returns: pieces for a transfer, and what is short in words
        """
        products = self.line_ids.product_id
        quants = self.env["stock.quant"].search(
            [
                ("location_id", "child_of", source.id),
                ("location_id.service_use", "=", False),
                ("product_id", "in", (products | products.spare_substitute_ids).ids),
                ("quantity", ">", 0),
            ],
            order="in_date, id",
        )
        free = {quant: quant.quantity - quant.reserved_quantity for quant in quants}
        by_product = quants.grouped("product_id")
        pieces, short = [], []
        for line in self.line_ids:
            wanted = line.quantity - line.quantity_shipped
            for product in (line.product_id, *line.product_id.spare_substitute_ids):
                for quant in by_product.get(product, ()):
                    taken = min(wanted, free[quant])
                    if taken <= 0:
                        continue
                    free[quant] -= taken
                    wanted -= taken
                    pieces.append(
                        {
                            "line": line,
                            "product": product,
                            "lot": quant.lot_id,
                            "quantity": taken,
                            "location": quant.location_id,
                            "dest": dest,
                        }
                    )
            if wanted > 0:
                short.append(f"{line.product_id.display_name} ({wanted:g})")
        return pieces, short

    def action_receive(self):
        """The specialist counts the parts into the station's good stock (PRT-12)."""
        self._require_group("specialist")
        good = self.station_id._get_locations("good")
        transfers = []
        # sudo: the transfer behind the request is the warehouse's
        for request in self.sudo():
            on_the_way = request._get_on_the_way()
            if not on_the_way:
                raise UserError(self.env._("%s was not shipped.", request.name))
            transfers.append(
                (
                    request.company_id.spare_supply_type_id,
                    request.name,
                    [
                        {
                            "product": line.product_id,
                            "lot": line.lot_id,
                            "quantity": line.quantity,
                            "location": line.location_dest_id,
                            "dest": good[request.station_id],
                        }
                        for line in on_the_way
                    ],
                    {"spare_request_id": request.id},
                )
            )
        self.env["stock.picking"]._spare_transfer(transfers)
        # sudo: lines are fixed for people once submitted
        for line in self.sudo().line_ids:
            line.quantity_received = line.quantity_shipped
        self._set_guarded({"received_at": self._now(), "received_by_id": self.env.uid})
        self.filtered(lambda request: request.state == "shipped")._transition(
            "received"
        )
        return True

    def _get_on_the_way(self):
        """Shipped pieces that have not been counted in: stock move lines."""
        self.ensure_one()
        arrived = self.picking_ids.filtered(
            lambda picking: picking.location_id.usage == "transit"
        )
        last = max(arrived.mapped("id"), default=0)
        return self.picking_ids.filtered(
            lambda picking: (
                picking.location_dest_id.usage == "transit" and picking.id > last
            )
        ).move_line_ids

    def action_sign_director(self):
        """The director signs for the quantity that really came (PRT-09, AMB-20)."""
        self._require_group("director")
        for request in self:
            if request.state != "received" or request.director_id:
                raise UserError(
                    self.env._(
                        "%s: nothing counted waits for the director's signature.",
                        request.name,
                    )
                )
            if request.received_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(request)s: specialist and director are two people (PRT-09); "
                        "%(user)s counted the parts.",
                        request=request.name,
                        user=self.env.user.name,
                    )
                )
        # sudo: the director signs, he does not write the request
        self.sudo()._set_guarded(
            {"director_id": self.env.uid, "director_signed_at": self._now()}
        )
        return True

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

    def action_propose(self):
        """Propose quantities from repairs, sales and good stock (PRT-03)."""
        for request in self:
            request.line_ids._propose_quantities()
        return True

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

    def action_print(self):
        return self.env.ref("spare_parts_rma.action_report_request").report_action(self)

    # ---------------------------------------------------
    # The money gate
    # ---------------------------------------------------

    @api.model
    def _check_money_gate(self, needs):
        """Refuse parts that the customer must pay before the steps are done.

        :param needs: (ticket, product, coverage or empty, quantity, record); the
            records are stock moves about to be done, or draws
        :returns: {record id: id of the coverage that decides}
        """
        if not needs:
            return {}
        rows = self._read_money_gate(needs)
        coverages, standings, wanted = {}, {}, defaultdict(float)
        for number, (ticket, product, _coverage, quantity, record) in enumerate(needs):
            coverage, verdict, standing = rows[number]
            coverages[record.id] = coverage
            if verdict == "chargeable":
                wanted[ticket, product, coverage] += quantity
                standings[ticket, product] = standing
        totals = defaultdict(float)
        problems = []
        for (ticket, product, coverage), quantity in wanted.items():
            totals[ticket, product] += quantity
            steps = gate_tools.missing(
                "chargeable", standings[ticket, product], totals[ticket, product]
            )
            if steps:
                problems.append(
                    self._get_gate_message(ticket, product, coverage, steps)
                )
        if problems:
            raise UserError("\n".join(problems))
        return coverages

    @api.model
    def _get_gate_message(self, ticket, product, coverage, steps):
        labels = {
            "consent": self.env._("the customer's agreement (engineer or hotline)"),
            "quote": self.env._("the itemised quote (engineer or hotline)"),
            "payment": self.env._("the verified payment (finance)"),
            "approval": self.env._("the approval (branch service centre)"),
            "quantity": self.env._(
                "an approved request for this many pieces (engineer or hotline)"
            ),
        }
        # sudo: the sentence explains, it opens no record
        decision = self.env["service.coverage"].sudo().browse(coverage)
        return self.env._(
            "%(product)s for ticket %(ticket)s has to be paid by the customer. "
            "%(sentence)s. Missing on an out-of-warranty request: %(steps)s.",
            product=product.display_name,
            ticket=ticket.number,
            sentence=decision.sentence,
            steps=", ".join(labels[step] for step in steps),
        )

    @api.model
    def _read_money_gate(self, needs):
        """Verdict and standing of every need, in one query.

        The verdict of a part is that of the component it replaces; unknown, of
        the part category (the strictest); else of the suspected part; else the
        most favourable on the ticket.
        """
        for model in (
            "service.coverage",
            "spare.part.request",
            "spare.part.request.line",
            "helpdesk.ticket",
            "repair.order",
            "stock.move",
            "sale.order.line",
            "account.move",
            "account.move.line",
        ):
            self.env[model].flush_model()
        moves = [
            record.id
            for *_rest, record in needs
            if record._name == "stock.move" and record.id
        ]
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s::integer)",
                number,
                ticket.id,
                product.id,
                coverage.id or None,
            )
            for number, (ticket, product, coverage, _qty, _rec) in enumerate(needs)
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH need (number, ticket_id, product_id, coverage_id) AS (VALUES %s)
                SELECT need.number, decision.id, decision.verdict,
                       COALESCE(wanted.consent, FALSE), COALESCE(wanted.quote, FALSE),
                       COALESCE(wanted.payment, FALSE),
                       COALESCE(wanted.approval, FALSE),
                       COALESCE(wanted.approved, 0), COALESCE(used.quantity, 0)
                  FROM need
                  JOIN helpdesk_ticket ticket ON ticket.id = need.ticket_id
                  JOIN product_product variant ON variant.id = need.product_id
                  JOIN product_template template
                    ON template.id = variant.product_tmpl_id
                  LEFT JOIN service_coverage named ON named.id = need.coverage_id
                  LEFT JOIN LATERAL (
                        SELECT candidate.id, candidate.verdict
                          FROM service_coverage candidate
                         CROSS JOIN LATERAL (
                               SELECT CASE
                                 WHEN candidate.component_id = named.component_id
                                  AND candidate.category_id = COALESCE(
                                      template.service_category_id,
                                      candidate.category_id) THEN 1
                                 WHEN candidate.category_id
                                      = template.service_category_id THEN 2
                                 WHEN candidate.component_id = ticket.component_id
                                      THEN 3
                                 ELSE 4 END AS place
                               ) fit
                         WHERE candidate.ticket_id = need.ticket_id
                           AND candidate.chosen
                           AND candidate.component_id IS NOT NULL
                         ORDER BY fit.place,
                               (candidate.verdict = 'chargeable') = (fit.place < 4)
                                   DESC,
                               candidate.id
                         LIMIT 1
                  ) decision ON TRUE
                  LEFT JOIN LATERAL (
                        SELECT bool_or(request.consent_at IS NOT NULL) AS consent,
                               bool_or(request.sale_order_id IS NOT NULL) AS quote,
                               bool_or(request.verified_at IS NOT NULL
                                       AND bill.paid) AS payment,
                               bool_or(request.approved_at IS NOT NULL) AS approval,
                               sum(line.quantity) FILTER (
                                   WHERE request.approved_at IS NOT NULL
                                     AND request.verified_at IS NOT NULL
                                     AND bill.paid) AS approved
                          FROM spare_part_request_line line
                          JOIN spare_part_request request
                            ON request.id = line.request_id
                           AND request.kind = 'oow'
                           AND request.state NOT IN ('rejected', 'cancelled')
                          LEFT JOIN LATERAL (
                                SELECT bool_or(move.payment_state IN %s) AS paid
                                  FROM sale_order_line sold
                                  JOIN sale_order_line_invoice_rel rel
                                    ON rel.order_line_id = sold.id
                                  JOIN account_move_line item
                                    ON item.id = rel.invoice_line_id
                                  JOIN account_move move
                                    ON move.id = item.move_id
                                   AND move.state = 'posted'
                                   AND move.move_type = 'out_invoice'
                                 WHERE sold.spare_request_line_id = line.id
                          ) bill ON TRUE
                         WHERE request.ticket_id = need.ticket_id
                           AND line.product_id = need.product_id
                  ) wanted ON TRUE
                  LEFT JOIN LATERAL (
                        SELECT sum(move.quantity) AS quantity
                          FROM stock_move move
                          JOIN repair_order repair ON repair.id = move.repair_id
                          JOIN service_coverage judged
                            ON judged.id = move.coverage_id
                           AND judged.verdict = 'chargeable'
                         WHERE repair.ticket_id = need.ticket_id
                           AND move.product_id = need.product_id
                           AND move.repair_line_type = 'add'
                           AND move.state = 'done'
                           AND move.id != ALL(%s)
                  ) used ON TRUE
                """,
                values,
                tuple(charge_tools.PAID),
                moves,
            )
        )
        return {
            number: (
                coverage,
                verdict,
                gate_tools.Standing(
                    consent, quote, payment, approval, float(approved), float(used)
                ),
            )
            for (
                number,
                coverage,
                verdict,
                consent,
                quote,
                payment,
                approval,
                approved,
                used,
            ) in rows
        }


class SparePartRequestLine(models.Model):
    _name = "spare.part.request.line"
    _description = "Requested Part"
    _inherit = ["spare.line.mixin"]
    _order = "request_id, id"

    request_id = fields.Many2one(
        comodel_name="spare.part.request",
        required=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="request_id.state")
    station_id = fields.Many2one(related="request_id.station_id", store=True)
    quantity_shipped = fields.Float(
        string="Shipped", readonly=True, copy=False, digits="Product Unit"
    )
    quantity_received = fields.Float(
        string="Received", readonly=True, copy=False, digits="Product Unit"
    )
    # PRT-03: the basis of the quantity stays on the form
    repaired = fields.Float(readonly=True, digits="Product Unit")
    sold = fields.Float(readonly=True, digits="Product Unit")
    on_hand = fields.Float(string="Good stock", readonly=True, digits="Product Unit")
    currency_id = fields.Many2one(related="request_id.currency_id")
    list_price = fields.Monetary(
        readonly=True, help="Price of the branch centre's list on the quote's day."
    )
    sale_line_ids = fields.One2many(
        comodel_name="sale.order.line",
        inverse_name="spare_request_line_id",
        string="Quoted",
        readonly=True,
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )

    def _get_fixed_message(self):
        """What was quoted or handed in stays as it was."""
        request = self.request_id
        if not self.env.su and (request.state != "draft" or request.sale_order_id):
            return self.env._(
                "%s was quoted or submitted: its parts are fixed. Cancel it and make a "
                "new request.",
                request.name,
            )
        return ""

    def _prepare_planned_move_vals(self, repair):
        """The part line of the repair that is quoted and later swapped in."""
        self.ensure_one()
        request = self.request_id
        good = request.station_id._get_locations("good")[request.station_id]
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": 1.0,
            "repair_id": repair.id,
            "repair_line_type": "add",
            "company_id": request.company_id.id,
            "location_id": good.id,
            "location_dest_id": repair.location_dest_id.id,
        }

    def _propose_quantities(self):
        """PRT-03: repairs and sales of four weeks against good stock."""
        self._note_basis()
        for line in self:
            proposal = quantity_tools.propose(line.repaired, line.sold, line.on_hand)
            line.quantity = proposal or line.quantity

    def _note_basis(self):
        """Write the basis of the quantity on the lines (PRT-03)."""
        for lines in self.grouped("request_id").values():
            lines._note_basis_of_station()

    def _note_basis_of_station(self):
        request = self.request_id
        since = request._now() - timedelta(days=BASIS_DAYS)
        products = self.product_id.ids
        # sudo: volumes only, for the form
        moves = self.env["stock.move"].sudo()
        repaired = dict(
            moves._read_group(
                [
                    ("product_id", "in", products),
                    ("repair_line_type", "=", "add"),
                    ("repair_id.ticket_id.station_id", "=", request.station_id.id),
                    ("state", "=", "done"),
                    ("date", ">=", since),
                ],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        # sudo: sales and shelves feed the proposal, whoever asks
        sold = dict(
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", products),
                    ("state", "=", "sale"),
                    ("order_id.date_order", ">=", since),
                    ("company_id", "=", request.company_id.id),
                ],
                ["product_id"],
                ["product_uom_qty:sum"],
            )
        )
        good = request.station_id._get_locations("good")[request.station_id]
        # sudo: figures of the proposal, not the stock itself
        on_hand = dict(
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [("location_id", "=", good.id), ("product_id", "in", products)],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        for line in self:
            product = line.product_id
            line.write(
                {
                    "repaired": repaired.get(product, 0.0),
                    "sold": sold.get(product, 0.0),
                    "on_hand": on_hand.get(product, 0.0),
                }
            )
