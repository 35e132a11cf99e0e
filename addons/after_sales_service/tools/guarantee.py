# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The three guarantees: when the user may give back or exchange.

Pure functions on dates. A guarantee is a row of a table: a remedy that may be
chosen for so many days after the sale, or after so many repairs (WAR-10…17,
T-02). The rows without a programme are the legal floor; a vendor's promise may
exceed it and never falls below it (WAR-14, CF-07).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .coverage import Proofs, start_date
from .coverage import last_day as term_end

REMEDIES = ("return", "exchange", "substitute")
UNITS = ("day", "working_day", "month", "warranty")


@dataclass(frozen=True)
class Guarantee:
    """One row: ``remedy`` may be chosen until ``amount`` ``unit`` are over.

    ``repairs``: only after so many finished repairs, 0 for none. ``same_part``:
    only repairs of the part that is broken now count. ``host_only``: holds for
    the host unit, not for what stands around it (WAR-10). ``first_day_counts``:
    the day of sale is day 1 (AMB-10). Unit *warranty*: as long as the part is
    covered. ``due_days``: carried out in so many working days, 0 for no promise.
    """

    key: int
    remedy: str
    amount: int
    unit: str = "day"
    rule: str = "WAR-13"
    start_basis: str = "sale"
    repairs: int = 0
    same_part: bool = False
    host_only: bool = False
    first_day_counts: bool = False
    due_days: int = 0


@dataclass(frozen=True)
class Fault:
    """What was reported: the day, the part, and how often it was repaired.

    ``covered_until``: last day of the part's warranty; None if not covered.
    """

    on: date
    proofs: Proofs
    in_host: bool = True
    covered_until: date | None = None
    repairs: int = 0
    repairs_of_part: int = 0


@dataclass(frozen=True)
class Right:
    """A remedy the user may choose, by row ``key``, until ``date_end``.

    ``due_days``: working days in which it is carried out once chosen; the shortest
    time that any row in force promises, 0 for none (WAR-17).
    """

    key: int
    remedy: str
    rule: str
    date_end: date
    repairs: int = 0
    due_days: int = 0


def monday_to_friday(day: date) -> bool:
    """Monday to Friday: working days where a programme has no calendar."""
    return day.weekday() < 5


def last_day(
    guarantee: Guarantee,
    start: date,
    is_working_day: Callable[[date], bool] = monday_to_friday,
) -> date:
    """Last day, inclusive, on which the remedy may be chosen.

    Unless the row says otherwise the day of sale is not counted: day 1 is the
    day after it, in the user's favour (AMB-10).
    """
    if guarantee.unit == "month":
        return term_end(start, guarantee.amount)
    amount = guarantee.amount - guarantee.first_day_counts
    if guarantee.unit == "day":
        return start + timedelta(days=amount)
    return add_working_days(start, amount, is_working_day)


def add_working_days(
    start: date, amount: int, is_working_day: Callable[[date], bool] = monday_to_friday
) -> date:
    """The ``amount``-th working day after ``start``; ``start`` for 0.

    :raises ValueError: no working day within ten years
    """
    day, left = start, amount
    while left > 0:
        day += timedelta(days=1)
        if day > start + timedelta(days=3660):
            raise ValueError("the calendar has no working days")
        left -= bool(is_working_day(day))
    return day


def rights(
    guarantees: Iterable[Guarantee],
    fault: Fault,
    is_working_day: Callable[[date], bool] = monday_to_friday,
) -> list[Right]:
    """What the user may choose besides the repair, one right a remedy.

    Of several rows for one remedy the one that ends last counts (WAR-14), of equal
    ones the later in order. A row that ends earlier still says how soon the remedy
    is carried out, and is named beside it.
    """
    found, soonest = {}, {}
    for guarantee in guarantees:
        if guarantee.host_only and not fault.in_host:
            continue
        done = fault.repairs_of_part if guarantee.same_part else fault.repairs
        if done < guarantee.repairs:
            continue
        if guarantee.unit == "warranty":
            end = fault.covered_until
        else:
            start, _proof = start_date(guarantee.start_basis, fault.proofs)
            end = start and last_day(guarantee, start, is_working_day)
        if not end or fault.on > end:
            continue
        if guarantee.due_days:
            sooner = soonest.get(guarantee.remedy)
            if not sooner or guarantee.due_days < sooner.due_days:
                soonest[guarantee.remedy] = guarantee
        known = found.get(guarantee.remedy)
        if not known or known.date_end <= end:
            found[guarantee.remedy] = Right(
                guarantee.key, guarantee.remedy, guarantee.rule, end, guarantee.repairs
            )
    for remedy, guarantee in soonest.items():
        right = found[remedy]
        named = dict.fromkeys((right.rule, guarantee.rule))
        found[remedy] = replace(
            right, rule=", ".join(named), due_days=guarantee.due_days
        )
    return [found[remedy] for remedy in REMEDIES if remedy in found]
