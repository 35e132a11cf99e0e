# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a care plan gives for one case: which of its lines applies, what is left.

Pure functions on plain data. A plan line promises a service item, or a whole
category of the catalogue, or anything, in one delivery mode or in every mode
(CARE-05, CARE-09), without limit or with a number of uses per period.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One line of a plan. ``quota`` None means unlimited."""

    id: int
    item: int | None = None
    category: int | None = None
    mode: str | None = None
    quota: int | None = None


@dataclass(frozen=True)
class Case:
    """What the customer wants, and how it is delivered."""

    item: int | None
    category: int | None
    mode: str | None


def applies(promise: Promise, case: Case) -> bool:
    """Does ``promise`` speak about ``case``?

    A case without an item is only met by a promise that names none; a case
    whose delivery is not decided yet only by one for every delivery mode.
    """
    if promise.item and promise.item != case.item:
        return False
    if promise.category and promise.category != case.category:
        return False
    return not promise.mode or promise.mode == case.mode


def _rank(promise: Promise):
    # The most exact promise is asked first: item, then category, then mode.
    return (
        promise.item is None,
        promise.category is None,
        promise.mode is None,
        promise.id,
    )


def matching(promises: Iterable[Promise], case: Case) -> list[Promise]:
    """Promises that apply to ``case``, the most exact one first."""
    return sorted((p for p in promises if applies(p, case)), key=_rank)


def left(promise: Promise, used: int) -> int | None:
    """Uses left in the period; None when there is no limit."""
    return None if promise.quota is None else max(0, promise.quota - used)


def choose(
    promises: Iterable[Promise], case: Case, used: dict[int, int]
) -> tuple[Promise | None, int | None]:
    """The promise that pays for ``case`` and what was left before it.

    Of those that apply the most exact one with a use left; if none has any,
    the most exact one with 0 left, so that the sentence can name it. Nothing
    applies: ``(None, None)``.
    """
    candidates = matching(promises, case)
    for promise in candidates:
        remaining = left(promise, used.get(promise.id, 0))
        if remaining is None or remaining > 0:
            return promise, remaining
    return (candidates[0], 0) if candidates else (None, None)
