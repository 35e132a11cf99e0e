# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestReturn(SpareCommon):
    @rules("RMA-05", "PRT-17")
    def test_handing_in_opens_the_week(self):
        rma = self.swapped()
        self.assertFalse(rma.return_id)
        rma.with_user(self.specialist).action_hand_in()
        self.assertEqual(rma.state, "at_station")
        self.assertEqual(self.at(self.defective, "HD-OLD-1"), 1)
        self.assertEqual(rma.return_id.week, "2026-W47")
        self.assertEqual(rma.return_id.station_id, self.station)
        self.assertEqual(rma.handed_in_to_id, self.specialist)

    @rules("RMA-05")
    def test_return_opens_itself_on_its_weekday(self):
        self.swapped()
        returns = self.env["spare.return"]
        self.station.return_weekday = "5"
        # the clock stands on a Friday
        self.assertNotIn(self.station, returns._cron_open_returns().station_id)
        self.company.service_test_now = datetime(2026, 11, 21, 2, 0)
        opened = returns._cron_open_returns()
        self.assertEqual(opened.station_id, self.station)
        self.assertEqual(opened.owed_count, 1)
        self.assertEqual(returns._cron_open_returns(), opened)
        warning = opened.message_ids[:1]
        self.assertIn("Engineer: 1 pieces", warning.body)
        self.assertLessEqual(
            (self.engineer | self.specialist | self.director).partner_id,
            warning.partner_ids,
        )

    def test_signed_return_is_not_reopened_before_its_week(self):
        document = self.shipped()
        self.swapped(fresh=True)
        self.assertFalse(self.env["spare.return"]._cron_open_returns())
        self.assertEqual(document.state, "shipped")

    def test_piece_after_signing_waits_for_next_week(self):
        first, second = self.swapped(2)
        first.with_user(self.specialist).action_hand_in()
        document = first.return_id.with_user(self.specialist)
        document.action_pack_all()
        document.action_sign_specialist()
        document.with_user(self.director).action_sign_director()
        second.with_user(self.specialist).action_hand_in()
        self.assertEqual(second.return_id.week, "2026-W48")

    def test_struck_slip_leaves_the_return(self):
        """A wrong slip does not keep the others from being signed and shipped."""
        wrong, right = self.swapped(2)
        (wrong | right).with_user(self.specialist).action_hand_in()
        document = right.return_id.with_user(self.specialist)
        wrong.with_user(self.branch_user).action_reject("Written twice")
        self.assertEqual(document.rma_ids, right)
        document.action_pack_all()
        document.action_sign_specialist()
        document.with_user(self.director).action_sign_director()
        document.action_ship()
        self.assertEqual(right.state, "shipped")

    @rules("RMA-07")
    def test_packing_by_scan(self):
        first, second = self.swapped(2)
        first.with_user(self.specialist).action_hand_in()
        document = first.return_id.with_user(self.specialist)
        with self.assertRaisesRegex(UserError, "not been handed in"):
            document.action_scan(second.name)
        with self.assertRaisesRegex(UserError, "NOPE is no return slip"):
            document.action_scan("NOPE")
        document.action_scan("HD-OLD-1")
        self.assertEqual(first.state, "packed")
        self.assertEqual(first.box_id.name, f"{document.name}-B1")
        with self.assertRaisesRegex(UserError, "already"):
            document.action_scan(first.name)
        second.with_user(self.specialist).action_hand_in()
        document.action_new_box()
        document.action_scan(second.name)
        self.assertEqual(second.box_id.name, f"{document.name}-B2")

    @rules("PRT-09", "RMA-09")
    def test_two_people_sign(self):
        rma = self.swapped()
        rma.with_user(self.specialist).action_hand_in()
        document = rma.return_id.with_user(self.specialist)
        with self.assertRaisesRegex(UserError, "everything is packed"):
            document.action_sign_specialist()
        document.action_pack_all()
        with self.assertRaises(UserError):
            document.action_ship()
        document.with_user(self.manager).action_sign_specialist()
        with self.assertRaisesRegex(UserError, "two people"):
            document.with_user(self.manager).action_sign_director()
        document.with_user(self.director).action_sign_director()
        self.assertEqual(document.state, "signed")
        document.action_reopen()
        self.assertEqual(document.state, "open")
        self.assertFalse(document.director_id)

    @rules("RMA-05", "RMA-06", "RMA-08")
    def test_shipping_is_one_transfer_and_the_list_is_sent(self):
        document = self.shipped(2)
        picking = document.sudo().picking_id
        self.assertEqual(document.state, "shipped")
        self.assertEqual(picking.state, "done")
        self.assertEqual(len(picking.move_ids.reference_ids), 1)
        self.assertEqual(
            picking.move_line_ids.result_package_id, document.sudo().box_ids.package_id
        )
        self.assertEqual(self.at(self.company.spare_transit_location_id, "HD-OLD-1"), 1)
        self.assertTrue(document.faxed_at)
        self.assertIn(document.rma_ids[0].name, document.sudo().message_ids[:1].body)
        self.assertIn(
            self.branch_user.partner_id,
            document.sudo().message_ids[:1].partner_ids,
        )

    def test_shipped_return_is_not_cancelled(self):
        document = self.shipped()
        with self.assertRaisesRegex(UserError, "cannot be cancelled"):
            document.action_cancel()
        with self.assertRaisesRegex(UserError, "was shipped"):
            document.sudo().picking_id.action_cancel()
        with self.assertRaises(UserError):
            document.action_reopen()
        with self.assertRaises(UserError):
            document.sudo().unlink()

    def test_queries_do_not_grow_faster_than_core(self):
        """20 pieces cost at most nine queries a piece more than 2."""
        counts = {}
        for number in (2, 20):
            rmas = self.swapped(number, fresh=True)
            rmas.with_user(self.specialist).action_hand_in()
            document = rmas.return_id.with_user(self.specialist)
            document.action_pack_all()
            document.action_sign_specialist()
            document.with_user(self.director).action_sign_director()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document.action_ship()
            self.env.flush_all()
            counts[number] = self.env.cr.sql_log_count - before
        growth = (counts[20] - counts[2]) / 18
        self.assertLess(growth, 9, counts)

    def count(self, act, *args):
        """Queries of an act with a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_no_step_of_a_return_costs_more_for_each_further_piece(self):
        """What grows is core's stock: at most four queries a piece that moves."""
        costs = {}
        for number in (5, 25):
            rmas = self.handed_in(number, f"COST{number}")
            document = rmas.return_id.with_user(self.specialist)
            cost = costs[number] = {"pack": self.count(document.action_pack_all)}
            cost["sign"] = self.count(document.action_sign_specialist)
            document.with_user(self.director).action_sign_director()
            cost["ship"] = self.count(document.action_ship)
            desk = self.env["spare.return"].with_user(self.clerk)
            box = document.box_ids
            cost["box"] = self.count(desk.scan_receive, box.name)
            scans = [self.count(desk.scan_receive, rma.serial, box.id) for rma in rmas]
            cost["scan"] = max(scans[1:])
            received = document.with_user(self.clerk)
            cost["finish"] = self.count(received.action_finish_receiving)
            pieces = rmas.with_user(self.clerk)
            pieces.write({"inspection_result": "defective", "disposition": "refurbish"})
            cost["inspect"] = self.count(pieces.action_inspect)
            cost["close one"] = self.count(pieces[0].action_close)
            cost["close"] = self.count(pieces[1:].action_close)
            self.assertEqual(document.state, "settled")
        growth = {
            step: (costs[25][step] - count) / 20 for step, count in costs[5].items()
        }
        moving = {step: growth.pop(step) for step in ("ship", "finish", "close")}
        self.assertLessEqual(max(moving.values()), 4.5, (moving, costs))
        self.assertLessEqual(max(growth.values()), 0.1, (growth, costs))

    @rules("PRT-08", "RMA-07")
    def test_papers_have_their_barcodes(self):
        document = self.shipped(2)
        for report, record in (
            ("spare_parts_rma.report_rma", document.rma_ids),
            ("spare_parts_rma.report_return", document),
            ("spare_parts_rma.report_packing", document),
            ("spare_parts_rma.report_box_label", document),
            ("spare_parts_rma.report_difference", document),
            (
                "spare_parts_rma.report_draw",
                self.env["spare.draw"].search([("station_id", "=", self.station.id)]),
            ),
        ):
            html, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.specialist)
                ._render_qweb_html(report, record.ids)
            )
            self.assertIn(b"data:image/png;base64", html, report)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "spare_parts_rma.report_packing", document.ids
        )
        self.assertIn(document.rma_ids[1].name.encode(), html)

    def test_a_further_piece_costs_four_queries(self):
        """Two locks, the taking and the laying down; the places are read once."""

        def moved(*serials):
            lots = self.stock(*serials, location=self.defective)
            pieces = [
                {
                    "product": self.hd_product,
                    "lot": lot,
                    "quantity": 1.0,
                    "location": self.defective,
                    "dest": self.company.spare_transit_location_id,
                }
                for lot in lots
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["stock.picking"]._spare_transfer(
                [(self.company.spare_return_type_id, serials[0], pieces, {})]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = moved(*(f"FEW-{index}" for index in range(5)))
        many = moved(*(f"MANY-{index}" for index in range(25)))
        self.assertLessEqual(many - few, 20 * 4)
        self.assertEqual(self.at(self.company.spare_transit_location_id, "MANY-24"), 1)

    def test_several_slips_are_printed_as_one_document(self):
        """Without its Qt patches wkhtmltopdf refuses more than one."""
        rmas = self.swapped(2)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "spare_parts_rma.report_rma", rmas.ids
        )
        self.assertEqual(html.count(b'class="article"'), 1)
        self.assertEqual(html.count(b"page-break-before"), 1)
        for rma in rmas:
            self.assertIn(rma.name.encode(), html)
