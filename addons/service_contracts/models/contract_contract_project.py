# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a project's signed contract promises besides its plan."""

from odoo import fields, models

from odoo.addons.after_sales_service.models.service_sla_promise import CUSTOMER_TIERS


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = "contract.contract"

    date_signed = fields.Date(
        string="Signed on",
        tracking=True,
        help="The free maintenance of software counts from this day (CON-01). Covered "
        "machines without a date of signing of their own take it over.",
    )
    service_tier = fields.Selection(
        selection=CUSTOMER_TIERS,
        string="Service tier",
        help="The clocks of this contract's cases follow it. Empty: the customer's own.",
    )
    price_ids = fields.One2many(
        comodel_name="service.contract.price",
        inverse_name="contract_id",
        string="Price ceilings",
    )

    def action_activate(self):
        result = super().action_activate()
        self._sign_equipment()
        return result

    def write(self, vals):
        result = super().write(vals)
        if {"date_signed", "equipment_ids"} & vals.keys():
            self._sign_equipment()
        return result

    def _sign_equipment(self):
        """Tell the covered machines when their contract was signed (CON-01, CF-13)."""
        signed = self.filtered(
            lambda contract: contract.date_signed and contract.state != "draft"
        )
        for day, contracts in signed.grouped("date_signed").items():
            # sudo: who signs a contract need not keep the register of machines
            machines = contracts.sudo().equipment_ids
            machines.filtered(lambda machine: not machine.signing_date).write(
                {"signing_date": day}
            )
