# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestSweep(AfterSalesCommon):
    """Only time passes: warnings, breaches, the escalation ladder."""

    def setUp(self):
        super().setUp()
        self.program_tc.sudo().step_ids.unlink()

    def _step(self, **vals):
        return self.env["service.sla.step"].create(
            {"program_id": self.program_tc.id, **vals}
        )

    def _sweep(self):
        with self.enter_registry_test_mode():
            self.env.ref("after_sales_service.cron_mark_missed").method_direct_trigger()
        self.env.invalidate_all()

    def _solve(self, ticket):
        return ticket.clock_ids.filtered(
            lambda clock: clock.policy_id.stop_event == "restored"
        )

    def _activities(self, ticket):
        return ticket.sudo().activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref("after_sales_service.activity_clock")
            )
        )

    def test_warning_then_breach(self):
        ticket = self._new_ticket(dispatch=False)
        solve = self._solve(ticket)
        # Three quarters of four hours.
        self.assertEqual(solve.warn_at, solve.started_at + timedelta(hours=3))
        self.assertEqual(solve.next_check, solve.warn_at)
        self._pass_time(hours=3, minutes=1)
        self._sweep()
        self.assertEqual((solve.state, solve.is_warned), ("running", True))
        self.assertEqual(solve.next_check, solve.deadline)
        self._pass_time(hours=1)
        self._sweep()
        self.assertEqual(solve.state, "missed")
        self.assertFalse(solve.next_check)

    def test_the_sweep_reads_only_what_is_due(self):
        ticket = self._new_ticket(dispatch=False)
        self._sweep()
        self.assertFalse(ticket.clock_ids.mapped("checked_at")[0])
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"running"})
        due = ticket.clock_ids.search(
            ticket.clock_ids._get_due_domain(self.company, self.company._service_now())
        )
        self.assertFalse(due & ticket.clock_ids)

    def test_the_ladder_is_climbed_once_and_one_activity_a_ticket(self):
        self._step(timing="warning", role="hotline")
        self._step(timing="after", minutes=0, role="director")
        self._step(timing="after", minutes=120, role="branch")
        ticket = self._new_ticket(dispatch=False)
        self._pass_time(hours=3, minutes=1)
        self._sweep()
        # Arrival (2 h) is missed and the solution (4 h) due soon.
        self.assertEqual(self._activities(ticket).user_id, self.hotline | self.director)
        self._sweep()
        self.assertEqual(len(self._activities(ticket)), 2)
        self._pass_time(hours=2, minutes=1)
        self._sweep()
        self.assertEqual(
            self._activities(ticket).user_id,
            self.hotline | self.director | self.branch_user,
        )
        self.assertEqual(len(self._activities(ticket)), 3)
        # Nobody need act any more once the case is over.
        ticket.action_close()
        self.assertFalse(self._activities(ticket))

    def test_one_mail_to_each_person_for_a_whole_sweep(self):
        self._step(timing="before", minutes=30, role="director", channel="mail")
        tickets = self._new_ticket(dispatch=False) | self._new_ticket(dispatch=False)
        self._pass_time(hours=1, minutes=40)
        self._sweep()
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.director.partner_id.ids)],
            order="id desc",
            limit=1,
        )
        self.assertIn("2", message.subject)
        for ticket in tickets:
            self.assertIn(ticket.number, message.body)

    def test_an_empty_role_passes_to_the_next_rung(self):
        step = self._step(timing="after", role="engineer")
        ticket = self._new_ticket(dispatch=False)
        self.assertEqual(step._get_users(ticket), {ticket: self.hotline})
        ticket.sudo().user_id = False
        self.station.callback_user_id = False
        self.assertEqual(step._get_users(ticket), {ticket: self.director})
        visit = self._working_visit(self._new_ticket())
        self.assertEqual(
            step._get_users(visit.ticket_id), {visit.ticket_id: self.engineer}
        )

    def test_a_bad_clock_is_parked_and_its_neighbours_go_on(self):
        bad, good = (self._new_ticket(dispatch=False) for _i in range(2))
        self._step(timing="after")
        bad.clock_ids.sudo()._replay()
        original = type(self.env["service.sla.step"])._escalate

        def _escalate(step, clocks):
            if bad in clocks.ticket_id:
                raise UserError(bad.number)
            return original(step, clocks)

        self.patch(type(self.env["service.sla.step"]), "_escalate", _escalate)
        self._pass_time(hours=5)
        self._sweep()
        self.assertEqual(set(good.clock_ids.mapped("state")), {"missed"})
        self.assertEqual(set(bad.clock_ids.mapped("problem")), {bad.number})
        self.assertFalse(bad.clock_ids.filtered("next_check"))

    @rules("SHOP-10")
    def test_a_progress_note_is_due_every_two_days(self):
        ticket = self._new_ticket(dispatch=False, delivery_mode="shop")
        clock = ticket.clock_ids.filtered(lambda one: one.rule == "SHOP-10")
        self.assertEqual(clock.state, "waiting")
        ticket.with_context(service_event="noted").action_tell()
        self.assertEqual(clock.deadline, clock.started_at + timedelta(days=2))
        self._pass_time(days=1)
        ticket.with_context(service_event="noted").action_tell()
        self.assertEqual(clock.deadline, clock.started_at + timedelta(days=3))
        self._pass_time(days=2, minutes=1)
        self._sweep()
        self.assertEqual(clock.state, "missed")

    def test_countdown(self):
        ticket = self._new_ticket(dispatch=False)
        self._pass_time(minutes=90)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.next_clock_id.policy_id.stop_event, "arrived")
        self.assertEqual(ticket.minutes_left, 30)
        self._pass_time(minutes=60)
        self._sweep()
        self.assertEqual(ticket.next_clock_id.policy_id.stop_event, "restored")
        found = self.env["helpdesk.ticket"].search(
            [("next_deadline", "<=", ticket.next_deadline), ("id", "=", ticket.id)]
        )
        self.assertEqual(found, ticket)

    def test_queries_do_not_grow_with_clocks_or_tickets(self):
        """Creating, dispatching and closing: the same queries for 1 and for 20."""
        vals = {"name": "Disk", "equipment_id": self.equipment.id}

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets = self.env["helpdesk.ticket"].create([vals] * count)
            self.env.flush_all()
            middle = self.env.cr.sql_log_count
            tickets._record_event("arrived", "restored")
            self.env.flush_all()
            return middle - before, self.env.cr.sql_log_count - middle

        queries(1)
        few = queries(5)
        policy = self.env.ref("after_sales_service.policy_tc_urban_solve")
        for number in range(10):
            policy.copy({"name": f"Copy {number}"})
        more = queries(5)
        self.assertLessEqual(more[0], few[0] + 2)
        self.assertLessEqual(more[1], few[1])

    def test_closing_asks_nothing_for_each_ticket(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

        def queries(count):
            vals = {"name": "Disk", "equipment_id": self.equipment.id}
            tickets = self.env["helpdesk.ticket"].create([vals] * count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.write({"stage_id": done.id})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        few = queries(3)
        self.assertLessEqual(queries(30), few + 3)

    def test_tickets_closed_together_mail_from_the_queue(self):
        tickets = self._new_ticket(dispatch=False) | self._new_ticket(dispatch=False)
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        tickets.write({"stage_id": done.id})
        self.assertTrue(all(tickets.mapped("stage_mail_pending")))
        self.assertFalse(tickets._track_template(["stage_id"]))
        with self.enter_registry_test_mode():
            self.env.ref("after_sales_service.cron_stage_mails").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(any(tickets.mapped("stage_mail_pending")))
        self.assertTrue(tickets._track_template(["stage_id"]))
        alone = self._new_ticket(dispatch=False)
        alone.write({"stage_id": done.id})
        self.assertFalse(alone.stage_mail_pending)
