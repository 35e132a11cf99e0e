# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.guarantee import Guarantee
from .service_warranty_term import START_BASES

REMEDIES = [
    ("return", "Return"),
    ("exchange", "Exchange"),
    ("substitute", "Replacement equipment at once"),
]


class ServiceGuarantee(models.Model):
    """One row of the three guarantees: who may return or exchange, and how long.

    Rows without a programme are the legal floor; a programme's rows come on top
    and the longer one counts (T-02, WAR-14, CF-07, CF-08).
    """

    _name = "service.guarantee"
    _description = "Three-Guarantee Term"
    _order = "program_id, repairs, remedy, id"
    _rec_name = "remedy"

    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        index=True,
        ondelete="cascade",
        help="Empty: the legal floor, which holds for every programme.",
    )
    remedy = fields.Selection(selection=REMEDIES, required=True)
    repairs = fields.Integer(
        string="After repairs",
        help="Only after so many finished repairs that did not help. 0: at once.",
    )
    same_part = fields.Boolean(
        help="Only repairs of the part that is broken now count."
    )
    amount = fields.Integer(string="Within")
    unit = fields.Selection(
        selection=[
            ("day", "Days"),
            ("working_day", "Working days"),
            ("month", "Months"),
            ("warranty", "The part's warranty"),
        ],
        required=True,
        default="day",
    )
    start_basis = fields.Selection(
        selection=START_BASES,
        string="Counted from",
        required=True,
        default="sale",
    )
    first_day_counts = fields.Boolean(
        string="Day of sale is day 1",
        help="Otherwise day 1 is the day after it, in the user's favour (AMB-10).",
    )
    host_only = fields.Boolean(
        string="Host unit only", help="Not for monitor, keyboard and the like."
    )
    due_days = fields.Integer(
        string="Done within",
        help="Working days from the user's choice. 0: no time is promised.",
    )
    rule = fields.Char(required=True)

    @api.constrains("amount", "unit", "repairs", "due_days")
    def _check_numbers(self):
        for guarantee in self:
            for name, least in (
                ("amount", 0 if guarantee.unit == "warranty" else 1),
                ("repairs", 0),
                ("due_days", 0),
            ):
                if guarantee[name] < least:
                    raise ValidationError(
                        self.env._(
                            "%(program)s, %(remedy)s: %(value)s in field %(field)s is "
                            "too small, it must be at least %(least)s.",
                            program=guarantee.program_id.name
                            or self.env._("Legal floor"),
                            remedy=guarantee.display_name,
                            value=guarantee[name],
                            field=self._fields[name]._description_string(self.env),
                            least=least,
                        )
                    )

    def _as_guarantees(self) -> list:
        """The rows as :class:`tools.guarantee.Guarantee`."""
        return [
            Guarantee(
                row.id,
                row.remedy,
                row.amount,
                row.unit,
                row.rule,
                row.start_basis,
                row.repairs,
                row.same_part,
                row.host_only,
                row.first_day_counts,
                row.due_days,
            )
            for row in self
        ]
