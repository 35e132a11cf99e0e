# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestMoneyGate(SpareCommon):
    """The same fault on a PC out of warranty (OOW-05…OOW-18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        cls.old_pc = cls._create_equipment("PC0002", sale_date="2022-01-10")
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Out of warranty 2026",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": cls.hd_product.id,
                            "compute_price": "fixed",
                            "fixed_price": 388.0,
                        }
                    )
                ],
            }
        )
        cls.branch.oow_pricelist_id = cls.pricelist
        cls.env.user.group_ids += cls.env.ref("account.group_account_manager")

    def request(self, visit, quantity=1):
        return (
            self.env["spare.part.request"]
            .with_user(self.engineer)
            .create(
                {
                    "kind": "oow",
                    "visit_id": visit.id,
                    "ticket_id": visit.ticket_id.id,
                    "line_ids": [
                        Command.create(
                            {"product_id": self.hd_product.id, "quantity": quantity}
                        )
                    ],
                }
            )
        )

    def pay(self, request):
        request.with_user(self.finance).action_create_invoice()
        self.env["account.payment.register"].with_user(self.finance).with_context(
            active_model="account.move", active_ids=request.sudo().invoice_ids.ids
        ).create({})._create_payments()

    def approved(self, visit, quantity=1):
        request = self.request(visit, quantity)
        request.action_quote()
        request.action_record_consent("李明", "signed")
        request.action_submit()
        self.pay(request)
        request.with_user(self.finance).action_verify_payment()
        request.with_user(self.branch_user).action_approve()
        return request

    def assert_refused(self, act, *words):
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            act()
        for word in words:
            self.assertIn(word, str(refused.exception))

    @rules("OOW-05", "OOW-07", "OOW-08", "OOW-09", "OOW-10", "OOW-11", "OOW-14")
    def test_steps_in_their_order(self):
        visit = self.working(self.old_pc)
        self.assertEqual(visit.ticket_id.coverage_verdict, "chargeable")
        draw = (
            self.env["spare.draw"]
            .with_user(self.engineer)
            .create({"visit_id": visit.id})
        )
        draw.action_scan("HD-NEW-1")
        self.assert_refused(draw.action_request, "agreement", "finance", "branch")
        request = self.request(visit)
        self.assertEqual(request.remark, "Out-of-warranty product")
        self.assert_refused(request.action_submit, "agreement")
        self.assert_refused(request.action_record_consent, "make the quote first")
        request.action_quote()
        order = request.sudo().sale_order_id
        self.assertEqual(order.order_line.mapped("price_unit"), [388.0, 50.0])
        self.assert_refused(request.action_record_consent, "who agreed")
        request.action_record_consent("李明", "signed")
        request.action_submit()
        self.assertEqual(order.state, "sale")
        self.assert_refused(
            request.with_user(self.finance).action_verify_payment, "no invoice"
        )
        self.assert_refused(
            request.with_user(self.branch_user).action_approve, "OOW-14"
        )
        request.with_user(self.finance).action_create_invoice()
        self.assertEqual(request.sudo().invoice_ids.state, "posted")
        self.assert_refused(
            request.with_user(self.finance).action_verify_payment, "Not Paid"
        )
        self.env["account.payment.register"].with_user(self.finance).with_context(
            active_model="account.move", active_ids=request.sudo().invoice_ids.ids
        ).create({})._create_payments()
        self.assert_refused(draw.action_request, "finance")
        request.with_user(self.finance).action_verify_payment()
        self.assert_refused(draw.action_request, "branch")
        request.with_user(self.branch_user).action_approve()
        draw.action_request()
        draw.with_user(self.specialist).action_hand_over()
        swap = self.new_swap(visit, "HD-NEW-1", "HD-OLD-2")
        swap.action_swap()
        self._sign(visit)
        visit.action_done()
        # one line, joined from verdict to payment
        charge = self.env["spare.charge"].search(
            [("ticket_id", "=", visit.ticket_id.id)]
        )
        self.assertEqual(len(charge), 1)
        self.assertEqual(charge.state, "settled")
        self.assertEqual(charge.verdict, "chargeable")
        self.assertEqual(charge.amount, 388.0)
        self.assertEqual(charge.invoice_id, request.sudo().invoice_ids)
        self.assertEqual(charge.request_id, request)
        self.assertEqual(request.state, "used")
        self.assertEqual(swap.rma_ids.state, "owed")

    @rules("OOW-14")
    def test_gate_holds_at_every_door(self):
        visit = self.working(self.old_pc)
        repair = visit.sudo().repair_id
        custody = self.custody()
        lot = self.env["stock.lot"].search([("name", "=", "HD-NEW-1")])
        self.env["stock.quant"]._update_available_quantity(
            self.hd_product, custody, 1, lot_id=lot
        )
        self.env["stock.quant"]._update_available_quantity(
            self.hd_product, self.good, -1, lot_id=lot
        )
        # the button of the swap
        swap = self.new_swap(visit, "HD-NEW-1", "HD-OLD-2")
        self.assert_refused(swap.action_swap, "has to be paid by the customer")
        values = {
            "product_id": self.hd_product.id,
            "product_uom_qty": 1,
            "repair_id": repair.id,
            "repair_line_type": "add",
            "location_id": custody.id,
            "location_dest_id": repair.location_dest_id.id,
            "move_line_ids": [
                Command.create(
                    {
                        "product_id": self.hd_product.id,
                        "lot_id": lot.id,
                        "quantity": 1,
                        "location_id": custody.id,
                        "location_dest_id": repair.location_dest_id.id,
                    }
                )
            ],
        }
        # a move that is born done
        self.assert_refused(
            lambda: self.env["stock.move"].create(
                {**values, "state": "done", "picked": True}
            ),
            "has to be paid",
        )
        move = self.env["stock.move"].create({**values, "picked": True})
        # core's own buttons and methods
        self.assert_refused(repair.action_repair_end, "has to be paid")
        self.assert_refused(repair.action_repair_done, "has to be paid")
        self.assert_refused(move._action_done, "has to be paid")
        # plain writing, as an import or a script would
        self.assert_refused(lambda: move.write({"state": "done"}), "has to be paid")
        # naming another part's decision does not help
        covered = visit.ticket_id.coverage_ids.filtered(
            lambda row: row.category_id != self.category_hd
        )
        move.coverage_id = covered[:1]
        self.assert_refused(move._action_done, "has to be paid")
        self.assertEqual(move.state, "assigned")
        self.assertEqual(self.at(custody, "HD-NEW-1"), 1)

    def test_ticket_attached_afterwards_brings_its_verdict(self):
        ticket = self.working(self.old_pc).ticket_id
        lot = self.env["stock.lot"].search([("name", "=", "HD-NEW-1")])
        repair = self.env["repair.order"].create({"partner_id": self.customer.id})
        self.env["stock.move"].create(
            {
                "product_id": self.hd_product.id,
                "product_uom_qty": 1,
                "repair_id": repair.id,
                "repair_line_type": "add",
                "location_id": self.good.id,
                "location_dest_id": repair.location_dest_id.id,
            }
        )
        repair.action_validate()
        repair.action_repair_start()
        repair.move_ids.lot_ids = lot
        repair.action_repair_end()
        self.assertEqual(repair.move_ids.state, "done")
        self.assert_refused(
            lambda: repair.write({"ticket_id": ticket.id}), "has to be paid"
        )

    def test_gate_counts_pieces(self):
        visit = self.working(self.old_pc)
        self.approved(visit)
        self.draw(visit, "HD-NEW-1")
        self.draw(visit, "HD-NEW-2")
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-2").action_swap()
        swap = self.new_swap(
            visit,
            "HD-NEW-2",
            "HD-NEW-1",
        )
        # the new disk is covered by its three months only for later tickets
        visit.ticket_id._refresh_coverage()
        moves = self.env["stock.move"].search(
            [("repair_id", "=", visit.sudo().repair_id.id), ("state", "=", "done")]
        )
        add = moves.filtered(lambda move: move.repair_line_type == "add")
        self.assert_refused(lambda: add.write({"quantity": 2}), "this many pieces")
        self.assertEqual(swap.state, "draft")

    def test_two_pieces_are_quoted_and_swapped_one_by_one(self):
        self.env["service.equipment.component"].create(
            {
                "equipment_id": self.old_pc.id,
                "category_id": self.category_hd.id,
                "product_id": self.hd_product.id,
                "serial": "HD-SECOND",
            }
        )
        memory = self.env["product.product"].create(
            {
                "name": "Memory",
                "is_storable": True,
                "default_code": "MEM",
                "service_category_id": self.env.ref(
                    "after_sales_service.category_memory"
                ).id,
            }
        )
        self.env["stock.quant"]._update_available_quantity(memory, self.good, 1)
        covered = self.env["service.equipment.component"].create(
            {
                "equipment_id": self.old_pc.id,
                "category_id": memory.service_category_id.id,
                "product_id": memory.id,
                "source": "replacement",
                "installed_on": self.company._service_today(),
            }
        )
        visit = self.working(self.old_pc)
        request = self.approved(visit, quantity=2)
        order = request.sudo().sale_order_id
        self.assertEqual(order.order_line.mapped("price_unit"), [388.0, 388.0, 50.0])
        self.draw(visit, "HD-NEW-1", "HD-NEW-2", "MEM")
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-2").action_swap()
        self.assertEqual(request.state, "approved")
        # a covered part on the same job is neither gated nor sold
        self.new_swap(visit, "MEM", False, component_id=covered.id).action_swap()
        self.new_swap(visit, "HD-NEW-2", "HD-SECOND").action_swap()
        self.assertEqual(request.state, "used")
        self.assertEqual(len(order.order_line), 3)
        charges = self.env["spare.charge"].search(
            [("ticket_id", "=", visit.ticket_id.id)]
        )
        self.assertEqual(
            sorted(charges.mapped("state")), ["covered", "settled", "settled"]
        )
        self.assertEqual(sum(charges.mapped("amount")), 776.0)

    def test_a_paid_part_that_is_swapped_back_stays_paid_for(self):
        visit = self.working(self.old_pc)
        request = self.approved(visit)
        self.draw(visit, "HD-NEW-1")
        swap = self.new_swap(visit, "HD-NEW-1", "HD-OLD-2")
        swap.action_swap()
        self.assertEqual(request.state, "used")
        swap.action_undo("Dead on arrival")
        self.assertEqual(request.state, "approved")
        charges = self.env["spare.charge"].search(
            [("ticket_id", "=", visit.ticket_id.id)]
        )
        self.assertFalse(charges)
        self.draw(visit, "HD-NEW-2")
        self.new_swap(visit, "HD-NEW-2", "HD-OLD-2").action_swap()
        self.assertEqual(request.state, "used")
        charges.invalidate_model()
        charge = charges.search([("ticket_id", "=", visit.ticket_id.id)])
        self.assertEqual(charge.state, "settled")
        self.assertEqual(charge.request_id, request)

    def test_reversed_invoice_closes_the_gate_again(self):
        visit = self.working(self.old_pc)
        request = self.approved(visit)
        bill = request.sudo().invoice_ids
        bill.button_draft()
        draw = self.env["spare.draw"].create({"visit_id": visit.id})
        draw.action_scan("HD-NEW-1")
        self.assert_refused(draw.with_user(self.specialist).action_hand_over, "payment")

    def test_covered_and_foreign_moves_pass_without_a_query(self):
        visit = self.working()
        self.draw(visit, "HD-NEW-1")
        self.new_swap(visit, "HD-NEW-1", "HD-OLD-1").action_swap()
        charge = self.env["spare.charge"].search(
            [("ticket_id", "=", visit.ticket_id.id)]
        )
        self.assertEqual(charge.state, "covered")
        moves = self.env["stock.move"].search(
            [("repair_id", "=", False), ("state", "=", "done")]
        )
        self.assertTrue(moves)
        moves.mapped("repair_line_type")
        with self.assertQueryCount(0):
            moves._get_gated()._check_money_gate()

    def test_repair_without_ticket_is_untouched(self):
        repair = self.env["repair.order"].create({"partner_id": self.customer.id})
        self.env["stock.move"].create(
            {
                "product_id": self.cable.id,
                "product_uom_qty": 1,
                "repair_id": repair.id,
                "repair_line_type": "add",
                "location_id": self.good.id,
                "location_dest_id": repair.location_dest_id.id,
            }
        )
        repair.action_validate()
        repair.action_repair_start()
        repair.move_ids.quantity = 1
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertFalse(self.env["spare.rma"].search([("repair_id", "=", repair.id)]))

    @rules("OOW-11")
    def test_four_eyes_and_desks(self):
        visit = self.working(self.old_pc)
        request = self.request(visit)
        request.action_quote()
        request.action_record_consent("李明", "phone")
        request.action_submit()
        with self.assertRaises(AccessError):
            request.action_create_invoice()
        with self.assertRaises(AccessError):
            request.with_user(self.branch_user).action_verify_payment()
        with self.assertRaises(AccessError):
            request.action_approve()
        with self.assertRaises(AccessError):
            request.write({"verified_by_id": self.engineer.id})
        with self.assertRaises(AccessError):
            request.write({"state": "approved"})
        self.assert_refused(lambda: request.line_ids.write({"quantity": 3}), "fixed")

    @rules("OOW-17", "OOW-18")
    def test_only_list_prices(self):
        visit = self.working(self.old_pc)
        self.branch.oow_pricelist_id = False
        request = self.request(visit)
        self.assert_refused(request.action_quote, "OOW-18")
        self.branch.oow_pricelist_id = self.pricelist
        request.action_quote()
        self.assertEqual(request.line_ids.list_price, 388.0)
        request.action_record_consent("李明", "signed")
        request.action_submit()
        request.sudo().sale_order_id.order_line[0].price_unit = 500
        self.pay(request)
        self.assert_refused(
            request.with_user(self.finance).action_verify_payment, "OOW-17"
        )

    @rules("OOW-06")
    def test_carry_in_costs_no_fee(self):
        ticket = self._new_ticket(
            scan="PC0002",
            delivery_mode="shop",
            component_id=self.old_pc.component_ids.filtered(
                lambda part: part.category_id == self.category_hd
            ).id,
        )
        request = (
            self.env["spare.part.request"]
            .with_user(self.hotline)
            .create(
                {
                    "kind": "oow",
                    "ticket_id": ticket.id,
                    "line_ids": [Command.create({"product_id": self.hd_product.id})],
                }
            )
        )
        request.action_quote()
        self.assertEqual(len(request.sudo().sale_order_id.order_line), 1)

    def test_cancelled_request_leaves_no_planned_part(self):
        visit = self.working(self.old_pc)
        request = self.request(visit)
        request.action_quote()
        moves = request.sudo().line_ids.sale_line_ids.move_ids
        self.assertEqual(len(moves), 1)
        request.action_cancel()
        self.assertEqual(moves.state, "cancel")

    @rules("OOW-16")
    def test_replaced_part_has_three_months(self):
        visit = self.working(self.old_pc)
        self.approved(visit)
        self.draw(visit, "HD-NEW-1")
        swap = self.new_swap(visit, "HD-NEW-1", "HD-OLD-2")
        swap.action_swap()
        self.assertEqual(str(swap.new_component_id.warranty_end), "2027-02-19")
        self.assertEqual(swap.new_component_id.warranty_rule, "OOW-16")

    def test_view_and_tool_give_the_same_states(self):
        """The view asks the tool's questions in the tool's order."""
        from ..tools import charge as tool

        selection = dict(self.env["spare.charge"]._fields["state"].selection)
        self.assertEqual(
            list(selection), [state for state, _q in tool.STATES] + [tool.LAST]
        )
