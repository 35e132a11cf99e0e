# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Deadlines against an oracle that walks the calendar minute by minute.

Random calendars (several shifts, lunch breaks, holidays, make-up days, time zones
with and without daylight saving) and random pauses; 100,000 cases a scale.
"""

import random
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.addons.after_sales_service.tools.clock import Calendar, Promise, deadline

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
# Days around which those zones change their clocks, and a quiet one.
SEASONS = ("2026-03-05", "2026-03-25", "2026-10-01", "2026-10-22", "2026-07-01")
WINDOW = timedelta(days=45)
CALENDARS = 40
UTC = ZoneInfo("UTC")


def random_shifts(rng):
    """One to three shifts of a day, in minutes, with breaks between them."""
    edges = sorted(rng.sample(range(0, 1441, 15), 2 * rng.randint(1, 3)))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def random_calendar(rng, first):
    days = [(first + timedelta(days=offset)).date() for offset in range(45)]
    return Calendar(
        rng.choice(ZONES),
        {day: random_shifts(rng) for day in rng.sample(range(7), rng.randint(3, 7))},
        frozenset(rng.sample(days, rng.randint(0, 6))),
        {day: random_shifts(rng) for day in rng.sample(days, rng.randint(0, 2))},
    )


def open_minutes(calendar, first):
    """One byte a minute of the window: is the calendar open then?"""
    zone, minutes = ZoneInfo(calendar.tz), bytearray()
    at, last = first.replace(tzinfo=UTC), (first + WINDOW).replace(tzinfo=UTC)
    while at < last:
        local = at.astimezone(zone)
        day, minute = local.date(), local.hour * 60 + local.minute
        if day in calendar.extra:
            shifts = calendar.extra[day]
        elif day in calendar.closed:
            shifts = ()
        else:
            shifts = calendar.shifts.get(day.weekday(), ())
        minutes.append(any(begin <= minute < end for begin, end in shifts))
        at += timedelta(minutes=1)
    return minutes


def walk(minutes, start, amount, pauses):
    """The minute at which ``amount`` open, unpaused minutes are over."""
    at = start
    while amount:
        if at >= len(minutes):
            return None
        if minutes[at] and not any(begin <= at < end for begin, end in pauses):
            amount -= 1
        at += 1
    return at


def run(env, scale=1):
    rng = random.Random(20261122)
    begin = time.perf_counter()
    cases = skipped = 0
    wrong = []
    for number in range(CALENDARS):
        first = datetime.fromisoformat(SEASONS[number % len(SEASONS)])
        calendar = random_calendar(rng, first)
        minutes = open_minutes(calendar, first)
        for _case in range(100_000 * scale // CALENDARS):
            start, amount = rng.randrange(20 * 1440), rng.randint(1, 900)
            pauses = []
            for _pause in range(rng.randint(0, 3)):
                opens = rng.randrange(start, start + 3000)
                pauses.append((opens, opens + rng.randint(1, 900)))
            expected = walk(minutes, start, amount, pauses)
            if expected is None:
                skipped += 1
                continue
            got = deadline(
                first + timedelta(minutes=start),
                Promise("a", "b", amount, "minute", calendar),
                [
                    (first + timedelta(minutes=opens), first + timedelta(minutes=ends))
                    for opens, ends in pauses
                ],
            )
            cases += 1
            if got != first + timedelta(minutes=expected):
                wrong.append((calendar, start, amount, pauses, expected, got))
    seconds = time.perf_counter() - begin
    print(f"clock cases {cases} compared, {skipped} past the window")
    print(f"clock differences {len(wrong)}")
    print(f"clock seconds {seconds:.1f} s")
    if wrong:
        raise AssertionError(f"first difference: {wrong[0]}")
