# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tests import TransactionCase, tagged

from .common import rules


@tagged("post_install", "-at_install")
class TestShippedTables(TransactionCase):
    """The tables that ship are the tables of the rules, row by row."""

    def test_an_upgrade_changes_no_row_a_manager_may_have_changed(self):
        callback = self.env.ref("after_sales_service.callback_tc_1")
        callback.days = 5
        values = {
            "xml_id": "after_sales_service.callback_tc_1",
            "values": {"days": 3},
            "noupdate": False,
        }
        self.env["service.callback.policy"]._load_records([values], update=True)
        self.assertEqual(callback.days, 5)
        rows = self.env["ir.model.data"].search(
            [("module", "=", "after_sales_service"), ("model", "like", "service.%")]
        )
        self.assertFalse(
            rows.filtered(lambda row: not row.noupdate).mapped("complete_name")
        )

    @rules("WAR-03", "T-01")
    def test_warranty_terms(self):
        terms = {
            term.category_id.code: term.months
            for term in self.env.ref("after_sales_service.program_tc").term_ids
        }
        three_years = (
            "MAINBOARD CPU MEMORY HARD_DISK POWER_SUPPLY DISPLAY_CARD NETWORK_CARD "
            "SOUND_CARD VIDEO_RECEIVER CRT_MONITOR SOFTWARE"
        )
        one_year = (
            "FLOPPY_DRIVE OPTICAL_DRIVE CPU_FAN DISPLAY_CARD_FAN KEYBOARD MOUSE "
            "SPEAKERS LCD_MONITOR NOTEBOOK"
        )
        three_months = "DOCUMENTS CRT_BASE POWER_CORD HEADSET"
        expected = {
            **dict.fromkeys(three_years.split(), 36),
            **dict.fromkeys(one_year.split(), 12),
            **dict.fromkeys(three_months.split(), 3),
            "BATTERY": 6,
            "WHOLE_MACHINE": 36,  # what the table does not name (WAR-01)
        }
        self.assertEqual(terms, expected)

    @rules("NET-07", "T-14")
    def test_sixteen_regions_each_with_its_station(self):
        regions = self.env["service.region"].search([("station_id", "!=", False)])
        self.assertEqual(len(regions), 16)
        self.assertEqual(len(regions.station_id), 16)
        for region in regions:
            children = self.env["service.region"].search(
                [("parent_id", "=", region.id)]
            )
            self.assertEqual(
                sorted(children.mapped("region_class")), ["county", "suburban", "urban"]
            )
            self.assertEqual(children.serving_station_id, region.station_id)

    @rules("CARE-09", "T-11")
    def test_service_catalogue_has_seven_chapters(self):
        chapters = self.env["service.item.category"].search([])
        names = chapters._get_external_ids()
        ours = chapters.filtered(
            lambda row: any(
                name.startswith("after_sales_service.") for name in names[row.id]
            )
        )
        self.assertEqual(len(ours), 7)
        self.assertTrue(all(chapter.item_ids for chapter in chapters))

    @rules("OOW-05", "T-12")
    def test_on_site_fee_out_of_warranty(self):
        fee = self.env.ref("after_sales_service.fee_tc_oow_visit")
        self.assertEqual((fee.amount, fee.currency_id.name), (50, "CNY"))

    @rules("CARE-06", "CF-06", "T-13")
    def test_care_plan_hours(self):
        calendar = self.env.ref("after_sales_service.calendar_careplan")
        hours = calendar._get_clock_calendars()[calendar.id]
        self.assertEqual(dict(hours.shifts), dict.fromkeys(range(7), ((480, 1080),)))


