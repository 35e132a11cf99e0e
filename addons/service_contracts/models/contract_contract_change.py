# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What may happen to a running contract: another plan, an early end, other hands."""

from odoo import models
from odoo.exceptions import UserError

from ..tools import periods


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = "contract.contract"

    def action_open_change_plan(self):
        return self._open_wizard("action_plan_change")

    def action_open_end_early(self):
        return self._open_wizard("action_contract_end")

    def action_open_transfer(self):
        return self._open_wizard("action_contract_transfer")

    def action_open_restart_trial(self):
        return self._open_wizard("action_trial_restart")

    def _open_wizard(self, name):
        self.ensure_one()
        self._check_endable()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                f"service_contracts.{name}"
            ),
            "context": {"default_contract_id": self.id},
        }

    def _change_plan(self, plan, billing_period):
        """Go on with another plan from today, in mid-period.

        The rest of what is paid is credited by days; the new plan begins its own
        periods today. What is not billed yet of the old one is billed up to
        yesterday.
        """
        self._require_group("manager", "finance")
        self._check_endable()
        for contract in self:
            contract._check_new_plan(plan, billing_period)
            today = contract.company_id._service_today()
            old, last_day = contract.plan_id, contract.date_end
            contract._cut_lines(today - periods.ONE_DAY)
            # sudo: the plan of a signed contract is changed by this act only
            contract.sudo().write(
                {
                    "plan_id": plan.id,
                    "billing_period": billing_period,
                    "name": contract._get_plan_contract_name(plan, contract.partner_id),
                }
            )
            self.env["contract.line"].sudo().create(
                {
                    **contract._prepare_plan_line_vals(),
                    "date_start": today,
                    "date_end": last_day,
                    "recurring_next_date": today,
                }
            )
            contract.message_post(
                body=self.env._(
                    "Plan changed from %(old)s to %(new)s on %(day)s.",
                    old=old.display_name,
                    new=plan.display_name,
                    day=today,
                )
            )
        return True

    def _check_new_plan(self, plan, billing_period):
        self.ensure_one()
        today = self.company_id._service_today()
        if (plan, billing_period) == (self.plan_id, self.billing_period):
            raise UserError(
                self.env._(
                    "Contract %(contract)s is on plan %(plan)s already.",
                    contract=self.display_name,
                    plan=plan.display_name,
                )
            )
        if today <= self.date_start:
            raise UserError(
                self.env._(
                    "Contract %(contract)s begins on %(start)s only. End it and sign a "
                    "new one.",
                    contract=self.display_name,
                    start=self.date_start,
                )
            )
        trial = self.new(
            {"plan_id": plan.id, "billing_period": billing_period}, origin=self
        )
        if problems := trial._get_activation_problems():
            raise UserError("\n".join([self.display_name, *problems]))

    def _cut_lines(self, last_day):
        """End the billed lines on ``last_day`` and credit what is paid beyond it."""
        self.ensure_one()
        # sudo: whether a line may be cut was decided by the act that asks
        lines = self.sudo().contract_line_ids.filtered(
            lambda line: (
                not line.is_canceled
                and not line.display_type
                and (not line.date_end or line.date_end > last_day)
            )
        )
        notes = lines.billing_line_ids.filtered(
            lambda row: row.period_end > last_day
        )._credit(last_day)
        for line in lines:
            if line.date_start > last_day:
                line.write({"is_canceled": True, "recurring_next_date": False})
                continue
            paid = line.last_date_invoiced
            line.write(
                {
                    "date_end": last_day,
                    **(
                        {"last_date_invoiced": last_day}
                        if paid and paid > last_day
                        else {}
                    ),
                }
            )
        return notes

    def _get_unused(self, last_day) -> float:
        """What is paid beyond ``last_day``, untaxed, in the contract's currency."""
        self.ensure_one()
        # sudo: an amount only, to be told before anything happens
        rows = self.sudo().billing_line_ids.filtered(
            lambda row: row.period_end > last_day
        )
        return sum(row._get_unused(last_day) for row in rows)

    def _end_early(self, last_day, reason):
        """End on ``last_day``, paid or not; what is paid beyond it is credited."""
        self._require_group("manager", "finance")
        self._check_endable()
        for contract in self:
            today = contract.company_id._service_today()
            if last_day < max(today - periods.ONE_DAY, contract.date_start):
                raise UserError(
                    self.env._(
                        "Contract %(contract)s cannot end on %(day)s, which is over: it "
                        "was served until today. Choose a day from yesterday on.",
                        contract=contract.display_name,
                        day=last_day,
                    )
                )
            notes = contract._cut_lines(last_day)
            contract.message_post(
                body=self.env._(
                    "Ended early on %(day)s: %(reason)s. Credit notes: %(notes)s",
                    day=last_day,
                    reason=reason,
                    notes=", ".join(notes.mapped("name")) or "–",
                )
            )
        self._end_due()
        return True

    def _transfer(self, partner, payer, reason):
        """Hand the contract to another person: account, plan and paid days go on.

        What was billed so far stays with who had it.
        """
        self._require_group("manager", "finance")
        self._check_endable()
        for contract in self:
            old = contract.partner_id
            if partner == old:
                raise UserError(
                    self.env._(
                        "Contract %(contract)s belongs to %(customer)s already.",
                        contract=contract.display_name,
                        customer=partner.display_name,
                    )
                )
            contract.write(
                {
                    "partner_id": partner.id,
                    "invoice_partner_id": (payer or partner).id,
                    "name": contract._get_plan_contract_name(contract.plan_id, partner),
                }
            )
            contract.message_post(
                body=self.env._(
                    "Transferred from %(old)s to %(new)s: %(reason)s",
                    old=old.display_name,
                    new=partner.display_name,
                    reason=reason,
                )
            )
        return True
