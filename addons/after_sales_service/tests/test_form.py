# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules

RECORD = "after_sales_service.report_service_record"


@tagged("post_install", "-at_install")
class TestControlledForm(AfterSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls.env.ref("after_sales_service.form_service_record")
        cls.group_centre = cls.env.ref("after_sales_service.station_group")

    def _print(self, visit):
        """The printout of a visit as its engineer gets it."""
        reports = self.env["ir.actions.report"].with_user(self.engineer)
        return reports._render_qweb_pdf(RECORD, visit.ids)[0].decode()

    @rules("VIS-31")
    def test_only_the_groups_service_manager_issues_an_edition(self):
        for user in (self.director, self.manager):
            with self.assertRaises(AccessError):
                self.form.with_user(user).edition = "2"
        with self.assertRaisesRegex(AccessError, "VIS-31"):
            self.form.with_user(self.manager).unlink()
        self.manager.service_station_ids += self.group_centre
        self.form.with_user(self.manager).edition = "2"
        self.assertEqual(self.form.edition, "2")

    @rules("VIS-31", "VIS-24")
    def test_the_record_names_form_edition_and_copy(self):
        visit = self._working_visit(self._new_ticket())
        with self.assertRaises(AccessError):
            visit.print_count = 7
        self._sign(visit)
        visit.action_done()
        self.assertEqual(visit.form_label, "SR / 1")
        self.form.edition = "2"
        paper = self._print(visit)
        # the edition that was signed, not the one issued since
        self.assertIn("SR / 1", paper)
        self.assertIn("Group service centre", paper)
        self.assertEqual(visit.print_count, 1)
        self.assertRegex(self._print(visit), r"Copy\s*<strong>2")
        self.assertEqual(visit.print_count, 2)
        self.assertEqual(visit._get_form_label(), "SR / 1")
        self.assertEqual(
            self._working_visit(self._new_ticket())._get_form_label(), "SR / 2"
        )

    def test_the_customers_papers_are_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        module = self.env["ir.module.module"].search(
            [("name", "=", "after_sales_service")]
        )
        module._update_translations(["zh_CN"])
        visit = self._working_visit(self._new_ticket())
        self._sign(visit)
        visit.action_done()
        titles = {
            "report_service_record": ("Service record", "上门服务记录单"),
            "report_absence_note": ("We were here", "上门留言条"),
            "report_receipt": ("Maintenance receipt", "用户维护回执单"),
        }
        for number, lang in enumerate(("en_US", "zh_CN")):
            self.customer.lang = lang
            for report, words in titles.items():
                html = self.env["ir.actions.report"]._render_qweb_html(
                    f"after_sales_service.{report}", visit.ids
                )[0]
                self.assertIn(words[number], html.decode())

    @rules("VIS-24")
    def test_several_records_are_printed_at_once_one_a_page(self):
        """One body is what a wkhtmltopdf without patches prints."""
        visits = self._working_visit(self._new_ticket())
        visits |= self._working_visit(self._new_ticket())
        reports = self.env["ir.actions.report"]
        html = reports._render_qweb_html(RECORD, visits.ids)[0]
        bodies = reports._prepare_html(html, report_model="service.visit")[0]
        self.assertEqual(len(bodies), 1)
        for visit in visits:
            self.assertIn(visit.name, bodies[0])
        self.assertEqual(bodies[0].count("page-break-before"), 1)
