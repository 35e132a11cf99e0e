# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How many parts a station should ask for (PRT-03)."""

import math


def propose(repaired: float, sold: float, on_hand: float, failure_rate: float = 0.02):
    """Repair volume plus the share of local sales that will fail, less good stock.

    Whole pieces, never negative.
    """
    return max(0, math.ceil(round(repaired + sold * failure_rate - on_hand, 6)))
