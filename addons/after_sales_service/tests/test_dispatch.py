# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestDispatch(AfterSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env,
            login="colleague",
            name="Colleague",
            groups="after_sales_service.group_engineer",
            service_station_ids=[(6, 0, cls.station.ids)],
        )
        cls.skill = cls.env.ref("after_sales_service.skill_network")
        cls.visits = cls.env["service.visit"].with_user(cls.hotline)

    def _plan(self, ticket=None, **vals):
        ticket = ticket or self._new_ticket()
        return self.visits.create({"ticket_id": ticket.id, **vals})

    def _certify(self, user, **vals):
        return self.env["service.certificate"].create(
            {
                "name": "Network exam",
                "user_id": user.id,
                "skill_id": self.skill.id,
                "valid_from": "2026-01-01",
                **vals,
            }
        )

    @rules("DSP-09", "CARE-20")
    def test_the_zone_names_the_engineer(self):
        self.assertFalse(self._plan().engineer_id)
        self.region_urban.parent_id.engineer_id = self.colleague
        visit = self._plan()
        self.assertEqual(visit.engineer_id, self.colleague)
        self.region_urban.engineer_id = self.engineer
        self.assertEqual(self._plan().engineer_id, self.engineer)
        self.assertEqual(visit.engineer_id, self.colleague)

    @rules("DSP-06", "DSP-09")
    def test_only_the_desk_dispatches(self):
        ticket = self._new_ticket(dispatch=False)
        self._plan(ticket, engineer_id=self.engineer.id)  # so that he sees it
        for user in (self.engineer, self.specialist):
            with self.assertRaisesRegex(AccessError, "service director dispatches"):
                ticket.with_user(user).action_dispatch()
        self.assertFalse(ticket.accepted_at)
        ticket.with_user(self.director).action_dispatch()
        self.assertTrue(ticket.accepted_at)

    def test_a_station_may_let_its_engineers_pick_jobs(self):
        ticket = self._new_ticket(dispatch=False)
        self.assertFalse(ticket.with_user(self.engineer).has_access("read"))
        self.station.with_user(self.manager).self_dispatch = True
        with self.assertRaises(AccessError):
            ticket.with_user(self.specialist).action_dispatch()
        mine = ticket.with_user(self.engineer)
        mine.action_dispatch()
        self.assertTrue(mine.accepted_at)
        plan = mine.action_plan_visit()
        visit = (
            mine.env[plan["res_model"]]
            .with_context(**plan["context"])
            .create({"engineer_id": self.engineer.id})
        )
        visit.action_appoint()
        self.assertEqual(visit.state, "appointed")

    def test_the_board_begins_with_visits_nobody_goes_to(self):
        nobodys = self._plan()
        taken = self._plan(engineer_id=self.engineer.id)
        columns = self.visits.web_read_group(
            [("id", "in", (nobodys | taken).ids)],
            ["engineer_id"],
            auto_unfold=True,
            unfold_read_specification={"display_name": {}},
        )["groups"]
        self.assertFalse(columns[0]["engineer_id"])
        self.assertEqual([row["id"] for row in columns[0]["__records"]], nobodys.ids)
        self.assertEqual(
            self.visits.fields_get(["engineer_id"])["engineer_id"]["falsy_value_label"],
            "Nobody goes yet",
        )
        # dragged to a colleague's column
        nobodys.engineer_id = self.colleague
        self.assertFalse(nobodys.overlaps)

    def test_dispatched_tickets_are_put_on_the_board_at_once(self):
        tickets = self._new_ticket() | self._new_ticket()
        waiting = self._new_ticket(dispatch=False)
        with self.assertRaisesRegex(UserError, "dispatch it first"):
            (tickets | waiting).action_plan_visits()
        tickets.action_plan_visits()
        tickets.action_plan_visits()
        self.assertEqual(tickets.mapped("visit_count"), [1, 1])

    @rules("DSP-26", "DSP-29")
    def test_the_customers_wish_becomes_the_window(self):
        wish = self.company._service_now() + timedelta(days=1)
        ticket = self._new_ticket(wish_start=wish)
        ticket.action_plan_visits()
        visit = ticket.visit_ids
        self.assertEqual(visit.window_start, wish)
        self.assertEqual(visit.planned_minutes, 120)
        context = ticket.action_plan_visit()["context"]
        self.assertEqual(context["default_window_start"], wish)

    def test_the_board_has_a_column_for_who_is_free(self):
        visit = self._plan(engineer_id=self.engineer.id)
        groups = self.visits.with_context(read_group_expand=True).web_read_group(
            [("id", "=", visit.id)], ["engineer_id"], ["planned_minutes:sum"]
        )["groups"]
        minutes = {
            group["engineer_id"] and group["engineer_id"][0]: group[
                "planned_minutes:sum"
            ]
            for group in groups
        }
        self.assertEqual(minutes[self.engineer.id], 120)
        self.assertFalse(minutes[self.colleague.id])
        self.assertNotIn(self.hotline.id, minutes)

    @rules("DSP-06")
    def test_the_engineer_is_reminded_and_so_is_who_takes_over(self):
        visit = self._plan(engineer_id=self.engineer.id)
        self.assertFalse(visit.activity_ids)
        visit.action_appoint()
        self.assertEqual(visit.activity_ids.user_id, self.engineer)
        visit.engineer_id = self.colleague
        self.assertEqual(visit.activity_ids.user_id, self.colleague)
        self._fill_checklist(visit.with_user(self.colleague), "depart")
        visit.with_user(self.colleague).action_depart()
        self.assertFalse(visit.activity_ids)
        with self.assertRaisesRegex(UserError, "on his way"):
            visit.engineer_id = self.engineer

    def test_double_booking_is_seen(self):
        first = self._plan(engineer_id=self.engineer.id)
        second = self._plan(engineer_id=self.engineer.id)
        self.assertTrue(first.overlaps and second.overlaps)
        second.write(
            {
                "window_start": first.window_end,
                "window_end": first.window_end + timedelta(hours=1),
            }
        )
        (first | second).invalidate_recordset()
        self.assertFalse(first.overlaps or second.overlaps)

    def test_the_load_of_the_day(self):
        self._plan(engineer_id=self.engineer.id)
        tomorrow = self.company._service_now() + timedelta(days=1)
        self._plan(
            engineer_id=self.engineer.id,
            window_start=tomorrow,
            window_end=tomorrow + timedelta(hours=1),
        )
        engineer = self.engineer.with_user(self.hotline)
        self.assertEqual(
            (engineer.service_visit_count, engineer.service_minutes_today), (2, 120)
        )
        self.assertEqual(self.colleague.service_visit_count, 0)

    @rules("NET-02", "NET-16")
    def test_a_skill_is_a_certificate_that_is_valid_today(self):
        self.category_hd.skill_ids = self.skill
        visit = self._plan(engineer_id=self.engineer.id)
        self.assertEqual(visit.missing_skills, self.skill.name)
        certificate = self._certify(self.engineer, valid_until="2026-11-30", stars=3)
        visit.invalidate_recordset()
        self.assertFalse(visit.missing_skills)
        self.assertEqual(self.engineer.service_skill_ids, self.skill)
        self.assertTrue(certificate.is_valid)
        self._pass_time(days=12)
        (visit | self.env["service.visit"]).invalidate_recordset()
        (self.engineer | certificate.user_id).invalidate_recordset()
        certificate.invalidate_recordset()
        self.assertEqual(visit.missing_skills, self.skill.name)
        self.assertFalse(certificate.is_valid)
        self.assertFalse(
            certificate.search([("is_valid", "=", True), ("id", "=", certificate.id)])
        )

    @rules("NET-02")
    def test_nobody_examines_himself(self):
        with self.assertRaisesRegex(ValidationError, "by himself"):
            self._certify(self.engineer, examiner_id=self.engineer.id)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self._certify(self.engineer, valid_until="2025-01-01")

    @rules("NET-09")
    def test_a_technology_goes_to_its_department(self):
        department = self.env["service.station"].create(
            {
                "name": "Network department",
                "code": "NETDEP",
                "kind": "department",
                "parent_id": self.station.id,
                "skill_ids": [(6, 0, self.skill.ids)],
            }
        )
        self.assertEqual(self._new_ticket().station_id, self.station)
        self.category_hd.skill_ids = self.skill
        self.assertEqual(self._new_ticket().station_id, department)

    @rules("NET-08")
    def test_help_comes_from_the_support_centre_above(self):
        self.assertEqual(self.station._get_support(), self.branch)
        centre = self.env["service.station"].create(
            {
                "name": "Support",
                "code": "TSC",
                "kind": "support",
                "parent_id": self.branch.id,
            }
        )
        self.assertEqual(self.station._get_support(), centre)

    @rules("NET-06", "CARE-16")
    def test_uniform_and_badge_are_kept_count_of(self):
        engineer = self.engineer.with_user(self.director)
        self.assertEqual(engineer.service_outfit_missing, "Uniform, Badge")
        outfits = self.env["service.outfit"].with_user(self.director)
        uniform, _badge = outfits.create(
            [
                {"user_id": engineer.id, "kind": kind, "number": "1"}
                for kind in ("uniform", "badge")
            ]
        )
        engineer.invalidate_recordset()
        self.assertFalse(engineer.service_outfit_missing)
        uniform.returned_on = "2026-11-20"
        engineer.invalidate_recordset()
        self.assertEqual(engineer.service_outfit_missing, "Uniform")
        with self.assertRaises(AccessError):
            outfits.with_user(self.engineer).create(
                {"user_id": engineer.id, "kind": "badge"}
            )

    @rules("NET-05", "NET-10", "NET-12", "NET-14", "NET-15", "NET-17")
    def test_every_role_has_its_card(self):
        cards = self.env["service.role.card"].with_user(self.engineer).search([])
        self.assertTrue(all(card.duties for card in cards))
        sources = set(cards.mapped("source"))
        self.assertLessEqual(
            {"NET-10", "NET-12", "NET-14", "NET-15", "NET-17"}, sources
        )
        for code, group in (("DIRECTOR", "director"), ("SPECIALIST", "specialist")):
            card = cards.filtered(lambda one, code=code: one.code == code)
            self.assertEqual(
                card.group_id, self.env.ref(f"after_sales_service.group_{group}")
            )
        with self.assertRaises(AccessError):
            cards[0].duties = "Nothing"

    @rules("NET-03", "NET-13")
    def test_the_local_unit_is_first_and_the_one_above_sees_it(self):
        ticket = self._new_ticket()
        self.assertEqual(ticket.station_id, self.station)
        self.assertTrue(ticket.with_user(self.specialist).has_access("read"))
        self.assertTrue(ticket.with_user(self.branch_user).has_access("write"))
        other = self.env.ref("after_sales_service.station_suzhou")
        ticket.sudo().station_id = other
        self.assertTrue(ticket.with_user(self.branch_user).has_access("read"))
        self.assertFalse(ticket.with_user(self.specialist).has_access("read"))
        # the same scripts hold for every unit
        scripts = self.env["service.script"]
        self.assertEqual(
            scripts.with_user(self.hotline).search([]),
            scripts.with_user(self.branch_user).search([]),
        )

    @rules("NET-17")
    def test_the_service_contact_is_on_the_ticket(self):
        self.customer.service_contact_id = self.manager
        ticket = self._new_ticket(dispatch=False)
        self.assertEqual(ticket.service_contact_id, self.manager)
