# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import split_every

from ..tools.schedule import PERIODS


class ServiceProgramDuty(models.Model):
    """One report, inspection, visit or reconciliation that a programme asks for.

    Opened from the rows of ``service.program.report`` by a cron, noted by a person
    (RPT-01, REC-01, PM-01 to PM-04).
    """

    _name = "service.program.duty"
    _description = "Recurring Duty"
    _inherit = ["service.guarded.mixin"]
    _order = "due_at, id"
    _check_company_auto = True
    _guarded_fields = frozenset(
        {"report_id", "station_id", "company_id", "due_at", "done_at", "done_by_id"}
    )

    report_id = fields.Many2one(
        comodel_name="service.program.report",
        string="Row of the schedule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(related="report_id.name", string="Duty")
    rule = fields.Char(related="report_id.rule")
    details = fields.Char(related="report_id.note", string="What it is about")
    kind = fields.Selection(related="report_id.kind", store=True)
    program_id = fields.Many2one(related="report_id.program_id", store=True, index=True)
    station_id = fields.Many2one(
        comodel_name="service.station",
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    done_at = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    note = fields.Char(help="What came of it, or where the paper is.")
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    _once = models.UniqueIndex(
        "(company_id, report_id, COALESCE(station_id, 0), due_at)",
        "This duty is open already.",
    )
    # What the desk counts.
    _open_idx = models.Index("(due_at) WHERE done_at IS NULL")

    @api.depends("done_at", "due_at")
    def _compute_is_late(self):
        for duty in self:
            now = (duty.company_id or self.env.company)._service_now()
            duty.is_late = bool(not duty.done_at and duty.due_at and duty.due_at < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("done_at", "=", False) & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("due_at", "<", company._service_now())
            for company in self.env.companies
        )

    def write(self, vals):
        """The note of a duty that is done stays as it is."""
        done = self.filtered("done_at")
        if "note" in vals and done and not self.env.su:
            raise UserError(
                self.env._(
                    "%(duty)s, due %(due)s: it is done already, its note stays.",
                    duty=done[0].name,
                    due=done[0].due_at,
                )
            )
        return super().write(vals)

    def action_done(self):
        """Note who did it and when; what is done already stays as it was noted."""
        self.check_access("write")
        todo = self.filtered(lambda duty: not duty.done_at)
        for company, duties in todo.grouped("company_id").items():
            duties._set_guarded(
                {"done_at": company._service_now(), "done_by_id": self.env.uid}
            )
        return True

    # ---------------------------------------------------
    # The schedule
    # ---------------------------------------------------

    @api.model
    def _get_places(self) -> list[tuple]:
        """Who owes what: (row of the schedule, company, station or none)."""
        reports = self.env["service.program.report"].search(
            [("period", "in", PERIODS), ("program_id.active", "=", True)]
        )
        local = self.env["service.station"].search([("kind", "=", "station")])
        nowhere = self.env["service.station"]
        return [
            (report, company, station)
            for company, stations in local.grouped("company_id").items()
            for report in reports
            for station in (stations if report.per_station else [nowhere])
        ]

    @api.model
    def _open_duties(self, places):
        """Open what fell due since the last duty of each place, and the next one.

        A place without a duty begins now: nobody is late for what was before.

        :param places: as of :meth:`_get_places`
        """
        latest = {
            place: due
            for *place, due in self._read_group(
                [("report_id", "in", [report.id for report, *__ in places])],
                ["report_id", "company_id", "station_id"],
                ["due_at:max"],
            )
            for place in [tuple(place)]
        }
        vals_list = []
        for report, company, station in places:
            now, tz = company._service_now(), company._service_tz()
            due = latest.get((report, company, station), now)
            while due and due <= now:
                due = report._get_next_due(due, tz)
                if due:
                    vals_list.append(
                        {
                            "report_id": report.id,
                            "company_id": company.id,
                            "station_id": station.id,
                            "due_at": due,
                        }
                    )
        return self.create(vals_list)

    @api.model
    def _cron_open_duties(self, batch_size=200):
        """Open the duties of all places in slices; running it again adds nothing."""
        progress = self.env["ir.cron"]._commit_progress
        places = self._get_places()
        progress(remaining=len(places))
        for part in split_every(batch_size, places):
            self._open_duties(part)
            if not progress(len(part)):
                break
