# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date


class ServiceCoverage(models.Model):
    """Who pays for one component or service item of a ticket, and why.

    Several sources may answer; the chosen row is the best answer. Frozen at
    acceptance (WAR-22): later change is an override with reason and approval.
    """

    _name = "service.coverage"
    _description = "Coverage Decision"
    _order = "ticket_id, component_id, item_id, chosen desc, id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    component_id = fields.Many2one(
        comodel_name="service.equipment.component", index="btree_not_null"
    )
    item_id = fields.Many2one(comodel_name="service.item", index="btree_not_null")
    category_id = fields.Many2one(related="component_id.category_id", store=True)
    source = fields.Char(required=True)
    verdict = fields.Selection(
        selection=[
            ("warranty", "Warranty"),
            ("plan", "Plan"),
            ("goodwill", "Goodwill"),
            ("chargeable", "Chargeable"),
        ],
        required=True,
    )
    reason = fields.Selection(
        selection=[
            ("term", "Within the warranty term"),
            ("expired", "Warranty term over"),
            ("no_term", "No warranty term for this part"),
            ("no_start", "No proof of sale"),
            ("gift", "Gift"),
            ("own_part", "Customer's own part"),
            ("replaced", "Replaced part"),
            ("override", "Override"),
        ],
        required=True,
    )
    rule = fields.Char(required=True)
    inputs = fields.Json()
    date_start = fields.Date()
    date_end = fields.Date()
    chosen = fields.Boolean()
    frozen_at = fields.Datetime(readonly=True)
    sentence = fields.Char(compute="_compute_sentence")
    override_reason = fields.Char()
    override_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    override_approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    overridden_id = fields.Many2one(
        comodel_name="service.coverage", string="Overrides", readonly=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="ticket_id.station_id", store=True, index=True)

    @api.depends("verdict", "reason", "rule", "inputs", "date_start", "date_end")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for coverage in self:
            coverage.sentence = self._get_sentence(
                coverage.verdict,
                coverage.reason,
                coverage.rule,
                coverage.component_id.category_id.name or coverage.item_id.name or "",
                coverage.inputs or {},
                coverage.date_start,
                coverage.date_end,
            )

    @api.model
    def _get_sentence(
        self, verdict, reason, rule, subject, inputs, date_start, date_end
    ):
        """One sentence in the reader's language that names rule and inputs."""
        proofs = {
            "invoice": self.env._("invoice"),
            "certificate": self.env._("certificate"),
            "factory_month": self.env._("factory month"),
            "acceptance": self.env._("acceptance"),
            "installation": self.env._("installation"),
        }
        values = {
            "part": subject,
            "months": inputs.get("months"),
            "proof": proofs.get(inputs.get("proof"), ""),
            "start": format_date(self.env, date_start),
            "end": format_date(self.env, date_end),
            "rule": rule,
            "why": inputs.get("why", ""),
        }
        if reason == "term":
            return self.env._(
                "Covered: %(part)s, %(months)s months from %(start)s (%(proof)s), "
                "until %(end)s, %(rule)s",
                **values,
            )
        if reason == "replaced":
            return self.env._(
                "Covered: replaced %(part)s, %(months)s months from %(start)s or the "
                "old part's remainder, until %(end)s, %(rule)s",
                **values,
            )
        if reason == "expired":
            return self.env._(
                "Not covered: %(part)s, %(months)s months from %(start)s (%(proof)s) "
                "ended on %(end)s, %(rule)s",
                **values,
            )
        if reason == "no_start":
            return self.env._(
                "Not covered yet: %(part)s has %(months)s months, but neither invoice, "
                "certificate nor factory month is known, %(rule)s",
                **values,
            )
        if reason == "gift":
            return self.env._(
                "Not covered: %(part)s came as a gift, %(rule)s", **values
            )
        if reason == "own_part":
            return self.env._(
                "Not covered: %(part)s is the customer's own part, %(rule)s", **values
            )
        if reason == "override":
            return self.env._(
                "Decided otherwise: %(part)s, %(why)s, %(rule)s", **values
            )
        return self.env._(
            "Not covered: the programme has no warranty term for %(part)s, %(rule)s",
            **values,
        )

    def write(self, vals):
        frozen = self.filtered("frozen_at")
        if frozen and vals.keys() & {"verdict", "reason", "rule", "inputs", "source"}:
            raise UserError(
                self.env._(
                    "Ticket %(ticket)s: the coverage was frozen at acceptance "
                    "(WAR-22). Use an override; a service manager approves it.",
                    ticket=", ".join(frozen.ticket_id.mapped("number")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if any(self.mapped("frozen_at")):
            raise UserError(
                self.env._("A coverage decision frozen at acceptance is never deleted.")
            )

    def _override(self, verdict, reason, asked_by):
        """A new decision in place of this one, approved by the current user.

        :param verdict: warranty, goodwill or chargeable
        :param reason: why, in words
        :param asked_by: who asked for it; not the approver (four eyes)
        :raises AccessError: the user is no service manager or asked himself
        """
        self.ensure_one()
        if not self.env.user.has_group("after_sales_service.group_manager"):
            raise AccessError(
                self.env._("Only a service manager approves a coverage override.")
            )
        if asked_by == self.env.user:
            raise AccessError(
                self.env._("Who asks for an override does not approve it.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("An override needs a reason."))
        self.chosen = False
        return self.create(
            {
                "ticket_id": self.ticket_id.id,
                "component_id": self.component_id.id,
                "item_id": self.item_id.id,
                "source": "override",
                "verdict": verdict,
                "reason": "override",
                "rule": "WAR-22",
                "inputs": {"why": reason},
                "date_start": self.date_start,
                "date_end": self.date_end,
                "chosen": True,
                "frozen_at": self.ticket_id.company_id._service_now(),
                "override_reason": reason,
                "override_by_id": asked_by.id,
                "override_approved_by_id": self.env.uid,
                "overridden_id": self.id,
            }
        )
