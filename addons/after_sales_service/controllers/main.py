# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


class TicketController(HelpdeskTicketController):
    @http.route(methods=["POST"])
    def support_ticket_close(self, ticket_id=0, stage_id=0, **kw):
        """Close one's own ticket from the portal.

        helpdesk_mgmt lets any user close any ticket with a plain link
        (OCA/helpdesk#1089); here it takes a POST and the right to read it.
        """
        ticket = request.env["helpdesk.ticket"].browse(int(ticket_id or 0)).exists()
        if not ticket or not ticket.has_access("read"):
            return request.redirect("/my")
        stage = request.env["helpdesk.ticket.stage"].browse(int(stage_id or 0)).exists()
        if stage.close_from_portal:
            # sudo: customers close their tickets, they do not write them
            ticket.sudo()._close_by_customer(stage)
        # the code that helpdesk_mgmt answers with
        return request.redirect(f"/my/ticket/{ticket.id}", code=302)
