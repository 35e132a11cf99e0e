# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    medium = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("mail", "Mail, letter or fax"),
            ("online", "Online"),
            ("personal", "In person"),
            ("own", "Found by ourselves"),
        ],
        help="A ticket that comes by phone gets a phone record.",
    )

    @api.model
    def _get_default_channel(self):
        """The channel of a ticket for which nobody named one (DSP-01)."""
        name = "email" if self.env.context.get("fetchmail_cron_running") else "other"
        return (
            self.env.ref(
                f"helpdesk_mgmt.helpdesk_ticket_channel_{name}",
                raise_if_not_found=False,
            )
            or self.browse()
        )


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Support group",
        help="Questions of this category go there.",
    )  # DSP-15, NET-11
