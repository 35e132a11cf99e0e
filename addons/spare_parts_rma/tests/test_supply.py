# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestSupply(SpareCommon):
    """Requests for stock: same day, next day, what is missing is planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.company._get_spare_warehouse().lot_stock_id
        calendar = cls.env["resource.calendar"].create(
            {"name": "Mon-Fri 8-17", "tz": "Asia/Shanghai", "attendance_ids": []}
        )
        calendar.attendance_ids = [Command.clear()] + [
            Command.create(
                {"name": "x", "dayofweek": str(day), "hour_from": 8, "hour_to": 17}
            )
            for day in range(5)
        ]
        cls.station.calendar_id = calendar

    def part(self, name):
        return self.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "tracking": "serial",
                "service_category_id": self.category_hd.id,
            }
        )

    def request(self, *lines, kind="stock", **vals):
        lines = lines or ((self.hd_product, 2),)
        return (
            self.env["spare.part.request"]
            .with_user(self.specialist)
            .create(
                {
                    "kind": kind,
                    "station_id": self.station.id,
                    "line_ids": [
                        Command.create({"product_id": product.id, "quantity": quantity})
                        for product, quantity in lines
                    ],
                    **vals,
                }
            )
        )

    def approved(self, *lines, **vals):
        request = self.request(*lines, **vals)
        request.action_submit()
        request.with_user(self.branch_user).action_approve()
        return request

    @rules("PRT-03", "PRT-04", "PRT-05")
    def test_approved_the_same_day_shipped_the_next_working_day(self):
        """The clock stands on Friday 10:00 in 蚌埠."""
        request = self.request()
        request.action_submit()
        self.assertEqual(request.line_ids.on_hand, 3, "the basis is noted by itself")
        self.assertEqual(request.approve_due, datetime(2026, 11, 20, 9, 0))
        request.with_user(self.branch_user).action_approve()
        self.assertEqual(request.ship_due, datetime(2026, 11, 23, 9, 0))
        self.assertFalse(request.is_late)

    @rules("PRT-03")
    def test_the_basis_is_asked_once_for_many_requests(self):
        """Two stations' shelves, one question each for repairs, sales and stock."""
        other = self.station.copy({"code": "S-BASIS", "name": "宿州"})
        shelf = other._get_locations("good")[other]
        self.env["stock.quant"]._update_available_quantity(self.cable, shelf, 7)
        lines = self.request((self.cable, 1), (self.hd_product, 1)).line_ids
        lines |= self.request((self.cable, 1), station_id=other.id).sudo().line_ids
        lines = lines.sudo()
        lines._note_basis()
        self.env.flush_all()
        with self.assertQueryCount(3):
            lines._note_basis()
        self.assertEqual(lines.mapped("on_hand"), [5, 3, 7])

    @rules("PRT-05")
    def test_after_closing_time_counts_as_the_next_day(self):
        self._pass_time(hours=8)
        request = self.request()
        request.action_submit()
        self.assertEqual(request.approve_due, datetime(2026, 11, 23, 9, 0))
        self.company.spare_clock_working = False
        other = self.request()
        other.action_submit()
        self.assertEqual(other.approve_due, datetime(2026, 11, 20, 16, 0))

    @rules("PRT-05")
    def test_a_missed_clock_needs_its_reason(self):
        request = self.request()
        request.action_submit()
        self._pass_time(days=4)
        self.assertTrue(request.is_late)
        self.assertIn(
            request, self.env["spare.part.request"].search([("is_late", "=", True)])
        )
        branch = request.with_user(self.branch_user)
        with self.assertRaisesRegex(UserError, "say why first"):
            branch.action_approve()
        with self.assertRaises(AccessError):
            request.with_user(self.clerk).action_explain_delay("The phone was dead")
        branch.action_explain_delay("The phone was dead")
        branch.action_approve()
        self.assertEqual(request.approve_late_reason, "The phone was dead")
        self._pass_time(days=4)
        self.stock("HD-L-1", "HD-L-2", location=self.shelf)
        with self.assertRaisesRegex(UserError, "say why first"):
            request.with_user(self.clerk).action_ship()
        request.with_user(self.clerk).action_explain_delay("Snow")
        request.with_user(self.clerk).action_ship()
        self.assertEqual(request.ship_late_reason, "Snow")
        with self.assertRaisesRegex(UserError, "in time"):
            branch.action_explain_delay("Again")

    @rules("PRT-06", "PRT-09", "PRT-17")
    def test_what_is_there_is_shipped_the_rest_planned(self):
        request = self.approved((self.hd_product, 2))
        self.stock("HD-P-1", location=self.shelf)
        clerk = request.with_user(self.clerk)
        clerk.action_ship()
        self.assertEqual(request.state, "planned")
        self.assertEqual(request.line_ids.quantity_shipped, 1)
        with self.assertRaisesRegex(UserError, "a day to come"):
            clerk.action_plan(self.company._service_today() - timedelta(days=1))
        day = self.company._service_today() + timedelta(days=3)
        clerk.action_plan(day)
        self.assertEqual(request.planned_date, day)
        self.assertIn(
            self.branch_user.partner_id,
            request.sudo().message_ids.partner_ids,
        )
        request.action_receive()
        self.assertEqual(request.state, "planned")
        self.assertEqual(request.line_ids.quantity_received, 1)
        with self.assertRaisesRegex(UserError, "was not shipped"):
            request.action_receive()
        self.stock("HD-P-2", location=self.shelf)
        clerk.action_ship()
        self.assertEqual(request.state, "shipped")
        with self.assertRaisesRegex(UserError, "nothing counted"):
            request.with_user(self.director).action_sign_director()
        request.action_receive()
        self.assertEqual(request.state, "received")
        self.assertEqual(request.line_ids.quantity_received, 2)
        self.assertEqual(self.at(self.good, "HD-P-2"), 1)
        with self.assertRaises(AccessError):
            request.action_sign_director()
        request.with_user(self.director).action_sign_director()
        self.assertEqual(request.director_id, self.director)

    @rules("PRT-09", "PRT-17")
    def test_what_did_not_come_is_not_signed_for(self):
        self.stock("HD-S-1", "HD-S-2", location=self.shelf)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.shelf, 3)
        request = self.approved((self.hd_product, 2), (self.cable, 3))
        request.with_user(self.clerk).action_ship()
        with self.assertRaisesRegex(UserError, "HD-X.*HD-S-1"):
            request.action_receive_short("HD-X")
        with self.assertRaisesRegex(UserError, "did not come"):
            request.action_receive_short(" ")
        self.assertEqual(request.state, "shipped")
        request.action_receive_short("HD-S-2, CABLE")
        self.assertEqual(request.state, "received")
        self.assertEqual(request.line_ids.mapped("quantity_received"), [1, 2])
        self.assertTrue(request.is_short)
        self.assertEqual(self.at(self.good, "HD-S-2"), 0)
        told = request.sudo().message_ids[0]
        self.assertIn("HD-S-2", told.body)
        self.assertIn(self.clerk.partner_id, told.partner_ids)
        self.assertIn(self.branch_user.partner_id, told.partner_ids)
        request.with_user(self.director).action_sign_director()
        # the cable is found again, and signed for anew; the disk is lost
        request.action_receive_short("HD-S-2")
        self.assertEqual(request.line_ids.mapped("quantity_received"), [1, 3])
        self.assertFalse(request.director_id)
        with self.assertRaises(AccessError):
            request.action_write_off("Lost")
        request.with_user(self.clerk).action_write_off("Lost by the carrier")
        self.assertFalse(request.is_short)
        self.assertEqual(request.line_ids.mapped("quantity_received"), [1, 3])
        with self.assertRaisesRegex(UserError, "nothing is missing"):
            request.with_user(self.clerk).action_write_off("Again")
        with self.assertRaisesRegex(UserError, "was not shipped"):
            request.action_receive()

    @rules("PRT-06")
    def test_a_substitute_is_shipped_when_the_part_is_out(self):
        other = self.part("Hard disk 640 GB")
        self.hd_product.product_tmpl_id.spare_substitute_ids = other
        self.stock("HD-SUB-1", product=other, location=self.shelf)
        self.stock("HD-OWN-1", location=self.shelf)
        request = self.approved((self.hd_product, 2))
        request.with_user(self.clerk).action_ship()
        self.assertEqual(request.state, "shipped")
        request.action_receive()
        self.assertEqual(self.at(self.good, "HD-OWN-1"), 1)
        self.assertEqual(self.at(self.good, "HD-SUB-1"), 1)

    @rules("PRT-18", "PRT-13")
    def test_below_the_minimum_core_replenishment_drafts_one_request(self):
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.hd_product.id,
                "location_id": self.good.id,
                "product_min_qty": 5,
                "product_max_qty": 8,
                "company_id": self.company.id,
            }
        )
        self.assertTrue(orderpoint.route_id)
        requests = self.env["spare.part.request"]
        before = requests.search([])
        orderpoint._procure_orderpoint_confirm(company_id=self.company)
        request = requests.search([]) - before
        self.assertEqual(request.station_id, self.station)
        self.assertEqual(request.user_id, self.specialist)
        self.assertEqual(request.line_ids.quantity, 5)
        self.assertEqual(request.state, "draft")
        orderpoint.invalidate_recordset()
        orderpoint._compute_qty_to_order_computed()
        orderpoint._procure_orderpoint_confirm(company_id=self.company)
        self.assertEqual(requests.search([]) - before, request)
        self.assertEqual(orderpoint.spare_asked, 5)

    @rules("PRT-18")
    def test_the_specialist_keeps_the_minimum_of_his_own_shelf(self):
        rules_of_shelves = self.env["stock.warehouse.orderpoint"]
        orderpoint = rules_of_shelves.with_user(self.specialist).create(
            {
                "product_id": self.hd_product.id,
                "location_id": self.good.id,
                "product_min_qty": 5,
                "product_max_qty": 8,
                "company_id": self.company.id,
            }
        )
        action = orderpoint.action_ask_for_parts()
        request = self.env["spare.part.request"].search(action["domain"])
        self.assertEqual(request.station_id, self.station)
        self.assertEqual(request.line_ids.quantity, 5)
        elsewhere = self.env.ref("after_sales_service.station_fuyang")
        shelf = elsewhere._get_locations("good")[elsewhere]
        foreign = rules_of_shelves.create(
            {
                "product_id": self.hd_product.id,
                "location_id": shelf.id,
                "company_id": self.company.id,
            }
        ).with_user(self.specialist)
        self.assertFalse(foreign.has_access("read"))
        with self.assertRaises(AccessError):
            foreign.action_ask_for_parts()
        with self.assertRaises(AccessError):
            orderpoint.with_user(self.engineer).action_ask_for_parts()

    @rules("OOW-12")
    def test_an_approved_upgrade_application_is_shipped_by_the_sales_branch(self):
        request = self.request(
            (self.hd_product, 1), kind="oow", ticket_id=self._new_ticket().id
        )
        with self.assertRaisesRegex(UserError, "is not approved"):
            request.with_user(self.clerk).action_ship()
        request._set_guarded({"state": "approved"})
        self.stock("HD-OOW-1", location=self.shelf)
        request.with_user(self.clerk).action_ship()
        self.assertEqual(request.state, "shipped")
        request.action_receive()
        self.assertEqual(self.at(self.good, "HD-OOW-1"), 1)

    @rules("PRT-04")
    def test_the_branch_centre_hears_of_a_request_at_once(self):
        request = self.request()
        request.action_submit()
        message = request.sudo().message_ids[:1]
        self.assertIn("Hard disk 500 GB × 2", message.body)
        self.assertIn(self.branch_user.partner_id, message.partner_ids)

    # ---------------------------------------------------
    # Readiness
    # ---------------------------------------------------

    def visit(self, **vals):
        now = self.company._service_now()
        return (
            self.env["service.visit"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": self._new_ticket().id,
                    "engineer_id": self.engineer.id,
                    "window_start": now + timedelta(days=4),
                    "window_end": now + timedelta(days=4, hours=2),
                    **vals,
                }
            )
        )

    def ready(self, visit):
        visit.invalidate_recordset(["part_ready"])
        return visit.part_ready

    @rules("VIS-03", "VIS-18")
    def test_a_visit_is_not_promised_before_its_part_is_due(self):
        visit = self.visit()
        self.assertEqual(self.ready(visit), "none")
        board = self.part("Main board")
        request = self.request(
            (board, 1), kind="job", ticket_id=visit.ticket_id.id, visit_id=visit.id
        )
        self.assertEqual(self.ready(visit), "waiting")
        with self.assertRaisesRegex(UserError, "needs Main board × 1"):
            visit.action_appoint()
        request.action_submit()
        request.with_user(self.branch_user).action_approve()
        self.assertEqual(self.ready(visit), "due", "shipped Monday, there Tuesday")
        visit.action_appoint()
        request.with_user(self.clerk).action_ship()
        self.assertEqual(self.ready(visit), "waiting", "planned without a date")
        request.with_user(self.clerk).action_plan(
            self.company._service_today() + timedelta(days=8)
        )
        self.assertEqual(self.ready(visit), "waiting", "planned after the slot")

    def test_promised_anyway_with_a_reason(self):
        visit = self.visit()
        board = self.part("Main board")
        self.request((board, 1), kind="job", ticket_id=visit.ticket_id.id)
        self.assertEqual(self.ready(visit), "waiting")
        with self.assertRaisesRegex(UserError, "Say why"):
            visit.action_appoint_anyway(" ")
        with self.assertRaises(AccessError):
            visit.with_user(self.specialist).action_appoint_anyway("I want to")
        visit.action_appoint_anyway("The customer wants a look first")
        self.assertEqual(visit.state, "appointed")
        self.assertEqual(visit.part_override, "The customer wants a look first")
        with self.assertRaises(AccessError):
            visit.part_override = "Something else"

    @rules("VIS-03")
    def test_one_good_disk_makes_one_visit_ready(self):
        sooner, later = (
            self.visit(
                window_start=datetime(2026, 11, 24 + day, 2),
                window_end=datetime(2026, 11, 24 + day, 4),
            )
            for day in (0, 1)
        )
        visits = later | sooner
        for visit in visits:
            self.request(
                (self.hd_product, 1),
                kind="job",
                ticket_id=visit.ticket_id.id,
                visit_id=visit.id,
            )
        self.assertEqual(set(visits.mapped("part_ready")), {"due"})
        draw = self.draw(sooner, "HD-NEW-1")
        visits.invalidate_recordset()
        self.assertEqual(sooner.part_ready, "ready")
        self.assertEqual(later.part_ready, "due")
        self.env["stock.quant"].search(
            [
                ("location_id", "=", self.good.id),
                ("product_id", "=", self.hd_product.id),
            ]
        ).sudo().unlink()
        visits.invalidate_recordset()
        self.assertEqual(later.part_ready, "waiting")
        self.assertEqual(draw.state, "done")

    def test_the_board_asks_once_for_all_visits(self):
        def cost(number):
            visits = self.env["service.visit"].union(
                *(self.visit() for _index in range(number))
            )
            for visit in visits:
                self.request(
                    (self.hd_product, 1), kind="job", ticket_id=visit.ticket_id.id
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            visits.mapped("part_ready")
            return self.env.cr.sql_log_count - before

        few, many = cost(1), cost(8)
        self.assertLessEqual(many, few + 3)
        self.assertLess(many, 40)
