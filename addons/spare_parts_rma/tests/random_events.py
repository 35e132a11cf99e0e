# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A station at work by dice: random events, after which every invariant holds.

Used by the tests with a few hundred events, by ``bench/bench_parts.py`` with
10,000.
"""

import random
from collections import Counter

from odoo.exceptions import UserError
from odoo.tools import SQL

DISPOSITIONS = (
    ("defective", "refurbish"),
    ("defective", "scrap"),
    ("defective", "vendor"),
    ("no_fault", "station"),
    ("no_fault", "stock"),
)


class RandomEvents:
    """
    :param story: ``SpareCommon``, its stage set: people, places and parts
    :param seed: the same seed gives the same year
    """

    MACHINES = 3

    def __init__(self, story, seed):
        self.story, self.env = story, story.env
        self.dice = random.Random(seed)
        self.done = Counter()
        self.visits = []
        for index in range(self.MACHINES):
            machine = story._machine(f"R{index}")
            machine.component_ids = [
                (
                    0,
                    0,
                    {
                        "category_id": story.category_hd.id,
                        "product_id": story.cable.id,
                    },
                )
            ]
            self.visits.append(story.working(machine))
        self.repairs = self.env["repair.order"].union(
            *(visit.sudo().repair_id for visit in self.visits)
        )
        self.vendor = self.env["res.partner"].create({"name": "Maker"})
        self.serials = 0

    def play(self, number, check_every):
        """Play ``number`` events that took place and check in between.

        :raises AssertionError: an invariant is broken
        """
        kinds = [
            self.draw,
            self.draw,
            self.swap,
            self.swap,
            self.swap_without_serial,
            self.waive,
            self.swap_back,
            self.hand_back,
            self.hand_in,
            self.hand_in,
            self.cancel,
            self.ship,
            self.receive,
            self.settle,
            self.inspect,
            self.return_to_vendor,
            self.mischief,
        ]
        while sum(self.done.values()) < number:
            kind = self.dice.choice(kinds)
            if kind():
                self.done[kind.__name__] += 1
                if sum(self.done.values()) % check_every == 0:
                    self.check()
        self.check()

    # ---------------------------------------------------
    # Events: each returns whether it took place
    # ---------------------------------------------------

    def pick(self, records):
        return records[self.dice.randrange(len(records))] if records else records

    def lots_at(self, location):
        return (
            self.env["stock.quant"]
            .search(
                [
                    ("location_id", "=", location.id),
                    ("product_id", "=", self.story.hd_product.id),
                    ("quantity", ">", 0),
                ]
            )
            .lot_id
        )

    def slips(self, state):
        return self.env["spare.rma"].search(
            [("state", "=", state), ("station_id", "=", self.story.station.id)]
        )

    def draw(self):
        shelf = self.lots_at(self.story.good)
        if len(shelf) < 3:
            self.serials += 1
            shelf = self.story.stock(f"HD-RANDOM-{self.serials}")
        self.env["stock.quant"]._update_available_quantity(
            self.story.cable, self.story.good, 1
        )
        code = self.dice.choice([self.pick(shelf).name, "CABLE"])
        self.story.draw(self.dice.choice(self.visits), code)
        return True

    def new_swap(self):
        lot = self.pick(self.lots_at(self.story.custody()))
        if not lot:
            return None
        visit = self.dice.choice(self.visits)
        old = visit.equipment_id.component_ids.filtered(
            lambda part: part.serial and not part.removed_on
        )
        return self.story.new_swap(visit, lot.name, old.serial)

    def swap(self):
        swap = self.new_swap()
        return bool(swap) and swap.action_swap()

    def waive(self):
        swap = self.new_swap()
        if not swap:
            return False
        swap.with_user(self.story.branch_user).action_waive("Burnt")
        return swap.action_swap()

    def swap_back(self):
        swap = self.pick(
            self.env["spare.swap"].search(
                [
                    ("repair_id", "in", self.repairs.ids),
                    ("state", "=", "done"),
                    ("rma_ids.state", "=", "owed"),
                    ("new_component_id.removed_on", "=", False),
                ]
            )
        )
        return bool(swap) and swap.with_user(self.story.engineer).action_undo("No help")

    def swap_without_serial(self):
        quant = self.env["stock.quant"].search(
            [
                ("location_id", "=", self.story.custody().id),
                ("product_id", "=", self.story.cable.id),
                ("quantity", ">", 0),
            ]
        )
        if not quant:
            return False
        visit = self.dice.choice(self.visits)
        cable = visit.equipment_id.component_ids.filtered(
            lambda part: part.product_id == self.story.cable and not part.removed_on
        )
        swap = self.story.new_swap(visit, "CABLE", False, component_id=cable.id)
        return swap.action_swap()

    def hand_back(self):
        lot = self.pick(self.lots_at(self.story.custody()))
        if not lot:
            return False
        back = (
            self.env["spare.draw"]
            .with_user(self.story.engineer)
            .create({"visit_id": self.visits[0].id, "direction": "back"})
        )
        back.action_scan(lot.name)
        back.with_user(self.story.specialist).action_hand_over()
        return True

    def hand_in(self):
        slip = self.pick(self.slips("owed"))
        return bool(slip) and slip.with_user(self.story.specialist).action_hand_in()

    def cancel(self):
        draw = (
            self.env["spare.draw"]
            .with_user(self.story.engineer)
            .create({"visit_id": self.visits[0].id})
        )
        draw.action_scan("CABLE")
        return draw.action_cancel()

    def ship(self):
        slip = self.pick(self.slips("at_station"))
        document = slip.return_id.with_user(self.story.specialist)
        if not document or document.state != "open":
            return False
        document.action_pack_all()
        document.action_sign_specialist()
        document.with_user(self.story.director).action_sign_director()
        return document.action_ship()

    def receive(self):
        slip = self.pick(self.slips("shipped"))
        document = slip.return_id.with_user(self.story.clerk)
        if not document:
            return False
        missing = document.rma_ids.filtered(lambda rma: not rma.scanned_at)
        if not missing:
            return False
        desk = self.env["spare.return"].with_user(self.story.clerk)
        box = missing[:1].box_id
        desk.scan_receive(box.name)
        found = self.dice.sample(list(missing), self.dice.randint(1, len(missing)))
        for rma in found:
            desk.scan_receive(rma.name, box.id)
        return document.action_finish_receiving()

    def settle(self):
        row = self.pick(
            self.env["spare.return.difference"].search(
                [
                    ("state", "=", "open"),
                    ("kind", "=", "missing"),
                    ("return_id.state", "=", "received"),
                    ("return_id.station_id", "=", self.story.station.id),
                ]
            )
        )
        if not row:
            return False
        row = row.with_user(self.story.clerk)
        row.write(
            {"note": "Phoned", "resolution": self.dice.choice(["lost", "station"])}
        )
        row.action_settle()
        return row.with_user(self.story.specialist).action_settle()

    def inspect(self):
        slip = self.pick(self.slips("received")).with_user(self.story.clerk)
        if not slip:
            return False
        result, disposition = self.dice.choice(DISPOSITIONS)
        slip.write({"inspection_result": result, "disposition": disposition})
        return slip.action_inspect_and_close()

    def return_to_vendor(self):
        slip = self.env["spare.rma"].search(
            [
                ("state", "=", "closed"),
                ("disposition", "=", "vendor"),
                ("vendor_picking_id", "=", False),
                ("station_id", "=", self.story.station.id),
            ],
            limit=1,
        )
        if not slip:
            return False
        slip.vendor_id = self.vendor
        return slip.with_user(self.story.clerk).action_return_to_vendor()

    def mischief(self):
        """What must be refused is refused, and leaves nothing behind."""
        acts = [lambda: self.story.draw(self.visits[0], "HD-NOWHERE")]
        slip = self.pick(self.slips("at_station"))
        if slip:
            acts.append(slip.with_user(self.story.specialist).action_hand_in)
        shipped = self.pick(self.slips("shipped"))
        if shipped:
            acts.append(shipped.return_id.with_user(self.story.specialist).action_ship)
            acts.append(shipped.return_id.action_cancel)
        try:
            with self.env.cr.savepoint():
                self.dice.choice(acts)()
        except UserError:
            return True
        raise AssertionError("a wrong act was carried out")

    # ---------------------------------------------------
    # What always holds
    # ---------------------------------------------------

    def check(self):
        """Every invariant; the message names what is broken and after what."""
        self.env.flush_all()
        self.env.invalidate_all()
        for broken in (
            self.unbalanced(),
            self.serials_in_two_places(),
            self.ledger_off_stock(),
            self.slips_without_piece(),
        ):
            if broken:
                raise AssertionError(f"{broken} after {dict(self.done)}")

    def unbalanced(self):
        """Good parts consumed and not swapped back = slips + waivers (PRT-14)."""
        used = sum(
            self.env["stock.move"]
            .search(
                [
                    ("repair_id", "in", self.repairs.ids),
                    ("repair_line_type", "=", "add"),
                    ("state", "=", "done"),
                ]
            )
            .mapped("quantity")
        )
        born = self.env["spare.rma"].search_count(
            [
                ("repair_id", "in", self.repairs.ids),
                ("is_extra", "=", False),
                ("swap_id.state", "!=", "undone"),
            ]
        )
        waived = self.env["spare.swap"].search_count(
            [
                ("repair_id", "in", self.repairs.ids),
                ("waived_by_id", "!=", False),
                ("state", "=", "done"),
            ]
        )
        return used != born + waived and f"{used:g} used, {born} slips, {waived} waived"

    def serials_in_two_places(self):
        return self.env.execute_query(
            SQL(
                """
                SELECT quant.lot_id, array_agg(quant.location_id), sum(quant.quantity)
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE quant.product_id IN %s
                   AND place.usage IN ('internal', 'transit')
                   AND quant.quantity != 0
                 GROUP BY quant.lot_id, quant.product_id
                HAVING min(quant.quantity) < 0
                    OR (quant.lot_id IS NOT NULL AND sum(quant.quantity) > 1)
                """,
                (self.story.hd_product.id, self.story.cable.id),
            )
        )

    def ledger_off_stock(self):
        """What the custody ledger calls held is what lies in the bags."""
        bag = self.story.custody()
        held, lying = Counter(), Counter()
        for line in self.env["spare.custody.line"].search(
            [("held", "=", True), ("engineer_id", "=", self.story.engineer.id)]
        ):
            held[line.product_id.id, line.lot_id.id] += line.quantity
        for quant in self.env["stock.quant"].search(
            [("location_id", "=", bag.id), ("quantity", ">", 0)]
        ):
            lying[quant.product_id.id, quant.lot_id.id] += quant.quantity
        return held != lying and f"ledger {dict(held)}, bag {dict(lying)}"

    def slips_without_piece(self):
        """Each open slip's piece lies where its state says."""
        slips = self.env["spare.rma"].search(
            [
                ("repair_id", "in", self.repairs.ids),
                ("state", "not in", ("closed", "rejected")),
            ]
        )
        wanted = Counter(
            (place.id, slip.product_id.id, slip.lot_id.id)
            for slip, place in slips.sudo()._get_places().items()
        )
        lying = Counter()
        for quant in self.env["stock.quant"].search(
            [("product_id", "in", slips.product_id.ids), ("quantity", ">", 0)]
        ):
            key = quant.location_id.id, quant.product_id.id, quant.lot_id.id
            lying[key] += quant.quantity
        return {key: count for key, count in wanted.items() if lying[key] < count}
