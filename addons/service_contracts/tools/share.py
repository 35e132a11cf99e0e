# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an operator keeps of the charges of its subscribers: steps by volume.

Pure functions on plain data. The sources give no share (CARE-18, AMB-01): every
figure is configuration. The step that the month's number of subscribers has reached
holds for all of them, not only for those above it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """From ``count`` charges on: percent of the charges plus an amount for each."""

    count: int
    percent: float = 0.0
    amount: float = 0.0


def step_of(steps: Iterable[Step], count: int) -> Step | None:
    """The highest step that ``count`` has reached; None below the first."""
    return max(
        (step for step in steps if step.count <= count),
        key=lambda step: step.count,
        default=None,
    )


def share(steps: Iterable[Step], count: int, gross: float) -> float:
    """The operator's share of ``gross`` for ``count`` charges, not rounded.

    Never more than was charged, and nothing of charges that came to nothing.
    """
    step = step_of(steps, count)
    if not step:
        return 0.0
    return max(0.0, min(gross, gross * step.percent / 100 + step.amount * count))
