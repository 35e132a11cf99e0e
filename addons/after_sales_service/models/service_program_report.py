# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceProgramReport(models.Model):
    """A report a programme asks for, and when (RPT-01)."""

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
    period = fields.Selection(
        selection=[
            ("week", "Every week"),
            ("month", "Every month"),
            ("quarter", "Every quarter"),
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
    hour = fields.Float(string="Before (time)", help="Time of day it is due.")
    within_hours = fields.Integer(help="After a case: so many hours after its end.")
    note = fields.Char()
    rule = fields.Char(required=True)

    _hour_of_day = models.Constraint(
        "CHECK (hour >= 0 AND hour <= 24 AND within_hours >= 0)",
        "A time of day is between 0:00 and 24:00.",
    )
