# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Will the parts of a visit be there in time? (VIS-03, VIS-18)"""

from collections.abc import Hashable, Mapping, MutableMapping
from dataclasses import dataclass, field

NONE, WAITING, DUE, READY = "none", "waiting", "due", "ready"


@dataclass(frozen=True)
class Need:
    """What one visit needs: pieces by product, all of them whole numbers.

    ``coming`` are pieces on their way to the station and due before the visit.
    """

    wanted: Mapping[Hashable, float] = field(default_factory=dict)
    coming: Mapping[Hashable, float] = field(default_factory=dict)


def readiness(
    need: Need,
    hands: MutableMapping[Hashable, float],
    shelf: MutableMapping[Hashable, float],
) -> str:
    """State of one visit; what it takes is no longer there for the next one.

    :param hands: free good pieces in the engineer's hands, by product; reduced
    :param shelf: free good pieces at his station, by product; reduced
    :returns: ``none`` (needs nothing), ``ready`` (all in his hands), ``due`` (all in
        hands, on the shelf or due in time), else ``waiting``
    """
    state = NONE
    for product, wanted in need.wanted.items():
        if wanted <= 0:
            continue
        held = _take(hands, product, wanted)
        left = wanted - held
        if left <= 0:
            state = READY if state == NONE else state
            continue
        left -= _take(shelf, product, left)
        left -= need.coming.get(product, 0.0)
        if left > 0:
            return WAITING
        state = DUE
    return state


def _take(stock, product, wanted):
    taken = min(max(stock.get(product, 0.0), 0.0), wanted)
    if taken:
        stock[product] -= taken
    return taken
