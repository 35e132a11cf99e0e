# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import callback, clock, coverage, guarantee
from .common import rules

START = datetime(2026, 11, 20, 2, 0)
DAILY = clock.Calendar("Asia/Shanghai", dict.fromkeys(range(7), ((480, 1080),)))
LUNCH = clock.Calendar(
    "Europe/Berlin", dict.fromkeys(range(5), ((540, 720), (780, 1020)))
)


def _by_the_minute(start, minutes, calendar, pauses=()):
    """The oracle: walk minute by minute and count the open ones."""
    at, left = start, minutes
    while left > 0:
        local = clock.to_local(at, calendar.tz)
        minute = local.hour * 60 + local.minute
        open_now = any(
            begin <= minute < end for begin, end in calendar.hours_on(local.date())
        ) and not any(begin <= at < end for begin, end in pauses)
        at += timedelta(minutes=1)
        left -= open_now
    return at


@tagged("post_install", "-at_install")
class TestClock(BaseCase):
    @rules("DSP-10")
    def test_minutes_around_the_clock(self):
        promise = clock.Promise("reported", "dispatched", 5)
        self.assertEqual(clock.deadline(START, promise), START + timedelta(minutes=5))

    @given(
        start=st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 1)),
        minutes=st.integers(1, 900),
        pause=st.tuples(st.integers(0, 600), st.integers(1, 600)),
    )
    @settings(max_examples=60, deadline=None)
    def test_agrees_with_the_minute_by_minute_oracle(self, start, minutes, pause):
        start = start.replace(second=0, microsecond=0)
        pauses = [
            (
                start + timedelta(minutes=pause[0]),
                start + timedelta(minutes=pause[0] + pause[1]),
            )
        ]
        for calendar in (DAILY, LUNCH):
            promise = clock.Promise("a", "b", minutes, "minute", calendar)
            self.assertEqual(
                clock.deadline(start, promise, pauses),
                _by_the_minute(start, minutes, calendar, pauses),
            )

    def test_calendar_days_keep_the_local_time_over_a_clock_change(self):
        promise = clock.Promise("a", "b", 1, "day", tz="Europe/Berlin")
        before = datetime(2026, 10, 24, 10, 0)  # 12:00 summer time
        self.assertEqual(
            clock.deadline(before, promise),
            datetime(2026, 10, 25, 11, 0),  # 12:00 winter time
        )

    def test_the_hour_that_comes_twice_counts_twice(self):
        night = clock.Calendar("America/New_York", {6: ((60, 90),)})
        promise = clock.Promise("a", "b", 60, "minute", night)
        # 1 November 2026: 01:00-01:30 is shown twice
        self.assertEqual(
            clock.deadline(datetime(2026, 11, 1, 4, 0), promise),
            datetime(2026, 11, 1, 6, 30),
        )

    def test_working_days_end_with_the_last_shift(self):
        promise = clock.Promise("a", "b", 3, "working_day", LUNCH)
        friday = datetime(2026, 11, 20, 9, 0)
        self.assertEqual(clock.deadline(friday, promise), datetime(2026, 11, 25, 16, 0))

    def test_holidays_are_closed_and_make_up_days_open(self):
        calendar = clock.Calendar(
            "UTC",
            dict.fromkeys(range(5), ((0, 1440),)),
            frozenset({date(2026, 11, 23)}),
            {date(2026, 11, 21): ((0, 1440),)},
        )
        promise = clock.Promise("a", "b", 2, "working_day", calendar)
        self.assertEqual(
            clock.deadline(datetime(2026, 11, 20, 9, 0), promise),
            datetime(2026, 11, 25, 0, 0),
        )

    def test_calendar_without_hours_is_refused(self):
        promise = clock.Promise("a", "b", 5, "minute", clock.Calendar())
        with self.assertRaises(clock.CalendarWithoutHours):
            clock.deadline(START, promise)

    def test_met_missed_paused(self):
        promise = clock.Promise("reported", "restored", 4, "hour")
        reported = ("reported", START)
        hour = timedelta(hours=1)
        self.assertEqual(clock.read(promise, [], START).state, "waiting")
        self.assertEqual(clock.read(promise, [reported], START).state, "running")
        met = clock.read(promise, [reported, ("restored", START + 4 * hour)], START)
        self.assertEqual((met.state, met.overrun), ("met", 0))
        missed = clock.read(promise, [reported, ("restored", START + 5 * hour)], START)
        self.assertEqual((missed.state, missed.overrun), ("missed", 60))
        paused = [reported, ("paused", START + hour)]
        self.assertEqual(clock.read(promise, paused, START + 9 * hour).state, "paused")
        resumed = paused + [("resumed", START + 3 * hour)]
        reading = clock.read(promise, resumed, START + 4 * hour)
        self.assertEqual(
            (reading.state, reading.deadline), ("running", START + 6 * hour)
        )

    @rules("SLA-14", "SLA-15")
    def test_an_appointment_answers_and_a_repair_needs_no_next_level(self):
        hour = timedelta(hours=1)
        for kept, by in (("responded", "appointed"), ("submitted", "restored")):
            promise = clock.Promise("reported", kept, 2, "hour")
            events = [("reported", START), (by, START + hour)]
            self.assertEqual(clock.read(promise, events, START + 9 * hour).state, "met")
        promise = clock.Promise("reported", "submitted", 2, "hour")
        events = [("reported", START), ("appointed", START + hour)]
        self.assertEqual(clock.read(promise, events, START + 9 * hour).state, "missed")

    def test_a_pause_does_not_heal_a_missed_promise(self):
        promise = clock.Promise("reported", "restored", 1, "hour")
        hour = timedelta(hours=1)
        events = [("reported", START), ("paused", START + 2 * hour)]
        self.assertEqual(clock.read(promise, events, START + 3 * hour).state, "missed")


