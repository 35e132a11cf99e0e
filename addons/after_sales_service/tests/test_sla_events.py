# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestEvents(AfterSalesCommon):
    """Pauses and corrections: the record grows, the clocks follow."""

    def _clock(self, ticket, stop_event):
        return ticket.clock_ids.filtered(
            lambda clock: clock.policy_id.stop_event == stop_event
        )

    def _event(self, ticket, kind):
        return ticket.event_ids.filtered(lambda e: e.kind == kind and e.valid)

    def _correct(self, event, user=None, **vals):
        wizard = (
            self.env["service.event.correct"]
            .with_user(user or self.director)
            .create({"event_id": event.id, "reason": "Wrong watch", **vals})
        )
        return wizard.action_correct()

    @rules("AMB-03")
    def test_a_pause_moves_the_deadline(self):
        ticket = self._new_ticket(dispatch=False)
        solve = self._clock(ticket, "restored")
        before = solve.deadline
        action = ticket.action_pause()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.hotline)
            .with_context(**action["context"])
            .create({"reason": "Customer is away until noon"})
        )
        wizard.action_pause()
        self.assertEqual((solve.state, ticket.is_paused), ("paused", True))
        self.assertFalse(solve.next_check)
        with self.assertRaisesRegex(UserError, "stand already"):
            ticket.action_pause()
        self._pass_time(hours=3)
        ticket.action_resume()
        self.assertEqual(solve.state, "running")
        self.assertEqual(solve.deadline, before + timedelta(hours=3))
        self.assertEqual(
            self._event(ticket, "paused").note, "Customer is away until noon"
        )
        with self.assertRaisesRegex(UserError, "do not stand"):
            ticket.action_resume()

    def test_what_may_not_pause(self):
        ticket = self._new_ticket(dispatch=False)
        with self.assertRaisesRegex(UserError, "Say why"):
            ticket._pause("  ")
        ticket.clock_ids.policy_id.sudo().pausable = False
        with self.assertRaisesRegex(UserError, "none of its promises"):
            ticket.action_pause()
        ticket.action_close()
        with self.assertRaisesRegex(UserError, "closed already"):
            ticket.action_pause()

    def test_an_event_is_corrected_by_an_event(self):
        ticket = self._new_ticket()
        now = self.company._service_now()
        self._pass_time(hours=3)
        visit = self._working_visit(ticket)
        arrival = self._clock(ticket, "arrived")
        self.assertEqual((arrival.state, arrival.overrun > 0), ("missed", True))
        wrong = self._event(ticket, "arrived")
        self._correct(wrong, at=now + timedelta(hours=1))
        self.assertEqual((arrival.state, arrival.overrun), ("met", 0))
        right = self._event(ticket, "arrived")
        self.assertEqual(
            (right.corrects_id, right.user_id, right.note, right.visit_id),
            (wrong, self.director, "Wrong watch", visit),
        )
        # Both stay; the wrong one does not count any more.
        self.assertTrue(wrong.exists())
        self.assertFalse(wrong.valid)
        with self.assertRaisesRegex(UserError, "does not count any more"):
            self._correct(wrong, at=now)
        self._correct(right, withdrawn=True)
        self.assertFalse(self._event(ticket, "arrived"))
        self.assertEqual(arrival.state, "missed")
        self.assertFalse(arrival.stopped_at)

    def test_what_cannot_be_corrected(self):
        ticket = self._new_ticket()
        event = self._event(ticket, "dispatched")
        later = self.company._service_now() + timedelta(hours=1)
        with self.assertRaisesRegex(ValidationError, "lies in the future"):
            self._correct(event, at=later)
        with self.assertRaisesRegex(ValidationError, "say why"):
            self._correct(event, reason=" ")
        with self.assertRaises(AccessError):
            self._correct(event, user=self.engineer)
        with self.assertRaisesRegex(UserError, "service director"):
            event.with_user(self.hotline)._check_correctable()
        ticket.action_close()
        with self.assertRaisesRegex(UserError, "closed.*Dispatched.*reopen"):
            self._correct(event)
        self.assertTrue(event.valid)

    @rules("SLA-28", "SLA-34", "SLA-35")
    def test_spares_and_travel_time(self):
        self.equipment.program_id = self.env.ref("after_sales_service.program_td")
        ticket = self._new_ticket(dispatch=False, severity="major")
        # Without a travel time the promise of the distance holds alone.
        self.assertEqual(
            self._clock(ticket, "arrived").mapped("policy_id.rule"), ["SLA-35"]
        )
        self.region_urban.travel_minutes = 45
        ticket = self._new_ticket(dispatch=False, severity="major")
        clocks = self._clock(ticket, "arrived")
        travel = clocks.filtered(lambda clock: clock.policy_id.plus_travel)
        self.assertEqual(
            (travel.deadline - travel.started_at), timedelta(minutes=60 + 45)
        )
        ticket._record_event("arrived")
        self.assertIn("spare_shipped", ticket.awaited_events)
        ticket.with_context(service_event="spare_shipped").action_tell()
        self.assertEqual(self._clock(ticket, "spare_shipped").state, "met")
        self.assertEqual(self._clock(ticket, "spare_arrived").state, "running")
        with self.assertRaisesRegex(UserError, "signed"):
            ticket.with_context(service_event="signed").action_tell()

    @rules("SLA-37", "CON-15", "SLA-19")
    def test_tier_channel_and_contract_phase_choose_the_promises(self):
        program = self.env["service.program"].create({"code": "X", "name": "X"})
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        for condition in (
            {"customer_tier": "provincial"},
            {"channel_id": channel.id},
            {"contract_phase": "trial"},
        ):
            self.env["service.sla.policy"].create(
                {
                    "program_id": program.id,
                    "name": next(iter(condition)),
                    "start_event": "reported",
                    "stop_event": "restored",
                    "amount": 1,
                    "rule": "test",
                    **condition,
                }
            )
        self.equipment.program_id = program
        ticket = self._new_ticket(dispatch=False, channel_id=False)
        self.assertFalse(ticket.clock_ids)
        self.customer.service_tier = "provincial"
        ticket.channel_id = channel
        self.assertEqual(
            set(ticket.clock_ids.mapped("policy_id.name")),
            {"customer_tier", "channel_id"},
        )
        phases = {ticket: "trial"}
        self.patch(
            type(ticket), "_get_contract_phases", lambda self: dict(phases.items())
        )
        ticket.invalidate_recordset(["contract_phase"])
        ticket._start_clocks()
        self.assertIn("contract_phase", ticket.clock_ids.mapped("policy_id.name"))

    def test_a_clock_that_has_ended_stays(self):
        ticket = self._new_ticket(dispatch=False)
        ticket._record_event("arrived")
        ticket.clock_ids.policy_id.sudo().active = False
        ticket._start_clocks()
        self.assertEqual(ticket.clock_ids.mapped("policy_id.stop_event"), ["arrived"])

    def test_penalty_of_a_missed_promise(self):
        policy = self.env.ref("after_sales_service.policy_tc_urban_solve")
        policy.write({"penalty_amount": 30, "penalty_per": "hour", "penalty_cap": 100})
        ticket = self._new_ticket(dispatch=False)
        self._pass_time(hours=5, minutes=30)
        ticket.action_close()
        solve = self._clock(ticket, "restored")
        self.assertEqual((solve.overrun, solve.penalty), (90, 60))


