# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import itertools
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.clock import Calendar, to_local

SUNDAY = 6


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    name = fields.Char(translate=True)
    holiday_list_id = fields.Many2one(
        comodel_name="service.holiday.list",
        string="Public holidays",
        index="btree_not_null",
        help="Empty: open on public holidays as on any other day.",
    )
    holiday_hours = fields.Selection(
        selection=[("closed", "Closed"), ("sunday", "Hours of a Sunday")],
        string="On a public holiday",
        default="closed",
    )

    @api.constrains("attendance_ids", "two_weeks_calendar")
    def _check_service_hours(self):
        """A calendar that a promise runs in keeps its hours."""
        empty = self.filtered(lambda calendar: not calendar._get_shifts())
        if empty:
            # sudo: whoever edits the calendar need not see programmes
            programs = self.env["service.program"].sudo()
            policies = self.env["service.sla.policy"].sudo()
            used = programs.search(
                [
                    "|",
                    ("hotline_calendar_id", "in", empty.ids),
                    ("onsite_calendar_id", "in", empty.ids),
                ]
            )
            used |= policies.search([("calendar_id", "in", empty.ids)]).program_id
            for program in used:
                empty._check_has_hours(program.name)

    def _check_has_hours(self, where):
        """Refuse a calendar that never opens.

        :param where: the policy or programme that uses it, for the message
        """
        for calendar in self:
            if not calendar._get_shifts():
                raise ValidationError(
                    self.env._(
                        "%(where)s: calendar %(calendar)s has no hours, so nothing "
                        "could ever fall due. A service manager can choose another "
                        "calendar or give it hours.",
                        where=where,
                        calendar=calendar.name,
                    )
                )

    def _check_overlap(self, attendance_ids):
        """Name the two shifts that overlap; core says only that some do."""
        days = dict(
            attendance_ids._fields["dayofweek"]._description_selection(self.env)
        )
        for day, shifts in attendance_ids.grouped("dayofweek").items():
            shifts = shifts.sorted(lambda shift: (shift.hour_from, shift.hour_to))
            for first, second in itertools.pairwise(shifts):
                if second.hour_from < first.hour_to:
                    raise ValidationError(
                        self.env._(
                            "Calendar %(calendar)s, %(day)s: the shifts %(first)s and "
                            "%(second)s overlap. Change the hours of one of them.",
                            calendar=self.name,
                            day=days[day],
                            first=first._get_hours_label(),
                            second=second._get_hours_label(),
                        )
                    )
        return super()._check_overlap(attendance_ids)

    @api.model_create_multi
    def create(self, vals_list):
        calendars = super(ResourceCalendar, self._checks_shifts()).create(vals_list)
        return calendars.with_env(self.env)

    def write(self, vals):
        return super(ResourceCalendar, self._checks_shifts()).write(vals)

    def switch_calendar_type(self):
        return super(ResourceCalendar, self._checks_shifts()).switch_calendar_type()

    def switch_based_on_duration(self):
        return super(ResourceCalendar, self._checks_shifts()).switch_based_on_duration()

    def _checks_shifts(self):
        """Shifts changed through their calendar are checked by it, all at once."""
        return self.with_context(calendar_checks_shifts=True)

    def _get_shifts(self):
        """Weekday (0 = Monday) → ((from, to), …) in minutes; breaks left out."""
        self.ensure_one()
        shifts = {}
        for attendance in self.attendance_ids:
            if attendance.day_period != "lunch" and not attendance.display_type:
                shifts.setdefault(int(attendance.dayofweek), []).append(
                    (round(attendance.hour_from * 60), round(attendance.hour_to * 60))
                )
        return {day: tuple(sorted(hours)) for day, hours in shifts.items()}

    def _get_clock_calendars(self) -> dict:
        """Each calendar as :class:`tools.clock.Calendar`, keyed by its id.

        Weekly attendances become shifts (lunch breaks are left out), leaves
        without a resource become closed days, the list of public holidays closed
        days and make-up working days.
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
            shifts = calendar._get_shifts()
            extra = calendar._get_holiday_hours(shifts)
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
                    extra.pop(day, None)
                    day += timedelta(days=1)
            result[calendar.id] = Calendar(
                calendar.tz, shifts, frozenset(closed), extra
            )
        return result

    def _get_holiday_hours(self, shifts):
        """Hours of single days by the list of public holidays: date → shifts.

        A make-up working day has the hours of the first working day of the week,
        unless its own weekday is open anyway.
        """
        working = next((shifts[day] for day in range(7) if day in shifts), ())
        hours = {}
        for day in self.holiday_list_id.day_ids:
            if day.kind == "work":
                hours[day.date] = (
                    working
                    if day.date.weekday() not in shifts
                    or self.holiday_hours == "sunday"
                    else shifts[day.date.weekday()]
                )
            else:
                hours[day.date] = (
                    shifts.get(SUNDAY, ()) if self.holiday_hours == "sunday" else ()
                )
        return hours


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.constrains("calendar_id", "dayofweek", "hour_from", "hour_to", "week_type")
    def _check_calendar(self):
        """A shift changed by itself does not overlap another one of its calendar."""
        if not self.env.context.get("calendar_checks_shifts"):
            self.calendar_id._check_attendance_ids()

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        if not self.env.context.get("calendar_checks_shifts"):
            calendars.exists()._check_service_hours()
        return result

    def _get_hours_label(self):
        """The shift as 08:30-12:00."""
        self.ensure_one()
        return "-".join(
            "{:02}:{:02}".format(*divmod(round(hour * 60), 60))
            for hour in (self.hour_from, self.hour_to)
        )
