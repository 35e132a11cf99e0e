# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.tools import SQL


class ServiceEquipmentHistory(models.Model):
    _inherit = "service.equipment.history"
    _depends = {
        "contract.contract": ["equipment_ids", "date_start", "date_end", "state"]
    }

    kind = fields.Selection(
        selection_add=[
            ("contract", "Care plan begins"),
            ("contract_end", "Care plan ends"),
        ]
    )

    @api.model
    def _get_history_queries(self):
        contract = SQL(
            "FROM contract_contract doc "
            "JOIN contract_contract_service_equipment_rel machine "
            "ON machine.contract_id = doc.id"
        )
        return super()._get_history_queries() + [
            self._select_history(
                number,
                kind,
                "contract.contract",
                SQL("machine.equipment_id"),
                self._noon(f"CASE WHEN doc.state != 'draft' THEN doc.{name} END"),
                SQL("doc.user_id"),
                contract,
                # one contract covers several machines
                SQL("doc.id::bigint * 16777216 + machine.equipment_id"),
            )
            for number, kind, name in (
                (40, "contract", "date_start"),
                (41, "contract_end", "date_end"),
            )
        ]
