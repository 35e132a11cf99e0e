# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Finding and marking 1,000 breaches among 1,000,000 running clocks.

Goal: at most one second, reading only what is due. Nothing is committed.
"""

import time
from datetime import timedelta

from odoo.tools import SQL

CLOCKS, DUE, PER_TICKET, SLICE = 1_000_000, 1000, 10, 500
MARGIN = timedelta(hours=1)


def multiply(env, record, count, **changes):
    """``count`` copies of a row, straight in the database.

    :param changes: column → SQL that replaces its value; may use the number ``n``
    """
    names = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    values = [changes.get(name) or SQL.identifier(name) for name in names]
    env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) n"
            " WHERE %s.id = %s RETURNING 1",
            SQL.identifier(record._table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            SQL.identifier(record._table),
            count,
            SQL.identifier(record._table),
            record.id,
        )
    )


def prepare(env, scale):
    """A million clocks that run, a thousand of them past their deadline."""
    program = env.ref("after_sales_service.program_tc").copy()
    program.policy_ids.unlink()
    program.step_ids.unlink()
    policies = env["service.sla.policy"].create(
        [
            {
                "program_id": program.id,
                "name": f"Promise {number}",
                "start_event": "reported",
                "stop_event": "restored",
                "amount": 4,
                "rule": "bench",
            }
            for number in range(PER_TICKET)
        ]
    )
    partner = env["res.partner"].create({"name": "Bench"})
    equipment = env["service.equipment"].create(
        {
            "serial": "BENCH-SWEEP",
            "name": "PC",
            "partner_id": partner.id,
            "program_id": program.id,
        }
    )
    ticket = env["helpdesk.ticket"].create(
        {"name": "Disk not found", "equipment_id": equipment.id}
    )
    clock = ticket.clock_ids[0]
    env.flush_all()
    first = ticket.id
    multiply(env, ticket, CLOCKS * scale // PER_TICKET)
    now = env.company._service_now()
    later = SQL("%s::timestamp + n * interval '1 second'", now + MARGIN)
    count = CLOCKS * scale // PER_TICKET
    for policy in policies:
        multiply(
            env,
            clock,
            count,
            ticket_id=SQL("%s + n", first),
            policy_id=SQL("%s", policy.id),
            deadline=later,
            warn_at=SQL("NULL"),
            next_check=later,
        )
    past = now - timedelta(minutes=5)
    env.cr.execute(
        "UPDATE service_sla_clock SET deadline = %s, next_check = %s"
        " WHERE policy_id = %s AND ticket_id <= %s AND ticket_id > %s",
        [past, past, policies[0].id, first + DUE, first],
    )
    env.cr.execute("ANALYZE service_sla_clock")
    env.cr.execute("ANALYZE helpdesk_ticket")
    env.invalidate_all()
    # The clocks of the one ticket made by hand are no part of the measure.
    ticket.clock_ids.write({"next_check": False})
    env.flush_all()
    return now


def run(env, scale=1):
    clocks = env["service.sla.clock"]
    begin = time.perf_counter()
    now = prepare(env, scale)
    env.cr.execute("SELECT count(*) FROM service_sla_clock WHERE state = 'running'")
    print(f"sweep running clocks {env.cr.fetchone()[0]}")
    print(f"sweep preparation {time.perf_counter() - begin:.0f} s")
    domain = clocks._get_due_domain(env.company, now)
    query = clocks._search(domain, limit=SLICE, order="next_check, id")
    plan = env.execute_query(SQL("EXPLAIN (ANALYZE, BUFFERS) %s", query.select()))
    env.invalidate_all()
    marked = 0
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    while due := clocks.search(domain, limit=SLICE, order="next_check, id"):
        due.try_lock_for_update().filtered_domain(domain)._mark_due(now)
        env.flush_all()
        marked += len(due)
    seconds = time.perf_counter() - begin
    queries = env.cr.sql_log_count - queries
    print(f"sweep marked {marked} breaches")
    print(f"sweep seconds {seconds:.2f} s (at most 1.00)")
    print(f"sweep queries {queries}")
    for (line,) in plan:
        print(f"sweep plan {line}")
    env.cr.rollback()
