# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SpareSwap(models.Model):
    """A swap that did not help is undone in one act.

    The good piece is back in the engineer's hands, the old one back in the machine,
    its slip is struck, and list and warranty of the machine are as before.
    """

    _inherit = "spare.swap"

    undone_at = fields.Datetime(string="Swapped back at", readonly=True, copy=False)
    undo_reason = fields.Char(
        string="Swapped back because", readonly=True, copy=False, tracking=True
    )

    def action_undo(self, reason):
        """Swap back: both pieces return to where they were before.

        :param reason: stays on the swap and on the struck slip
        :raises UserError: the swap is not done, nobody works on the machine any more,
            or a piece is no longer where the swap put it
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the part is swapped back."))
        problems = [
            f"{swap.name}: {text}"
            for swap in self
            for text in swap._get_undo_problems()
        ]
        if problems:
            raise UserError("\n".join(problems))
        # sudo: engineers hold no stock rights; the swap and its pieces are checked
        self.sudo()._move_back()
        for swap in self.sudo():
            swap.new_component_id.removed_on = swap.company_id._service_today()
            swap.component_id.removed_on = False
            swap.rma_ids._strike(self.env._("Swapped back: %(reason)s", reason=reason))
        self._transition("undone", undone_at=self._now(), undo_reason=reason)
        return True

    def _get_undo_problems(self):
        """Everything that keeps this swap from being undone, in words."""
        self.ensure_one()
        if self.state != "done":
            return [self.env._("only a finished swap is swapped back.")]
        problems = self._get_job_problems()
        if self.waived_by_id:
            problems.append(
                self.env._("no part came back, so none can be put in again.")
            )
        # sudo: the slip's state, also when the specialist holds the piece
        slip = self.sudo().rma_ids
        if slip and slip.state != "owed":
            problems.append(
                self.env._(
                    "%(part)s was handed in already (%(state)s). Draw another part and "
                    "make a new swap.",
                    part=slip.display_name,
                    state=dict(slip._fields["state"]._description_selection(self.env))[
                        slip.state
                    ],
                )
            )
        if self.new_component_id.removed_on:
            problems.append(
                self.env._(
                    "%s was taken out again: swap back the later swap first.",
                    self.new_component_id.display_name,
                )
            )
        return problems

    def _move_back(self):
        """Reverse the moves of these swaps, in one batch.

        The reversed part lines leave the repair: nobody is billed for a part that was
        taken out again, and the stock history keeps every movement. A part the
        customer has paid for stays quoted and waits for its next swap.
        """
        moves = self.move_ids.filtered(lambda move: move.state == "done")
        lines = moves.move_line_ids
        self.env["stock.quant"]._spare_check_available(
            [
                {
                    "product": line.product_id,
                    "lot": line.lot_id,
                    "quantity": line.quantity,
                    "location": line.location_dest_id,
                }
                for line in lines
                if line.location_dest_id.usage == "internal"
            ],
            self.env._("The engineer who took the part out must have it."),
        )
        requests = moves.sale_line_id.spare_request_line_id.request_id
        paid = [
            self._prepare_planned_again_vals(move)
            for move in moves
            if move.sale_line_id
        ]
        back = self.env["stock.move"].create(
            [self._prepare_swap_back_vals(line) for line in lines]
        )
        back._action_done()
        if back.filtered(lambda move: move.state != "done"):
            raise UserError(
                self.env._(
                    "%s: the stock moves were not carried out. Tell a service "
                    "manager; nothing was changed.",
                    ", ".join(self.mapped("name")),
                )
            )
        back._follow_test_clock()
        # core derives the places of a part line from its type: they stay as they were
        places = [moves._fields[name] for name in ("location_id", "location_dest_id")]
        with self.env.protecting(places, moves):
            moves.write({"repair_line_type": False, "sale_line_id": False})
        self.env["stock.move"].create(paid)._do_unreserve()
        # a part of these requests was taken out again: they are not fitted yet
        for request in requests.filtered(lambda request: request.state == "used"):
            request._set_guarded(
                {"state": "received" if request.received_at else "approved"}
            )

    def _prepare_planned_again_vals(self, move):
        """A quoted part line that waits once more for its piece, as first planned."""
        station = move.spare_swap_id.station_id
        return {
            "product_id": move.product_id.id,
            "product_uom": move.product_uom.id,
            "product_uom_qty": move.product_uom_qty,
            "repair_id": move.repair_id.id,
            "repair_line_type": "add",
            "sale_line_id": move.sale_line_id.id,
            "company_id": move.company_id.id,
            "location_id": station._get_locations("good")[station].id,
            "location_dest_id": move.location_dest_id.id,
        }

    def _prepare_swap_back_vals(self, line):
        """The way back of a swapped piece: a move of its own, no line of the repair."""
        ends = {
            "location_id": line.location_dest_id.id,
            "location_dest_id": line.location_id.id,
            "company_id": line.company_id.id,
            "picked": True,
            "product_id": line.product_id.id,
        }
        swap = line.move_id.spare_swap_id
        return {
            **ends,
            "product_uom": line.product_uom_id.id,
            "product_uom_qty": line.quantity,
            "origin": swap.name,
            "spare_swap_id": swap.id,
            "move_line_ids": [
                Command.create(
                    {
                        **ends,
                        "product_uom_id": line.product_uom_id.id,
                        "quantity": line.quantity,
                        "lot_id": line.lot_id.id,
                    }
                )
            ],
        }
