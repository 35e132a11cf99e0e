# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestBadInput(SpareCommon):
    """What is wrong is refused in one sentence, and nothing is half done."""

    def refused(self, act, *words):
        """``act`` is refused and leaves nothing; all ``words`` are in the reason."""
        with self.assertRaises(UserError) as refusal, self.cr.savepoint():
            act()
        for word in words:
            self.assertIn(word, str(refusal.exception))

    def new_draw(self, **line):
        return (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create(
                {
                    "station_id": self.station.id,
                    "line_ids": [Command.create(line)] if line else [],
                }
            )
        )

    def test_draw_without_stock(self):
        draw = self.new_draw(product_id=self.cable.id, quantity=6)
        self.refused(
            draw.with_user(self.specialist).action_hand_over,
            "SATA cable",
            "wanted 6, on hand 5",
            self.good.display_name,
            "commercial specialist",
        )
        self.assertEqual(draw.state, "draft")
        self.assertFalse(draw.sudo().picking_id)

    def test_quantity_of_zero_less_or_a_fraction(self):
        for quantity, words in (
            (0, "at least one piece, not 0"),
            (-2, "at least one piece, not -2"),
            (1.5, "1.5 is a fraction"),
        ):
            self.refused(
                lambda quantity=quantity: self.new_draw(
                    product_id=self.cable.id, quantity=quantity
                ),
                "SATA cable",
                words,
            )
            self.refused(
                lambda quantity=quantity: self.env["spare.part.request"].create(
                    {
                        "station_id": self.station.id,
                        "line_ids": [
                            Command.create(
                                {"product_id": self.cable.id, "quantity": quantity}
                            )
                        ],
                    }
                ),
                "SATA cable",
                words,
            )
        draw = self.new_draw(product_id=self.cable.id)
        self.refused(lambda: draw.line_ids.write({"quantity": 0}), "SATA cable")
        self.assertEqual(draw.line_ids.quantity, 1)

    def test_serial_of_another_product(self):
        disk = self.env["stock.lot"].search([("name", "=", "HD-NEW-1")])
        self.refused(
            lambda: self.new_draw(product_id=self.cable.id, lot_id=disk.id),
            "HD-NEW-1",
            self.hd_product.display_name,
            "not a [CABLE] SATA cable",
        )
        visit = self.working()
        self.cable.service_category_id = self.env.ref(
            "after_sales_service.category_memory"
        )
        self.draw(visit, "CABLE")
        swap = self.new_swap(visit, "CABLE", "HD-OLD-1")
        self.refused(swap.action_swap, swap.name, "SATA cable", "PRT-14")
        self.assertEqual(swap.state, "draft")

    @rules("RMA-02")
    def test_piece_on_another_return(self):
        first, second = self.swapped(2)
        first.with_user(self.specialist).action_hand_in()
        shipped = first.return_id.with_user(self.specialist)
        shipped.action_pack_all()
        shipped.action_sign_specialist()
        shipped.with_user(self.director).action_sign_director()
        second.with_user(self.specialist).action_hand_in()
        other = second.return_id.with_user(self.specialist)
        self.assertNotEqual(other, shipped)
        self.refused(lambda: other.action_scan(first.name), first.name, shipped.name)
        first._set_guarded({"box_id": False})
        self.refused(lambda: other.action_scan(first.name), first.name, shipped.name)
        self.assertEqual(first.return_id, shipped)

    @rules("RMA-02")
    def test_second_open_slip_for_one_serial(self):
        rma = self.swapped()
        self.refused(
            lambda: self.env["spare.rma"].create(
                {
                    "product_id": rma.product_id.id,
                    "lot_id": rma.lot_id.id,
                    "symptom": "Again",
                    "station_id": self.station.id,
                }
            ),
            "HD-OLD-1",
            rma.name,
            self.station.name,
        )

    @rules("PRT-05")
    def test_approving_ones_own_request(self):
        request = (
            self.env["spare.part.request"]
            .with_user(self.manager)
            .create(
                {
                    "station_id": self.station.id,
                    "line_ids": [Command.create({"product_id": self.cable.id})],
                }
            )
        )
        request.action_submit()
        self.refused(
            request.action_approve, request.name, self.manager.name, "A colleague"
        )
        self.assertEqual(request.state, "submitted")

    def test_cancelling_a_shipped_return(self):
        document = self.shipped()
        self.refused(document.action_cancel, document.name, "the warehouse receives")
        self.refused(document.sudo().picking_id.action_cancel, document.name)
        self.assertEqual(document.state, "shipped")

    def test_receiving_a_box_twice(self):
        document = self.shipped(2)
        desk = self.env["spare.return"].with_user(self.clerk)
        box = document.box_ids
        self.assertTrue(desk.scan_receive(box.name)["ok"])
        again = desk.scan_receive(box.name)
        self.assertFalse(again["ok"])
        for word in (box.name, self.clerk.name, "2 of its pieces"):
            self.assertIn(word, again["message"])
        self.refused(lambda: desk.note_extra(box.name, box.id), box.name)
        for rma in document.rma_ids:
            desk.scan_receive(rma.name, box.id)
        document.with_user(self.clerk).action_finish_receiving()
        again = desk.scan_receive(box.name)
        self.assertEqual(again["level"], "danger")
        self.assertEqual(self.at(self.company.spare_intake_location_id, "HD-OLD-1"), 1)

    @rules("PRT-15")
    def test_a_different_model_while_the_same_one_is_there(self):
        bigger = self.hd_product.copy({"name": "Hard disk 1 TB", "barcode": False})
        self.stock("HD-BIG-1", product=bigger)
        visit = self.working()
        self.draw(visit, "HD-BIG-1")
        swap = self.new_swap(visit, "HD-BIG-1", "HD-OLD-1")
        self.refused(
            swap.with_user(self.branch_user).action_approve_grade,
            swap.name,
            self.hd_product.display_name,
            "PRT-15",
        )
        self.assertFalse(swap.grade_approved_by_id)
