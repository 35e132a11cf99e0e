# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import re

from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang

# What secrets.token_urlsafe(24) makes; anything else asks the database nothing.
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")

# The page is for the eyes of who holds the slip: nobody stores, frames, indexes
# it or learns its address.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class RepairStatus(http.Controller):
    """How a repair goes, for who holds the customer's copy of its slip."""

    @http.route(
        "/repair-status/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def repair_status(self, token, lang=None, **kw):
        """One small page without scripts, in the language asked for.

        :param token: the random part of the address on the slip
        :param lang: code of an installed language, else the customer's, else the
            browser's
        :returns: the page; 404, always the same, for a token that is wrong or whose
            machine was handed over too long ago
        """
        repair = request.env["repair.order"]
        if TOKEN.fullmatch(token):
            repair = repair._find_by_status_token(token)
        languages = request.env["res.lang"].get_installed()
        codes = {code for code, _name in languages}
        chosen = next(
            (
                code
                for code in (lang, repair.partner_id.lang, request.best_lang)
                if code in codes
            ),
            get_lang(request.env).code,
        )
        request.update_context(lang=chosen)
        repair = repair.with_context(lang=chosen)
        values = repair._get_status_values() if repair else {}
        response = request.render(
            "after_sales_service.repair_status",
            {
                **values,
                "found": bool(repair),
                "lang": chosen,
                "languages": languages,
                "states": repair._fields["workshop_state"]._description_selection(
                    request.env
                ),
            },
            status=200 if repair else 404,
        )
        response.headers.update(HEADERS)
        return response
