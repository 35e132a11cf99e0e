# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import tagged

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestPlaces(SpareCommon):
    def test_places_speak_the_language_of_their_company(self):
        """Core keeps one name of a location, and one of each language for types."""
        self.env["res.lang"]._activate_lang("zh_CN")
        home = self.env["res.partner"].create({"name": "淮南", "lang": "zh_CN"})
        company = self.env["res.company"].create(
            {"name": "淮南", "partner_id": home.id}
        )
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ) or self.env["stock.warehouse"].create(
            {"name": "淮南", "code": "HN", "company_id": company.id}
        )
        company._ensure_spare_network()
        self.assertEqual(company.spare_network_location_id.name, "服务网络")
        station = self.env["service.station"].create(
            {"name": "淮南", "code": "HN", "company_id": company.id}
        )
        self.assertEqual(station._get_locations("good")[station].name, "好件库")
        types = company.spare_return_type_id
        self.assertEqual(types.with_context(lang="en_US").name, "Defective return")
        self.assertEqual(types.with_context(lang="zh_CN").name, "坏件退库")
        self.assertEqual(self.good.name, "Good")
