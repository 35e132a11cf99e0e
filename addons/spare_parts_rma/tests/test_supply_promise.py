# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import unittest
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from ..tools import supply
from .common import SpareCommon

DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


class TestSupplyTools(unittest.TestCase):
    @rules("PRT-23", "PRT-24")
    @given(DAYS, st.integers(1, 20))
    def test_years_keep_the_day(self, start, years):
        until = supply.promised_until(start, years)
        self.assertEqual(until.year, start.year + years)
        self.assertEqual(until.month, start.month)
        self.assertIn(start.day - until.day, (0, 1))
        self.assertTrue(supply.ends_too_early(start, until))
        self.assertFalse(supply.ends_too_early(until, until))
        self.assertFalse(supply.ends_too_early(None, until))

    @rules("PRT-21")
    @given(
        st.dictionaries(st.integers(0, 5), st.integers(1, 9)),
        st.dictionaries(st.integers(0, 5), st.integers(-3, 9)),
    )
    def test_what_is_bought_fills_the_list(self, wanted, there):
        short = supply.shortage(wanted, there)
        for part, quantity in short.items():
            self.assertGreater(quantity, 0)
            self.assertLessEqual(quantity, wanted[part])
        filled = {
            part: max(there.get(part, 0), 0) + short.get(part, 0) for part in wanted
        }
        self.assertFalse(supply.shortage(wanted, filled))


@tagged("post_install", "-at_install")
class TestSupplyPromise(SpareCommon):
    def promise(self, xmlid):
        return self.env.ref(f"spare_parts_rma.{xmlid}")

    def gap(self, promise):
        promise.invalidate_recordset(["state", "gap"])
        return promise.state, promise.gap or ""

    @rules("PRT-23", "PRT-24")
    def test_a_part_that_ends_before_the_promise_is_a_gap(self):
        two, fifteen = self.promise("supply_nx_years"), self.promise("supply_qh_years")
        self.assertEqual((two.years, fifteen.years), (2, 15))
        self.equipment.write(
            {
                "program_id": two.program_id.id,
                "acceptance_date": "2026-02-01",
                "sale_date": "2020-01-01",
            }
        )
        other = self._machine("QH")
        other.write({"program_id": fifteen.program_id.id, "sale_date": "2026-06-30"})
        self.assertEqual(self.gap(two), ("kept", ""))
        disk = self.hd_product.product_tmpl_id
        disk.spare_discontinued_on = "2028-02-01"
        self.assertEqual(self.gap(two)[0], "kept", "on the last day it is still there")
        state, text = self.gap(fifteen)
        self.assertEqual(state, "gap")
        self.assertIn("Hard disk 500 GB: promised until 06/30/2041", text)
        disk.spare_discontinued_on = "2028-01-31"
        self.assertIn("promised until 02/01/2028", self.gap(two)[1])
        self.assertIn(
            two, self.env["spare.supply.promise"].search([("state", "in", ["gap"])])
        )
        # a part that was taken out needs no spare
        self.component_hd.removed_on = "2026-05-01"
        self.assertEqual(self.gap(two)[0], "kept")

    @rules("PRT-24")
    def test_the_lower_of_two_lists_is_quoted(self):
        own, branch = self.env["product.pricelist"].create(
            [{"name": "Favourable"}, {"name": "Branch centre"}]
        )
        for pricelist, price in ((own, 300.0), (branch, 388.0)):
            self.env["product.pricelist.item"].create(
                {
                    "pricelist_id": pricelist.id,
                    "applied_on": "0_product_variant",
                    "product_id": self.hd_product.id,
                    "compute_price": "fixed",
                    "fixed_price": price,
                }
            )
        request = self.env["spare.part.request"].create(
            {
                "kind": "oow",
                "ticket_id": self._new_ticket().id,
                "line_ids": [Command.create({"product_id": self.hd_product.id})],
            }
        )
        line = request.line_ids
        self.assertEqual(request._get_list_price(branch, line), 388.0)
        request.ticket_id.program_id.oow_pricelist_id = own
        self.assertEqual(request._get_list_price(branch, line), 300.0)
        own.item_ids.fixed_price = 500.0
        self.assertEqual(request._get_list_price(branch, line), 388.0)

    @rules("PRT-21")
    def test_the_recommended_list_lies_in_store_and_ships_in_time(self):
        promise = self.promise("supply_td_list")
        self.assertEqual(promise.state, "unset", "no list was invented")
        promise.line_ids = [
            Command.create({"product_id": self.hd_product.id, "quantity": 3}),
            Command.create({"product_id": self.cable.id, "quantity": 7}),
        ]
        self.assertEqual(self.gap(promise), ("gap", "[CABLE] SATA cable × 2"))
        self.env["stock.quant"]._update_available_quantity(
            self.cable, self.company._get_spare_warehouse().lot_stock_id, 2
        )
        self.assertEqual(self.gap(promise), ("kept", ""))
        # what a defective place holds does not count
        self.env["stock.quant"]._update_available_quantity(self.cable, self.good, -1)
        self.env["stock.quant"]._update_available_quantity(
            self.cable, self.defective, 1
        )
        self.assertEqual(self.gap(promise)[0], "gap")
        clocks = promise.program_id.policy_ids
        shipped = clocks.filtered(lambda clock: clock.stop_event == "spare_shipped")
        arrived = clocks.filtered(lambda clock: clock.stop_event == "spare_arrived")
        self.assertEqual((shipped.amount, shipped.unit), (26, "hour"))
        self.assertEqual((arrived.amount, arrived.unit), (2, "working_day"))

    @rules("PRT-19")
    def test_a_share_of_the_contract_is_stocked_locally(self):
        promise = self.promise("supply_hf_huawei_share")
        self.assertEqual(promise.percent, 0, "the rule gives no percentage")
        self.assertEqual(promise.state, "unset")
        self.hd_product.standard_price = 100.0
        promise.write(
            {
                "project": "Provincial backbone",
                "amount": 4000.0,
                "percent": 10.0,
                "line_ids": [
                    Command.create(
                        {"product_id": self.hd_product.id, "key_board": True}
                    )
                ],
            }
        )
        self.assertEqual(promise.line_ids.quantity, 2, "key boards are redundant")
        state, text = self.gap(promise)
        self.assertEqual(state, "gap")
        self.assertIn("300.00", text)
        self.stock("HD-HUAWEI-1")
        self.assertEqual(self.gap(promise), ("kept", ""))

    @rules("PRT-25", "PRT-26")
    def test_a_ticket_says_that_a_loaner_was_promised(self):
        ticket = self._new_ticket()
        self.assertFalse(ticket.loaner_promise)
        xuancheng = self.promise("supply_xc_loaner")
        hefei = self.promise("supply_hf_loaner")
        self.program_tc.term_ids.filtered(
            lambda term: term.category_id == self.category_hd
        )[:1].copy({"program_id": xuancheng.program_id.id})
        for years, words in ((0, xuancheng.name), (20, "")):
            day = date(2026 - years, 10, 1)
            self.equipment.write(
                {
                    "program_id": xuancheng.program_id.id,
                    "acceptance_date": day,
                    "sale_date": day,
                }
            )
            ticket = self._new_ticket()
            self.assertEqual(
                ticket.coverage_verdict, "chargeable" if years else "warranty"
            )
            self.assertEqual(ticket.loaner_promise or "", words)
        self.equipment.program_id = hefei.program_id
        self.assertEqual(self._new_ticket().loaner_promise, hefei.name)
