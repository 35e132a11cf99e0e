# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Parts by dice and in a rush.

Two stations at work at the same moment, in processes of their own with real commits:
10,000 random events between them keep every invariant. Then twenty draws on ten pieces
by four processes, 200 times: always ten are given.
"""

import multiprocessing
import queue
import time
import traceback

from odoo import api, models
from odoo.modules.registry import Registry
from odoo.tests.common import new_test_user

from odoo.addons.spare_parts_rma.tests.common import SpareCommon
from odoo.addons.spare_parts_rma.tests.random_events import RandomEvents
from odoo.addons.spare_parts_rma.tests.rush import PIECES, own_connections, rush

EVENTS, STATIONS, CHECK_EVERY = 10_000, 2, 250
RUSHES = 200
SILENCE = 600  # seconds without a word from any station


def open_station(number):
    """A station beside 蚌埠 with people, parts and a customer of its own."""
    env = SpareCommon.env
    story = type(f"Station{number}", (SpareCommon,), {})
    story.station = env["service.station"].create(
        {
            "name": f"Dice {number}",
            "code": f"DICE{number}",
            "parent_id": SpareCommon.branch.id,
        }
    )
    for role in ("hotline", "engineer", "specialist", "director"):
        person = new_test_user(
            env,
            login=f"{role}_{number}",
            groups=f"after_sales_service.group_{role}",
            service_station_ids=[(6, 0, story.station.ids)],
        )
        setattr(story, role, person)
    story.station.write(
        {"director_id": story.director.id, "specialist_id": story.specialist.id}
    )
    story.region_urban = SpareCommon.region_urban.copy(
        {
            "name": f"Dice {number}",
            "code": f"DICE{number}",
            "station_id": story.station.id,
        }
    )
    story.customer = env["res.partner"].create({"name": f"Customer {number}"})
    part = {"is_storable": True, "service_category_id": story.category_hd.id}
    story.hd_product, story.cable = env["product.product"].create(
        [
            {**part, "name": f"Disk {number}", "tracking": "serial"},
            {**part, "name": f"Cable {number}", "default_code": f"CABLE-{number}"},
        ]
    )
    story.good = story.station._get_locations("good")[story.station]
    story.defective = story.station._get_locations("defective")[story.station]
    return story


def work(dbname, story, number, share, words):
    """One process: the events of one station."""
    try:
        own_connections(dbname)
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            for name in {name for owner in story.mro() for name in vars(owner)}:
                value = getattr(story, name)
                if isinstance(value, models.BaseModel):
                    setattr(story, name, value.with_env(env))
            story.env = env
            events = RandomEvents(story, seed=20261122 + number)
            for upto in range(CHECK_EVERY, share + 1, CHECK_EVERY):
                events.play(upto, check_every=CHECK_EVERY)
                cr.commit()
                words.put((number, upto, None))
            words.put((number, share, (events.done, events.settled)))
    except Exception:
        words.put((number, 0, traceback.format_exc()))


def by_dice(env, number):
    """Play ``number`` events at all stations together; tell how far they are."""
    SpareCommon.env = env
    SpareCommon._set_the_stage()
    stories = [open_station(number) for number in range(STATIONS)]
    env.cr.commit()
    context = multiprocessing.get_context("fork")
    words = context.Queue()
    processes = [
        context.Process(
            target=work,
            args=(env.cr.dbname, story, index, number // STATIONS, words),
        )
        for index, story in enumerate(stories)
    ]
    begin, reached, done = time.perf_counter(), dict.fromkeys(range(STATIONS), 0), {}
    for process in processes:
        process.start()
    try:
        while len(done) < STATIONS:
            station, upto, answer = words.get(timeout=SILENCE)
            if isinstance(answer, str):
                raise AssertionError(f"station {station}: {answer}")
            if answer is not None:
                done[station] = answer
                continue
            reached[station] = upto
            seconds = time.perf_counter() - begin
            print(f"parts events {sum(reached.values())} in {seconds:.0f} s")
    except queue.Empty:
        raise AssertionError(f"no station said a word for {SILENCE} s") from None
    finally:
        for process in processes:
            if len(done) < STATIONS:
                process.terminate()
            process.join()
    for station, counters in sorted(done.items()):
        for what, counter in zip(("events", "settled"), counters, strict=True):
            print(f"parts {what} of station {station} by kind {dict(counter)}")


def in_a_rush(env, number):
    """Twenty draws on ten pieces, ``number`` times."""
    begin = time.perf_counter()

    def tell(outcome):
        if len(outcome) % 20 == 0:
            seconds = time.perf_counter() - begin
            print(f"parts rushes {len(outcome)} in {seconds:.0f} s")

    outcome = rush(env.cr.dbname, number, tell=tell)
    wrong = [row for row in outcome if row != (PIECES, 0.0)]
    print(f"parts rushes {len(outcome)}, wrong {len(wrong)}")
    if wrong:
        raise AssertionError(f"draws that succeeded, pieces left: {wrong[0]}")


def run(env, scale):
    by_dice(env, EVENTS * scale)
    in_a_rush(env, RUSHES * scale)
