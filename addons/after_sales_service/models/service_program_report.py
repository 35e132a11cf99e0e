# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from ..tools.schedule import next_due


class ServiceProgramReport(models.Model):
    """A report, inspection or visit a programme asks for, and when (RPT-01, PM-01)."""

    _name = "service.program.report"
    _description = "Report of a Programme"
    _order = "program_id, sequence, id"

    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[
            ("report", "Report"),
            ("inspection", "Inspection"),
            ("visit", "Visit"),
            ("reconciliation", "Reconciliation"),
        ],
        required=True,
        default="report",
    )
    period = fields.Selection(
        selection=[
            ("week", "Every week"),
            ("month", "Every month"),
            ("quarter", "Every quarter"),
            ("half_year", "Every half year"),
            ("case", "After each case"),
            ("open", "Not stated"),
        ],
        required=True,
        default="week",
    )
    weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ]
    )
    day = fields.Integer(
        string="Day of the month",
        help="Of the first month of the period. 0: the last day of the period.",
    )
    hour = fields.Float(
        string="Before (time)", help="Time of day it is due. 0: the end of the day."
    )
    within_hours = fields.Integer(help="After a case: so many hours after its end.")
    per_station = fields.Boolean(
        string="Each station", help="Each local station owes its own."
    )
    note = fields.Char(translate=True)
    rule = fields.Char(required=True)

    _hour_of_day = models.Constraint(
        "CHECK (hour >= 0 AND hour <= 24 AND within_hours >= 0)",
        "A time of day is between 0:00 and 24:00.",
    )
    _day_of_month = models.Constraint(
        "CHECK (day >= 0 AND day <= 31)",
        "A day of the month is between 1 and 31; 0 is the last day of the period.",
    )

    def _init_column(self, column_name):
        """Rows from before this column: each local centre reports (RPT-01)."""
        if column_name == "per_station":
            self.env.cr.execute(
                "UPDATE service_program_report SET per_station = rule = 'RPT-01'"
            )
            return None
        return super()._init_column(column_name)

    def _get_next_due(self, after, tz):
        """The first due time later than ``after``, both naive UTC; None: never."""
        self.ensure_one()
        weekday = int(self.weekday) if self.weekday else None
        return next_due(self.period, weekday, self.day, self.hour, after, tz)
