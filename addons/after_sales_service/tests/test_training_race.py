# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import os
import time

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged

from .common import SIGNATURE, rules
from .race import race


def _prepare(dbname):
    """Two trainings of 40 hours, ready to be completed by two engineers.

    :returns: (partner id, [(user id, visit id)])
    """
    tag = f"{os.getpid()}_{time.time_ns() % 10**9}"
    with Registry(dbname).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        station = env["service.station"].create(
            {"name": f"Race {tag}", "code": f"RACE{tag}"}
        )
        customer = env["res.partner"].create({"name": f"Race {tag}"})
        machine = env["service.equipment"].create(
            {
                "serial": f"RACE{tag}",
                "name": "PC",
                "partner_id": customer.id,
                "program_id": env.ref("after_sales_service.program_tc").id,
            }
        )
        pairs = []
        for number in (1, 2):
            trainer = new_test_user(
                env,
                login=f"race_{number}_{tag}",
                groups="after_sales_service.group_engineer",
                service_station_ids=[(6, 0, station.ids)],
            )
            ticket = env["helpdesk.ticket"].create(
                {
                    "name": "Training",
                    "kind": "training",
                    "equipment_id": machine.id,
                    "station_id": station.id,
                }
            )
            ticket.action_dispatch()
            visit = env["service.visit"].create(
                {"ticket_id": ticket.id, "engineer_id": trainer.id}
            )
            rows = visit.check_ids.filtered("required")
            rows.filtered(lambda row: row.kind in ("tick", "consent")).action_tick()
            for act in ("appoint", "depart", "arrive", "start"):
                getattr(visit, f"action_{act}")()
            visit.write(
                {
                    "solution": "Trained",
                    "training_hours": 40,
                    "trainees": customer.name,
                    "training_effect": "Types and prints",
                    "training_agreed_by": customer.name,
                    "signed_by": customer.name,
                    "opinion": "Good",
                    "rating": "5",
                }
            )
            visit.signature = SIGNATURE
            pairs.append((trainer.id, visit.id))
        return customer.id, pairs


@tagged("post_install", "-at_install")
class TestTrainingRace(BaseCase):
    @rules("TRN-01")
    def test_two_trainers_never_give_more_than_sixty_hours(self):
        """Two processes, real commits: who is second gets what is left."""
        dbname = get_db_name()
        customer, pairs = _prepare(dbname)
        done = race(
            dbname,
            [[(user, "service.visit", visit, "action_done")] for user, visit in pairs],
        )
        self.assertEqual(done, 2)
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            visits = env["service.visit"].search([("partner_id", "=", customer)])
            self.assertEqual(sum(visits.mapped("training_free_hours")), 60)
            self.assertEqual(sum(visits.mapped("training_paid_hours")), 20)
            visits.engineer_id.active = False
