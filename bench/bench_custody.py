# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The custody ledger over a million moves and the ageing of 100,000 slips.

Rows come by SQL: a hundred engineers of ten stations draw serials, and cables that
have none, and use or hand back all but the last 2,000. Each question is asked with its
reader's rights as the list view asks it, counting included; its plan follows.
"""

import time

from odoo.tools import SQL

from odoo.addons.spare_parts_rma.tests.common import SpareCommon

MOVES, SLIPS, HELD = 1_000_000, 100_000, 2_000
LIMIT_MS, LIMIT_QUERIES = 500, 40


class Ledger(SpareCommon):
    """The people of the tests."""


def fill(env, moves, slips):
    """``moves`` in and out of bags and ``slips``, straight into the tables."""
    stations = Ledger.station | env["service.station"].create(
        [
            {"name": f"Station {index}", "code": f"LEDGER{index}"}
            for index in range(1, 10)
        ]
    )
    users = env["res.users"].create(
        [
            {
                "name": f"Bag {index}",
                "login": f"bench_bag_{index}",
                "group_ids": [
                    (4, env.ref("after_sales_service.group_engineer").id),
                ],
                "service_station_ids": [(4, stations[index % 10].id)],
            }
            for index in range(100)
        ]
    )
    bags = stations._get_custody([(user.service_station_ids, user) for user in users])
    move = env["stock.move"].create(
        {
            "product_id": Ledger.hd_product.id,
            "product_uom_qty": 1,
            "location_id": Ledger.good.id,
            "location_dest_id": Ledger.good.id,
            "picking_type_id": Ledger.company.spare_custody_type_id.id,
        }
    )
    env.flush_all()
    half = moves // 2
    values = {
        "move": move.id,
        "disk": Ledger.hd_product.id,
        "cable": Ledger.cable.id,
        "uom": Ledger.hd_product.uom_id.id,
        "company": Ledger.company.id,
        "stations": stations.ids,
        "used": env.ref("stock.stock_location_customers").id,
        "good": Ledger.good.id,
        "places": [location.id for location in bags.values()],
        "users": users.ids,
        "half": half,
        "gone": half - HELD,
        "slips": slips,
    }
    for statement in STATEMENTS:
        env.cr.execute(statement, values)
    return users


# Drawn every five minutes; every tenth piece is a cable, which has no serial.
PIECES = """
    FROM (SELECT n, lot.id AS lot_id,
                 CASE WHEN n %% 10 = 0 THEN %(cable)s ELSE %(disk)s END AS product_id,
                 (%(places)s::integer[])[1 + n / 10 %% 100] AS bag_id,
                 timestamp '2026-11-19' - (%(half)s - n) * interval '5 minutes' AS date
            FROM generate_series(1, %(half)s) n
            LEFT JOIN stock_lot lot ON lot.name = 'LEDGER-' || n) piece
"""
LINE = """
    INSERT INTO stock_move_line
        (move_id, product_id, product_uom_id, company_id, lot_id, quantity,
         quantity_product_uom, state, picked, date, location_id, location_dest_id)
    SELECT %(move)s, product_id, %(uom)s, %(company)s, lot_id, 1, 1, 'done', TRUE,
