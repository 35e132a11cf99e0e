# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestVisitFee(AfterSalesCommon):
    """A free visit costs nothing through any door, another one its fee by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.labour = cls.env["product.product"].create(
            {"name": "Travel", "type": "service", "list_price": 30.0}
        )
        cls.fee_product = cls.env.ref("after_sales_service.product_oow_visit")
        cls.old_pc = cls._create_equipment("PC0002", sale_date="2022-01-10")
        cls.old_disk = cls.old_pc.component_ids[0]

    def _old_case(self, **vals):
        return self._new_ticket(scan="PC0002", component_id=self.old_disk.id, **vals)

    def _quote(self, repair, *products, **vals):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "repair_order_ids": [Command.link(repair.id)],
                "order_line": [
                    Command.create({"product_id": product.id, **vals})
                    for product in products
                ],
            }
        )

    def _refused(self, act, word):
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            act()
        self.assertIn(word, str(refused.exception))

    @rules("WAR-07", "VIS-29")
    def test_a_free_visit_is_not_charged_under_any_name(self):
        ticket = self._new_ticket()
        self.assertFalse(ticket.visit_fee)
        repair = self._working_visit(ticket).sudo().repair_id
        self.assertFalse(repair.sale_order_id)
        for product in (self.labour, self.fee_product):
            self._refused(
                lambda product=product: self._quote(repair, product), "WAR-07"
            )
        order = self._quote(repair, self.labour, price_unit=0.0)
        for vals in (
            {"price_unit": 0.01},
            {"product_id": self.fee_product.id, "price_unit": 50.0},
        ):
            self._refused(lambda vals=vals: order.order_line.write(vals), "WAR-07")
        other = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.labour.id})],
            }
        )
        self._refused(lambda: repair.write({"sale_order_id": other.id}), "WAR-07")

    @rules("OOW-05", "CF-12", "AMB-15")
    def test_a_visit_out_of_warranty_quotes_its_fee(self):
        ticket = self._old_case()
        self.assertEqual(ticket.visit_fee, 50.0)
        visit = self._working_visit(ticket)
        line = visit.sudo().repair_id.sale_order_id.order_line
        self.assertEqual(
            (line.product_id, line.price_unit, line.product_uom_qty),
            (self.fee_product, 50.0, 1.0),
        )
        self._sign(visit)
        visit.action_done()
        self.assertEqual(line.order_id.state, "sale", "agreed, so ordered")
        self._refused(lambda: visit.write({"fee_agreed_by": "Somebody"}), "finished")

    @rules("OOW-07")
    def test_nobody_works_before_the_customer_agreed_to_the_fee(self):
        visit = self.env["service.visit"].create(
            {"ticket_id": self._old_case().id, "engineer_id": self.engineer.id}
        )
        visit.action_appoint()
        visit = visit.with_user(self.engineer)
        self._fill_checklist(visit, "depart", "start")
        visit.action_depart()
        visit.action_arrive()
        self._refused(visit.action_start, "OOW-07")
        visit.fee_agreed_by = "李明"
        visit.action_start()
        self.assertEqual(visit.state, "working")

    @rules("WAR-09", "WAR-06")
    def test_the_part_is_covered_and_the_visit_is_not(self):
        pc = self._create_equipment(
            "PC0003",
            sale_date="2020-05-01",
            component_ids=[
                Command.create(
                    {
                        "category_id": self.env.ref(
                            "after_sales_service.category_software"
                        ).id
                    }
                )
            ],
        )
        ticket = self._new_ticket(scan="PC0003", component_id=pc.component_ids.id)
        self.assertEqual((ticket.coverage_verdict, ticket.visit_fee), ("warranty", 50))
        order = self._working_visit(ticket).sudo().repair_id.sale_order_id
        self.assertEqual(order.order_line.mapped("price_unit"), [50.0])

    @rules("OOW-06", "SHOP-18")
    def test_carried_in_costs_no_service_fee(self):
        ticket = self._old_case(delivery_mode="shop")
        self.assertFalse(ticket.visit_fee)
        repair = self.env["repair.order"].create(
            {"ticket_id": ticket.id, "partner_id": self.customer.id}
        )
        self._refused(lambda: self._quote(repair, self.labour), "CARE-10")
        self._refused(lambda: self._quote(repair, self.fee_product), "CARE-10")

    @rules("CF-12", "OOW-17")
    def test_another_fee_needs_somebody_elses_approval(self):
        ticket = self._old_case()
        line = self._working_visit(ticket).sudo().repair_id.sale_order_id.order_line
        for vals in ({"price_unit": 80}, {"discount": 50}, {"product_uom_qty": 2}):
            self._refused(lambda vals=vals: line.write(vals), "CF-12")
        self._refused(line.unlink, "CF-12")
        ask = self.env["service.coverage.exception"].with_user(self.hotline)
        exception = ask.create(
            {
                "ticket_id": ticket.id,
                "verdict": "fee",
                "fee_amount": 20.0,
                "reason": "Second trip this week",
            }
        )
        exception.action_ask()
        self.assertEqual(line.price_unit, 50.0, "asking changes nothing")
        with self.assertRaises(AccessError):
            exception.action_approve()
        exception.with_user(self.director).action_approve()
        self.assertEqual((ticket.visit_fee, line.price_unit), (20.0, 20.0))
        self._refused(lambda: line.write({"price_unit": 50.0}), "CF-12")

    @rules("CF-12", "WAR-22")
    def test_goodwill_takes_the_fee_off_the_quote(self):
        ticket = self._old_case()
        order = self._working_visit(ticket).sudo().repair_id.sale_order_id
        exception = (
            self.env["service.coverage.exception"]
            .with_user(self.hotline)
            .create({"ticket_id": ticket.id, "reason": "Our repair failed"})
        )
        exception.action_ask()
        exception.with_user(self.director).action_approve()
        self.assertFalse(ticket.visit_fee)
        self.assertFalse(order.order_line)

    @rules("OOW-06", "CF-12")
    def test_who_carries_it_in_after_all_pays_no_fee(self):
        ticket = self._old_case()
        order = self._working_visit(ticket).sudo().repair_id.sale_order_id
        self.assertTrue(order.order_line)
        ticket.delivery_mode = "shop"
        self.assertFalse(order.order_line)

    def test_there_is_no_fee_to_change_on_a_free_visit(self):
        exception = (
            self.env["service.coverage.exception"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": self._new_ticket().id,
                    "verdict": "fee",
                    "fee_amount": 20.0,
                    "reason": "Why not",
                }
            )
        )
        self._refused(exception.action_ask, "WAR-07")
