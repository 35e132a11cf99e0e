# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Billing periods, counted from the day a contract line began.

The n-th period starts n months after the *origin*, not one month after the last
period: a line that began on 31 January is billed from 28 February and then from
31 March again. Counting from the last period instead would keep the 28th for
ever. Dates are calendar dates; both ends of a period are covered days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)
# Months of OCA's recurrence rules that can be anchored to a day of the month.
MONTHS = {"monthly": 1, "quarterly": 3, "semesterly": 6, "yearly": 12}


@dataclass(frozen=True)
class Period:
    """First and last day of one billing period.

    ``full_end`` is where a period would end that the contract's end cuts short.
    """

    start: date
    end: date
    full_end: date | None = None

    @property
    def share(self) -> float:
        """The part of a full period's price that is owed, by days; 1 unless cut."""
        if not self.full_end or self.end >= self.full_end:
            return 1.0
        return days(self.start, self.end) / days(self.start, self.full_end)


@dataclass(frozen=True)
class Pause:
    """A suspension: from its first day until the day before ``end``.

    Without an end it still goes on.
    """

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def days(first: date, last: date) -> int:
    """Days from first to last, both counted."""
    return (last - first).days + 1


def unused(period: Period, last_day: date) -> float:
    """The part of a paid period, by days, that lies after ``last_day``."""
    rest = days(max(period.start, last_day + ONE_DAY), period.end)
    return max(0, rest) / days(period.start, period.end)


def start_of(origin: date, index: int, months: int = 1) -> date:
    """First day of period number ``index`` (0 is the one that starts on origin)."""
    return origin + relativedelta(months=months * index)


def period(origin: date, index: int, months: int = 1) -> Period:
    """Period number ``index``; it ends the day before the next one starts."""
    return Period(
        start_of(origin, index, months), start_of(origin, index + 1, months) - ONE_DAY
    )


def index_of(origin: date, day: date, months: int = 1) -> int:
    """Number of the period that contains ``day``; negative before the origin."""
    distance = (day.year - origin.year) * 12 + day.month - origin.month
    index = distance // months
    # The guess is exact up to the day of the month.
    while start_of(origin, index, months) > day:
        index -= 1
    while start_of(origin, index + 1, months) <= day:
        index += 1
    return index


def period_of(origin: date, day: date, months: int = 1) -> Period:
    """The period that contains ``day``."""
    return period(origin, index_of(origin, day, months), months)


def periods_due(
    origin: date,
    until: date,
    months: int = 1,
    after: date | None = None,
    last_day: date | None = None,
    pauses: Iterable[Pause] = (),
) -> list[Period]:
    """Every period that starts on or before ``until`` and is still to be billed.

    :param after: last day already billed; a period starting later is due
    :param last_day: the contract's end: no period starts after it, and the last
        one is cut there and its price prorated by days (``Period.share``)
    :param pauses: a period that starts in a suspension is never billed
    """
    if until < origin or months < 1:
        return []
    pauses = list(pauses)
    index = max(0, index_of(origin, after + ONE_DAY, months)) if after else 0
    due = []
    while (current := period(origin, index, months)).start <= until:
        index += 1
        if last_day and current.start > last_day:
            break
        if after and current.start <= after:
            continue
        if any(pause.covers(current.start) for pause in pauses):
            continue
        end = min(current.end, last_day) if last_day else current.end
        cut = current.end if end < current.end else None
        due.append(Period(current.start, end, cut))
    return due


def month_end(day: date) -> date:
    """Last day of the month of ``day``."""
    return day + relativedelta(day=31)