@tagged("post_install", "-at_install")
class TestBadPolicies(AfterSalesCommon):
    """One clear error that names field and value; nothing changed."""

    def _policy(self, **vals):
        return self.env["service.sla.policy"].create(
            {
                "program_id": self.program_tc.id,
                "name": "Odd promise",
                "start_event": "reported",
                "stop_event": "restored",
                "amount": 1,
                "rule": "test",
                **vals,
            }
        )

    def test_a_policy_without_start_event(self):
        with self.assertRaisesRegex(ValidationError, "Odd promise.*Start Event"):
            self._policy(start_event=False)
        policy = self.env.ref("after_sales_service.policy_tc_urban_solve")
        with self.assertRaisesRegex(ValidationError, "Solved .urban area.*Start Event"):
            policy.start_event = False

    def test_odd_amounts(self):
        for vals in (
            {"amount": 0},
            {"amount": 1.5, "unit": "working_day"},
            {"unit": "day", "plus_travel": True},
        ):
            with self.assertRaisesRegex(ValidationError, "Odd promise"):
                self._policy(**vals)

    def test_overlapping_shifts(self):
        calendar = self.env.ref("after_sales_service.calendar_careplan")
        with self.assertRaisesRegex(
            ValidationError, "Monday.*08:00-18:00.*17:30-20:00"
        ):
            calendar.attendance_ids = [
                (
                    0,
                    0,
                    {
                        "name": "Evening",
                        "dayofweek": "0",
                        "hour_from": 17.5,
                        "hour_to": 20,
                        "day_period": "afternoon",
                    },
                )
            ]

    @contextmanager
    def _refused(self, message):
        """Refused with ``message``, and nothing changed."""
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            yield
        self.env.invalidate_all()

    def test_a_shift_by_itself_does_not_overlap(self):
        calendar = self.env.ref("after_sales_service.calendar_careplan")
        monday = calendar.attendance_ids.filtered(lambda one: one.dayofweek == "0")
        evening = {
            "calendar_id": calendar.id,
            "name": "Evening",
            "dayofweek": "0",
            "hour_from": 18,
            "hour_to": 20,
            "day_period": "afternoon",
        }
        shifts = self.env["resource.calendar.attendance"]
        with self._refused("Monday.*17:30-20:00"):
            shifts.create({**evening, "hour_from": 17.5})
        shift = shifts.create(evening)
        with self._refused("Monday.*17:00-20:00"):
            shift.hour_from = 17
        # both moved in one go, through their calendar: no step counts by itself
        calendar.attendance_ids = [
            (1, monday[:1].id, {"hour_to": 19}),
            (1, shift.id, {"hour_from": 19}),
        ]
        self.assertEqual(shift.hour_from, 19)

    def test_the_last_shift_of_a_calendar_in_use_stays(self):
        calendar = self.env.ref("after_sales_service.calendar_nx")
        with self._refused("Ningxia.*no hours"):
            calendar.attendance_ids.unlink()
        self.assertTrue(calendar.attendance_ids)
        calendar.switch_calendar_type()

    def test_a_calendar_in_use_keeps_its_hours(self):
        calendar = self.env.ref("after_sales_service.calendar_nx")
        with self.assertRaisesRegex(ValidationError, "Ningxia.*no hours"):
            calendar.attendance_ids = [(5, 0, 0)]

    def test_a_programme_needs_a_calendar_with_hours(self):
        empty = self.env["resource.calendar"].create({"name": "Never"})
        empty.attendance_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "Never"):
            self.program_tc.hotline_calendar_id = empty

    def test_a_clock_whose_calendar_lost_its_hours_is_parked(self):
        policy = self.env.ref("after_sales_service.policy_tc_urban_solve")
        calendar = self.env["resource.calendar"].create({"name": "Once open"})
        policy.calendar_id = calendar
        # Through the back door: unlinked rows do not ask the calendar.
        self.env.cr.execute(
            "DELETE FROM resource_calendar_attendance WHERE calendar_id = %s",
            [calendar.id],
        )
        self.env.invalidate_all()
        ticket = self._new_ticket(dispatch=False)
        parked = ticket.clock_ids.filtered("problem")
        self.assertEqual(parked.policy_id, policy)
        self.assertIn("never opens", parked.problem)
        self.assertFalse(parked.next_check)
