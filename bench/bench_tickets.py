# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Tickets with all their clocks, next to helpdesk_mgmt with helpdesk_mgmt_sla.

Both create tickets with the same values 1,000 at a time and close them at once. The peer
works in a database of its own that has not heard of us. Goals: at most 0.8 times the
peer's time to create, 0.5 times to close, and queries that do not grow with the clocks.
Times are CPU of Python and PostgreSQL, so that a busy machine changes little. The mails of
a stage are counted where they are made: with the peer in the act, with us in a cron, which
is shown beside it. The peer takes most of the few minutes; each round says its figures
when it is over.
"""

import gc
import os

import odoo
from odoo.modules.registry import Registry
from odoo.service.db import _create_empty_database
from odoo.tools import mute_logger

from bench.cost import cpu

BATCH = 1000
ROUNDS = 2
MAILS = 100


class Peer:
    """A database with the two OCA add-ons only; dropped at the end."""

    def __init__(self):
        self.name = f"bench_{os.getpid()}_peer"

    def __enter__(self):
        _create_empty_database(self.name)
        with mute_logger("odoo.modules.loading"):
            self.registry = Registry.new(
                self.name, update_module=True, install_modules=["helpdesk_mgmt_sla"]
            )
        return self

    def __exit__(self, *error):
        Registry.delete(self.name)
        odoo.sql_db.close_db(self.name)
        with odoo.sql_db.db_connect("postgres").cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute(f'DROP DATABASE IF EXISTS "{self.name}"')


def measure(env, act):
    """Milliseconds of CPU and queries of ``act()`` up to its commit.

    Flushed, with what happens before a commit: tracking and the mails it sends.
    """
    env.cr.precommit.run()
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    queries, begin = env.cr.sql_log_count, cpu(env)
    result = act()
    env.flush_all()
    env.cr.precommit.run()
    env.flush_all()
    return result, cpu(env) - begin, env.cr.sql_log_count - queries


def rounds(env, vals, count, name):
    """The best of some rounds: (create ms, queries, close ms, queries) a ticket."""
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    env["helpdesk.ticket"].create([vals] * 20).write({"stage_id": stage.id})
    best = None
    for number in range(1, ROUNDS + 1):
        tickets, create_ms, create_queries = measure(
            env,
            lambda: env["helpdesk.ticket"].create([dict(vals) for _i in range(count)]),
        )
        _done, close_ms, close_queries = measure(
            env, lambda tickets=tickets: tickets.write({"stage_id": stage.id})
        )
        found = (create_ms, create_queries, close_ms, close_queries)
        print(
            f"{name}, round {number} of {ROUNDS} with {count} tickets: "
            f"create {create_ms / count:.1f} ms, close {close_ms / count:.1f} ms a ticket",
            flush=True,
        )
        best = min(best, found) if best else found
    return [figure / count for figure in best]


def send_mails(env):
    """What the cron does with one slice, without its commits."""
    pending = env["helpdesk.ticket"].search(
        [("stage_mail_pending", "=", True)], limit=MAILS
    )
    pending.stage_mail_pending = False
    pending._message_track_post_template(["stage_id"])


def common_vals(env):
    team = env["helpdesk.ticket.team"].create({"name": "Bench"})
    partner = env["res.partner"].create({"name": "Bench", "email": "b@example.com"})
    return {
        "name": "Disk not found",
        "description": "<p>It clicks.</p>",
        "partner_id": partner.id,
        "team_id": team.id,
    }


def peer_vals(env):
    """A ticket that gets two promises, as helpdesk_mgmt_sla makes them."""
    vals = common_vals(env)
    env["helpdesk.ticket.team"].browse(vals["team_id"]).use_sla = True
    env["helpdesk.sla"].search([]).unlink()
    done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    for hours in (2, 4):
        env["helpdesk.sla"].create(
            {
                "name": f"{hours} h",
                "hours": hours,
                "stage_id": done.id,
                "team_ids": [(4, vals["team_id"])],
            }
        )
    return vals


def our_vals(env, extra_policies=0):
    """A ticket on a machine with two covered parts and the clocks of its programme."""
    vals = common_vals(env)
    program = env.ref("after_sales_service.program_tc").copy()
    policy = program.policy_ids.filtered(lambda one: one.region_class == "urban")[0]
    for number in range(extra_policies):
        policy.copy({"name": f"Promise {number}", "program_id": program.id})
    parts = [
        (0, 0, {"category_id": env.ref(f"after_sales_service.category_{name}").id})
        for name in ("hard_disk", "mainboard")
    ]
    equipment = env["service.equipment"].create(
        {
            "serial": f"BENCH-{program.code}",
            "name": "PC",
            "partner_id": vals["partner_id"],
            "program_id": program.id,
            "region_id": env.ref("after_sales_service.region_bengbu_urban").id,
            "sale_date": env.company._service_today(),
            "component_ids": parts,
        }
    )
    return {**vals, "equipment_id": equipment.id}


def report(name, figures):
    create_ms, create_queries, close_ms, close_queries = figures
    print(f"{name} create {create_ms:.1f} ms {create_queries:.2f} queries a ticket")
    print(f"{name} close {close_ms:.1f} ms {close_queries:.2f} queries a ticket")


def run(env, scale=1):
    count = BATCH * scale
    with Peer() as peer, peer.registry.cursor() as cr:
        theirs = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        peer_figures = rounds(theirs, peer_vals(theirs), count, "peer")
        cr.rollback()
    ours = rounds(env, our_vals(env), count, "ours")
    many = rounds(env, our_vals(env, extra_policies=10), count, "ours, 12 clocks")
    _done, mails, _queries = measure(env, lambda: send_mails(env))
    mails /= MAILS
    env.cr.rollback()
    report("helpdesk_mgmt_sla, 2 clocks,", peer_figures)
    report("ours, 2 clocks, event, coverage,", ours)
    report("ours, 12 clocks, event, coverage,", many)
    print(f"mails of the stage in the cron {mails:.1f} ms a ticket")
    print(f"create ratio {ours[0] / peer_figures[0]:.2f} (at most 0.80)")
    print(f"close ratio {ours[2] / peer_figures[2]:.2f} (at most 0.50)")
    print(f"more queries for ten more clocks {many[1] - ours[1]:.3f} a ticket")
