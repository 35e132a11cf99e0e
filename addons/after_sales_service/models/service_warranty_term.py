# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.coverage import Term

START_BASES = [
    ("sale", "Sale (invoice, certificate or factory month)"),
    ("invoice", "Invoice"),
    ("certificate", "Three-guarantee certificate"),
    ("factory_month", "Factory month"),
    ("acceptance", "Acceptance"),
    ("installation", "Installation"),
    ("signing", "Signing of the contract"),
]


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
    onsite_months = fields.Integer(
        string="Months on site",
        help="How long visits are free, if not as long as the term; afterwards the "
        "machine is carried in (WAR-09, WAR-28).",
    )
    lifetime = fields.Boolean(
        string="For life",
        help="Free after the term too, when carried in (WAR-06, WAR-32).",
    )
    repair_only = fields.Boolean(
        help="Repaired, never exchanged, unless the three guarantees or an approved "
        "exception say so (WAR-12, CF-25).",
    )
    start_basis = fields.Selection(
        selection=START_BASES,
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

    @api.constrains("months", "onsite_months")
    def _check_months(self):
        for term in self:
            for name, least in (("months", 1), ("onsite_months", 0)):
                if term[name] < least:
                    raise ValidationError(
                        self.env._(
                            "Programme %(program)s, %(category)s: %(value)s in field "
                            "%(field)s is too small; the least is %(least)s.",
                            program=term.program_id.name,
                            category=term.category_id.name,
                            value=term[name],
                            field=self._fields[name]._description_string(self.env),
                            least=least,
                        )
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
                term.lifetime,
                term.service_mode,
                term.onsite_months,
            )
        return result
