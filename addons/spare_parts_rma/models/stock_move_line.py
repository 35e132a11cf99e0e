# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class StockMoveLine(models.Model):
    """Lines that change a move which is done already pass the gate too."""

    _inherit = "stock.move.line"

    # The custody ledger walks each bag's moves of a product and serial in order.
    _spare_into_idx = models.Index(
        "(location_dest_id, product_id, (COALESCE(lot_id, 0)), date, id) "
        "WHERE state = 'done'"
    )
    _spare_out_of_idx = models.Index(
        "(location_id, product_id, (COALESCE(lot_id, 0)), date, id) "
        "WHERE state = 'done'"
    )

    # … lists it newest first, and finds a serial's whole life.
    _spare_date_idx = models.Index("(date, id) WHERE state = 'done'")
    _spare_lot_idx = models.Index(
        "(lot_id) WHERE state = 'done' AND lot_id IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        done = lines.move_id.filtered(lambda move: move.state == "done")
        if done:
            done._recheck_money_gate()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"quantity", "move_id", "product_id"}:
            done = self.move_id.filtered(lambda move: move.state == "done")
            if done:
                done._recheck_money_gate()
        return result
