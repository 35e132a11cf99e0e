# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import coverage as coverage_tools
from ..tools import guarantee as guarantee_tools


class ServiceProgram(models.Model):
    """What a programme says about cover besides its table of terms."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.program"

    guarantee_ids = fields.One2many(
        comodel_name="service.guarantee",
        inverse_name="program_id",
        string="Three guarantees",
        copy=True,
    )
    exclusion_ids = fields.One2many(
        comodel_name="service.exclusion",
        inverse_name="program_id",
        string="Exclusions",
        copy=True,
    )
    replacement_months = fields.Integer(
        string="Months on replaced parts",
        default=coverage_tools.REPLACEMENT_MONTHS,
        help="A replaced part is covered for so long, or for the old part's "
        "remainder if that is longer (OOW-16).",
    )
    exchange_anew = fields.Boolean(
        string="Exchanged machine begins anew",
        default=True,
        help="The warranty of a machine given in exchange begins on the day it is "
        "handed over. Otherwise the old machine's days go on.",
    )
    after_warranty = fields.Selection(
        selection=[
            ("material", "Material by price list, no service fee in the shop"),
            ("cost", "Parts at cost price"),
            ("cost_travel", "Cost price, travel, board and lodging"),
            ("rate", "By renewal or person-days"),
        ],
        string="After the warranty",
        help="What the customer pays when the warranty is over (CF-29).",
    )
    free_shop_category_ids = fields.Many2many(
        comodel_name="service.item.category",
        relation="service_program_free_shop_rel",
        column1="service_program_id",
        column2="service_item_category_id",
        string="Free in the shop",
        help="Services of these chapters of the catalogue cost nothing when the "
        "machine is brought to the shop.",
    )  # CARE-04
    after_warranty_rule = fields.Char(string="Rule after the warranty")

    @api.constrains("replacement_months")
    def _check_replacement_months(self):
        for program in self:
            if program.replacement_months < 1:
                raise ValidationError(
                    self.env._(
                        "Programme %(program)s: %(months)s in field Months on replaced "
                        "parts is too small, it must be at least one month.",
                        program=program.name,
                        months=program.replacement_months,
                    )
                )

    def _get_working_day_test(self):
        """``day -> bool``: is it a working day for this programme?

        By the hours of the hotline; Monday to Friday without a calendar.
        """
        # sudo: opening hours are the same for everybody
        calendar = self.sudo().hotline_calendar_id
        if not calendar:
            return guarantee_tools.monday_to_friday
        return calendar._get_clock_calendars()[calendar.id].is_working_day

    def _with_after_warranty(self, answer):
        """The answer, with what the customer pays where it is not covered (CF-29)."""
        if answer.reason not in ("expired", "excluded") or not self.after_warranty:
            return answer
        return replace(
            answer,
            inputs={
                **answer.inputs,
                "after": self.after_warranty,
                "after_rule": self.after_warranty_rule or "",
            },
        )
