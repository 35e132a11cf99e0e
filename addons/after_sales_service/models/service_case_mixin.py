# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceCaseMixin(models.AbstractModel):
    """A record of one ticket: seen by the ticket's company and station."""

    _name = "service.case.mixin"
    _description = "Record of a Ticket"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="ticket_id.station_id", store=True, index=True)
