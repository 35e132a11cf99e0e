# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The money gate: what stands before a chargeable part (OOW-07…OOW-14)."""

from dataclasses import dataclass

# In the order in which it has to happen (OOW-14).
STEPS = ("consent", "quote", "payment", "approval", "quantity")


@dataclass(frozen=True)
class Standing:
    """How far the out-of-warranty request of one ticket and part has come.

    ``approved`` is the quantity approved and paid, ``used`` what was consumed
    on it already.
    """

    consent: bool = False
    quote: bool = False
    payment: bool = False
    approval: bool = False
    approved: float = 0.0
    used: float = 0.0


def missing(verdict: str | None, standing: Standing, wanted: float) -> tuple[str, ...]:
    """Steps still missing before ``wanted`` pieces may be consumed.

    Nothing is missing unless the verdict is chargeable. When all steps are
    done, more than what was approved lacks *quantity*.
    """
    if verdict != "chargeable":
        return ()
    steps = tuple(step for step in STEPS[:-1] if not getattr(standing, step))
    if steps:
        return steps
    if standing.used + wanted > standing.approved + 1e-6:
        return ("quantity",)
    return ()
