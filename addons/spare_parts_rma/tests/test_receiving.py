# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import SIGNATURE, rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestReceiving(SpareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.shipped(2).with_user(cls.clerk)
        cls.box = cls.document.box_ids
        cls.desk = cls.env["spare.return"].with_user(cls.clerk)
        cls.first, cls.second = cls.document.rma_ids.sorted("id")

    def scan(self, code):
        return self.desk.scan_receive(code, self.box.id)

    @rules("RMA-05", "RMA-07")
    def test_box_then_pieces_then_closed(self):
        answer = self.desk.scan_receive(self.box.name)
        self.assertTrue(answer["ok"])
        self.assertEqual(len(answer["box"]["pieces"]), 2)
        self.assertEqual(self.document.state, "receiving")
        for rma in (self.first, self.second):
            answer = self.scan(rma.serial)
            self.assertTrue(answer["ok"], answer["message"])
        self.assertEqual(answer["box"]["received"], 2)
        self.assertEqual(answer["box"]["missing"], 0)
        self.document.action_finish_receiving()
        self.assertEqual(set(self.document.rma_ids.mapped("state")), {"received"})
        intake = self.company.spare_intake_location_id
        self.assertEqual(self.at(intake, self.first.serial), 1)
        pieces = self.document.rma_ids
        pieces.write({"inspection_result": "defective", "disposition": "refurbish"})
        pieces.action_inspect()
        pieces.action_close()
        self.assertEqual(self.at(intake, self.first.serial), 0)
        refurbish = self.company.spare_refurbish_location_id
        self.assertEqual(self.at(refurbish, self.first.serial), 1)
        self.assertEqual(self.document.state, "settled")
        self.assertFalse(
            self.env["stock.quant"].search(
                [
                    ("location_id", "=", self.company.spare_transit_location_id.id),
                    ("quantity", "!=", 0),
                ]
            )
        )
        # the slip may be opened anew when the serial comes again
        self.assertEqual(self.first.state, "closed")

    def test_box_twice(self):
        self.desk.scan_receive(self.box.name)
        answer = self.desk.scan_receive(self.box.name)
        self.assertFalse(answer["ok"])
        self.assertIn("scanned already", answer["message"])
        self.assertIn("2 of its pieces", answer["message"])
        for rma in (self.first, self.second):
            self.scan(rma.name)
        answer = self.desk.scan_receive(self.box.name)
        self.assertFalse(answer["ok"])
        self.assertEqual(answer["level"], "danger")

    def test_piece_twice(self):
        self.desk.scan_receive(self.box.name)
        self.scan(self.first.serial)
        answer = self.scan(self.first.serial)
        self.assertFalse(answer["ok"])
        self.assertIn("scanned already", answer["message"])
        self.assertEqual(answer["box"]["received"], 1)

    def test_piece_that_is_not_on_the_return(self):
        self.desk.scan_receive(self.box.name)
        answer = self.scan("HD-STRANGER")
        self.assertFalse(answer["ok"])
        self.assertIn("is not on return", answer["message"])
        self.assertFalse(self.document.difference_ids)
        answer = self.desk.note_extra("HD-STRANGER", self.box.id)
        self.assertEqual(answer["level"], "warning")
        self.assertEqual(self.document.difference_ids.kind, "extra")

    def test_unknown_code_and_unshipped_box(self):
        answer = self.desk.scan_receive("NOPE")
        self.assertFalse(answer["ok"])
        self.assertIn("Scan the box first", answer["message"])
        self.assertFalse(self.desk.scan_receive("  ")["ok"])
        rma = self.swapped(fresh=True)
        rma.with_user(self.specialist).action_hand_in()
        rma.return_id.with_user(self.specialist).action_pack_all()
        answer = self.desk.scan_receive(rma.box_id.name)
        self.assertIn("has not been shipped", answer["message"])
        self.assertEqual(rma.return_id.state, "open")

    def test_missing_piece_is_a_difference_and_may_turn_up(self):
        self.desk.scan_receive(self.box.name)
        with self.assertRaisesRegex(UserError, "nothing was scanned"):
            self.document.action_finish_receiving()
        self.scan(self.first.serial)
        self.document.action_finish_receiving()
        self.assertEqual(self.document.state, "received")
        self.assertEqual(self.second.state, "shipped")
        row = self.document.difference_ids
        self.assertEqual(row.kind, "missing")
        self.assertEqual(row.rma_id, self.second)
        with self.assertRaisesRegex(UserError, "Write in the note"):
            row.action_settle()
        answer = self.scan(self.second.serial)
        self.assertTrue(answer["ok"], answer["message"])
        self.document.action_finish_receiving()
        self.assertEqual(self.second.state, "received")
        self.assertEqual(row.state, "settled")

    # ---------------------------------------------------
    # Differences: station and warehouse settle them (AMB-21)
    # ---------------------------------------------------

    def finish(self, *received):
        self.desk.scan_receive(self.box.name)
        for rma in received:
            self.scan(rma.serial)
        self.document.action_finish_receiving()

    def agree(self, row, resolution, **vals):
        """Both sides agree, the warehouse writes it down."""
        row.with_user(self.clerk).write(
            {"resolution": resolution, "note": "Phoned", **vals}
        )
        row.with_user(self.clerk).action_settle()
        self.assertEqual(row.state, "open", "one side is not enough")
        with self.assertRaisesRegex(UserError, "other side"):
            row.with_user(self.clerk).action_settle()
        row.with_user(self.specialist).action_settle()
        self.assertEqual(row.state, "settled")
        self.assertEqual(row.warehouse_agreed_by_id, self.clerk)
        self.assertEqual(row.station_agreed_by_id, self.specialist)

    def test_lost_on_the_way(self):
        self.finish(self.first)
        row = self.document.difference_ids
        row.note = "Phoned"
        with self.assertRaisesRegex(UserError, "choose what was agreed"):
            row.action_settle()
        self.agree(row, "lost")
        self.assertEqual(self.second.state, "closed")
        transit = self.company.spare_transit_location_id
        self.assertEqual(self.at(transit, self.second.serial), 0)
        claim = self.second.sudo().claim_ids
        self.assertEqual((claim.party, claim.amount), ("carrier", 200.0))
        with self.assertRaisesRegex(UserError, "settled already"):
            row.action_settle()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            row.note = "Something else"

    @rules("RMA-11")
    def test_left_at_the_station(self):
        self.finish(self.first)
        row = self.document.difference_ids
        row.photo = SIGNATURE
        self.agree(row, "station")
        self.assertEqual(self.second.state, "at_station")
        self.assertEqual(self.at(self.defective, self.second.serial), 1)
        self.assertEqual(self.second.return_id.week, "2026-W48")

    def test_who_changes_the_agreement_asks_for_both_signatures_again(self):
        self.finish(self.first)
        row = self.document.difference_ids.with_user(self.clerk)
        row.write({"resolution": "lost", "note": "Phoned"})
        row.action_settle()
        row.with_user(self.specialist).resolution = "station"
        self.assertFalse(row.warehouse_agreed_by_id)

    def test_extra_piece_is_taken_in_with_a_slip(self):
        self.desk.scan_receive(self.box.name)
        self.scan(self.first.serial)
        self.scan(self.second.serial)
        answer = self.desk.note_extra("HD-STRANGER", self.box.id)
        row = self.document.difference_ids
        self.assertEqual(answer["difference"], row.id)
        self.document.action_finish_receiving()
        row.write({"resolution": "taken", "note": "From the cupboard"})
        with self.assertRaisesRegex(UserError, "which part"):
            row.action_settle()
        self.agree(row, "taken", product_id=self.hd_product.id)
        slip = row.rma_id
        self.assertTrue(slip.is_extra)
        self.assertEqual(slip.state, "received")
        intake = self.company.spare_intake_location_id
        self.assertEqual(self.at(intake, "HD-STRANGER"), 1)
        slip.write({"inspection_result": "defective", "disposition": "scrap"})
        slip.with_user(self.clerk).action_inspect_and_close()
        self.assertEqual(self.at(intake, "HD-STRANGER"), 0)

    def test_wrong_serial_is_corrected(self):
        self.desk.scan_receive(self.box.name)
        self.scan(self.first.serial)
        with self.assertRaisesRegex(UserError, "still expected"):
            self.desk.note_wrong_serial("HD-Y", self.first.name, self.box.id)
        self.desk.note_wrong_serial("HD-Y", self.second.name, self.box.id)
        self.document.action_finish_receiving()
        row = self.document.difference_ids
        self.assertEqual((row.kind, row.code), ("wrong_serial", "HD-Y"))
        expected = self.second.serial
        self.agree(row, "corrected")
        self.assertEqual(self.second.serial, "HD-Y")
        self.assertIn(expected, self.second.remark)
        intake = self.company.spare_intake_location_id
        self.assertEqual(self.at(intake, "HD-Y"), 1)
        transit = self.company.spare_transit_location_id
        self.assertEqual(self.at(transit, expected), 0)

    def lying(self, serial):
        """The places, ours or on the road, where a serial lies by the books."""
        return (
            self.env["stock.quant"]
            .search(
                [
                    ("lot_id.name", "=", serial),
                    ("quantity", ">", 0),
                    ("location_id.usage", "in", ("internal", "transit")),
                ]
            )
            .location_id
        )

    def note_extra(self, code):
        """A piece too many in a box whose own pieces are all there."""
        self.desk.scan_receive(self.box.name)
        for rma in (self.first, self.second):
            self.scan(rma.serial)
        self.desk.note_extra(code, self.box.id)
        self.document.action_finish_receiving()
        return self.document.difference_ids

    @rules("PRT-02")
    def test_extra_piece_leaves_the_place_where_the_books_had_it(self):
        """A good disk packed by mistake, from the shelf or from a bag."""
        self.draw(self.working(), "HD-NEW-2")
        for serial in ("HD-NEW-1", "HD-NEW-2"):
            with self.subTest(serial):
                row = self.note_extra(serial).filtered(
                    lambda row, serial=serial: row.code == serial
                )
                self.agree(row, "taken", product_id=self.hd_product.id)
                self.assertEqual(
                    self.lying(serial), self.company.spare_intake_location_id
                )
                self.document._transition("receiving")

    def test_corrected_serial_leaves_the_place_where_the_books_had_it(self):
        self.desk.scan_receive(self.box.name)
        self.scan(self.first.serial)
        self.desk.note_wrong_serial("HD-NEW-1", self.second.name, self.box.id)
        self.document.action_finish_receiving()
        self.agree(self.document.difference_ids, "corrected")
        self.assertEqual(self.lying("HD-NEW-1"), self.company.spare_intake_location_id)

    def test_extra_piece_that_is_in_a_machine(self):
        """A misread serial: the machine's parts list says otherwise."""
        row = self.note_extra(self._machine(7).component_ids.serial)
        row.write(
            {"resolution": "taken", "note": "?", "product_id": self.hd_product.id}
        )
        row.with_user(self.clerk).action_settle()
        with self.assertRaisesRegex(UserError, "hotline corrects the parts list"):
            row.with_user(self.specialist).action_settle()

    @rules("RMA-02")
    def test_extra_piece_that_was_never_handed_in(self):
        """It lies at the warehouse, so its slip and the stock say so."""
        owed = self.swapped(fresh=True)
        self.agree(self.note_extra(owed.serial), "taken")
        self.assertEqual((owed.state, owed.return_id), ("received", self.document))
        self.assertEqual(self.lying(owed.serial), self.company.spare_intake_location_id)

    @rules("RMA-02")
    def test_extra_piece_of_another_return_on_its_way(self):
        """It arrives for its own return, which misses it no longer."""
        piece = self.swapped(fresh=True)
        piece.with_user(self.specialist).action_hand_in()
        other = piece.return_id.with_user(self.specialist)
        other.action_pack_all()
        other.action_sign_specialist()
        other.with_user(self.director).action_sign_director()
        other.action_ship()
        self.agree(self.note_extra(piece.serial), "taken")
        self.assertEqual((piece.state, piece.return_id), ("received", other))
        self.assertEqual(
            self.lying(piece.serial), self.company.spare_intake_location_id
        )

    @rules("RMA-02")
    def test_extra_piece_that_arrived_for_its_own_return_meanwhile(self):
        """The books have it in the intake by then: nothing is left to book."""
        piece = self.swapped(fresh=True)
        piece.with_user(self.specialist).action_hand_in()
        other = piece.return_id.with_user(self.specialist)
        other.action_pack_all()
        other.action_sign_specialist()
        other.with_user(self.director).action_sign_director()
        other.action_ship()
        row = self.note_extra(piece.serial)
        box = other.box_ids
        self.desk.scan_receive(box.name)
        self.desk.scan_receive(piece.serial, box.id)
        other.with_user(self.clerk).action_finish_receiving()
        self.agree(row, "taken")
        self.assertEqual(row.state, "settled")
        self.assertEqual((piece.state, piece.return_id), ("received", other))
        self.assertEqual(
            piece.lot_id.quant_ids.filtered(lambda quant: quant.quantity > 0).mapped(
                lambda quant: (quant.location_id, quant.quantity)
            ),
            [(self.company.spare_intake_location_id, 1)],
        )

    def test_extra_piece_that_was_packed_for_the_next_return(self):
        piece = self.swapped(fresh=True)
        piece.with_user(self.specialist).action_hand_in()
        other = piece.return_id.with_user(self.specialist)
        other.action_pack_all()
        other.action_sign_specialist()
        other.with_user(self.director).action_sign_director()
        self.agree(self.note_extra(piece.serial), "taken")
        self.assertEqual((piece.state, piece.return_id), ("received", self.document))
        self.assertFalse(piece.box_id)
        with self.assertRaisesRegex(UserError, "nothing is on the list"):
            other.action_ship()

    def test_wrong_serial_that_turned_up_after_all(self):
        """Its own piece came later: there is nothing left to correct."""
        self.desk.scan_receive(self.box.name)
        self.scan(self.first.serial)
        self.desk.note_wrong_serial("HD-Y", self.second.name, self.box.id)
        self.document.action_finish_receiving()
        self.scan(self.second.serial)
        self.document.action_finish_receiving()
        self.assertEqual(self.second.state, "received")
        self.assertEqual(self.document.difference_ids.state, "settled")

    def test_two_wrong_serials_for_one_slip(self):
        """One of them is corrected; the other has nothing to say any more."""
        self.desk.scan_receive(self.box.name)
        self.scan(self.first.serial)
        for code in ("HD-Y", "HD-Z"):
            self.desk.note_wrong_serial(code, self.second.name, self.box.id)
        self.document.action_finish_receiving()
        rows = self.document.difference_ids
        self.agree(rows[0], "corrected")
        self.assertEqual(set(rows.mapped("state")), {"settled"})
        self.assertFalse(
            self.env["stock.quant"].search(
                [("location_id.usage", "=", "transit"), ("quantity", "<", 0)]
            )
        )

    @rules("RMA-04")
    def test_damage_found_by_the_warehouse_is_appraised(self):
        self.finish(self.first, self.second)
        self.first.write({"inspection_result": "damaged", "disposition": "scrap"})
        self.first.action_inspect()
        row = self.document.difference_ids
        self.assertEqual((row.kind, row.rma_id), ("condition", self.first))
        self.agree(row, "appraisal")
        self.assertEqual(self.first.sudo().appraisal_ids.state, "draft")

    def test_other_condition_at_the_desk(self):
        self.desk.scan_receive(self.box.name)
        with self.assertRaisesRegex(UserError, "has not been received"):
            self.desk.note_condition(self.first.serial, self.box.id, "Wet")
        self.scan(self.first.serial)
        answer = self.desk.note_condition(self.first.serial, self.box.id, "Wet")
        self.assertEqual(answer["level"], "warning")
        self.assertEqual(self.document.difference_ids.note, "Wet")

    # ---------------------------------------------------
    # The end
    # ---------------------------------------------------

    @rules("PRT-10")
    def test_only_good_pieces_go_back_into_good_stock(self):
        self.finish(self.first, self.second)
        self.first.write({"inspection_result": "defective", "disposition": "stock"})
        with self.assertRaisesRegex(UserError, "is not good"):
            self.first.action_inspect()
        self.first.write({"inspection_result": "no_fault"})
        self.first.action_inspect_and_close()
        stock = self.company._get_spare_warehouse().lot_stock_id
        self.assertEqual(self.at(stock, self.first.serial), 1)

    def test_vendor_return_and_credit_at_the_serials_cost(self):
        self.finish(self.first, self.second)
        pieces = self.first | self.second
        pieces.write({"inspection_result": "defective", "disposition": "vendor"})
        pieces.action_inspect_and_close()
        with self.assertRaisesRegex(UserError, "choose the vendor"):
            self.first.action_return_to_vendor()
        self.assertEqual(self.first.vendor_state, "to_send")
        vendor = self.env["res.partner"].create({"name": "Disk maker"})
        pieces.vendor_id = vendor
        pieces.action_return_to_vendor()
        picking = pieces.sudo().vendor_picking_id
        self.assertEqual(len(picking), 1)
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.location_dest_id.usage, "supplier")
        claims = pieces.sudo().claim_ids
        self.assertEqual(claims.mapped("amount"), [200.0, 200.0])
        self.assertEqual(claims.partner_id, vendor)
        self.assertEqual(set(pieces.mapped("vendor_state")), {"sent"})
        with self.assertRaisesRegex(UserError, "does not wait"):
            self.first.action_return_to_vendor()
        credit, given_up = claims.sorted("rma_id")
        credit.with_user(self.branch_user).action_accept()
        self.assertEqual(credit.rma_id.vendor_state, "sent")
        credit.with_user(self.finance).action_book()
        self.assertEqual(credit.rma_id.vendor_state, "credited")
        given_up.with_user(self.branch_user).action_drop("Out of its guarantee")
        self.assertEqual(given_up.rma_id.vendor_state, "no_credit")

    def test_dispositions_end_where_they_should(self):
        self.desk.scan_receive(self.box.name)
        for rma in (self.first, self.second):
            self.scan(rma.serial)
        self.document.action_finish_receiving()
        with self.assertRaisesRegex(UserError, "inspection's result"):
            self.first.action_inspect()
        self.first.write({"inspection_result": "no_fault", "disposition": "station"})
        self.second.write({"inspection_result": "damaged", "disposition": "scrap"})
        (self.first | self.second).action_inspect_and_close()
        self.assertEqual(self.at(self.good, self.first.serial), 1)
        scrap = self.env["stock.scrap"].search([("origin", "=", self.second.name)])
        self.assertEqual(scrap.state, "done")
        self.assertEqual(self.second.sudo().location_id, scrap.scrap_location_id)

    def test_a_full_box_opens_again_to_finish_its_return(self):
        """The clerk closed the browser after the last piece."""
        self.desk.scan_receive(self.box.name)
        for rma in (self.first, self.second):
            self.scan(rma.serial)
        again = self.desk.scan_receive(self.box.name)
        self.assertFalse(again["ok"])
        self.assertEqual(again["box"]["missing"], 0)
        self.document.action_finish_receiving()
        self.assertFalse(self.desk.scan_receive(self.box.name)["box"])

    def test_only_the_clerk_receives(self):
        with self.assertRaises(AccessError):
            self.env["spare.return"].with_user(self.engineer).note_extra(
                "X", self.box.id
            )
        with self.assertRaises(AccessError):
            self.env["spare.return"].with_user(self.specialist).scan_receive(
                self.box.name
            )

    def test_scan_is_cheap(self):
        """A scan costs the same with two pieces or many."""
        self.desk.scan_receive(self.box.name)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self.scan(self.first.serial)
            self.env.flush_all()
