# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceHolidayList(models.Model):
    """The public holidays of a country, with the working days that make up for them.

    A calendar names the list it follows; one list serves many calendars.
    """

    _name = "service.holiday.list"
    _description = "List of Public Holidays"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    day_ids = fields.One2many(
        comodel_name="service.holiday.day", inverse_name="list_id", string="Days"
    )
    calendar_ids = fields.One2many(
        comodel_name="resource.calendar",
        inverse_name="holiday_list_id",
        string="Calendars that follow it",
    )
    active = fields.Boolean(default=True)

    def _get_programs(self):
        """The programmes that run by a calendar of these lists."""
        calendars = self.calendar_ids
        policies = self.env["service.sla.policy"].search(
            [("calendar_id", "in", calendars.ids)]
        )
        programs = self.env["service.program"].search(
            [
                "|",
                ("hotline_calendar_id", "in", calendars.ids),
                ("onsite_calendar_id", "in", calendars.ids),
            ]
        )
        return programs | policies.program_id

    def action_import(self):
        """Open the import of a file of days."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import public holidays"),
            "res_model": "service.holiday.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_list_id": self.id},
        }


class ServiceHolidayDay(models.Model):
    """A day off, or a day of the weekend that is worked instead."""

    _name = "service.holiday.day"
    _description = "Public Holiday"
    _order = "date desc"
    _rec_name = "date"

    list_id = fields.Many2one(
        comodel_name="service.holiday.list",
        required=True,
        index=True,
        ondelete="cascade",
    )
    date = fields.Date(required=True)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[("off", "Day off"), ("work", "Make-up working day")],
        required=True,
        default="off",
    )

    _date_uniq = models.UniqueIndex(
        "(list_id, date)", "This day is in the list already."
    )
