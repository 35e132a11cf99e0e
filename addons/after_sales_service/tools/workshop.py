# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Machines brought to the shop: promised days, notes, freight, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def promise_end(promised: date, tz: str) -> datetime:
    """The end of the promised day in ``tz``, as naive UTC.

    Until then the machine is ready or the customer knows why not (SHOP-10).
    """
    midnight = datetime.combine(promised + timedelta(days=1), time.min, ZoneInfo(tz))
    return midnight.astimezone(UTC).replace(tzinfo=None)


def note_due(
    promised: date, tz: str, told: Iterable[datetime], every_days: int
) -> datetime:
    """Until when the customer of an unfinished repair must hear from us (SHOP-10).

    :param promised: the day he was promised his machine
    :param told: when he was told so far, naive UTC
    :param every_days: days between two notes from then on
    :returns: naive UTC: the end of the promised day, and ``every_days`` after the
        last note once he has been told. Notes before the promised day ends count
        as one at its end: telling early brings no earlier duty.
    """
    end = promise_end(promised, tz)
    told = list(told)
    if not told:
        return end
    return max(end, *told) + timedelta(days=every_days)


def freight_payer(caused_by: str) -> str:
    """``vendor`` or ``customer``: who pays the freight of a posted machine.

    The vendor bears what the buyer did not cause (SHOP-22).

    :param caused_by: ``product`` or ``customer``
    """
    return "customer" if caused_by == "customer" else "vendor"


def status_open(handed_over_at: datetime | None, now: datetime, days: int) -> bool:
    """Whether a status page still answers: until ``days`` after the hand-over."""
    return not handed_over_at or now <= handed_over_at + timedelta(days=days)


@dataclass(frozen=True)
class Bench:
    """What is known about a machine in the workshop.

    ``state`` is taken_in, working, ready or handed_over; ``stays`` is None while
    the customer has not decided whether a machine that cannot be repaired at once
    stays, or there is nothing to decide (``asks`` is False).
    """

    state: str
    complete: bool = False  # everything of the intake is filled in
    asks: bool = False
    stays: bool | None = None
    consent: bool = False
    late: bool = False
    texts: bool = False
    called: bool = False
    loaner_out: bool = False
    retests_left: int = 0
    posted: bool = False


def next_step(bench: Bench) -> str:
    """The one thing to do next at this machine."""
    if bench.state == "handed_over":
        return "done"
    if bench.state != "ready" and bench.asks and bench.stays is not True:
        return "ask_to_keep" if bench.stays is None else "give_back"
    if bench.state == "taken_in":
        if not bench.complete:
            return "inspect"
        return "start" if bench.consent else "ask_to_open"
    if bench.state == "working":
        if bench.late:
            return "tell"
        return "finish" if bench.texts else "repair"
    if bench.posted:
        return "retest" if bench.retests_left > 0 else "send_back"
    if not bench.called:
        return "call"
    if bench.loaner_out:
        return "take_loaner"
    return "retest" if bench.retests_left > 0 else "hand_over"
