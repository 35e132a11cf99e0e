# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.after_sales_service.tools.coverage import Answer

from ..tools import periods


class ServiceContractPhase(models.Model):
    """A phase of a project's contract, with its own programme and price (CON-15).

    Implementation, trial, warranty and after it follow each other without a gap.
    A trial is begun anew after a major problem, by agreement of three sides (CON-16):
    the broken one stays on record.
    """

    _name = "service.contract.phase"
    _description = "Contract Phase"
    _order = "contract_id, date_start, id"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    kind = fields.Selection(
        selection=[
            ("implementation", "Implementation and test"),
            ("trial", "Trial run"),
            ("warranty", "Warranty"),
            ("after", "After warranty"),
        ],
        required=True,
    )
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="To", help="Empty: until the contract ends.")
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        ondelete="restrict",
        help="Whose promises hold in this phase. Empty: the plan's.",
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    fee = fields.Monetary(help="Per billing period; 0: this phase is free.")
    basis = fields.Selection(
        selection=[
            ("maker", "Maker's standard warranty"),
            ("bought", "Warranty bought for the project"),
        ],
        string="Warranty basis",
        help="Of a warranty phase (CON-17). Maker's standard: the terms of the machines' "
        "programme decide about their parts. Bought: in this phase the machines' parts "
        "are covered, whatever those terms say.",
    )
    basis_ref = fields.Char(
        string="Bought with", help="Number of the maker's service that was bought."
    )
    all_agreed = fields.Boolean(
        string="All agreed services",
        compute="_compute_all_agreed",
        store=True,
        readonly=False,
        precompute=True,
        help="In this phase everything agreed is given day and night, however it is "
        "asked for and as often as needed (CON-11): uses and hours do not limit it.",
    )
    contract_line_id = fields.Many2one(
        comodel_name="contract.line", readonly=True, ondelete="set null"
    )
    restarted = fields.Boolean(
        readonly=True, help="Broken off by a major problem and begun anew."
    )
    restart_reason = fields.Text(readonly=True)
    agreed_by = fields.Char(
        readonly=True,
        help="Our side, the vendor's senior expert and the customer's technician.",
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "A phase cannot end before it begins.",
    )

    _basis_of_warranty = models.Constraint(
        "CHECK (basis IS NULL OR kind = 'warranty')",
        "Only a warranty phase is the maker's or bought: correct the kind of the phase.",
    )
    _bought_with_proof = models.Constraint(
        "CHECK (basis IS DISTINCT FROM 'bought' OR "
        "(basis_ref IS NOT NULL AND date_end IS NOT NULL))",
        "A bought warranty has its number and its last day: fill both.",
    )

    @api.depends("kind")
    def _compute_all_agreed(self):
        for phase in self:
            phase.all_agreed = phase.kind == "warranty"

    @api.depends("kind", "date_start")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for phase in self:
            phase.display_name = (
                f"{labels.get(phase.kind, '')} {phase.date_start or ''}"
            )

    @api.constrains("date_start", "date_end", "contract_id")
    def _check_sequence(self):
        if self.env.context.get("care_phases_moving"):
            return  # all of them are looked at when the last one has moved
        for contract in self.contract_id:
            phases = contract.phase_ids.sorted(lambda row: (row.date_start, row.id))
            for phase, following in pairwise(phases):
                expected = phase.date_end and phase.date_end + periods.ONE_DAY
                if following.date_start != expected:
                    raise ValidationError(
                        self.env._(
                            "Contract %(contract)s: phase %(phase)s must begin the day "
                            "after the one before it ends. Correct the dates.",
                            contract=contract.display_name,
                            phase=following.display_name,
                        )
                    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self.filtered(lambda phase: phase.contract_id.state != "draft"):
            raise UserError(self.env._("A phase of a signed contract stays on record."))

    def _is_on(self, day) -> bool:
        self.ensure_one()
        return self.date_start <= day and (not self.date_end or day <= self.date_end)

    def _get_warranty_answer(self) -> Answer:
        """What a bought warranty says about every part of the machines (CON-17)."""
        self.ensure_one()
        contract = self.contract_id
        return Answer(
            "plan",
            "warranty",
            "bought",
            "CON-17",
            {"contract": contract.code or contract.name, "bought_with": self.basis_ref},
            self.date_start,
            self.date_end,
            self.date_end,
        )

    def _prepare_line_vals(self):
        """The billed line of this phase."""
        self.ensure_one()
        return {
            **self.contract_id._prepare_plan_line_vals(),
            "specific_price": self.fee,
            "date_start": self.date_start,
            "date_end": self.date_end or self.contract_id.date_end,
            "recurring_next_date": self.date_start,
        }

    def _prepare_restart_vals(self, today):
        """The same trial from ``today`` on, as long as it was (CON-16)."""
        self.ensure_one()
        length = periods.days(self.date_start, self.date_end)
        return {
            "contract_id": self.contract_id.id,
            "kind": "trial",
            "date_start": today,
            "date_end": today + timedelta(days=length - 1),
            "program_id": self.program_id.id,
            "fee": self.fee,
            "contract_line_id": self.contract_line_id.id,
        }

    def _shift(self, days):
        """Move a phase that has not begun, with its line, by so many days."""
        for phase in self:
            delta = timedelta(days=days)
            vals = {
                "date_start": phase.date_start + delta,
                "date_end": phase.date_end and phase.date_end + delta,
            }
            phase.write(vals)
            if phase.contract_line_id:
                phase.contract_line_id.write(
                    {**vals, "recurring_next_date": vals["date_start"]}
                )
