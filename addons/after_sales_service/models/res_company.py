# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.clock import UTC, to_local


class ResCompany(models.Model):
    _inherit = "res.company"

    service_sandbox = fields.Boolean(
        string="After-sales sandbox",
        help="In a sandbox company the after-sales clock is the test clock below, so "
        "that months of callbacks, returns and bills can be played in minutes.",
    )
    service_test_now = fields.Datetime(
        string="Test clock",
        help="What time it is in a sandbox company. It only moves forward.",
    )
    service_retest_min = fields.Integer(
        string="Re-tests at hand-over",
        default=2,
        help="How often a repaired machine is tested in front of the customer "
        "before he takes it.",
    )  # SHOP-13, AMB-11
    service_repeat_days = fields.Integer(
        string="Repeat guard (days)",
        default=30,
        help="A machine or fault reported again within so many days is flagged and "
        "linked. A programme may name its own.",
    )
    service_note_days = fields.Integer(
        string="Days between progress notes",
        default=2,
        help="How often the customer of a late repair is told how it goes.",
    )  # SHOP-10, AMB-12
    service_pickup_days = fields.Integer(
        string="Days until a pick-up is overdue",
        default=7,
        help="A machine that its called owner has not fetched for so many days is "
        "shown on the workshop's desk. 0: never.",
    )
    service_wait_minutes = fields.Integer(
        string="Longest wait at the counter (minutes)",
        help="Empty: no limit. Customers of accepted shop tickets who wait longer "
        "are shown first.",
    )  # SHOP-02, AMB-13: the source leaves the number blank
    service_status_days = fields.Integer(
        string="Days a status page stays open",
        default=30,
        help="How long the page behind the code on the customer's copy answers after "
        "the machine is handed over.",
    )

    _service_note_days_positive = models.Constraint(
        "CHECK (service_note_days >= 1)",
        "A late customer is told at least once in so many days: fill in 1 or more "
        "(SHOP-10).",
    )
    _service_retest_min_two = models.Constraint(
        "CHECK (service_retest_min >= 2)",
        "A repaired machine is re-tested at least twice (SHOP-13).",
    )

    _service_repeat_days_positive = models.Constraint(
        "CHECK (service_repeat_days >= 0)",
        "The repeat guard cannot look into the future.",
    )

    @api.constrains("service_sandbox", "service_test_now")
    def _check_service_test_now(self):
        for company in self:
            if company.service_sandbox and not company.service_test_now:
                raise ValidationError(
                    self.env._(
                        "Company %(company)s is a sandbox: set its test clock.",
                        company=company.name,
                    )
                )

    def write(self, vals):
        new = fields.Datetime.to_datetime(vals.get("service_test_now"))
        for company in self if new else ():
            if company.service_test_now and new < company.service_test_now:
                raise ValidationError(
                    self.env._(
                        "The test clock of %(company)s only moves forward: "
                        "%(new)s is before %(old)s.",
                        company=company.name,
                        new=new,
                        old=company.service_test_now,
                    )
                )
        return super().write(vals)

    def _service_now(self) -> datetime:
        """The one source of now: naive UTC, from the test clock in a sandbox."""
        self.ensure_one()
        # sudo: everybody needs the time, the settings of a company are not his
        company = self.sudo()
        if company.service_sandbox and company.service_test_now:
            return company.service_test_now
        return fields.Datetime.now()

    def _service_tz(self) -> str:
        """Time zone in which a day of this company begins and ends."""
        # sudo: the company's calendar and partner may be fenced
        company = self.sudo()
        return (
            company.resource_calendar_id.tz
            or company.partner_id.tz
            or self.env.user.tz
            or "UTC"
        )

    def _service_today(self) -> date:
        """Today in the company's time zone."""
        return self._service_date(self._service_now())

    def _service_date(self, at: datetime) -> date:
        """The day of a moment (naive UTC) in the company's time zone."""
        return to_local(at, self._service_tz()).date()

    def _service_day(self) -> tuple:
        """Begin and end of today in the company's time zone, as naive UTC."""
        zone = ZoneInfo(self._service_tz())
        start = datetime.combine(self._service_today(), time.min, zone)
        return tuple(
            moment.astimezone(UTC).replace(tzinfo=None)
            for moment in (start, start + timedelta(days=1))
        )
