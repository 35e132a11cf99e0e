# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from contextlib import contextmanager

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.after_sales_service.tests.common import rules

from .rush import PIECES, rush, station, tag, together


@tagged("post_install", "-at_install")
class TestRush(BaseCase):
    @rules("PRT-02")
    def test_twenty_people_draw_the_last_ten_pieces(self):
        """Four processes, real commits: ten get one, the shelf is empty."""
        self.assertEqual(rush(get_db_name(), 1), [(PIECES, 0.0)])


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Two people press the same button of a weekly return at the same moment."""

    def setUp(self):
        super().setUp()
        self.dbname, self.tag = get_db_name(), tag()
        with self.look() as env:
            place, people = station(
                env, self.tag, "specialist", "specialist", "director"
            )
            _nowhere, clerks = station(env, f"W{self.tag}", "warehouse", "warehouse")
            self.specialists, director = people[:2], people[2]
            self.clerks = [clerk.id for clerk in clerks]
            product = env["product.product"].create(
                {"name": "Race disk", "is_storable": True, "tracking": "serial"}
            )
            lots = env["stock.lot"].create(
                [
                    {"name": f"RACE-{index}-{self.tag}", "product_id": product.id}
                    for index in range(2)
                ]
            )
            shelf = place._get_locations("defective")[place]
            for lot in lots:
                env["stock.quant"]._update_available_quantity(
                    product, shelf, 1, lot_id=lot
                )
            document = env["spare.return"]._get_open(place)[place]
            rmas = env["spare.rma"].create(
                [
                    {
                        "product_id": product.id,
                        "lot_id": lot.id,
                        "serial": lot.name,
                        "symptom": "Clicks",
                        "station_id": place.id,
                        "born_at": document._now(),
                        "state": "at_station",
                        "return_id": document.id,
                    }
                    for lot in lots
                ]
            )
            packer = document.with_user(self.specialists[0])
            packer.action_pack_all()
            packer.action_sign_specialist()
            document.with_user(director).action_sign_director()
            self.specialists = [person.id for person in self.specialists]
            self.product, self.serial = product.id, rmas[0].serial
            self.document, self.box = document.id, document.box_ids.id
            self.label = document.box_ids.name
        self.addCleanup(self.clear_the_road)

    def clear_the_road(self):
        """What was committed leaves nothing on its way for the other tests."""
        with self.look() as env:
            desk = env["spare.return"].with_user(self.clerks[0])
            document = desk.browse(self.document)
            if document.state != "signed":
                desk.scan_receive(self.label)
                for rma in document.rma_ids:
                    desk.scan_receive(rma.serial, self.box)
                document.action_finish_receiving()
            env["res.users"].search(
                [("login", "=like", f"rush%{self.tag}")]
            ).active = False

    @contextmanager
    def look(self):
        """An environment of the superuser whose changes are committed."""
        with Registry(self.dbname).cursor() as cr:
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def press(self, users, model, record, method, *args):
        """All press at once: whether each was served, and what came back."""
        return together(
            self.dbname, *([(user, model, record, method, *args)] for user in users)
        )

    def lying(self, env, use):
        return sum(
            env["stock.quant"]
            .search(
                [
                    ("product_id", "=", self.product),
                    ("location_id.service_use", "=", use),
                ]
            )
            .mapped("quantity")
        )

    def ship(self):
        return self.press(
            self.specialists, "spare.return", self.document, "action_ship"
        )

    @rules("PRT-02")
    def test_the_first_two_parts_for_a_new_engineer(self):
        """His bag is made once; nobody is refused because somebody else made it."""
        with self.look() as env:
            place = env["spare.return"].browse(self.document).station_id
            _nowhere, (engineer,) = station(env, f"N{self.tag}", "engineer")
            engineer.service_station_ids = place
            product = env["product.product"].create(
                {"name": "Race cable", "is_storable": True}
            )
            env["stock.quant"]._update_available_quantity(
                product, place._get_locations("good")[place], 2
            )
            draws = env["spare.draw"].create(
                [
                    {
                        "station_id": place.id,
                        "engineer_id": engineer.id,
                        "line_ids": [(0, 0, {"product_id": product.id})],
                    }
                    for _draw in range(2)
                ]
            )
            draws.action_request()
        answers = together(
            self.dbname,
            *(
                [(user, "spare.draw", draw, "action_hand_over")]
                for user, draw in zip(self.specialists, draws.ids, strict=True)
            ),
        )
        self.assertEqual(answers, [(True, True)] * 2)

    @rules("RMA-05")
    def test_two_people_ship_the_same_return(self):
        answers = self.ship()
        self.assertEqual(sorted(served for served, _answer in answers), [False, True])
        refusal = next(answer for served, answer in answers if not served)
        self.assertIn("RT-RUSH", refusal)
        with self.look() as env:
            document = env["spare.return"].browse(self.document)
            self.assertEqual(document.state, "shipped")
            pickings = env["stock.picking"].search(
                [("spare_return_id", "=", self.document)]
            )
            self.assertEqual(len(pickings), 1)
            self.assertEqual(self.lying(env, "transit"), 2)
            self.assertEqual(self.lying(env, "defective"), 0)

    @rules("RMA-05", "RMA-07")
    def test_two_clerks_receive_the_same_box(self):
        self.ship()
        for scan in ((self.label,), (self.serial, self.box)):
            answers = self.press(self.clerks, "spare.return", [], "scan_receive", *scan)
            self.assertEqual(
                sorted(answer["ok"] for _served, answer in answers), [False, True]
            )
            refusal = next(answer for _served, answer in answers if not answer["ok"])
            self.assertIn("scanned already", refusal["message"])
        answers = self.press(
            self.clerks, "spare.return", self.document, "action_finish_receiving"
        )
        self.assertEqual(sorted(served for served, _answer in answers), [False, True])
        with self.look() as env:
            document = env["spare.return"].browse(self.document)
            self.assertEqual(document.state, "received")
            self.assertEqual(self.lying(env, "intake"), 1)
            self.assertEqual(self.lying(env, "transit"), 1)
            self.assertEqual(document.difference_ids.mapped("kind"), ["missing"])
            self.assertFalse(
                env["stock.quant"].search(
                    [("product_id", "=", self.product), ("quantity", "<", 0)]
                ),
                "a locked row is waited for, not passed over",
            )
