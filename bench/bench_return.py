# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A weekly return of 50, 200 and 1,000 pieces against core stock and OCA ``rma``.

Ours: packed, shipped, received, inspected. Core: two transfers of the same serials.
The peer: each piece an RMA that is confirmed and received, in a batch and one by one.
Then one scan at the receiving desk with 1,000 pieces open.
"""

import time

from odoo.fields import Command

from odoo.addons.spare_parts_rma.tests.common import SpareCommon

SIZES = (50, 200, 1000)
PEER = 200
PEER_SINGLE = 20


class Watch:
    """Milliseconds and queries of what happens inside ``with``."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.queries, self.begin = self.env.cr.sql_log_count, time.perf_counter()
        return self

    def __exit__(self, *error):
        self.env.flush_all()
        self.ms = (time.perf_counter() - self.begin) * 1000
        self.queries = self.env.cr.sql_log_count - self.queries


def our_return(env, number):
    """Milliseconds and queries from packing to inspection."""
    rmas = SpareCommon.handed_in(number, f"BENCH{number}")
    document = rmas.return_id
    with Watch(env) as watch:
        document.with_user(SpareCommon.specialist).action_pack_all()
        document.with_user(SpareCommon.specialist).action_sign_specialist()
        document.with_user(SpareCommon.director).action_sign_director()
        document.with_user(SpareCommon.specialist).action_ship()
        now = document._now()
        document.box_ids._set_guarded({"scanned_at": now})
        document._transition("receiving")
        rmas._set_guarded({"scanned_at": now, "scanned_by_id": SpareCommon.clerk.id})
        document.with_user(SpareCommon.clerk).action_finish_receiving()
        rmas.with_user(SpareCommon.clerk).write(
            {"inspection_result": "defective", "disposition": "refurbish"}
        )
        rmas.with_user(SpareCommon.clerk).action_inspect()
    return watch


def core_transfers(env, number):
    """The same serials moved twice by core stock alone, a line for each serial."""
    lots = SpareCommon.stock(
        *(f"CORE{number}-{index}" for index in range(number)),
        location=SpareCommon.defective,
    )
    company = SpareCommon.company
    ways = (
        (SpareCommon.defective, company.spare_transit_location_id),
        (company.spare_transit_location_id, company.spare_intake_location_id),
    )
    with Watch(env) as watch:
        for source, dest in ways:
            picking = env["stock.picking"].create(
                {
                    "picking_type_id": company.spare_return_type_id.id,
                    "location_id": source.id,
                    "location_dest_id": dest.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": SpareCommon.hd_product.id,
                                "product_uom_qty": number,
                                "location_id": source.id,
                                "location_dest_id": dest.id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
            picking.move_ids.move_line_ids.unlink()
            picking.move_ids.move_line_ids = [
                Command.create(
                    {
                        "product_id": SpareCommon.hd_product.id,
                        "lot_id": lot.id,
                        "quantity": 1.0,
                        "location_id": source.id,
                        "location_dest_id": dest.id,
                        "picking_id": picking.id,
                    }
                )
                for lot in lots
            ]
            picking.move_ids.picked = True
            picking._action_done()
    return watch


def peer(env, number, batch):
    """OCA ``rma``: confirmed and received, together or one by one."""
    partner = env["res.partner"].create({"name": "Peer"})
    operation = env["rma.operation"].search([], limit=1)
    warehouse = SpareCommon.company._get_spare_warehouse()
    lots = env["stock.lot"].create(
        [
            {"product_id": SpareCommon.hd_product.id, "name": f"PEER{batch}-{index}"}
            for index in range(number)
        ]
    )

    def one_go(some):
        rmas = env["rma"].create(
            [
                {
                    "partner_id": partner.id,
                    "product_id": SpareCommon.hd_product.id,
                    "product_uom_qty": 1.0,
                    "operation_id": operation.id,
                    "location_id": warehouse.rma_loc_id.id,
                }
                for lot in some
            ]
        )
        rmas.action_confirm()
        for move, lot in zip(rmas.reception_move_id, some, strict=True):
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        "product_id": move.product_id.id,
                        "lot_id": lot.id,
                        "quantity": 1.0,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                        "picking_id": move.picking_id.id,
                    }
                )
            ]
            move.picked = True
        rmas.reception_move_id.picking_id._action_done()
        if set(rmas.mapped("state")) != {"received"}:
            raise AssertionError(f"the peer did not receive: {rmas.mapped('state')}")

    with Watch(env) as watch:
        if batch:
            one_go(lots)
        else:
            for lot in lots:
                one_go(lot)
    return watch


def scan(env):
    """One scan at the desk, 1,000 pieces open in one box: the slowest of ten."""
    rmas = SpareCommon.handed_in(1000, "SCAN")
    document = rmas.return_id
    document.with_user(SpareCommon.specialist).action_pack_all()
    document.with_user(SpareCommon.specialist).action_sign_specialist()
    document.with_user(SpareCommon.director).action_sign_director()
    document.with_user(SpareCommon.specialist).action_ship()
    desk = env["spare.return"].with_user(SpareCommon.clerk)
    box = document.box_ids
    desk.scan_receive(box.name)
    slowest = 0.0
    for rma in rmas[:10]:
        with Watch(env) as watch:
            answer = desk.scan_receive(rma.serial, box.id)
        if not answer["ok"]:
            raise AssertionError(answer["message"])
        slowest = max(slowest, watch.ms)
    return slowest


def run(env, scale):
    module = env["ir.module.module"].search([("name", "=", "rma")])
    if module.state != "installed":
        module.button_immediate_install()
        env.transaction.reset()
    SpareCommon.env = env
    SpareCommon._set_the_stage()
    # the first of a kind fills the caches of the server, whoever it is
    our_return(env, 5), core_transfers(env, 5)
    for number in SIZES:
        ours, core = our_return(env, number), core_transfers(env, number)
        print(
            f"return {number} pieces {ours.ms:.0f} ms {ours.queries} queries, "
            f"{ours.ms / number:.1f} ms a piece, "
            f"{ours.ms / core.ms:.2f} x two core transfers "
            f"({core.ms:.0f} ms {core.queries} queries)"
        )
        if number == PEER:
            per_piece = ours.ms / number
    for batch, number in ((True, PEER), (False, PEER_SINGLE)):
        other = peer(env, number, batch)
        how = "in a batch" if batch else "one by one"
        print(
            f"peer {number} pieces {how} {other.ms / number:.1f} ms and "
            f"{other.queries / number:.1f} queries a piece, "
            f"{other.ms / number / per_piece:.1f} x ours"
        )
    print(f"scan with 1000 open, slowest of ten {scan(env):.0f} ms")
    env.cr.rollback()
