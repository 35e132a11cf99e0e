# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whatever is printed at once is one document, so that any wkhtmltopdf can print it."""

from odoo.tests import TransactionCase, tagged

from devtools import paths


@tagged("post_install", "-at_install")
class TestPapers(TransactionCase):
    def test_every_paper_is_on_the_pages_of_one_document(self):
        addons = paths.installable_addons()
        papers = (
            self.env["ir.actions.report"]
            .search([])
            .filtered(lambda report: report.report_name.split(".")[0] in addons)
        )
        self.assertGreater(len(papers), 15)
        for paper in papers:
            with self.subTest(paper=paper.report_name):
                arch = self.env.ref(paper.report_name).arch_db
                self.assertIn('t-call="after_sales_service.pages"', arch)
                self.assertNotIn("basic_layout", arch)
                self.assertNotIn('"article', arch)
