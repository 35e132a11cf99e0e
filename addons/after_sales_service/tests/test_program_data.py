# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import TransactionCase, tagged

from .common import rules


@tagged("post_install", "-at_install")
class TestShippedTables(TransactionCase):
    """The tables that ship are the tables of the rules, row by row."""

    @rules("WAR-03", "T-01")
    def test_warranty_terms(self):
        terms = {
            term.category_id.code: term.months
            for term in self.env.ref("after_sales_service.program_tc").term_ids
        }
        three_years = (
            "MAINBOARD CPU MEMORY HARD_DISK POWER_SUPPLY DISPLAY_CARD NETWORK_CARD "
            "SOUND_CARD VIDEO_RECEIVER CRT_MONITOR SOFTWARE"
        )
        one_year = (
            "FLOPPY_DRIVE OPTICAL_DRIVE CPU_FAN DISPLAY_CARD_FAN KEYBOARD MOUSE "
            "SPEAKERS LCD_MONITOR NOTEBOOK"
        )
        three_months = "DOCUMENTS CRT_BASE POWER_CORD HEADSET"
        expected = {
            **dict.fromkeys(three_years.split(), 36),
            **dict.fromkeys(one_year.split(), 12),
            **dict.fromkeys(three_months.split(), 3),
            "BATTERY": 6,
        }
        self.assertEqual(terms, expected)

    @rules("NET-07", "T-14")
    def test_sixteen_regions_each_with_its_station(self):
        regions = self.env["service.region"].search([("parent_id", "=", False)])
        self.assertEqual(len(regions), 16)
        self.assertEqual(len(regions.station_id), 16)
        for region in regions:
            children = self.env["service.region"].search(
                [("parent_id", "=", region.id)]
            )
            self.assertEqual(
                sorted(children.mapped("region_class")), ["county", "suburban", "urban"]
            )
            self.assertEqual(children.serving_station_id, region.station_id)

    @rules("CARE-09", "T-11")
    def test_service_catalogue_has_seven_chapters(self):
        chapters = self.env["service.item.category"].search([])
        self.assertEqual(len(chapters), 7)
        self.assertTrue(all(chapter.item_ids for chapter in chapters))

    @rules("OOW-05", "T-12")
    def test_on_site_fee_out_of_warranty(self):
        fee = self.env.ref("after_sales_service.fee_tc_oow_visit")
        self.assertEqual((fee.amount, fee.currency_id.name), (50, "CNY"))

    @rules("CARE-06", "CF-06", "T-13")
    def test_care_plan_hours(self):
        calendar = self.env.ref("after_sales_service.calendar_careplan")
        hours = calendar._get_clock_calendars()[calendar.id]
        self.assertEqual(dict(hours.shifts), dict.fromkeys(range(7), ((480, 1080),)))
