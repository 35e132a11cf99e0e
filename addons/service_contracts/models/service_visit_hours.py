# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models
from odoo.exceptions import UserError

from ..tools import hours


class ServiceVisit(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    def action_appoint(self):
        self._check_promise_hours()
        return super().action_appoint()

    def _check_promise_hours(self):
        """What a plan gives within hours is appointed within them (CARE-06).

        Who is late moves an agreed visit with the customer's consent, hours or not.
        """
        promises = {visit: visit.ticket_id._get_used_promise() for visit in self}
        calendars = self.env["service.plan.line"].concat(*promises.values()).calendar_id
        opening = calendars._get_clock_calendars()
        for visit, promise in promises.items():
            calendar = opening.get(promise.calendar_id.id)
            window = (visit.window_start, visit.window_end)
            if calendar and all(window) and not hours.within(calendar, *window):
                raise UserError(
                    self.env._(
                        "Visit %(visit)s: plan %(plan)s gives %(promise)s within the "
                        "hours %(hours)s only. Agree on a time inside them.",
                        visit=visit.name,
                        plan=promise.plan_id.name,
                        promise=promise.display_name,
                        hours=promise.calendar_id.name,
                    )
                )


class HelpdeskTicket(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    def _get_used_promise(self):
        """The promise of a plan that pays for this case, if its hours bind.

        In a phase in which everything agreed is given they do not (CON-11).
        """
        self.ensure_one()
        row = self._get_plan_coverage()[:1]
        inputs = row.inputs or {}
        # sudo: hours hold for whoever makes the appointment
        promises = self.env["service.plan.line"].sudo()
        if inputs.get("all_agreed"):
            return promises
        return promises.browse(inputs.get("plan_line_id") or [])
