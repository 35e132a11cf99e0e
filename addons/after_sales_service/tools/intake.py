# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rules of the intake: telephone numbers, repeats, the way of service, promises.

Times are naive UTC datetimes. Nothing here touches a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# Fewer digits are no telephone number but a house number or a year.
MIN_PHONE_DIGITS = 5
COUNTRY_CODE = "86"
# A national number of China has 10 or 11 digits without its leading zero.
NATIONAL_DIGITS = 11

# A visit that is planned or under way; until the engineer leaves, the dispatcher
# may send somebody else.
OPEN_STATES = ("draft", "appointed", "departed", "arrived", "working")
MOVABLE_STATES = ("draft", "appointed")


def phone_key(text: str | None) -> str:
    """The digits of a telephone number, last one first, or "" for none.

    Country code and leading zeros go away, so however a number is written it
    gives the same key; and because the key begins with the last digit, the
    local number without its area code is the beginning of the whole key.

    >>> phone_key("+86 552 312 4567") == phone_key("0552-3124567")
    True
    >>> phone_key("0552-3124567").startswith(phone_key("3124567"))
    True
    """
    digits = "".join(sign for sign in text or "" if sign.isdecimal()).lstrip("0")
    if len(digits) > NATIONAL_DIGITS and digits.startswith(COUNTRY_CODE):
        digits = digits[len(COUNTRY_CODE) :].lstrip("0")
    return digits[::-1]


def serial_key(text: str | None) -> str:
    """What two spellings of one serial have in common: labels are in capitals,
    people type small letters.

    >>> serial_key(" tc-2026-0001 ")
    'TC-2026-0001'
    """
    return (text or "").strip().upper()


def is_phone(text: str) -> bool:
    """Whether what was typed can be a telephone number: digits and their signs."""
    return len(phone_key(text)) >= MIN_PHONE_DIGITS and not set(text) - set(
        "0123456789+-()/. "
    )


@dataclass(frozen=True)
class Case:
    """What a repeat is recognised by; ids, 0 or None where unknown.

    ``faults`` are whatever names the fault: the category of the suspected part,
    the service wanted.
    """

    key: int
    reported_at: datetime
    equipment: int = 0
    customer: int = 0
    faults: frozenset = frozenset()


def repeats(
    cases: Iterable[Case], earlier: Iterable[Case], days: Mapping[int, int]
) -> dict[int, int]:
    """Key of a case → key of the latest earlier one it repeats.

    A case repeats another when it is about the same machine, or the same
    customer has the same fault again, within so many days.

    :param days: key of a case → days looked back; 0 looks back at none
    """
    latest_first = sorted(earlier, key=lambda case: case.reported_at, reverse=True)
    result = {}
    for case in cases:
        oldest = case.reported_at - timedelta(days=days[case.key])
        for other in latest_first:
            if other.key == case.key or other.reported_at > case.reported_at:
                continue
            if other.reported_at < oldest or not days[case.key]:
                break
            same_machine = case.equipment and case.equipment == other.equipment
            same_fault = (
                case.customer
                and case.customer == other.customer
                and case.faults & other.faults
                and not (case.equipment and other.equipment)
            )
            if same_machine or same_fault:
                result[case.key] = other.key
                break
    return result


def delivery_mode(fault_kind: str | None, onsite_wanted: bool) -> str:
    """How to help: a visit is mainly for hardware faults (DSP-08, DSP-25).

    What is wrong with software or operation is first tried from afar, unless
    the customer asks for somebody to come.
    """
    if onsite_wanted or fault_kind in (None, "", "hardware"):
        return "onsite"
    return "remote"


def promise_state(due_at: datetime, now: datetime) -> str:
    """How a promise fulfilled now ends: kept, or late (DSP-07)."""
    return "kept" if now <= due_at else "late"
