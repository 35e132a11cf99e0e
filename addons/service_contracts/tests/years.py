# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Years of billing in minutes, with everything that goes wrong in years.

A company of its own on a sandbox clock; its subscribers change plans, rest and leave with
their money back, some pay themselves and some through their operator, a month is forgotten,
and four runners, processes of their own as in production, are killed at random moments.
In the end the books are held against the plans' terms. ``tests/test_years.py`` plays a few
months in a few seconds, ``bench/bench_years.py`` years of thousands of contracts.
"""

import itertools
import logging
import os
import random
import signal
import threading
from collections import Counter
from datetime import date, datetime

import psycopg2

import odoo
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..tools import periods

_logger = logging.getLogger(__name__)

RUNNERS = 4
BEGIN = date(2026, 11, 1)
# No share of them by days ends on half a cent, so that what is owed is exact.
FEES = {"monthly": 10.0, "quarterly": 29.8}
OTHER_FEES = {"monthly": 29.8, "quarterly": 100.0}


def fork(env, work):
    """Start ``work(env)`` in a process with its own connection, as a job worker has.

    :returns: the process id
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        # the parent's connections are not ours
        odoo.sql_db._Pool = odoo.sql_db._Pool_readonly = None
        odoo.modules.module.current_test = None
        registry = env.registry
        registry._db = odoo.sql_db.db_connect(env.cr.dbname)
        registry._db_readonly = None
        with registry.cursor() as cr:
            work(odoo.api.Environment(cr, odoo.SUPERUSER_ID, env.context))
    except BaseException as error:
        _logger.warning("runner stopped: %.300r", error)
    finally:
        os._exit(0)


def die_at(number, seconds):
    """Kill this process so many seconds after it begins its n-th statement.

    Wherever that is: within the statement, between two, or at the commit.
    """
    execute, left = odoo.sql_db.Cursor.execute, itertools.count(number - 1, -1)

    def counted(*args, **kwargs):
        if not next(left):
            kill = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
            kill.start()
        return execute(*args, **kwargs)

    odoo.sql_db.Cursor.execute = counted


def perform(env, jobs):
    """Do jobs (method, *arguments) one after the other, each in a transaction."""
    for job, *args in jobs:
        try:
            job(*args)
            env.cr.commit()
        except psycopg2.OperationalError:
            env.cr.rollback()  # two runners met; a job is tried again later
        env.invalidate_all()