@tagged("post_install", "-at_install")
class TestCoverage(BaseCase):
    TERMS = {
        "HARD_DISK": coverage.Term("HARD_DISK", 36),
        "DOCUMENTS": coverage.Term("DOCUMENTS", 3, excluded=True),
    }

    def _ask(self, part, proofs, on):
        return coverage.warranty(part, self.TERMS, proofs, on)

    @rules("WAR-01", "WAR-03")
    def test_term_from_the_invoice_to_its_last_day(self):
        part = coverage.Part("HARD_DISK")
        proofs = coverage.Proofs(invoice=date(2026, 3, 2))
        answer = self._ask(part, proofs, date(2029, 3, 1))
        self.assertEqual(
            (answer.verdict, answer.rule, answer.date_end),
            ("warranty", "WAR-03", date(2029, 3, 1)),
        )
        late = self._ask(part, proofs, date(2029, 3, 2))
        self.assertEqual((late.verdict, late.reason), ("chargeable", "expired"))

    def test_the_whole_machine_stands_in_for_parts_without_a_term(self):
        terms = {
            "HARD_DISK": coverage.Term("HARD_DISK", 12),
            "WHOLE_MACHINE": coverage.Term("WHOLE_MACHINE", 36, rule="WAR-29"),
        }
        self.assertEqual(coverage.term_for("HARD_DISK", terms).months, 12)
        self.assertEqual(coverage.term_for("MEMORY", terms).months, 36)
        self.assertIsNone(coverage.term_for("MEMORY", self.TERMS))
        proofs = coverage.Proofs(invoice=date(2026, 3, 2))
        day = date(2028, 3, 2)
        part = coverage.Part("MEMORY")
        answer = coverage.warranty(part, terms, proofs, day)
        self.assertEqual((answer.verdict, answer.rule), ("warranty", "WAR-29"))
        gift = coverage.Part("MEMORY", source="gift")
        answer = coverage.warranty(gift, terms, proofs, day)
        self.assertEqual((answer.verdict, answer.rule), ("chargeable", "WAR-04"))

    @rules("WAR-02", "CF-34")
    def test_without_invoice_certificate_then_last_day_of_factory_month(self):
        month = date(2026, 2, 10)
        proofs = coverage.Proofs(certificate=date(2026, 4, 5), factory_month=month)
        self.assertEqual(
            coverage.start_date("sale", proofs), (date(2026, 4, 5), "certificate")
        )
        proofs = coverage.Proofs(factory_month=month)
        self.assertEqual(
            coverage.start_date("sale", proofs), (date(2026, 2, 28), "factory_month")
        )
        nothing = self._ask(
            coverage.Part("HARD_DISK"), coverage.Proofs(), date(2026, 5, 1)
        )
        self.assertEqual(nothing.reason, "no_start")

    @rules("WAR-04", "WAR-05", "CF-10")
    def test_gifts_documents_and_own_parts_are_excluded(self):
        proofs = coverage.Proofs(invoice=date(2026, 3, 2))
        on = date(2026, 3, 5)
        gift = self._ask(coverage.Part("HARD_DISK", "gift"), proofs, on)
        own = self._ask(coverage.Part("HARD_DISK", "customer"), proofs, on)
        documents = self._ask(coverage.Part("DOCUMENTS"), proofs, on)
        self.assertEqual((gift.verdict, gift.rule), ("chargeable", "WAR-04"))
        self.assertEqual((own.verdict, own.rule), ("chargeable", "WAR-05"))
        self.assertEqual((documents.verdict, documents.rule), ("chargeable", "WAR-04"))

    @rules("OOW-16")
    def test_replaced_part_has_three_months_or_the_longer_remainder(self):
        proofs = coverage.Proofs(invoice=date(2022, 1, 10))
        alone = coverage.Part("HARD_DISK", "replacement", date(2026, 11, 20))
        answer = self._ask(alone, proofs, date(2027, 2, 19))
        self.assertEqual(
            (answer.verdict, answer.rule, answer.date_end),
            ("warranty", "OOW-16", date(2027, 2, 19)),
        )
        longer = coverage.Part(
            "HARD_DISK", "replacement", date(2026, 11, 20), date(2029, 3, 1)
        )
        self.assertEqual(
            self._ask(longer, proofs, date(2028, 1, 1)).date_end, date(2029, 3, 1)
        )

    @given(
        invoice=st.dates(date(2000, 1, 1), date(2030, 12, 31)),
        months=st.integers(1, 120),
        offset=st.integers(-400, 4000),
    )
    @settings(max_examples=100, deadline=None)
    def test_covered_exactly_from_first_to_last_day(self, invoice, months, offset):
        terms = {"X": coverage.Term("X", months)}
        on = invoice + timedelta(days=offset)
        answer = coverage.warranty(
            coverage.Part("X"), terms, coverage.Proofs(invoice=invoice), on
        )
        self.assertEqual(answer.verdict == "warranty", invoice <= on <= answer.date_end)

    def test_best_answer_favours_the_customer(self):
        chargeable = coverage.Answer("a", "chargeable", "expired", "WAR-03")
        plan = coverage.Answer("b", "plan", "plan", "CARE-05")
        warranty = coverage.Answer("c", "warranty", "term", "WAR-03")
        self.assertIs(coverage.best([chargeable, plan, warranty]), warranty)
        self.assertIs(coverage.best([chargeable, plan]), plan)
        self.assertIsNone(coverage.best([]))


