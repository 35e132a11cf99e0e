# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

PAGE_SIZE = 40


class SettlementPortal(CustomerPortal):
    """An operator's people see its settlements and fetch their charges."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "settlement_count" in counters:
            settlements = request.env["service.settlement"]
            values["settlement_count"] = (
                settlements.search_count([]) if settlements.has_access("read") else 0
            )
        return values

    @http.route(
        ["/my/settlements", "/my/settlements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_settlements(self, page=1, **kw):
        """The operator's settlements, the newest first."""
        settlements = request.env["service.settlement"]
        if not settlements.has_access("read"):
            return request.redirect("/my")
        pages = pager(
            url="/my/settlements",
            total=settlements.search_count([]),
            page=page,
            step=PAGE_SIZE,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="settlement",
            default_url="/my/settlements",
            pager=pages,
            settlements=settlements.search([], limit=PAGE_SIZE, offset=pages["offset"]),
        )
        return request.render("service_contracts.portal_my_settlements", values)

    @http.route("/my/settlements/<int:settlement_id>/charges", type="http", auth="user")
    def portal_settlement_charges(self, settlement_id, **kw):
        """The charges of one settlement as CSV (CON-20)."""
        try:
            settlement = self._document_check_access(
                "service.settlement", settlement_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        return request.make_response(
            settlement._get_charges_csv(),
            [
                ("Content-Type", "text/csv; charset=utf-8"),
                (
                    "Content-Disposition",
                    content_disposition(f"{settlement.name}.csv"),
                ),
            ],
        )
