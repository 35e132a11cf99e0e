# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The register of clocks, T-18, walked row by row."""

from datetime import timedelta

from odoo.tests import tagged

from .common import AfterSalesCommon, rules

HOUR, DAY = 60, 24 * 60
# Row of T-18: programme, conditions of the ticket, rule, start → stop, minutes; the
# minutes of working days are counted by hand from Friday 20 November 2026, 10:00.
WORKING = {1: 3 * DAY + 14 * HOUR, 3: 5 * DAY + 14 * HOUR}
CLASSES = ("serious", "major", "general", "none")


def _hefei():
    """Rows 20 to 23: T-05 by class, in Hefei and in the province."""
    numbers = {
        "serious": (5, 0, 4 * HOUR, 40, 5 * HOUR),
        "major": (10, 30, 4 * HOUR, HOUR, 6 * HOUR),
        "general": (10, HOUR, 4 * HOUR, HOUR, 8 * HOUR),
        "none": (10, HOUR, None, 2 * HOUR, 10 * HOUR),
    }
    for severity, (answer, submit, restore, near, far) in numbers.items():
        here = {"severity": severity, "region_id": "hefei"}
        yield 20, "hf", here, "SLA-13", "reported", "responded", answer
        yield 21, "hf", here, "SLA-15", "reported", "submitted", submit or 1
        if restore:
            yield 22, "hf", here, "SLA-16", "reported", "restored", restore
        yield 23, "hf", here, "SLA-13", "reported", "arrived", near
        there = {"severity": severity, "region_id": "bengbu_urban"}
        yield 23, "hf", there, "SLA-13", "reported", "arrived", far


def _huawei():
    """Row 27 and 28: T-04 by level."""
    levels = {
        "serious": (1, None, 2),
        "major": (2, 24, 24),
        "general": (2, 48, 48),
        "minor": (2, 96, 96),
    }
    for severity, (answer, arrival, up) in levels.items():
        level = {"severity": severity}
        yield 27, "hf_huawei", level, "SLA-18", "reported", "responded", answer * HOUR
        yield 27, "hf_huawei", level, "SLA-18", "reported", "submitted", up * HOUR
        if arrival:
            yield (
                27,
                "hf_huawei",
                level,
                "SLA-18",
                "reported",
                "arrived",
                arrival * HOUR,
            )
        if severity in ("serious", "major"):
            yield 28, "hf_huawei", level, "PRT-20", "reported", "lent", 8 * HOUR


def _region(name):
    return {"region_id": f"bengbu_{name}"}


