# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..tools import appraisal as appraisal_tools

# From the first signature of the branch centre on the part may be replaced (RMA-03).
REPLACEABLE = ("approved", "reported", "released")


class SpareDamageAppraisal(models.Model):
    """One record, two gates (CF-23): before replacement and before return.

    RMA-03: a damaged part is replaced only after the branch centre signed the
    appraisal (部件物理损坏鉴定表). RMA-04: it is sent back only after cause and
    responsible person stand in the technical report (技术鉴定报告) and the branch
    centre signed that. With the second signature the shares become charges,
    claims or write-offs.
    """

    _name = "spare.damage.appraisal"
    _description = "Damage Appraisal"
    _inherit = ["service.document.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "spare.damage.appraisal"
    _guarded_fields = frozenset(
        {
            "state",
            "appraiser_id",
            "submitted_at",
            "replace_approved_by_id",
            "replace_approved_at",
            "reporter_id",
            "reported_at",
            "return_approved_by_id",
            "return_approved_at",
            "refused_by_id",
            "refusal",
        }
    )
    _transitions = {
        "draft": {"submitted", "reported"},
        "submitted": {"approved", "refused"},
        "approved": {"reported"},
        "reported": {"released", "refused"},
        "released": set(),
        "refused": set(),
    }

    name = fields.Char(default="/", readonly=True, copy=False)
    kind = fields.Selection(
        selection=[
            ("physical", "Physical damage"),
            ("abnormal", "Other abnormal damage"),
            ("oow", "Out of warranty"),
        ],
        required=True,
        default="physical",
    )
    visit_id = fields.Many2one(
        comodel_name="service.visit", index="btree_not_null", check_company=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    equipment_id = fields.Many2one(related="ticket_id.equipment_id", store=True)
    component_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Part in the machine",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain="[('equipment_id', '=', equipment_id)]",
    )
    rma_id = fields.Many2one(
        comodel_name="spare.rma", string="Return slip", index="btree_not_null"
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    serial = fields.Char(
        compute="_compute_product_id", store=True, readonly=False, precompute=True
    )
    station_id = fields.Many2one(
        comodel_name="service.station",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        related="station_id.company_id", store=True, index=True
    )
    engineer_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_from_source",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    damage = fields.Text(help="What is damaged, and how it was found.")
    cause = fields.Text(help="How it came about.")
    report = fields.Html(
        string="Technical report",
        help="Findings, tests and conclusion of the station (RMA-04).",
    )
    photo_ids = fields.Many2many(comodel_name="ir.attachment", string="Photos")
    claim_ids = fields.One2many(
        comodel_name="spare.claim", inverse_name="appraisal_id", string="Shares"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        string="Value of the damage",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What the piece costs us; the shares are parts of it.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "May be replaced"),
            ("reported", "Report submitted"),
            ("released", "May be returned"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    appraiser_id = fields.Many2one(
        comodel_name="res.users",
        string="Appraised by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    replace_approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Replacement approved by",
        readonly=True,
        copy=False,
    )
    replace_approved_at = fields.Datetime(readonly=True, copy=False)
    reporter_id = fields.Many2one(
        comodel_name="res.users", string="Reported by", readonly=True, copy=False
    )
    reported_at = fields.Datetime(readonly=True, copy=False)
    return_approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Return approved by",
        readonly=True,
        copy=False,
    )
    return_approved_at = fields.Datetime(readonly=True, copy=False)
    refused_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    refusal = fields.Char(string="Refused because", readonly=True, copy=False)
    next_step = fields.Char(compute="_compute_next_step")

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("visit_id", "rma_id")
    def _compute_from_source(self):
        # sudo: the specialist sees the slip, the appraisal names its job
        for appraisal in self:
            slip, visit = appraisal.rma_id.sudo(), appraisal.visit_id.sudo()
            appraisal.ticket_id = (
                slip.ticket_id or visit.ticket_id or appraisal.ticket_id
            )
            appraisal.component_id = slip.component_id or appraisal.component_id
            appraisal.station_id = (
                slip.station_id
                or visit.station_id
                or appraisal.station_id
                or self.env.user.service_station_ids[:1]
            )
            appraisal.engineer_id = (
                slip.engineer_id or visit.engineer_id or appraisal.engineer_id
            )

    @api.depends("rma_id", "component_id")
    def _compute_product_id(self):
        for appraisal in self:
            source = appraisal.rma_id or appraisal.component_id
            appraisal.product_id = source.product_id or appraisal.product_id
            appraisal.serial = source.serial or appraisal.serial

    @api.depends("product_id")
    def _compute_amount(self):
        for appraisal in self:
            # sudo: what a part costs is not the engineer's to read elsewhere
            product = appraisal.product_id.sudo()
            appraisal.amount = product.with_company(appraisal.company_id).standard_price

    @api.depends("state", "rma_id")
    @api.depends_context("lang")
    def _compute_next_step(self):
        steps = {
            "draft": self.env._("Hand in with cause and photos"),
            "submitted": self.env._("The branch centre approves the replacement"),
            "approved": self.env._(
                "Replace the part; then write the technical report with the shares"
            ),
            "reported": self.env._("The branch centre approves the return"),
        }
        for appraisal in self:
            appraisal.next_step = steps.get(appraisal.state, "")

    @api.model_create_multi
    def create(self, vals_list):
        appraisals = super().create(vals_list)
        appraisals._adopt_photos()
        return appraisals

    def _adopt_photos(self):
        """Whoever reads the appraisal sees its photos."""
        for appraisal in self:
            # sudo: a photo just uploaded belongs to nobody else yet
            loose = appraisal.sudo().photo_ids.filtered(lambda photo: not photo.res_id)
            loose.write({"res_model": self._name, "res_id": appraisal.id})

    def write(self, vals):
        content = {"damage", "cause", "kind", "product_id", "serial", "component_id"}
        decided = {"report", "amount", "rma_id", "photo_ids"}
        if not self.env.su:
            for appraisal in self:
                if (content & vals.keys() and appraisal.state != "draft") or (
                    decided & vals.keys()
                    and appraisal.state not in ("draft", "approved")
                ):
                    raise UserError(
                        self.env._(
                            "%s was handed in: it stays as it is. What is wrong is "
                            "refused and written anew.",
                            appraisal.display_name,
                        )
                    )
        result = super().write(vals)
        if "photo_ids" in vals:
            self._adopt_photos()
        return result

    # ---------------------------------------------------
    # First gate: before replacement (RMA-03)
    # ---------------------------------------------------

    def action_submit(self):
        """Hand the appraisal in: the part may not be replaced before approval."""
        self.check_access("write")
        self._check_filled(lambda appraisal: appraisal._get_missing_damage())
        self._transition(
            "submitted", submitted_at=self._now(), appraiser_id=self.env.uid
        )
        self._tell_branch()
        return True

    def _get_missing_damage(self):
        """What every appraisal needs, in words."""
        needed = [
            ("damage", self.env._("what is damaged")),
            ("cause", self.env._("the cause")),
            ("photo_ids", self.env._("a photo")),
        ]
        return [label for name, label in needed if not self[name]]

    def _tell_branch(self):
        for appraisal in self:
            # sudo: the people of the branch centre are above the station's fence
            appraisal.sudo().message_post(
                body=self.env._(
                    "%(appraisal)s waits for the branch service centre: %(part)s %(serial)s.",
                    appraisal=appraisal.name,
                    part=appraisal.product_id.display_name,
                    serial=appraisal.serial or "",
                ),
                partner_ids=appraisal.station_id._get_people_above().ids,
            )

    def _check_four_eyes(self):
        """Who wrote, did or pays does not approve."""
        for appraisal in self:
            # sudo: names only, for the four eyes
            document = appraisal.sudo()
            involved = (
                document.create_uid
                | document.appraiser_id
                | document.reporter_id
                | document.engineer_id
            )
            paying = document.claim_ids.partner_id & self.env.user.partner_id
            if self.env.user in involved or paying:
                raise UserError(
                    self.env._(
                        "%(appraisal)s: %(user)s is involved and cannot approve it "
                        "(four eyes). A colleague of the branch centre does it.",
                        appraisal=appraisal.name,
                        user=self.env.user.name,
                    )
                )

    def action_approve(self):
        """The branch centre signs: the part may be replaced."""
        self._require_group("branch")
        self._check_four_eyes()
        # sudo: the branch centre approves, it does not write the appraisal
        self.sudo()._transition(
            "approved",
            replace_approved_by_id=self.env.uid,
            replace_approved_at=self._now(),
        )
        return True

    # ---------------------------------------------------
    # Second gate: before return (RMA-04)
    # ---------------------------------------------------

    def action_report(self):
        """Hand in the technical report with the responsible persons.

        :raises UserError: report, photo or shares are missing, or the shares do not
            make 100 per cent
        """
        self.check_access("write")
        self._check_filled(lambda appraisal: appraisal._get_missing_report())
        for appraisal in self:
            percents = appraisal.claim_ids.mapped("percent")
            if not appraisal_tools.is_complete(percents):
                raise UserError(
                    self.env._(
                        "%(appraisal)s: the shares make %(sum)g %%, not 100 %%. Name "
                        "everybody who bears the damage (RMA-04).",
                        appraisal=appraisal.name,
                        sum=sum(percents),
                    )
                )
            # sudo: amounts follow from the shares
            for claim, amount in zip(
                appraisal.claim_ids.sudo(),
                appraisal_tools.split(
                    appraisal.amount, percents, appraisal.currency_id.decimal_places
                ),
                strict=True,
            ):
                claim._set_guarded({"amount": amount, "rma_id": appraisal.rma_id.id})
        self._transition("reported", reported_at=self._now(), reporter_id=self.env.uid)
        self._tell_branch()
        return True

    def _get_missing_report(self):
        missing = self._get_missing_damage()
        if is_html_empty(self.report):
            missing.append(self.env._("the technical report"))
        if not self.claim_ids:
            missing.append(self.env._("who is responsible (shares)"))
        if self.state == "draft" and not self.rma_id:
            missing.append(
                self.env._("the return slip, or the approval of the replacement")
            )
        return missing

    def action_release(self):
        """The branch centre signs: the piece may be returned, the shares count."""
        self._require_group("branch")
        self._check_four_eyes()
        # sudo: the branch centre approves, it does not write the appraisal
        documents = self.sudo()
        documents._transition(
            "released",
            return_approved_by_id=self.env.uid,
            return_approved_at=self._now(),
        )
        documents.claim_ids._make_valid()
        documents.rma_id._add_to_return()
        return True

    def action_refuse(self, reason):
        """The branch centre refuses; a new appraisal may be written."""
        self._require_group("branch")
        self._check_four_eyes()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the appraisal is refused."))
        # sudo: the branch centre decides, it does not write the appraisal
        documents = self.sudo()
        documents._transition(
            "refused", refused_by_id=self.env.uid, refusal=reason.strip()
        )
        documents.claim_ids._transition("dropped", reason=reason.strip())
        return True

    # ---------------------------------------------------
    # The gates, asked by swaps, requests and returns
    # ---------------------------------------------------

    @api.model
    def _get_pending(self, tickets):
        """Appraisals handed in or begun that keep a part of these tickets back."""
        # sudo: the gate holds whoever asks
        return self.sudo().search(
            [
                ("ticket_id", "in", tickets.ids),
                ("state", "in", ("draft", "submitted")),
            ]
        )

    @api.model
    def _get_approved(self, tickets):
        """Appraisals of these tickets after which a part may be replaced."""
        # sudo: the gate holds whoever asks
        return self.sudo().search(
            [("ticket_id", "in", tickets.ids), ("state", "in", REPLACEABLE)]
        )

    def action_print_appraisal(self):
        return self.env.ref("spare_parts_rma.action_report_appraisal").report_action(
            self
        )

    def action_print_report(self):
        return self.env.ref("spare_parts_rma.action_report_technical").report_action(
            self
        )
