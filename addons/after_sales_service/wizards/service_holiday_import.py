# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import holiday as holiday_tools


class ServiceHolidayImport(models.TransientModel):
    """A file of public holidays: looked at first, then imported whole or not at all."""

    _name = "service.holiday.import"
    _description = "Import Public Holidays"

    list_id = fields.Many2one(
        comodel_name="service.holiday.list", string="Into", required=True
    )
    file = fields.Binary(
        help="CSV with the columns date, name and kind (off or work), or in Chinese.",
    )
    filename = fields.Char()
    line_ids = fields.One2many(
        comodel_name="service.holiday.import.line",
        inverse_name="import_id",
        compute="_compute_line_ids",
        store=True,
        string="What the file says",
    )
    error_count = fields.Integer(compute="_compute_error_count")
    change_count = fields.Integer(compute="_compute_error_count")

    @api.depends("file", "list_id")
    def _compute_line_ids(self):
        """Compare every row of the file with the list; nothing is written yet."""
        for wizard in self:
            present = {day.date: day for day in wizard.list_id.day_ids}
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    wizard._prepare_line_vals(row, present.get(row.date))
                )
                for row in wizard._read_rows()
            ]

    @api.depends("line_ids.outcome")
    def _compute_error_count(self):
        for wizard in self:
            outcomes = wizard.line_ids.mapped("outcome")
            wizard.error_count = outcomes.count("error")
            wizard.change_count = outcomes.count("new") + outcomes.count("changed")

    def _read_rows(self):
        if not self.file:
            return []
        try:
            # the web client saves with bin_size, which would give the size only
            content = self.with_context(bin_size=False).file
            text = holiday_tools.decode(base64.b64decode(content))
        except ValueError:
            return [holiday_tools.HolidayRow(1, None, "", "", ("column", "CSV"))]
        return holiday_tools.parse(text)

    def _prepare_line_vals(self, row, day):
        same = day and (day.name, day.kind) == (row.name, row.kind)
        return {
            "line": row.line,
            "date": row.date,
            "name": row.name,
            "kind": row.kind or False,
            "outcome": "error"
            if row.error
            else "same"
            if same
            else "changed"
            if day
            else "new",
            "problem": row.error and self._get_problem(*row.error),
        }

    @api.model
    def _get_problem(self, code, value):
        return {
            "column": self.env._("The file has no column: %s", value),
            "date": self.env._("%s is no date. Write it like 2026-10-01.", value),
            "name": self.env._("The name of the holiday is missing."),
            "kind": self.env._("Kind is %s; it must be off or work.", value or '""'),
            "twice": self.env._("%s stands in the file twice.", value),
        }[code]

    def action_import(self):
        """Write the days into the list and let the clocks follow."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Choose a file with days first."))
        wrong = self.line_ids.filtered(lambda line: line.outcome == "error")
        if wrong:
            raise UserError(
                self.env._(
                    "Nothing was imported. Mend these lines of the file first:\n%s",
                    "\n".join(f"{line.line}: {line.problem}" for line in wrong[:20]),
                )
            )
        present = {day.date: day for day in self.list_id.day_ids}
        for line in self.line_ids.filtered(lambda line: line.outcome == "changed"):
            present[line.date].write({"name": line.name, "kind": line.kind})
        self.env["service.holiday.day"].create(
            [
                {
                    "list_id": self.list_id.id,
                    "date": line.date,
                    "name": line.name,
                    "kind": line.kind,
                }
                for line in self.line_ids
                if line.outcome == "new"
            ]
        )
        self.list_id._get_programs()._replay_later()
        return {"type": "ir.actions.act_window_close"}


class ServiceHolidayImportLine(models.TransientModel):
    _name = "service.holiday.import.line"
    _description = "Line of a Holiday File"
    _order = "line"

    import_id = fields.Many2one(
        comodel_name="service.holiday.import", required=True, ondelete="cascade"
    )
    line = fields.Integer()
    date = fields.Date()
    name = fields.Char()
    kind = fields.Selection(
        selection=[("off", "Day off"), ("work", "Make-up working day")]
    )
    outcome = fields.Selection(
        selection=[
            ("new", "New"),
            ("changed", "Changed"),
            ("same", "Known already"),
            ("error", "Wrong"),
        ]
    )
    problem = fields.Char()
