# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError

# What the custody ledger tells about a movement (PRT-02).
TRACED_FIELDS = frozenset(
    {
        "date",
        "location_dest_id",
        "location_id",
        "lot_id",
        "lot_name",
        "move_id",
        "owner_id",
        "product_id",
        "product_uom_id",
        "quant_id",
        "quantity",
    }
)


class StockMoveLine(models.Model):
    """The custody ledger is a reading of these lines, so what was moved stays.

    Core lets every employee write them. Lines of the service network's places are
    written by stock people only (record rules), and a finished one by nobody: a
    correction is another movement. Lines that change a move which is done already
    pass the money gate too.
    """

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
        if not self.env.su and TRACED_FIELDS & vals.keys():
            self._check_untraced()
        result = super().write(vals)
        if vals.keys() & {"quantity", "move_id", "product_id"}:
            done = self.move_id.filtered(lambda move: move.state == "done")
            if done:
                done._recheck_money_gate()
        return result

    def _check_untraced(self):
        """PRT-02: nobody rewrites who had which piece and when."""
        # sudo: whether a place belongs to the network is asked for everybody
        traced = self.sudo().filtered(
            lambda line: (
                line.state == "done"
                and (line.location_id | line.location_dest_id).filtered("service_use")
            )
        )
        if traced:
            line = traced[0]
            raise UserError(
                self.env._(
                    "%(piece)s went from %(origin)s to %(target)s: a finished movement "
                    "is not rewritten. Hand the piece back, swap it back, or let the "
                    "warehouse correct the stock with an inventory adjustment (PRT-02).",
                    piece=line.lot_id.name or line.product_id.display_name,
                    origin=line.location_id.complete_name,
                    target=line.location_dest_id.complete_name,
                )
            )