REGISTER = (
    (1, "careplan", {}, "DSP-10", "reported", "dispatched", 5),
    (2, "careplan", {}, "DSP-11", "order_received", "appointed", 5),
    (3, "careplan", {}, "DSP-12", "reported", "appointed", 10),
    (4, "careplan", {}, "CARE-07", "reported", "restored", 48 * HOUR),
    (5, "tc", _region("urban"), "SLA-01", "reported", "arrived", 2 * HOUR),
    (5, "tc", _region("urban"), "SLA-01", "reported", "restored", 4 * HOUR),
    (6, "tc", _region("suburban"), "SLA-02", "reported", "arrived", 2 * HOUR),
    (6, "tc", _region("suburban"), "SLA-02", "reported", "restored", 24 * HOUR),
    (7, "tc", _region("county"), "SLA-03", "reported", "appointed", 2 * HOUR),
    (7, "tc", _region("county"), "SLA-03", "reported", "restored", 48 * HOUR),
    (8, "tc", {"region_id": None}, "SLA-06", "reported", "restored", 24 * HOUR),
    (8, "tc", {"region_id": None}, "SLA-06", "reported", "proposed", 48 * HOUR),
    (10, "tc", {"delivery_mode": "shop"}, "SHOP-10", "noted", "restored", 2 * DAY),
    (
        18,
        "tc",
        {"channel_id": "forum", "kind": "consultation", "delivery_mode": "remote"},
        "SYS-01",
        "reported",
        "responded",
        24 * HOUR,
    ),
    *_hefei(),
    (24, "hf", {}, "DSP-13", "reported", "appointed", 10),
    (25, "hf", {"kind": "complaint"}, "CPL-07", "reported", "responded", 10),
    (25, "hf", {"kind": "complaint"}, "CPL-07", "reported", "responded", 2 * HOUR),
    *_huawei(),
    (29, "hf_dell", {}, "SLA-20", "confirmed", "arrived", 4 * HOUR),
    (33, "nx", {}, "SLA-25", "reported", "arrived", 8 * HOUR),
    (33, "nx", {}, "SLA-25", "reported", "restored", 24 * HOUR),
    (33, "nx", {}, "SLA-26", "reported", "signed", 24 * HOUR),
    (34, "xc", {}, "WAR-17", "exchange_agreed", "exchanged", WORKING[3]),
    (35, "td", {}, "SLA-30, SLA-31, SLA-32", "reported", "responded", 30),
    (35, "td", {"delivery_mode": "remote"}, "SLA-33", "reported", "responded", HOUR),
    (36, "td", {}, "SLA-35", "reported", "arrived", 24 * HOUR),
    (36, "td", {"severity": "major"}, "SLA-34", "reported", "arrived", HOUR + 45),
    (37, "td", {}, "SLA-35", "arrived", "spare_shipped", 26 * HOUR),
    (37, "td", {}, "SLA-35", "spare_shipped", "spare_arrived", WORKING[1] + DAY),
    (38, "td", {}, "RPT-05", "restored", "handling_report", 24 * HOUR),
    (40, "ct_logistics", {}, "SLA-38", "reported", "responded", WORKING[1]),
    (40, "ct_logistics", {}, "SLA-38", "reported", "restored", WORKING[3]),
)
# Rows that are no promise from event to event, and the rules of the tests that
# prove what keeps them: a gate, a due date, a term, a count of hours.
ELSEWHERE = {
    9: "VIS-08",
    11: "CB-01",
    12: "CB-04",
    13: "RPT-01",
    14: "PRT-05",
    15: "RMA-05",
    16: "REC-01",
    17: "OOW-16",
    19: "WAR-10",
    26: "SLA-19",
    30: "PM-01",
    31: "PM-03",
    32: "PM-04",
    39: "EMG-13",
    41: "DSP-21",
    42: "TRN-01",
    43: "WAR-33",
}


