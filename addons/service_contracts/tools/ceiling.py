# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Price ceilings of a signed quotation (CON-03, CON-04).

Pure functions on plain numbers: prices are untaxed, for one unit of the product's
own unit of measure, in one currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Quoted:
    """One item of the signed quotation.

    ``products`` are the bid product and those that were found no worse; none of
    them may cost more than ``price``.
    """

    key: int
    products: frozenset[int]
    price: float


def broken(
    quoted: Iterable[Quoted], product: int, price: float, rounding: float = 0.01
) -> Quoted | None:
    """The quoted item that ``price`` for ``product`` exceeds, the cheapest one.

    :param rounding: smallest amount of the currency; less than half of it is equal
    """
    rows = [row for row in quoted if product in row.products]
    lowest = min(rows, key=lambda row: (row.price, row.key), default=None)
    return lowest if lowest and price > lowest.price + rounding / 2 else None
