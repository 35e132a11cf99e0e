# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import periods

# What a billed period rests on.
BILLED_FIELDS = {
    "contract_id",
    "date_start",
    "recurring_rule_type",
    "recurring_interval",
    "recurring_invoicing_type",
}


class ContractLine(models.Model):
    _inherit = "contract.line"

    plan_id = fields.Many2one(
        comodel_name="service.plan",
        string="Care plan",
        ondelete="restrict",
        help="Whose fee this line is; the contract may have changed its plan since.",
    )
    phase_ids = fields.One2many(
        comodel_name="service.contract.phase", inverse_name="contract_line_id"
    )
    billing_line_ids = fields.One2many(
        comodel_name="service.billing.line",
        inverse_name="contract_line_id",
        string="Billed periods",
    )

    # Both schedulers search on it; OCA has no index.
    _recurring_next_date_idx = models.Index("(recurring_next_date)")

    def _get_period_months(self) -> int:
        """Months in one period of this line; 0 when it is not counted in months."""
        self.ensure_one()
        return periods.MONTHS.get(self.recurring_rule_type, 0) * self.recurring_interval

    def _is_anchored(self) -> bool:
        """Does this line count its periods from the day it began?

        Lines of care plans do; every other contract keeps OCA's arithmetic.
        """
        self.ensure_one()
        return bool(
            self.contract_id.plan_id and self.date_start and self._get_period_months()
        )

    @api.depends("contract_id.plan_id")
    def _compute_next_period_date_end(self):
        """Anchored on the first day: no drift from the 31st to the 28th."""
        result = super()._compute_next_period_date_end()
        for line in self.filtered("next_period_date_start"):
            if not line._is_anchored():
                continue
            end = periods.period_of(
                line.date_start, line.next_period_date_start, line._get_period_months()
            ).end
            line.next_period_date_end = min(end, line.date_end or end)
        return result

    @api.depends("contract_id.plan_id")
    def _compute_recurring_next_date(self):
        """Plans are paid in advance, on the first day of the period."""
        result = super()._compute_recurring_next_date()
        for line in self:
            if line._is_anchored():
                line.recurring_next_date = line.next_period_date_start
        return result

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line, vals in zip(lines, vals_list, strict=True):
            if vals.get("last_date_invoiced"):
                line._check_billing_sets_it()
        return lines

    def _check_billing_sets_it(self):
        """How far a care plan is billed is told by billing only, whatever the door."""
        if self.env.su or not self.contract_id.plan_id:
            return
        raise AccessError(
            self.env._(
                "Contract %(contract)s: %(field)s is set by billing only. To pay back a "
                "billed period, end the contract early.",
                contract=", ".join(self.contract_id.mapped("display_name")[:5]),
                field=self._fields["last_date_invoiced"]._description_string(self.env),
            )
        )

    def write(self, vals):
        if "last_date_invoiced" in vals:
            self._check_billing_sets_it()
        changed = BILLED_FIELDS & vals.keys()
        # sudo: whether a period is billed does not depend on who asks
        if changed and self.sudo().billing_line_ids.filtered(
            lambda row: row.state != "parked"
        ):
            for line in self:
                before = line._convert_to_write({name: line[name] for name in changed})
                after = {
                    name: self._fields[name].convert_to_cache(vals[name], line)
                    for name in changed
                }
                if any(
                    self._fields[name].convert_to_cache(before[name], line)
                    != after[name]
                    for name in changed
                ):
                    raise UserError(
                        self.env._(
                            "Line %(line)s of contract %(contract)s is billed: its start "
                            "and its rhythm are fixed. End the contract and open a new "
                            "one.",
                            line=line.name,
                            contract=line.contract_id.display_name,
                        )
                    )
        return super().write(vals)
