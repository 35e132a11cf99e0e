# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the pages behind a code or link have in common: no login, no scripts."""

import re

from odoo.http import request
from odoo.tools.misc import get_lang

# What secrets.token_urlsafe(24) makes; anything else asks the database nothing.
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")

# The page is for the eyes of who holds the link: nobody stores, frames, indexes
# it or learns its address.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def in_language(record, lang):
    """The record in the language the visitor reads; the request is put into it too.

    :param record: what the page is about, with a ``partner_id``, or empty
    :param lang: code of an installed language that was asked for, else the
        customer's, else the browser's
    :returns: (record, [(code, name) of the installed languages])
    """
    languages = request.env["res.lang"].get_installed()
    codes = {code for code, _name in languages}
    chosen = next(
        (
            code
            for code in (lang, record.partner_id.lang, request.best_lang)
            if code in codes
        ),
        get_lang(request.env).code,
    )
    request.update_context(lang=chosen)
    return record.with_context(lang=chosen), languages


def answer(template, record, languages, values):
    """The page; 404, always the same, where there is no record for the token.

    :returns: a response that nobody stores
    """
    response = request.render(
        template,
        {
            **values,
            "found": bool(record),
            "lang": request.env.context["lang"],
            "languages": languages,
        },
        status=200 if record else 404,
    )
    response.headers.update(HEADERS)
    return response
