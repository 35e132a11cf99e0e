# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which reminder an overdue bill has reached.

Pure functions on plain data. The sources name no days: they are configuration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One rung: a letter once a bill is ``days`` overdue."""

    key: int
    days: int


def step_due(
    steps: Iterable[Step], overdue: int, told: Mapping[int, int]
) -> Step | None:
    """The letter that a bill which is ``overdue`` days late still has to get.

    The highest rung it has reached: who was forgotten for long gets one letter, not
    all of them. Nothing, when that rung or a later one was told already. The days
    between two letters hold when the first of them went out late, too.

    :param told: rung whose letter went out → how many days overdue the bill was then
    """
    ladder = sorted(steps, key=lambda step: (step.days, step.key))
    delays = [told[step.key] - step.days for step in ladder if step.key in told]
    delay = max(delays[-1], 0) if delays else 0
    reached = [step for step in ladder if step.days + delay <= overdue]
    if not reached:
        return None
    last = reached[-1]
    later = ladder[ladder.index(last) :]
    return None if any(step.key in told for step in later) else last
