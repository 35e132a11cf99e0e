# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Exclusions, three guarantees, exceptions: what a decision rests on and who changes it."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import new_test_user

from .common import SIGNATURE, AfterSalesCommon, rules


class CoverageCommon(AfterSalesCommon):
    @classmethod
    def _machine(cls, serial, program, categories=(), **vals):
        """A machine of a programme with these parts inside."""
        return cls.env["service.equipment"].create(
            {
                "serial": serial,
                "name": "Machine",
                "partner_id": cls.customer.id,
                "program_id": cls.env.ref(f"after_sales_service.program_{program}").id,
                "region_id": cls.region_urban.id,
                "component_ids": [
                    (
                        0,
                        0,
                        {
                            "category_id": cls.env.ref(
                                f"after_sales_service.category_{name}"
                            ).id
                        },
                    )
                    for name in categories
                ],
                **vals,
            }
        )

    def _case(self, equipment, part=0, **vals):
        component = equipment.component_ids[part] if part is not None else None
        return self._new_ticket(
            scan=equipment.serial,
            component_id=component.id if component else False,
            **{"dispatch": False, **vals},
        )

    def _rights(self, ticket):
        return {
            right.remedy: (right.rule, right.date_end) for right in ticket.right_ids
        }

    def _repaired(self, equipment, part=0):
        """A finished repair of the machine."""
        visit = self._working_visit(self._case(equipment, part, dispatch=True))
        self._sign(visit)
        visit.action_done()
        visit.ticket_id.action_close()


