# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestCoverage(CareCommon):
    @rules("CARE-05")
    def test_shop_repairs_are_free_without_limit(self):
        for number in range(1, 4):
            case = self._create_case(delivery_mode="shop", item_id=self.item_virus.id)
            self.assertEqual(case.coverage_verdict, "plan")
            self.assertEqual(case.coverage_id.rule, "CARE-05")
            self.assertEqual(
                case.sudo().entitlement_use_ids.entitlement_id.used, number
            )
        sentence = case.coverage_sentence
        for part in ("Virus removal", "Broadband Care", self.contract.code, "CARE-05"):
            self.assertIn(part, sentence)
        self.assertIn("without limit", sentence)

    @rules("CARE-04")
    def test_upgrade_and_upkeep_in_the_shop_are_free(self):
        for item in (
            "after_sales_service.item_system_optimisation",
            "service_contracts.item_software_upgrade",
        ):
            case = self._create_case(
                delivery_mode="shop", item_id=self.env.ref(item).id
            )
            row = case.coverage_ids.filtered("chosen").filtered("item_id")
            self.assertIn(row.verdict, ("plan", "warranty"))
            self.assertFalse(case.quote_state)
        # the same upgrade at the customer's is none of the plan's promises
        case = self._create_case(
            delivery_mode="onsite",
            item_id=self.env.ref("service_contracts.item_software_upgrade").id,
        )
        self.assertEqual(case.quote_state, "needed")

    @rules("CARE-10")
    def test_quota_is_used_up_and_the_price_is_told(self):
        vals = {"delivery_mode": "remote", "item_id": self.item_virus.id}
        first = self._create_case(**vals)
        self.assertEqual(first.coverage_verdict, "plan")
        self.assertIn("0 of 1 left", first.coverage_sentence)
        second = self._create_case(**vals)
        self.assertEqual(second.coverage_verdict, "chargeable")
        self.assertIn("20.00", second.coverage_sentence)
        self.assertIn("Broadband Care", second.coverage_sentence)
        self.assertFalse(second.entitlement_use_ids)
        # the next month begins with a new quota
        self._pass_time(days=15)
        third = self._create_case(**vals)
        self.assertEqual(third.coverage_verdict, "plan")

    def test_a_use_is_booked_once_at_acceptance(self):
        case = self._create_case(
            dispatch=False, delivery_mode="remote", item_id=self.item_virus.id
        )
        self.assertEqual(case.coverage_verdict, "plan")
        self.assertFalse(case.entitlement_use_ids, "not before acceptance")
        case.action_dispatch()
        case._after_accept()
        self._rate(case)
        case.action_close()
        self.assertEqual(len(case.entitlement_use_ids), 1)
        self.assertEqual(case.entitlement_use_ids.entitlement_id.used, 1)
        self.assertIn("0 of 1 left", case.care_summary)
        with self.assertRaises(UserError):
            case.sudo().entitlement_use_ids.unlink()

    def test_a_case_that_came_to_nothing_gives_its_use_back(self):
        case = self._create_case(delivery_mode="remote", item_id=self.item_virus.id)
        entitlement = case.sudo().entitlement_use_ids.entitlement_id
        self.assertEqual(entitlement.used, 1)
        cancelled = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        stage = case.stage_id
        case.sudo().stage_id = cancelled
        self.assertEqual(entitlement.used, 0)
        self.assertEqual(
            case.sudo().entitlement_use_ids.sorted("turn").mapped("quantity"), [1, -1]
        )
        self.assertIn("1 of 1 left", self.contract.care_summary)
        case.sudo().stage_id = stage
        self.assertEqual(entitlement.used, 1, "taken up again")
        self.assertEqual(len(case.sudo().entitlement_use_ids), 3)
        self.assertIn("0 of 1 left", self.contract.care_summary)

    def test_last_use_taken_meanwhile(self):
        """Two open cases see one use left: the second one dispatched pays."""
        vals = {"delivery_mode": "remote", "item_id": self.item_virus.id}
        first = self._create_case(dispatch=False, **vals)
        second = self._create_case(dispatch=False, **vals)
        self.assertEqual(
            [first.coverage_verdict, second.coverage_verdict], ["plan", "plan"]
        )
        (first + second).action_dispatch()
        self.assertEqual(first.coverage_verdict, "plan")
        self.assertEqual(second.coverage_verdict, "chargeable")
        self.assertEqual(len((first + second).entitlement_use_ids), 1)

    @rules("CARE-09")
    def test_outside_the_plan(self):
        case = self._create_case(delivery_mode="onsite", item_id=self.item_virus.id)
        self.assertEqual(case.coverage_verdict, "chargeable")
        self.assertIn("not in the plan Broadband Care", case.coverage_sentence)
        self.assertFalse(case.entitlement_use_ids)

    @rules("CARE-02")
    def test_delivery_mode_decides_until_acceptance(self):
        case = self._create_case(
            dispatch=False, delivery_mode="onsite", item_id=self.item_virus.id
        )
        self.assertEqual(case.coverage_verdict, "chargeable")
        case.delivery_mode = "shop"
        self.assertEqual(case.coverage_verdict, "plan")
        case.action_dispatch()
        case.delivery_mode = "onsite"
        self.assertEqual(case.coverage_verdict, "plan", "frozen, WAR-22")

    def test_service_asked_for_after_acceptance_is_used_too(self):
        case = self._create_case(delivery_mode="remote")
        self.assertFalse(case.entitlement_use_ids)
        case.item_id = self.item_virus
        self.assertEqual(case.coverage_verdict, "plan")
        self.assertEqual(len(case.entitlement_use_ids), 1)

    def test_warranty_of_the_part_and_plan_of_the_labour(self):
        ticket = self._new_ticket(item_id=self.item_test.id)
        self.assertEqual(ticket.coverage_verdict, "warranty")
        chosen = ticket.coverage_ids.filtered("chosen")
        self.assertEqual(
            chosen.filtered("item_id").mapped("verdict"),
            ["plan"],
            chosen.mapped("rule"),
        )
        self.assertEqual(len(ticket.entitlement_use_ids), 1)

    def test_complaint_costs_no_use(self):
        case = self._create_case(
            kind="complaint", delivery_mode="remote", item_id=self.item_virus.id
        )
        self.assertFalse(case.entitlement_use_ids)
        self.assertFalse(case.coverage_ids.filtered("item_id"))

    def test_only_a_running_contract_covers(self):
        vals = {"delivery_mode": "shop", "item_id": self.item_virus.id}
        self.contract.action_suspend()
        self.assertFalse(self._create_case(**vals).coverage_verdict)
        self.contract.action_resume()
        self.assertEqual(self._create_case(**vals).coverage_verdict, "plan")
        self.contract.action_end()
        self.assertEqual(self.contract.state, "ended")
        self.assertFalse(self._create_case(**vals).coverage_verdict)

    def test_contract_covers_its_machines_only(self):
        other = self._create_equipment("PC0002", sale_date="2026-03-02")
        vals = {"delivery_mode": "shop", "item_id": self.item_virus.id}
        self.assertFalse(self._create_case(scan="PC0002", **vals).coverage_verdict)
        self.contract.equipment_ids = [Command.clear()]
        case = self._create_case(scan="PC0002", **vals)
        self.assertEqual(case.equipment_id, other)
        self.assertEqual(case.care_contract_id, self.contract)
        self.assertEqual(case.coverage_verdict, "plan")

    def test_plan_brings_its_programme(self):
        case = self._create_case(dispatch=False)
        self.assertEqual(
            case._get_service_programs()[case], self.program_tc + self.program_careplan
        )
        self.assertIn(self.program_careplan, case.clock_ids.policy_id.program_id)

    @rules("CARE-10")
    def test_no_charge_inside_the_scope_through_any_door(self):
        ticket = self._new_ticket(item_id=self.item_test.id)
        visit = self._working_visit(ticket)
        repair = visit.sudo().repair_id
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "repair_order_ids": [Command.link(repair.id)],
            }
        )
        labour = self.env["product.product"].create(
            {"name": "Labour", "type": "service", "list_price": 30.0}
        )
        line_vals = {"order_id": order.id, "product_id": labour.id, "price_unit": 30.0}
        with self.assertRaisesRegex(UserError, "CARE-10"):
            self.env["sale.order.line"].create(line_vals)
        free = self.env["sale.order.line"].create({**line_vals, "price_unit": 0.0})
        with self.assertRaisesRegex(UserError, "CARE-10"):
            free.price_unit = 0.01
        # nor on the invoice of the quotation
        order.action_confirm()
        invoice = order._create_invoices(final=True)
        line = invoice.invoice_line_ids
        line.price_unit = 30.0
        with self.assertRaisesRegex(UserError, "CARE-10"):
            invoice.action_post()
        line.price_unit = 0.0
        by_hand = {"product_id": labour.id, "quantity": 1.0, "price_unit": 5.0}
        invoice.invoice_line_ids = [Command.create(by_hand)]
        with self.assertRaisesRegex(UserError, "CARE-10"):
            invoice.action_post()
        (invoice.invoice_line_ids - line).unlink()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 0.0)
        # a quotation made beforehand cannot be tied to the case either
        other = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.env["sale.order.line"].create({**line_vals, "order_id": other.id})
        with self.assertRaisesRegex(UserError, "CARE-10"):
            repair.sale_order_id = other

    @rules("CARE-12")
    def test_parts_follow_their_own_verdict(self):
        ticket = self._new_ticket(item_id=self.item_test.id)
        repair = self._working_visit(ticket).sudo().repair_id
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "repair_order_ids": [Command.link(repair.id)],
            }
        )
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.hd_product.id,
                "price_unit": 300.0,
            }
        )
        self.assertEqual(line.price_subtotal, 300.0)

    def test_outside_the_scope_a_charge_is_possible(self):
        ticket = self._new_ticket(item_id=self.item_virus.id)
        ticket.write({"quote_price": 50.0, "quote_agreed_by": "李明"})
        ticket.action_quote_price()
        ticket.action_agree_price()
        repair = self._working_visit(ticket).sudo().repair_id
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "repair_order_ids": [Command.link(repair.id)],
            }
        )
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.care_product.id,
                "price_unit": 30.0,
            }
        )
        self.assertEqual(line.price_subtotal, 30.0)

    def test_engineer_reads_what_is_left(self):
        ticket = self._new_ticket(item_id=self.item_test.id)
        visit = self._working_visit(ticket)
        case = visit.ticket_id.with_user(self.engineer)
        self.assertIn("unlimited", case.care_summary)
        with self.assertRaises(AccessError):
            self.contract.with_user(self.engineer).read(["code"])
