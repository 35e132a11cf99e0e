# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.intake import promise_state


class ServicePromise(models.Model):
    """What somebody promised a customer, and until when (DSP-07, DSP-22)."""

    _name = "service.promise"
    _description = "Promise"
    _inherit = [
        "service.case.mixin",
        "service.document.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "due_at, id"
    _check_company_auto = True
    _transitions = {
        "open": {"kept", "late", "broken"},
        "broken": {"late"},
        "kept": set(),
        "late": set(),
    }
    _guarded_fields = frozenset({"state", "done_at", "done_by_id"})

    name = fields.Char(string="What was promised", required=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True, index=True)
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
    )
    due_at = fields.Datetime(string="Due", required=True)
    promised_at = fields.Datetime(
        readonly=True, default=lambda self: self.env.company._service_now()
    )
    promised_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Promised by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    note = fields.Char(string="How it was fulfilled")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("late", "Fulfilled too late"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
    )
    done_at = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    # What the sweep reads, and the queue of the desk.
    _open_idx = models.Index("(due_at) WHERE state = 'open'")

    @api.constrains("due_at")
    def _check_due_at(self):
        for promise in self:
            if promise.due_at <= promise.promised_at:
                raise ValidationError(
                    self.env._(
                        "Promise %(promise)s: field Due must lie ahead; %(due)s is "
                        "past already.",
                        promise=promise.name,
                        due=promise.due_at,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._schedule_activities()
        return promises

    def write(self, vals):
        """A promise is not put off: what was said was said."""
        if {"due_at", "name", "ticket_id"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: a promise stays as it was given. Make another one.",
                    ", ".join(self.mapped("name")),
                )
            )
        return super().write(vals)

    def _schedule_activities(self):
        """Show each promise to the person responsible on its day."""
        activity_type = self.env.ref("after_sales_service.activity_promise")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": promise.id,
                    "user_id": promise.user_id.id,
                    "date_deadline": promise.due_at.date(),
                    "summary": promise.name,
                }
                for promise in self
            ]
        )

    def action_keep(self):
        """The promise is fulfilled, in time or too late."""
        now = self._now()
        states = {promise: promise_state(promise.due_at, now) for promise in self}
        for state, promises in self.grouped(states.get).items():
            promises._transition(state, done_at=now, done_by_id=self.env.uid)
        self.activity_feedback(
            ["after_sales_service.activity_promise"],
            feedback=self.env._("Fulfilled"),
        )
        return True

    def action_view_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }

    @api.model
    def _get_broken_domain(self):
        """Open promises whose time is over, by each company's clock."""
        return Domain("state", "=", "open") & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("due_at", "<", company._service_now())
            for company in self.env["res.company"].search([])
        )

    @api.model
    def _cron_break_promises(self, batch_size=500):
        """Mark promises that nobody kept; the desk sees them first (DSP-07)."""
        domain = self._get_broken_domain()
        promises = self.search(domain, limit=batch_size)
        remaining = (
            len(promises) if len(promises) < batch_size else self.search_count(domain)
        )
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        broken = promises.try_lock_for_update().filtered_domain(domain)
        broken._transition("broken")
        self.env["ir.cron"]._commit_progress(len(broken))
