# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""People who press at the same moment: processes and real commits."""

import multiprocessing
import os
import random
import time
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from psycopg2 import OperationalError

import odoo
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

PIECES, DRAWS = 10, 20
# The server waits up to seconds before it tries a lost transaction again.
HASTE = 0.02


def _press(dbname, user, model, record, method, *args):
    """One press of a button as the server serves it: its answer, or the refusal."""
    while True:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, user, {})
            button = getattr(env[model].browse(record), method)
            try:
                return retrying(partial(button, *args), env)
            except UserError as error:
                cr.rollback()
                return error
            except OperationalError:
                # the server gave up after five tries: the person presses again
                cr.rollback()


def own_connections(dbname):
    """In a forked process: the parent's connections are left to it, not closed."""
    odoo.sql_db._Pool = odoo.sql_db._Pool_readonly = None
    Registry(dbname)._db = odoo.sql_db.db_connect(dbname)


def _work(dbname, barrier, tasks, results):
    """One process: whenever it gets acts, it does them one after the other."""
    own_connections(dbname)
    wait = random.Random(os.getpid()).uniform
    with (
        patch(
            "odoo.service.model.random.uniform",
            lambda low, high: wait(low, high) * HASTE,
        ),
        # who loses a race is repeated: that is what is tried here
        mute_logger("odoo.sql_db"),
    ):
        for acts in iter(tasks.get, None):
            barrier.wait()
            for act in acts:
                answer = _press(dbname, *act)
                refused = isinstance(answer, Exception)
                results.put((not refused, str(answer) if refused else answer))


@contextmanager
def crew(dbname, count):
    """``count`` processes that stay, as those of a server do.

    :returns: a function that takes for each process a list of acts (user id, model,
        record id, method, arguments), lets all begin at the same moment and returns
        for each act, in no order: whether it was carried out, and its answer or the
        sentence of the refusal
    """
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(count), context.Queue()
    tasks = [context.Queue() for _number in range(count)]
    processes = [
        context.Process(target=_work, args=(dbname, barrier, queue, results))
        for queue in tasks
    ]

    def press(*people):
        for queue, acts in zip(tasks, people, strict=True):
            queue.put(acts)
        return [results.get(timeout=120) for acts in people for _act in acts]

    for process in processes:
        process.start()
    try:
        yield press
    finally:
        for queue in tasks:
            queue.put(None)
        for process in processes:
            process.join(timeout=10)
            process.kill()


def together(dbname, *people):
    """Let people work at the same moment, each in a process of their own.

    :returns: what ``crew`` tells of their acts
    """
    with crew(dbname, len(people)) as press:
        return press(*people)


def tag():
    """What tells the committed records of one race from those of all others."""
    return f"{os.getpid()}_{time.time_ns() % 10**9}"


def station(env, tag, *roles):
    """A station with people, one for each of ``roles``; a role may come twice."""
    place = env["service.station"].create({"name": f"Rush {tag}", "code": f"RUSH{tag}"})
    people = [
        new_test_user(
            env,
            login=f"rush_{role}_{index}_{tag}",
            groups=f"after_sales_service.group_{role}",
            service_station_ids=[(6, 0, place.ids)],
        )
        for index, role in enumerate(roles)
    ]
    return place, people


def _lay_out(env, place, bag):
    """Ten pieces of a new part on the shelf and twenty slips that want one each."""
    product = env["product.product"].create(
        {"name": f"Rush part {place.name}", "is_storable": True}
    )
    shelf = place._get_locations("good")[place]
    env["stock.quant"]._update_available_quantity(product, shelf, PIECES)
    draws = env["spare.draw"].create(
        [
            {
                "station_id": place.id,
                "engineer_id": bag.id,
                "line_ids": [(0, 0, {"product_id": product.id})],
            }
            for _draw in range(DRAWS)
        ]
    )
    draws.action_request()
    return draws.ids, product, shelf


def _left(cr, product, shelf):
    """Pieces of a part that lie on a shelf."""
    quants = api.Environment(cr, api.SUPERUSER_ID, {})["stock.quant"]
    domain = [("product_id", "=", product.id), ("location_id", "=", shelf.id)]
    return sum(quants.search(domain).mapped("quantity"))


def rush(dbname, repeats, workers=4, tell=None):
    """Let ``workers`` processes hand over 20 pieces of 10, ``repeats`` times.

    :param tell: is called after each repeat, with what came of it
    :returns: how many succeeded in each repeat, and what is left on the shelf
        afterwards
    """

    def look():
        return Registry(dbname).cursor()

    with look() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        place, people = station(env, tag(), "specialist", "engineer")
    outcome = []
    with crew(dbname, workers) as press:
        for _number in range(repeats):
            with look() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                place = place.with_env(env)
                hands, bag = (person.with_env(env) for person in people)
                slips, product, shelf = _lay_out(env, place, bag)
                acts = [
                    (hands.id, "spare.draw", slip, "action_hand_over") for slip in slips
                ]
            answers = press(*(acts[index::workers] for index in range(workers)))
            given = sum(carried_out for carried_out, _answer in answers)
            with look() as cr:
                outcome.append((given, _left(cr, product, shelf)))
            if tell:
                tell(outcome)
    with look() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        for person in people:
            person.with_env(env).active = False
    return outcome
