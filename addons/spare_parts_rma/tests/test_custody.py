# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestCustody(SpareCommon):
    @rules("PRT-01", "PRT-02", "PRT-12")
    def test_ledger_says_who_drew_what_when_for_which_job(self):
        visit = self.working()
        draw = self.draw(visit, "HD-NEW-1")
        self.assertEqual(self.at(self.good, "HD-NEW-1"), 0)
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 1)
        line = self.env["spare.custody.line"].search([("draw_id", "=", draw.id)])
        self.assertEqual(line.engineer_id, self.engineer)
        self.assertEqual(line.lot_id.name, "HD-NEW-1")
        self.assertEqual(line.visit_id, visit)
        self.assertEqual(line.handed_by_id, self.specialist)
        self.assertEqual(line.state, "held")
        self.assertFalse(line.closed_at)

    @rules("PRT-02")
    def test_what_was_moved_is_not_rewritten(self):
        """Core lets every employee write move lines, which the ledger reads."""
        self.draw(self.working(), "HD-NEW-1")
        line = self.env["stock.move.line"].search(
            [("location_dest_id", "=", self.custody().id), ("state", "=", "done")]
        )
        other = self.stock("HD-OTHER")
        self.assertFalse(line.with_user(self.engineer)._filtered_access("write"))
        self.assertTrue(line.with_user(self.clerk)._filtered_access("write"))
        for person in (self.engineer, self.hotline, self.specialist, self.clerk):
            for vals in ({"lot_id": other.id}, {"quantity": 0}, {"date": "2020-01-01"}):
                with self.assertRaisesRegex(UserError, "HD-NEW-1.*not rewritten"):
                    line.with_user(person).write(vals)
        self.assertEqual(line.lot_id.name, "HD-NEW-1")
        # where the service network has nothing, core is as it was
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.cable.id,
                "product_uom_qty": 1,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.env.ref("stock.stock_location_stock").id,
            }
        )
        receipt.quantity = 1
        self.assertTrue(
            receipt.move_line_ids.with_user(self.hotline)._filtered_access("write")
        )

    @rules("PRT-13")
    def test_unused_part_goes_back(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        back = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create({"visit_id": visit.id, "direction": "back"})
        )
        back.action_scan("HD-NEW-1")
        back.action_request()
        back.with_user(self.specialist).action_hand_over()
        self.assertEqual(self.at(self.good, "HD-NEW-1"), 1)
        line = self.env["spare.custody.line"].search([("lot_id.name", "=", "HD-NEW-1")])
        self.assertEqual(line.state, "returned")
        self.assertTrue(line.closed_at)

    def test_untracked_parts_close_first_in_first_out(self):
        visit = self.working()
        self.draw(visit, "CABLE")
        self.draw(visit, "CABLE")
        back = self.env["spare.draw"].create(
            {"visit_id": visit.id, "direction": "back"}
        )
        back.action_scan("CABLE")
        back.with_user(self.specialist).action_hand_over()
        lines = self.env["spare.custody.line"].search(
            [("product_id", "=", self.cable.id)], order="drawn_at, id"
        )
        self.assertEqual(lines.mapped("state"), ["returned", "held"])

    @rules("PRT-10")
    def test_defective_piece_cannot_be_drawn(self):
        self.stock("HD-BAD-1", location=self.defective)
        with self.assertRaisesRegex(UserError, "HD-BAD-1: wanted 1, on hand 0"):
            self.draw(self.working(), "HD-BAD-1")

    def test_part_that_is_not_there_is_refused_with_a_reason(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        with self.assertRaises(UserError) as refused:
            self.draw(visit, "HD-NEW-1")
        message = str(refused.exception)
        for word in ("HD-NEW-1", "wanted 1", "on hand 0", "specialist"):
            self.assertIn(word, message)
        self.assertEqual(self.at(self.good, "HD-NEW-1"), 0)
        self.assertEqual(
            self.env["spare.draw"].search_count(
                [("visit_id", "=", visit.id), ("state", "=", "done")]
            ),
            1,
        )

    def test_more_than_there_is_is_refused(self):
        draw = self.env["spare.draw"].create(
            {
                "visit_id": self.working().id,
                "line_ids": [(0, 0, {"product_id": self.cable.id, "quantity": 6})],
            }
        )
        with self.assertRaisesRegex(UserError, "wanted 6, on hand 5"):
            draw.with_user(self.specialist).action_hand_over()

    def test_unknown_code_fraction_and_zero(self):
        draw = self.env["spare.draw"].create({"visit_id": self.working().id})
        with self.assertRaisesRegex(UserError, "NOPE is neither"):
            draw.action_scan("NOPE")
        with self.assertRaisesRegex(UserError, "fraction"):
            draw.line_ids = [(0, 0, {"product_id": self.cable.id, "quantity": 0.5})]

    @rules("PRT-07")
    def test_nobody_hands_parts_to_himself(self):
        draw = self.env["spare.draw"].create(
            {
                "station_id": self.station.id,
                "engineer_id": self.specialist.id,
                "line_ids": [(0, 0, {"product_id": self.cable.id})],
            }
        )
        with self.assertRaisesRegex(UserError, "himself"):
            draw.with_user(self.specialist).action_hand_over()

    @rules("PRT-03", "PRT-06")
    def test_request_for_stock(self):
        warehouse = self.company._get_spare_warehouse()
        request = (
            self.env["spare.part.request"]
            .with_user(self.specialist)
            .create(
                {
                    "kind": "stock",
                    "station_id": self.station.id,
                    "line_ids": [
                        (0, 0, {"product_id": self.hd_product.id, "quantity": 2})
                    ],
                }
            )
        )
        request.action_propose()
        self.assertEqual(request.line_ids.on_hand, 3)
        request.action_submit()
        with self.assertRaisesRegex(UserError, "not approved"):
            request.with_user(self.clerk).action_ship()
        request.with_user(self.branch_user).action_approve()
        request.with_user(self.clerk).action_ship()
        self.assertEqual(request.state, "planned")
        self.stock("HD-WH-1", "HD-WH-2", location=warehouse.lot_stock_id)
        request.with_user(self.clerk).action_ship()
        self.assertEqual(request.state, "shipped")
        self.assertEqual(self.at(self.company.spare_transit_location_id, "HD-WH-1"), 1)
        request.action_receive()
        self.assertEqual(request.state, "received")
        self.assertEqual(self.at(self.good, "HD-WH-1"), 1)
        self.assertEqual(self.at(self.good, "HD-WH-2"), 1)

    def test_nobody_approves_his_own_request(self):
        request = (
            self.env["spare.part.request"]
            .with_user(self.manager)
            .create(
                {
                    "kind": "stock",
                    "station_id": self.station.id,
                    "line_ids": [(0, 0, {"product_id": self.cable.id})],
                }
            )
        )
        request.action_submit()
        with self.assertRaisesRegex(UserError, "four eyes"):
            request.action_approve()

    def test_new_company_and_station_get_their_places(self):
        company = self.env["res.company"].create({"name": "Second house"})
        self.assertTrue(company.spare_return_type_id)
        self.assertEqual(company.spare_transit_location_id.usage, "transit")
        station = self.env["service.station"].create(
            {"name": "New", "code": "NEW", "company_id": company.id}
        )
        self.assertEqual(
            set(station.location_ids.mapped("service_use")),
            {"good", "defective", "loaner", "lent"},
        )
        before = station.location_ids
        station._ensure_locations()
        self.assertEqual(station.location_ids, before)

    @rules("PRT-11", "VIS-03")
    def test_related_parts_are_drawn_by_the_cause_of_the_fault(self):
        """A disk is suspected; the cable is another kind of part."""
        self.cable.service_category_id = self.env.ref(
            "after_sales_service.category_memory"
        )
        visit = self.working(self.equipment)
        draw = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create({"visit_id": visit.id})
        )
        draw.action_scan("HD-NEW-1")
        draw.action_scan("CABLE")
        self.assertEqual(draw.line_ids.mapped("is_related"), [False, True])
        self.assertEqual(draw.fault_cause, visit.ticket_id.name)
        draw.fault_cause = False
        with self.assertRaisesRegex(UserError, "SATA cable is not the suspected part"):
            draw.action_request()
        draw.fault_cause = "The cable melted with the disk"
        draw.action_request()
        draw.with_user(self.specialist).action_hand_over()
        self.assertEqual(draw.state, "done")

    @rules("PRT-12", "PRT-17")
    def test_what_the_specialist_scans_is_what_was_asked_for(self):
        visit = self.working()
        disk = self.env["stock.lot"].search([("name", "=", "HD-NEW-1")]).product_id
        draw = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create(
                {
                    "visit_id": visit.id,
                    "line_ids": [
                        Command.create({"product_id": disk.id}),
                        Command.create({"product_id": disk.id}),
                    ],
                }
            )
        )
        draw.action_request()
        draw = draw.with_user(self.specialist)
        for serial, left in (("HD-NEW-1", 1), ("HD-NEW-2", 0)):
            with self.assertRaisesRegex(UserError, "scan the serial"):
                draw.action_hand_over()
            draw.action_scan(serial)
            asked = draw.line_ids.filtered(lambda line: not line.lot_id)
            self.assertEqual(len(asked), left)
        draw.action_hand_over()
        self.assertEqual(draw.line_ids.mapped("lot_id.name"), ["HD-NEW-1", "HD-NEW-2"])

    @rules("PRT-10", "PRT-17")
    def test_a_piece_that_is_not_good_does_not_go_back_on_the_good_shelf(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1", "HD-NEW-2")
        back = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create({"visit_id": visit.id, "direction": "back"})
        )
        back.action_scan("HD-NEW-1")
        back.action_scan("HD-NEW-2")
        back.line_ids[0].fault = "Does not spin up"
        back.action_request()
        back.with_user(self.specialist).action_hand_over()
        self.assertEqual(self.at(self.good, "HD-NEW-1"), 0)
        self.assertEqual(self.at(self.defective, "HD-NEW-1"), 1)
        self.assertEqual(self.at(self.good, "HD-NEW-2"), 1)
        slip = self.env["spare.rma"].search([("serial", "=", "HD-NEW-1")])
        self.assertEqual(slip.state, "at_station")
        self.assertEqual(slip.symptom, "Does not spin up")
        self.assertTrue(slip.is_extra, "no good part was consumed for it")
        self.assertTrue(slip.return_id)
        with self.assertRaisesRegex(UserError, "on hand 0"):
            self.draw(visit, "HD-NEW-1")
