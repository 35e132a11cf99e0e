# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    @api.constrains("sale_order_id", "ticket_id")
    def _check_care_scope(self):
        """A quotation with a service fee cannot be tied to a covered case (CARE-10)."""
        self.filtered("sale_order_id").ticket_id._check_free_scope()