@tagged("post_install", "-at_install")
class TestClockRegister(AfterSalesCommon):
    """Each row starts by its event, falls due as printed and stops by its event."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"

    def _case(self, program, conditions):
        vals = {}
        for name, value in conditions.items():
            prefix = {"region_id": "region", "channel_id": "channel"}.get(name)
            if prefix:
                value = bool(value) and self.env.ref(
                    f"after_sales_service.{prefix}_{value}"
                )
                value = value and value.id
            vals[name] = value
        self.equipment.program_id = self.env.ref(
            f"after_sales_service.program_{program}"
        )
        self.equipment.region_id = vals.pop("region_id", self.region_urban.id)
        return self._new_ticket(dispatch=False, name=f"{program} {conditions}", **vals)

    def _clocks(self, ticket, rule, start, stop):
        return ticket.clock_ids.filtered(
            lambda clock: (
                clock.rule == rule
                and clock.policy_id.start_event == start
                and clock.policy_id.stop_event == stop
            )
        )

    @rules("T-18", "SYS-01", "RPT-05", "SLA-34", "CF-15", "CF-18", "CF-27", "CF-31")
    def test_every_promise_of_the_register_runs(self):
        self.region_urban.travel_minutes = 45
        for number, program, conditions, rule, start, stop, minutes in REGISTER:
            with self.subTest(row=number, program=program, stop=stop):
                ticket = self._case(program, conditions)
                clocks = self._clocks(ticket, rule, start, stop)
                now = self.company._service_now()
                if start != "reported":
                    self.assertEqual(set(clocks.mapped("state")), {"waiting"})
                    ticket._record_event(start)
                due = now + timedelta(minutes=minutes)
                clock = clocks.filtered(lambda one, due=due: one.deadline == due)
                self.assertEqual(
                    clock.state, "running", f"{clocks.mapped('deadline')} {due}"
                )
                ticket._record_event(stop)
                self.assertEqual((clock.state, clock.stopped_at), ("met", now))

    @rules("T-18")
    def test_every_row_is_kept_somewhere(self):
        here = {row[0] for row in REGISTER}
        self.assertFalse(here & ELSEWHERE.keys())
        self.assertEqual(here | ELSEWHERE.keys(), set(range(1, 44)))

    @rules("T-18")
    def test_a_promise_that_is_not_kept_is_missed(self):
        for number, program, conditions, rule, start, stop, minutes in REGISTER[::5]:
            with self.subTest(row=number, program=program, stop=stop):
                ticket = self._case(program, conditions)
                if start != "reported":
                    ticket._record_event(start)
                due = self.company._service_now() + timedelta(minutes=minutes)
                clock = self._clocks(ticket, rule, start, stop).filtered(
                    lambda one, due=due: one.deadline == due
                )
                ticket._record_event(stop, at=due + timedelta(minutes=1))
                self.assertEqual((clock.state, clock.overrun), ("missed", 1))

    @rules("RPT-05")
    def test_the_report_is_owed_after_the_case(self):
        ticket = self._case("td", {})
        ticket.action_dispatch()
        ticket.action_close()
        clock = self._clocks(ticket, "RPT-05", "restored", "handling_report")
        self.assertEqual(clock.state, "running")
        self._pass_time(hours=25)
        self.env["service.sla.clock"]._replay()
        ticket.with_context(service_event="handling_report").action_tell()
        self.assertEqual((clock.state, clock.overrun), ("missed", 60))

    @rules("SLA-35", "AMB-29", "CF-15")
    def test_a_distance_band_begins_when_a_manager_draws_it(self):
        near = self.env.ref("after_sales_service.policy_td_near_arrival")
        self.assertFalse(near.active, "the rules name no distance")
        near.write({"active": True, "travel_up_to": 60})
        for minutes, hours in ((45, {4, 24}), (60, {4, 24}), (61, {24}), (0, {24})):
            self.region_urban.travel_minutes = minutes
            ticket = self._case("td", {})
            arrivals = ticket.clock_ids.policy_id.filtered(
                lambda one: one.stop_event == "arrived"
            )
            self.assertEqual(set(arrivals.mapped("amount")), hours, minutes)

    @rules("SLA-23")
    def test_after_hours_the_ticket_names_who_answers(self):
        leader = self.env["res.partner"].create(
            {"name": "Response centre leader", "phone": "+86 138 0000 0000"}
        )
        program = self.env.ref("after_sales_service.program_hf")
        program.after_hours_partner_id = leader
        ticket = self._case("hf", {})
        self.assertFalse(ticket.after_hours_contact_id, "10:00 on a Friday")
        self._pass_time(hours=12)
        ticket.invalidate_recordset(["after_hours_contact_id", "after_hours_phone"])
        self.assertEqual(ticket.after_hours_contact_id, leader)
        self.assertEqual(ticket.after_hours_phone, leader.phone)
        self.customer.service_contact_id = self.engineer
        ticket.invalidate_recordset(["after_hours_contact_id"])
        self.assertEqual(ticket.after_hours_contact_id, self.engineer.partner_id)
        program.after_hours_partner_id = False
        ticket.invalidate_recordset(["after_hours_contact_id"])
        self.assertFalse(ticket.after_hours_contact_id)