@tagged("post_install", "-at_install")
class TestCoverageTerms(CoverageCommon):
    @rules("WAR-01", "CF-09")
    def test_hardware_outside_the_table_has_three_years(self):
        machine = self._machine("T-CASE", "tc", sale_date="2024-12-01")
        self.assertEqual(machine.component_ids.category_id.code, "WHOLE_MACHINE")
        self.assertEqual(machine.component_ids.warranty_rule, "WAR-01")
        self.assertEqual(machine.warranty_end, date(2027, 11, 30))

    @rules("WAR-06", "AMB-08")
    def test_software_for_life_on_site_in_the_term_then_carried_in(self):
        machine = self._machine("T-SOFT", "tc", ["software"], sale_date="2020-05-01")
        ticket = self._case(machine)
        self.assertEqual(ticket.coverage_verdict, "warranty")
        self.assertEqual(ticket.coverage_id.reason, "life")
        self.assertIn("WAR-06", ticket.coverage_sentence)
        self.assertIn("carried in", ticket.coverage_sentence)
        self.assertTrue(ticket.onsite_paid)
        ticket.delivery_mode = "shop"
        self.assertFalse(ticket.onsite_paid)

    @rules("WAR-06")
    def test_a_software_service_is_free_by_the_machines_software_term(self):
        item = self.env.ref("after_sales_service.item_reinstall_system")
        ticket = self._new_ticket(
            dispatch=False, component_id=False, item_id=item.id, delivery_mode="shop"
        )
        self.assertEqual(
            (ticket.coverage_verdict, ticket.coverage_id.rule), ("warranty", "WAR-06")
        )
        cleaning = self.env.ref("after_sales_service.item_exterior_cleaning")
        ticket.item_id = cleaning
        self.assertFalse(ticket.coverage_verdict)

    @rules("WAR-28", "WAR-09", "WAR-07")
    def test_one_year_on_site_then_two_years_carried_in(self):
        young = self._machine("T-PCC1", "pcc", sale_date="2026-03-01")
        old = self._machine("T-PCC2", "pcc", sale_date="2025-03-01")
        free, carried = self._case(young), self._case(old)
        self.assertEqual(
            (free.coverage_verdict, carried.coverage_verdict), ("warranty", "warranty")
        )
        self.assertEqual((free.onsite_paid, carried.onsite_paid), (False, True))
        self.assertIn("WAR-28", carried.coverage_sentence)

    @rules("WAR-08", "CF-29", "CF-11")
    def test_after_the_term_the_sentence_says_what_is_paid(self):
        old = self._machine("T-OLD", "tc", ["hard_disk"], sale_date="2020-01-10")
        sentence = self._case(old).coverage_sentence
        self.assertIn("no service fee", sentence)
        self.assertIn("WAR-08", sentence)

    @rules("WAR-25", "WAR-24", "CF-32", "OOW-01", "OOW-15")
    def test_ningxia_mends_any_damage_for_a_year_from_acceptance(self):
        for day, verdict in (("2025-11-21", "warranty"), ("2025-11-20", "chargeable")):
            machine = self._machine("T-NX" + day[-1], "nx", sale_date="2020-01-01")
            machine.acceptance_date = day
            ticket = self._case(machine, name="Damaged, cause unknown")
            self.assertEqual(ticket.coverage_verdict, verdict, day)
        machine.acceptance_date = "2026-01-01"
        ticket = self._case(machine)
        self.assertEqual(ticket.coverage_verdict, "warranty")
        self.env["service.finding"].with_user(self.hotline).create(
            {
                "ticket_id": ticket.id,
                "exclusion_id": machine.program_id.exclusion_ids[0].id,
                "note": "Rewired by the owner",
            }
        )
        self.assertEqual(ticket.coverage_verdict, "chargeable", "exclusions win")

    @rules("WAR-35", "WAR-36")
    def test_every_programme_has_its_price_after_the_warranty(self):
        expected = {
            "tc": ("material", "WAR-08"),
            "nx": ("cost_travel", "OOW-22"),
            "xc": ("cost", "WAR-35"),
            "hf": ("material", "WAR-36"),
            "hf_huawei": ("material", "WAR-36"),
            "hf_dell": ("material", "WAR-36"),
            "td": ("rate", "CON-05"),
        }
        for name, promise in expected.items():
            program = self.env.ref(f"after_sales_service.program_{name}")
            self.assertEqual(
                (program.after_warranty, program.after_warranty_rule), promise, name
            )

    @rules("WAR-27", "WAR-32", "CON-01", "CF-13")
    def test_terms_of_signs_cabling_and_platforms(self):
        def terms(name):
            return {
                (t.category_id.code, t.months, t.start_basis, t.lifetime, t.rule)
                for t in self.env.ref(f"after_sales_service.program_{name}").term_ids
            }

        self.assertEqual(
            terms("lb"),
            {
                ("WHOLE_MACHINE", 12, "sale", False, "WAR-27"),
                ("COLOUR", 36, "sale", False, "WAR-27"),
                ("SHAPE", 48, "sale", False, "WAR-27"),
            },
        )
        self.assertLessEqual(
            {
                ("SOFTWARE", 36, "acceptance", True, "WAR-32"),
                ("CABLING", 36, "acceptance", True, "WAR-32"),
            },
            terms("hf"),
        )
        self.assertIn(("SOFTWARE", 36, "signing", False, "CON-01"), terms("td"))

    @rules("WAR-30", "WAR-33")
    def test_a_term_waits_for_the_date_it_counts_from(self):
        machine = self._machine("T-HF", "hf", sale_date="2026-03-01")
        ticket = self._case(machine)
        self.assertEqual(ticket.coverage_id.reason, "no_start")
        self.assertIn("acceptance", ticket.coverage_sentence)
        self.assertNotIn("invoice", ticket.coverage_sentence)
        machine.acceptance_date = "2026-06-01"
        ticket._refresh_coverage()
        self.assertEqual(ticket.coverage_verdict, "warranty")
        self.assertEqual(ticket.coverage_id.date_end, date(2029, 5, 31))

    @rules("WAR-02", "CF-34")
    def test_the_doubt_of_a_factory_month_is_the_customers(self):
        machine = self._machine(
            "T-MONTH", "tc", ["hard_disk"], factory_month="2026-11-03"
        )
        ticket = self._case(machine)
        self.assertEqual(ticket.coverage_verdict, "warranty")
        self.assertEqual(ticket.coverage_id.date_end, date(2029, 11, 29))
        self.assertIn("last day", ticket.coverage_sentence)

    @rules("OOW-16", "AMB-17")
    def test_months_on_replaced_parts_are_the_programmes(self):
        old = self._machine("T-REP", "tc", ["hard_disk"], sale_date="2020-01-10")
        new = old.component_ids._replace({"serial": "N1"})
        self.assertEqual(new.warranty_end, date(2027, 2, 19))
        self.program_tc.replacement_months = 6
        self.assertEqual(new.warranty_end, date(2027, 5, 19))

    def test_bad_numbers_are_refused_with_field_and_value(self):
        term = self.env.ref("after_sales_service.term_tc_cpu")
        floor = self.env.ref("after_sales_service.guarantee_floor_return")
        for record, name, value, message in (
            (term, "months", 0, "Tongchuang.*CPU.*: 0 in field Months"),
            (term, "onsite_months", -1, "-1 in field Months on site"),
            (self.program_tc, "replacement_months", 0, "0 in field Months on repl"),
            (floor, "amount", 0, "Legal floor.*0 in field Within"),
        ):
            before = record[name]
            with (
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                record[name] = value
            self.assertEqual(record[name], before, "nothing changed")


@tagged("post_install", "-at_install")
class TestFindings(CoverageCommon):
    @rules("WAR-24", "CF-32", "OOW-02")
    def test_misuse_found_before_acceptance_is_outside_the_warranty(self):
        machine = self._machine("N-1", "nx", acceptance_date="2026-06-01")
        ticket = self._case(machine)
        self.assertEqual(ticket.coverage_verdict, "warranty")
        finding = (
            self.env["service.finding"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": ticket.id,
                    "exclusion_id": self.env.ref(
                        "after_sales_service.exclusion_nx_misuse"
                    ).id,
                    "note": "Coffee inside",
                }
            )
        )
        self.assertEqual(
            (ticket.coverage_verdict, ticket.coverage_id.rule),
            ("chargeable", "WAR-24"),
        )
        self.assertIn("Wrong use or abuse", ticket.coverage_sentence)
        finding.action_withdraw()
        self.assertEqual(ticket.coverage_verdict, "warranty")
        with self.assertRaisesRegex(UserError, "stays as it was"):
            finding.note = "Tea"
        with self.assertRaisesRegex(UserError, "never deleted"):
            finding.sudo().unlink()

    @rules("WAR-24")
    def test_a_finding_on_one_part_leaves_the_others(self):
        ticket = self._new_ticket(dispatch=False)
        self.env["service.finding"].with_user(self.hotline).create(
            {
                "ticket_id": ticket.id,
                "component_id": self.component_hd.id,
                "exclusion_id": self.env.ref(
                    "after_sales_service.exclusion_tc_user"
                ).id,
                "note": "Fell down",
            }
        )
        verdicts = dict(
            ticket.coverage_ids.mapped(
                lambda row: (row.component_id.category_id.code, row.verdict)
            )
        )
        self.assertEqual(
            verdicts, {"HARD_DISK": "chargeable", "LCD_MONITOR": "warranty"}
        )

    @rules("WAR-22")
    def test_no_finding_after_acceptance(self):
        ticket = self._new_ticket()
        exclusion = self.env.ref("after_sales_service.exclusion_tc_user")
        vals = {
            "ticket_id": ticket.id,
            "exclusion_id": exclusion.id,
            "note": "Fell down",
        }
        with self.assertRaisesRegex(UserError, "exception"):
            self.env["service.finding"].with_user(self.hotline).create(vals)
        self.assertEqual(ticket.coverage_verdict, "warranty")

    def test_a_finding_needs_evidence_and_a_cause_of_its_programme(self):
        ticket = self._new_ticket(dispatch=False)
        findings = self.env["service.finding"].with_user(self.hotline)
        exclusion = self.env.ref("after_sales_service.exclusion_tc_user")
        with self.assertRaisesRegex(UserError, "What was seen"):
            findings.create(
                {"ticket_id": ticket.id, "exclusion_id": exclusion.id, "note": " "}
            )
        other = self.env.ref("after_sales_service.exclusion_nx_misuse")
        with self.assertRaisesRegex(UserError, "no exclusion of programme"):
            findings.create(
                {"ticket_id": ticket.id, "exclusion_id": other.id, "note": "x"}
            )
        photo = (
            self.env["ir.attachment"]
            .with_user(self.hotline)
            .create({"name": "p.png", "datas": SIGNATURE})
        )
        finding = findings.create(
            {
                "ticket_id": ticket.id,
                "exclusion_id": exclusion.id,
                "photo_ids": [(6, 0, photo.ids)],
            }
        )
        self.assertTrue(photo.with_user(self.manager).has_access("read"))
        self.assertEqual(finding.photo_ids.res_id, finding.id)