@tagged("post_install", "-at_install")
class TestCallbackDates(BaseCase):
    @rules("CB-01", "CB-02", "CF-02")
    def test_calendar_days_satisfy_every_sentence(self):
        policies = [
            callback.CallbackPolicy(1, "1", 3, working=True),
            callback.CallbackPolicy(2, "1", 3),
        ]
        due = callback.callbacks_due(policies, date(2026, 11, 20), onsite=True)
        self.assertEqual([(p.key, day) for p, day in due], [(2, date(2026, 11, 23))])

    @rules("CB-04", "CF-03")
    def test_second_callback_only_after_on_site_jobs(self):
        policies = [callback.CallbackPolicy(1, "2", 7, onsite_only=True)]
        day = date(2026, 11, 20)
        self.assertEqual(
            callback.callbacks_due(policies, day, onsite=True)[0][1],
            date(2026, 11, 27),
        )
        self.assertFalse(callback.callbacks_due(policies, day, onsite=False))


@tagged("post_install", "-at_install")
class TestGuaranteeDates(BaseCase):
    SOLD = date(2026, 11, 13)

    def _fault(self, on, **vals):
        return guarantee.Fault(on, coverage.Proofs(invoice=self.SOLD), **vals)

    def _remedies(self, rows, fault):
        return [right.remedy for right in guarantee.rights(rows, fault)]

    @rules("WAR-10", "AMB-10")
    def test_the_day_of_sale_is_no_day_unless_the_row_says_so(self):
        row = guarantee.Guarantee(1, "return", 7)
        self.assertEqual(guarantee.last_day(row, self.SOLD), date(2026, 11, 20))
        row = guarantee.Guarantee(1, "return", 7, first_day_counts=True)
        self.assertEqual(guarantee.last_day(row, self.SOLD), date(2026, 11, 19))

    @rules("WAR-17")
    def test_working_days_leave_out_days_off(self):
        row = guarantee.Guarantee(1, "exchange", 7, "working_day")
        self.assertEqual(guarantee.last_day(row, self.SOLD), date(2026, 11, 24))
        holiday = {date(2026, 11, 16)}
        self.assertEqual(
            guarantee.last_day(
                row,
                self.SOLD,
                lambda day: day.weekday() < 5 and day not in holiday,
            ),
            date(2026, 11, 25),
        )
        with self.assertRaises(ValueError):
            guarantee.add_working_days(self.SOLD, 1, lambda day: False)

    @rules("WAR-14", "CF-07")
    def test_the_longer_promise_counts_and_never_less_than_the_floor(self):
        floor = guarantee.Guarantee(1, "exchange", 15)
        more = guarantee.Guarantee(2, "exchange", 20, rule="WAR-11")
        less = guarantee.Guarantee(3, "exchange", 10, rule="X")
        fault = self._fault(self.SOLD)
        (right,) = guarantee.rights([floor, more], fault)
        self.assertEqual((right.key, right.date_end), (2, date(2026, 12, 3)))
        (right,) = guarantee.rights([floor, less], fault)
        self.assertEqual((right.key, right.date_end), (1, date(2026, 11, 28)))

    @rules("WAR-10", "WAR-16")
    def test_host_unit_and_repairs_of_the_same_part(self):
        host = guarantee.Guarantee(1, "return", 7, host_only=True)
        self.assertFalse(self._remedies([host], self._fault(self.SOLD, in_host=False)))
        twice = guarantee.Guarantee(
            2, "exchange", 0, "warranty", repairs=2, same_part=True
        )
        end = date(2029, 11, 12)
        other = self._fault(self.SOLD, covered_until=end, repairs=5)
        self.assertFalse(self._remedies([twice], other))
        same = self._fault(self.SOLD, covered_until=end, repairs=5, repairs_of_part=2)
        self.assertEqual(self._remedies([twice], same), ["exchange"])
        over = self._fault(self.SOLD, repairs=5, repairs_of_part=2)
        self.assertFalse(self._remedies([twice], over))

    @given(
        rows=st.lists(
            st.builds(
                guarantee.Guarantee,
                st.integers(1, 9),
                st.sampled_from(guarantee.REMEDIES),
                st.integers(1, 40),
                st.sampled_from(guarantee.UNITS),
                repairs=st.integers(0, 3),
                same_part=st.booleans(),
                host_only=st.booleans(),
                first_day_counts=st.booleans(),
            ),
            max_size=8,
        ),
        offset=st.integers(0, 90),
        repairs=st.integers(0, 3),
        in_host=st.booleans(),
        covered=st.one_of(st.none(), st.integers(0, 90)),
    )
    @settings(max_examples=150, deadline=None)
    def test_one_right_a_remedy_that_some_row_gives_and_none_gives_longer(
        self, rows, offset, repairs, in_host, covered
    ):
        on = self.SOLD + timedelta(days=offset)
        until = None if covered is None else self.SOLD + timedelta(days=covered)
        fault = self._fault(
            on,
            covered_until=until,
            repairs=repairs,
            repairs_of_part=repairs // 2,
            in_host=in_host,
        )
        rights = guarantee.rights(rows, fault)
        alone = [right for row in rows for right in guarantee.rights([row], fault)]
        self.assertEqual(
            {right.remedy: right.date_end for right in rights},
            {
                remedy: max(r.date_end for r in alone if r.remedy == remedy)
                for remedy in {right.remedy for right in alone}
            },
        )
        self.assertTrue(all(right.date_end >= on for right in rights))


