# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class StockMove(models.Model):
    """The money gate and the debt of a part line of a repair."""

    _inherit = "stock.move"

    spare_swap_id = fields.Many2one(
        comodel_name="spare.swap", index="btree_not_null", copy=False
    )
    coverage_id = fields.Many2one(
        comodel_name="service.coverage",
        index="btree_not_null",
        copy=False,
        help="The decision that says who pays for this part.",
    )

    def _create_repair_sale_order_line(self):
        """Only what was quoted is sold.

        A swapped part is covered, or it was quoted before (OOW-08); core would
        add it to the repair's quote once more.
        """
        unasked = self.filtered(
            lambda move: (
                move.repair_id.ticket_id
                and (
                    move.spare_swap_id
                    or move.coverage_id.verdict not in (False, "chargeable")
                )
            )
        )
        return super(StockMove, self - unasked)._create_repair_sale_order_line()

    def _get_gated(self):
        """Part lines the money gate looks at: those of a ticket's repair."""
        return self.filtered(
            lambda move: move.repair_line_type == "add" and move.repair_id.ticket_id
        )

    def _action_done(self, cancel_backorder=False):
        todo = self.filtered(
            lambda move: (
                move.picked
                and move.quantity > 0
                and move.state not in ("done", "cancel")
            )
        )._get_gated()
        coverages = todo._check_money_gate()
        result = super()._action_done(cancel_backorder=cancel_backorder)
        if coverages:
            todo._after_part_done(coverages)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        # A move that is born done never passes _action_done.
        if any(vals.get("state") == "done" for vals in vals_list):
            moves.filtered(lambda move: move.state == "done")._recheck_money_gate()
        return moves

    def write(self, vals):
        done = self.browse()
        if vals.get("state") == "done":
            done = self
        elif vals.keys() & {
            "quantity",
            "repair_id",
            "repair_line_type",
            "product_id",
            "coverage_id",
        }:
            done = self.filtered(lambda move: move.state == "done")
        result = super().write(vals)
        if done:
            done._recheck_money_gate()
        return result

    def _recheck_money_gate(self):
        """The gate for doors that lead around ``_action_done``."""
        moves = self._get_gated()
        if moves:
            moves._check_money_gate()

    def _check_money_gate(self):
        """Refuse chargeable parts before consent, payment and approval.

        OOW-07…OOW-14. One query a batch, nothing at all for other moves.

        :returns: {move id: id of the coverage that decides}
        """
        if not self:
            return {}
        # sudo: whoever moves the part, the money is looked at
        moves = self.sudo()
        return self.env["spare.part.request"]._check_money_gate(
            [
                (
                    move.repair_id.ticket_id,
                    move.product_id,
                    move.coverage_id,
                    move.product_uom._compute_quantity(
                        move.quantity, move.product_id.uom_id
                    ),
                    move,
                )
                for move in moves
            ]
        )

    def _after_part_done(self, coverages):
        """Note the verdict on consumed parts and give birth to their debt."""
        # sudo: consequences of a move that was allowed
        done = self.sudo().filtered(lambda move: move.state == "done")
        by_coverage = {}
        for move in done:
            coverage = coverages.get(move.id)
            if coverage and move.coverage_id.id != coverage:
                by_coverage.setdefault(coverage, []).append(move.id)
        for coverage, move_ids in by_coverage.items():
            done.browse(move_ids).coverage_id = coverage
        done.sale_line_id.spare_request_line_id.request_id._set_used()
        # PRT-14: a part consumed outside a swap owes a defective one as well
        done.filtered(lambda move: not move.spare_swap_id)._create_owed_rmas()

    def _follow_test_clock(self):
        """In a sandbox goods move when the company's clock says so."""
        # sudo: dates of moves that were just carried out
        for company, moves in self.sudo().grouped("company_id").items():
            if company.service_sandbox:
                now = company._service_now()
                moves.write({"date": now})
                moves.move_line_ids.write({"date": now})

    def _create_owed_rmas(self):
        """One RMA for every good piece consumed (RMA-02)."""
        vals_list = [
            self.env["spare.rma"]._prepare_from_move_vals(move)
            for move in self
            for _piece in range(round(move.quantity))
        ]
        return self.env["spare.rma"].create(vals_list)
