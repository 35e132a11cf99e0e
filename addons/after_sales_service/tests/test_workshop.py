# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, AfterSalesCommon, rules


class WorkshopCommon(AfterSalesCommon):
    """A machine on the counter, and what people do with it."""

    @classmethod
    def _take_in(cls, **vals):
        """The customer's PC on the counter, taken in by the hotline."""
        ticket = cls._new_ticket(delivery_mode="shop", **vals)
        ticket.action_take_in()
        return ticket.repair_ids

    @classmethod
    def _start(cls, repair):
        """Inspected, agreed, promised for the day after tomorrow; work begins."""
        repair.write(
            {
                "inspected": True,
                "configuration": "standard",
                "reproduced": "yes",
                "consent_by": "李明",
                "promised_date": cls.company._service_today() + timedelta(days=2),
                "user_id": cls.engineer.id,
            }
        )
        repair.action_consent()
        repair.with_user(cls.engineer).action_workshop_start()

    @classmethod
    def _finish(cls, repair):
        work = repair.with_user(cls.engineer)
        work.write(
            {
                "cause": "Disk broken",
                "solution": "Disk replaced",
                "precautions": "Keep a backup",
            }
        )
        work.action_ready()

    @classmethod
    def _sign(cls, repair):
        for test in ("Started three times", "Copied a large file"):
            repair.retest_text = test
            repair.action_retest()
        repair.write(
            {
                "fault_gone": True,
                "explained": True,
                "rating": "5",
                "handover_scan": repair.name,
                "signature": SIGNATURE,
                "signed_by": "李明",
            }
        )

    @classmethod
    def _loaner(cls, repair, **vals):
        return (
            cls.env["service.loaner"]
            .with_user(cls.hotline)
            .create(
                {
                    "ticket_id": repair.ticket_id.id,
                    "repair_id": repair.id,
                    "description": "LCD monitor 17",
                    "serial": "LOAN-1",
                    "equal_grade": True,
                    "condition_out": "No scratch",
                    "due_date": cls.company._service_today() + timedelta(days=7),
                    **vals,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestWorkshop(WorkshopCommon):
    # ---------------------------------------------------
    # Taking in
    # ---------------------------------------------------

    def test_the_machine_is_taken_in_without_becoming_our_stock(self):
        repair = self._take_in()
        self.assertEqual(repair.workshop_state, "taken_in")
        self.assertFalse(repair.product_id)
        self.assertEqual(repair.intake_at, self.company._service_now())
        self.assertEqual(repair.intake_by_id, self.hotline)
        self.assertEqual(repair.equipment_id, self.equipment)
        self.assertTrue(repair.under_warranty)
        with self.assertRaisesRegex(UserError, "here already"):
            repair.ticket_id.action_take_in()

    def test_only_an_accepted_shop_ticket_takes_a_machine_in(self):
        with self.assertRaisesRegex(UserError, "not Shop"):
            self._new_ticket().action_take_in()
        with self.assertRaisesRegex(UserError, "dispatch it first"):
            self._new_ticket(dispatch=False, delivery_mode="shop").action_take_in()
        repair = self._take_in()
        with self.assertRaises(AccessError):
            repair.ticket_id.with_user(self.engineer).action_take_in()

    @rules("SHOP-04", "SHOP-05")
    def test_the_case_stays_shut_without_inspection_check_and_consent(self):
        repair = self._take_in()
        with self.assertRaises(UserError) as refused:
            repair.action_workshop_start()
        for word in ("inspection", "configuration check", "consent", "promised date"):
            self.assertIn(word, str(refused.exception))
        with self.assertRaisesRegex(UserError, "not complete yet"):
            repair.sudo().action_repair_start()
        with self.assertRaisesRegex(UserError, "who agreed"):
            repair.action_consent()
        with self.assertRaises(AccessError):
            repair.write({"consent_at": self.company._service_now()})
        self._start(repair)
        self.assertEqual(repair.workshop_state, "working")
        self.assertEqual(repair.consent_at, self.company._service_now())
        with self.assertRaisesRegex(UserError, "recorded already"):
            repair.write({"consent_by": "Somebody else"})

    @rules("SHOP-05")
    def test_missing_parts_are_noted_and_extra_ones_go_home(self):
        repair = self._take_in()
        repair.configuration = "differs"
        self.assertIn("extra parts (SHOP-05)", repair._get_missing_start()[-1])
        repair.check_ids = [
            (0, 0, {"kind": "missing", "component_id": self.component_hd.id}),
            (0, 0, {"kind": "extra", "name": "Sound card", "handling": "home"}),
        ]
        self.assertEqual(repair.check_ids[0].name, self.component_hd.display_name)
        self.assertNotIn("SHOP-05", ", ".join(repair._get_missing_start()))
        html = self.env["ir.actions.report"]._render_qweb_html(
            "after_sales_service.report_acceptance_slip", repair.ids
        )[0]
        self.assertIn(b"Sound card", html)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            repair.check_ids[0].handling = "home"
            self.env.flush_all()

    def test_a_part_of_another_machine_is_no_difference(self):
        other = self._create_equipment("PC0002", sale_date="2026-03-02")
        with self.assertRaisesRegex(UserError, "is not listed"):
            self._take_in().check_ids = [
                (0, 0, {"component_id": other.component_ids[0].id})
            ]

    @rules("WAR-22", "SHOP-11", "SHOP-12")
    def test_label_and_slip_carry_the_number(self):
        repair = self._take_in()
        for report in ("report_workshop_label", "report_acceptance_slip"):
            html = (
                self.env["ir.actions.report"]
                .with_user(self.hotline)
                ._render_qweb_html(f"after_sales_service.{report}", repair.ids)[0]
            )
            self.assertIn(repair.name.encode(), html)
        self.assertIn(repair.coverage_sentence, html.decode())

    @rules("SHOP-06", "SHOP-07")
    def test_a_fault_that_shows_is_repaired_at_once(self):
        repair = self._take_in()
        self.assertIn("let the fault show", repair.workshop_step)
        repair.reproduced = "yes"
        self.assertEqual(repair.promised_date, self.company._service_today())
        self.assertFalse(repair.keep_reason)

    @rules("SHOP-06", "SHOP-08")
    def test_a_fault_that_does_not_show_stays_with_consent_only(self):
        repair = self._take_in()
        repair.write(
            {
                "inspected": True,
                "configuration": "standard",
                "reproduced": "no",
                "consent_by": "李明",
                "promised_date": "2026-11-25",
                "user_id": self.engineer.id,
            }
        )
        repair.action_consent()
        self.assertEqual(repair.keep_reason, "not_reproduced")
        self.assertIn("whether the machine stays", repair.workshop_step)
        with self.assertRaisesRegex(UserError, "SHOP-08"):
            repair.action_workshop_start()
        repair.write({"keep_decision": "stays", "keep_consent_by": "李明"})
        repair.action_decide()
        self.assertIn("Start work", repair.workshop_step)
        repair.keep_consent_by = "His wife"  # somebody else: asked again
        self.assertFalse(repair.keep_consent_at)
        repair.action_decide()
        repair.with_user(self.engineer).action_workshop_start()
        self.assertEqual(repair.workshop_state, "working")

    @rules("SHOP-09")
    def test_a_part_that_is_missing_needs_the_customer_too(self):
        repair = self._take_in()
        self._start(repair)
        work = repair.with_user(self.engineer)
        work.keep_reason = "no_part"
        self.assertIn("Apologise", repair.workshop_step)
        with self.assertRaisesRegex(UserError, "consent to keep"):
            self._finish(repair)

    @rules("SHOP-08", "SHOP-09")
    def test_the_customer_decides_whether_the_machine_stays(self):
        repair = self._take_in()
        repair.keep_reason = "no_part"
        with self.assertRaisesRegex(UserError, "name of who decided"):
            repair.action_decide()
        repair.write({"keep_decision": "home", "keep_consent_by": "李明"})
        with self.assertRaisesRegex(UserError, "decision to take it home"):
            repair.action_give_back()
        with self.assertRaisesRegex(UserError, "nothing to sign yet"):
            repair.signature = SIGNATURE
        repair.action_decide()
        self.assertIn("unrepaired", repair.workshop_step)
        repair.write(
            {
                "handover_scan": repair.name,
                "signature": SIGNATURE,
                "signed_by": "李明",
            }
        )
        repair.action_give_back()
        self.assertEqual(repair.state, "cancel")
        self.assertEqual(repair.workshop_state, "handed_over")
        self.assertNotIn("restored", repair.ticket_id.event_ids.mapped("kind"))

    @rules("SHOP-15")
    def test_nobody_signs_an_empty_form(self):
        repair = self._take_in()
        self._start(repair)
        with self.assertRaisesRegex(UserError, "nothing to sign yet"):
            repair.signature = SIGNATURE
        self.assertFalse(repair.signature)

    @rules("SHOP-15", "VIS-24")
    def test_what_is_signed_changes_only_with_a_new_signature(self):
        repair = self._take_in()
        self._start(repair)
        self._finish(repair)
        self._sign(repair)
        work = repair.with_user(self.engineer)
        with self.assertRaisesRegex(UserError, "has signed Cause"):
            work.cause = "Cable broken"
        with self.assertRaisesRegex(UserError, "has signed Cause"):
            work.write({"cause": "Cable broken", "signature": SIGNATURE})
        repair.write({"signature": False, "cause": "Cable broken"})
        repair.signature = SIGNATURE
        repair.action_hand_over()
        self.assertEqual(repair.cause, "Cable broken")

    @rules("SHOP-13", "SHOP-15")
    def test_a_failed_test_takes_the_signature_with_it(self):
        repair = self._take_in()
        self._start(repair)
        self._finish(repair)
        self._sign(repair)
        repair.retest_text = "Stopped at the third start"
        repair.action_rework()
        self.assertFalse(repair.signature or repair.fault_gone or repair.explained)
        self._finish(repair)
        with self.assertRaisesRegex(UserError, "customer's signature"):
            repair.action_hand_over()

    @rules("SHOP-22")
    def test_a_posted_machine_goes_back_by_post_at_the_vendors_cost(self):
        repair = self._take_in()
        repair.write({"mailed_in": True, "waybill_in": "SF1001"})
        self.assertEqual(repair.freight_payer, "vendor")
        repair.freight_cause = "customer"
        self.assertEqual(repair.freight_payer, "customer")
        self._start(repair)
        self._finish(repair)
        for test in ("Started three times", "Copied a large file"):
            self.assertIn("Re-test", repair.workshop_step)
            repair.retest_text = test
            repair.action_retest()
        self.assertIn("send it back", repair.workshop_step)
        repair.write({"explained": True, "handover_scan": repair.name})
        with self.assertRaisesRegex(UserError, "waybill"):
            repair.action_hand_over()
        repair.waybill_out = "SF1002"
        repair.action_hand_over()
        self.assertEqual(repair.state, "done")

    # ---------------------------------------------------
    # Late repairs
    # ---------------------------------------------------

    @rules("SHOP-10", "AMB-12")
    def test_a_late_repair_owes_a_warning_and_a_note_every_two_days(self):
        repair = self._take_in()
        self._start(repair)
        repairs = self.env["repair.order"].with_user(self.hotline)
        due = repair.note_due_at  # the end of the promised day
        self.assertEqual((due + timedelta(hours=8)).date(), date(2026, 11, 23))
        self._pass_time(days=1)
        self.assertFalse(repair.is_note_due)
        self._pass_time(days=1)
        repair.invalidate_recordset(["is_note_due", "workshop_due"])
        self.assertTrue(repair.is_note_due)  # before the promise is broken
        self.assertEqual(repair.workshop_due, "today")
        self.assertIn(repair, repairs.search([("is_note_due", "=", True)]))
        self.assertNotIn(repair, repairs.search([("is_note_due", "=", False)]))

        cron = self.env.ref("after_sales_service.cron_inform_customers")
        for _run in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.assertEqual(repair.activity_ids.user_id, self.engineer)
        self.assertEqual(len(repair.activity_ids), 1)

        work = repair.with_user(self.engineer)
        work.note_ids = [(0, 0, {"text": "The disk comes on Thursday"})]
        self.assertFalse(repair.activity_ids)
        self.assertEqual(repair.note_due_at, due + timedelta(days=2))
        self._pass_time(days=4)
        repair.invalidate_recordset(["workshop_due", "workshop_step"])
        self.assertEqual(repair.workshop_due, "late")
        self.assertIn("why it takes longer", repair.workshop_step)
        work.note_ids = [(0, 0, {"text": "The disk is here"})]
        now = self.company._service_now()
        self.assertEqual(repair.note_due_at, now + timedelta(days=2))
        self.company.service_note_days = 3
        self.assertEqual(repair.note_due_at, now + timedelta(days=3))
        self._finish(repair)
        self.assertFalse(repair.note_due_at)

    @rules("SHOP-10")
    def test_the_promise_is_not_moved_in_silence(self):
        repair = self._take_in()
        with self.assertRaisesRegex(ValidationError, "lies in the past"):
            repair.promised_date = "2026-11-19"
        self._start(repair)
        with self.assertRaisesRegex(UserError, "The promise stays"):
            repair.promised_date = "2026-12-24"

    def test_notes_are_append_only_and_not_forged(self):
        repair = self._take_in()
        notes = self.env["service.repair.note"].with_user(self.hotline)
        note = notes.create({"repair_id": repair.id, "text": "Busy"})
        for vals in ({"at": "2026-11-01 08:00:00"}, {"text": "Told"}):
            with self.assertRaisesRegex(UserError, "never changed"):
                note.write(vals)
        with self.assertRaisesRegex(UserError, "never deleted"):
            note.sudo().unlink()
        with self.assertRaises(AccessError):
            notes.create({"repair_id": repair.id, "kind": "retest", "text": "Fine"})
        with self.assertRaisesRegex(ValidationError, "what the customer was told"):
            notes.create({"repair_id": repair.id, "text": "  "})

    def test_the_daily_sweep_does_not_ask_more_for_more_repairs(self):
        activity_type = self.env.ref("after_sales_service.activity_inform_customer")

        def queries(count):
            repairs = self.env["repair.order"]
            for _number in range(count):
                repairs |= self._take_in()
            repairs.promised_date = self.company._service_today()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            repairs.sudo()._schedule_note_activities(activity_type)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(1)  # fills the caches
        self.assertLessEqual(queries(10), queries(2) + 2)

    # ---------------------------------------------------
    # Hand-over
    # ---------------------------------------------------

    @rules("CARE-13", "SHOP-12", "SHOP-13", "SHOP-15", "VIS-20")
    def test_hand_over_names_everything_that_is_missing(self):
        repair = self._take_in()
        self._start(repair)
        with self.assertRaisesRegex(UserError, r"cause \(VIS-20\)"):
            repair.with_user(self.engineer).action_ready()
        self._finish(repair)
        with self.assertRaisesRegex(UserError, "What was tested"):
            repair.action_retest()
        repair.retest_text = "Started three times"
        repair.action_retest()
        with self.assertRaisesRegex(UserError, "What was tested"):
            repair.action_retest()  # a second click is no second test
        with self.assertRaises(UserError) as refused:
            repair.action_hand_over()
        for word in (
            "1 re-test",
            "customer's word",
            "explanation",
            "CARE-13",
            "SHOP-12",
            "signature (SHOP-15)",
            "who signed",
        ):
            self.assertIn(word, str(refused.exception))
        self._sign(repair)
        repair.handover_scan = "WH/RO/09999"
        with self.assertRaisesRegex(UserError, "WH/RO/09999 was scanned"):
            repair.action_hand_over()
        repair.handover_scan = f" {repair.name} "
        repair.action_pickup_called()
        repair.action_hand_over()
        self.assertEqual(repair.state, "done")
        self.assertEqual(repair.handed_over_by_id, self.hotline)
        ticket = repair.ticket_id
        self.assertLessEqual(
            {"restored", "signed"}, set(ticket.event_ids.mapped("kind"))
        )
        self.assertTrue(ticket.callback_ids)
        retests = repair.note_ids.filtered(lambda note: note.kind == "retest")
        self.assertEqual(retests.user_id, self.hotline)
        with self.assertRaisesRegex(UserError, "handed over and signed"):
            repair.solution = "Something else"

    @rules("SHOP-13", "AMB-11")
    def test_re_tests_count_from_the_last_repair_on(self):
        repair = self._take_in()
        self._start(repair)
        self._finish(repair)
        self._sign(repair)
        self.assertEqual(repair.retest_count, 2)
        repair.retest_text = "Does not start the fourth time"
        repair.action_rework()
        self.assertEqual(repair.workshop_state, "working")
        self.assertIn("retest_failed", repair.note_ids.mapped("kind"))
        self._pass_time(minutes=5)
        repair.with_user(self.engineer).action_ready()
        self.assertEqual(repair.retest_count, 0)
        self.company.service_retest_min = 3
        with self.assertRaisesRegex(UserError, "3 re-test"):
            repair.action_hand_over()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self.company.service_retest_min = 1
            self.env.flush_all()

    @rules("SHOP-19", "PRT-22")
    def test_no_hand_over_while_the_loaner_is_out(self):
        repair = self._take_in(component_id=self.equipment.component_ids[1].id)
        self.assertTrue(repair.loaner_wanted)  # a monitor is never exchanged
        loaner = self._loaner(repair)
        loaner.action_out()
        self.assertFalse(repair.loaner_wanted)
        self._start(repair)
        self._finish(repair)
        self._sign(repair)
        with self.assertRaisesRegex(UserError, "SHOP-19"):
            repair.action_hand_over()
        with self.assertRaisesRegex(UserError, "condition when back"):
            loaner.action_back()
        loaner.condition_back = "As lent"
        loaner.action_back()
        self.assertEqual(loaner.back_by_id, self.hotline)
        repair.action_hand_over()
        self.assertEqual(repair.workshop_state, "handed_over")

    def test_the_ticket_is_not_closed_over_the_machine_or_the_loaner(self):
        repair = self._take_in()
        with self.assertRaisesRegex(UserError, "Hand these machines over"):
            repair.ticket_id.action_close()
        ticket = self._new_ticket(name="Another case")
        loaner = self._loaner(repair, ticket_id=ticket.id, repair_id=False)
        loaner.action_out()
        with self.assertRaisesRegex(UserError, "Take these loaners back"):
            ticket.action_close()

    def test_the_engineer_does_not_hand_over_nor_the_stock_end_it(self):
        repair = self._take_in()
        self._start(repair)
        self._finish(repair)
        self._sign(repair)
        with self.assertRaises(AccessError):
            repair.with_user(self.engineer).action_hand_over()
        with self.assertRaisesRegex(UserError, "still here"):
            repair.with_user(self.clerk).action_repair_cancel()
        with self.assertRaisesRegex(UserError, "still here"):
            repair.sudo().action_repair_end()
        with self.assertRaisesRegex(UserError, "still here"):
            repair.with_user(self.clerk).unlink()

    def test_the_desk_writes_the_workshops_fields_only(self):
        repair = self._take_in()
        for vals in (
            {"state": "done"},
            {"product_id": self.hd_product.id},
            {"ticket_id": False},
        ):
            with self.assertRaises(AccessError):
                repair.with_user(self.hotline).write(vals)
        with self.assertRaises(AccessError):
            repair.write({"handed_over_at": self.company._service_now()})
        with self.assertRaises(AccessError):
            self.env["repair.order"].with_user(self.hotline).create({})

    def test_workshop_is_fenced_by_station_and_engineer(self):
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups="after_sales_service.group_hotline",
            service_station_ids=[
                (6, 0, self.env.ref("after_sales_service.station_fuyang").ids)
            ],
        )
        colleague = new_test_user(
            self.env,
            login="colleague",
            groups="after_sales_service.group_engineer",
            service_station_ids=[(6, 0, self.station.ids)],
        )
        repair = self._take_in()
        self._start(repair)
        loaner = self._loaner(repair)
        note = repair.with_user(self.engineer).note_ids.create(
            {"repair_id": repair.id, "text": "Waiting"}
        )
        for record in (repair, loaner, note):
            self.assertFalse(record.with_user(stranger).has_access("read"))
            self.assertTrue(record.with_user(self.director).has_access("read"))
        self.assertFalse(repair.with_user(colleague).has_access("read"))
        self.assertTrue(repair.ticket_id.with_user(self.engineer).has_access("read"))
        self.assertFalse(loaner.with_user(self.engineer).has_access("write"))

    # ---------------------------------------------------
    # Loaners
    # ---------------------------------------------------

    @rules("PRT-25")
    def test_a_loaner_is_at_least_as_good_and_out_once(self):
        repair = self._take_in()
        loaner = self._loaner(repair, equal_grade=False)
        with self.assertRaisesRegex(UserError, "PRT-25"):
            loaner.action_out()
        loaner.equal_grade = True
        loaner.action_out()
        self.assertEqual(loaner.out_by_id, self.hotline)
        twin = self._loaner(repair)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            twin.action_out()
            self.env.flush_all()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            loaner.serial = "LOAN-2"
        with self.assertRaisesRegex(UserError, "never deleted"):
            loaner.unlink()

    def test_loaner_states_and_dates(self):
        repair = self._take_in()
        loaner = self._loaner(repair, due_date="2026-11-19")
        with self.assertRaisesRegex(UserError, "Due back lies in the past"):
            loaner.action_out()
        loaner.condition_back = "As lent"
        with self.assertRaisesRegex(UserError, "cannot become"):
            loaner.action_back()
        with self.assertRaises(AccessError):
            loaner.write({"state": "back"})
        loaner.due_date = "2026-11-21"
        loaner.action_out()
        self._pass_time(days=2)
        self.assertIn(loaner, loaner.search([("is_late", "=", True)]))
        self.assertTrue(loaner.is_late)
        other = self._take_in()
        with self.assertRaisesRegex(UserError, "belongs to another ticket"):
            self._loaner(repair, repair_id=other.id, serial="LOAN-9")

    def test_the_ticket_says_the_next_step_of_the_workshop(self):
        ticket = self._new_ticket(delivery_mode="shop")
        self.assertIn("Take the machine in", ticket.next_step)
        ticket.action_take_in()
        repair = ticket.repair_ids
        self.assertIn("consent", ticket.next_step)
        self._start(repair)
        self.assertIn("Repair the machine", ticket.next_step)
        self._finish(repair)
        self.assertIn("Hand the machine over", ticket.next_step)
        self._sign(repair)
        repair.action_hand_over()
        self.assertIn("Close", ticket.next_step)
