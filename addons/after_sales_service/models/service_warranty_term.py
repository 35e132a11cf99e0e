# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from ..tools.coverage import Term


class ServiceWarrantyTerm(models.Model):
    """One row of a programme's warranty table (WAR-03, T-01)."""

    _name = "service.warranty.term"
    _description = "Warranty Term"
    _order = "program_id, category_id"

    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    category_id = fields.Many2one(
        comodel_name="service.part.category", required=True, index=True
    )
    months = fields.Integer(required=True)
    service_mode = fields.Selection(
        selection=[
            ("onsite", "On site, free"),
            ("carry_in", "Carry-in"),
            ("unknown", "Not stated"),
        ],
        required=True,
        default="onsite",
    )
    start_basis = fields.Selection(
        selection=[
            ("sale", "Sale (invoice, certificate or factory month)"),
            ("acceptance", "Acceptance"),
            ("installation", "Installation"),
        ],
        required=True,
        default="sale",
    )
    excluded = fields.Boolean(
        string="Not covered by default",
        help="Printed in the table, yet excluded by a note of it; covered only by an "
        "override with reason (CF-10).",
    )
    rule = fields.Char(required=True)

    _category_uniq = models.UniqueIndex(
        "(program_id, category_id)",
        "This programme has a warranty term for this part category already.",
    )
    _months_positive = models.Constraint(
        "CHECK (months > 0)", "A warranty term must be at least one month."
    )

    def _get_terms(self) -> dict:
        """Terms as tools see them: programme id → category code → Term."""
        result = {}
        for term in self:
            result.setdefault(term.program_id.id, {})[term.category_id.code] = Term(
                term.category_id.code,
                term.months,
                term.start_basis,
                term.rule,
                term.excluded,
            )
        return result
