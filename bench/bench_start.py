# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a user waits for first: the menus and the list of tickets."""

import time


def run(env, scale):
    """Milliseconds and queries of the first reads after the start."""
    for name, read in (
        ("menus", lambda: env["ir.ui.menu"].load_menus(False)),
        (
            "ticket list view",
            lambda: env["helpdesk.ticket"].get_views([(False, "list")]),
        ),
        (
            "ticket form view",
            lambda: env["helpdesk.ticket"].get_views([(False, "form")]),
        ),
    ):
        queries, begin = env.cr.sql_log_count, time.perf_counter()
        read()
        milliseconds = (time.perf_counter() - begin) * 1000
        print(f"{name} {milliseconds:.0f} ms {env.cr.sql_log_count - queries} queries")
