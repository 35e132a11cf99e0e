# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Parts by dice and in a rush: 10,000 random events keep every invariant; twenty
draws on ten pieces by four processes, 200 times, always give ten.
"""

import time

from odoo.addons.spare_parts_rma.tests.common import SpareCommon
from odoo.addons.spare_parts_rma.tests.random_events import RandomEvents
from odoo.addons.spare_parts_rma.tests.rush import PIECES, rush


def run(env, scale):
    begin = time.perf_counter()
    SpareCommon.env = env
    SpareCommon._set_the_stage()
    events = RandomEvents(SpareCommon, seed=20261122)
    for number in range(1000, 10_000 * scale + 1, 1000):
        events.play(number, check_every=500)
        seconds = time.perf_counter() - begin
        print(f"parts events {number} in {seconds:.0f} s", flush=True)
    print(f"parts events by kind {dict(events.done)}")
    env.cr.rollback()

    begin = time.perf_counter()
    outcome = rush(env.cr.dbname, 200 * scale)
    wrong = [row for row in outcome if row != (PIECES, 0.0)]
    seconds = time.perf_counter() - begin
    print(f"parts rushes {len(outcome)} in {seconds:.0f} s, wrong {len(wrong)}")
    if wrong:
        raise AssertionError(f"draws that succeeded, pieces left: {wrong[0]}")
