# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A month's bills: ours against core's as they come and OCA contract's drafts.

The same subscribers, fee and tax for all three. The data is copied in with SQL, as it
is not what is measured. Goals: created and posted in at most 0.45 × core, with at most 6
queries each, and flat in cost and memory from 1,000 to 20,000 contracts; through the
operator 100,000 charges in at most 1/200 of OCA's drafts, and a million in at most 12 × of
that; two job workers at least 1.6 × one. What is compared is CPU of Python and PostgreSQL,
so that a busy machine changes little; only the workers are compared in time. It takes
about a quarter of an hour; ``--scale`` multiplies the most contracts. Whether bills are
right is ``bench_years.py``.
"""

import gc
import os
import time
from pathlib import Path

from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.service_contracts.tests.years import fork, perform

from bench.cost import cpu

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
    """CPU, time and queries of a block, and by how much its memory grew at most."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.flush_all()
        # the planner would else guess at tables that were empty a moment ago
        self.env.cr.execute("ANALYZE")
        self.env.invalidate_all()
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
        self.memory = memory("VmRSS")
        self.queries = self.env.cr.sql_log_count
        self.begin, self.cpu = time.perf_counter(), cpu(self.env)
        return self

    def __exit__(self, *exc):
        self.env.flush_all()
        self.seconds = time.perf_counter() - self.begin
        self.cpu = cpu(self.env) - self.cpu
        self.queries = self.env.cr.sql_log_count - self.queries
        self.memory = memory("VmHWM") - self.memory

    def show(self, name, count):
        """Print the block as ``count`` bills; returns the CPU of one, in ms."""
        print(
            f"{name} ({count}): {self.cpu / count:.2f} ms CPU, "
            f"{1000 * self.seconds / count:.2f} ms, {self.queries / count:.2f} queries "
            f"each, memory +{self.memory} MB",
            flush=True,
        )
        return self.cpu / count


def memory(name):
    """MB of this process: VmRSS now, or VmHWM at most."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) // 1024


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
    ours = bill_directly(env, partner, cared, scale)
    bill_with_core(env, new_partners(env, partner, 20), product)
    core = bill_with_core(env, new_partners(env, partner, 1000), product)
    oca = bill_with_oca(env, partner, plain)
    for count, each in ours.items():
        print(f"ratio of {count}: to core {each / core:.2f}, to OCA {each / oca:.2f}")
    first, *_others, last = ours.values()
    print(f"cost of one, the most to the fewest contracts: {last / first:.2f} ×")
    bill_operator(env, partner, cared, oca)
    compare_workers(env, partner, cared)


def rest(env):
    """What was signed for another measure is not what is measured now."""
    env.cr.execute("UPDATE contract_line SET recurring_next_date = NULL")
    env.invalidate_all()


def bill_directly(env, partner, cared, scale):
    """Created and posted: {contracts: CPU ms of one bill}."""
    each = {}
    # a process that has just started compiles and caches; that is no contract's cost
    for month, count in enumerate((200, 1000, 5000, 20_000 * scale), start=1):
        rest(env)
        start = f"2027-{month:02}-01"
        clone_contracts(env, cared, new_partners(env, partner, count), start)
        billing = env["service.billing.run"].create(
            {"period": start, "date_invoice": start}
        )
        env.cr.commit()
        with Measure(env) as measure:
            billing.action_run_now()
        assert billing.state == "done", billing.state
        assert billing.invoice_count == count, billing.invoice_count
        each[count] = measure.show("ours, posted", count)
    del each[200]
    return each


def bill_with_oca(env, partner, plain):
    """Drafts of OCA contract: CPU ms of one."""
    contracts = clone_contracts(env, plain, new_partners(env, partner, 1000))
    with Measure(env) as measure:
        contracts._recurring_create_invoice(contracts[0].recurring_next_date)
    env.cr.commit()
    return measure.show("OCA contract, drafts", 1000)


def bill_operator(env, partner, cared, oca):
    """Rated, summarised and posted through the operator, next to OCA's drafts."""
    operator = env["res.partner"].create({"name": "Telecom"})
    costs = {}
    for number, count in ((1, 100_000), (2, 1_000_000)):
        rest(env)
        start = f"2029-0{number}-01"
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
        with Measure(env) as measure:
            billing.action_run_now()
        settlement = env["service.settlement"].search([("run_id", "=", billing.id)])
        assert settlement.move_id.state == "posted", settlement
        assert settlement.count == count, settlement.count
        costs[count] = measure.cpu
        print(
            f"operator, {count} charges: {measure.cpu / 1000:.1f} s CPU, "
            f"{measure.seconds:.1f} s, {measure.queries} queries, memory "
            f"+{measure.memory} MB; 1/{count * oca / measure.cpu:.0f} of OCA's drafts",
            flush=True,
        )
    small, large = costs.values()
    print(f"operator, a million to a hundred thousand: {large / small:.1f} ×")


def bill_with_core(env, partners, product):
    """Invoices as core makes them when nobody prepares anything: CPU ms of one."""
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
    env.cr.commit()
    return measure.show("core, posted", len(partners))


def compare_workers(env, partner, cared):
    """The same month with one job worker and with two, in time as a clerk sees it."""
    seconds = []
    for number in (1, 2):
        rest(env)
        start = f"2030-0{number}-01"
        clone_contracts(env, cared, new_partners(env, partner, 4000), start)
        billing = env["service.billing.run"].create(
            {"period": start, "date_invoice": start}
        )
        billing._start("queue")
        slices = billing._cut_slices()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        begin = time.perf_counter()
        while not billing._is_billed():
            workers = [
                fork(env, worker(billing.id, slices[offset::number]))
                for offset in range(number)
            ]
            for pid in workers:
                os.waitpid(pid, 0)
            env.cr.rollback()
            env.invalidate_all()
        seconds.append(time.perf_counter() - begin)
        assert billing.invoice_count == 4000, billing.invoice_count
    [(twice,)] = env.execute_query(
        SQL(
            "SELECT COUNT(*) - COUNT(DISTINCT (journal_id, name)) FROM account_move "
            "WHERE state = 'posted'"
        )
    )
    print(f"two workers: {seconds[0] / seconds[1]:.2f} × one, {twice} numbers twice")
    assert not twice


def worker(run_id, slices):
    """One job worker: its slices, each a transaction."""

    def work(env):
        billing = env["service.billing.run"].browse(run_id)
        perform(env, [(billing._job_bill_slice, ids) for ids in slices])

    return work
