# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

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
                self.env[model].with_user(user).search([]).read(names[:60])
