# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import models

from ..tools.clock import Calendar, to_local


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _get_clock_calendars(self) -> dict:
        """Each calendar as :class:`tools.clock.Calendar`, keyed by its id.

        Weekly attendances become shifts (lunch breaks are left out), leaves
        without a resource become closed days.
        """
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                "|",
                ("calendar_id", "in", self.ids),
                ("calendar_id", "=", False),
            ]
        )
        result = {}
        for calendar in self:
            shifts = {}
            for attendance in calendar.attendance_ids:
                if attendance.day_period != "lunch":
                    shifts.setdefault(int(attendance.dayofweek), []).append(
                        (
                            round(attendance.hour_from * 60),
                            round(attendance.hour_to * 60),
                        )
                    )
            closed = set()
            for leave in leaves:
                if leave.calendar_id and leave.calendar_id != calendar:
                    continue
                if leave.company_id and leave.company_id != calendar.company_id:
                    continue
                day = to_local(leave.date_from, calendar.tz).date()
                last = to_local(leave.date_to, calendar.tz).date()
                while day <= last:
                    closed.add(day)
                    day += timedelta(days=1)
            result[calendar.id] = Calendar(
                calendar.tz,
                {day: tuple(hours) for day, hours in shifts.items()},
                frozenset(closed),
            )
        return result
