# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.web import Home

from ..models.helpdesk_ticket_portal import PORTAL_KINDS


class PortalHome(Home):
    def _login_redirect(self, uid, redirect=None):
        """The portal goes on in the language of who signs in.

        Core keeps that of the browser, which the sign-in page has stored before.
        """
        # sudo: one's own language
        user = request.env["res.users"].sudo().browse(uid)
        if user.share and user.lang:
            request.future_response.set_cookie("frontend_lang", user.lang)
        return super()._login_redirect(uid, redirect=redirect)


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

    def _prepare_submit_ticket_vals(self, **kw):
        """A question is no fault: nobody comes for it (DSP-26)."""
        vals = super()._prepare_submit_ticket_vals(**kw)
        if kw.get("kind") in PORTAL_KINDS:
            vals["kind"] = kw["kind"]
            vals["delivery_mode"] = PORTAL_KINDS[kw["kind"]]
        return vals


class TicketPortal(CustomerPortalHelpdesk):
    def _in_words(self, choices):
        """The choices of helpdesk_mgmt, whose code has no Chinese, in our words."""
        words = {
            "All": request.env._("All"),
            "None": request.env._("None"),
            "Newest": request.env._("Newest"),
            "Title": request.env._("Title"),
            "Stage": request.env._("Stage"),
            "Category": request.env._("Category"),
            "Last Stage Update": request.env._("Last stage update"),
            "Search in All": request.env._("Search in all"),
            "Search in Number": request.env._("Search in number"),
            "Search in Title": request.env._("Search in title"),
        }
        for choice in choices.values():
            choice["label"] = words.get(choice["label"], choice["label"])
        return choices

    def _ticket_get_searchbar_sortings(self):
        return self._in_words(super()._ticket_get_searchbar_sortings())

    def _ticket_get_searchbar_groupby(self):
        return self._in_words(super()._ticket_get_searchbar_groupby())

    def _ticket_get_searchbar_inputs(self):
        return self._in_words(super()._ticket_get_searchbar_inputs())

    @http.route()
    def portal_my_tickets(self, **kw):
        response = super().portal_my_tickets(**kw)
        if filters := response.is_qweb and response.qcontext.get("searchbar_filters"):
            self._in_words(filters)
        return response

    @http.route(
        "/my/ticket/<int:ticket_id>/wish",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_ticket_wish(self, ticket_id, day="", begin="", end="", **kw):
        """The customer's wish for a visit, in the company's time (DSP-26).

        :param day: ``YYYY-MM-DD``; ``begin`` and ``end``: ``HH:MM``
        :returns: the ticket's page, with what was wrong if something was
        """
        try:
            ticket = self._document_check_access("helpdesk.ticket", ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        zone = ZoneInfo(ticket.company_id._service_tz())
        try:
            with request.env.cr.savepoint():
                ticket._wish(
                    *(
                        datetime.fromisoformat(f"{day} {moment}")
                        .replace(tzinfo=zone)
                        .astimezone(UTC)
                        .replace(tzinfo=None)
                        for moment in (begin, end)
                    )
                )
        except ValueError:
            problem = request.env._("Enter the day, and from when to when.")
        except UserError as error:
            problem = str(error)
        else:
            return request.redirect(f"/my/ticket/{ticket_id}")
        values = self._ticket_get_page_view_values(ticket, None)
        return request.render(
            "helpdesk_mgmt.portal_helpdesk_ticket_page",
            {
                **values,
                "wish_problem": problem,
                "wish": {"day": day, "begin": begin, "end": end},
            },
        )
