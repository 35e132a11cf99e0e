# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, datetime
from unittest import TestCase

import psycopg2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.after_sales_service.tests.common import rules
from odoo.addons.after_sales_service.tools.clock import Calendar

from ..tools import ceiling, hours
from .common import CareCommon


@tagged("post_install", "-at_install")
class TestProject(CareCommon):
    """A project of a using unit: what its signed contract says besides the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.action_end()
        cls.program_td = cls.env.ref("after_sales_service.program_td")
        cls.program_hf = cls.env.ref("after_sales_service.program_hf")
        cls.unit = cls.env["res.partner"].create({"name": "Using unit"})
        cls.server = cls._create_equipment(
            "SRV001", partner_id=cls.unit.id, program_id=cls.program_td.id
        )
        cls.item_upgrade = cls.env.ref("service_contracts.item_software_upgrade")
        cls.item_maintenance = cls.env.ref(
            "after_sales_service.item_system_optimisation"
        )
        cls.project_plan = cls._create_plan(
            code="TD",
            name="Project",
            program_id=cls.program_td.id,
            line_ids=[
                Command.create({"item_id": cls.item_upgrade.id, "rule": "CON-02"}),
                Command.create(
                    {
                        "item_id": cls.item_virus.id,
                        "unlimited": False,
                        "quota": 1,
                        "price_after": 20.0,
                    }
                ),
            ],
        )

    @classmethod
    def _create_project(cls, **vals):
        contract = cls._create_contract(
            partner_id=cls.unit.id,
            plan_id=cls.project_plan.id,
            equipment_ids=cls.server.ids,
            **vals,
        )
        contract.action_activate()
        return contract

    @classmethod
    def _phase(cls, kind, start, end=None, **vals):
        return Command.create(
            {"kind": kind, "date_start": start, "date_end": end, **vals}
        )

    def _create_server_case(self, **vals):
        return self._create_case(scan="SRV001", **vals)

    @rules("CON-01")
    def test_software_is_maintained_three_years_from_signing(self):
        self._create_project(date_signed="2024-01-15")
        self.assertEqual(self.server.signing_date, date(2024, 1, 15))
        case = self._create_server_case(item_id=self.item_maintenance.id)
        self.assertEqual(case.coverage_verdict, "warranty")
        self.assertEqual(case.coverage_id.rule, "CON-01")
        self.assertEqual(case.coverage_id.date_end, date(2027, 1, 14))
        self.company.service_test_now = datetime(2027, 1, 15, 2, 0)
        late = self._create_server_case(item_id=self.item_maintenance.id)
        self.assertEqual(late.coverage_verdict, "chargeable")

    @rules("CON-01")
    def test_a_machine_keeps_its_own_day_of_signing(self):
        self.server.signing_date = "2023-05-01"
        contract = self._create_project(date_signed="2024-01-15")
        self.assertEqual(self.server.signing_date, date(2023, 5, 1))
        other = self._create_equipment("SRV002", partner_id=self.unit.id)
        contract.equipment_ids |= other
        self.assertEqual(other.signing_date, date(2024, 1, 15))

    @rules("CON-02")
    def test_upgrades_are_free_in_the_contract(self):
        contract = self._create_project(date_end="2026-12-31")
        for _number in range(3):
            case = self._create_server_case(item_id=self.item_upgrade.id)
            self.assertEqual(case.coverage_verdict, "plan")
            self.assertEqual(case.coverage_id.rule, "CON-02")
        self.company.service_test_now = datetime(2027, 1, 1, 2, 0)
        contract._end_due()
        late = self._create_server_case(item_id=self.item_upgrade.id)
        self.assertFalse(late.coverage_verdict, "no contract says anything any more")

    # === Ceilings ===

    def _quote(self, product, price, partner=None, **vals):
        return self.env["sale.order"].create(
            {
                "partner_id": (partner or self.unit).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": price,
                            **vals,
                        }
                    )
                ],
            }
        )

    def _create_priced_project(self, kind="spare"):
        better = self.env["product.product"].create({"name": "Hard disk 1 TB"})
        contract = self._create_project(
            price_ids=[
                Command.create(
                    {
                        "kind": kind,
                        "product_id": self.hd_product.id,
                        "substitute_ids": [Command.set(better.ids)],
                        "quality": "500 GB, 7200 rpm",
                        "price": 250.0,
                    }
                )
            ]
        )
        return contract, better

    @rules("CON-04")
    def test_spare_above_the_quotation_is_refused(self):
        contract, better = self._create_priced_project()
        tax = self.env["account.tax"].create({"name": "13 %", "amount": 13.0})
        taxed = self._quote(self.hd_product, 250.0, tax_ids=[Command.set(tax.ids)])
        self.assertEqual(taxed.order_line.price_subtotal, 250.0)
        self._quote(self.hd_product, 300.0, discount=20.0)
        for product in (self.hd_product, better):
            with self.assertRaises(UserError) as caught:
                self._quote(product, 250.01)
            for word in (product.name, "250.00", "250.01", contract.code, "CON-04"):
                self.assertIn(word, str(caught.exception))
        with self.assertRaisesRegex(UserError, "CON-04"):
            taxed.order_line.price_unit = 300.0
        # who did not sign the quotation pays what he is asked
        self._quote(self.hd_product, 400.0, self.customer)

    @rules("CON-03")
    def test_expansion_above_the_quotation_is_not_invoiced(self):
        self._create_priced_project(kind="expansion")
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.unit.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.hd_product.id, "price_unit": 260.0}
                    )
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "CON-03"):
            move.action_post()
        move.invoice_line_ids.price_unit = 250.0
        move.action_post()
        self.assertEqual(move.state, "posted")

    @rules("CON-03", "CON-04")
    def test_what_was_signed_stays(self):
        contract, _better = self._create_priced_project()
        with self.assertRaisesRegex(UserError, "signed"):
            contract.price_ids.price = 500.0
        with self.assertRaisesRegex(UserError, "signed"):
            contract.price_ids.unlink()
        contract.price_ids.substitute_ids = False
        contract.price_ids = [
            Command.create({"product_id": self.care_product.id, "price": 1.0})
        ]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            contract.price_ids[:1].copy()

    # === Phases ===

    @rules("CON-15")
    def test_clocks_follow_the_phase(self):
        self._create_project(
            phase_ids=[
                self._phase(
                    "trial", "2026-11-01", "2026-11-30", program_id=self.program_hf.id
                ),
                self._phase(
                    "warranty", "2026-12-01", program_id=self.program_hf.id, fee=5.0
                ),
            ]
        )
        case = self._create_server_case(severity="general")
        trial = self.env.ref("after_sales_service.policy_hf_trial_arrival")
        self.assertEqual(case.contract_phase, "trial")
        self.assertIn(trial, case.clock_ids.policy_id)
        self.company.service_test_now = datetime(2026, 12, 5, 2, 0)
        case = self._create_server_case(severity="general")
        self.assertEqual(case.contract_phase, "warranty")
        self.assertNotIn(trial, case.clock_ids.policy_id)

    def test_clocks_follow_the_tier_of_the_contract(self):
        self.unit.service_tier = "local_c"
        case = self._create_server_case()
        self.assertEqual(case.customer_tier, "local_c")
        self._create_project(service_tier="group")
        self.assertEqual(self._create_server_case().customer_tier, "group")

    @rules("CON-11")
    def test_in_warranty_everything_agreed_day_and_night(self):
        day = self.env["resource.calendar"].search([], limit=1)
        self.project_plan.line_ids.calendar_id = day
        contract = self._create_project(
            phase_ids=[
                self._phase("warranty", "2026-11-01", "2026-11-30"),
                self._phase("after", "2026-12-01", fee=5.0),
            ]
        )
        vals = {"item_id": self.item_virus.id, "delivery_mode": "onsite"}
        for number in range(3):
            channel = self.env.ref(
                (
                    "after_sales_service.channel_fax",
                    "helpdesk_mgmt.helpdesk_ticket_channel_email",
                )[number % 2]
            )
            case = self._create_server_case(channel_id=channel.id, **vals)
            self.assertEqual(case.coverage_verdict, "plan")
            self.assertEqual(case.coverage_id.rule, "CON-11")
        self.assertFalse(case.sudo().entitlement_use_ids, "nothing is used up")
        self.assertIn("unlimited", contract.care_summary.splitlines()[1])
        night = self._plan_visit(case, datetime(2026, 11, 20, 14, 0))
        night.action_appoint()
        self.assertEqual(night.state, "appointed")
        self.company.service_test_now = datetime(2026, 12, 5, 2, 0)
        case = self._create_server_case(**vals)
        self.assertEqual(case.coverage_id.rule, "CARE-10")
        self.assertEqual(len(case.sudo().entitlement_use_ids), 1)
        case = self._create_server_case(**vals)
        self.assertEqual(case.coverage_verdict, "chargeable")

    @rules("CON-17")
    def test_bought_warranty_covers_what_the_maker_does_not(self):
        self.server.sale_date = "2015-01-01"
        hd = self.server.component_ids[0]
        own = self.server.component_ids[1]
        own.source = "customer"
        before = self._new_ticket(scan="SRV001", component_id=hd.id)
        self.assertEqual(before.coverage_verdict, "chargeable")
        project = {
            "basis": "bought",
            "basis_ref": "HW-SERVICE-7",
        }
        self._create_project(
            phase_ids=[self._phase("warranty", "2026-11-01", "2027-10-31", **project)]
        )
        case = self._new_ticket(scan="SRV001", component_id=hd.id)
        self.assertEqual(case.coverage_verdict, "warranty")
        self.assertEqual(case.coverage_id.rule, "CON-17")
        self.assertIn("10/31/2027", case.coverage_sentence)
        self.assertIn("HW-SERVICE-7", case.coverage_id.inputs_text)
        case = self._new_ticket(scan="SRV001", component_id=own.id)
        self.assertEqual(case.coverage_verdict, "chargeable", "his own part (WAR-05)")
        # what is found outside the warranty stays outside it (CF-32)
        found = self._new_ticket(dispatch=False, scan="SRV001", component_id=hd.id)
        self.env["service.finding"].with_user(self.hotline).create(
            {
                "ticket_id": found.id,
                "exclusion_id": self.env["service.exclusion"]
                .search([("program_id", "=", self.program_td.id)], limit=1)
                .id,
                "note": "Coffee in the case",
            }
        )
        found._refresh_coverage()
        self.assertEqual(found.coverage_verdict, "chargeable")

    @rules("CON-17")
    def test_makers_standard_leaves_it_to_the_programme(self):
        self.server.sale_date = "2015-01-01"
        hd = self.server.component_ids[0]
        self._create_project(
            phase_ids=[self._phase("warranty", "2026-11-01", basis="maker")]
        )
        case = self._new_ticket(scan="SRV001", component_id=hd.id)
        self.assertEqual(case.coverage_verdict, "chargeable")
        for bad in (
            {"kind": "trial", "basis": "maker"},
            {"kind": "warranty", "basis": "bought", "basis_ref": "X"},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self._create_contract(
                    phase_ids=[Command.create({"date_start": "2026-11-01", **bad})]
                )

    # === Hours, places ===

    def _plan_visit(self, case, start):
        return (
            self.env["service.visit"]
            .with_user(self.hotline)
            .create(
                {
                    "ticket_id": case.id,
                    "engineer_id": self.engineer.id,
                    "window_start": start,
                    "window_end": start.replace(hour=start.hour + 2),
                }
            )
        )

    @rules("CARE-06")
    def test_appointments_lie_within_the_hours_of_the_promise(self):
        calendar = self.env.ref("after_sales_service.calendar_careplan")
        self.project_plan.line_ids.calendar_id = calendar
        self._create_project()
        case = self._create_server_case(
            item_id=self.item_virus.id, delivery_mode="onsite"
        )
        # 18:00 to 20:00 in China
        visit = self._plan_visit(case, datetime(2026, 11, 20, 10, 0))
        with self.assertRaises(UserError) as caught:
            visit.action_appoint()
        self.assertIn(calendar.name, str(caught.exception))
        self.assertEqual(visit.state, "draft")
        visit.write(
            {
                "window_start": datetime(2026, 11, 20, 8, 0),
                "window_end": datetime(2026, 11, 20, 10, 0),
            }
        )
        visit.action_appoint()
        self.assertEqual(visit.state, "appointed")

    def test_free_places_are_taken_by_who_is_served_first(self):
        self.project_plan.equipment_limit = 2
        contract = self._create_contract(
            partner_id=self.unit.id, plan_id=self.project_plan.id
        )
        contract.action_activate()
        for number in range(2, 4):
            self._create_equipment(f"SRV00{number}", partner_id=self.unit.id)
        covered = []
        for serial in ("SRV001", "SRV002", "SRV003", "SRV001"):
            case = self._create_case(scan=serial, item_id=self.item_upgrade.id)
            covered.append(case.coverage_verdict == "plan")
        self.assertEqual(covered, [True, True, False, True])
        self.assertEqual(contract.equipment_ids.mapped("serial"), ["SRV001", "SRV002"])


class TestProjectTools(TestCase):
    @rules("CON-04")
    def test_the_lowest_ceiling_holds(self):
        rows = [
            ceiling.Quoted(1, frozenset({7}), 100.0),
            ceiling.Quoted(2, frozenset({7, 8}), 90.0),
        ]
        self.assertIsNone(ceiling.broken(rows, 7, 90.004))
        self.assertEqual(ceiling.broken(rows, 7, 90.01).key, 2)
        self.assertEqual(ceiling.broken(rows, 8, 95.0).key, 2)
        self.assertIsNone(ceiling.broken(rows, 9, 1000.0))

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.floats(0, 1e6), st.floats(0, 1e6))
    def test_never_above(self, price, limit):
        hit = ceiling.broken([ceiling.Quoted(1, frozenset({1}), limit)], 1, price)
        self.assertEqual(hit is not None, price > limit + 0.005)

    @rules("CARE-06")
    def test_within_the_hours(self):
        opening = Calendar(
            "Asia/Shanghai",
            dict.fromkeys(range(7), ((480, 720), (780, 1080))),
            closed=frozenset({date(2026, 10, 1)}),
        )
        day = datetime(2026, 11, 20)
        for begin, end, expected in (
            ((0, 0), (2, 0), True),  # 08:00 to 10:00 in China
            ((3, 0), (6, 0), True),  # over noon
            ((8, 0), (10, 0), True),  # to closing time
            ((8, 1), (10, 1), False),
            ((23, 0), (23, 59), False),
        ):
            with self.subTest(begin=begin):
                self.assertEqual(
                    hours.within(
                        opening,
                        day.replace(hour=begin[0], minute=begin[1]),
                        day.replace(hour=end[0], minute=end[1]),
                    ),
                    expected,
                )
        holiday = datetime(2026, 10, 1, 2)
        self.assertFalse(hours.within(opening, holiday, holiday.replace(hour=3)))
