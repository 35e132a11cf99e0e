# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import base64
from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..tools.clock import Promise, deadline
from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestProgramChange(AfterSalesCommon):
    """The service manager drafts other promises and sees whom they touch."""

    def _draft(self):
        action = self.program_tc.with_user(self.manager).action_change_clocks()
        return (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({})
        )

    def _line(self, draft, policy):
        return draft.line_ids.filtered(lambda line: line.policy_id == policy)

    def test_a_copy_is_deep(self):
        copy = self.program_tc.copy()
        self.assertEqual(copy.code, "TC_2")
        for name in (
            "term_ids",
            "policy_ids",
            "step_ids",
            "callback_policy_ids",
            "fee_ids",
            "report_ids",
            "guarantee_ids",
            "exclusion_ids",
        ):
            self.assertEqual(len(copy[name]), len(self.program_tc[name]), name)
            self.assertTrue(copy[name], name)
            self.assertFalse(copy[name] & self.program_tc[name])
        delivery = self.env.ref("after_sales_service.checklist_delivery_tc")
        self.assertIn(copy, delivery.program_ids)
        self.assertEqual(self.program_tc.copy().code, "TC_3")

    def test_preview_shows_what_apply_does(self):
        policy = self.env.ref("after_sales_service.policy_tc_urban_solve")
        arrival = self.env.ref("after_sales_service.policy_tc_urban_arrival")
        ticket = self._new_ticket(dispatch=False)
        solve = ticket.clock_ids.filtered(lambda one: one.policy_id == policy)
        old = solve.deadline
        draft = self._draft()
        self.assertEqual(draft.line_ids.policy_id, self.program_tc.policy_ids)
        with self.assertRaisesRegex(UserError, "preview first"):
            draft.action_apply()
        self._line(draft, policy).amount = 6
        self._line(draft, arrival).unlink()
        self.env["service.program.change.line"].with_user(self.manager).create(
            {
                "change_id": draft.id,
                "name": "Customer answered",
                "start_event": "reported",
                "stop_event": "responded",
                "amount": 1,
                "rule": "new",
            }
        )
        draft.action_preview()
        results = {
            row.promise: (row.change, row.old_deadline, row.new_deadline)
            for row in draft.result_ids
            if row.ticket_id == ticket
        }
        now = self.company._service_now()
        expected = {
            policy.name: ("changed", old, old + timedelta(hours=2)),
            arrival.name: ("gone", now + timedelta(hours=2), False),
            "Customer answered": ("new", False, now + timedelta(hours=1)),
        }
        self.assertEqual(results, expected)
        # Nothing has happened yet.
        self.assertEqual((policy.amount, arrival.active), (4, True))
        self.assertEqual((solve.deadline, len(ticket.clock_ids)), (old, 2))
        draft.action_apply()
        self.assertEqual((policy.amount, arrival.active), (6, False))
        self.assertEqual(
            {clock.policy_id.name: clock.deadline for clock in ticket.clock_ids},
            {name: row[2] for name, row in expected.items() if row[2]},
        )
        self.assertIn("4.0 → 6.0", self.program_tc.message_ids[0].body)
        self.assertEqual(self.program_tc.replay_after, -1)

    def test_back_to_the_draft_keeps_it(self):
        draft = self._draft()
        draft.line_ids[0].amount = 9
        draft.action_preview()
        draft.action_back()
        self.assertEqual((draft.state, draft.line_ids[0].amount), ("draft", 9))
        self.assertFalse(draft.result_ids)

    def test_only_the_service_manager_drafts(self):
        with self.assertRaises(AccessError):
            self.env["service.program.change"].with_user(self.director).create(
                {"program_id": self.program_tc.id}
            )

    def test_other_changes_reach_open_tickets_in_the_background(self):
        ticket = self._new_ticket(dispatch=False)
        closed = self._new_ticket()
        closed.action_close()
        solve = ticket.clock_ids.filtered(lambda one: one.policy_id.amount == 4)
        old = solve.deadline
        solve.policy_id.sudo().amount = 5
        self.assertEqual(self.program_tc.replay_after, 0)
        with self.enter_registry_test_mode():
            self.env.ref(
                "after_sales_service.cron_replay_programs"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(solve.deadline, old + timedelta(hours=1))
        self.assertEqual(self.program_tc.replay_after, -1)


@tagged("post_install", "-at_install")
class TestCalendars(AfterSalesCommon):
    """Whose hours count, and what public holidays do to them."""

    def _hours(self, name):
        calendar = self.env.ref(f"after_sales_service.{name}")
        return calendar._get_clock_calendars()[calendar.id]

    @rules("SLA-38")
    def test_holidays_and_make_up_days_move_working_days(self):
        promise = Promise(
            "reported",
            "restored",
            3,
            "working_day",
            self._hours("calendar_working_days"),
        )
        # Wednesday before National Day 2026: Thursday to Wednesday are off, Saturday
        # the 10th is worked, so the third working day is the Saturday.
        wednesday = datetime(2026, 9, 30, 2, 0)
        self.assertEqual(deadline(wednesday, promise).date(), date(2026, 10, 10))

    @rules("SLA-21", "T-13")
    def test_a_holiday_has_the_hours_of_a_sunday(self):
        hours = self._hours("calendar_dell")
        self.assertEqual(hours.hours_on(date(2026, 10, 1)), ((510, 1050),))
        self.assertEqual(hours.hours_on(date(2026, 10, 8)), ((510, 1260),))
        self.assertEqual(hours.hours_on(date(2026, 10, 10)), ((510, 1260),))

    @rules("CARE-06", "T-13")
    def test_a_promise_without_calendar_follows_its_programme(self):
        self.equipment.program_id = self.program_careplan
        policy = self.env.ref("after_sales_service.policy_careplan_repair")
        self.company.service_test_now = datetime(2026, 11, 20, 9, 0)  # 17:00
        expected = {
            # (around the clock, way of service) → hours until the deadline
            (True, "onsite"): 4,
            (False, "onsite"): 1 + 14 + 3,
            (False, "shop"): 1 + 14 + 3,
            (False, "remote"): 4,
        }
        policy.amount = 4
        for (always, mode), hours in expected.items():
            policy.around_the_clock = always
            ticket = self._new_ticket(dispatch=False, delivery_mode=mode)
            clock = ticket.clock_ids.filtered(lambda one: one.policy_id == policy)
            self.assertEqual(
                clock.deadline - clock.started_at, timedelta(hours=hours), mode
            )
        calendar = self.env.ref("after_sales_service.calendar_dell")
        policy.calendar_id = calendar
        self.assertEqual(policy._get_calendar(False), calendar)

    def _import(self, text):
        return (
            self.env["service.holiday.import"]
            .with_user(self.manager)
            .create(
                {
                    "list_id": self.env.ref("after_sales_service.holidays_cn").id,
                    "file": base64.b64encode(text.encode()),
                }
            )
        )

    def test_the_states_of_a_preview_are_translated(self):
        state = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "service.sla.clock"), ("value", "=", "missed")]
        )
        state.name = "超时"
        results = self.env["service.program.change.result"].with_context(lang="en_US")
        labels = dict(results.fields_get(["new_state"])["new_state"]["selection"])
        self.assertEqual(labels["missed"], "超时")

    def test_a_file_saved_by_the_web_client_is_read(self):
        """It saves with bin_size: a binary field then gives its size."""
        wizard = self.env["service.holiday.import"].with_context(bin_size=True)
        wizard = wizard.with_user(self.manager).create(
            {
                "list_id": self.env.ref("after_sales_service.holidays_cn").id,
                "file": base64.b64encode(
                    "日期,名称,类型\n2027-01-01,元旦,休\n".encode()
                ),
            }
        )
        wizard.invalidate_recordset()
        wizard.with_context(bin_size=False).action_import()
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["new"])

    def test_a_file_is_looked_at_before_it_is_imported(self):
        holidays = self.env.ref("after_sales_service.holidays_cn")
        count = len(holidays.day_ids)
        wizard = self._import(
            "日期,名称,类型\n2027-01-01,元旦,休\n2026-10-01,National Day,off\n"
            "2026-10-10,National Day,off\n"
        )
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["new", "same", "changed"])
        self.assertEqual(len(holidays.day_ids), count)
        wizard.action_import()
        self.assertEqual(len(holidays.day_ids), count + 1)
        day = holidays.day_ids.filtered(lambda one: one.date == date(2026, 10, 10))
        self.assertEqual(day.kind, "off")
        # Programmes that run by it are computed again.
        program = self.env.ref("after_sales_service.program_ct_logistics")
        self.assertEqual(program.replay_after, 0)

    def test_a_wrong_line_stops_the_whole_file(self):
        wizard = self._import("date,name,kind\n2027-01-01,New Year,off\nsoon,x,off\n")
        self.assertEqual((wizard.error_count, wizard.change_count), (1, 1))
        with self.assertRaisesRegex(UserError, "3: soon is no date"):
            wizard.action_import()
        days = self.env.ref("after_sales_service.holidays_cn").day_ids
        self.assertNotIn(date(2027, 1, 1), days.mapped("date"))


@tagged("post_install", "-at_install")
class TestManagerTour(AfterSalesCommon, HttpCase):
    def test_the_manager_copies_a_programme_and_changes_a_promise(self):
        self.env["service.program"].search(
            [("code", "not in", ("TC", "CAREPLAN"))]
        ).active = False
        ticket = self._new_ticket(dispatch=False)
        self.start_tour(
            "/odoo/service-programmes", "after_sales_manager", login="manager"
        )
        policy = self.env.ref("after_sales_service.policy_tc_urban_arrival")
        self.assertEqual(policy.amount, 3)
        clock = ticket.clock_ids.filtered(lambda one: one.policy_id == policy)
        self.assertEqual(clock.deadline - clock.started_at, timedelta(hours=3))
        copy = self.env["service.program"].search([("code", "=", "TC_2")])
        self.assertEqual(len(copy.policy_ids), len(self.program_tc.policy_ids))
