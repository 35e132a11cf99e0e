# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from odoo.addons.after_sales_service.tools import clock as clock_tools


class SparePartRequest(models.Model):
    """Approved the same day, shipped the next working day (PRT-05, AMB-23)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "spare.part.request"

    @property
    def _guarded_fields(self):
        return super()._guarded_fields | {
            "approve_due",
            "ship_due",
            "approve_late_reason",
            "ship_late_reason",
        }

    approve_due = fields.Datetime(string="Approve by", readonly=True, copy=False)
    ship_due = fields.Datetime(string="Ship by", readonly=True, copy=False)
    approve_late_reason = fields.Char(
        string="Approved late because", readonly=True, copy=False
    )
    ship_late_reason = fields.Char(
        string="Shipped late because", readonly=True, copy=False
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    def _get_deadlines(self, days) -> dict:
        """End of today's (0) or the next (1) working day, for each request.

        Working days are those of the station's calendar, else the company's; in a
        company that counts calendar days every day is one. What comes after closing
        time counts as of the next day.
        """
        # sudo: calendars and settings, for a date
        calendars = {
            request: request.station_id.calendar_id
            or request.company_id.resource_calendar_id
            for request in self.sudo()
        }
        known = self.env["resource.calendar"].sudo().union(*calendars.values())
        clocks = known._get_clock_calendars()
        result = {}
        for request in self:
            # sudo: settings of the company, whoever asks
            company = request.sudo().company_id
            calendar = clocks.get(calendars[request.sudo()].id)
            if not company.spare_clock_working:
                calendar = clock_tools.Calendar(
                    calendar.tz if calendar else company._service_tz(),
                    dict.fromkeys(range(7), ((0, 1440),)),
                )
            now = request._now()
            for late in (0, 1):
                promise = clock_tools.Promise(
                    "", "", days + late, "working_day", calendar, company._service_tz()
                )
                due = clock_tools.deadline(now, promise)
                if due >= now:
                    break
            result[request] = due
        return result

    @api.depends("approve_due", "ship_due", "state")
    def _compute_is_late(self):
        for request in self:
            request.is_late = bool(request._get_missed())

    def _search_is_late(self, operator, value):
        if operator != "in" or (value != {True} and list(value) != [True]):
            return NotImplemented
        now = self.env.company._service_now()
        return [
            "|",
            "&",
            ("state", "in", ("submitted", "verified")),
            ("approve_due", "<", now),
            "&",
            ("state", "in", ("approved", "planned")),
            ("ship_due", "<", now),
        ]

    def _get_missed(self):
        """The clock that has run out: name of its reason field, or nothing."""
        now = self._now()
        if self.kind == "oow":
            return ""
        if self.state == "submitted" and self.approve_due and self.approve_due < now:
            return "approve_late_reason"
        if (
            self.state in ("approved", "planned")
            and self.ship_due
            and self.ship_due < now
        ):
            return "ship_late_reason"
        return ""

    def action_explain_delay(self, reason):
        """Say why the same-day approval or the next-day shipping was missed."""
        self._require_group("branch", "warehouse")
        for request in self:
            missed = request._get_missed()
            if not missed:
                raise UserError(self.env._("%s is in time.", request.name))
            self._require_group(
                "branch" if missed == "approve_late_reason" else "warehouse"
            )
            # sudo: branch and warehouse explain, they do not write the request
            request.sudo()[missed] = reason.strip()
        return True

    def _check_explained(self, due, reason):
        """A missed clock needs its reason before the work goes on."""
        for request in self:
            if request._get_missed() == reason and not request[reason]:
                raise UserError(
                    self.env._(
                        "%(request)s was due on %(due)s. Press Explain the delay and "
                        "say why first (PRT-05).",
                        request=request.name,
                        due=format_datetime(self.env, request[due]),
                    )
                )

    def _get_expected_dates(self) -> dict:
        """The day the parts are expected at the station; False when nobody knows."""
        result = {}
        for request in self:
            # sudo: a setting
            days = timedelta(days=request.sudo().company_id.spare_transit_days)
            start = {
                "approved": request.ship_due and request.ship_due.date(),
                "planned": request.planned_date,
                "shipped": request.shipped_at and request.shipped_at.date(),
            }.get(request.state)
            result[request] = start + days if start else False
        return result
