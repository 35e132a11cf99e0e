# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.tools import SQL


class ServiceEquipmentHistory(models.Model):
    _inherit = "service.equipment.history"
    _depends = {"spare.swap": ["ticket_id", "done_at", "engineer_id"]}

    kind = fields.Selection(selection_add=[("swap", "Part swapped")])

    @api.model
    def _get_history_queries(self):
        return super()._get_history_queries() + [
            self._select_history(
                32,
                "swap",
                "spare.swap",
                SQL("ticket.equipment_id"),
                SQL("doc.done_at"),
                SQL("doc.engineer_id"),
                SQL(
                    "FROM spare_swap doc "
                    "JOIN helpdesk_ticket ticket ON ticket.id = doc.ticket_id"
                ),
            )
        ]
