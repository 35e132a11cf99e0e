# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class ServiceVisit(models.Model):
    """Before work on a visit the programme may ask who the customer is."""

    _name = "service.visit"
    _inherit = ["service.visit", "service.identity.mixin"]

    @api.depends("check_ids.line_id")
    def _compute_identity(self):
        """An installation that has its own row for it asks once (INS-04)."""
        result = super()._compute_identity()
        row = self.env.ref(
            "after_sales_service.check_broadband_identity", raise_if_not_found=False
        )
        self.filtered(
            lambda visit: row and row in visit.check_ids.line_id
        ).identity_check = "none"
        return result

    def _get_gate_missing(self, gate):
        missing = super()._get_gate_missing(gate)
        return missing if gate == "depart" else self._get_identity_missing() + missing
