# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an operator says it collected, held against what was charged.

Pure functions on plain data; amounts are untaxed and in one currency. Accounts are
compared as written, without spaces around them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Charge:
    """One charge of ours."""

    key: int
    account: str
    amount: float


@dataclass(frozen=True)
class Stated:
    """One line of the operator's file."""

    line: int
    account: str
    amount: float


@dataclass(frozen=True)
class Difference:
    """``ours``: charged and not stated; ``theirs``: stated and not charged;
    ``amount``: another amount. What is missing on one side is 0."""

    kind: str
    account: str
    key: int | None = None
    line: int | None = None
    charged: float = 0.0
    stated: float = 0.0


def differences(
    charges: Iterable[Charge], statement: Iterable[Stated], rounding: float = 0.01
) -> list[Difference]:
    """Where both do not agree, in the order of our charges, then of the file.

    An account may have several charges (periods caught up) and several lines: equal
    amounts belong together, what is left over is compared one by one.
    """
    ours, theirs = defaultdict(list), defaultdict(list)
    for charge in charges:
        ours[charge.account].append(charge)
    for stated in statement:
        theirs[stated.account].append(stated)
    found = []
    for account in dict.fromkeys([*ours, *theirs]):
        left, right = _without_equal(ours[account], theirs[account], rounding)
        paired = list(zip(left, right, strict=False))
        found += [
            Difference("amount", account, one.key, two.line, one.amount, two.amount)
            for one, two in paired
        ]
        found += [
            Difference("ours", account, one.key, None, one.amount)
            for one in left[len(paired) :]
        ]
        found += [
            Difference("theirs", account, None, two.line, 0.0, two.amount)
            for two in right[len(paired) :]
        ]
    return found


def _without_equal(left, right, rounding):
    """Both lists without the pairs of equal amounts."""
    open_right, open_left = list(right), []
    for one in left:
        twin = next(
            (two for two in open_right if abs(two.amount - one.amount) < rounding / 2),
            None,
        )
        if twin:
            open_right.remove(twin)
        else:
            open_left.append(one)
    return open_left, open_right
