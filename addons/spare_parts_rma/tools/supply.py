# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a vendor promised about its spare parts (PRT-19…PRT-24)."""

from collections.abc import Hashable, Mapping
from datetime import date

from dateutil.relativedelta import relativedelta


def promised_until(start: date, years: int) -> date:
    """Last day on which parts are promised: ``years`` years after ``start``.

    The 29th of February ends on the 28th where the year has none.
    """
    return start + relativedelta(years=years)


def ends_too_early(discontinued: date | None, until: date | None) -> bool:
    """Is a part discontinued before the day until which it was promised?"""
    return bool(discontinued and until and discontinued < until)


def shortage(
    wanted: Mapping[Hashable, float], there: Mapping[Hashable, float]
) -> dict[Hashable, float]:
    """Pieces that a recommended list asks for and the store does not hold."""
    return {
        part: quantity - max(there.get(part, 0.0), 0.0)
        for part, quantity in wanted.items()
        if quantity > max(there.get(part, 0.0), 0.0)
    }


def local_target(amount: float, percent: float) -> float:
    """Value to be stocked locally for a contract of ``amount`` (PRT-19)."""
    return round(amount * percent / 100.0, 2)