@tagged("post_install", "-at_install")
class TestProfiles(TransactionCase):
    """Every vendor profile, row by row, with the numbers of the rules."""

    def _program(self, name):
        return self.env.ref(f"after_sales_service.program_{name}")

    def _terms(self, name):
        return {
            (term.category_id.code, term.months, term.start_basis, term.rule)
            for term in self._program(name).term_ids
        }

    def _clocks(self, name, **conditions):
        """(start, stop, amount, unit) of the policies under these conditions."""
        policies = self._program(name).policy_ids
        for field, value in conditions.items():
            if field.endswith("region_id") and value:
                value = self.env.ref(f"after_sales_service.region_{value}")
                policies = policies.filtered(lambda p, f=field, v=value: p[f] == v)
            else:
                policies = policies.filtered(
                    lambda p, f=field, v=value: (
                        (p[f] or False) == v
                        if not f.endswith("region_id")
                        else not p[f]
                    )
                )
        return sorted((p.start_event, p.stop_event, p.amount, p.unit) for p in policies)

    def _hours(self, name, field):
        calendar = self._program(name)[field]
        return dict(calendar._get_clock_calendars()[calendar.id].shifts)

    def test_every_profile_ships(self):
        codes = set(self.env["service.program"].search([]).mapped("code"))
        expected = "TC CAREPLAN CT CT_LOGISTICS QH NX XC LB PCC HF HF_HUAWEI HF_DELL TD"
        self.assertLessEqual(set(expected.split()), codes)

    @rules("RPT-01", "RPT-02", "RPT-05")
    def test_report_schedules(self):
        reports = self._program("tc").report_ids.filtered("weekday")
        self.assertEqual(
            {(r.period, r.weekday, r.hour, r.rule) for r in reports},
            {("week", "0", 10, "RPT-01"), ("week", "3", 10, "RPT-01")},
        )
        case = self._program("td").report_ids
        self.assertEqual((case.period, case.within_hours), ("case", 24))

    @rules("SLA-15", "SLA-44")
    def test_the_ladder_of_hefei_climbs_to_the_next_level(self):
        step = self._program("hf").step_ids.filtered("stop_event")
        self.assertEqual(
            (step.stop_event, step.timing, step.minutes, step.role),
            ("submitted", "after", 0, "branch"),
        )

    def test_public_holidays_of_2026(self):
        days = self.env.ref("after_sales_service.holidays_cn").day_ids.filtered(
            lambda day: day.date.year == 2026
        )
        kinds = days.mapped("kind")
        self.assertEqual((kinds.count("off"), kinds.count("work")), (33, 6))
        # Whoever works instead works at a weekend.
        made_up = days.filtered(lambda day: day.kind == "work")
        self.assertTrue(all(day.date.weekday() >= 5 for day in made_up))

    @rules("SLA-04", "SLA-36", "SLA-40", "SLA-41", "T-13")
    def test_who_serves_day_and_night(self):
        for name in ("tc", "ct", "td", "hf", "lb", "qh"):
            program = self._program(name)
            self.assertFalse(
                program.hotline_calendar_id | program.onsite_calendar_id, name
            )
            self.assertFalse(program.policy_ids.calendar_id)

    @rules("SLA-39", "T-15b")
    def test_products_under_central_control(self):
        products = self._program("ct").product_ids
        self.assertTrue(all(products.mapped("central")))
        self.assertEqual(
            {group: len(rows) for group, rows in products.grouped("group").items()},
            {
                "Bandwidth": 9,
                "Business Navigator and ICT": 11,
                "Converged and C network": 10,
                "Fixed voice": 5,
            },
        )

    @rules("NET-21")
    def test_the_range_of_services(self):
        """Question, training, fault, remote help, and upgrades from the catalogue."""
        ticket = self.env["helpdesk.ticket"]
        kinds = {kind for kind, _label in ticket._fields["kind"].selection}
        self.assertLessEqual({"consultation", "training", "repair", "complaint"}, kinds)
        modes = {mode for mode, _label in ticket._fields["delivery_mode"].selection}
        self.assertIn("remote", modes)
        self.assertTrue(self.env["service.item"].search([("name", "ilike", "upgrade")]))

    @rules("SLA-23")
    def test_somebody_answers_after_hours(self):
        leader = self.env["res.partner"].create(
            {"name": "Response centre leader", "phone": "+86 138 0000 0000"}
        )
        program = self._program("hf")
        program.after_hours_partner_id = leader
        self.assertEqual(program.copy().after_hours_partner_id, leader)

    @rules("SLA-38")
    def test_china_telecom(self):
        self.assertFalse(self._clocks("ct"))
        self.assertEqual(
            self._clocks("ct_logistics"),
            [
                ("reported", "responded", 1, "working_day"),
                ("reported", "restored", 3, "working_day"),
            ],
        )

    @rules("WAR-26", "SLA-24")
    def test_qingheng(self):
        self.assertEqual(
            self._terms("qh"),
            {
                ("WHOLE_MACHINE", 18, "installation", "WAR-26"),
                ("SCALE_BODY", 36, "acceptance", "WAR-26"),
                ("SCALE_ELECTRICAL", 18, "acceptance", "WAR-26"),
            },
        )
        self.assertEqual(
            self._clocks("qh", region_id="east"), [("reported", "arrived", 24, "hour")]
        )
        self.assertEqual(
            self._clocks("qh", except_region_id="east"),
            [("reported", "arrived", 48, "hour")],
        )
        self.assertEqual(
            self._clocks("qh", region_id=False, except_region_id=False),
            [("arrived", "restored", 24, "hour")],
        )
        east = self.env.ref("after_sales_service.region_east")
        self.assertEqual(
            set(
                self.env["service.region"]
                .search([("parent_id", "=", east.id)])
                .mapped("code")
            ),
            {"JIANGSU", "ZHEJIANG", "SHANGHAI", "ANHUI"},
        )

    @rules("SLA-25", "SLA-26", "CF-27", "T-13")
    def test_ningxia(self):
        self.assertEqual(
            self._terms("nx"), {("WHOLE_MACHINE", 12, "acceptance", "WAR-25")}
        )
        self.assertEqual(
            self._clocks("nx"),
            [
                ("reported", "arrived", 8, "hour"),
                ("reported", "restored", 24, "hour"),
                ("reported", "signed", 24, "hour"),
            ],
        )
        self.assertEqual(
            self._hours("nx", "hotline_calendar_id"),
            dict.fromkeys(range(7), ((8 * 60, 24 * 60),)),
        )

    @rules("SLA-29")
    def test_xunchuang_and_assembled_pcs_serve_on_working_days(self):
        """Their rules name no limit in hours; the first no term either.

        What the first promises is an exchange in three working days (WAR-17).
        """
        self.assertFalse(self._terms("xc"))
        self.assertEqual(self._terms("pcc"), {("WHOLE_MACHINE", 36, "sale", "WAR-28")})
        for name in ("xc", "pcc"):
            self.assertFalse(
                [one for one in self._clocks(name) if one[0] == "reported"], name
            )
            self.assertEqual(
                self._hours(name, "onsite_calendar_id"),
                dict.fromkeys(range(5), ((0, 24 * 60),)),
            )

    @rules("SLA-27", "SLA-28")
    def test_light_boxes(self):
        self.assertEqual(
            self._clocks("lb"),
            [
                ("reported", "arrived", 1, "hour"),
                ("reported", "proposed", 30, "minute"),
                ("submitted", "departed", 1, "hour"),
            ],
        )
        self.assertFalse(self._program("lb").onsite_calendar_id)

    @rules("T-05", "SLA-13", "SLA-15", "SLA-16", "CF-19", "CF-20")
    def test_hefei_event_classes(self):
        # response, passed on, restored, arrival in Hefei, arrival in the province:
        # all in minutes as printed in the table
        table = {
            "serious": (5, 0, 240, 40, 300),
            "major": (10, 30, 240, 60, 360),
            "general": (10, 60, 240, 60, 480),
            "none": (10, 60, None, 120, 600),
        }
        self.assertFalse(self._clocks("hf", severity="minor"))
        for severity, expected in table.items():
            policies = self._program("hf").policy_ids.filtered(
                lambda policy, severity=severity: policy.severity == severity
            )
            found = {
                (p.stop_event, p.region_id.code, p.except_region_id.code): p.amount
                * {"hour": 60, "minute": 1}[p.unit]
                for p in policies
            }
            keys = (
                ("responded", False, False),
                ("submitted", False, False),
                ("restored", False, False),
                ("arrived", "HEFEI", False),
                ("arrived", "ANHUI", "HEFEI"),
            )
            self.assertEqual(
                found,
                {
                    key: minutes
                    for key, minutes in zip(keys, expected, strict=True)
                    if minutes is not None
                },
            )
            self.assertEqual(set(policies.mapped("start_event")), {"reported"})

    @rules("WAR-29", "WAR-30", "SLA-10", "SLA-11", "SLA-12", "DSP-13", "CF-17", "CB-10")
    def test_hefei_for_every_fault(self):
        self.assertEqual(
            {term for term in self._terms("hf") if term[0] == "WHOLE_MACHINE"},
            {("WHOLE_MACHINE", 36, "acceptance", "WAR-29")},
        )
        everywhere = {
            "severity": False,
            "ticket_kind": False,
            "measured": False,
            "contract_phase": False,
        }
        self.assertEqual(
            self._clocks("hf", region_id=False, except_region_id=False, **everywhere),
            [
                ("reported", "appointed", 10, "minute"),
                ("reported", "arrived", 8, "hour"),
            ],
        )
        self.assertEqual(
            self._clocks("hf", region_id="hefei", **everywhere),
            [("reported", "restored", 2, "hour")],
        )
        self.assertEqual(
            self._clocks("hf", except_region_id="hefei", **everywhere),
            [("reported", "restored", 4, "hour")],
        )
        self.assertEqual(
            self._clocks("hf", ticket_kind="consultation"),
            [("reported", "proposed", 30, "minute")],
        )
        self.assertEqual(
            self._clocks("hf", ticket_kind="complaint"),
            [
                ("reported", "responded", 2, "hour"),
                ("reported", "responded", 10, "minute"),
            ],
        )
        for name in ("hf", "hf_huawei", "hf_dell"):
            callback = self._program(name).callback_policy_ids
            self.assertEqual(
                (callback.tier, callback.days, callback.onsite_only, callback.rule),
                ("1", 0, False, "CB-10"),
            )

    @rules("SLA-17", "SLA-19")
    def test_hefei_trial_run_and_what_is_only_measured(self):
        self.assertEqual(
            self._clocks("hf", contract_phase="trial"),
            [("reported", "arrived", 30, "minute")],
        )
        self.assertEqual(
            self._clocks("hf", measured=True), [("responded", "restored", 0, "minute")]
        )

    @rules("T-04", "SLA-18", "PRT-20")
    def test_huawei_fault_levels(self):
        self.assertEqual(
            self._terms("hf_huawei"), {("WHOLE_MACHINE", 12, "acceptance", "WAR-29")}
        )
        # level: response, report to the vendor, arrival in hours
        for severity, expected in {
            "serious": {"responded": 1, "submitted": 2, "lent": 8},
            "major": {"responded": 2, "submitted": 24, "arrived": 24, "lent": 8},
            "general": {"responded": 2, "submitted": 48, "arrived": 48},
            "minor": {"responded": 2, "submitted": 96, "arrived": 96},
            "none": {},
        }.items():
            self.assertEqual(
                self._clocks("hf_huawei", severity=severity),
                sorted(("reported", k, v, "hour") for k, v in expected.items()),
            )
        arrivals = self._program("hf_huawei").policy_ids.filtered(
            lambda policy: policy.stop_event == "arrived"
        )
        self.assertEqual(set(arrivals.mapped("delivery_mode")), {"onsite"})

    @rules("SLA-20", "SLA-21", "T-13")
    def test_dell(self):
        self.assertEqual(
            self._terms("hf_dell"), {("WHOLE_MACHINE", 36, "acceptance", "WAR-29")}
        )
        self.assertEqual(self._clocks("hf_dell"), [("confirmed", "arrived", 4, "hour")])
        weekday, weekend = ((8 * 60 + 30, 21 * 60),), ((8 * 60 + 30, 17 * 60 + 30),)
        self.assertEqual(
            self._hours("hf_dell", "hotline_calendar_id"),
            {**dict.fromkeys(range(5), weekday), 5: weekend, 6: weekend},
        )
        self.assertFalse(self._program("hf_dell").onsite_calendar_id)

    @rules(
        "WAR-33",
        "SLA-30",
        "SLA-31",
        "SLA-32",
        "SLA-33",
        "SLA-34",
        "SLA-35",
        "T-06",
        "T-07",
        "CF-14",
    )
    def test_taide(self):
        self.assertEqual(
            self._terms("td"),
            {
                ("WHOLE_MACHINE", 36, "acceptance", "WAR-33"),
                ("SOFTWARE", 36, "signing", "CON-01"),
            },
        )
        # Half an hour whatever the kind of fault or emergency.
        self.assertEqual(
            self._clocks("td", delivery_mode=False, severity=False, ticket_kind=False),
            [
                ("reported", "responded", 30, "minute"),
                ("restored", "handling_report", 24, "hour"),
            ],
        )
        self.assertEqual(
            self._clocks("td", delivery_mode="remote"),
            [("reported", "responded", 1, "hour")],
        )
        self.assertEqual(
            self._clocks("td", delivery_mode="onsite", severity=False),
            [
                # 24 hours, after 2 hours of work on site
                ("arrived", "spare_shipped", 26, "hour"),
                ("reported", "arrived", 24, "hour"),
                ("spare_shipped", "spare_arrived", 2, "working_day"),
            ],
        )
        for severity in ("serious", "major"):
            policy = self._program("td").policy_ids.filtered(
                lambda one, severity=severity: one.severity == severity
            )
            self.assertEqual(
                (policy.stop_event, policy.amount, policy.unit, policy.plus_travel),
                ("arrived", 1, "hour", True),
            )
