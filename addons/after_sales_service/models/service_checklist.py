# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

VISIT_KINDS = [
    ("repair", "Repair"),
    ("installation", "Installation"),
    ("delivery", "Delivery"),
    ("training", "Training"),
    ("inspection", "Inspection"),
    ("care", "Customer care"),
]
GATES = [
    ("depart", "Before leaving"),
    ("start", "Before work"),
    ("done", "Before completion"),
]
CHECK_KINDS = [
    ("tick", "Tick"),
    ("yesno", "Yes or no"),
    ("number", "Number"),
    ("text", "Text"),
    ("photo", "Photo"),
    ("consent", "Consent"),
    ("signature", "Signature"),
]


class ServiceChecklist(models.Model):
    """What must be done, measured or agreed on visits of a kind.

    A visit takes every checklist of its kind and programmes by itself; others are
    added by hand. Where a checklist has variants, a visit needs one of them.
    """

    _name = "service.checklist"
    _description = "Checklist"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    visit_kind = fields.Selection(
        selection=VISIT_KINDS,
        string="Kind of visit",
        help="Only for such visits. Empty: for all.",
    )
    program_ids = fields.Many2many(
        comodel_name="service.program",
        string="Programmes",
        help="Only for customers of these programmes. Empty: for all.",
    )
    automatic = fields.Boolean(
        default=True, help="New visits take this checklist by themselves."
    )
    parent_id = fields.Many2one(
        comodel_name="service.checklist",
        string="Variant of",
        index="btree_not_null",
        ondelete="cascade",
        help="A visit with that checklist needs one of its variants.",
    )
    variant_ids = fields.One2many(
        comodel_name="service.checklist", inverse_name="parent_id", string="Variants"
    )
    line_ids = fields.One2many(
        comodel_name="service.checklist.line",
        inverse_name="checklist_id",
        string="Rows",
        copy=True,
    )
    active = fields.Boolean(default=True)

    _variant_by_hand = models.Constraint(
        "CHECK (parent_id IS NULL OR automatic IS NOT TRUE)",
        "A variant is chosen by hand: untick automatic, or clear variant of.",
    )

    def _suits(self, kind, programs):
        """Whether this checklist may be on a visit of that kind and programmes."""
        self.ensure_one()
        return (not self.visit_kind or self.visit_kind == kind) and bool(
            not self.program_ids or self.program_ids & programs
        )


class ServiceChecklistLine(models.Model):
    """A row of a checklist, with the rule it keeps."""

    _name = "service.checklist.line"
    _description = "Checklist Row"
    _order = "checklist_id, sequence, id"
    # What stands beside the answers on signed records.
    _fixed_fields = frozenset(
        "checklist_id name kind gate min_value max_value unit rule only_if_id".split()
    )

    checklist_id = fields.Many2one(
        comodel_name="service.checklist", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What", required=True, translate=True)
    hint = fields.Text(
        string="How, or what to say",
        translate=True,
        help="Shown to the engineer where he answers the row.",
    )
    kind = fields.Selection(
        selection=CHECK_KINDS, string="Evidence", required=True, default="tick"
    )
    gate = fields.Selection(
        selection=GATES, string="Needed", required=True, default="done"
    )
    required = fields.Boolean(
        string="Mandatory", help="The visit does not go on without it."
    )
    min_value = fields.Float(string="Lowest", digits=(12, 3), help="0: no limit.")
    max_value = fields.Float(string="Highest", digits=(12, 3), help="0: no limit.")
    unit = fields.Char(translate=True)
    on_limit = fields.Selection(
        selection=[("block", "Stop the visit"), ("flag", "Note it on the record")],
        string="Outside the limits",
        default="flag",
    )
    only_if_id = fields.Many2one(
        comodel_name="service.checklist.line",
        string="Only after yes to",
        domain="[('checklist_id', '=', checklist_id), ('kind', '=', 'yesno')]",
        index="btree_not_null",
    )
    only_company = fields.Boolean(
        string="Business customers only",
        help="Only where the customer is a company.",
    )
    dates = fields.Selection(
        selection=[
            ("installation_date", "Installation date"),
            ("acceptance_date", "Acceptance date"),
        ],
        string="Dates the machine",
        help="The completed visit enters its day in this field of the machine, from "
        "which warranty may count.",
    )
    rule = fields.Char()
    active = fields.Boolean(default=True)

    _limits_ordered = models.Constraint(
        "CHECK (max_value = 0 OR min_value <= max_value)",
        "The lowest allowed number is above the highest.",
    )

    @api.constrains("only_if_id", "checklist_id")
    def _check_only_if(self):
        for line in self:
            question = line.only_if_id
            if question and (
                question.kind != "yesno" or question.checklist_id != line.checklist_id
            ):
                raise ValidationError(
                    self.env._(
                        "Row %(row)s: %(question)s is no yes-or-no row of the same "
                        "checklist.",
                        row=line.name,
                        question=question.name,
                    )
                )

    def write(self, vals):
        """Rows on finished visits keep their meaning: what was signed stays."""
        fixed = self._fixed_fields & vals.keys()
        changed = self.filtered(
            lambda line: any(
                self._fields[name].convert_to_write(line[name], line) != vals[name]
                for name in fixed
            )
        )
        if changed and changed._is_signed():
            raise UserError(
                self.env._(
                    "Row %(row)s stands on finished visits and stays as it was signed. "
                    "Archive it and add a new row.",
                    row=changed[0].name,
                )
            )
        return super().write(vals)

    def _is_signed(self):
        # sudo: whether a row was used does not depend on who asks
        return bool(
            self.env["service.visit.check"]
            .sudo()
            .with_context(active_test=False)
            .search_count(
                [("line_id", "in", self.ids), ("visit_id.state", "=", "done")], limit=1
            )
        )
