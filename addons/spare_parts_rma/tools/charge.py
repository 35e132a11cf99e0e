# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The state of a charge: one ordered list of questions, first yes decides.

The view ``spare.charge`` asks the same questions in SQL, in this order.
"""

from dataclasses import dataclass

STATES = (
    ("covered", "is_covered"),
    ("no_quote", "lacks_quote"),
    ("price_differs", "price_differs"),
    ("not_invoiced", "lacks_invoice"),
    ("unpaid", "lacks_payment"),
)
LAST = "settled"
# Payment states of core accounting that count as paid.
PAID = ("paid", "in_payment")


@dataclass(frozen=True)
class Charge:
    verdict: str | None = None
    quote: bool = False
    price: float = 0.0
    list_price: float | None = None
    invoice: bool = False
    payment_state: str | None = None

    @property
    def is_covered(self):
        return self.verdict != "chargeable"

    @property
    def lacks_quote(self):
        return not self.quote

    @property
    def price_differs(self):
        """Only list prices are charged (OOW-17)."""
        return self.list_price is not None and abs(self.price - self.list_price) > 0.005

    @property
    def lacks_invoice(self):
        return not self.invoice

    @property
    def lacks_payment(self):
        return self.payment_state not in PAID


def charge_state(charge: Charge) -> str:
    for state, question in STATES:
        if getattr(charge, question):
            return state
    return LAST
