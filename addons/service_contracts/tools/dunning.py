# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which reminder an overdue bill has reached.

Pure functions on plain data. The sources name no days: they are configuration.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One rung: a letter once a bill is ``days`` overdue."""

    key: int
    days: int


def step_due(
    steps: Iterable[Step], overdue: int, told: Collection[int] = ()
) -> Step | None:
    """The letter that a bill which is ``overdue`` days late still has to get.

    The highest rung it has reached: who was forgotten for long gets one letter, not
    all of them. Nothing, when that rung or a later one was told already.

    :param told: keys of the rungs whose letter went out
    """
    ladder = sorted(steps, key=lambda step: (step.days, step.key))
    reached = [step for step in ladder if step.days <= overdue]
    if not reached:
        return None
    last = reached[-1]
    later = ladder[ladder.index(last) :]
    return None if any(step.key in told for step in later) else last
