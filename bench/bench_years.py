# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two years of bills with killed runners: nothing twice, nothing missed, to the cent.

24 months of 500 contracts, a fifth of them with invoices of their own; plan changes,
suspensions, refunds, forgotten months, one in a hundred poisoned, four runners of whom 200
are killed. It takes about five minutes; ``--scale 4``, 2,000 contracts with 43,000 charges,
took 22 minutes on two busy cores, and ``--scale 20``, 10,000 with 216,000, half an hour.
"""

import time

from odoo.addons.service_contracts.tests.years import Years

MONTHS, KILLS = 24, 200


def run(env, scale=1):
    begin = time.perf_counter()
    years = Years(env, count=500 * scale, direct=0.2, slice_size=min(10 * scale, 100))
    years.play(MONTHS, KILLS)
    found = years.check()
    print(f"years, {MONTHS} months of {len(years.contracts)} contracts: ", end="")
    print(", ".join(f"{count} {name}" for name, count in years.seen.items()))
    print("years, " + ", ".join(f"{count} {name}" for name, count in found.items()))
    print(f"years, still poisoned and parked with a reason: {len(years.poisoned)}")
    print(f"years: {time.perf_counter() - begin:.0f} s")
    assert not any(found.values()), found
    assert years.seen["kills"] >= KILLS
