# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The caller's account number and contracts, for the intake."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    caller_contracts = fields.Text(
        string="Contracts of this customer",
        compute="_compute_caller_contracts",
        compute_sudo=True,
        help="One a line: plan, state, account.",
    )

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_caller_contracts(self):
        """The customer's running contracts, for people who do not keep them."""
        partners = self.partner_id._origin.commercial_partner_id
        contracts = self.env["contract.contract"].search(
            [
                ("commercial_partner_id", "in", partners.ids),
                ("company_id", "in", self.env.companies.ids),
                ("plan_id", "!=", False),
                ("state", "!=", "ended"),
            ]
        )
        states = dict(contracts._fields["state"]._description_selection(self.env))
        by_partner = contracts.grouped("commercial_partner_id")
        for ticket in self:
            ticket.caller_contracts = "\n".join(
                " · ".join(
                    filter(
                        None,
                        (
                            contract.plan_id.name,
                            states[contract.state],
                            contract.broadband_account,
                        ),
                    )
                )
                for contract in by_partner.get(
                    ticket.partner_id._origin.commercial_partner_id, ()
                )
            )

    @api.model
    def _intake_lookup(self, text) -> list:
        """A broadband account names its customer, and the machine if there is one."""
        hits = super()._intake_lookup(text)
        if not text:
            return hits
        # sudo: the desk finds the customer by his account, not the contract
        contracts = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("broadband_account", "=", text),
                    ("state", "!=", "ended"),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
        )
        found = []
        for contract in contracts:
            hint = self.env._("Broadband account")
            partner = contract.partner_id.with_env(self.env)
            machines = contract.equipment_ids.with_env(self.env)
            if machines:
                found += [(partner, machine, hint) for machine in machines]
            else:
                found += self._with_machines(partner, hint)
        return found or hits
