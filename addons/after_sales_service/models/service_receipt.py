# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_rating import RATINGS

# What the customer said stays said.
GIVEN_FIELDS = frozenset({"ticket_id", "rating", "opinion", "way"})


class ServiceReceipt(models.Model):
    """The receipt of a customer who signed none on a visit or at the counter.

    Every customer served rates the work, whatever way he was served (CARE-13): on the
    page behind a link, by phone, or on paper. Who will not or cannot be asked leaves a
    reason instead.
    """

    _name = "service.receipt"
    _description = "Maintenance Receipt"
    _inherit = ["service.case.mixin", "service.document.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _transitions = {
        "asked": {"given", "declined"},
        "declined": {"given"},
        "given": set(),
    }
    _guarded_fields = frozenset(
        {"state", "token", "sent_at", "answered_at", "answered_by_id"}
    )

    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True, index=True)
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    partner_email = fields.Char(related="partner_id.email", string="Email")
    delivery_mode = fields.Selection(related="ticket_id.delivery_mode", store=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who served",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    rating = fields.Selection(selection=RATINGS)
    opinion = fields.Text(string="Customer's opinion")
    way = fields.Selection(
        selection=[
            ("phone", "By phone"),
            ("paper", "On paper"),
            ("link", "On the page"),
        ],
        string="How it was given",
        default="phone",
    )
    reason = fields.Selection(
        selection=[
            ("refused", "The customer does not want to rate"),
            ("unreachable", "The customer cannot be reached"),
            ("closed", "The customer closed the case himself"),
        ],
        string="Why there is no rating",
    )
    note = fields.Char()
    state = fields.Selection(
        selection=[
            ("asked", "Customer asked"),
            ("given", "Given"),
            ("declined", "Not given"),
        ],
        required=True,
        readonly=True,
        default="asked",
        copy=False,
    )
    token = fields.Char(
        readonly=True, copy=False, default=lambda self: secrets.token_urlsafe(24)
    )
    url = fields.Char(string="Page", compute="_compute_url")
    sent_at = fields.Datetime(string="Link sent", readonly=True, copy=False)
    answered_at = fields.Datetime(string="Answered on", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", string="Entered by", readonly=True, copy=False
    )

    _token_uniq = models.UniqueIndex("(token)")
    _asked_once = models.UniqueIndex(
        "(ticket_id) WHERE state = 'asked'",
        "The customer of this ticket is asked already.",
    )

    @api.depends("ticket_id")
    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = self.env._(
                "Receipt %s", receipt.ticket_id.number or ""
            )

    @api.depends("ticket_id")
    def _compute_user_id(self):
        """Who served last: on the phone, at the bench."""
        for receipt in self:
            ticket = receipt.ticket_id
            receipt.user_id = (
                receipt.user_id
                or ticket.contact_record_ids[:1].user_id
                or ticket.repair_ids[:1].user_id
                or ticket.user_id
            )

    @api.depends("token")
    def _compute_url(self):
        for receipt in self:
            receipt.url = f"{receipt.get_base_url()}/service-receipt/{receipt.token}"

    def write(self, vals):
        given = self.filtered(lambda receipt: receipt.state == "given")
        if given and GIVEN_FIELDS & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: what the customer said stays as he said it.",
                    ", ".join(given.mapped("display_name")),
                )
            )
        return super().write(vals)

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_send(self):
        """Send the customer the link to his page."""
        self.check_access("write")
        self.ticket_id.check_access("read")
        template = self.env.ref("after_sales_service.mail_template_receipt")
        for receipt in self:
            if receipt.state == "given":
                raise UserError(
                    self.env._("%s is given already.", receipt.display_name)
                )
            if not receipt.partner_email:
                raise UserError(
                    self.env._(
                        "%(receipt)s: %(customer)s has no e-mail address. Ask him on "
                        "the phone, or add the address on the customer.",
                        receipt=receipt.display_name,
                        customer=receipt.partner_id.name or "–",
                    )
                )
            # sudo: whoever serves the customer may have no rights on mails
            template.sudo().send_mail(receipt.id)
        self._set_guarded({"sent_at": self._now()})
        return True

    def action_give(self):
        """Enter what the customer said on the phone or wrote on paper."""
        self._check_filled(
            [
                ("rating", self.env._("customer's rating (CARE-13)")),
                ("way", self.env._("how it was given")),
            ]
        )
        self._transition(
            "given", answered_at=self._now(), answered_by_id=self.env.uid, reason=False
        )
        return True

    def action_decline(self):
        """The case ends without a rating, for a reason."""
        self._check_filled([("reason", self.env._("why there is no rating (CARE-13)"))])
        self._transition(
            "declined", answered_at=self._now(), answered_by_id=self.env.uid
        )
        return True

    @api.model
    def _find_by_token(self, token):
        """The receipt of a page; empty for a wrong token."""
        # sudo: the visitor has no account, the token is his right to this page
        return self.sudo().search([("token", "=", token)], limit=1)

    def _give_from_page(self, rating, opinion):
        """What the customer chose on his page; a second answer changes nothing.

        :param rating: a key of ``RATINGS``
        :raises ValueError: another rating
        """
        self.ensure_one()
        if rating not in dict(RATINGS):
            raise ValueError(rating)
        if self.state != "given":
            self.write({"rating": rating, "opinion": opinion, "way": "link"})
            self._transition("given", answered_at=self._now(), reason=False)
