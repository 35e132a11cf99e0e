# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_sla_promise import DELIVERY_MODES


class ServiceOnsiteDecision(models.Model):
    """Nobody goes there: who decided it, why, and that the customer agrees (DSP-20)."""

    _name = "service.onsite.decision"
    _description = "Decision against On-site Service"
    _inherit = ["service.case.mixin", "service.document.mixin"]
    _order = "decided_at desc, id desc"
    _check_company_auto = True
    _transitions = {"draft": {"decided"}, "decided": set()}
    _guarded_fields = frozenset({"state", "decided_at", "decider_id"})

    region_id = fields.Many2one(related="ticket_id.region_id")
    reason = fields.Text()
    instead = fields.Selection(
        selection=[row for row in DELIVERY_MODES if row[0] != "onsite"],
        string="Helped instead",
        default="remote",
        required=True,
    )
    explained = fields.Boolean(string="Reason explained to the customer")
    consent = fields.Boolean(string="Customer agrees")
    consent_name = fields.Char(string="Agreed by")
    decider_id = fields.Many2one(
        comodel_name="res.users", string="Decided by", readonly=True, copy=False
    )
    decided_at = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("decided", "Decided")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )

    @api.depends("ticket_id")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = self.env._(
                "%s: no on-site service", decision.ticket_id.number
            )

    def action_decide(self):
        """The office decides; without the customer's consent it cannot (DSP-20)."""
        self._require_group("director", "branch")
        for decision in self:
            region = decision.ticket_id.region_id
            if not region._is_onsite_optional():  # DSP-19, CF-26
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: in %(region)s on-site service is due "
                        "(DSP-19). Only in special regions may the office decide; a "
                        "service manager marks them under Configuration, Regions.",
                        ticket=decision.ticket_id.number,
                        region=region.name,
                    )
                )
        self.ticket_id._check_open()
        self._check_filled(
            [
                ("reason", self.env._("reason")),
                ("explained", self.env._("the reason explained to the customer")),
                ("consent", self.env._("the customer's consent (DSP-20)")),
                ("consent_name", self.env._("who agreed, field Agreed by")),
            ]
        )
        self._transition("decided", decided_at=self._now(), decider_id=self.env.uid)
        for decision in self:
            decision.ticket_id.delivery_mode = decision.instead
            decision.ticket_id._record_event("onsite_declined", note=decision.reason)
        return True