@tagged("post_install", "-at_install")
class TestThreeGuarantees(CoverageCommon):
    def _sold(self, day, program="tc", categories=("mainboard", "lcd_monitor")):
        return self._machine(f"G-{program}-{day}", program, categories, sale_date=day)

    @rules("WAR-10", "WAR-11", "CF-07", "AMB-10")
    def test_host_unit_seven_days_return_twenty_days_exchange(self):
        ticket = self._case(self._sold("2026-11-13"))  # today is day 7
        self.assertEqual(
            self._rights(ticket),
            {
                "return": ("WAR-10", date(2026, 11, 20)),
                "exchange": ("WAR-11", date(2026, 12, 3)),
            },
        )
        ticket = self._case(self._sold("2026-11-12"))  # day 8
        self.assertEqual(list(self._rights(ticket)), ["exchange"])
        ticket = self._case(self._sold("2026-10-31"))  # day 20
        self.assertEqual(list(self._rights(ticket)), ["exchange"])
        self.assertFalse(self._case(self._sold("2026-10-30")).right_ids)

    @rules("WAR-12", "CF-25", "WAR-13")
    def test_a_monitor_has_the_legal_floor_only(self):
        ticket = self._case(self._sold("2026-11-05"), part=1)  # day 15
        self.assertEqual(
            self._rights(ticket), {"exchange": ("WAR-13", date(2026, 11, 20))}
        )
        self.assertFalse(self._case(self._sold("2026-11-04"), part=1).right_ids)

    @rules("WAR-12", "CF-25")
    def test_a_monitor_is_exchanged_by_right_or_exception_only(self):
        machine = self._sold("2026-11-05")
        monitor = machine.component_ids[1]
        ticket = self._case(machine, part=1)
        with self.assertRaisesRegex(UserError, "WAR-12"):
            monitor._check_exchangeable(ticket)
        machine.component_ids[0]._check_exchangeable(ticket)
        right = ticket.right_ids.with_user(self.hotline)
        right.write({"decided_by": "李明", "test_report": "Dead lines"})
        right.action_choose()
        monitor._check_exchangeable(ticket)

    @rules("CF-08", "WAR-13", "WAR-14", "AMB-11")
    def test_two_repairs_without_success_give_return_or_exchange(self):
        machine = self._sold("2026-03-02")
        self._repaired(machine)
        self.assertFalse(self._case(machine).right_ids)
        self._repaired(machine)
        ticket = self._case(machine)
        self.assertEqual(
            self._rights(ticket),
            {
                "return": ("WAR-13", date(2027, 3, 1)),
                "exchange": ("CF-08", date(2027, 3, 1)),
            },
        )
        self.assertIn("after 2 repairs", ticket.right_ids[0].sentence)

    @rules("CF-08")
    def test_a_case_that_is_opened_again_may_give_rights(self):
        machine = self._sold("2026-03-02")
        self._repaired(machine)
        self._repaired(machine)
        ticket = self.env["helpdesk.ticket"].search(
            [("equipment_id", "=", machine.id)], limit=1, order="id desc"
        )
        self.assertFalse(ticket.right_ids)
        ticket.stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        self.assertEqual(
            sorted(ticket.right_ids.mapped("remedy")), ["exchange", "return"]
        )

    @rules("WAR-16", "WAR-34")
    def test_twice_the_same_part_in_warranty_gives_new_equipment(self):
        machine = self._machine(
            "G-TD", "td", ["mainboard", "memory"], acceptance_date="2024-12-01"
        )
        self._repaired(machine, part=1)
        self._repaired(machine, part=1)
        self.assertFalse(self._case(machine, part=0).right_ids)
        self.assertEqual(
            self._rights(self._case(machine, part=1)),
            {"exchange": ("WAR-34", date(2027, 11, 30))},
        )

    @rules("WAR-15", "WAR-31")
    def test_replacement_at_once_while_in_warranty(self):
        machine = self._machine("G-HF", "hf", acceptance_date="2025-12-01")
        self.assertEqual(
            self._rights(self._case(machine)),
            {"substitute": ("WAR-31", date(2028, 11, 30))},
        )

    @rules("WAR-17")
    def test_seven_working_days_and_exchanged_within_three(self):
        machine = self._machine("G-XC", "xc", ["mainboard"], sale_date="2026-11-11")
        ticket = self._case(machine)
        rights = self._rights(ticket)
        # seven working days end on 20 November; the law's fifteen days last longer,
        # the promise how soon it is done holds beside them
        self.assertEqual(rights["exchange"], ("WAR-13, WAR-17", date(2026, 11, 26)))
        self.env.ref("after_sales_service.guarantee_floor_exchange").amount = 1
        ticket._refresh_rights()
        self.assertEqual(self._rights(ticket)["exchange"][0], "WAR-17")
        right = ticket.right_ids.filtered(lambda one: one.remedy == "exchange")
        right.write({"decided_by": "李明", "test_report": "No picture"})
        right.with_user(self.hotline).action_choose()
        self.assertEqual(right.due_date, date(2026, 11, 25))

    def _chosen_exchange(self, machine):
        right = self._case(machine).right_ids.filtered(
            lambda one: one.remedy == "exchange"
        )
        right.write({"decided_by": "李明", "test_report": "No picture"})
        right.with_user(self.hotline).action_choose()
        return right

    @rules("WAR-17", "T-18", "WAR-10", "WAR-16")
    def test_the_exchange_runs_a_clock_and_makes_a_new_machine(self):
        machine = self._machine("G-XC2", "xc", ["mainboard"], sale_date="2026-11-18")
        machine.acceptance_date = "2026-11-19"
        right = self._chosen_exchange(machine)
        ticket = right.ticket_id
        clock = ticket.clock_ids.filtered(lambda one: one.rule == "WAR-17")
        self.assertEqual(clock.state, "running")
        self.assertEqual(clock.deadline.date(), right.due_date)
        in_charge = right.with_user(self.director)
        with self.assertRaisesRegex(UserError, "serial of the new machine"):
            in_charge.action_done()
        right.new_serial = "G-XC3"
        self._pass_time(days=3)
        in_charge.action_done()
        self.assertEqual(clock.state, "met")
        new = right.new_equipment_id
        self.assertEqual((new.replaces_id, machine.replaced_by_id), (machine, new))
        today = self.company._service_today()
        self.assertEqual(machine.replaced_on, today)
        # new goods: the term begins anew, by each proof the old one had
        self.assertEqual((new.sale_date, new.acceptance_date), (today, today))
        self.assertEqual(
            new.component_ids.category_id, machine.component_ids.category_id
        )
        self.env.flush_all()
        self.assertIn("exchanged", machine.history_ids.mapped("kind"))
        self.assertIn("exchange", new.history_ids.mapped("kind"))
        with self.assertRaisesRegex(ValidationError, "G-XC3"):
            self._case(machine)
        ticket.action_close()
        self.assertTrue(self._case(new).right_ids)

    @rules("WAR-17")
    def test_the_old_days_go_on_where_the_programme_says_so(self):
        machine = self._machine("G-XC4", "xc", ["mainboard"], sale_date="2026-11-18")
        machine.program_id.exchange_anew = False
        right = self._chosen_exchange(machine)
        right.new_serial = "G-XC5"
        right.with_user(self.director).action_done()
        self.assertEqual(right.new_equipment_id.sale_date, machine.sale_date)

    @rules("WAR-17")
    def test_who_takes_the_repair_after_all_stops_the_exchange(self):
        machine = self._machine("G-XC6", "xc", ["mainboard"], sale_date="2026-11-18")
        right = self._chosen_exchange(machine)
        right.with_user(self.hotline).action_decline()
        clock = right.ticket_id.clock_ids.filtered(lambda one: one.rule == "WAR-17")
        self.assertEqual(clock.state, "waiting")

    @rules("WAR-10")
    def test_an_exchange_needs_a_machine_of_the_customer(self):
        machine = self._machine("G-XC7", "xc", ["mainboard"], sale_date="2026-11-18")
        stranger = self.env["res.partner"].create({"name": "王芳"})
        other = self._machine("G-XC8", "xc", ["mainboard"], sale_date="2026-11-18")
        other.partner_id = stranger
        right = self._chosen_exchange(machine)
        right.new_equipment_id = other
        with self.assertRaisesRegex(UserError, "G-XC8"):
            right.with_user(self.director).action_done()
        self.assertFalse(machine.replaced_by_id)

    @rules("WAR-18", "WAR-10")
    def test_the_choice_is_recorded_and_settled_by_somebody_in_charge(self):
        ticket = self._case(self._sold("2026-11-18"))
        back = ticket.right_ids.filtered(lambda right: right.remedy == "return")
        back = back.with_user(self.hotline)
        with self.assertRaisesRegex(UserError, "test report"):
            back.action_choose()
        with self.assertRaises(AccessError):
            back.state = "chosen"
        back.write({"decided_by": "李明", "test_report": "Does not start"})
        back.action_choose()
        self.assertEqual(ticket.chosen_right_id, back)
        self.assertEqual(
            sorted(ticket.right_ids.mapped("state")), ["chosen", "declined"]
        )
        self.assertEqual(back.chosen_by_id, self.hotline)
        with self.assertRaises(AccessError):
            back.action_done()
        with self.assertRaisesRegex(UserError, "how it was settled"):
            back.with_user(self.director).action_done()
        back.note = "Money back by the seller"
        back.with_user(self.director).action_done()
        self.assertEqual(back.state, "done")

    def test_gifts_own_parts_and_consultations_give_no_rights(self):
        machine = self._sold("2026-11-18")
        machine.component_ids[0].source = "customer"
        self.assertFalse(self._case(machine).right_ids)
        self.assertFalse(self._case(machine, part=1, kind="consultation").right_ids)

    @rules("WAR-14")
    def test_no_query_more_for_many_tickets(self):
        machine = self._sold("2026-11-18")

        def make(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": "Broken",
                        "equipment_id": machine.id,
                        "component_id": machine.component_ids[0].id,
                    }
                    for _number in range(count)
                ]
            )
            self.env.flush_all()
            tickets._refresh_rights()
            return self.env.cr.sql_log_count - before

        make(1)
        few, many = make(2), make(20)
        self.assertLessEqual(many - few, 18 * 3)  # numbering and mail of each ticket