class Years:
    """Contracts of one company, played forward month by month.

    :param count: contracts; every hundredth, but at least four, is poisoned
    :param direct: the share of them that gets invoices of its own
    :param restless: how much more often than in life something changes
    """

    def __init__(
        self, env, count, direct=0.5, seed=20261122, slice_size=100, restless=1
    ):
        self.restless = restless
        self.random = random.Random(seed)
        self.slice_size = slice_size
        self.seen = Counter()
        company = env["res.company"].create(
            {
                "name": f"Years {seed}",
                "service_sandbox": True,
                "service_test_now": self._clock(BEGIN),
            }
        )
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        self.company = company.with_env(self.env)
        product = self.env["product.product"].create(
            {"name": "Care", "type": "service", "taxes_id": False}
        )
        self.fees = {
            self._create_plan(product, "YEARS", FEES): FEES,
            self._create_plan(product, "OTHER", OTHER_FEES): OTHER_FEES,
        }
        self.plan, self.other = self.fees
        self.operator = self.env["res.partner"].create({"name": "Telecom"})
        self.contracts = self.env["contract.contract"]
        for part in split_every(500, range(count), list):
            self.contracts += self._sign(part, direct * count)
            self._commit()
        self.poisoned = self.contracts[:: min(100, count // 4)]
        self._poison()
        self._commit()

    def _commit(self):
        # the runners are other processes: they see only what is committed
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def _clock(self, day):
        return datetime(day.year, day.month, day.day, 4)

    def _create_plan(self, product, code, fees):
        return self.env["service.plan"].create(
            {
                "code": code,
                "name": code.title(),
                "product_id": product.id,
                "fee": fees["monthly"],
                "fee_quarter": fees["quarterly"],
                "line_ids": [Command.create({"delivery_mode": "shop"})],
            }
        )

    def _sign(self, numbers, direct):
        """Subscribers who begin on any day of the first month, the 31st's sort too."""
        partners = self.env["res.partner"].create(
            [{"name": f"Subscriber {number}"} for number in numbers]
        )
        contracts = self.env["contract.contract"].create(
            [
                {
                    "partner_id": partner.id,
                    "plan_id": self.plan.id,
                    "date_start": BEGIN.replace(day=self.random.randint(1, 30)),
                    "billing_period": self.random.choice(
                        ["monthly"] * 9 + ["quarterly"]
                    ),
                    "payer": "customer" if number < direct else "operator",
                    "operator_id": self.operator.id,
                }
                for number, partner in zip(numbers, partners, strict=True)
            ]
        )
        contracts.action_activate()
        return contracts

    def _poison(self):
        """Every second has a negative price, the others a payer or a price that is gone."""
        self.poisoned[::2].contract_line_ids.specific_price = -1.0
        for contract in self.poisoned[1::2]:
            if contract.payer == "operator":
                contract.contract_line_ids.automatic_price = True
            else:
                contract.invoice_partner_id.active = False

    def _heal(self, contracts):
        for contract in contracts:
            contract.contract_line_ids.write(
                {
                    "specific_price": self.fees[contract.plan_id][
                        contract.billing_period
                    ],
                    "automatic_price": False,
                }
            )
        contracts.invoice_partner_id.active = True
        self.poisoned -= contracts

    # === Play ===

    def play(self, months, kills):
        """Bill and live through ``months`` with ``kills`` runners killed on the way."""
        for month in range(months):
            first = periods.start_of(BEGIN, month)
            self.company.service_test_now = self._clock(first.replace(day=3))
            forgotten = 0 < month < months - 1 and self.random.random() < 0.1
            self.seen["months forgotten"] += forgotten
            if not forgotten:
                # who was to die and was done before makes up for it in the last month
                self._bill(first, min(kills, kills * (month + 1) // (months - 1)))
            if month == months // 2:
                self._heal(self.poisoned[::2])
                self.env["service.billing.run"].search(
                    [("company_id", "=", self.company.id)], limit=1
                ).action_retry_parked()
                self._commit()
            self.company.service_test_now = self._clock(first.replace(day=15))
            if month < months - 1:
                self._live_a_month()
        self.contracts.filtered(lambda row: row.state == "suspended").action_resume()
        self._commit()
        self._bill(first, kills)
        self.until = periods.month_end(first)

    def _bill(self, month, kills):
        """One run, to its end; ``kills`` is how many there should have been by then."""
        run = self.env["service.billing.run"].search(
            [("company_id", "=", self.company.id), ("period", "=", month)]
        ) or self.env["service.billing.run"].create(
            {
                "company_id": self.company.id,
                "period": month,
                "date_invoice": self.company._service_today(),
                "slice_size": self.slice_size,
            }
        )
        run._start("queue")
        while not run._is_billed():
            slices = run._cut_slices()
            self._commit()
            # while deaths are owed nobody survives to finish the month alone
            victims = min(RUNNERS, max(0, kills - self.seen["kills"]))
            runners = [
                self._fork(run.id, slices, number < victims)
                for number in range(RUNNERS)
            ]
            ends = [os.waitpid(pid, 0)[1] for pid in runners]
            self.seen["kills"] += sum(os.WIFSIGNALED(end) for end in ends)
            self.env.cr.rollback()
            self.env.invalidate_all()
        run._job_finish()
        self._commit()

    def _fork(self, run_id, slices, victim):
        """A runner: every job that is left, in an order of its own."""
        dice = random.Random(self.random.random())

        def work(env):
            if victim:
                die_at(dice.randint(1, 100 + 20 * len(slices)), dice.random() / 200)
            run = env["service.billing.run"].browse(run_id)
            jobs = [(run._job_bill_operators,)]
            jobs += [(run._job_bill_slice, ids) for ids in slices]
            perform(env, dice.sample(jobs, len(jobs)))

        return fork(self.env, work)

    def _live_a_month(self):
        """Some change their plan, rest, go on, or leave with their money back."""
        today = self.company._service_today()
        played = (self.contracts - self.poisoned).filtered(
            lambda row: row.date_start < today and row.state in ("active", "suspended")
        )
        running = played.filtered(
            lambda row: row.state == "active" and not row.date_end
        )
        resting = played - running
        for contract in self._some(running, 0.01):
            plan = self.other if contract.plan_id == self.plan else self.plan
            contract._change_plan(plan, contract.billing_period)
        self.seen["plan changes"] += len(self._chosen)
        self._some(running - self._chosen, 0.01).action_suspend()
        self.seen["suspensions"] += len(self._chosen)
        self._some(
            resting.filtered(lambda row: row.state == "suspended"), 0.4
        ).action_resume()
        self._some(
            running.filtered(lambda row: row.state == "active"), 0.0025
        )._end_early(today, "moves")
        self.seen["left early"] += len(self._chosen)
        self._commit()

    def _some(self, contracts, share):
        """A share of the contracts by dice; of many the right number, of few one or none."""
        share = min(1.0, share * self.restless)
        count = int(len(contracts) * share + self.random.random() * (share < 1.0))
        self._chosen = contracts.browse(self.random.sample(contracts.ids, count))
        return self._chosen

    # === Check ===

    def check(self) -> dict:
        """Hold the books against the plans' terms; what differs is not 0.

        Every period of every contract line that is not parked is billed once, for what
        the plan costs for the days that were served.
        """
        self.env.invalidate_all()
        found = Counter(missed=0, wrong=0)
        owed_cents = 0
        for ids in split_every(500, (self.contracts - self.poisoned).ids, list):
            for contract in self.env["contract.contract"].browse(ids):
                owed_cents += self._check_contract(contract, found)
            self.env.invalidate_all()
        found["double"] = self._ask(
            "SELECT COUNT(*) FROM (SELECT 1 FROM account_move_line l"
            " JOIN account_move m ON m.id = l.move_id AND m.move_type = 'out_invoice'"
            " WHERE l.service_billing_line_id IS NOT NULL AND m.state = 'posted'"
            " AND m.company_id = %(company)s"
            " GROUP BY l.service_billing_line_id HAVING COUNT(*) > 1) d"
        )
        found["numbers twice"] = self._ask(
            "SELECT COUNT(*) - COUNT(DISTINCT (journal_id, name)) FROM account_move"
            " WHERE state = 'posted' AND company_id = %(company)s"
        )
        found["drafts"] = self._ask(
            "SELECT COUNT(*) FROM account_move"
            " WHERE state != 'posted' AND company_id = %(company)s"
        )
        subledger = self._ask(
            "SELECT COALESCE(SUM(amount - COALESCE(amount_credited, 0)), 0)"
            " FROM service_billing_line WHERE company_id = %(company)s"
            " AND state IN ('posted', 'credited')"
        )
        ledger = self._ask(
            "SELECT COALESCE(-SUM(balance), 0) FROM account_move_line"
            " WHERE company_id = %(company)s AND display_type = 'product'"
        )
        found["cents in the subledger"] = round(100 * subledger) - owed_cents
        found["cents in the ledger"] = round(100 * ledger) - owed_cents
        found["poisoned not parked"] = len(
            self.poisoned.filtered(
                lambda row: (
                    row.state != "parked"
                    or not row.parked_reason
                    or set(row.billing_line_ids.mapped("state")) != {"parked"}
                )
            )
        )
        self.seen["charges"] = self._ask(
            "SELECT COUNT(*) FROM service_billing_line WHERE company_id = %(company)s"
        )
        self.seen["invoices"] = self._ask(
            "SELECT COUNT(*) FROM account_move WHERE company_id = %(company)s"
        )
        self.seen["cents owed"] = owed_cents
        return dict(found)

    def _ask(self, query):
        [(answer,)] = self.env.execute_query(SQL(query, company=self.company.id))
        return answer

    def _check_contract(self, contract, found) -> int:
        """Count what is missed and wrong; returns the cents the contract owes."""
        pauses = contract.suspension_ids._as_pauses()
        owed = 0
        for line in contract.contract_line_ids:
            rows = {row.period_start: row for row in line.billing_line_ids}
            fee = self.fees[line.plan_id][line.recurring_rule_type]
            months = line._get_period_months()
            index = 0
            while True:
                full = periods.period(line.date_start, index, months)
                index += 1
                if full.start > self.until or line.is_canceled:
                    break
                if line.date_end and full.start > line.date_end:
                    break
                if any(pause.covers(full.start) for pause in pauses):
                    continue
                served = periods.days(
                    full.start, min(full.end, line.date_end or full.end)
                )
                due = round(100 * fee * served / periods.days(full.start, full.end))
                owed += due
                row = rows.pop(full.start, None)
                found["missed"] += not row
                if row:
                    net = row.amount - row.amount_credited
                    found["wrong"] += round(100 * net) != due
            # what was billed in advance and is not owed has been given back
            found["wrong"] += sum(
                round(100 * (row.amount - row.amount_credited)) != 0
                for row in rows.values()
            )
        return owed
