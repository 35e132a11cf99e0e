# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Twenty people draw the last ten pieces at once: processes and real commits."""

import os
import time

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests.common import new_test_user

from odoo.addons.after_sales_service.tests.race import race

PIECES, DRAWS = 10, 20


def _prepare(dbname, tag):
    """Ten pieces on a shelf of their own and twenty slips that want one each."""
    with Registry(dbname).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        station = env["service.station"].create(
            {"name": f"Rush {tag}", "code": f"RUSH{tag}"}
        )
        hands, bag = (
            new_test_user(
                env,
                login=f"rush_{role}_{tag}",
                groups=f"after_sales_service.group_{role}",
                service_station_ids=[(6, 0, station.ids)],
            )
            for role in ("specialist", "engineer")
        )
        product = env["product.product"].create(
            {"name": f"Rush part {tag}", "is_storable": True}
        )
        shelf = station._get_locations("good")[station]
        env["stock.quant"]._update_available_quantity(product, shelf, PIECES)
        draws = env["spare.draw"].create(
            [
                {
                    "station_id": station.id,
                    "engineer_id": bag.id,
                    "line_ids": [(0, 0, {"product_id": product.id})],
                }
                for _draw in range(DRAWS)
            ]
        )
        draws.action_request()
        return hands.id, draws.ids, product.id, shelf.id


def rush(dbname, repeats, workers=4):
    """Let ``workers`` processes hand over 20 pieces of 10, ``repeats`` times.

    :returns: how many succeeded in each repeat, and whether the shelf is empty
        afterwards
    """
    outcome = []
    for number in range(repeats):
        tag = f"{os.getpid()}_{number}_{time.time_ns() % 10**9}"
        user, slips, product, shelf = _prepare(dbname, tag)
        given = race(
            dbname,
            [
                [(user, "spare.draw", slip, "action_hand_over") for slip in share]
                for share in (slips[index::workers] for index in range(workers))
            ],
        )
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            left = sum(
                env["stock.quant"]
                .search([("product_id", "=", product), ("location_id", "=", shelf)])
                .mapped("quantity")
            )
            env["res.users"].search([("login", "=like", f"rush%{tag}")]).active = False
        outcome.append((given, left))
    return outcome
