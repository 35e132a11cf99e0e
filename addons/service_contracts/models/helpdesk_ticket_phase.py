# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the phase of a project's contract means for a case (CON-11, CON-15, CON-17)."""

from odoo import api, fields, models

from odoo.addons.after_sales_service.models.service_sla_promise import CUSTOMER_TIERS


class HelpdeskTicket(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    # SLA-37: of the contract, else of the customer
    customer_tier = fields.Selection(
        selection=CUSTOMER_TIERS, related=None, compute="_compute_customer_tier"
    )

    @api.depends("partner_id.commercial_partner_id.service_tier", "equipment_id")
    def _compute_customer_tier(self):
        contracts = self._get_care_contracts()
        for ticket in self:
            contract = contracts.get(ticket.id)
            ticket.customer_tier = (
                contract and contract.service_tier
            ) or ticket.partner_id.commercial_partner_id.service_tier

    def _get_care_phase(self, contract):
        """The phase of ``contract`` on the day that decides about this case."""
        self.ensure_one()
        return contract._get_phase(self._get_care_day(contract.company_id))

    def _get_contract_phases(self) -> dict:
        """Clocks follow the phase of the project (CON-15)."""
        result = super()._get_contract_phases()
        contracts = self._get_care_contracts()
        for ticket in self:
            phase = ticket.id in contracts and ticket._get_care_phase(
                contracts[ticket.id]
            )
            if phase:
                result[ticket] = phase.kind
        return result

    def _get_coverage_answers(self) -> dict:
        """A warranty bought for the project covers its machines (CON-17)."""
        result = super()._get_coverage_answers()
        contracts = self._get_care_contracts()
        for ticket in self.filtered(lambda one: one.id in contracts):
            contract = contracts[ticket.id]
            phase = contract._get_phase(ticket._get_report_day())
            if phase.basis != "bought":
                continue
            found = ticket._get_found_exclusions()
            if self.env["service.equipment.component"] in found:
                continue  # CF-32: what was found outside the warranty wins
            result[ticket.id] += [
                (component, ticket.item_id.browse(), phase._get_warranty_answer())
                for component in dict.fromkeys(row[0] for row in result[ticket.id])
                if component
                and component not in found
                and component.source in ("factory", "replacement")
            ]
        return result
