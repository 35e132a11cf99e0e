# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What people do and say is rows of tables; here is where they see them."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import rules
from .test_workshop import WorkshopCommon


@tagged("post_install", "-at_install")
class TestConduct(WorkshopCommon):
    def _shown(self, repair, user):
        """Rules of the scripts on the workshop's form, as this user opens it."""
        view = "after_sales_service.view_workshop_form"
        form = Form(repair.with_user(user), view)
        return [script.rule for script in form.script_ids[:]]

    @rules("SHOP-01", "SHOP-03", "SHOP-14", "SHOP-16")
    def test_the_counter_reads_what_to_do_at_each_step(self):
        repair = self._take_in()
        before = self._shown(repair, self.hotline)
        self.assertIn("SHOP-01", before)
        self.assertIn("SHOP-03", before)
        self.assertNotIn("SHOP-14", before)
        self._start(repair)
        self.assertFalse(
            {"SHOP-01", "SHOP-14"} & set(self._shown(repair, self.engineer))
        )
        self._finish(repair)
        after = self._shown(repair, self.hotline)
        self.assertIn("SHOP-14", after)
        self.assertIn("SHOP-16", after)
        self.assertNotIn("SHOP-01", after)
        # the hotline's tickets are not cluttered with the counter's scripts
        self.assertFalse(
            {"SHOP-01", "SHOP-14"} & set(repair.ticket_id.script_ids.mapped("rule"))
        )

    @rules("CARE-11", "VIS-30")
    def test_no_sales_and_no_gifts_stand_where_the_work_is_done(self):
        repair = self._take_in()
        for step in (lambda _repair: None, self._start, self._finish):
            step(repair)
            self.assertLessEqual(
                {"CARE-11", "VIS-30"}, set(self._shown(repair, self.hotline))
            )
        # on every visit, whatever its kind: no gifts is ticked before it ends
        for kind in ("repair", "installation", "training"):
            visit = self.env["service.visit"].create(
                {"ticket_id": self._new_ticket().id, "kind": kind}
            )
            rows = {check.rule: check for check in visit.done_check_ids}
            self.assertTrue(rows["VIS-30"].required, kind)
            self.assertIn("CARE-11", rows, kind)
        visit = self._working_visit(self._new_ticket())
        with self.assertRaisesRegex(UserError, "No cigarettes.*VIS-30"):
            visit.action_done()
        card = self.env.ref("after_sales_service.role_maintenance_engineer")
        self.assertIn("pushes no sales", card.duties)

    @rules("CARE-04")
    def test_software_upkeep_is_free_in_the_shop(self):
        self.equipment.program_id = self.program_careplan
        patches = self.env.ref("after_sales_service.item_install_patches")
        ticket = self._new_ticket(
            dispatch=False,
            delivery_mode="shop",
            component_id=False,
            item_id=patches.id,
        )
        self.assertEqual(ticket.coverage_verdict, "warranty")
        self.assertEqual(ticket.coverage_id.rule, "CARE-04")
        self.assertIn("free in the shop", ticket.coverage_sentence)
        self.assertTrue(ticket._get_free_row())
        ticket.delivery_mode = "onsite"
        self.assertFalse(ticket.coverage_id)
        ticket.delivery_mode = "shop"
        self.assertEqual(ticket.coverage_id.rule, "CARE-04")
        # what is no software is not meant
        ticket.item_id = self.env.ref("after_sales_service.item_case_dust_removal")
        self.assertFalse(ticket.coverage_id)
        # a professional tests and repairs it: re-tested twice before it leaves
        self.assertGreaterEqual(self.company.service_retest_min, 2)
