# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A station at work by dice: random events, after which every invariant holds.

Used by the tests with a few hundred events, by ``bench/bench_parts.py`` with
10,000.
"""

import random
from collections import Counter
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.after_sales_service.tests.common import SIGNATURE

from ..models.spare_return_difference import RESOLUTIONS

DISPOSITIONS = (
    ("defective", "refurbish"),
    ("defective", "scrap"),
    ("defective", "vendor"),
    ("damaged", "scrap"),
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
        self.done, self.settled = Counter(), Counter()
        self.tag = f"{story.station.code}-{seed}"
        self.serials = 0
        self.visits = []
        for index in range(self.MACHINES):
            machine = story._machine(f"R{index}-{self.tag}")
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

    def play(self, number, check_every):
        """Play ``number`` events that took place and check in between.

        :raises AssertionError: an invariant is broken
        """
        kinds = [
            *[self.draw] * 3,
            *[self.swap] * 4,
            *[self.swap_without_serial] * 2,
            self.waive,
            self.swap_back,
            self.hand_back,
            self.hand_back_faulty,
            *[self.hand_in] * 3,
            self.reject,
            self.cancel,
            self.appraise,
            self.charge,
            self.ship,
            *[self.receive] * 2,
            *[self.settle] * 2,
            *[self.inspect] * 2,
            self.return_to_vendor,
            self.next_job,
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

    def new_serial(self):
        self.serials += 1
        return f"HD-{self.tag}-{self.serials}"

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

    def slips(self, *states, **more):
        return self.env["spare.rma"].search(
            [
                ("state", "in", states),
                ("station_id", "=", self.story.station.id),
                *((name, "=", value) for name, value in more.items()),
            ]
        )

    def inside(self, visit, product):
        """The part of this product that is in the visit's machine now."""
        return visit.equipment_id.component_ids.filtered(
            lambda part: part.product_id == product and not part.removed_on
        )

    def draw(self):
        shelf = self.lots_at(self.story.good)
        if len(shelf) < 3:
            shelf = self.story.stock(self.new_serial())
        self.env["stock.quant"]._update_available_quantity(
            self.story.cable, self.story.good, 1
        )
        code = self.dice.choice([self.pick(shelf).name] * 2 + ["cable"])
        if code == "cable":
            code = self.story.cable.default_code
        self.story.draw(self.dice.choice(self.visits), code)
        return True

    def new_swap(self):
        lot = self.pick(self.lots_at(self.story.custody()))
        if not lot:
            return None
        visit = self.dice.choice(self.visits)
        old = self.inside(visit, self.story.hd_product)
        return self.allowed(self.story.new_swap(visit, lot.name, old.serial))

    def allowed(self, swap):
        """The swap, unless a refused appraisal keeps the part in the machine."""
        if swap._get_damage_problems():
            swap.action_cancel()
            return None
        return swap

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
                    ("visit_id", "in", [visit.id for visit in self.visits]),
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
            ],
            limit=1,
        )
        if not quant:
            return False
        visit = self.dice.choice(self.visits)
        cable = self.inside(visit, self.story.cable)
        swap = self.allowed(
            self.story.new_swap(
                visit, self.story.cable.default_code, False, component_id=cable.id
            )
        )
        return bool(swap) and swap.action_swap()

    def hand_back(self, **vals):
        lot = self.pick(self.lots_at(self.story.custody()))
        if not lot:
            return False
        back = (
            self.env["spare.draw"]
            .with_user(self.story.engineer)
            .create({"visit_id": self.visits[0].id, "direction": "back"})
        )
        back.action_scan(lot.name)
        back.line_ids.write(vals)
        back.with_user(self.story.specialist).action_hand_over()
        return True

    def hand_back_faulty(self):
        return self.hand_back(fault="Dead on arrival")

    def hand_in(self):
        """One piece, or all the engineer has."""
        owed = self.slips("owed")
        some = self.dice.choice([self.pick(owed), self.pick(owed), owed])
        return bool(some) and some.with_user(self.story.specialist).action_hand_in()

    def reject(self):
        """A slip that nobody can find a piece for is struck, now and then."""
        if self.dice.random() < 0.8:
            return False
        slip = self.pick(self.slips("owed", "at_station"))
        return bool(slip) and slip.with_user(self.story.branch_user).action_reject(
            "Written twice"
        )

    def cancel(self):
        draw = (
            self.env["spare.draw"]
            .with_user(self.story.engineer)
            .create({"visit_id": self.visits[0].id})
        )
        draw.action_scan(self.story.cable.default_code)
        return draw.action_cancel()

    def appraise(self):
        """A piece is damaged: it is kept, appraised, and released or refused."""
        kept = self.slips("owed", "at_station", damaged=True).filtered(
            lambda slip: slip._get_held()
        )
        slip = self.pick(kept or self.slips("owed", "at_station", damaged=False))
        if not slip:
            return False
        slip.damaged = True
        open_one = slip.appraisal_ids.filtered(
            lambda appraisal: appraisal.state in ("draft", "approved", "reported")
        )[:1]
        document = (
            open_one or self.env["spare.damage.appraisal"].create({"rma_id": slip.id})
        ).with_user(self.story.engineer)
        photo = (
            self.env["ir.attachment"]
            .with_user(self.story.engineer)
            .create({"name": "a.png", "datas": SIGNATURE, "res_model": document._name})
        )
        document.write(
            {
                "damage": "Connector burnt",
                "cause": "Thunderstorm",
                "report": "<p>Tracks molten</p>",
                "photo_ids": [(4, photo.id)],
                "claim_ids": [
                    (5, 0, 0),
                    (0, 0, {"party": "house", "percent": 60.0}),
                    (
                        0,
                        0,
                        {
                            "party": "carrier",
                            "percent": 40.0,
                            "partner_id": self.vendor.id,
                        },
                    ),
                ],
            }
        )
        document.action_report()
        branch = document.with_user(self.story.branch_user)
        if self.dice.random() < 0.3:
            branch.action_refuse("Look again")
        else:
            branch.action_release()
        return True

    def charge(self):
        """A piece is overdue: a charge is proposed."""
        slip = self.pick(self.slips("owed"))
        if not slip or self.dice.random() < 0.6:
            return False
        today = self.story.company._service_today()
        slip.with_user(self.story.branch_user).due_on = today - timedelta(days=1)
        slip._cron_propose_charges()
        return True

    def ship(self):
        slip = self.pick(self.slips("at_station", "packed"))
        document = slip.return_id.with_user(self.story.specialist)
        if not document or document.state != "open":
            return False
        for piece in document.rma_ids.filtered(lambda one: one.state == "at_station"):
            if document.current_box_id and self.dice.random() < 0.2:
                document.action_new_box()
            document.action_scan(piece.serial or piece.name)
        document.action_sign_specialist()
        document.with_user(self.story.director).action_sign_director()
        return document.action_ship()

    def receive(self):
        """Boxes and pieces are scanned, most of them, and not all in their box."""
        slip = self.pick(self.slips("shipped"))
        document = slip.return_id.with_user(self.story.clerk)
        missing = document.rma_ids.filtered(
            lambda rma: not rma.scanned_at and rma.state == "shipped"
        )
        if not missing:
            return False
        desk = self.env["spare.return"].with_user(self.story.clerk)
        boxes = document.box_ids
        for box in boxes:
            desk.scan_receive(box.name)
        found = self.dice.sample(
            list(missing), self.dice.randint(len(missing) // 2, len(missing))
        )
        for rma in found:
            box = rma.box_id if self.dice.random() < 0.8 else self.pick(boxes)
            answer = desk.scan_receive(rma.serial or rma.name, box.id)
            if not answer["ok"]:
                raise AssertionError(answer["message"])
        if document.state == "received":
            return True
        for rma in missing - missing.concat(*found):
            if rma.lot_id and self.dice.random() < 0.5:
                desk.note_wrong_serial(self.stray(), rma.name, rma.box_id.id)
        if self.dice.random() < 0.4:
            code = self.stray()
            if desk._find_piece(code).return_id != document:
                desk.note_extra(code, boxes[0].id)
        if found and self.dice.random() < 0.2:
            rma = found[0]
            desk.note_condition(rma.name, rma.box_id.id, "Wet")
        if not found and not document.difference_ids:
            return False
        return document.action_finish_receiving()

    def stray(self):
        """A serial that is no piece of the return: unknown, or from elsewhere."""
        places = (self.story.good, self.story.custody(), self.story.defective)
        elsewhere = [self.lots_at(place) for place in places]
        elsewhere += [self.slips("owed").lot_id, self.slips("shipped").lot_id]
        lot = self.pick(self.dice.choice(elsewhere))
        return lot.name if lot and self.dice.random() < 0.7 else self.new_serial()

    def settle(self):
        """Both sides agree; what cannot be carried out is settled otherwise."""
        row = self.pick(
            self.env["spare.return.difference"].search(
                [
                    ("state", "=", "open"),
                    ("return_id.state", "in", ("received", "settled")),
                    ("return_id.station_id", "=", self.story.station.id),
                ]
            )
        ).with_user(self.story.clerk)
        if not row:
            return False
        choices = list(RESOLUTIONS[row.kind])
        self.dice.shuffle(choices)
        for resolution in choices:
            try:
                with self.env.cr.savepoint():
                    row.write(
                        {
                            "note": "Phoned",
                            "resolution": resolution,
                            "product_id": self.story.hd_product.id,
                        }
                    )
                    row.action_settle()
                    row.with_user(self.story.specialist).action_settle()
            except UserError:
                # the serial is on another open slip, say
                continue
            self.settled[f"{row.kind}: {resolution}"] += 1
            return True
        raise AssertionError(f"{row.kind} {row.code} cannot be settled")

    def inspect(self):
        slip = self.pick(self.slips("received")).with_user(self.story.clerk)
        if not slip:
            return False
        result, disposition = self.dice.choice(DISPOSITIONS)
        slip.write({"inspection_result": result, "disposition": disposition})
        return slip.action_inspect_and_close()

    def return_to_vendor(self):
        slip = self.slips("closed", disposition="vendor", vendor_picking_id=False)[:1]
        if not slip:
            return False
        slip.vendor_id = self.vendor
        return slip.with_user(self.story.clerk).action_return_to_vendor()

    def next_job(self):
        """A visit ends; the same machine breaks down again."""
        if self.dice.random() < 0.6:
            return False
        index = self.dice.randrange(len(self.visits))
        visit = self.visits[index]
        self.story._sign(visit)
        visit.action_done()
        part = self.inside(visit, self.story.hd_product)
        again = self.story.working(visit.equipment_id, component_id=part.id)
        self.visits[index] = again
        self.repairs |= again.sudo().repair_id
        return True

    def mischief(self):
        """What must be refused is refused, and leaves nothing behind."""
        story = self.story
        acts = {"unknown part": lambda: story.draw(self.visits[0], "HD-NOWHERE")}
        slip = self.pick(self.slips("at_station"))
        if slip:
            acts["handed in twice"] = slip.with_user(story.specialist).action_hand_in
        if slip.lot_id:
            acts["second slip"] = lambda: slip.copy({"state": "owed"})
        document = self.pick(self.slips("shipped")).return_id
        if document:
            acts["shipped twice"] = document.with_user(story.specialist).action_ship
            acts["shipped, cancelled"] = document.action_cancel
            acts["transfer cancelled"] = document.sudo().picking_id.action_cancel
        lot = self.pick(self.lots_at(story.custody()))
        if lot:
            acts["drawn twice"] = lambda: story.draw(self.visits[0], lot.name)
        act = self.dice.choice(list(acts))
        try:
            with self.env.cr.savepoint():
                acts[act]()
        except UserError:
            return True
        raise AssertionError(f"a wrong act was carried out: {act}")

    # ---------------------------------------------------
    # What always holds
    # ---------------------------------------------------

    def check(self):
        """Every invariant; the message names what is broken and after what."""
        self.env.flush_all()
        self.env.invalidate_all()
        for invariant in (
            self.unbalanced,
            self.serials_in_two_places,
            self.serials_on_two_slips,
            self.parts_in_machine_and_in_stock,
            self.ledger_off_stock,
            self.slips_off_stock,
            self.returns_with_lost_sheep,
        ):
            broken = invariant()
            if broken:
                raise AssertionError(
                    f"{invariant.__name__}: {broken} after {dict(self.done)}"
                )

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
        """No serial twice, and nothing negative, anywhere in our places."""
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

    def serials_on_two_slips(self):
        """One open slip a serial (RMA-02)."""
        return self.env.execute_query(
            SQL(
                """
                SELECT serial, array_agg(name)
                  FROM spare_rma
                 WHERE state NOT IN ('closed', 'rejected') AND serial != ''
                   AND product_id = %s
                 GROUP BY serial
                HAVING count(*) > 1
                """,
                self.story.hd_product.id,
            )
        )

    def parts_in_machine_and_in_stock(self):
        """What the list of a machine names lies on no shelf and in no bag."""
        return self.env.execute_query(
            SQL(
                """
                SELECT part.serial, place.complete_name
                  FROM service_equipment_component part
                  JOIN stock_lot lot ON lot.name = part.serial
                   AND lot.product_id = part.product_id
                  JOIN stock_quant quant ON quant.lot_id = lot.id
                   AND quant.quantity > 0
                  JOIN stock_location place ON place.id = quant.location_id
                   AND place.usage IN ('internal', 'transit')
                 WHERE part.removed_on IS NULL AND part.product_id = %s
                """,
                self.story.hd_product.id,
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

    def slips_off_stock(self):
        """Each open slip's piece lies where its state says.

        On the road and in the intake lies nothing else.
        """
        company = self.story.company
        slips = self.slips(
            "owed", "at_station", "packed", "shipped", "received", "inspected"
        )
        wanted = Counter(
            (place.id, slip.product_id.id, slip.lot_id.id)
            for slip, place in slips.sudo()._get_places().items()
        )
        lying = Counter()
        for quant in self.env["stock.quant"].search(
            [
                ("product_id", "in", (self.story.hd_product + self.story.cable).ids),
                ("quantity", ">", 0),
            ]
        ):
            key = quant.location_id.id, quant.product_id.id, quant.lot_id.id
            lying[key] += quant.quantity
        closed = company.spare_transit_location_id + company.spare_intake_location_id
        return {
            key: (wanted[key], lying[key])
            for key in wanted.keys() | lying.keys()
            if lying[key] < wanted[key]
            or (key[0] in closed.ids and lying[key] != wanted[key])
        }

    def returns_with_lost_sheep(self):
        """A received return knows of each piece; a settled one is done with all."""
        lost = []
        for document in self.env["spare.return"].search(
            [
                ("state", "in", ("received", "settled")),
                ("station_id", "=", self.story.station.id),
            ]
        ):
            rows = document.difference_ids.filtered(lambda row: row.state == "open")
            for rma in document.rma_ids:
                here = rma.state in ("received", "inspected", "closed")
                open_end = document.state == "settled" and rma.state != "closed"
                if open_end or not (here or rma in rows.rma_id):
                    lost.append((document.name, rma.name, rma.state))
        return lost
