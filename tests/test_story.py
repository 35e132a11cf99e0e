# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One fault walked end to end, across the three add-ons."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules
from odoo.addons.service_contracts.tests.common import CareCommon
from odoo.addons.spare_parts_rma.tests.common import SpareCommon

from demo.operating_day import Day


class StoryCommon(SpareCommon, CareCommon):
    """李明 in 蚌埠 with a PC in warranty on a monthly care plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = Day(
            cls.env,
            {
                "hotline": cls.hotline,
                "engineer": cls.engineer,
                "specialist": cls.specialist,
                "director": cls.director,
                "branch": cls.branch_user,
                "clerk": cls.clerk,
                "finance": cls.finance,
            },
        )

    def assert_at(self, serial, location):
        """The piece with this serial lies there and nowhere else of ours."""
        quants = self.env["stock.quant"].search(
            [("lot_id.name", "=", serial), ("quantity", ">", 0)]
        )
        self.assertEqual(quants.location_id, location, serial)
        self.assertEqual(sum(quants.mapped("quantity")), 1)


@tagged("post_install", "-at_install")
class TestStory(StoryCommon):
    @rules(
        "WAR-03",
        "DSP-10",
        "DSP-12",
        "SLA-01",
        "PRT-02",
        "PRT-14",
        "RMA-01",
        "RMA-02",
        "RMA-05",
        "RMA-07",
        "PRT-09",
        "CARE-10",
        "CARE-13",
        "CB-03",
        "CB-04",
        "CB-17",
        "CON-20",
    )
    def test_one_fault_end_to_end(self):
        day = self.day
        # 1. The hotline scans the serial; everything fills itself.
        ticket = day.report("PC0001", "Hard disk not found", "HARD_DISK")
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.program_id, self.program_tc)
        self.assertEqual(ticket.station_id, self.station)
        self.assertIn("36 months", ticket.coverage_sentence)
        self.assertIn("WAR-03", ticket.coverage_sentence)

        # 2. Dispatched in time, the appointment made in time.
        self._pass_time(minutes=3)
        day.dispatch(ticket)
        self._pass_time(minutes=4)
        visit = day.appoint(ticket)
        clocks = {clock.rule: clock.state for clock in ticket.clock_ids}
        self.assertEqual(
            (clocks["DSP-10"], clocks["DSP-11"], clocks["DSP-12"]),
            ("met", "met", "met"),
        )

        # 3. A disk is drawn, the defective one swapped one for one, signed.
        day.draw(visit, "HD-NEW-1")
        self.assert_at("HD-NEW-1", self.custody())
        self._pass_time(minutes=60)
        day.go(visit)
        day.swap(visit, "HD-NEW-1", "HD-OLD-1", "Clicks, not found by the BIOS")
        inside = self.equipment.component_ids.filtered(
            lambda part: part.category_id == self.category_hd and not part.removed_on
        )
        self.assertEqual((inside.serial, inside.source), ("HD-NEW-1", "replacement"))
        day.complete(visit)
        self.assertEqual(visit.rating, "5")
        clocks = {clock.rule: clock.state for clock in ticket.clock_ids}
        self.assertEqual(clocks["SLA-01"], "met")

        # 4. The defective disk is owed, handed in, packed, signed and shipped.
        rma = visit.spare_swap_ids.sudo().rma_ids
        self.assertEqual((len(rma), rma.state, rma.serial), (1, "owed", "HD-OLD-1"))
        self.assert_at("HD-OLD-1", self.custody("engineer_defective"))
        day.hand_in(rma)
        self.assertEqual(rma.state, "at_station")
        self.assert_at("HD-OLD-1", self.defective)
        document = rma.return_id
        day.pack_and_ship(document)
        self.assertEqual((rma.state, document.state), ("shipped", "shipped"))
        self.assert_at("HD-OLD-1", self.company.spare_transit_location_id)
        for report in ("action_report_rma", "action_report_packing"):
            action = self.env.ref(f"spare_parts_rma.{report}")
            records = rma if action.model == "spare.rma" else document
            html = action._render_qweb_html(action.report_name, records.ids)[0]
            self.assertIn(b"HD-OLD-1", html)

        # 5. The clerk scans it in; it ends in the refurbishing stock.
        day.receive(document)
        self.assert_at("HD-OLD-1", self.company.spare_intake_location_id)
        day.inspect(rma)
        self.assertEqual((rma.state, document.state), ("closed", "settled"))
        self.assert_at("HD-OLD-1", self.company.spare_refurbish_location_id)
        self.assert_at("HD-NEW-2", self.good)

        # 6. Two callbacks for the right people on the right days.
        first, second = ticket.sudo().callback_ids.sorted("tier")
        self.assertEqual(
            (first.user_id, first.due_date), (self.hotline, date(2026, 11, 23))
        )
        self.assertEqual(
            (second.user_id, second.due_date), (self.branch_user, date(2026, 11, 27))
        )
        self.assertEqual(
            (first | second).activity_ids.user_id, self.hotline | self.branch_user
        )
        day.call_back(first, "branch")
        with self.assertRaisesRegex(ValidationError, "CB-17"), self.cr.savepoint():
            day.call_back(second, "branch")
            self.env.flush_all()

        # 7. The month of his care plan is billed; the repair cost him nothing.
        run = day.bill_month("2026-11-01")
        self.assertEqual(run.state, "done")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id), ("move_type", "=", "out_invoice")]
        )
        self.assertEqual((len(invoice), invoice.state), (1, "posted"))
        self.assertEqual(invoice.amount_untaxed, self.plan.fee)
        self.assertFalse(ticket.repair_ids.sale_order_id)
        charge = self.env["spare.charge"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(charge.mapped("state"), ["covered"])

    @rules("OOW-05", "OOW-07", "OOW-08", "OOW-10", "OOW-11", "OOW-14", "OOW-16")
    def test_the_same_fault_out_of_warranty(self):
        day = self.day
        self.branch.oow_pricelist_id = self.env["product.pricelist"].create(
            {"name": "OOW"}
        )
        old = self._create_equipment("PC0008", sale_date="2022-01-10")
        ticket = day.report("PC0008", "Hard disk not found", "HARD_DISK")
        self.assertEqual(ticket.coverage_verdict, "chargeable")
        day.dispatch(ticket)
        visit = day.appoint(ticket)
        day.go(visit)

        def refused():
            with self.assertRaises(UserError), self.cr.savepoint():
                day.draw(visit, "HD-NEW-1")
            self.assert_at("HD-NEW-1", self.good)

        refused()
        request = day.quote(visit, self.hd_product)
        refused()
        day.consent(request)
        refused()
        day.bill(request)
        self.assertEqual(
            sorted(request.sudo().sale_order_id.order_line.mapped("price_unit")),
            [50.0, 300.0],
        )
        with self.assertRaises(UserError):
            day.approve(request)
        refused()
        day.pay(request)
        refused()
        day.approve(request)
        day.draw(visit, "HD-NEW-1")
        day.swap(visit, "HD-NEW-1", "HD-OLD-8", "Clicks")
        day.complete(visit)
        charge = self.env["spare.charge"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(charge.with_user(self.finance).mapped("state"), ["settled"])
        new = old.component_ids.filtered(lambda part: part.serial == "HD-NEW-1")
        self.assertEqual(new.warranty_end, date(2027, 2, 19))

    @rules("CARE-10", "CARE-12", "OOW-05")
    def test_inside_the_plan_the_part_is_paid_and_the_visit_is_free(self):
        day = self.day
        self.branch.oow_pricelist_id = self.env["product.pricelist"].create(
            {"name": "OOW"}
        )
        old = self._create_equipment("PC0007", sale_date="2022-01-10")
        self._create_contract(equipment_ids=old.ids).action_activate()
        ticket = day.report(
            "PC0007", "Hard disk not found", "HARD_DISK", item_id=self.item_test.id
        )
        day.dispatch(ticket)
        visit = day.appoint(ticket)
        day.go(visit)
        request = day.quote(visit, self.hd_product)
        lines = request.sudo().sale_order_id.order_line
        self.assertEqual(lines.mapped("price_unit"), [300.0])
