# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date


class ServiceChecklistLine(models.Model):
    """A row that the customer hears so many days ahead of the visit (EMG-13)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.checklist.line"

    notice_first = fields.Integer(
        string="Days ahead, earliest",
        help="A notice to the customer: not more days before the visit than these. "
        "0: no notice.",
    )
    notice_last = fields.Integer(
        string="Days ahead, latest",
        help="A notice to the customer: so many days before the visit at the latest.",
    )

    @api.constrains("notice_first", "notice_last", "gate", "kind")
    def _check_notice(self):
        for line in self:
            if not (line.notice_first or line.notice_last):
                continue
            if (
                line.notice_first < line.notice_last
                or line.notice_last < 0
                or (line.gate, line.kind) != ("depart", "consent")
            ):
                raise ValidationError(
                    self.env._(
                        "Row %(row)s: a notice is a consent needed before leaving; "
                        "its days ahead go from the earliest (%(first)s) down to the "
                        "latest (%(last)s).",
                        row=line.name,
                        first=line.notice_first,
                        last=line.notice_last,
                    )
                )


class ServiceVisitCheck(models.Model):
    """A notice is a row with days: told from the one, by the other."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit.check"

    active = fields.Boolean(
        default=True,
        readonly=True,
        help="No: of an appointment that was moved to another day.",
    )
    notice_from = fields.Date(string="Say from", readonly=True)
    notice_due = fields.Date(string="Say by", readonly=True)
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Not said by that day, or said later.",
    )
    partner_id = fields.Many2one(related="visit_id.partner_id")
    partner_phone = fields.Char(related="visit_id.partner_id.phone", string="Phone")
    window_start = fields.Datetime(
        related="visit_id.window_start", string="Appointment"
    )
    visit_state = fields.Selection(
        related="visit_id.state", string="State of the visit"
    )

    # What the desk counts.
    _notice_idx = models.Index("(notice_due) WHERE notice_due IS NOT NULL")

    @api.depends("notice_due", "ticked", "answered_at")
    def _compute_is_late(self):
        for check in self:
            company = check.company_id or self.env.company
            day = (
                company._service_date(check.answered_at)
                if check.ticked
                else company._service_today()
            )
            check.is_late = bool(check.notice_due) and day > check.notice_due

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("ticked", "=", False) & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("notice_due", "<", company._service_today())
            for company in self.env.companies
        )

    def write(self, vals):
        """Who was told what and when stays as it was noted."""
        told = self.filtered(lambda check: check.notice_due and check.ticked)
        if told and not self.env.su:
            told._refuse_told()
        return super().write(vals)

    def _refuse_told(self):
        raise UserError(
            self.env._(
                "Visit %(visit)s, %(row)s: the customer was told on %(day)s, that "
                "stays as it was noted.",
                visit=self[0].visit_id.name,
                row=self[0].name,
                day=self[0].company_id._service_date(self[0].answered_at),
            )
        )

    def action_tick(self):
        """A notice asks who was told and what was said."""
        notice = self.filtered("notice_due")
        return notice[:1].action_tell() if notice else super().action_tick()

    def action_tell(self):
        """The dialog that records a notice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Notice to the customer"),
            "res_model": "service.visit.notice",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_check_id": self.id,
                "default_told": self.visit_id.partner_id.name,
            },
        }

    def _tell(self, told, note):
        """Record a notice: who was told what, by whom and when (EMG-13)."""
        self.ensure_one()
        self.check_access("read")
        if self.ticked:
            self._refuse_told()
        needed = {
            self.env._("Told and agreed"): told,
            self.env._("What was said"): note,
        }
        missing = [label for label, text in needed.items() if not (text or "").strip()]
        if missing:
            raise UserError(
                self.env._(
                    "Visit %(visit)s, %(row)s: fill in %(missing)s (%(rule)s).",
                    visit=self.visit_id.name,
                    row=self.name,
                    missing=", ".join(missing),
                    rule=self.rule,
                )
            )
        # sudo: the desk phones the customer too, and answers no other row
        self.sudo().write({"ticked": True, "signed_by": told, "note": note})


class ServiceVisit(models.Model):
    """What the customer is told ahead, by the rows of the checklists (EMG-13)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    notice_ids = fields.One2many(
        comodel_name="service.visit.check",
        inverse_name="visit_id",
        string="Notices to the customer",
        domain=[("notice_due", "!=", False)],
        context={"active_test": False},
    )
    notice_id = fields.Many2one(
        comodel_name="service.visit.check",
        string="Notice to give",
        compute="_compute_notice",
    )
    notice_text = fields.Char(compute="_compute_notice")
    notice_late = fields.Boolean(compute="_compute_notice")

    @api.depends("state", "check_ids.notice_due", "check_ids.ticked")
    @api.depends_context("lang")
    def _compute_notice(self):
        """The next notice that nobody gave yet."""
        for visit in self:
            waiting = visit.check_ids.filtered(
                lambda check: check.notice_due and not check.ticked
            )
            ahead = visit.state in ("draft", "appointed")
            notice = waiting.sorted("notice_due")[:ahead]
            visit.notice_id = notice
            visit.notice_text = notice and self.env._(
                "%(notice)s: %(first)s to %(last)s",
                notice=notice.name,
                first=format_date(self.env, notice.notice_from),
                last=format_date(self.env, notice.notice_due),
            )
            visit.notice_late = notice.is_late

    def action_tell(self):
        """Record the next notice."""
        return self.notice_id.action_tell() if self.notice_id else True

    def _get_notice_dates(self, line):
        """First and last day of a notice before this appointment.

        A day the customer agreed to by himself makes nothing late at once.
        """
        self.ensure_one()
        if not (line.notice_first and self.window_start):
            return {}
        day = self.company_id._service_date(self.window_start)
        due = day - timedelta(days=line.notice_last)
        goes_on = "rescheduled" in self.ticket_id.visit_ids.mapped("state")
        if self.move_ids or goes_on:
            due = max(due, self.company_id._service_today())
        first = day - timedelta(days=line.notice_first)
        return {"notice_from": first, "notice_due": due}

    def _drop_notices(self):
        """Take away notices of another day; what was said or missed stays on record."""
        stale = self.check_ids.filtered(
            lambda check: (
                check.notice_from
                != check.visit_id._get_notice_dates(check.line_id).get(
                    "notice_from", False
                )
            )
        )
        kept = stale.filtered(
            lambda check: (
                check.ticked or (check.is_late and check.visit_id.state != "draft")
            )
        )
        kept.active = False
        (stale - kept).unlink()
