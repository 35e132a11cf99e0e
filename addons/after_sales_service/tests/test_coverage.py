# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestCoverageDecision(AfterSalesCommon):
    @rules("WAR-03", "WAR-08")
    def test_out_of_warranty_is_chargeable_and_says_since_when(self):
        old = self._create_equipment("PC0002", sale_date="2022-01-10")
        ticket = self._new_ticket(
            scan="PC0002", component_id=old.component_ids[0].id, dispatch=False
        )
        self.assertEqual(ticket.coverage_verdict, "chargeable")
        self.assertIn("WAR-03", ticket.coverage_sentence)
        self.assertIn("2025", ticket.coverage_sentence)

    @rules("WAR-03", "CF-09")
    def test_each_component_has_its_own_term(self):
        old = self._create_equipment("PC0003", sale_date="2024-12-01")
        ticket = self._new_ticket(scan="PC0003", component_id=False, dispatch=False)
        verdicts = {
            row.component_id.category_id.code: row.verdict
            for row in ticket.coverage_ids
        }
        self.assertEqual(
            verdicts, {"HARD_DISK": "warranty", "LCD_MONITOR": "chargeable"}
        )
        self.assertEqual(old.component_ids.mapped("warranty_rule"), ["WAR-03"] * 2)

    @rules("WAR-22")
    def test_override_needs_reason_and_another_person(self):
        old = self._create_equipment("PC0004", sale_date="2022-01-10")
        ticket = self._new_ticket(scan="PC0004", component_id=old.component_ids[0].id)
        row = ticket.coverage_id
        with self.assertRaises(AccessError):
            row.with_user(self.hotline)._override("goodwill", "Regular", self.engineer)
        with self.assertRaises(AccessError):
            row.with_user(self.manager)._override("goodwill", "Regular", self.manager)
        with self.assertRaises(UserError):
            row.with_user(self.manager).sudo()._override("goodwill", " ", self.hotline)
        row.with_user(self.manager).sudo()._override(
            "goodwill", "Regular customer", self.hotline
        )
        ticket.invalidate_recordset()
        self.assertEqual(ticket.coverage_verdict, "goodwill")
        self.assertIn("Regular customer", ticket.coverage_sentence)
        self.assertTrue(row.exists())

    @rules("OOW-16", "PRT-14")
    def test_replacement_follows_its_own_term_and_keeps_history(self):
        new = self.component_hd._replace({"serial": "HD-NEW-1"})
        self.assertEqual(new.source, "replacement")
        self.assertEqual(self.component_hd.removed_on, self.company._service_today())
        # the old part's remainder is longer than three months
        self.assertEqual(new.warranty_end, self.component_hd.warranty_end)
        with self.assertRaisesRegex(UserError, "already"):
            self.component_hd._replace({"serial": "HD-NEW-2"})

    def test_sentence_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "after_sales_service")]
        )._update_translations("zh_CN")
        ticket = self._new_ticket(dispatch=False)
        english = ticket.with_context(lang="en_US").coverage_sentence
        chinese = ticket.with_context(lang="zh_CN").coverage_sentence
        self.assertIn("Covered", english)
        self.assertIn("硬盘", chinese)
        self.assertIn("36", chinese)
