# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestVisit(AfterSalesCommon):
    @rules("VIS-20", "VIS-24", "VIS-27", "CARE-13")
    def test_completion_names_everything_that_is_missing(self):
        visit = self._working_visit(self._new_ticket())
        with self.assertRaises(UserError) as refused:
            visit.action_done()
        for word in ("cause", "solution", "precautions", "signature", "rating"):
            self.assertIn(word, str(refused.exception))
        self.assertIn("opinion (VIS-27)", str(refused.exception))
        self.assertIn("first state (VIS-24)", str(refused.exception))
        self.assertEqual(visit.state, "working")
        self._sign(visit)
        visit.action_done()
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.repair_id.sudo().state, "done")
        self.assertLessEqual(
            {"restored", "signed"}, set(visit.ticket_id.event_ids.mapped("kind"))
        )

    @rules("VIS-24")
    def test_what_was_signed_stays_as_it_was(self):
        visit = self._working_visit(self._new_ticket())
        self._sign(visit)
        visit.action_done()
        for user in (self.engineer, self.hotline, self.manager):
            for vals in ({"solution": "Other"}, {"rating": "1"}, {"signature": False}):
                with self.assertRaisesRegex(UserError, "as they were signed"):
                    visit.with_user(user).write(vals)

    @rules("VIS-01")
    def test_window_is_shorter_than_half_a_day(self):
        ticket = self._new_ticket()
        now = self.company._service_now()
        with self.assertRaisesRegex(ValidationError, "VIS-01"):
            self.env["service.visit"].create(
                {
                    "ticket_id": ticket.id,
                    "window_start": now,
                    "window_end": now + timedelta(hours=4),
                }
            )

    @rules("VIS-08")
    def test_absent_customer_is_waited_for(self):
        ticket = self._new_ticket()
        now = self.company._service_now()
        visit = self.env["service.visit"].create(
            {
                "ticket_id": ticket.id,
                "engineer_id": self.engineer.id,
                "window_start": now,
                "window_end": now + timedelta(hours=2),
            }
        )
        visit.action_appoint()
        visit = visit.with_user(self.engineer)
        self._fill_checklist(visit, "depart")
        visit.action_depart()
        with self.assertRaisesRegex(UserError, "press Arrived"):
            visit.action_absent_call()
        visit.action_arrive()
        self.assertEqual(visit.absent_from, now + timedelta(minutes=20))
        self._pass_time(minutes=19)
        with self.assertRaisesRegex(UserError, "1 minutes are left"):
            visit.action_absent()
        self._pass_time(minutes=1)
        with self.assertRaisesRegex(UserError, "call to the customer.*note.*contact"):
            visit.action_absent()
        visit.action_absent_call()
        visit.write({"absent_note_left": True, "absent_contact": "0552-0000000"})
        visit.action_absent()
        self.assertEqual(visit.state, "absent")
        self.assertEqual(visit.left_at, now + timedelta(minutes=20))
        self.assertIn("customer_absent", ticket.event_ids.mapped("kind"))
        # the office is told at the same time
        self.assertEqual(visit.sudo().activity_ids.user_id, self.hotline)
        with self.assertRaisesRegex(UserError, "as they were signed"):
            visit.absent_contact = "elsewhere"

    def test_appointment_needs_engineer_and_window(self):
        visit = self.env["service.visit"].create(
            {"ticket_id": self._new_ticket().id, "window_end": False}
        )
        with self.assertRaisesRegex(UserError, "engineer, to"):
            visit.action_appoint()

    def test_states_are_not_skipped_whatever_the_door(self):
        visit = self.env["service.visit"].create({"ticket_id": self._new_ticket().id})
        with self.assertRaisesRegex(UserError, "cannot become"):
            visit.action_start()
        with self.assertRaises(AccessError):
            visit.with_user(self.hotline).write({"state": "done"})
        with self.assertRaises(AccessError):
            self.env["service.visit"].with_user(self.hotline).create(
                {"ticket_id": visit.ticket_id.id, "state": "done"}
            )

    def test_ticket_is_not_closed_over_an_open_visit(self):
        ticket = self._new_ticket()
        self._working_visit(ticket)
        with self.assertRaisesRegex(UserError, "Finish or cancel"):
            ticket.action_close()

    def test_service_record_prints(self):
        visit = self._working_visit(self._new_ticket())
        self._sign(visit)
        visit.action_done()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "after_sales_service.report_service_record", visit.ids
        )[0]
        self.assertIn(visit.name.encode(), html)
        self.assertIn(b"Disk replaced", html)

    def test_each_repair_opens_on_the_screen_of_its_kind(self):
        visit = self._working_visit(self._new_ticket())
        repair = visit.repair_id.with_user(self.engineer)
        form = self.env.ref("after_sales_service.view_onsite_form")
        for action in (
            repair.get_formview_action(),
            visit.action_view_repair(),
            visit.ticket_id.action_view_repairs(),
        ):
            self.assertEqual(action["views"], [(form.id, "form")])
            self.assertEqual(action["res_id"], repair.id)
        self.assertEqual(repair.onsite_state, "working")
        self.assertIn(visit.name, repair.onsite_step)
        self.assertEqual(repair.action_open_visit()["res_id"], visit.id)
        following = visit._continue_later(
            visit.window_start + timedelta(days=1), visit.window_end + timedelta(days=1)
        )
        self.assertEqual(repair.onsite_state, "appointed")
        self.assertEqual(repair.action_open_visit()["res_id"], following.id)
        # the same machine comes to the shop afterwards: two repairs, one list
        following.with_user(self.engineer).action_cancel()
        self.assertIn("Agree a new visit", repair.onsite_step)
        ticket = visit.ticket_id.with_user(self.hotline)
        ticket.delivery_mode = "shop"
        ticket.action_take_in()
        action = ticket.action_view_repairs()
        listed = self.env["repair.order"].search(action["domain"])
        self.assertEqual(len(listed), 2)
        workshop = self.env.ref("after_sales_service.view_workshop_form")
        in_shop = listed - repair
        self.assertEqual(in_shop.action_open_form()["views"], [(workshop.id, "form")])
        self.assertFalse(in_shop.onsite_step or in_shop.onsite_state)
        # a page that is loaded anew does not show core's form to the desk
        repairs = self.env["repair.order"]
        core = repairs.get_view(view_type="form")["id"]
        self.assertNotEqual(core, form.id)
        mine = repairs.with_user(self.hotline).get_view(view_type="form")["id"]
        self.assertEqual(mine, form.id)
