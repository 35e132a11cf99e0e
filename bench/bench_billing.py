# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A month's bills: ours against core's as they come and OCA contract's drafts.

The same subscribers, fee and tax for all three. The data is copied in with SQL, as it
is not what is measured. Each figure is printed as "name value unit"; ratios count,
because the milliseconds depend on the machine.
"""

import os
import random
import resource
import signal
import time
from datetime import date, datetime

import psycopg2

import odoo
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.service_contracts.tools import periods

DATE = "2026-11-01"


def clone(env, record, count, **columns):
    """Copy the row of ``record`` ``count`` times by SQL.

    :param columns: column → SQL expression; in it ``id`` is the new row's id and
        ``n`` its number from 0
    :returns: the ids, ascending
    """
    env.flush_all()
    names = [
        name
        for (name,) in env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = %s AND column_name != 'id'",
                record._table,
            )
        )
    ]
    given = [
        f"({columns[name]})" if name in columns else f't."{name}"' for name in names
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    [(first,)] = env.execute_query(SQL("SELECT nextval(%s)", f"{record._table}_id_seq"))
    env.execute_query(
        SQL("SELECT setval(%s, %s)", f"{record._table}_id_seq", first + count)
    )
    env.cr.execute(
        f'INSERT INTO "{record._table}" (id, {quoted}) '
        f'SELECT s.id, {", ".join(given)} FROM "{record._table}" t, '
        f"(SELECT n, n + {first} AS id FROM generate_series(0, {count - 1}) n) s "
        f"WHERE t.id = {record.id}"
    )
    env.cr.execute(f'ANALYZE "{record._table}"')
    env.invalidate_all()
    return range(first, first + count)


def clone_contracts(env, contract, partners, start=DATE, count=None, **columns):
    """Contracts with one line, from ``start`` on.

    One for each partner; with ``count`` as many for the first partner.
    """
    first = partners[0]
    partner = str(first) if count else f"s.n + {first}"
    count = count or len(partners)
    dates = {"date_start": f"'{start}'", "recurring_next_date": f"'{start}'"}
    contracts = clone(
        env,
        contract,
        count,
        partner_id=partner,
        commercial_partner_id=partner,
        invoice_partner_id=partner,
        code="'B' || s.id",
        access_token="NULL",
        **dates,
        **columns,
    )
    clone(
        env,
        contract.contract_line_ids,
        count,
        contract_id=f"s.n + {contracts[0]}",
        partner_id=partner,
        **dates,
    )
    return env["contract.contract"].browse(contracts)


class Measure:
    """Seconds and queries of a block."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.flush_all()
        # the planner would else guess at tables that were empty a moment ago
        self.env.cr.execute("ANALYZE")
        self.env.invalidate_all()
        self.queries = self.env.cr.sql_log_count
        self.begin = time.perf_counter()
        return self

    def __exit__(self, *exc):
        self.env.flush_all()
        self.seconds = time.perf_counter() - self.begin
        self.queries = self.env.cr.sql_log_count - self.queries

    def show(self, name, count):
        print(
            f"{name}: {1000 * self.seconds / count:.2f} ms, "
            f"{self.queries / count:.2f} queries each ({count})"
        )


def prepare(env):
    """Company, product and plan."""
    if not env["account.journal"].search_count([("type", "=", "sale")]):
        env["account.chart.template"].try_loading(
            "generic_coa", company=env.company, install_demo=False
        )
    product = env["product.product"].create(
        {"name": "Care", "type": "service", "list_price": 10.0}
    )
    plan = env["service.plan"].create(
        {
            "code": "BENCH",
            "name": "Bench",
            "product_id": product.id,
            "fee": 10.0,
            "line_ids": [Command.create({"delivery_mode": "shop"})],
        }
    )
    partner = env["res.partner"].create({"name": "Subscriber"})
    cared = env["contract.contract"].create(
        {"partner_id": partner.id, "plan_id": plan.id, "date_start": DATE}
    )
    cared.action_activate()
    plain = env["contract.contract"].create(
        {
            "name": "Plain",
            "partner_id": partner.id,
            "line_recurrence": True,
            "contract_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": "Plain",
                        "specific_price": 10.0,
                        "automatic_price": False,
                        "date_start": DATE,
                        "recurring_next_date": DATE,
                        "recurring_rule_type": "monthly",
                    }
                )
            ],
        }
    )
    return partner, product, cared, plain


def new_partners(env, partner, count):
    return clone(
        env,
        partner,
        count,
        commercial_partner_id="s.id",
        name="'Subscriber ' || s.n",
        complete_name="'Subscriber ' || s.n",
    )


