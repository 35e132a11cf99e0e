# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestLedgers(SpareCommon):
    """Limits of the bag, debts and their age, the life of a serial."""

    def held(self, **vals):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["spare.custody.line"].search(
            [("held", "=", True), ("engineer_id", "=", self.engineer.id)]
        )

    def test_ledger_shows_what_the_bag_holds(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1", "CABLE")
        self.draw(visit, "CABLE")
        lines = self.held()
        self.assertEqual(len(lines), 3)
        self.assertEqual(sum(lines.mapped("quantity")), 3)
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-1").action_swap()
        self.assertEqual(self.held(), lines.filtered(lambda row: not row.lot_id))
        used = self.env["spare.custody.line"].search([("lot_id.name", "=", "HD-NEW-1")])
        self.assertEqual((used.state, used.held), ("used", False))

    @rules("PRT-02")
    def test_a_draw_that_is_partly_used_holds_the_rest(self):
        visit = self.working()
        self.draw(visit, *["CABLE"] * 3)
        self.draw(visit, "HD-NEW-1", "HD-NEW-2")
        back = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create({"visit_id": visit.id, "direction": "back"})
        )
        for code in ("CABLE", "CABLE", "HD-NEW-2"):
            back.action_scan(code)
        back.with_user(self.specialist).action_hand_over()
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-1").action_swap()
        held = self.held()
        self.assertEqual((held.product_id, held.quantity), (self.cable, 1))
        lines = self.env["spare.custody.line"]
        mine = [("engineer_id", "=", self.engineer.id)]
        for state, number in (("held", 1), ("returned", 1), ("used", 1)):
            found = lines.search([("state", "=", state), *mine])
            self.assertEqual((found.state, len(found)), (state, number))
        self.assertEqual(
            lines.search(
                [("state", "not in", ["held", "returned"]), *mine]
            ).lot_id.name,
            "HD-NEW-1",
        )

    @rules("PRT-13")
    def test_a_bag_has_its_limit(self):
        self.station.custody_limit = 1
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        with self.assertRaisesRegex(UserError, "would hold 2 good pieces, at most 1"):
            self.draw(visit, "HD-NEW-2")
        self.engineer.sudo().spare_custody_limit = 2
        self.draw(visit, "HD-NEW-2")

    @rules("PRT-13", "RMA-11")
    def test_overdue_parts_block_when_the_station_wants_it(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        self._pass_time(days=20)
        line = self.held()
        self.assertTrue(line.overdue)
        self.assertEqual(line.days, 20)
        self.draw(visit, "HD-NEW-2")
        self.station.custody_block = True
        with self.assertRaisesRegex(UserError, "overdue parts: HD-NEW-1"):
            self.draw(visit, "HD-NEW-3")
        back = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create({"visit_id": visit.id, "direction": "back"})
        )
        back.action_scan("HD-NEW-1")
        back.with_user(self.specialist).action_hand_over()
        self.draw(visit, "HD-NEW-3")

    @rules("WAR-31", "RMA-12")
    def test_what_does_not_come_back_is_proposed_as_a_charge(self):
        slip = self.swapped(fresh=True)
        slips = self.env["spare.rma"]
        self.assertEqual(slip.due_on, (slip.born_at + timedelta(days=14)).date())
        slips._cron_propose_charges()
        self.assertFalse(slip.claim_ids)
        self._pass_time(days=16)
        slips._cron_propose_charges()
        slips._cron_propose_charges()
        claim = slip.claim_ids
        self.assertEqual(len(claim), 1)
        self.assertEqual(
            (claim.origin, claim.party, claim.partner_id, claim.amount, claim.state),
            ("overdue", "engineer", self.engineer.partner_id, 200.0, "draft"),
        )
        slip.with_user(self.specialist).action_hand_in()
        self.assertEqual(claim.state, "dropped")
        with self.assertRaises(UserError):
            slip.with_user(self.specialist).due_on = slip.due_on + timedelta(days=1)

    @rules("RMA-11")
    def test_debts_and_their_age(self):
        first, second = self.swapped(2)
        first.with_user(self.specialist).action_hand_in()
        self._pass_time(days=20)
        self.env.flush_all()
        rows = self.env["spare.debt.report"].with_user(self.director)
        old = rows.search([("rma_id", "=", second.id)])
        self.assertEqual((old.age_days, old.age, old.overdue), (20, "3", 1))
        self.assertEqual(old.punctual, 0)
        punctual = rows.search([("rma_id", "=", first.id)])
        self.assertEqual((punctual.punctual, punctual.overdue), (100.0, 0))
        with self.assertRaises(AccessError):
            self.env["spare.debt.report"].with_user(self.engineer).search([])

    def test_stock_by_station_and_condition(self):
        self.draw(self.working(), "HD-NEW-1")
        self.env.flush_all()
        rows = self.env["spare.stock.report"].with_user(self.specialist)
        found = {
            row.condition: row.quantity
            for row in rows.search([("product_id", "=", self.hd_product.id)])
        }
        self.assertEqual(found["good"], 2)
        self.assertEqual(found["engineer"], 1)

    def test_how_fast_parts_turn(self):
        """What was used counts where nothing is left, too."""
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-1").action_swap()
        rows = self.env["spare.stock.report"]
        domain = [("product_id", "=", self.hd_product.id)]
        self.env.flush_all()
        [(used, turn)] = rows._read_group(domain, [], ["used:sum", "turn:avg"])
        self.assertEqual((used, turn), (1, 0.5))
        pieces = self.env["stock.quant"].search(
            [*domain, ("location_id", "=", self.good.id), ("quantity", ">", 0)]
        )
        for quant in pieces:
            quant._update_available_quantity(
                quant.product_id, quant.location_id, -1, lot_id=quant.lot_id
            )
        self.env.flush_all()
        self.env["stock.quant"]._unlink_zero_quants()
        self.env.invalidate_all()
        rows = rows.search(domain).filtered("used")
        self.assertEqual((rows.quantity, rows.used), (0, 1))

    def test_the_life_of_a_serial(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-1").action_swap()
        self.env.flush_all()
        new, old = (
            self.env["stock.lot"].search([("name", "=", name)]).with_user(self.clerk)
            for name in ("HD-NEW-1", "HD-OLD-1")
        )
        life = new.spare_life_ids
        self.assertEqual(life[0].holder_id, self.engineer)
        self.assertEqual(life[1].equipment_id, self.equipment)
        self.assertEqual(new.spare_equipment_id, self.equipment)
        self.assertFalse(old.spare_equipment_id)
        self.assertIn(old.spare_rma_ids.swap_id.repair_id.name, life[1].document)
        slip = old.spare_rma_ids
        slip.with_user(self.specialist).action_hand_in()
        self.env.flush_all()
        old.invalidate_recordset()
        self.assertEqual(old.spare_life_ids[-1].location_dest_id, self.defective)

    def test_reading_the_ledger_takes_few_queries(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1", "HD-NEW-2", "CABLE")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self.env["spare.custody.line"].web_search_read(
                [("held", "=", True)],
                {
                    "engineer_id": {"fields": {"display_name": {}}},
                    "product_id": {"fields": {"display_name": {}}},
                    "lot_id": {"fields": {"display_name": {}}},
                    "days": {},
                },
            )
