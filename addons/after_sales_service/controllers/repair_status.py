# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import http
from odoo.http import request

from .public_page import TOKEN, answer, in_language


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
        repair, languages = in_language(repair, lang)
        values = repair._get_status_values() if repair else {}
        states = repair._fields["workshop_state"]._description_selection(request.env)
        return answer(
            "after_sales_service.repair_status",
            repair,
            languages,
            {**values, "states": states},
        )
