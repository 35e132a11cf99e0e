# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_datetime

from ..tools.clock import Step
from .service_event import EVENT_KINDS

# Who stands in when nobody holds a role: the next one on the ladder.
ROLES = ("engineer", "hotline", "director", "branch")


class ServiceSlaStep(models.Model):
    """One rung of a programme's escalation ladder: when who hears of a clock."""

    _name = "service.sla.step"
    _description = "Escalation Step"
    _order = "program_id, sequence, id"

    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    stop_event = fields.Selection(
        selection=EVENT_KINDS,
        string="Clocks that end at",
        help="Only for such promises. Empty: for all of the programme.",
    )
    timing = fields.Selection(
        selection=[
            ("warning", "At the warning"),
            ("before", "Before the deadline"),
            ("after", "At or after the deadline"),
        ],
        string="When",
        required=True,
        default="after",
    )
    minutes = fields.Integer(help="So many minutes before or after the deadline.")
    role = fields.Selection(
        selection=[
            ("engineer", "Engineer on the job"),
            ("hotline", "Hotline of the station"),
            ("director", "Service director"),
            ("branch", "Branch service centre"),
            ("person", "The person named here"),
        ],
        required=True,
        default="director",
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Person")
    channel = fields.Selection(
        selection=[("activity", "Activity"), ("mail", "Mail")],
        string="Sent as",
        required=True,
        default="activity",
    )
    rule = fields.Char()

    _minutes_positive = models.Constraint(
        "CHECK (minutes >= 0)", "Minutes before or after the deadline are counted up."
    )

    @api.constrains("role", "user_id")
    def _check_user_id(self):
        for step in self:
            if step.role == "person" and not step.user_id:
                raise ValidationError(
                    self.env._(
                        "Escalation step of programme %s: choose the person.",
                        step.program_id.name,
                    )
                )

    def _get_steps(self, policy):
        """The rungs that hold for the clocks of ``policy``, as tools.clock.Step."""
        return [
            Step(step.id, step.timing, step.minutes)
            for step in self
            if not step.stop_event or step.stop_event == policy.stop_event
        ]

    def _get_users(self, tickets) -> dict:
        """Whom this step reaches: ticket → user, empty if nobody can be found."""
        self.ensure_one()
        if self.role == "person":
            return dict.fromkeys(tickets, self.user_id)
        branches = tickets.station_id._get_branch()
        result = {}
        for ticket in tickets:
            station, branch = ticket.station_id, branches.get(ticket.station_id)
            visit = ticket.visit_ids.filtered(
                lambda one: one.state not in ("done", "absent", "cancelled")
            )[:1]
            holders = {
                "engineer": visit.engineer_id or ticket.user_id,
                "hotline": station and station._get_callback_user(),
                "director": station.director_id,
                "branch": branch
                and (branch.director_id or branch._get_callback_user()),
            }
            ladder = ROLES[ROLES.index(self.role) :]
            result[ticket] = next(
                (holders[role] for role in ladder if holders[role]),
                self.env["res.users"],
            )
        return result

    def _escalate(self, clocks):
        """Tell the people of this step about these clocks."""
        self.ensure_one()
        users = self._get_users(clocks.ticket_id)
        if self.channel == "mail":
            self._send_digests(clocks, users)
        else:
            self._schedule_activities(clocks, users)

    def _schedule_activities(self, clocks, users):
        """One activity for each ticket, however many of its clocks are due."""
        activity_type = self.env.ref("after_sales_service.activity_clock")
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        known = set(
            self.env["mail.activity"]._read_group(
                [
                    ("res_model_id", "=", model_id),
                    ("res_id", "in", clocks.ticket_id.ids),
                    ("activity_type_id", "=", activity_type.id),
                ],
                ["res_id", "user_id"],
            )
        )
        vals_list = [
            {
                "activity_type_id": activity_type.id,
                "automated": True,
                "res_model_id": model_id,
                "res_id": ticket.id,
                "user_id": users[ticket].id,
                "date_deadline": ticket.company_id._service_today(),
                "summary": ", ".join(
                    mine.policy_id.with_context(lang=users[ticket].lang).mapped("name")
                ),
            }
            for ticket, mine in clocks.grouped("ticket_id").items()
            if (ticket.id, users[ticket]) not in known
        ]
        # One query instead of a mail for each.
        self.env["mail.activity"].with_context(
            mail_activity_quick_update=True, mail_create_nosubscribe=True
        ).create(vals_list)

    def _send_digests(self, clocks, users):
        """One mail to each person, with all the clocks of this sweep."""
        by_user = {}
        for clock in clocks:
            user = users[clock.ticket_id]
            by_user[user] = by_user.get(user, clocks.browse()) | clock
        by_user.pop(self.env["res.users"], None)
        for user, mine in by_user.items():
            step = self.with_context(lang=user.lang, tz=user.tz)
            step.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=step.env._("Promises that need you: %s", len(mine)),
                body=step._get_digest(mine.with_env(step.env)),
            )

    @api.model
    def _get_digest(self, clocks):
        """The clocks as an HTML list, in the reader's language and time."""
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup('<li><a href="%s">%s</a>: %s, %s</li>')
            % (
                f"/odoo/helpdesk.ticket/{clock.ticket_id.id}",
                clock.ticket_id.display_name,
                clock.policy_id.name,
                format_datetime(self.env, clock.deadline),
            )
            for clock in clocks
        )
