# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.after_sales_service.tests.common import rules
from odoo.addons.after_sales_service.tests.test_workshop import WorkshopCommon

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestWorkshopSwap(SpareCommon, WorkshopCommon):
    """A machine in the workshop gets its parts like one at the customer's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.repair = cls._take_in()
        cls._start(cls.repair)
        cls.work = cls.repair.with_user(cls.engineer)

    @classmethod
    def _draw(cls, *codes):
        draw = (
            cls.env["spare.draw"]
            .with_user(cls.engineer)
            .create({"workshop_repair_id": cls.repair.id})
        )
        for code in codes:
            draw.action_scan(code)
        draw.action_request()
        draw.with_user(cls.specialist).action_hand_over()
        return draw

    @classmethod
    def _swap(cls, **vals):
        return (
            cls.env["spare.swap"]
            .with_user(cls.engineer)
            .create(
                {
                    "workshop_repair_id": cls.repair.id,
                    "new_serial": "HD-NEW-1",
                    "old_serial": "HD-OLD-1",
                    "symptom": "Clicks, not found by the BIOS",
                    **vals,
                }
            )
        )

    @rules("PRT-02", "PRT-14", "RMA-01", "RMA-02", "SHOP-21")
    def test_a_swap_in_the_workshop_is_one_act(self):
        draw = self._draw("HD-NEW-1")
        self.assertEqual(
            (draw.station_id, draw.engineer_id, draw.ticket_id),
            (self.station, self.engineer, self.repair.ticket_id),
        )
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 1)
        swap = self._swap()
        swap.action_swap()
        # stock
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 0)
        self.assertEqual(self.at(self.custody("engineer_defective"), "HD-OLD-1"), 1)
        moves = swap.sudo().move_ids
        self.assertEqual(set(moves.mapped("repair_line_type")), {"add", "recycle"})
        self.assertEqual(set(moves.mapped("state")), {"done"})
        self.assertEqual(moves.repair_id, self.repair.sudo())
        # the machine's parts list
        self.assertEqual(swap.new_component_id.serial, "HD-NEW-1")
        self.assertTrue(self.component_hd.removed_on)
        # the debt
        rma = swap.rma_ids
        self.assertEqual(rma.state, "owed")
        self.assertEqual(
            (rma.serial, rma.engineer_id, rma.station_id, rma.repair_id),
            ("HD-OLD-1", self.engineer, self.station, self.repair.sudo()),
        )
        # the ledger
        line = self.env["spare.custody.line"].search([("lot_id.name", "=", "HD-NEW-1")])
        self.assertEqual(line.state, "used")
        self.assertEqual(line.workshop_repair_id, self.repair.sudo())
        # the paper and the end
        self._finish(self.repair)
        self._sign(self.repair)
        self.repair.action_hand_over()
        self.assertEqual(self.repair.state, "done")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "after_sales_service.report_repair_order", self.repair.ids
        )[0]
        self.assertIn(b"HD-NEW-1", html)
        self.assertIn(b"HD-OLD-1", html)

    def test_parts_wait_until_the_case_is_open(self):
        self._draw("HD-NEW-1")
        swap = self._swap()
        with self.assertRaisesRegex(UserError, "unfinished swap"):
            self._finish(self.repair)
        swap.action_cancel()
        self._finish(self.repair)
        late = self._swap()
        with self.assertRaisesRegex(UserError, "is not being worked on"):
            late.action_swap()
        self.assertEqual(self.at(self.custody(), "HD-NEW-1"), 1)

    def test_a_swap_has_one_job(self):
        visit = self.working(self._machine(1))
        for vals in (
            {"workshop_repair_id": False, "new_serial": False, "old_serial": False},
            {"visit_id": visit.id, "new_serial": False, "old_serial": False},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                # sudo: without an engineer the fence would refuse it before
                self.env["spare.swap"].sudo().create(
                    {"workshop_repair_id": self.repair.id, "symptom": "x", **vals}
                )

    def test_nobody_swaps_at_the_bench_of_a_colleague(self):
        colleague = new_test_user(
            self.env,
            login="colleague",
            groups="after_sales_service.group_engineer",
            service_station_ids=[(6, 0, self.station.ids)],
        )
        with self.assertRaises(AccessError):
            self._swap(new_serial=False, old_serial=False).with_user(
                colleague
            ).action_swap()
        with self.assertRaises(AccessError):
            self.env["spare.swap"].with_user(colleague).create(
                {"workshop_repair_id": self.repair.id, "symptom": "x"}
            )

    def test_a_done_swap_stays_its_engineer_s(self):
        self._draw("HD-NEW-1")
        swap = self._swap()
        swap.action_swap()
        self.repair.user_id = self.hotline
        self.assertEqual(swap.sudo().engineer_id, self.engineer)
        with self.assertRaisesRegex(UserError, "stays as it was"):
            swap.workshop_repair_id = False

    def test_the_buttons_of_the_bench_fill_the_forms(self):
        action = self.work.action_draw_parts()
        draw = Form(
            self.env["spare.draw"]
            .with_user(self.engineer)
            .with_context(**action["context"])
        )
        self.assertEqual(
            (draw.station_id, draw.engineer_id), (self.station, self.engineer)
        )
        draw.scan = "HD-NEW-1"
        draw = draw.save()
        draw.action_request()
        draw.with_user(self.specialist).with_context(
            **action["context"]
        ).action_hand_over()
        self.assertFalse(draw.sudo().picking_id.move_ids.repair_id)
        action = self.work.action_swap_part()
        swap = Form(
            self.env["spare.swap"]
            .with_user(self.engineer)
            .with_context(**action["context"]),
            view="spare_parts_rma.view_spare_swap_dialog",
        )
        self.assertEqual(swap.component_id, self.component_hd)
        swap.new_serial = "HD-NEW-1"
        swap.old_serial = "HD-OLD-1"
        swap.symptom = "Clicks"
        swap = swap.save()
        swap.action_swap()
        self.assertEqual(swap.state, "done")
        self.assertEqual(
            self.work.action_request_oow()["context"]["default_ticket_id"],
            self.repair.ticket_id.id,
        )
