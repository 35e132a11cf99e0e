# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Checklists of visits: is a row answered, and is a measured value allowed?"""

from dataclasses import dataclass

GATES = ("depart", "start", "done")


@dataclass(frozen=True)
class Item:
    """One row of a checklist.

    :param kind: tick, yesno, number, text, photo, consent or signature
    :param low: lowest allowed number in the unit of the row, 0: no limit
    :param high: highest allowed number, 0: no limit
    """

    kind: str
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What was noted on a row; a kind reads its own part of it.

    :param ticked: done (tick) or agreed (consent)
    :param choice: "yes", "no" or "" (yesno)
    :param text: what was written (text) or measured (number)
    :param image: whether a photo or a signature is there
    :param name: who agreed or signed
    """

    ticked: bool = False
    choice: str = ""
    text: str = ""
    image: bool = False
    name: str = ""


def read_number(text: str) -> float:
    """A number as people type it: ``2.4``, ``2,4`` or with wide digits and stop.

    :raises ValueError: ``text`` is no finite number
    """
    number = float(text.strip().replace(",", ".").replace("．", "."))
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def judge(item: Item, answer: Answer) -> str:
    """``open``: still to do; ``ok``; ``out``: measured, but outside its limits.

    A consent counts with the name of who gave it, a signature with picture and
    name (VIS-12, VIS-16, VIS-17).

    :raises ValueError: the row wants a number and has another text
    """
    if item.kind == "number":
        if not answer.text.strip():
            return "open"
        number = read_number(answer.text)
        too_low = item.low and number < item.low
        too_high = item.high and number > item.high
        return "out" if too_low or too_high else "ok"
    answered = {
        "tick": answer.ticked,
        "yesno": bool(answer.choice),
        "text": bool(answer.text.strip()),
        "photo": answer.image,
        "consent": answer.ticked and bool(answer.name.strip()),
        "signature": answer.image and bool(answer.name.strip()),
    }[item.kind]
    return "ok" if answered else "open"


def gates_until(gate: str) -> tuple:
    """The gates that must be passed up to and including ``gate``."""
    return GATES[: GATES.index(gate) + 1]
