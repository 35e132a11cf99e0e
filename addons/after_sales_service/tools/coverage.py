# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who pays, and why: warranty terms applied to one component.

Pure functions on dates and codes; terms are counted in months, dates are
calendar dates of the seller. The rules are WAR-01…09, WAR-24…33, OOW-02, OOW-16
and CF-09, CF-10, CF-32, CF-34.
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
GIFT = "GIFT"
# What a term may start from; *sale* takes the best proof of the sale there is.
START_BASES = (
    "sale",
    "invoice",
    "certificate",
    "factory_month",
    "acceptance",
    "installation",
    "signing",
)


@dataclass(frozen=True)
class Answer:
    """One source's answer to "who pays?".

    ``reason`` names the sentence, ``inputs`` are its values (JSON types only),
    ``rule`` the rule that applied. ``date_end`` is the last covered day, empty
    when the cover is for life; ``onsite_end`` the last day of free service at
    the customer's, empty when nothing is promised there.
    """

    source: str
    verdict: str
    reason: str
    rule: str
    inputs: Mapping = field(default_factory=dict)
    date_start: date | None = None
    date_end: date | None = None
    onsite_end: date | None = None


@dataclass(frozen=True)
class Proofs:
    """The dates a customer can prove; all optional (WAR-01, WAR-02, CF-34)."""

    invoice: date | None = None
    certificate: date | None = None
    factory_month: date | None = None
    acceptance: date | None = None
    installation: date | None = None
    signing: date | None = None


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

    An ``excluded`` row is not covered unless somebody overrides it (CF-10). A
    ``lifetime`` row is covered after its months too, but no longer at the
    customer's (WAR-06, WAR-32). ``onsite_months`` is how long service at the
    customer's is free: with mode *onsite* the whole term unless said otherwise,
    otherwise 0 (WAR-28, WAR-29).
    """

    category: str
    months: int
    start_basis: str = "sale"
    rule: str = "WAR-03"
    excluded: bool = False
    lifetime: bool = False
    mode: str = "onsite"
    onsite_months: int = 0

    @property
    def free_visits(self) -> int:
        """Months of free service at the customer's."""
        return self.onsite_months or (self.months if self.mode == "onsite" else 0)


@dataclass(frozen=True)
class Exclusion:
    """What was found on the machine and is outside the warranty (WAR-24, OOW-02).

    ``key`` is the row of the programme's table, ``rule`` the rule it rests on.
    """

    key: int
    rule: str


def start_date(basis: str, proofs: Proofs) -> tuple[date | None, str]:
    """First day of the term and the proof it rests on.

    *sale* takes the invoice, else the three-guarantee certificate, else the
    factory month; only its month is known, so the customer has the benefit of
    the doubt and it counts from the last day (WAR-01, WAR-02, CF-34).
    """
    candidates = ("invoice", "certificate", "factory_month")
    for proof in candidates if basis == "sale" else (basis,):
        day = getattr(proofs, proof)
        if day and proof == "factory_month":
            day = day.replace(day=1) + relativedelta(months=1, days=-1)
        if day:
            return day, proof
    return None, ""


def last_day(start: date, months: int) -> date:
    """Last covered day of a term of ``months`` that begins on ``start``."""
    return start + relativedelta(months=months) - timedelta(days=1)


def term_for(category: str, terms: Mapping[str, Term]) -> Term | None:
    """The term of a part category, else that of the whole machine (WAR-29)."""
    return terms.get(category) or terms.get(WHOLE_MACHINE)


def warranty(
    part: Part,
    terms: Mapping[str, Term],
    proofs: Proofs,
    on: date,
    exclusion: Exclusion | None = None,
    replacement_months: int = REPLACEMENT_MONTHS,
) -> Answer:
    """The warranty's answer for ``part`` on the day ``on``.

    :param terms: part category → its row in the programme's table
    :param exclusion: what was found on this part; it wins over any term (CF-32)
    :param replacement_months: own term of a replaced part (OOW-16)
    """
    answer = _term(part, terms, proofs, on, replacement_months)
    if exclusion and answer.verdict == "warranty":
        return Answer(
            "warranty",
            "chargeable",
            "excluded",
            exclusion.rule,
            {"exclusion_id": exclusion.key},
            answer.date_start,
            answer.date_end,
        )
    return answer


def _term(part, terms, proofs, on, replacement_months):
    if part.source == "customer":  # WAR-05
        return Answer("warranty", "chargeable", "own_part", "WAR-05")
    if part.source == "gift" or part.category == GIFT:  # WAR-04, CF-10
        return Answer("warranty", "chargeable", "gift", "WAR-04")
    term = term_for(part.category, terms)
    if term and term.excluded:
        return Answer("warranty", "chargeable", "gift", "WAR-04")
    if part.source == "replacement" and part.installed_on:
        return _replacement(part, on, replacement_months, term, proofs)
    if not term:
        return Answer("warranty", "chargeable", "no_term", "WAR-03")
    start, proof = start_date(term.start_basis, proofs)
    inputs = {"months": term.months, "basis": term.start_basis}
    if not start:
        return Answer("warranty", "chargeable", "no_start", term.rule, inputs)
    inputs["proof"] = proof
    end = last_day(start, term.months)
    # of a factory month nobody knows the day: the doubt is the customer's
    first = start.replace(day=1) if proof == "factory_month" else start
    if on < first:
        reason, covered = "not_started", False
    elif on <= end:
        reason, covered = "term", True
    else:
        reason, covered = ("life", True) if term.lifetime else ("expired", False)
    return Answer(
        "warranty",
        "warranty" if covered else "chargeable",
        reason,
        term.rule,
        inputs,
        start,
        None if reason == "life" else end,
        _onsite_end(term, start),
    )


def _onsite_end(term, start):
    return last_day(start, term.free_visits) if term and term.free_visits else None


def _replacement(part, on, months, term, proofs):
    """A replaced part: three months, or the old part's remainder if longer.

    OOW-16 gives the three months; that the remainder goes on is our reading of
    AMB-17.
    """
    own_end = last_day(part.installed_on, months)
    end = max(own_end, part.inherited_end or own_end)
    covered = part.installed_on <= on <= end
    reason = "replaced" if covered else "expired"
    if on < part.installed_on:
        reason = "not_started"
    start = term and start_date(term.start_basis, proofs)[0]
    return Answer(
        "warranty",
        "warranty" if covered else "chargeable",
        reason,
        "OOW-16",
        {"months": months, "proof": "replacement"},
        part.installed_on,
        end,
        _onsite_end(term, start) if start else None,
    )


def best(answers: Iterable[Answer]) -> Answer | None:
    """The answer that counts: the most favourable verdict, first come first."""
    answers = list(answers)
    if not answers:
        return None
    return min(answers, key=lambda answer: VERDICTS.index(answer.verdict))
