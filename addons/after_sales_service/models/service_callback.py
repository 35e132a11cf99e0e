# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.callback import CallbackPolicy

TIERS = [
    ("1", "First callback (station)"),
    ("2", "Second callback (branch centre)"),
]


class ServiceCallbackPolicy(models.Model):
    """Which callbacks a programme owes after a job (CB-01…CB-04)."""

    _name = "service.callback.policy"
    _description = "Callback Policy"
    _order = "program_id, tier"

    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    tier = fields.Selection(selection=TIERS, required=True)
    days = fields.Integer(
        required=True,
        help="0: no limit is stated; the call is owed from the day the job ends.",
    )
    working = fields.Boolean(
        string="Working days", help="Count working days instead of calendar days."
    )
    onsite_only = fields.Boolean(
        string="On-site jobs only", help="Not owed after remote or shop jobs."
    )
    rule = fields.Char(required=True)

    _days_positive = models.Constraint(
        "CHECK (days >= 0)", "A callback cannot be due before the job is done."
    )
    _tier_uniq = models.UniqueIndex(
        "(program_id, tier)", "This programme has a policy for this callback already."
    )

    def _get_policies(self) -> list:
        """The policies as :class:`tools.callback.CallbackPolicy`."""
        return [
            CallbackPolicy(
                policy.id, policy.tier, policy.days, policy.working, policy.onsite_only
            )
            for policy in self
        ]


class ServiceCallback(models.Model):
    """A call that is owed to a customer after a job, and its answer."""

    _name = "service.callback"
    _description = "Callback"
    _inherit = ["service.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "due_date, id"
    _check_company_auto = True
    _guarded_fields = frozenset({"state", "done_at", "done_by_id"})

    name = fields.Char(compute="_compute_name", store=True)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True, index=True)
    phone = fields.Char(related="partner_id.phone")
    visit_id = fields.Many2one(comodel_name="service.visit", index="btree_not_null")
    tier = fields.Selection(selection=TIERS, required=True)
    policy_id = fields.Many2one(comodel_name="service.callback.policy")
    station_id = fields.Many2one(
        comodel_name="service.station",
        string="Done by",
        required=True,
        index=True,
        check_company=True,
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Caller", index=True)
    due_date = fields.Date(required=True, index=True)
    state = fields.Selection(
        selection=[("todo", "To call"), ("done", "Done")],
        required=True,
        readonly=True,
        default="todo",
        tracking=True,
    )
    result = fields.Selection(
        selection=[
            ("solved", "Solved, satisfied"),
            ("dissatisfied", "Solved, dissatisfied"),
            ("unsolved", "Not solved"),
            ("unreachable", "Unreachable"),
        ],
        tracking=True,
    )
    machine_state = fields.Text(string="How the machine works")  # CB-03
    note = fields.Text()
    done_at = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)

    _tier_uniq = models.UniqueIndex(
        "(ticket_id, tier, visit_id)", "This callback is planned already."
    )

    @api.depends("ticket_id.number", "tier")
    def _compute_name(self):
        for callback in self:
            callback.name = f"{callback.ticket_id.number} / {callback.tier}"

    def _compute_is_late(self):
        for callback in self:
            callback.is_late = (
                callback.state == "todo"
                and callback.due_date
                and callback.due_date < callback.company_id._service_today()
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "=", "todo"),
            ("due_date", "<", self.env.company._service_today()),
        ]

    @api.constrains("done_by_id")
    def _check_four_eyes(self):
        """The two tiers of one job have two callers (CB-17)."""
        others = self.sudo().search(  # sudo: the other tier may be fenced off
            [("ticket_id", "in", self.ticket_id.ids), ("done_by_id", "!=", False)]
        )
        by_ticket = others.grouped("ticket_id")
        for callback in self:
            for other in by_ticket.get(callback.ticket_id, others.browse()):
                if other.tier != callback.tier and (
                    other.done_by_id == callback.done_by_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%(user)s made the other callback of ticket %(ticket)s. "
                            "The second caller must be somebody else (CB-17).",
                            user=callback.done_by_id.name,
                            ticket=callback.ticket_id.number,
                        )
                    )

    def action_done(self):
        """Record the calls as made by the current user."""
        now = {company: company._service_now() for company in self.company_id}
        reachable = self.env["service.station"].search(
            [("id", "child_of", self.env.user.service_station_ids.ids)]
        )
        for callback in self:
            if callback.state == "done":
                raise UserError(
                    self.env._("Callback %s is done already.", callback.name)
                )
            if not callback.result:
                raise UserError(
                    self.env._(
                        "Callback %s: say how it ended in field Result.", callback.name
                    )
                )
            if callback.station_id not in reachable and not self.env.su:
                raise AccessError(
                    self.env._(
                        "Callback %(name)s belongs to %(station)s; its staff makes it.",
                        name=callback.name,
                        station=callback.station_id.name,
                    )
                )
            callback._set_guarded(
                {
                    "state": "done",
                    "done_at": now[callback.company_id],
                    "done_by_id": self.env.uid,
                }
            )
        self.activity_feedback(
            ["after_sales_service.activity_callback"], feedback=self.env._("Called")
        )
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Callbacks are never deleted."))

    def _schedule_activities(self):
        """Show each call to its caller as an activity on its due date."""
        activity_type = self.env.ref("after_sales_service.activity_callback")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": callback.id,
                    "user_id": callback.user_id.id,
                    "date_deadline": callback.due_date,
                    "summary": callback.name,
                }
                for callback in self
                if callback.user_id
            ]
        )
