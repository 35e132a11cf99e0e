# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import checklist as checklist_tools

ANSWERS = frozenset(
    {"ticked", "choice", "text", "photo", "signature", "signed_by", "note"}
)


class ServiceVisitCheck(models.Model):
    """The answer to one checklist row on one visit."""

    _name = "service.visit.check"
    _description = "Visit Checklist Row"
    _inherit = ["service.guarded.mixin"]
    _order = "visit_id, checklist_sequence, checklist_id, sequence, id"
    _rec_name = "line_id"
    _guarded_fields = frozenset(
        {"answered_at", "answered_by_id", "active", "notice_from", "notice_due"}
    )

    visit_id = fields.Many2one(
        comodel_name="service.visit", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="service.checklist.line",
        string="Row",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    checklist_id = fields.Many2one(related="line_id.checklist_id", store=True)
    checklist_sequence = fields.Integer(
        related="line_id.checklist_id.sequence",
        string="Checklist order",
        store=True,
    )
    sequence = fields.Integer(related="line_id.sequence", store=True)
    gate = fields.Selection(related="line_id.gate", store=True)
    name = fields.Char(related="line_id.name", string="What")
    hint = fields.Text(related="line_id.hint", string="How, or what to say")
    kind = fields.Selection(related="line_id.kind", string="Evidence")
    required = fields.Boolean(related="line_id.required", string="Mandatory")
    rule = fields.Char(related="line_id.rule")
    unit = fields.Char(related="line_id.unit")
    limits = fields.Char(compute="_compute_limits", help="The allowed numbers.")
    ticked = fields.Boolean(string="Done")
    choice = fields.Selection(
        selection=[("yes", "Yes"), ("no", "No")], string="Yes or no"
    )
    text = fields.Char(string="Answer", help="The text, or the number measured.")
    photo = fields.Image(max_width=1920, max_height=1920)
    signature = fields.Binary(attachment=True)
    signed_by = fields.Char(string="Agreed or signed by")
    note = fields.Char(string="Remark")
    answered_at = fields.Datetime(string="Answered on", readonly=True)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", string="Answered by", readonly=True
    )
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("ok", "Done"),
            ("out", "Outside the limits"),
            ("skipped", "Not needed"),
        ],
        compute="_compute_state",
    )
    summary = fields.Char(compute="_compute_summary", string="Answer in words")
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="visit_id.station_id", store=True, index=True)

    _once = models.UniqueIndex(
        "(visit_id, line_id) WHERE active", "This row is on the visit already."
    )

    @api.depends("line_id.min_value", "line_id.max_value", "line_id.unit")
    def _compute_limits(self):
        for check in self:
            line = check.line_id
            low, high = f"{line.min_value:g}", f"{line.max_value:g}"
            unit = line.unit or ""
            if line.min_value and line.max_value:
                check.limits = f"{low}–{high} {unit}"
            elif line.min_value:
                check.limits = f"≥ {low} {unit}"
            elif line.max_value:
                check.limits = f"≤ {high} {unit}"
            else:
                check.limits = unit

    def _get_answer(self):
        self.ensure_one()
        return checklist_tools.Answer(
            ticked=self.ticked,
            choice=self.choice or "",
            text=self.text or "",
            image=bool(self.photo if self.kind == "photo" else self.signature),
            name=self.signed_by or "",
        )

    @api.depends(
        "ticked",
        "choice",
        "text",
        "photo",
        "signature",
        "signed_by",
        "visit_id.check_ids.choice",
    )
    def _compute_state(self):
        for check in self:
            line = check.line_id
            if line.only_if_id and not check._is_called_for():
                check.state = "skipped"
                continue
            item = checklist_tools.Item(line.kind, line.min_value, line.max_value)
            try:
                check.state = checklist_tools.judge(item, check._get_answer())
            except ValueError:
                check.state = "open"

    def _is_called_for(self):
        """Whether the question this row follows was answered with yes."""
        question = self.line_id.only_if_id
        return any(
            other.choice == "yes"
            for other in self.visit_id.check_ids
            if other.line_id == question
        )

    @api.depends("state", "ticked", "choice", "text", "unit", "signed_by", "note")
    @api.depends_context("lang")
    def _compute_summary(self):
        """The answer as it is read in a list and printed."""
        choices = dict(self._fields["choice"]._description_selection(self.env))
        for check in self:
            if check.kind == "number" and check.text:
                words = [f"{check.text} {check.unit or ''}".strip()]
            elif check.kind == "yesno":
                words = [choices.get(check.choice, "")]
            elif check.kind in ("consent", "signature"):
                words = [check.signed_by or ""]
            else:
                words = [check.text or ""]
            check.summary = " · ".join(word for word in [*words, check.note] if word)

    @api.constrains("text", "line_id")
    def _check_number(self):
        for check in self:
            if check.kind != "number" or not check.text:
                continue
            try:
                checklist_tools.read_number(check.text)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s, %(row)s: “%(value)s” is no number. Write what "
                        "you measured in %(unit)s.",
                        visit=check.visit_id.name,
                        row=check.name,
                        value=check.text,
                        unit=check.unit or self.env._("figures"),
                    )
                ) from error

    def write(self, vals):
        """Note who answered when; what a finished visit says stays."""
        self.check_access("write")
        if not ANSWERS & vals.keys():
            return super().write(vals)
        ended = self.visit_id.filtered(lambda visit: visit._is_ended())
        if ended and not self.env.su:
            raise UserError(
                self.env._(
                    "Visit %s is finished: its checklist stays as it was signed.",
                    ", ".join(ended.mapped("name")),
                )
            )
        result = super().write(vals)
        self._set_guarded(
            {
                "answered_at": (self.company_id[:1] or self.env.company)._service_now(),
                "answered_by_id": self.env.uid,
            }
        )
        return result

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_tick(self):
        """Tick, or take the tick back; a consent is given by the customer."""
        for check in self:
            vals = {"ticked": not check.ticked}
            if check.kind == "consent" and not check.signed_by:
                vals["signed_by"] = check.visit_id.partner_id.name
            check.write(vals)
        return True

    def action_yes(self):
        return self.write({"choice": "yes"})

    def action_no(self):
        return self.write({"choice": "no"})

    # ---------------------------------------------------
    # Gates
    # ---------------------------------------------------

    def _get_missing_labels(self) -> list:
        """Rows that keep a visit from going on, in words with their rule."""
        labels = []
        for check in self:
            if check.state == "open" and check.required:
                label = check.name
            elif check.state == "out" and check.line_id.on_limit == "block":
                label = self.env._(
                    "%(row)s: %(value)s is outside %(limits)s",
                    row=check.name,
                    value=check.summary,
                    limits=check.limits,
                )
            else:
                continue
            labels.append(f"{label} ({check.rule})" if check.rule else label)
        return labels
