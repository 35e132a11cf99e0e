# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AfterSalesCommon


@tagged("post_install", "-at_install")
class TestSecurity(AfterSalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_station = cls.env.ref("after_sales_service.station_fuyang")
        cls.stranger = new_test_user(
            cls.env,
            login="stranger",
            groups="after_sales_service.group_hotline",
            service_station_ids=[(6, 0, cls.other_station.ids)],
        )

    def test_a_station_sees_its_own_cases_only(self):
        ticket = self._new_ticket()
        visit = self._working_visit(ticket)
        for record in (
            ticket,
            visit,
            self.equipment,
            ticket.event_ids[0],
            ticket.clock_ids[0],
            ticket.coverage_ids[0],
        ):
            self.assertFalse(
                record.with_user(self.stranger).has_access("read"), record._name
            )
            self.assertTrue(
                record.with_user(self.hotline).has_access("read"), record._name
            )
            self.assertTrue(
                record.with_user(self.branch_user).has_access("read"), record._name
            )

    def test_an_engineer_sees_his_own_visits_only(self):
        visit = self._working_visit(self._new_ticket())
        colleague = new_test_user(
            self.env,
            login="colleague",
            groups="after_sales_service.group_engineer",
            service_station_ids=[(6, 0, self.station.ids)],
        )
        self.assertTrue(visit.with_user(self.engineer).has_access("write"))
        self.assertFalse(visit.with_user(colleague).has_access("read"))
        with self.assertRaises(AccessError):
            visit.with_user(colleague).action_done()

    def test_the_warehouse_sees_no_customer_data_beyond_the_slip(self):
        ticket = self._new_ticket()
        visit = self._working_visit(ticket)
        for record in (ticket, visit, self.equipment, ticket.coverage_ids[0]):
            self.assertFalse(
                record.with_user(self.clerk).has_access("read"), record._name
            )

    def test_ledgers_are_read_only_for_everybody(self):
        ticket = self._new_ticket()
        for user in (self.hotline, self.engineer, self.director, self.manager):
            for model in ("service.event", "service.sla.clock", "service.coverage"):
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(
                        self.env[model].with_user(user).has_access(operation),
                        (user.login, model, operation),
                    )
        with self.assertRaises(AccessError):
            ticket.clock_ids.with_user(self.manager).write({"state": "met"})

    def test_configuration_belongs_to_the_service_manager(self):
        for model in ("service.program", "service.sla.policy", "service.region"):
            self.assertFalse(
                self.env[model].with_user(self.director).has_access("write")
            )
            self.assertTrue(self.env[model].with_user(self.manager).has_access("write"))

    def test_director_and_specialist_are_two_people(self):
        with self.assertRaisesRegex(Exception, "PRT-07"):
            self.station.specialist_id = self.director
