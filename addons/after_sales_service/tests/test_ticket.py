# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import AfterSalesCommon, rules


@tagged("post_install", "-at_install")
class TestTicket(AfterSalesCommon):
    @rules("WAR-01", "WAR-03", "CARE-02")
    def test_scanning_the_serial_fills_everything(self):
        form = Form(self.env["helpdesk.ticket"].with_user(self.hotline))
        form.scan = "PC0001"
        form.name = "Hard disk not found"
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.equipment_id, self.equipment)
        self.assertEqual(form.program_id, self.program_tc)
        self.assertEqual(form.station_id, self.station)
        form.component_id = self.component_hd
        self.assertIn("36 months", form.coverage_sentence)
        self.assertIn("WAR-03", form.coverage_sentence)
        ticket = form.save()
        self.assertEqual(ticket.coverage_verdict, "warranty")
        self.assertIn("Hard disk", ticket.coverage_sentence)
        self.assertEqual(ticket.delivery_mode, "onsite")

    def test_suspected_part_is_found_by_its_kind_and_serial(self):
        components = self.env["service.equipment.component"].with_user(self.hotline)
        for text in ("hard d", "HD-OLD-1"):
            found = components.name_search(
                text, [("equipment_id", "=", self.equipment.id)]
            )
            self.assertEqual([row[0] for row in found], self.component_hd.ids, text)

    def test_unknown_serial_leaves_nothing_half_done(self):
        before = self.env["helpdesk.ticket"].search_count([])
        with self.assertRaisesRegex(UserError, "NO-SUCH-PC"), self.cr.savepoint():
            self._new_ticket(scan="NO-SUCH-PC", component_id=False)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)
        form = Form(self.env["helpdesk.ticket"].with_user(self.hotline))
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as warned:
            form.scan = "NO-SUCH-PC"
        self.assertIn("NO-SUCH-PC", warned.output[0])
        self.assertFalse(form.equipment_id)

    @rules("NET-04")
    def test_region_without_station_falls_back_to_its_parent(self):
        county = self.env.ref("after_sales_service.region_bengbu_county")
        self.assertFalse(county.station_id)
        self.equipment.region_id = county
        ticket = self._new_ticket(dispatch=False)
        self.assertEqual(ticket.station_id, self.station)

    @rules("NET-04")
    def test_without_any_station_dispatch_says_who_can_mend_it(self):
        nowhere = self.env["service.region"].create({"name": "Nowhere", "code": "NIL"})
        self.equipment.region_id = nowhere
        ticket = self._new_ticket(dispatch=False)
        with self.assertRaisesRegex(UserError, "Nowhere.*service manager"):
            ticket.action_dispatch()
        self.assertFalse(ticket.accepted_at)

    def test_another_companys_station_does_not_serve(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        ticket = (
            self.env["helpdesk.ticket"]
            .with_company(other)
            .create({"name": "Fault", "region_id": self.region_urban.id})
        )
        self.assertEqual(ticket.company_id, other)
        self.assertFalse(ticket.station_id)

    @rules("WAR-22")
    def test_coverage_is_frozen_when_dispatched(self):
        ticket = self._new_ticket()
        self.assertTrue(ticket.accepted_at)
        self.assertTrue(all(ticket.coverage_ids.mapped("frozen_at")))
        self.equipment.sale_date = "2020-01-01"
        self.assertEqual(ticket.coverage_verdict, "warranty")
        with self.assertRaisesRegex(UserError, "WAR-22"):
            ticket.coverage_ids.sudo().write({"verdict": "chargeable"})
        other = self._create_equipment("PC0009")
        with self.assertRaisesRegex(UserError, "WAR-22"):
            ticket.equipment_id = other

    def test_dispatching_twice_is_refused(self):
        ticket = self._new_ticket()
        with self.assertRaisesRegex(UserError, "dispatched already"):
            ticket.action_dispatch()

    def test_acceptance_is_not_written_by_hand(self):
        ticket = self._new_ticket(dispatch=False)
        with self.assertRaises(UserError):
            ticket.write({"accepted_at": "2026-01-01 00:00:00"})

    def test_next_step_leads_through_the_case(self):
        ticket = self._new_ticket(dispatch=False)
        self.assertIn(self.station.name, ticket.next_step)
        ticket.action_dispatch()
        self.assertEqual(ticket.next_step, "Make the appointment")
        visit = self._working_visit(ticket)
        self.assertEqual(ticket.next_step, "Visit the customer")
        self._sign(visit)
        visit.action_done()
        self.assertEqual(ticket.next_step, "Close the ticket")
        ticket.action_close()
        self.assertEqual(ticket.next_step, "Call the customer back")

    def test_a_dragged_card_closes_and_reopens_like_the_button(self):
        ticket = self._new_ticket()
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        ticket.stage_id = done
        kinds = ticket.event_ids.mapped("kind")
        self.assertLessEqual({"restored", "closed"}, set(kinds))
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"met"})
        self.assertTrue(ticket.sudo().callback_ids)
        ticket.stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        self.assertIn("reopened", ticket.event_ids.mapped("kind"))
        self.assertFalse(ticket.closed_date)

    def test_a_ticket_given_up_is_not_called_back(self):
        ticket = self._new_ticket(dispatch=False)
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        self.assertIn("cancelled", ticket.event_ids.mapped("kind"))
        self.assertFalse(ticket.sudo().callback_ids)

    def test_queries_do_not_grow_with_the_tickets(self):
        def cost(count):
            vals = [{"name": "Fault", "scan": "PC0001"} for _ in range(count)]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["helpdesk.ticket"].create(vals)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1)
        few, many = cost(2), cost(22)
        # helpdesk_mgmt itself numbers and logs ticket by ticket
        self.assertLess((many - few) / 20, 9)
