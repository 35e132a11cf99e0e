# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestSwapUndo(SpareCommon):
    """The part did not help: it comes out again, the old one goes back in."""

    def swap_in(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        swap = self.new_swap(visit, "HD-NEW-1", "HD-OLD-1")
        swap.action_swap()
        return swap

    @rules("PRT-14", "RMA-02")
    def test_everything_is_as_it_was(self):
        before = self.component_hd.warranty_end
        swap = self.swap_in()
        new, slip = swap.new_component_id, swap.rma_ids
        swap.action_undo("The fault is still there")
        self.assertEqual(swap.state, "undone")
        self.assertEqual(swap.undo_reason, "The fault is still there")
        # stock
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 1)
        self.assertEqual(self.at(self.custody("engineer_defective"), "HD-OLD-1"), 0)
        # machine
        self.assertTrue(new.removed_on)
        self.assertFalse(self.component_hd.removed_on)
        self.assertEqual(self.component_hd.warranty_end, before)
        # debt
        self.assertEqual(slip.state, "rejected")
        self.assertIn("The fault is still there", slip.remark)
        # the repair has no part line any more, the stock keeps its history
        self.assertFalse(swap.sudo().repair_id.move_ids)
        moves = swap.sudo().move_ids
        self.assertEqual(len(moves), 4)
        self.assertEqual(set(moves.mapped("state")), {"done"})
        self.assertFalse(
            self.env["spare.charge"].search([("ticket_id", "=", swap.ticket_id.id)])
        )
        line = self.env["spare.custody.line"].search(
            [("lot_id.name", "=", "HD-NEW-1"), ("held", "=", True)]
        )
        self.assertEqual(line.engineer_id, self.engineer)

    def test_the_same_pieces_are_swapped_again(self):
        swap = self.swap_in()
        swap.action_undo("Wrong machine")
        again = self.new_swap(swap.visit_id, "HD-NEW-1", "HD-OLD-1")
        again.action_swap()
        self.assertEqual(again.rma_ids.state, "owed")
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 0)
        with self.assertRaisesRegex(UserError, "only a finished swap"):
            swap.action_undo("Twice")

    def test_what_is_no_longer_there_is_not_swapped_back(self):
        swap = self.swap_in()
        with self.assertRaisesRegex(UserError, "Say why"):
            swap.action_undo(" ")
        with self.assertRaises(AccessError):
            swap.with_user(self.specialist).action_undo("I want it")
        with self.assertRaises(AccessError):
            swap.write({"undo_reason": "By hand"})
        swap.rma_ids.with_user(self.specialist).action_hand_in()
        with self.assertRaisesRegex(UserError, "was handed in already"):
            swap.action_undo("Too late")
        self.assertEqual(swap.state, "done")
        self.assertTrue(self.component_hd.removed_on)

    def test_the_later_swap_goes_first(self):
        first = self.swap_in()
        self.draw(first.visit_id, "HD-NEW-2")
        second = self.new_swap(first.visit_id, "HD-NEW-2", "HD-NEW-1")
        second.action_swap()
        with self.assertRaisesRegex(UserError, "the later swap first"):
            first.action_undo("No help")
        second.action_undo("No help")
        first.action_undo("No help")
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 1)
        self.assertEqual(self.at(self.custody(), "HD-NEW-2"), 1)

    def test_after_the_work_nothing_is_swapped_back(self):
        swap = self.swap_in()
        self._sign(swap.visit_id)
        swap.visit_id.action_done()
        with self.assertRaisesRegex(UserError, "not being worked on"):
            swap.action_undo("No help")

    def test_a_waived_part_cannot_go_back_in(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        swap = self.new_swap(visit, "HD-NEW-1", "HD-OLD-1")
        swap.with_user(self.branch_user).action_waive("Burnt in the fire")
        swap.action_swap()
        with self.assertRaisesRegex(UserError, "no part came back"):
            swap.action_undo("No help")
