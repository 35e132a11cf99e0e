# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Duties that come back: when the next one falls due (T-18 rows 13, 16, 30 to 32)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .clock import UTC, to_local

# Length of a period in months; years begin with a period.
MONTHS = {"month": 1, "quarter": 3, "half_year": 6}
PERIODS = ("week", *MONTHS)


def next_due(
    period: str, weekday: int | None, day: int, hour: float, after: datetime, tz: str
) -> datetime | None:
    """The first due time later than ``after``.

    :param period: ``week``, or a key of ``MONTHS``
    :param weekday: 0 is Monday, for ``week``; None: no day is agreed
    :param day: of the first month of a longer period, at most its last day; 0: the
        last day of the period
    :param hour: local time of day; 0 or 24: the end of the day
    :param after: naive UTC
    :param tz: time zone in which days begin
    :return: naive UTC; None where nothing comes back by itself
    """
    days = _days(period, weekday, day, to_local(after, tz).date())
    return next((due for at in days if (due := _moment(at, hour, tz)) > after), None)


def _days(period: str, weekday: int | None, day: int, start: date) -> Iterator[date]:
    """The due days of the period ``start`` is in and of the next one."""
    if period == "week" and weekday is not None:
        first = start + timedelta(days=(weekday - start.weekday()) % 7)
        yield from (first, first + timedelta(days=7))
    if months := MONTHS.get(period):
        running = (start.year * 12 + start.month - 1) // months * months
        for begin in (running, running + months):
            year, month = divmod(begin if day else begin + months - 1, 12)
            last = monthrange(year, month + 1)[1]
            yield date(year, month + 1, min(day or last, last))


def _moment(day: date, hour: float, tz: str) -> datetime:
    """A local time of day as naive UTC."""
    minutes = round(hour * 60) % (24 * 60)
    at = time(*divmod(minutes, 60)) if minutes else time(23, 59, 59)
    local = datetime.combine(day, at, ZoneInfo(tz))
    return local.astimezone(UTC).replace(tzinfo=None)
