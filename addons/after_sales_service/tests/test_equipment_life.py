# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestEquipmentLife(AfterSalesCommon):
    @rules("CARE-14")
    def test_one_line_from_sale_to_today(self):
        visit = self._working_visit(self._new_ticket())
        self._sign(visit)
        visit.action_done()
        visit.ticket_id.action_close()
        self.component_hd._replace({"serial": "HD-NEW-1"})
        loaner = self.env["service.loaner"].create(
            {
                "ticket_id": visit.ticket_id.id,
                "description": "PC",
                "serial": "L-1",
                "due_date": "2026-12-01",
                "condition_out": "Good",
                "equal_grade": True,
            }
        )
        loaner.action_out()
        machine = self.equipment.with_user(self.hotline)
        machine.invalidate_recordset()
        kinds = machine.history_ids.mapped("kind")
        for kind in (
            "sale",
            "ticket",
            "visit",
            "repair",
            "part_in",
            "part_out",
            "loaner_out",
            "cover_end",
        ):
            self.assertIn(kind, kinds)
        times = machine.history_ids.mapped("at")
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual(len(set(machine.history_ids.ids)), len(kinds))
        sale = machine.history_ids.filtered(lambda row: row.kind == "sale")
        self.assertEqual(sale.at, datetime(2026, 3, 2, 12, 0))
        self.assertEqual(sale.summary, machine.display_name)
        row = machine.history_ids.filtered(lambda row: row.kind == "visit")
        self.assertEqual(row.summary, visit.display_name)
        self.assertTrue(row.may_open)
        self.assertEqual(row.action_open()["res_id"], visit.id)
        self.assertEqual(
            (machine.visit_count, machine.repair_count, machine.loaner_count), (1, 1, 1)
        )

    def test_a_line_opens_for_whom_the_document_is_for(self):
        ticket = self._new_ticket()
        row = self.equipment.with_user(self.engineer).history_ids.filtered(
            lambda row: row.kind == "ticket"
        )
        self.assertEqual(row.summary, ticket.display_name)
        self.assertFalse(row.may_open)
        with self.assertRaises(AccessError):
            row.action_open()

    def test_history_is_read_in_one_query(self):
        for number in range(4):
            self._create_equipment(f"PCH{number}", sale_date="2026-03-02")
        machines = self.env["service.equipment"].search([("serial", "like", "PC")])
        self.env.flush_all()
        machines.fetch(["serial"])
        with self.assertQueryCount(1):
            machines.mapped("history_ids")

    def test_filters_of_the_list(self):
        today = self.company._service_today()
        soon = self._create_equipment("PCS1", sale_date="2025-12-01")
        over = self._create_equipment("PCO1", sale_date="2019-12-01")
        bare = self._create_equipment("PCB1")
        self.assertEqual(
            (self.equipment + soon + over + bare).mapped("warranty_state"),
            ["covered", "ending", "over", "unknown"],
        )
        for state, machine in (
            ("covered", self.equipment),
            ("ending", soon),
            ("over", over),
            ("unknown", bare),
        ):
            found = self.env["service.equipment"].search(
                [
                    ("warranty_state", "=", state),
                    ("id", "in", (self.equipment + soon + over + bare).ids),
                ]
            )
            self.assertEqual(found, machine, state)
        self.assertGreaterEqual(soon.next_warranty_end, today)

    def test_a_date_in_the_future_is_refused_by_name(self):
        for name, label in (
            ("sale_date", "Invoice date"),
            ("acceptance_date", "Acceptance Date"),
            ("installation_date", "Installation Date"),
            ("certificate_date", "Certificate Date"),
        ):
            message = f"2027-01-01 in field {label}"
            with (
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self.equipment[name] = "2027-01-01"
        self.equipment.factory_month = "2026-11-30"  # only its month is known

    def test_one_serial_is_one_machine(self):
        with self.assertRaisesRegex(ValidationError, "PC0001.*Tongchuang PC.*Bengbu"):
            self._create_equipment(" PC0001 ")
        with self.assertRaisesRegex(ValidationError, "PCX is there twice"):
            self.env["service.equipment"].create(
                [
                    {
                        "serial": "PCX",
                        "name": "PC",
                        "partner_id": self.customer.id,
                        "program_id": self.program_tc.id,
                    }
                ]
                * 2
            )
        other = self._create_equipment("PC0009")
        with self.assertRaisesRegex(ValidationError, "PC0001"):
            other.serial = "PC0001"
        other.active = False
        with self.assertRaisesRegex(ValidationError, "PC0009"):
            self._create_equipment("PC0009")
        with self.assertRaisesRegex(ValidationError, "label"):
            self._create_equipment("  ")

    def test_a_serial_is_the_same_in_small_letters(self):
        with self.assertRaisesRegex(ValidationError, "PC0001.*Tongchuang PC.*Bengbu"):
            self._create_equipment(" pc0001 ")
        other = self._create_equipment("Pc0009")
        self.assertEqual(other.serial, "Pc0009", "as its label says")
        with self.assertRaisesRegex(ValidationError, "PC0001"):
            other.serial = "pc0001"
        other.serial = "PC0009"  # mended by its own letters
        vals = {
            "name": "PC",
            "partner_id": self.customer.id,
            "program_id": self.program_tc.id,
        }
        with self.assertRaisesRegex(ValidationError, "pcx is there twice"):
            self.env["service.equipment"].create(
                [{**vals, "serial": "PCX"}, {**vals, "serial": "pcx"}]
            )
        self.assertEqual(
            self.env["service.equipment"]._find_by_code([" pc0009 ", "PC0001", "no"]),
            {"pc0009": other, "PC0001": self.equipment},
        )

    def test_an_imported_list_needs_five_columns(self):
        result = self.env["service.equipment"].load(
            ["serial", "name", "partner_id", "program_id", "sale_date"],
            [
                ["IMP1", "PC", self.customer.name, self.program_tc.name, "2026-03-02"],
                ["IMP2", "PC", self.customer.name, self.program_tc.name, "2026-03-02"],
            ],
        )
        self.assertFalse(result["messages"])
        machines = self.env["service.equipment"].browse(result["ids"])
        self.assertEqual(set(machines.mapped("warranty_state")), {"covered"})
