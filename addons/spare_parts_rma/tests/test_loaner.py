# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestLoaner(SpareCommon):
    """What is lent from stock moves in stock, and comes back to its shelf."""

    @classmethod
    def _set_the_stage(cls):
        result = super()._set_the_stage()
        cls.shelf = cls.station._get_locations("loaner")[cls.station]
        cls.lent = cls.station._get_locations("lent")[cls.station]
        cls.monitor = cls.env["product.product"].create(
            {"name": "Monitor 17", "is_storable": True, "tracking": "serial"}
        )
        cls.unit = cls.stock("MON-1", product=cls.monitor, location=cls.shelf)
        return result

    def lend(self, **vals):
        return (
            self.env["service.loaner"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": self._new_ticket().id,
                    "equal_grade": True,
                    "condition_out": "No scratch",
                    "due_date": self.company._service_today() + timedelta(days=7),
                    **vals,
                }
            )
        )

    @rules("PRT-22")
    def test_a_unit_of_the_shelf_goes_out_and_comes_back(self):
        loaner = self.lend(lot_id=self.unit.id)
        self.assertEqual(loaner.shelf_lot_ids, self.unit)
        self.assertEqual(loaner.serial, "MON-1")
        self.assertEqual(loaner.description, "Monitor 17")
        loaner.action_out()
        self.assertEqual(self.at(self.shelf, "MON-1"), 0)
        self.assertEqual(self.at(self.lent, "MON-1"), 1)
        self.assertFalse(loaner.shelf_lot_ids)
        life = self.env["spare.serial.life"].search([("lot_id", "=", self.unit.id)])
        self.assertEqual(life[-1].document, loaner.name)
        self.assertEqual(life[-1].partner_id, self.customer)
        self.assertEqual(life[-1].location_dest_id, self.lent)
        loaner.condition_back = "As lent"
        loaner.action_back()
        self.assertEqual(self.at(self.shelf, "MON-1"), 1)
        self.assertEqual(self.at(self.lent, "MON-1"), 0)

    @rules("PRT-22")
    def test_a_unit_that_comes_back_broken_is_not_lent_again(self):
        loaner = self.lend(lot_id=self.unit.id)
        loaner.action_out()
        loaner.write({"condition_back": "Dropped", "fault_back": "Screen is dark"})
        loaner.action_back()
        defective = self.station._get_locations("defective")[self.station]
        self.assertEqual(self.at(self.shelf, "MON-1"), 0)
        self.assertEqual(self.at(self.lent, "MON-1"), 0)
        self.assertEqual(self.at(defective, "MON-1"), 1)
        slip = self.env["spare.rma"].search([("lot_id", "=", self.unit.id)])
        self.assertEqual(slip.state, "at_station")
        self.assertEqual(slip.symptom, "Screen is dark")
        self.assertEqual(slip.station_id, self.station)
        self.assertTrue(slip.is_extra, "nobody owes it")
        self.assertTrue(slip.return_id, "it goes home with the weekly return")
        again = self.lend(serial="MON-1", description="Monitor")
        self.assertFalse(again.shelf_lot_ids)
        with self.assertRaisesRegex(UserError, "MON-1"):
            again.action_out()
        with self.assertRaisesRegex(UserError, loaner.name):
            loaner.fault_back = False

    @rules("PRT-22")
    def test_a_typed_serial_of_the_shelf_moves_as_well(self):
        twin = self.env["stock.lot"].create(
            {"name": "MON-1", "product_id": self.hd_product.id}
        )
        self.env["stock.quant"]._update_available_quantity(
            self.hd_product, self.good, 1, lot_id=twin
        )
        loaner = self.lend(serial="MON-1", description="Monitor")
        loaner.action_out()
        self.assertEqual(loaner.lot_id, self.unit)
        self.assertEqual(
            self.unit.quant_ids.filtered("quantity").location_id, self.lent
        )
        self.assertEqual(twin.quant_ids.filtered("quantity").location_id, self.good)

    def test_a_unit_that_is_not_on_the_shelf_is_refused(self):
        for loaner in (
            self.lend(serial="HD-NEW-1", description="Disk"),
            self.lend(serial="MON-1", description="Monitor"),
        ):
            if loaner.serial == "MON-1":
                self.lend(lot_id=self.unit.id).action_out()
            with self.assertRaises(UserError) as refusal, self.cr.savepoint():
                loaner.action_out()
            for word in (loaner.name, loaner.serial, self.station.name):
                self.assertIn(word, str(refusal.exception))
            loaner.invalidate_recordset()
            self.assertEqual(loaner.state, "draft")
        self.assertEqual(self.at(self.good, "HD-NEW-1"), 1)
        other = self.lend(lot_id=self.unit.id)
        other.serial = "MON-2"
        with self.assertRaisesRegex(UserError, "MON-1"):
            other.action_out()

    def test_what_is_not_in_stock_is_lent_without_a_movement(self):
        loaner = self.lend(serial="LOAN-7", description="Monitor")
        loaner.action_out()
        self.assertFalse(loaner.lot_id)
        loaner.condition_back = "As lent"
        loaner.action_back()
        self.assertEqual(loaner.state, "back")
        self.assertFalse(
            self.env["stock.picking"].search([("origin", "=", loaner.name)])
        )

    def test_what_was_lent_from_the_shelf_stays_as_it_is(self):
        loaner = self.lend(lot_id=self.unit.id)
        loaner.action_out()
        with self.assertRaisesRegex(UserError, loaner.name):
            loaner.lot_id = False

    @rules("PRT-22")
    def test_the_branch_supplies_loaners_to_their_own_shelf(self):
        store = self.company._get_spare_warehouse().lot_stock_id
        self.stock("MON-2", product=self.monitor, location=store)
        request = (
            self.env["spare.part.request"]
            .with_user(self.specialist)
            .create(
                {
                    "station_id": self.station.id,
                    "for_loan": True,
                    "line_ids": [Command.create({"product_id": self.monitor.id})],
                }
            )
        )
        request.action_submit()
        self.assertEqual(request.line_ids.on_hand, 1)
        request.with_user(self.branch_user).action_approve()
        request.with_user(self.clerk).action_ship()
        request.action_receive()
        self.assertEqual(self.at(self.shelf, "MON-2"), 1)
        with self.assertRaisesRegex(UserError, request.name):
            request.for_loan = False