"""
STATEMENTS = (
    """
    INSERT INTO stock_lot (name, product_id, company_id, create_date)
    SELECT 'LEDGER-' || n, %(disk)s, %(company)s, now()
      FROM generate_series(1, %(half)s) n WHERE n %% 10 != 0
    """,
    "ANALYZE stock_lot",
    LINE + "date, %(good)s, bag_id" + PIECES,
    LINE + "date + interval '30 hours', bag_id, "
    "CASE WHEN n %% 3 = 0 THEN %(good)s ELSE %(used)s END"
    + PIECES
    + "WHERE n <= %(gone)s",
    """
    INSERT INTO stock_quant (product_id, company_id, lot_id, location_id, quantity,
                             reserved_quantity, in_date)
    SELECT product_id, %(company)s, lot_id, bag_id, count(*), 0, now()
    """
    + PIECES
    + "WHERE n > %(gone)s GROUP BY product_id, lot_id, bag_id",
    """
    INSERT INTO spare_rma (name, product_id, symptom, station_id, engineer_id,
                           company_id, state, born_at, due_on, handed_in_at, closed_at)
    SELECT 'LEDGER-' || n, %(disk)s, 'Clicks', (%(stations)s::integer[])[1 + n %% 10],
           (%(users)s::integer[])[1 + n %% 100], %(company)s,
           CASE WHEN n %% 20 = 0 THEN 'owed' ELSE 'closed' END, day,
           day::date + 7,
           CASE WHEN n %% 20 != 0 THEN day + n %% 9 * interval '1 day' END,
           CASE WHEN n %% 20 != 0 THEN day + interval '30 days' END
      FROM (SELECT n, timestamp '2026-11-19' - n * interval '10 minutes' AS day
              FROM generate_series(1, %(slips)s) n) slip
    """,
    "ANALYZE",
)
COLUMNS = {
    "drawn_at": {},
    "engineer_id": {"fields": {"display_name": {}}},
    "station_id": {"fields": {"display_name": {}}},
    "product_id": {"fields": {"display_name": {}}},
    "lot_id": {"fields": {"display_name": {}}},
    "quantity": {},
    "days": {},
    "closed_at": {},
    "overdue": {},
    "state": {},
}


def questions(env):
    """Name, model read by somebody, domain, fields to group by (none: the list)."""
    everything = env["spare.custody.line"].with_user(Ledger.manager)
    ours = everything.with_user(Ledger.specialist)
    bag = env["res.users"].search([("login", "=", "bench_bag_7")])
    mine = everything.with_user(bag)
    debts = env["spare.debt.report"].with_user(Ledger.branch_user)
    shelves = env["spare.stock.report"].with_user(Ledger.branch_user)
    lot = env["stock.lot"].search([("name", "=", "LEDGER-4711")])
    held, overdue = [("held", "=", True)], [("overdue", "=", True)]
    used = [("state", "=", "used"), ("drawn_at", ">=", "2026-10-20")]
    return [
        ("all in hands", everything, held, []),
        ("all overdue", everything, held + overdue, []),
        ("the station's in hands", ours, held, []),
        ("the station's used in 30 days", ours, used, []),
        ("the station's whole ledger", ours, [], []),
        ("a product at the station", ours, [("product_id", "ilike", "cable")], []),
        ("a colleague's history", ours, [("engineer_id", "ilike", "Bag 20")], []),
        ("my parts", mine, [*held, ("engineer_id", "=", bag.id)], []),
        ("my history", mine, [("engineer_id", "=", bag.id)], []),
        ("a serial, scanned", ours, [("lot_id", "ilike", "LEDGER-4711")], []),
        ("a serial by its exact name", ours, [("lot_id.name", "=", lot.name)], []),
        ("ageing in hands by engineer", ours, held, ["station_id", "engineer_id"]),
        ("a serial's life", env["spare.serial.life"], [("lot_id", "=", lot.id)], []),
        (
            "ageing of slips by station and engineer",
            debts,
            [("is_open", "=", True)],
            ["station_id", "engineer_id"],
        ),
        ("ageing of slips by age", debts, [("is_open", "=", True)], ["age"]),
        ("punctuality of all slips", debts, [], ["station_id"]),
        ("stock by station", shelves, [], ["station_id", "condition"]),
    ]


def ask(model, domain, groups):
    """What the client asks: a page of the list and its count, or a pivot."""
    if groups:
        figures = [
            f"{name}:{field.aggregator}"
            for name, field in model._fields.items()
            if field.aggregator and name != "id"
        ]
        return model.formatted_read_group(domain, groups, ["__count", *figures])
    columns = {name: spec for name, spec in COLUMNS.items() if name in model._fields}
    return model.web_search_read(domain, columns, limit=80, count_limit=10_001)


def plan(env, model, domain, groups):
    """The plan of the statement behind ``ask``; a list's page."""
    query = model._search(domain, order=None if groups else model._order, limit=80)
    rows = env.execute_query(
        SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) %s", query.select())
    )
    return [row for (row,) in rows]


def run(env, scale):
    Ledger.env = env
    Ledger._set_the_stage()
    fill(env, MOVES * scale, SLIPS * scale)
    measure(env)
    env.cr.rollback()


def measure(env):
    """Print every figure and plan; too slow is an error, after all were asked."""
    slow = []
    for name, model, domain, groups in questions(env):
        ask(model, domain, groups)
        env.flush_all()
        env.invalidate_all()
        queries, begin = env.cr.sql_log_count, time.perf_counter()
        ask(model, domain, groups)
        ms = (time.perf_counter() - begin) * 1000
        queries = env.cr.sql_log_count - queries
        print(f"custody {name} {ms:.0f} ms {queries} queries")
        print("\n".join(f"    {row}" for row in plan(env, model, domain, groups)))
        if ms > LIMIT_MS or queries > LIMIT_QUERIES:
            slow.append(name)
    if slow:
        raise AssertionError(f"over {LIMIT_MS} ms or {LIMIT_QUERIES} queries: {slow}")
