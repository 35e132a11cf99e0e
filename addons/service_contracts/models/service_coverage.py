# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..tools.periods import Period


class ServiceCoverage(models.Model):
    _inherit = "service.coverage"

    reason = fields.Selection(
        selection_add=[
            ("plan", "Inside the care plan"),
            ("plan_exhausted", "Care plan used up"),
            ("plan_out_of_scope", "Outside the care plan"),
            ("bought", "Within a bought warranty"),
        ],
        ondelete={
            "plan": "cascade",
            "plan_exhausted": "cascade",
            "plan_out_of_scope": "cascade",
            "bought": "cascade",
        },
    )

    @api.model
    def _get_sentence(
        self, verdict, reason, rule, subject, inputs, date_start, date_end
    ):
        # sudo: names only, in the reader's language
        plan = self.env["service.plan"].sudo().browse(inputs.get("plan_id"))
        promise = plan.line_ids.browse(inputs.get("plan_line_id"))
        values = {
            "item": subject or promise.display_name or "",
            "plan": plan.name or "",
            "contract": inputs.get("contract") or "",
            "left": inputs.get("left"),
            "quota": inputs.get("quota"),
            "rule": rule,
        }
        if reason == "bought":
            return self.env._(
                "Covered: %(item)s, warranty bought for the project until %(end)s "
                "(contract %(contract)s), %(rule)s",
                end=format_date(self.env, date_end),
                **values,
            )
        if reason == "plan" and inputs.get("left") is None:
            return self.env._(
                "Free: %(item)s is inside the plan %(plan)s, without limit "
                "(contract %(contract)s), %(rule)s",
                **values,
            )
        if reason == "plan":
            return self.env._(
                "Free: %(item)s is inside the plan %(plan)s, %(left)s of %(quota)s left "
                "after this one in this period (contract %(contract)s), %(rule)s",
                **values,
            )
        if reason == "plan_exhausted":
            return self.env._(
                "To be paid: %(quota)s free uses of %(item)s in the plan %(plan)s are "
                "used up in this period; price %(price)s, %(rule)s",
                price=self._get_plan_price(inputs),
                **values,
            )
        if reason == "plan_out_of_scope":
            return self.env._(
                "To be paid: %(item)s is not in the plan %(plan)s for this way of "
                "delivery; a quotation tells the price first, %(rule)s",
                **values,
            )
        return super()._get_sentence(
            verdict, reason, rule, subject, inputs, date_start, date_end
        )

    def _get_input_lines(self):
        inputs = self.inputs or {}
        return super()._get_input_lines() + [
            (self.env._("Plan"), inputs.get("plan")),
            (self.env._("Contract"), inputs.get("contract")),
            (self.env._("Bought with"), inputs.get("bought_with")),
            (self.env._("Free uses a period"), inputs.get("quota")),
            (self.env._("Left after this one"), inputs.get("left")),
        ]

    @api.model
    def _get_plan_price(self, inputs):
        price = inputs.get("price")
        if not price:
            return self.env._("by quotation")
        currency = self.env["res.currency"].browse(inputs.get("currency_id"))
        return formatLang(self.env, price, currency_obj=currency)

    def _get_entitlement_key(self):
        """What this plan decision uses: (contract line, promise, period)."""
        self.ensure_one()
        start, end = (fields.Date.to_date(day) for day in self.inputs["period"])
        return (
            self.env["contract.line"].browse(self.inputs["contract_line_id"]),
            self.env["service.plan.line"].browse(self.inputs["plan_line_id"]),
            Period(start, end),
        )
