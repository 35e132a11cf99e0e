# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import appraisal as appraisal_tools


class SpareClaim(models.Model):
    """What somebody owes for a piece: a charge, a claim, or our own loss.

    Born from a damage appraisal (one for each share, RMA-04), a piece that never
    came back (advance replacement), or a piece returned to its vendor. Money is
    core accounting: finance books it as an invoice or a vendor credit.
    """

    _name = "spare.claim"
    _description = "Charge, Claim or Write-off"
    _inherit = ["service.document.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "spare.claim"
    _guarded_fields = frozenset(
        {"state", "origin", "rma_id", "move_id", "booked_by_id", "accepted_by_id"}
    )
    _transitions = {
        "draft": {"due", "booked", "dropped"},
        "due": {"booked", "dropped"},
        "booked": set(),
        "dropped": set(),
    }

    name = fields.Char(default="/", readonly=True, copy=False)
    origin = fields.Selection(
        selection=[
            ("appraisal", "Damage appraisal"),
            ("overdue", "Not returned in time"),
            ("vendor", "Returned to the vendor"),
            ("lost", "Lost on the way"),
        ],
        required=True,
        readonly=True,
        default="appraisal",
    )
    appraisal_id = fields.Many2one(
        comodel_name="spare.damage.appraisal", index="btree_not_null", readonly=True
    )
    rma_id = fields.Many2one(
        comodel_name="spare.rma",
        string="Return slip",
        index="btree_not_null",
        readonly=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    station_id = fields.Many2one(
        comodel_name="service.station",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    company_id = fields.Many2one(
        related="station_id.company_id", store=True, index=True
    )
    party = fields.Selection(
        selection=[
            ("customer", "Customer"),
            ("engineer", "Engineer"),
            ("carrier", "Carrier"),
            ("vendor", "Vendor"),
            ("house", "Ourselves"),
        ],
        string="Responsible",
        required=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Who",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    percent = fields.Float(string="Share (%)", default=100.0)
    outcome = fields.Selection(
        selection=[
            ("charge", "Charge"),
            ("claim", "Claim"),
            ("write_off", "Write-off"),
        ],
        compute="_compute_outcome",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary()
    reason = fields.Char()
    state = fields.Selection(
        selection=[
            ("draft", "Proposed"),
            ("due", "To book"),
            ("booked", "Booked"),
            ("dropped", "Dropped"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    accepted_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    booked_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    move_id = fields.Many2one(
        comodel_name="account.move", string="Bill", readonly=True, copy=False
    )

    _percent_sane = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)",
        "A share is more than 0 and at most 100 per cent.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "The amount of a claim cannot be negative."
    )
    _overdue_uniq = models.UniqueIndex(
        "(rma_id, origin) WHERE origin != 'appraisal' AND state != 'dropped'",
        "There is a claim of this kind for the slip already.",
    )

    @api.depends("appraisal_id", "rma_id")
    def _compute_from_source(self):
        for claim in self:
            # sudo: piece and station of the slip, whoever looks at the claim
            source = claim.appraisal_id.sudo() or claim.rma_id.sudo()
            claim.product_id = source.product_id or claim.product_id
            claim.station_id = source.station_id or claim.station_id

    @api.depends("party", "appraisal_id", "rma_id")
    def _compute_partner_id(self):
        for claim in self:
            source = claim.appraisal_id or claim.rma_id
            # sudo: the name of the customer or engineer goes on the claim
            known = {
                "customer": source.sudo().ticket_id.partner_id,
                "engineer": source.sudo().engineer_id.partner_id,
            }
            claim.partner_id = known.get(claim.party) or (
                claim.partner_id
                if claim.party in ("carrier", "vendor")
                else claim.partner_id.browse()
            )

    @api.depends("party")
    def _compute_outcome(self):
        for claim in self:
            claim.outcome = appraisal_tools.OUTCOMES.get(claim.party, "write_off")

    @api.constrains("party", "outcome")
    def _check_outcome(self):
        for claim in self:
            if claim.party == "house" and claim.outcome != "write_off":
                raise ValidationError(
                    self.env._("%s: our own share is written off.", claim.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create(vals_list)
        claims._check_open()
        return claims

    def write(self, vals):
        fixed = {"party", "partner_id", "percent", "amount", "outcome", "product_id"}
        if fixed & vals.keys():
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._check_open()

    def _check_open(self):
        """What was handed in or approved stays as it is."""
        for claim in self if not self.env.su else ():
            if claim.state != "draft" or claim.appraisal_id.state not in (
                False,
                "draft",
                "approved",
            ):
                raise UserError(
                    self.env._(
                        "%s was handed in or approved: it stays as it is.",
                        claim.display_name,
                    )
                )

    # ---------------------------------------------------
    # Acts
    # ---------------------------------------------------

    def action_accept(self):
        """The branch centre makes a proposed charge or claim valid."""
        self._require_group("branch")
        for claim in self:
            if claim.appraisal_id:
                raise UserError(
                    self.env._(
                        "%(claim)s becomes valid with appraisal %(appraisal)s.",
                        claim=claim.name,
                        appraisal=claim.appraisal_id.name,
                    )
                )
            # sudo: who swapped the piece, for the four eyes
            if claim.sudo().rma_id.engineer_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(claim)s is about a piece of %(user)s. Somebody else of the "
                        "branch centre accepts it (four eyes).",
                        claim=claim.name,
                        user=self.env.user.name,
                    )
                )
        self._make_valid()
        return True

    def _make_valid(self):
        """Approved: charges and claims wait for finance, a loss is a loss."""
        # sudo: the consequence of an approval by the branch centre
        for claim in self.sudo():
            if claim.outcome != "write_off" and not claim.partner_id:
                raise UserError(
                    self.env._(
                        "%(claim)s: name who pays (%(party)s).",
                        claim=claim.name,
                        party=dict(
                            self._fields["party"]._description_selection(self.env)
                        )[claim.party],
                    )
                )
            claim._transition(
                "booked" if claim.outcome == "write_off" else "due",
                accepted_by_id=self.env.uid,
            )

    def action_drop(self, reason):
        """The branch centre gives a charge or claim up, with a reason."""
        self._require_group("branch")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the claim is dropped."))
        # sudo: the branch centre decides, it does not write claims
        self.sudo()._transition("dropped", reason=reason.strip())
        return True

    def action_book(self):
        """Finance books: an invoice for a charge, a vendor credit for a claim."""
        self._require_group("finance")
        for claim in self:
            if claim.state != "due":
                raise UserError(
                    self.env._(
                        "%s is not approved or was booked before.", claim.display_name
                    )
                )
        # sudo: the clerk of the finance desk books what was approved
        claims = self.sudo()
        moves = (
            self.env["account.move"]
            .sudo()
            .create([claim._prepare_move_vals() for claim in claims])
        )
        for claim, move in zip(claims, moves, strict=True):
            claim._transition("booked", move_id=move.id, booked_by_id=self.env.uid)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bills to post"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", moves.ids)],
        }

    def _prepare_move_vals(self):
        """The draft bill of this claim; its line names slip and serial."""
        self.ensure_one()
        return {
            "move_type": "out_invoice" if self.outcome == "charge" else "in_refund",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "ref": self.name,
            "invoice_date": self._now().date(),
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "product_id": self.env.ref("spare_parts_rma.product_damage").id,
                        "name": self._get_bill_text(),
                        "quantity": 1.0,
                        "price_unit": self.amount,
                    }
                )
            ],
        }

    def _get_bill_text(self):
        self.ensure_one()
        return self.env._(
            "%(part)s %(serial)s: %(origin)s, %(document)s, %(percent)g %%",
            part=self.product_id.display_name,
            serial=self.rma_id.serial or "",
            origin=dict(self._fields["origin"]._description_selection(self.env))[
                self.origin
            ],
            document=self.appraisal_id.name or self.rma_id.name,
            percent=self.percent,
        )

    def action_view_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