def run(env, scale=1):
    partner, product, cared, plain = prepare(env)
    count = 1000 * scale
    bill_with_core(env, new_partners(env, partner, 20), product)
    core = bill_with_core(env, new_partners(env, partner, 1000), product)
    contracts = clone_contracts(env, plain, new_partners(env, partner, 1000))
    with Measure(env) as oca:
        contracts._recurring_create_invoice(contracts[0].recurring_next_date)
    oca.show("OCA contract, drafts", 1000)
    env.cr.commit()
    for month, size in ((11, count), (12, 19 * count)):
        start = f"2026-{month}-01"
        clone_contracts(env, cared, new_partners(env, partner, size), start)
        billing = env["service.billing.run"].create(
            {"period": start, "date_invoice": start}
        )
        due = len(billing._get_due_contracts())
        with Measure(env) as ours:
            billing.action_run_now()
        ours.show("ours, posted", due)
        print(
            f"ratio to core {(ours.seconds / due) / (core.seconds / 1000):.2f}, "
            f"to OCA {(ours.seconds / due) / (oca.seconds / 1000):.2f}"
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"memory {memory} MB")
    compare_workers(env, partner, cared)
    bill_operator(env, partner, cared, oca)
    simulate(env, partner, cared, scale)


def bill_operator(env, partner, cared, oca):
    """Rated, summarised and posted through the operator; 35 ms a draft is OCA's."""
    operator = env["res.partner"].create({"name": "Telecom"})
    seconds = {}
    # the customers of before are not what is measured here
    env.cr.execute("UPDATE contract_line SET recurring_next_date = NULL")
    for number, count in ((1, 100_000), (2, 1_000_000)):
        start = f"2027-0{number}-01"
        [subscriber] = new_partners(env, partner, 1)
        clone_contracts(
            env,
            cared,
            range(subscriber, subscriber + 1),
            start,
            count=count,
            payer="'operator'",
            operator_id=str(operator.id),
        )
        billing = env["service.billing.run"].create(
            {"period": start, "date_invoice": start}
        )
        env.cr.commit()
        with Measure(env) as ours:
            billing.action_run_now()
        settlement = env["service.settlement"].search([("run_id", "=", billing.id)])
        seconds[settlement.count] = ours.seconds
        assert settlement.move_id.state == "posted", settlement
        print(
            f"operator, {settlement.count} charges: {ours.seconds:.1f} s, "
            f"{ours.queries} queries, {settlement.amount:.2f} charged; "
            f"1/{settlement.count * oca.seconds / 1000 / ours.seconds:.0f} of OCA's drafts"
        )
    small, large = seconds.values()
    print(f"operator, a million to a hundred thousand: {large / small:.1f} ×")


def bill_with_core(env, partners, product):
    """Invoices as core makes them when nobody prepares anything."""
    with Measure(env) as measure:
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner,
                    "invoice_date": DATE,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "quantity": 1.0,
                                "price_unit": 10.0,
                            }
                        )
                    ],
                }
                for partner in partners
            ]
        )
        moves.action_post()
    measure.show("core, posted", len(partners))
    env.cr.commit()
    return measure


# === Never twice, never missed ===


def in_child(env, work):
    """Fork a runner with its own connection; returns its process id."""
    database = env.cr.dbname
    pid = os.fork()
    if pid:
        return pid
    try:
        # the parent's connections are not ours
        odoo.sql_db._Pool = odoo.sql_db._Pool_readonly = None
        random.seed(os.getpid())
        cr = odoo.sql_db.db_connect(database).cursor()
        work(odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}))
    except psycopg2.errors.OperationalError:
        pass  # two runners met: whoever comes next does what is left
    except Exception as error:
        print(f"runner stopped: {error!r:.200}", flush=True)
    os._exit(0)


def bill_in_slices(run_id, slices):
    """What a runner does: slice after slice, each committed."""

    def work(env):
        run = env["service.billing.run"].browse(run_id)
        for ids in random.sample(slices, len(slices)):
            run._bill_slice(ids)
            env.cr.commit()
            env.invalidate_all()

    return work


