# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import http
from odoo.http import request

from ..models.service_rating import RATINGS
from .public_page import TOKEN, answer, in_language


class ServiceReceipt(http.Controller):
    """The maintenance receipt, for the customer who was sent its link (CARE-13)."""

    @http.route(
        "/service-receipt/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        # The token is the right to the page: no session stands behind it.
        csrf=False,
        save_session=False,
    )
    def service_receipt(self, token, lang=None, rating=None, opinion=None, **kw):
        """One small form without scripts; sent, it thanks and shows what was said.

        :param token: the random part of the link
        :param lang: code of an installed language, else the customer's, else the
            browser's
        :param rating: on POST, a key of ``RATINGS``; anything else changes nothing
        :param opinion: on POST, what the customer wrote
        :returns: the page; 404, always the same, for a wrong token
        """
        receipt = request.env["service.receipt"]
        if TOKEN.fullmatch(token):
            receipt = receipt._find_by_token(token)
        receipt, languages = in_language(receipt, lang)
        posted = request.httprequest.method == "POST"
        if receipt and posted and rating in dict(RATINGS):
            receipt._give_from_page(rating, (opinion or "").strip()[:2000])
        return answer(
            "after_sales_service.service_receipt_page",
            receipt,
            languages,
            {
                "receipt": receipt,
                "ratings": receipt._fields["rating"]._description_selection(
                    request.env
                ),
            },
        )
