# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading a list of public holidays from a CSV file.

The file has three columns, in English or Chinese, one row a day::

    date,name,kind
    2026-10-01,National Day,off
    2026-10-10,National Day,work

*off* is a day off, *work* a make-up working day. Nothing here touches a database.
"""

import csv
from dataclasses import dataclass
from datetime import date

COLUMNS = {
    "date": "date",
    "日期": "date",
    "name": "name",
    "名称": "name",
    "kind": "kind",
    "类型": "kind",
}
KINDS = {"off": "off", "休": "off", "放假": "off"} | {
    "work": "work",
    "班": "work",
    "上班": "work",
}
# UTF-8 with or without a mark, else what Chinese office programs write.
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class HolidayRow:
    """One line of the file; ``error`` names what is wrong with it, else None.

    ``error`` is (code, value): *column*, *date*, *name*, *kind* or *twice*.
    """

    line: int
    date: date | None
    name: str
    kind: str
    error: tuple[str, str] | None = None


def decode(content: bytes) -> str:
    """The text of a file, whatever office program wrote it.

    :raises ValueError: the content is no text
    """
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("not a text file")


def parse(text: str) -> list[HolidayRow]:
    """The rows of a holiday file, each with its error if it has one."""
    reader = csv.reader(text.splitlines())
    header = [COLUMNS.get(title.strip().lower(), "") for title in next(reader, [])]
    missing = {"date", "name", "kind"} - set(header)
    if missing:
        return [HolidayRow(1, None, "", "", ("column", ", ".join(sorted(missing))))]
    rows, seen = [], set()
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        values = dict.fromkeys(header, "")
        values |= {
            title: cell.strip() for title, cell in zip(header, cells, strict=False)
        }
        row = _parse_row(reader.line_num, values, seen)
        if row.date:
            seen.add(row.date)
        rows.append(row)
    return rows


def _parse_row(line, values, seen):
    kind = KINDS.get(values["kind"].lower(), "")
    error = None
    try:
        day = date.fromisoformat(values["date"].replace("/", "-"))
    except ValueError:
        day, error = None, ("date", values["date"])
    if not error and not values["name"]:
        error = ("name", "")
    if not error and not kind:
        error = ("kind", values["kind"])
    if not error and day in seen:
        error = ("twice", day.isoformat())
    return HolidayRow(line, day, values["name"], kind, error)
