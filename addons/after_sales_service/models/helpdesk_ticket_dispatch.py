# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.intake import OPEN_STATES


class HelpdeskTicket(models.Model):
    """How a ticket gets to its department, its engineer and onto the board."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    parts_ready = fields.Selection(
        selection=[
            ("none", "No part on order"),
            ("waiting", "Part requested"),
            ("ready", "Part ready"),
        ],
        compute="_compute_parts_ready",
    )

    may_dispatch = fields.Boolean(compute="_compute_may_dispatch")

    @api.depends("station_id")
    @api.depends_context("uid")
    def _compute_may_dispatch(self):
        """The desk dispatches; an engineer where his station lets him (DSP-09)."""
        user = self.env.user
        desk = self.env.su or user.has_group("after_sales_service.group_hotline")
        engineer = user.has_group("after_sales_service.group_engineer")
        for ticket in self:
            ticket.may_dispatch = desk or (engineer and ticket.station_id.self_dispatch)

    def _check_may_dispatch(self):
        self.check_access("write")
        for ticket in self:
            if not ticket.may_dispatch:
                raise AccessError(
                    self.env._(
                        "Ticket %(ticket)s: the hotline or the service director "
                        "dispatches it. Where engineers pick their jobs themselves, a "
                        "service manager ticks Engineers pick jobs on station "
                        "%(station)s.",
                        ticket=ticket.number,
                        station=ticket.station_id.name or "–",
                    )
                )

    def _compute_parts_ready(self):
        states = self._get_parts_ready()
        for ticket in self:
            ticket.parts_ready = states.get(ticket.id, "none")

    def _get_parts_ready(self) -> dict:
        """Ticket id → "waiting" or "ready"; the add-on that has parts fills it."""
        return {}

    def _get_needed_skills(self):
        """What whoever repairs this must be able to do."""
        return self.component_id.category_id.skill_ids | self.program_id.skill_ids

    def action_dispatch(self):
        """What needs a technology goes to the unit's department for it (NET-09)."""
        self._check_may_dispatch()
        for ticket in self:
            skills = ticket._get_needed_skills()
            if skills and ticket.station_id:
                department = ticket.station_id._get_department(skills)
                if department != ticket.station_id:
                    ticket.station_id = department
        return super().action_dispatch()

    def action_plan_visits(self):
        """Put dispatched tickets on the board, each with its zone's engineer."""
        for ticket in self:
            if not ticket.accepted_at or ticket.delivery_mode != "onsite":
                raise UserError(
                    self.env._(
                        "Ticket %s: dispatch it first, with delivery mode On site.",
                        ticket.number,
                    )
                )
        self._check_open()
        planned = self.filtered(
            lambda ticket: ticket.visit_ids.filtered(
                lambda visit: visit.state in OPEN_STATES
            )
        )
        self.env["service.visit"].create(
            [ticket._prepare_visit_vals() for ticket in self - planned]
        )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "after_sales_service.action_dispatch_board"
        )

    def _prepare_visit_vals(self):
        self.ensure_one()
        vals = {"ticket_id": self.id}
        now = self.company_id._service_now()
        if self.wish_start and self.wish_start > now:
            vals.update(self.env["service.visit"]._get_window(self.wish_start))
            if self.wish_end:
                vals["window_end"] = self.wish_end
        return vals

    def action_plan_visit(self):
        """The customer's wish is the window that is proposed (DSP-26)."""
        action = super().action_plan_visit()
        for name, value in self._prepare_visit_vals().items():
            action["context"][f"default_{name}"] = value
        return action
