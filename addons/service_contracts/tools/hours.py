# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Does an appointment lie within the hours of a promise (CARE-06)?"""

from datetime import datetime

from odoo.addons.after_sales_service.tools.clock import Calendar, to_local


def within(calendar: Calendar, start: datetime, end: datetime) -> bool:
    """Does the calendar stay open from ``start`` to ``end``?

    Times are naive UTC. A pause at noon belongs to the people, not to the promise:
    an appointment may reach over it, from one shift of the day into another.
    """
    first, last = to_local(start, calendar.tz), to_local(end, calendar.tz)
    hours = calendar.hours_on(first.date())
    if first.date() != last.date() or not hours:
        return False
    opens = min(begin for begin, _end in hours)
    closes = max(finish for _begin, finish in hours)
    return opens <= _minute(first) and _minute(last) <= closes


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
