# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.after_sales_service.tests.common import SIGNATURE, rules

from .common import SpareCommon


@tagged("post_install", "-at_install")
class TestTour(SpareCommon, HttpCase):
    """The return and the receiving desk in a real browser."""

    @classmethod
    def default_env_context(cls):
        # the web client's chatter needs tracking as users have it
        return {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rma = cls.swapped()

    def test_specialist_returns_and_clerk_receives(self):
        self.start_tour("/odoo", "spare_parts_return", login="specialist")
        document = self.rma.return_id
        self.assertEqual(self.rma.state, "packed")
        self.assertEqual(document.specialist_id, self.specialist)
        document.with_user(self.director).action_sign_director()
        document.with_user(self.specialist).action_ship()
        self.start_tour("/odoo", "spare_parts_receiving", login="clerk")
        self.assertEqual(self.rma.state, "closed")
        self.assertEqual(self.rma.disposition, "refurbish")
        self.assertEqual(document.state, "settled")
        self.assertEqual(
            self.at(self.company.spare_refurbish_location_id, "HD-OLD-1"), 1
        )


@tagged("post_install", "-at_install")
class TestPartsDeskTour(SpareCommon, HttpCase):
    """Each desk of the parts in a real browser."""

    @classmethod
    def default_env_context(cls):
        return {}

    def click(self, *steps):
        """Everybody in turn: (address, tour, login)."""
        for url, tour, login in steps:
            self.start_tour(f"/odoo/{url}", tour, login=login)
            self.env.invalidate_all()

    @rules("PRT-13", "PRT-17")
    def test_engineer_hands_back(self):
        self.draw(self.working(), "HD-NEW-1")
        self.click(
            ("part-draws", "spare_parts_engineer_hands_back", "engineer"),
            ("part-draws", "spare_parts_specialist_hands_out", "specialist"),
        )
        self.assertEqual(self.at(self.good, "HD-NEW-1"), 1)

    @rules("PRT-03", "PRT-05", "PRT-09", "PRT-12")
    def test_a_request_from_the_shelf_to_the_shelf(self):
        shelf = self.company._get_spare_warehouse().lot_stock_id
        self.stock("HD-C-1", location=shelf)
        self.click(
            ("part-requests", "spare_parts_specialist_asks", "specialist"),
            ("part-requests", "spare_parts_branch_approves", "branch_user"),
            ("part-requests", "spare_parts_clerk_ships", "clerk"),
            ("part-requests", "spare_parts_specialist_counts", "specialist"),
            ("part-requests", "spare_parts_director_signs_receipt", "director"),
        )
        self.assertEqual(self.at(self.good, "HD-C-1"), 1)

    @rules("RMA-03")
    def test_branch_centre_appraises(self):
        photo = (
            self.env["ir.attachment"]
            .with_user(self.engineer)
            .create(
                {
                    "name": "board.png",
                    "datas": SIGNATURE,
                    "res_model": "spare.damage.appraisal",
                }
            )
        )
        appraisal = (
            self.env["spare.damage.appraisal"]
            .with_user(self.engineer)
            .create(
                {
                    "visit_id": self.working().id,
                    "component_id": self.component_hd.id,
                    "damage": "Connector burnt",
                    "cause": "Surge in a thunderstorm",
                    "photo_ids": [Command.link(photo.id)],
                }
            )
        )
        appraisal.action_submit()
        self.click(("damage-appraisals", "spare_parts_branch_appraises", "branch_user"))
        self.assertEqual(appraisal.replace_approved_by_id, self.branch_user)

    def test_clerk_receives_without_mouse_and_both_sides_settle(self):
        document = self.shipped(2)
        action = self.env.ref("spare_parts_rma.action_spare_return_differences")
        self.click(
            ("receiving", "spare_parts_clerk_receives_blind", "clerk"),
            (f"action-{action.id}", "spare_parts_clerk_settles", "clerk"),
            (f"action-{action.id}", "spare_parts_specialist_settles", "specialist"),
        )
        self.assertEqual(
            sorted(document.difference_ids.mapped("kind")), ["extra", "missing"]
        )
        left = document.difference_ids.filtered(lambda row: row.kind == "missing")
        self.assertEqual((left.state, left.resolution), ("settled", "station"))
        self.assertEqual(left.rma_id.state, "at_station")

    @rules("VIS-03", "VIS-18")
    def test_dispatcher_sees_that_a_part_is_missing(self):
        ticket = self._new_ticket()
        self.env["service.visit"].create({"ticket_id": ticket.id})
        self.env["spare.part.request"].create(
            {
                "kind": "job",
                "station_id": self.station.id,
                "ticket_id": ticket.id,
                "line_ids": [
                    Command.create({"product_id": self.hd_product.id, "quantity": 9})
                ],
            }
        )
        self.click(
            ("dispatch-board", "spare_parts_dispatcher_sees_readiness", "hotline")
        )
