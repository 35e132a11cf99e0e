# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Callbacks: which are owed after a job, and when (CB-01…CB-04, CF-02, CF-03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .clock import Calendar, add_days


@dataclass(frozen=True)
class CallbackPolicy:
    """``days`` calendar or working days after completion; who calls is ``tier``."""

    key: int
    tier: str
    days: int
    working: bool = False
    onsite_only: bool = False


def callbacks_due(
    policies: Iterable[CallbackPolicy],
    completed_on: date,
    onsite: bool,
    calendar: Calendar | None = None,
) -> list[tuple[CallbackPolicy, date]]:
    """The callbacks owed for a job completed on ``completed_on``.

    One a tier: where several policies give the same tier the earliest date
    satisfies them all (CF-02).
    """
    due = {}
    for policy in policies:
        if policy.onsite_only and not onsite:
            continue
        day = add_days(completed_on, policy.days, policy.working, calendar)
        if policy.tier not in due or day < due[policy.tier][1]:
            due[policy.tier] = (policy, day)
    return [due[tier] for tier in sorted(due)]