def simulate(env, partner, cared, scale):
    """24 months of contracts that change, rest and end, four runners, random kills."""
    rng = random.Random(20261122)
    company, count = env.company, 500 * scale
    company.write({"service_sandbox": True, "service_test_now": "2026-11-01 04:00:00"})
    other = cared.plan_id.copy({"code": "OTHER", "name": "Other", "fee": 30.0})
    env.cr.execute("UPDATE contract_line SET recurring_next_date = NULL")
    contracts = clone_contracts(env, cared, new_partners(env, partner, count))
    poisoned = contracts[::100]
    poisoned.contract_line_ids.specific_price = -1.0
    env.cr.commit()
    kills, begin = 0, time.perf_counter()
    for month in range(24):
        today = datetime(2026 + (10 + month) // 12, (10 + month) % 12 + 1, 15, 4)
        company.service_test_now = today
        run = env["service.billing.run"].create(
            {"period": today.date(), "date_invoice": today.date(), "slice_size": 50}
        )
        run._start("queue")
        while slices := run._cut_slices():
            env.cr.commit()
            runners = [
                in_child(env, bill_in_slices(run.id, slices)) for _number in range(4)
            ]
            if rng.random() < 0.8:
                time.sleep(rng.random())
                for pid in rng.sample(runners, rng.randint(1, 4)):
                    os.kill(pid, signal.SIGKILL)
                    kills += 1
            for pid in runners:
                os.waitpid(pid, 0)
            env.cr.rollback()
            env.invalidate_all()
            if run._is_billed():
                break
        run._transition("done")
        env.cr.commit()
        if month < 23:  # what begins after the last run is not billed yet
            play_a_month(env, rng, contracts - poisoned, cared.plan_id, other)
    seconds = time.perf_counter() - begin
    check_books(env, contracts, poisoned, cared.plan_id, other)
    print(f"simulation: {count} contracts, 24 months, {kills} kills, {seconds:.0f} s")


def play_a_month(env, rng, contracts, plan, other):
    """Some change their plan, rest, go on, or leave with their money back."""
    running = contracts.filtered(lambda row: row.state == "active")
    for contract in rng.sample(running, len(running) // 50):
        new = other if contract.plan_id == plan else plan
        contract._change_plan(new, "monthly")
    running = running.filtered(lambda row: not row.date_end)
    running.browse(rng.sample(running.ids, len(running) // 50)).action_suspend()
    resting = contracts.filtered(lambda row: row.state == "suspended")
    resting.browse(rng.sample(resting.ids, len(resting) // 3)).action_resume()
    running = contracts.filtered(lambda row: row.state == "active")
    for contract in rng.sample(running, len(running) // 100):
        contract._end_early(env.company._service_today(), "moves")
    env.cr.commit()
    env.invalidate_all()


def check_books(env, contracts, poisoned, plan, other):
    """0 double, 0 missed, and the ledger is the sum of the plans' terms to the cent."""
    fees = {plan: plan.fee, other: other.fee}
    missed = wrong = 0
    terms = 0.0
    for contract in contracts - poisoned:
        pauses = contract.suspension_ids._as_pauses()
        for line in contract.contract_line_ids.filtered(
            lambda row: not row.is_canceled
        ):
            rows = {row.period_start: row for row in line.billing_line_ids}
            index = 0
            while True:
                full = periods.period(line.date_start, index)
                index += 1
                if full.start > date(2028, 10, 31):
                    break
                if any(pause.start == full.start for pause in pauses):
                    # billed or not, as the bill came before or after on that day
                    row = rows.pop(full.start, None)
                    terms += row.amount - row.amount_credited if row else 0.0
                    continue
                owed = not any(pause.covers(full.start) for pause in pauses)
                owed = owed and (not line.date_end or full.start <= line.date_end)
                row = rows.pop(full.start, None)
                missed += bool(owed and not row)
                wrong += bool(row and not owed and row.amount != row.amount_credited)
                if row:
                    net = row.amount - row.amount_credited
                    last = min(full.end, line.date_end or full.end)
                    fee = fees[line.plan_id]
                    due = fee * (1 - periods.unused(full, last))
                    wrong += abs(net - due) > 0.005
                    terms += net
            wrong += len(rows)
    [(doubles,)] = env.execute_query(
        SQL(
            "SELECT COUNT(*) FROM (SELECT 1 FROM account_move_line l "
            "JOIN account_move m ON m.id = l.move_id AND m.move_type = 'out_invoice' "
            "WHERE l.service_billing_line_id IS NOT NULL AND m.state = 'posted' "
            "GROUP BY l.service_billing_line_id HAVING COUNT(*) > 1) d"
        )
    )
    [(ledger,)] = env.execute_query(
        SQL(
            "SELECT COALESCE(-SUM(l.balance), 0) FROM account_move_line l "
            "JOIN service_billing_line b ON b.id = l.service_billing_line_id "
            "WHERE b.contract_id IN %s",
            contracts._ids,
        )
    )
    [(twice,)] = env.execute_query(
        SQL(
            "SELECT COUNT(*) - COUNT(DISTINCT (journal_id, name)) FROM account_move "
            "WHERE state = 'posted'"
        )
    )
    parked = set(poisoned.mapped("state"))
    print(
        f"simulation: {doubles} double, {missed} missed, {wrong} wrong, {twice} numbers "
        f"twice, poisoned {parked}; ledger {ledger:.2f}, terms {terms:.2f}"
    )
    assert doubles == missed == wrong == twice == 0
    assert parked == {"parked"}
    assert abs(float(ledger) - terms) < 0.005, (ledger, terms)


def compare_workers(env, partner, cared):
    """The same month with one runner and with two."""
    seconds = []
    for number in (1, 2):
        env.cr.execute("UPDATE contract_line SET recurring_next_date = NULL")
        start = f"2030-0{number}-01"
        clone_contracts(env, cared, new_partners(env, partner, 2000), start)
        run = env["service.billing.run"].create(
            {"period": start, "date_invoice": start}
        )
        run._start("queue")
        slices = run._cut_slices()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        begin = time.perf_counter()
        runners = [
            in_child(env, bill_in_slices(run.id, slices[offset::number]))
            for offset in range(number)
        ]
        for pid in runners:
            os.waitpid(pid, 0)
        seconds.append(time.perf_counter() - begin)
        env.cr.rollback()
        env.invalidate_all()
        assert run._is_billed()
    print(f"two workers: {seconds[0] / seconds[1]:.2f} × one")
