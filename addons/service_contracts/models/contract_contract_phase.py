# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import periods


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = "contract.contract"

    phase_ids = fields.One2many(
        comodel_name="service.contract.phase",
        inverse_name="contract_id",
        string="Phases",
        help="Of a project (CON-15). Without phases the plan's programme and fee hold.",
    )
    commitment_ids = fields.One2many(
        comodel_name="service.commitment",
        inverse_name="contract_id",
        string="Commitments handed over",
    )

    in_trial = fields.Boolean(compute="_compute_in_trial")

    def _compute_in_trial(self):
        for contract in self:
            today = contract.company_id._service_today()
            contract.in_trial = any(
                phase.kind == "trial" and not phase.restarted and phase._is_on(today)
                for phase in contract.phase_ids
            )

    def _prepare_activation_lines(self) -> list:
        """One billed line for each phase that costs something (CON-15)."""
        self.ensure_one()
        if not self.phase_ids:
            return super()._prepare_activation_lines()
        return [
            {**phase._prepare_line_vals(), "phase_ids": [fields.Command.link(phase.id)]}
            for phase in self.phase_ids
            if phase.fee
        ]

    def _get_phase(self, day):
        """The phase that holds on ``day``; a broken trial is none."""
        self.ensure_one()
        return self.phase_ids.filtered(
            lambda phase: not phase.restarted and phase._is_on(day)
        )[:1]

    def _get_programs_on(self, day):
        """Programmes that hold on ``day``: the phase's, else the plan's (CON-15)."""
        self.ensure_one()
        return self._get_phase(day).program_id or self.plan_id.program_id

    def _restart_trial(self, reason, agreed_by):
        """Begin the trial anew from today, as long as it was; later phases move on.

        CON-16: after a major problem, by agreement of the three sides.

        :param agreed_by: who agreed, of each of the three sides
        """
        self._require_group("manager")
        self.ensure_one()
        today = self.company_id._service_today()
        trial = self._get_restartable_trial(today)
        later = self._get_unbilled_after(trial)
        moving = self.phase_ids.with_context(care_phases_moving=True)
        again = moving.create(trial._prepare_restart_vals(today))
        if trial.contract_line_id:
            # the fee goes on in the same line, for the longer time
            trial.contract_line_id.date_end = again.date_end
        delay = periods.days(trial.date_start, today) - 1
        later.with_context(care_phases_moving=True)._shift(delay)
        # the last write looks at the whole row of phases again
        trial.write(
            {
                "date_end": today - periods.ONE_DAY,
                "restarted": True,
                "restart_reason": reason,
                "agreed_by": agreed_by,
            }
        )
        self.message_post(
            body=self.env._(
                "Trial run begun anew on %(day)s (CON-16), agreed by %(who)s: %(reason)s",
                day=today,
                who=agreed_by,
                reason=reason,
            )
        )
        return again

    def _get_restartable_trial(self, today):
        """The trial of today.

        :raises UserError: there is none, it began today or has no end
        """
        trial = self.phase_ids.filtered(
            lambda phase: (
                phase.kind == "trial" and not phase.restarted and phase._is_on(today)
            )
        )
        if not trial or not trial.date_end or trial.date_start == today:
            raise UserError(
                self.env._(
                    "Contract %s is in no trial run that can be begun anew: it has begun "
                    "before today and has an end.",
                    self.display_name,
                )
            )
        return trial

    def _get_unbilled_after(self, trial):
        """The phases after ``trial``, which may still be moved.

        :raises UserError: one of them is billed
        """
        later = self.phase_ids.filtered(lambda phase: phase.date_start > trial.date_end)
        if later.contract_line_id.billing_line_ids:
            raise UserError(
                self.env._(
                    "Contract %s: a later phase is billed already. Finance credits it "
                    "first.",
                    self.display_name,
                )
            )
        return later
