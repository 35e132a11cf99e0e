# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestSecurity(SpareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = new_test_user(
            cls.env,
            login="other_engineer",
            groups="after_sales_service.group_engineer",
            service_station_ids=[(6, 0, cls.station.ids)],
        )
        cls.far = new_test_user(
            cls.env,
            login="far_specialist",
            groups="after_sales_service.group_specialist",
            service_station_ids=[
                (6, 0, cls.env.ref("after_sales_service.station_suzhou").ids)
            ],
        )

    def test_engineers_see_their_own_parts_only(self):
        rma = self.swapped()
        for model in ("spare.custody.line", "spare.draw", "spare.swap", "spare.rma"):
            records = self.env[model].search([])
            self.assertTrue(records.with_user(self.engineer)._filtered_access("read"))
            self.assertFalse(records.with_user(self.other)._filtered_access("read"))
            self.assertFalse(records.with_user(self.far)._filtered_access("read"))
        with self.assertRaises(AccessError):
            rma.swap_id.with_user(self.other).action_swap()

    @rules("PRT-07")
    def test_acts_belong_to_their_desks(self):
        rma = self.swapped()
        with self.assertRaises(AccessError):
            rma.with_user(self.engineer).action_hand_in()
        with self.assertRaises(AccessError):
            rma.with_user(self.far).action_hand_in()
        rma.with_user(self.specialist).action_hand_in()
        document = rma.return_id.with_user(self.engineer)
        for act in (
            "action_new_box",
            "action_pack_all",
            "action_sign_specialist",
            "action_sign_director",
            "action_finish_receiving",
        ):
            # an AccessError is a UserError
            with self.assertRaises(UserError):
                getattr(document, act)()

    def test_states_are_not_written_by_hand(self):
        rma = self.swapped()
        for record, user in (
            (rma, self.specialist),
            (rma.swap_id, self.engineer),
            (rma.visit_id.spare_draw_ids, self.specialist),
        ):
            with self.assertRaises(AccessError):
                record.with_user(user).write({"state": "draft"})
        with self.assertRaises(AccessError):
            self.env["spare.part.request"].with_user(self.specialist).create(
                {
                    "kind": "stock",
                    "station_id": self.station.id,
                    "state": "approved",
                }
            )

    def test_signed_papers_are_not_rewritten(self):
        document = self.shipped()
        rma, box = document.rma_ids, document.box_ids
        for record, user, vals in (
            (rma, self.specialist, {"engineer_id": self.other.id}),
            (rma, self.specialist, {"serial": "OTHER"}),
            (rma, self.clerk, {"disposition": "scrap"}),
            (rma.visit_id.spare_draw_ids, self.specialist, {"engineer_id": 1}),
            (rma.swap_id, self.engineer, {"old_serial": "OTHER"}),
            (rma.swap_id, self.engineer, {"new_product_id": self.cable.id}),
            (document, self.specialist, {"week": "2020-W01"}),
            (box, self.clerk, {"name": "OTHER"}),
        ):
            with self.assertRaises(UserError):
                record.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.env["spare.part.request"].with_user(self.specialist).create(
                {
                    "kind": "stock",
                    "station_id": self.station.id,
                    "user_id": self.director.id,
                }
            )

    def test_views_open_for_every_desk(self):
        rma = self.swapped()
        rma.with_user(self.specialist).action_hand_in()
        for user, models in (
            (self.engineer, ("spare.draw", "spare.swap", "spare.rma")),
            (self.specialist, ("spare.draw", "spare.rma", "spare.return")),
            (self.clerk, ("spare.rma", "spare.return", "spare.part.request")),
            (self.finance, ("spare.charge", "spare.part.request")),
            (self.branch_user, ("spare.part.request", "spare.swap", "spare.return")),
        ):
            for model in models:
                views = (
                    self.env[model]
                    .with_user(user)
                    .get_views([(False, "list"), (False, "search")])
                )
                names = [
                    name
                    for name in views["models"][model]["fields"]
                    if name in self.env[model]._fields
                ]
                own = "station_id" in self.env[model]._fields
                self.env[model].with_user(user).search(
                    [("station_id", "=", self.station.id)] if own else []
                ).read(names[:60])

    def test_forms_fill_themselves(self):
        visit = self.working()
        draw = Form(
            self.env["spare.draw"]
            .with_user(self.engineer)
            .with_context(default_visit_id=visit.id)
        )
        self.assertEqual(draw.engineer_id, self.engineer)
        self.assertEqual(draw.station_id, self.station)
        draw.scan = "HD-NEW-1"
        self.assertFalse(draw.scan)
        draw = draw.save()
        self.assertEqual(draw.line_ids.lot_id.name, "HD-NEW-1")
        draw.action_request()
        draw.with_user(self.specialist).action_hand_over()
        swap = Form(
            self.env["spare.swap"]
            .with_user(self.engineer)
            .with_context(default_visit_id=visit.id),
            view="spare_parts_rma.view_spare_swap_dialog",
        )
        swap.new_serial = "HD-NEW-1"
        self.assertEqual(swap.new_product_id, self.hd_product)
        self.assertEqual(swap.component_id, self.component_hd)
        swap.old_serial = "HD-OLD-1"
        swap.symptom = "Clicks"
        swap = swap.save()
        swap.action_swap()
        self.assertEqual(swap.state, "done")

    def test_forms_open_for_every_desk(self):
        document = self.shipped()
        rma = document.rma_ids
        swap = rma.swap_id
        for user, records in (
            (self.engineer, (swap, rma, rma.visit_id)),
            (self.specialist, (document, rma, rma.visit_id.spare_draw_ids)),
            (self.director, (document, rma, swap)),
            (self.clerk, (document, rma)),
            (self.finance, (rma,)),
            (self.branch_user, (document, rma, swap)),
            (self.manager, (document, rma, swap, rma.visit_id, rma.ticket_id)),
        ):
            for record in records:
                Form(record.with_user(user))
