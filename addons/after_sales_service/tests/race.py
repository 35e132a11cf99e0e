# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Several people press a button at once: processes and real commits."""

import multiprocessing

import odoo
from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying


def _press(dbname, barrier, calls, results):
    """One process: press its buttons one after the other, as the server does."""
    odoo.sql_db.close_all()
    barrier.wait()
    done = 0
    for user, model, record, method in calls:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, user, {})
            try:
                retrying(getattr(env[model].browse(record), method), env)
                done += 1
            except UserError:
                cr.rollback()
    results.put(done)


def race(dbname, people):
    """Let everybody begin at the same moment.

    :param people: one list of (user id, model, record id, method) a process
    :returns: how many calls went through; who is refused with a UserError does not
    """
    odoo.sql_db.close_all()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(len(people)), context.Queue()
    processes = [
        context.Process(target=_press, args=(dbname, barrier, calls, results))
        for calls in people
    ]
    for process in processes:
        process.start()
    done = sum(results.get(timeout=120) for _process in processes)
    for process in processes:
        process.join()
    return done
