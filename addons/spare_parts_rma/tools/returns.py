# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The weekly return (RMA-05): ISO weeks and the weekday a return opens."""

from datetime import date, timedelta


def week_of(day: date) -> str:
    """ISO week of ``day``, written 2026-W48."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_start(week: str) -> date:
    """Monday of an ISO week."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def next_week(week: str) -> str:
    return week_of(week_start(week) + timedelta(days=7))


def is_open_day(day: date, weekday: int) -> bool:
    """The week's return opens on ``weekday`` (0 = Monday) and stays open."""
    return day.weekday() >= weekday


def pick_week(day: date, closed_weeks) -> str:
    """First week from ``day`` on whose return still takes pieces.

    A piece handed in after this week's return was signed waits for the next.
    """
    week = week_of(day)
    while week in closed_weeks:
        week = next_week(week)
    return week
