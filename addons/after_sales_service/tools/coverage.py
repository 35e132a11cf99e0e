# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who pays, and why: warranty terms applied to one component.

Pure functions on dates and codes; terms are counted in months, dates are
calendar dates of the seller. The rules are WAR-01…05, OOW-16 and CF-10, CF-34.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

# The best answer of one subject is the first of these (a promise in the
# customer's favour outranks a bill).
VERDICTS = ("warranty", "plan", "goodwill", "chargeable")
REPLACEMENT_MONTHS = 3
# The term of this category holds for every part that has none of its own.
WHOLE_MACHINE = "WHOLE_MACHINE"


@dataclass(frozen=True)
class Answer:
    """One source's answer to "who pays?".

    ``reason`` names the sentence, ``inputs`` are its values (JSON types only),
    ``rule`` the rule that applied. ``date_end`` is the last covered day.
    """

    source: str
    verdict: str
    reason: str
    rule: str
    inputs: Mapping = field(default_factory=dict)
    date_start: date | None = None
    date_end: date | None = None


@dataclass(frozen=True)
class Proofs:
    """The dates a customer can prove; all optional (WAR-01, WAR-02, CF-34)."""

    invoice: date | None = None
    certificate: date | None = None
    factory_month: date | None = None
    acceptance: date | None = None
    installation: date | None = None


@dataclass(frozen=True)
class Part:
    """What is asked about: a component of an equipment.

    ``source`` is factory, gift, customer or replacement. For a replacement
    ``installed_on`` is its own start and ``inherited_end`` the last covered day
    of the part it replaced.
    """

    category: str
    source: str = "factory"
    installed_on: date | None = None
    inherited_end: date | None = None


@dataclass(frozen=True)
class Term:
    """One row of a warranty table: ``months`` from ``start_basis``.

    An ``excluded`` row is not covered unless somebody overrides it (CF-10).
    """

    category: str
    months: int
    start_basis: str = "sale"
    rule: str = "WAR-03"
    excluded: bool = False


def start_date(basis: str, proofs: Proofs) -> tuple[date | None, str]:
    """First day of the term and the proof it rests on.

    *sale* takes the invoice, else the three-guarantee certificate, else the
    factory month; only its month is known, so the customer has the benefit of
    the doubt and it counts from the last day (WAR-01, WAR-02, CF-34).
    """
    if basis != "sale":
        return getattr(proofs, basis), basis
    if proofs.invoice:
        return proofs.invoice, "invoice"
    if proofs.certificate:
        return proofs.certificate, "certificate"
    if proofs.factory_month:
        next_month = proofs.factory_month.replace(day=1) + relativedelta(months=1)
        return next_month - timedelta(days=1), "factory_month"
    return None, ""


def last_day(start: date, months: int) -> date:
    """Last covered day of a term of ``months`` that begins on ``start``."""
    return start + relativedelta(months=months) - timedelta(days=1)


def term_for(category: str, terms: Mapping[str, Term]) -> Term | None:
    """The term of a part category, else that of the whole machine (WAR-29)."""
    return terms.get(category) or terms.get(WHOLE_MACHINE)


def warranty(part: Part, terms: Mapping[str, Term], proofs: Proofs, on: date) -> Answer:
    """The warranty's answer for ``part`` on the day ``on``."""
    if part.source == "customer":  # WAR-05
        return Answer("warranty", "chargeable", "own_part", "WAR-05")
    if part.source == "gift":  # WAR-04, CF-10
        return Answer("warranty", "chargeable", "gift", "WAR-04")
    term = term_for(part.category, terms)
    if term and term.excluded:
        return Answer("warranty", "chargeable", "gift", "WAR-04")
    if part.source == "replacement" and part.installed_on:
        return _replacement(part, on)
    if not term:
        return Answer("warranty", "chargeable", "no_term", "WAR-03")
    start, proof = start_date(term.start_basis, proofs)
    if not start:
        inputs = {"months": term.months}
        return Answer("warranty", "chargeable", "no_start", "WAR-02", inputs)
    end = last_day(start, term.months)
    inputs = {"months": term.months, "proof": proof, "rule": term.rule}
    covered = start <= on <= end
    return Answer(
        "warranty",
        "warranty" if covered else "chargeable",
        "term" if covered else "expired",
        term.rule,
        inputs,
        start,
        end,
    )


def _replacement(part: Part, on: date) -> Answer:
    """A replaced part: three months, or the old part's remainder if longer.

    OOW-16 gives the three months; that the remainder goes on is our reading of
    AMB-17.
    """
    own_end = last_day(part.installed_on, REPLACEMENT_MONTHS)
    end = max(own_end, part.inherited_end or own_end)
    covered = part.installed_on <= on <= end
    return Answer(
        "warranty",
        "warranty" if covered else "chargeable",
        "replaced" if covered else "expired",
        "OOW-16",
        {"months": REPLACEMENT_MONTHS, "proof": "installation"},
        part.installed_on,
        end,
    )


def best(answers: Iterable[Answer]) -> Answer | None:
    """The answer that counts: the most favourable verdict, first come first."""
    answers = list(answers)
    if not answers:
        return None
    return min(answers, key=lambda answer: VERDICTS.index(answer.verdict))