@tagged("post_install", "-at_install")
class TestExceptions(CoverageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._machine("E-1", "tc", ["hard_disk"], sale_date="2022-01-10")

    def _ask(self, ticket, user=None, **vals):
        exception = (
            self.env["service.coverage.exception"]
            .with_user(user or self.hotline)
            .create({"ticket_id": ticket.id, "reason": "Regular customer", **vals})
        )
        exception.action_ask()
        return exception

    @rules("WAR-22", "CF-10")
    def test_goodwill_asked_by_one_and_approved_by_another(self):
        ticket = self._case(self.old, dispatch=True)
        was = ticket.coverage_id
        exception = self._ask(ticket)
        self.assertEqual(exception.coverage_id, was)
        self.assertEqual(exception.activity_ids.user_id, self.director)
        with self.assertRaisesRegex(AccessError, "may not do this"):
            exception.with_user(self.engineer).action_approve()
        exception.with_user(self.director).action_approve()
        self.assertEqual(exception.decided_by_id, self.director)
        self.assertFalse(exception.activity_ids)
        self.assertEqual(ticket.coverage_verdict, "goodwill")
        row = ticket.coverage_id
        self.assertEqual((row.source, row.overridden_id), ("exception", was))
        self.assertEqual(
            (row.override_by_id, row.override_approved_by_id),
            (self.hotline, self.director),
        )
        self.assertIn("Regular customer", ticket.coverage_sentence)
        self.assertEqual(was.verdict, "chargeable", "nothing is lost")
        self.assertFalse(was.chosen)

    @rules("WAR-22")
    def test_nobody_approves_his_own(self):
        ticket = self._case(self.old, dispatch=True)
        exception = self._ask(ticket, self.director)
        self.assertFalse(exception.activity_ids, "nobody else to remind by name")
        with self.assertRaisesRegex(AccessError, "does not approve"):
            exception.with_user(self.director).action_approve()
        exception.with_user(self.manager).action_approve()
        self.assertEqual(ticket.coverage_verdict, "goodwill")

    @rules("WAR-22")
    def test_a_refusal_needs_evidence(self):
        ticket = self._new_ticket()
        repair = self._working_visit(ticket).sudo().repair_id
        self.assertTrue(repair.under_warranty)
        vals = {"verdict": "chargeable", "reason": "Fell down"}
        with self.assertRaisesRegex(UserError, "evidence"):
            self._ask(ticket, self.engineer, **vals)
        exception = self._ask(
            ticket, self.engineer, evidence="Dent on the case", **vals
        )
        exception.with_user(self.manager).action_approve()
        self.assertEqual(ticket.coverage_verdict, "chargeable")
        self.assertIn("Fell down", ticket.coverage_sentence)
        self.assertFalse(repair.under_warranty)

    def test_before_acceptance_the_exception_outlives_a_new_question(self):
        ticket = self._case(self.old)
        self._ask(ticket).with_user(self.manager).action_approve()
        self.assertEqual(ticket.coverage_verdict, "goodwill")
        ticket._refresh_coverage()
        self.assertEqual(ticket.coverage_verdict, "goodwill")
        self.assertEqual(len(ticket.coverage_ids.filtered("chosen")), 1)
        ticket.action_dispatch()
        self.assertEqual(ticket.coverage_verdict, "goodwill")

    def test_refused_withdrawn_and_asked_twice(self):
        ticket = self._case(self.old, dispatch=True)
        first, second = self._ask(ticket), self._ask(ticket)
        with self.assertRaisesRegex(UserError, "why so decided"):
            first.with_user(self.manager).action_refuse()
        first.with_user(self.manager).decision_note = "Not a regular customer"
        first.with_user(self.manager).action_refuse()
        self.assertEqual(ticket.coverage_verdict, "chargeable")
        with self.assertRaisesRegex(AccessError, "who alone"):
            second.with_user(self.director).action_withdraw()
        with self.assertRaisesRegex(UserError, "asked already"):
            second.reason = "Because"
        second.action_withdraw()
        third, fourth = self._ask(ticket), self._ask(ticket)
        third.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "decided otherwise already"):
            fourth.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "decided already"):
            self._ask(ticket)
        with self.assertRaisesRegex(UserError, "never deleted"):
            third.with_user(self.manager).unlink()

    def test_decisions_are_forged_by_nobody(self):
        ticket = self._case(self.old, dispatch=True)
        exception = self._ask(ticket)
        for user in (self.hotline, self.director, self.manager):
            with self.assertRaises(AccessError):
                exception.with_user(user).write({"state": "approved"})
            with self.assertRaises(AccessError):
                exception.with_user(user).write({"asked_by_id": self.engineer.id})

    def test_stations_see_their_own(self):
        ticket = self._case(self.old, dispatch=True)
        exception = self._ask(ticket)
        stranger = new_test_user(
            self.env,
            "stranger",
            "after_sales_service.group_director",
            service_station_ids=[
                (6, 0, self.env.ref("after_sales_service.station_huaibei").ids)
            ],
        )
        for record in (exception, ticket.right_ids, ticket):
            if record:
                self.assertFalse(record.with_user(stranger).has_access("read"))
        history = self.env["service.equipment.history"]
        domain = [("equipment_id", "=", self.old.id)]
        self.assertFalse(history.with_user(stranger).search(domain))
        self.assertTrue(history.with_user(self.hotline).search(domain))

    def test_why_is_the_same_on_ticket_visit_and_repair(self):
        ticket = self._new_ticket()
        visit = self._working_visit(ticket)
        action = ticket.with_user(self.engineer).action_why()
        self.assertEqual(action["res_id"], ticket.id)
        for record in (visit, visit.repair_id.with_user(self.engineer)):
            self.assertEqual(record.action_why()["res_id"], ticket.id)
        row = ticket.coverage_id.with_user(self.engineer)
        self.assertIn("36", row.inputs_text)
        self.assertIn("invoice", row.inputs_text)
        view = self.env.ref("after_sales_service.view_ticket_why")
        with Form(ticket.with_user(self.hotline), view=view) as form:
            self.assertEqual(len(form.coverage_ids), 2)
