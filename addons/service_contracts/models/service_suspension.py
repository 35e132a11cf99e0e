# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from ..tools.periods import Pause


class ServiceSuspension(models.Model):
    """When a contract rested: no coverage, and no period that starts in it is billed.

    Written by the contract's buttons only; rows are closed, never deleted.
    """

    _name = "service.suspension"
    _description = "Contract Suspension"
    _order = "contract_id, date_from"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    reason = fields.Selection(
        selection=[("asked", "Asked for"), ("overdue", "Bill overdue")],
        required=True,
        readonly=True,
        default="asked",
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Resumed on")

    # One open suspension a contract, whoever presses the button twice.
    _open_uniq = models.UniqueIndex(
        "(contract_id) WHERE date_to IS NULL", "This contract is suspended already."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A suspension cannot end before it begins.",
    )

    def _as_pauses(self) -> list:
        return [Pause(row.date_from, row.date_to or None) for row in self]
