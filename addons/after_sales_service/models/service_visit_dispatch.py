# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..tools.intake import MOVABLE_STATES, OPEN_STATES

_lt = LazyTranslate(__name__)


class ServiceVisit(models.Model):
    """What the dispatcher needs on a visit: whose, how long, can he, is the part there."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    engineer_id = fields.Many2one(
        compute="_compute_engineer_id",
        store=True,
        readonly=False,
        precompute=True,
        group_expand="_group_expand_engineer_id",
        # pylint: disable=translation-field
        falsy_value_label=_lt("Nobody goes yet"),
    )
    planned_minutes = fields.Integer(
        string="Minutes", compute="_compute_planned_minutes", store=True
    )
    needed_skill_ids = fields.Many2many(
        comodel_name="service.skill",
        string="Needed skills",
        compute="_compute_skills",
    )
    missing_skills = fields.Char(
        compute="_compute_skills", help="What the engineer has no certificate for."
    )
    parts_ready = fields.Selection(related="ticket_id.parts_ready")
    ticket_name = fields.Char(related="ticket_id.name", string="Fault")
    overlaps = fields.Boolean(
        string="Double booked",
        compute="_compute_overlaps",
        help="The engineer has another visit at that time.",
    )

    # The board and the load of an engineer.
    _board_idx = models.Index(
        "(engineer_id, window_start) "
        "WHERE state IN ('draft', 'appointed', 'departed', 'arrived', 'working')"
    )

    @api.depends("ticket_id")
    def _compute_engineer_id(self):
        """The engineer of the customer's zone (DSP-09, CARE-20)."""
        for visit in self:
            visit.engineer_id = (
                visit.engineer_id or visit.ticket_id.region_id._get_engineer()
            )

    @api.depends("window_start", "window_end")
    def _compute_planned_minutes(self):
        for visit in self:
            visit.planned_minutes = (
                (visit.window_end - visit.window_start).total_seconds() // 60
                if visit.window_start and visit.window_end
                else 0
            )

    @api.depends("ticket_id", "engineer_id", "window_start")
    def _compute_skills(self):
        skills = {
            company: visits.engineer_id._get_service_skills(
                (company or self.env.company)._service_today()
            )
            for company, visits in self.grouped("company_id").items()
        }
        for visit in self:
            needed = visit.ticket_id._get_needed_skills()
            visit.needed_skill_ids = needed
            lacking = needed - skills[visit.company_id][visit.engineer_id.id]
            visit.missing_skills = (
                ", ".join(lacking.mapped("name")) if visit.engineer_id else False
            )

    @api.depends("engineer_id", "window_start", "window_end", "state")
    def _compute_overlaps(self):
        planned = self.filtered(
            lambda visit: (
                visit.engineer_id
                and visit.window_start
                and visit.window_end
                and visit.state in OPEN_STATES
            )
        )
        others = self.browse()
        if planned:
            others = self.search(
                [
                    ("engineer_id", "in", planned.engineer_id.ids),
                    ("state", "in", OPEN_STATES),
                    ("window_end", ">", min(planned.mapped("window_start"))),
                    ("window_start", "<", max(planned.mapped("window_end"))),
                ]
            )
        by_engineer = others.grouped("engineer_id")
        for visit in self:
            visit.overlaps = visit in planned and any(
                other != visit._origin
                and other.window_start < visit.window_end
                and other.window_end > visit.window_start
                for other in by_engineer.get(visit.engineer_id, others.browse())
            )

    @api.model
    def _group_expand_engineer_id(self, engineers, domain):
        """Every engineer of my stations has a column, also who is free."""
        group = self.env.ref("after_sales_service.group_engineer")
        stations = self.env["service.station"].search(
            [("id", "child_of", self.env.user.service_station_ids.ids)]
        )
        return engineers | engineers.search(
            [
                ("service_station_ids", "in", stations.ids),
                ("all_group_ids", "in", group.ids),
            ]
        )

    @api.model
    def web_read_group(
        self, domain, groupby, *args, auto_unfold=False, opening_info=None, **kwargs
    ):
        """The board begins with the visits nobody goes to yet, and shows them."""
        board = groupby[0] == "engineer_id"
        if board and auto_unfold and not opening_info:
            limit = kwargs.get("unfold_read_default_limit", 80)
            opening_info = [
                {"value": False, "folded": False, "offset": 0, "limit": limit}
            ]
        result = super().web_read_group(
            domain,
            groupby,
            *args,
            auto_unfold=auto_unfold,
            opening_info=opening_info,
            **kwargs,
        )
        if board:
            result["groups"].sort(key=lambda group: bool(group["engineer_id"]))
        return result

    @api.model
    def _get_window(self, start):
        """Values of an appointment that begins at ``start`` (naive UTC)."""
        length = self._fields["window_end"].default(self) - self._fields[
            "window_start"
        ].default(self)
        return {"window_start": start, "window_end": start + length}

    def write(self, vals):
        if "engineer_id" in vals and not self.env.su:
            gone = self.filtered(lambda visit: visit.state not in MOVABLE_STATES)
            if gone:
                raise UserError(
                    self.env._(
                        "%(visits)s: the engineer is on his way or was there already. "
                        "Plan another visit for somebody else.",
                        visits=", ".join(gone.mapped("name")),
                    )
                )
        before = {visit: visit.engineer_id for visit in self}
        result = super().write(vals)
        if "engineer_id" in vals:
            self.filtered(
                lambda visit: (
                    visit.state == "appointed" and visit.engineer_id != before[visit]
                )
            )._remind_engineer()
        return result

    def action_appoint(self):
        """Remind the engineer, so that no appointment is missed (DSP-06)."""
        result = super().action_appoint()
        self._remind_engineer()
        return result

    def _remind_engineer(self):
        """Put the appointment on the engineer's list, and off anybody else's."""
        names = ["after_sales_service.activity_appointment"]
        self.activity_unlink(names)
        activity_type = self.env.ref(names[0])
        model_id = self.env["ir.model"]._get_id(self._name)
        # sudo: the reminder belongs to the engineer, whoever makes the appointment
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": visit.id,
                    "user_id": visit.engineer_id.id,
                    "date_deadline": fields.Date.context_today(
                        visit.with_context(tz=visit.company_id._service_tz()),
                        visit.window_start,
                    ),
                    "summary": visit.partner_id.name or visit.name,
                }
                for visit in self
                if visit.engineer_id and visit.window_start
            ]
        )

    def action_depart(self):
        """Who left needs no reminder any more."""
        result = super().action_depart()
        self.activity_feedback(["after_sales_service.activity_appointment"])
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self.activity_unlink(["after_sales_service.activity_appointment"])
        return result
