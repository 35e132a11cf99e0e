# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Clock arithmetic: when a promise falls due, whom it troubles and how it ended.

Everything is computed from a promise (amount, unit, calendar) and the events
that happened, so that any clock can be replayed (architecture: "what happened
is an event, deadlines are derived"). Times going in and out are naive UTC
datetimes, durations are minutes. Nothing here touches a database.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
UNITS = ("minute", "hour", "day", "working_day")
# A promise that finds no opening hour in this many days has a calendar without hours.
HORIZON_DAYS = 3 * 366
# When a case ends, whatever was still promised ends with it.
END_EVENTS = ("closed", "cancelled")
# What also keeps a promise: an appointment answers the customer, a fault that is
# repaired needs no next support level (SLA-14, SLA-15).
KEPT_BY = {
    "responded": ("proposed", "appointed", "arrived", "restored"),
    "proposed": ("restored",),
    "submitted": ("restored",),
    "lent": ("restored",),
    "spare_shipped": ("restored",),
    "spare_arrived": ("restored",),
}
# What also starts a promise: every one of them is a first contact (SLA-17).
STARTED_BY = {"responded": ("proposed", "appointed", "arrived")}
# Events of the same minute are at once; a promise of 0 minutes means "at once" (T-05).
AT_ONCE = 1

Interval = tuple[datetime, datetime]


class CalendarWithoutHours(ValueError):
    """The calendar never opens within the horizon, so nothing can fall due."""


@dataclass(frozen=True)
class Calendar:
    """Opening hours in local time.

    ``shifts`` maps a weekday (0 = Monday) to (start, end) pairs in minutes of
    the day, ``closed`` lists public holidays, ``extra`` the shifts of single
    days that are open although their weekday is not (make-up working days).
    """

    tz: str = "UTC"
    shifts: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    extra: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def hours_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """Shifts of one local day in minutes; empty on a day off."""
        if day in self.extra:
            return self.extra[day]
        if day in self.closed:
            return ()
        return self.shifts.get(day.weekday(), ())

    def is_working_day(self, day: date) -> bool:
        return bool(self.hours_on(day))


@dataclass(frozen=True)
class Promise:
    """What was promised: ``amount`` of ``unit`` from one event to another.

    Events are named by their kind. Without a calendar the clock runs around
    the clock. ``pausable`` promises stand still between *paused* and *resumed*.
    With a ``repeat_event`` the amount begins anew at each such event until the
    stop event comes (SHOP-10). ``measured`` promises have no limit: only the time
    they took is wanted (SLA-17). ``warn_share`` is the part of the amount, 0 to 1,
    after which somebody is warned; 0 is never. ``outlives_case``: the end of the case
    does not keep it, such as a report owed after the repair (RPT-05).
    """

    start_event: str
    stop_event: str
    amount: float
    unit: str = "minute"
    calendar: Calendar | None = None
    tz: str = "UTC"
    pausable: bool = True
    repeat_event: str | None = None
    measured: bool = False
    warn_share: float = 0.0
    outlives_case: bool = False


@dataclass(frozen=True)
class Reading:
    """What a clock shows: state, when it started, falls due and stopped (UTC).

    ``overrun`` is the time past the deadline in minutes, 0 when kept; a clock
    that repeats adds up what its rounds were late. ``warn_at`` is when somebody
    should be warned, ``duration`` the minutes from start to stop.
    """

    state: str
    started_at: datetime | None = None
    deadline: datetime | None = None
    stopped_at: datetime | None = None
    overrun: float = 0.0
    warn_at: datetime | None = None
    duration: float = 0.0


@dataclass(frozen=True)
class Step:
    """One rung of an escalation ladder.

    ``timing`` is *warning* (when the warning falls due), *before* or *after*: so
    many ``minutes`` before or after the deadline.
    """

    key: int
    timing: str
    minutes: int = 0


def _to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _open_between(
    day: date, begin: int, end: int, zone: ZoneInfo
) -> Iterator[Interval]:
    """UTC intervals in which the local clock of ``day`` reads begin to end.

    On the day of a clock change an hour is missing or comes twice; it counts
    as often as the clock shows it.
    """
    midnight = datetime.combine(day, time())
    opens = midnight + timedelta(minutes=begin)
    closes = midnight + timedelta(minutes=end)
    first, last = _to_utc(midnight, zone), _to_utc(midnight + timedelta(days=1), zone)
    before, after = _offset(first, zone), _offset(last, zone)
    if before == after:
        yield opens - before, closes - before
        return
    change = _clock_change(first, last, zone)
    if opens - before < change:
        yield opens - before, min(closes - before, change)
    if closes - after > change:
        yield max(opens - after, change), closes - after


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.replace(tzinfo=UTC).astimezone(zone).utcoffset()


def _clock_change(first: datetime, last: datetime, zone: ZoneInfo) -> datetime:
    """The minute between two UTC times at which the zone's offset changes."""
    before = _offset(first, zone)
    low, high = 0, int((last - first).total_seconds() // 60)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(first + timedelta(minutes=middle), zone) == before:
            low = middle
        else:
            high = middle
    return first + timedelta(minutes=high)


def to_local(at: datetime, tz: str) -> datetime:
    """Naive UTC to naive local time of ``tz``."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).replace(tzinfo=None)


def opening_intervals(calendar: Calendar, start: datetime) -> Iterator[Interval]:
    """Opening hours from ``start`` on, as UTC intervals in order."""
    zone = ZoneInfo(calendar.tz)
    first = to_local(start, calendar.tz).date() - timedelta(days=1)
    for offset in range(HORIZON_DAYS):
        day = first + timedelta(days=offset)
        intervals = (
            interval
            for begin, end in calendar.hours_on(day)
            for interval in _open_between(day, begin, end, zone)
        )
        for opens, closes in sorted(intervals):
            if closes > start:
                yield max(opens, start), closes


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Is it opening time at ``at`` (naive UTC)?"""
    opens, _closes = next(opening_intervals(calendar, at), (None, None))
    return opens == at


def without_pauses(
    intervals: Iterable[Interval], pauses: Iterable[Interval]
) -> Iterator[Interval]:
    """Cut the pauses out of ordered intervals."""
    pauses = sorted(pauses)
    for begin, end in intervals:
        for pause_begin, pause_end in pauses:
            if pause_end <= begin or pause_begin >= end:
                continue
            if pause_begin > begin:
                yield begin, pause_begin
            begin = max(begin, pause_end)
            if begin >= end:
                break
        if begin < end:
            yield begin, end


def deadline(
    start: datetime, promise: Promise, pauses: Iterable[Interval] = ()
) -> datetime:
    """When ``promise`` falls due if its clock starts at ``start``.

    Minutes and hours count opening time only; days end at the same local time
    n days later; working days end with the last opening hour of the n-th
    working day after the start. Pauses move every deadline on.

    :raises CalendarWithoutHours: the calendar never opens
    :raises ValueError: an unknown unit
    """
    pauses = sorted(pauses)
    if promise.unit in ("minute", "hour"):
        minutes = promise.amount * (60 if promise.unit == "hour" else 1) or AT_ONCE
        return _add_minutes(start, minutes, promise.calendar, pauses)
    if promise.unit == "day":
        zone = ZoneInfo(promise.calendar.tz if promise.calendar else promise.tz)
        local = to_local(start, zone.key) + timedelta(days=promise.amount)
        due = _to_utc(local, zone)
    elif promise.unit == "working_day":
        due = _add_working_days(start, int(promise.amount), promise)
    else:
        raise ValueError(f"unit {promise.unit!r} is none of {', '.join(UNITS)}")
    for begin, end in pauses:
        if begin < due and end > start:
            due += end - max(begin, start)
    return due


def _add_minutes(start, minutes, calendar, pauses):
    left = timedelta(minutes=minutes)
    intervals = (
        opening_intervals(calendar, start) if calendar else [(start, datetime.max)]
    )
    for begin, end in without_pauses(intervals, pauses):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise CalendarWithoutHours(calendar)


def _add_working_days(start, days, promise):
    calendar = promise.calendar or Calendar(
        promise.tz, dict.fromkeys(range(5), ((0, 1440),))
    )
    day = to_local(start, calendar.tz).date()
    for _offset in range(HORIZON_DAYS):
        if days <= 0 and calendar.is_working_day(day):
            zone = ZoneInfo(calendar.tz)
            return max(
                closes
                for begin, end in calendar.hours_on(day)
                for _opens, closes in _open_between(day, begin, end, zone)
            )
        day += timedelta(days=1)
        if calendar.is_working_day(day):
            days -= 1
    raise CalendarWithoutHours(calendar)


def add_days(
    start: date, days: int, working: bool = False, calendar: Calendar | None = None
) -> date:
    """``days`` calendar or working days after ``start`` (CF-02).

    Without a calendar Monday to Friday are working days.
    """
    if not working:
        return start + timedelta(days=days)
    calendar = calendar or Calendar(shifts=dict.fromkeys(range(5), ((0, 1440),)))
    day = start
    for _offset in range(HORIZON_DAYS):
        if days <= 0:
            return day
        day += timedelta(days=1)
        if calendar.is_working_day(day):
            days -= 1
    raise CalendarWithoutHours(calendar)


def read(
    promise: Promise, events: Iterable[tuple[str, datetime]], now: datetime
) -> Reading:
    """Replay ``events`` (kind, UTC time) and say what the clock shows at ``now``.

    States: *waiting* (not started), *running*, *paused*, *met*, *missed*. A
    clock that is past its deadline is missed even before it is stopped. The end
    of the case stops every clock: who is helped on the phone needs no visit.

    :raises CalendarWithoutHours: the promise's calendar never opens
    """
    events = sorted(events, key=lambda event: event[1])
    starts = {promise.start_event, *STARTED_BY.get(promise.start_event, ())}
    start = next((at for kind, at in events if kind in starts), None)
    if start is None:
        return Reading("waiting")
    stops = {
        promise.stop_event,
        *KEPT_BY.get(promise.stop_event, ()),
        *(("cancelled",) if promise.outlives_case else END_EVENTS),
    }
    stop = next((at for kind, at in events if kind in stops and at >= start), None)
    until = stop or now
    pauses, paused_since = (
        _pauses(events, start, until) if promise.pausable else ([], None)
    )
    if paused_since is not None and stop is not None:
        if stop > paused_since:
            pauses.append((paused_since, stop))
        paused_since = None
    duration = _minutes(stop - start) if stop else 0.0
    if promise.measured:
        state = "met" if stop else "paused" if paused_since else "running"
        return Reading(state, start, None, stop, duration=duration)
    late, begin = 0.0, start
    for kind, at in events if promise.repeat_event else ():
        if kind == promise.repeat_event and start < at <= until:
            late += max(0.0, _minutes(at - deadline(begin, promise, pauses)))
            begin = at
    due = deadline(begin, promise, pauses)
    # What had run out before the pause stays missed.
    if paused_since is not None and due > paused_since:
        return Reading("paused", start, overrun=late)
    overrun = late + max(0.0, _minutes(until - due))
    missed = bool(overrun) if stop else now > due
    return Reading(
        "missed" if missed else "met" if stop else "running",
        start,
        due,
        stop,
        overrun,
        _warn_at(begin, promise, pauses, due),
        duration,
    )


def _pauses(events, start, until):
    """The finished pauses, and since when the clock stands still (or None)."""
    pauses, since = [], None
    for kind, at in events:
        if at > until:
            break
        if kind == "paused" and since is None:
            since = max(at, start)
        elif kind == "resumed" and since is not None:
            if at > since:
                pauses.append((since, at))
            since = None
    return pauses, since


def _warn_at(begin, promise, pauses, due):
    if not promise.warn_share:
        return None
    if promise.unit in ("minute", "hour"):
        amount = promise.amount * promise.warn_share
        return deadline(begin, replace(promise, amount=amount), pauses)
    # Days end at a time of day, so a share of them is a share of the way there.
    return begin + (due - begin) * promise.warn_share


def step_times(
    deadline: datetime | None, warn_at: datetime | None, steps: Iterable[Step]
) -> list[tuple[datetime, int]]:
    """When each step of a ladder is due: (UTC time, key of the step) in order."""
    times = []
    for step in steps:
        if step.timing == "warning":
            at = warn_at
        elif deadline and step.timing == "before":
            at = deadline - timedelta(minutes=step.minutes)
        else:
            at = deadline and deadline + timedelta(minutes=step.minutes)
        if at:
            times.append((at, step.key))
    return sorted(times)


def penalty(overrun: float, amount: float, per: str, cap: float = 0.0) -> float:
    """What a missed promise costs, in the currency of ``amount``.

    :param overrun: minutes past the deadline
    :param per: *case*, or each begun *hour* or *day* (24 hours) of overrun
    :param cap: never more than this; 0 is no limit
    """
    if overrun <= 0:
        return 0.0
    total = (
        amount
        * {
            "case": 1,
            "hour": ceil(overrun / 60),
            "day": ceil(overrun / 1440),
        }[per]
    )
    return min(total, cap) if cap else total


def _minutes(delta: timedelta) -> float:
    return delta.total_seconds() / 60
