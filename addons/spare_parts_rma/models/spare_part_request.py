# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class SparePartRequest(models.Model):
    """A station asks for parts: for stock, for a job, or out of warranty.

    What it proposes, its clocks, its goods, the application out of warranty and the
    money gate have each a file of their own, ``spare_part_request_*.py``.
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
            "submitted_at",
            "approved_by_id",
            "approved_at",
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
        precompute=True,
        help="We come to the customer: the visit fee is charged where coming is not "
        "free (OOW-05).",
    )
    for_loan = fields.Boolean(
        string="For lending",
        help="The units go to the station's loaner shelf, not to its good parts: the "
        "branch lends them to customers through the station (PRT-22).",
    )
    remark = fields.Char(compute="_compute_remark", store=True, readonly=False)
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
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    parts = fields.Char(string="Parts asked for", compute="_compute_parts")
    next_step = fields.Char(compute="_compute_next_step")

    _job_has_ticket = models.Constraint(
        "CHECK (kind = 'stock' OR ticket_id IS NOT NULL)",
        "A request for a job or out of warranty belongs to a ticket: choose it.",
    )
    _loan_is_stock = models.Constraint(
        "CHECK (kind = 'stock' OR for_loan IS NOT TRUE)",
        "What is to be lent is asked for stock, not for a job.",
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
            request.onsite = request.ticket_id.delivery_mode == "onsite"

    @api.depends("line_ids.product_id", "line_ids.quantity")
    def _compute_parts(self):
        for request in self:
            request.parts = ", ".join(
                f"{line.product_id.display_name} × {line.quantity:g}"
                for line in request.line_ids
            )

    @api.depends("kind")
    def _compute_remark(self):
        for request in self:
            if request.kind == "oow" and not request.remark:
                request.remark = self.env._("Out-of-warranty product")  # OOW-09
            else:
                request.remark = request.remark

    @api.depends(
        "state", "kind", "sale_order_id", "consent_at", "is_paid", "director_id"
    )
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
            "received": self._get_step_received(),
        }.get(self.state, "")

    def _get_step_received(self):
        if not self.director_id:
            return self.env._("The director signs for what came")
        if self.is_short:
            return self.env._("The warehouse looks for what did not come")
        return ""

    def _get_shelves(self) -> dict:
        """Where the parts go: loaners to their own shelf (PRT-12, PRT-22)."""
        good, loaner = (
            self.station_id._get_locations(use) for use in ("good", "loaner")
        )
        return {
            request: (loaner if request.for_loan else good)[request.station_id]
            for request in self
        }

    def write(self, vals):
        subject = {
            "name",
            "kind",
            "ticket_id",
            "visit_id",
            "station_id",
            "onsite",
            "for_loan",
        }
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
    # Acts
    # ---------------------------------------------------

    def _check_lines(self):
        for request in self:
            if not request.line_ids:
                raise UserError(
                    self.env._("%s: add at least one part first.", request.name)
                )

    def action_submit(self):
        """The station hands the request in."""
        self.check_access("write")
        self._check_lines()
        self._check_agreed()
        self._check_appraised()
        self._transition("submitted", submitted_at=self._now())
        # sudo: lines are fixed for people once submitted
        for_stock = self.sudo().filtered(lambda request: request.kind == "stock")
        for_stock.line_ids._note_basis()
        due = self._get_deadlines(0)
        for request in self:
            request._set_guarded({"approve_due": due[request]})
        # sudo: the customer's agreement confirms the quote, whoever recorded it
        self.sudo().sale_order_id.filtered(
            lambda order: order.state in ("draft", "sent")
        ).action_confirm()
        self.filtered(lambda request: request.kind != "oow")._tell_branch()
        return True

    def _tell_branch(self):
        """The request reaches the branch centre at once (PRT-04, OOW-11)."""
        for request in self:
            # sudo: the people of the branch centre are above the station's fence
            request.sudo().message_post(
                body=self.env._(
                    "%(request)s waits for the branch service centre: %(parts)s.",
                    request=request.name,
                    parts=request.sudo().parts,
                ),
                partner_ids=request.station_id._get_people_above().ids,
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

    def action_print(self):
        return self.env.ref("spare_parts_rma.action_report_request").report_action(self)