@tagged("post_install", "-at_install")
class TestCoverageForLife(BaseCase):
    @rules("CF-32", "WAR-24")
    def test_an_exclusion_wins_over_a_term_and_changes_nothing_else(self):
        terms = {"X": coverage.Term("X", 12)}
        proofs = coverage.Proofs(invoice=date(2026, 3, 2))
        found = coverage.Exclusion(7, "WAR-24")
        part = coverage.Part("X")
        answer = coverage.warranty(part, terms, proofs, date(2026, 4, 1), found)
        self.assertEqual(
            (answer.verdict, answer.reason, answer.rule, answer.inputs),
            ("chargeable", "excluded", "WAR-24", {"exclusion_id": 7}),
        )
        late = coverage.warranty(part, terms, proofs, date(2028, 4, 1), found)
        self.assertEqual(late.reason, "expired")

    @given(
        start=st.dates(date(2010, 1, 1), date(2030, 12, 31)),
        months=st.integers(1, 60),
        onsite=st.integers(0, 60),
        lifetime=st.booleans(),
        offset=st.integers(0, 6000),
    )
    @settings(max_examples=100, deadline=None)
    def test_for_life_is_covered_on_every_day_from_the_first(
        self, start, months, onsite, lifetime, offset
    ):
        term = coverage.Term("X", months, lifetime=lifetime, onsite_months=onsite)
        on = start + timedelta(days=offset)
        answer = coverage.warranty(
            coverage.Part("X"), {"X": term}, coverage.Proofs(invoice=start), on
        )
        end = coverage.last_day(start, months)
        self.assertEqual(answer.verdict == "warranty", lifetime or on <= end)
        self.assertEqual(answer.date_end is None, lifetime and on > end)
        self.assertEqual(answer.onsite_end, coverage.last_day(start, onsite or months))

    @rules("WAR-02", "CF-34", "WAR-26", "WAR-33")
    def test_each_start_basis_counts_from_its_own_proof(self):
        proofs = coverage.Proofs(
            *(date(2026, month, 5) for month in range(1, 7)),
        )
        starts = {
            basis: coverage.start_date(basis, proofs) for basis in coverage.START_BASES
        }
        self.assertEqual(
            starts,
            {
                "sale": (date(2026, 1, 5), "invoice"),
                "invoice": (date(2026, 1, 5), "invoice"),
                "certificate": (date(2026, 2, 5), "certificate"),
                "factory_month": (date(2026, 3, 31), "factory_month"),
                "acceptance": (date(2026, 4, 5), "acceptance"),
                "installation": (date(2026, 5, 5), "installation"),
                "signing": (date(2026, 6, 5), "signing"),
            },
        )
