# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools.share import Step


class ServicePlanShare(models.Model):
    """One step of the operator's share: from so many subscribers on (CARE-18)."""

    _name = "service.plan.share"
    _description = "Operator Share"
    _order = "plan_id, count"

    plan_id = fields.Many2one(
        comodel_name="service.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    count = fields.Integer(
        string="From subscribers",
        required=True,
        default=0,
        help="The step holds for all charges of a month that has as many.",
    )
    percent = fields.Float(string="Percent of the charges")
    amount = fields.Monetary(string="Amount for each")

    _count_uniq = models.UniqueIndex(
        "(plan_id, count)", "The plan has a step of this volume already."
    )
    _sane = models.Constraint(
        "CHECK (count >= 0 AND percent BETWEEN 0 AND 100 AND amount >= 0)",
        "A share is 0 to 100 percent, and neither amount nor volume is negative.",
    )

    @api.depends("count", "percent", "amount")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.count}+: {row.percent:g} % + {row.amount:g}"

    def _as_step(self) -> Step:
        self.ensure_one()
        return Step(self.count, self.percent, self.amount)
