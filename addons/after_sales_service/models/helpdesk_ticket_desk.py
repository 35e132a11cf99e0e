# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools.clock import is_open


class HelpdeskTicket(models.Model):
    """Whom the customer reaches while the desk is closed (SLA-23)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    after_hours_contact_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_after_hours_contact_id",
        compute_sudo=True,
        help="The desk is closed now; this person answers at any time: the customer's "
        "service contact, else whom the programme names.",
    )
    after_hours_phone = fields.Char(
        compute="_compute_after_hours_contact_id", compute_sudo=True
    )

    @api.depends("equipment_id", "partner_id")
    def _compute_after_hours_contact_id(self):
        """Nobody while the desk is open, or where the programme names nobody.

        The desk has the programme's hotline hours; where those are none, because
        promises run day and night, people still keep the company's hours.
        """
        desks = {}
        for ticket in self:
            company = ticket.company_id or self.env.company
            desks[ticket] = (
                company,
                ticket.program_id.hotline_calendar_id or company.resource_calendar_id,
            )
        calendars = self.env["resource.calendar"].union(
            *(calendar for _company, calendar in desks.values())
        )
        hours = calendars._get_clock_calendars()
        is_closed = {
            (company, calendar): not is_open(hours[calendar.id], company._service_now())
            for company, calendar in set(desks.values())
            if calendar
        }
        for ticket in self:
            closed = is_closed.get(desks[ticket], False)
            leader = ticket.program_id.after_hours_partner_id
            contact = ticket.service_contact_id.partner_id or leader
            ticket.after_hours_contact_id = closed and leader and contact
            ticket.after_hours_phone = ticket.after_hours_contact_id.phone
