# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from unittest import mock

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.after_sales_service.tests.common import rules
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import CareCommon


@tagged("post_install", "-at_install")
class TestBilling(CareCommon):
    def _bill(self, **vals):
        run = self._create_run(**vals)
        run.action_run_now()
        return run

    @rules("CON-20")
    def test_the_month_is_billed_and_posted(self):
        run = self._bill()
        move = run.line_ids.move_id
        self.assertEqual(run.state, "done")
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.partner_id, self.customer)
        self.assertEqual(move.amount_untaxed, 10.0)
        self.assertEqual(move.invoice_origin, self.contract.code)
        item = move.invoice_line_ids
        for part in ("Broadband Care", "11/01/2026", "11/30/2026", self.contract.code):
            self.assertIn(part, item.name)
        self.assertEqual(item.contract_line_id, self.contract.contract_line_ids)
        self.assertEqual(item.service_billing_line_id.contract_id, self.contract)
        self.assertEqual(run.line_ids.amount, 10.0)
        self.assertEqual(run.amount_total, 10.0)
        self.assertEqual(run.progress, 100.0)
        self.assertEqual(str(self.contract.billed_through), "2026-11-30")
        self.assertEqual(str(self.contract.recurring_next_date), "2026-12-01")
        self.assertIn(move, self.contract._get_related_invoices())

    def test_twin_of_the_invoice_core_makes(self):
        """Whatever is quick about a run, the books are core's."""
        tax = self.env["account.tax"].create(
            {"name": "6 %", "amount": 6.0, "price_include_override": "tax_included"}
        )
        self.care_product.taxes_id = tax
        self.contract.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half now, half later",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": 30}
                    ),
                ],
            }
        )
        run = self._bill()
        ours = run.line_ids.move_id
        item = ours.invoice_line_ids
        twin = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": run.date_invoice,
                "invoice_payment_term_id": self.contract.payment_term_id.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.care_product.id,
                            "name": item.name,
                            "quantity": 1.0,
                            "price_unit": 10.0,
                        }
                    )
                ],
            }
        )
        twin.action_post()
        self.assertEqual(self._stored(ours), self._stored(twin))
        self.assertEqual(len(ours.line_ids), 4)
        self.assertEqual(run.line_ids.amount, 9.43)
        self.assertEqual(run.line_ids.amount_company, 9.43)

    def _stored(self, move):
        """The stored columns of the journal items that make up the books."""
        self.env.flush_all()
        technical = {
            "id",
            "move_id",
            "move_name",
            "name",
            "ref",
            "create_date",
            "write_date",
            "create_uid",
            "write_uid",
            "contract_line_id",
            "service_billing_line_id",
            "sequence",
        }
        self.env.cr.execute(
            "SELECT * FROM account_move_line WHERE move_id = %s ORDER BY display_type, "
            "balance, date_maturity",
            [move.id],
        )
        return [
            {key: value for key, value in row.items() if key not in technical}
            for row in self.env.cr.dictfetchall()
        ]

    def test_customers_are_ranked_as_core_does(self):
        """Who is new at once, who is known when the slice is committed."""
        new, known = self._create_subscribers(2)
        known.partner_id.customer_rank = 3
        self.env.flush_all()
        statements = []
        cr = type(self.env.cr)
        execute = cr.execute

        def counted(cursor, query, *args, **kwargs):
            if "UPDATE res_partner" in str(getattr(query, "code", query)):
                statements.append(query)
            return execute(cursor, query, *args, **kwargs)

        self.env.cr.postcommit.clear()
        with mock.patch.object(cr, "execute", counted):
            self._create_run()._bill_slice((new + known).ids)
            self.assertEqual(new.partner_id.customer_rank, 1)
            self.assertEqual(known.partner_id.customer_rank, 3)
            with self.enter_registry_test_mode():
                self.env.cr.postcommit.run()
        known.partner_id.invalidate_recordset()
        self.assertEqual(known.partner_id.customer_rank, 4)
        self.assertEqual(len(statements), 2)

    def test_same_month_twice_bills_nothing_twice(self):
        run = self._bill()
        lines = run.line_ids
        run.action_run_now()
        run.action_run_now()
        self.assertEqual(run.line_ids, lines)
        self.assertEqual(len(lines.move_id), 1)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            self._create_run(period="2026-11-17")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            lines.sudo().create(
                run._prepare_billing_line_vals(
                    self.contract,
                    self.contract.contract_line_ids,
                    self.contract._get_plan_period(run.period),
                )
            )

    def test_a_billed_period_stays_as_it_is(self):
        """Not even the machine's own hand changes what is posted."""
        run = self._bill()
        row = run.line_ids.sudo()
        for vals in (
            {"period_end": "2026-12-31"},
            {"period_start": "2026-10-01"},
            {"amount": 1.0},
            {"move_id": False},
        ):
            with self.assertRaisesRegex(UserError, "finance makes a credit note"):
                row.write(vals)
        with self.assertRaisesRegex(UserError, "never deleted"):
            row.unlink()
        with self.assertRaisesRegex(UserError, "is fixed"):
            run.period = "2026-12-01"
        with self.assertRaises(UserError):
            run.sudo().unlink()
        self.assertEqual((str(row.period_end), row.amount), ("2026-11-30", 10.0))

    def test_a_posted_bill_is_not_drafted_again(self):
        """In draft its lines could be changed behind the subledger's back."""
        self._create_subscribers(1, payer="operator", operator_id=self.operator.id)
        run = self._bill()
        moves = run.line_ids.move_id.with_user(self.finance)
        self.assertEqual(len(moves), 2, "the customer's and the operator's")
        for move in moves:
            with self.assertRaisesRegex(
                UserError, "holds billed periods of care plans"
            ):
                move.button_draft()
            with self.assertRaisesRegex(
                UserError, "holds billed periods of care plans"
            ):
                move.button_cancel()
            self.assertEqual(move.state, "posted")
        self.contract.with_user(self.manager)._end_early(
            self.company._service_today(), "Moved away"
        )
        note = self.contract.billing_line_ids.invoice_line_ids.move_id - moves
        with self.assertRaisesRegex(UserError, note.name):
            note.with_user(self.finance).button_draft()

    def test_price_in_another_currency_is_parked(self):
        """The contract was in order when it began; somebody changed its currency."""
        currency = self.env["res.currency"].create(
            {"name": "XTA", "symbol": "X", "rate_ids": [Command.create({"rate": 2.0})]}
        )
        good = self._create_subscribers(1)
        bad = self._create_subscribers(1)
        bad.currency_id = currency
        self._bill()
        self.assertEqual((good.state, bad.state), ("active", "parked"))
        for part in ("XTA", self.company.currency_id.name, "service manager"):
            self.assertIn(part, bad.parked_reason)
        self.assertFalse(bad.billing_line_ids.move_id)
        notice = bad.billing_line_ids.with_user(self.finance).action_retry()
        self.assertIn("service manager", notice["params"]["message"])
        bad.currency_id = self.company.currency_id
        self.assertIs(bad.billing_line_ids.with_user(self.finance).action_retry(), True)
        self.assertEqual(bad.billing_line_ids.state, "posted")

    def test_forgotten_next_date_is_not_billed_again(self):
        """Somebody puts OCA's date back: the subledger still knows."""
        run = self._bill()
        self.contract.contract_line_ids.last_date_invoiced = False
        self.assertTrue(self.contract.recurring_next_date <= run.period)
        run.action_run_now()
        self.assertEqual(len(run.line_ids), 1)

    def test_only_billing_says_how_far_it_billed(self):
        self._bill()
        line = self.contract.contract_line_ids.with_user(self.manager)
        billed = line.last_date_invoiced
        for day in (False, "2027-12-31"):
            with self.assertRaisesRegex(AccessError, "billing only"):
                line.last_date_invoiced = day
        with self.assertRaisesRegex(AccessError, "billing only"):
            line.copy(
                {
                    "last_date_invoiced": "2027-12-31",
                    "recurring_next_date": "2028-01-01",
                }
            )
        self.assertEqual(line.last_date_invoiced, billed)
        line.quantity = 2

    def test_missed_months_are_caught_up(self):
        contract = self._create_contract(date_start="2026-08-31")
        contract.action_activate()
        self._bill()
        self.assertEqual(
            contract.billing_line_ids.sorted("period_start").mapped(
                lambda line: f"{line.period_start} {line.period_end}"
            ),
            [
                "2026-08-31 2026-09-29",
                "2026-09-30 2026-10-30",
                "2026-10-31 2026-11-29",
                "2026-11-30 2026-12-30",
            ],
        )
        move = contract.billing_line_ids.move_id
        self.assertEqual(len(move), 1)
        # one invoice per customer: his other contract stands on it too
        self.assertEqual(move, self.contract.billing_line_ids.move_id)
        self.assertEqual(move.amount_untaxed, 50.0)

    def test_suspended_months_are_not_billed(self):
        self._bill()
        self._pass_time(days=5)  # 25 November
        self.contract.action_suspend()
        self._pass_time(days=40)  # 4 January
        self._bill(period="2026-12-01")
        self._bill(period="2027-01-01")
        self.assertEqual(len(self.contract.billing_line_ids), 1)
        self.contract.action_resume()
        self._pass_time(days=31)
        self._bill(period="2027-02-01")
        self.assertEqual(
            sorted(map(str, self.contract.billing_line_ids.mapped("period_start"))),
            ["2026-11-01", "2027-02-01"],
        )

    def test_a_period_that_began_in_a_suspension_is_given_back(self):
        """The bill of the month was made before the customer asked to rest."""
        contract = self._create_contract(date_start="2026-10-25")
        contract.action_activate()
        self._bill()  # October's and, in advance, that of 25 November
        self._pass_time(days=1)  # 21 November
        contract.action_suspend()
        self._pass_time(days=9)  # 30 November
        self.assertEqual(
            set(contract.billing_line_ids.mapped("amount_credited")), {0.0}
        )
        contract.action_resume()
        rows = contract.billing_line_ids.sorted("period_start")
        self.assertEqual(
            [(row.state, row.amount_credited) for row in rows],
            [("posted", 0.0), ("credited", 10.0)],
        )
        self._bill(period="2026-12-01")
        self.assertEqual(
            sorted(str(row.period_start) for row in contract.billing_line_ids),
            ["2026-10-25", "2026-11-25", "2026-12-25"],
        )

    def test_running_contract_is_not_archived(self):
        with self.assertRaisesRegex(UserError, "no longer be billed"):
            self.contract.active = False
        self.contract.action_end()
        self.contract.active = False

    def test_ended_contract_owes_up_to_its_end(self):
        self._pass_time(days=20)  # 10 December
        self.contract.action_end()
        self.assertEqual(self.contract.state, "ended")
        self._bill(period="2027-01-01")
        self.assertEqual(
            sorted(map(str, self.contract.billing_line_ids.mapped("period_start"))),
            ["2026-11-01", "2026-12-01"],
        )

    def test_bad_contract_is_parked_and_its_neighbours_are_billed(self):
        good = self._create_subscribers(3)
        bad = self._create_subscribers(1)
        bad.invoice_partner_id.active = False
        run = self._bill()
        parked = run.line_ids.filtered(lambda line: line.state == "parked")
        self.assertEqual(parked.contract_id, bad)
        self.assertIn("Nobody pays", parked.parked_reason)
        self.assertIn("service manager", parked.parked_reason)
        self.assertEqual(bad.state, "parked")
        self.assertEqual(bad.parked_reason, parked.parked_reason)
        self.assertEqual(run.state, "done")
        self.assertEqual((run.posted_count, run.parked_count), (4, 1))
        self.assertEqual(set(good.billing_line_ids.mapped("state")), {"posted"})
        bad.invoice_partner_id.active = True
        parked.with_user(self.finance).action_retry()
        self.assertEqual(parked.state, "posted")
        self.assertEqual(bad.state, "active")
        self.assertFalse(bad.parked_reason)
        self.assertEqual(parked.move_id.state, "posted")

    def test_what_core_refuses_is_parked_with_its_words(self):
        good = self._create_subscribers(3)
        bad = self._create_subscribers(1)
        account = self.env["account.account"].search(
            [("account_type", "=", "asset_receivable")], limit=1
        )
        archived = account.copy({"active": False})
        bad.partner_id.property_account_receivable_id = archived
        run = self._bill()
        self.assertEqual(bad.state, "parked")
        self.assertIn("Finance mends it", bad.parked_reason)
        self.assertIn(archived.name, bad.parked_reason)
        self.assertEqual(set(good.billing_line_ids.mapped("state")), {"posted"})
        self.assertFalse(
            self.env["account.move"].search([("partner_id", "=", bad.partner_id.id)]),
            "nothing half done",
        )
        told = run.action_retry_parked()["params"]
        self.assertEqual(told["title"], "Still parked: 1")
        self.assertIn(archived.name, told["message"])
        bad.partner_id.property_account_receivable_id = account
        self.assertTrue(run.action_retry_parked())
        self.assertEqual(bad.billing_line_ids.state, "posted")

    def test_one_refused_bill_does_not_slow_its_slice(self):
        """Halved until it is alone: of 16 bills 9 attempts, not 17."""
        subscribers = self._create_subscribers(15)
        account = self.env["account.account"].search(
            [("account_type", "=", "asset_receivable")], limit=1
        )
        bad = subscribers[6]
        bad.partner_id.property_account_receivable_id = account.copy({"active": False})
        model = self.registry["service.billing.run"]
        attempts, post = [], model._post_charges

        def counted(run, charges):
            attempts.append(len(charges))
            return post(run, charges)

        with mock.patch.object(model, "_post_charges", counted):
            self._bill()
        self.assertEqual(sorted(attempts), [1, 1, 2, 2, 4, 4, 8, 8, 16])
        self.assertEqual(bad.state, "parked")
        billed = (subscribers - bad).billing_line_ids
        self.assertEqual((len(billed), set(billed.mapped("state"))), (14, {"posted"}))

    def test_contract_that_lost_its_line(self):
        contract = self._create_subscribers(1)
        contract.contract_line_ids.unlink()
        run = self._bill()
        self.assertEqual(contract.state, "parked")
        self.assertIn("no line to bill", contract.parked_reason)
        run.action_run_now()
        self.assertEqual(len(contract.billing_line_ids), 1)
        self.env["contract.line"].create(contract._prepare_plan_line_vals())
        run.action_retry_parked()
        self.assertEqual(contract.billing_line_ids.mapped("state"), ["posted"])

    def test_preview_writes_nothing(self):
        bad = self._create_subscribers(1)
        bad.invoice_partner_id.active = False
        run = self._create_run()
        run.action_preview()
        self.assertEqual(run.state, "draft")
        self.assertFalse(run.line_ids)
        previews = {row.contract_id: row for row in run.preview_ids}
        self.assertEqual(previews[self.contract].amount, 10.0)
        self.assertFalse(previews[self.contract].problem)
        self.assertIn("Nobody pays", previews[bad].problem)
        run.action_preview()
        self.assertEqual(len(run.preview_ids), 2)

    def test_preview_shows_the_operators_subscribers_too(self):
        road = {"payer": "operator", "operator_id": self.operator.id}
        good = self._create_subscribers(2, **road)
        bad = self._create_subscribers(1, **road)
        bad.contract_line_ids.automatic_price = True
        run = self._create_run()
        run.action_preview()
        previews = {row.contract_id: row for row in run.preview_ids}
        self.assertEqual(previews.keys(), {*(good + bad + self.contract)})
        self.assertEqual([previews[one].amount for one in good], [10.0, 10.0])
        self.assertEqual(str(previews[good[0]].period_end), "2026-11-30")
        self.assertIn("Finance sets the price", previews[bad].problem)
        self.assertFalse(run.line_ids)

    def test_no_sales_journal_is_one_sentence(self):
        self.env["account.journal"].search([("type", "=", "sale")]).active = False
        with self.assertRaisesRegex(UserError, "no sales journal"):
            self._bill()

    def test_slices_through_the_queue(self):
        contracts = self.contract + self._create_subscribers(4)
        run = self._create_run(slice_size=2)
        with trap_jobs() as trap:
            run.action_run()
            trap.assert_jobs_count(3, only=run._job_bill_slice)
            trap.assert_jobs_count(1, only=run._job_finish)
            self.assertEqual(run.state, "running")
            self.assertFalse(run.line_ids)
            with self.assertRaises(RetryableJobError):
                run._job_finish()
            slices = [
                job
                for job in trap.enqueued_jobs
                if job.method_name == "_job_bill_slice"
            ]
            slices[0].perform()
            # killed here: whoever goes on bills the rest only
            for job in slices:
                job.perform()
            run._job_finish()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.line_ids.contract_id, contracts)
        self.assertEqual(len(run.line_ids), 5)
        self.assertEqual(run.posted_count, 5)

    def test_interrupted_run_goes_on(self):
        contracts = self.contract + self._create_subscribers(4)
        run = self._create_run(slice_size=2)
        run._start("now")
        run._bill_slice(run._cut_slices()[0])
        self.assertEqual(run.state, "running")
        with self.enter_registry_test_mode():
            self.env.ref("service_contracts.cron_resume_runs").method_direct_trigger()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(run.line_ids), len(contracts))

    def test_one_payer_stays_in_one_slice(self):
        subscribers = self._create_subscribers(3)
        subscribers.invoice_partner_id = subscribers[0].partner_id
        run = self._create_run(slice_size=2)
        slices = run._cut_slices()
        self.assertEqual(sorted(map(len, slices)), [1, 3])
        run.action_run_now()
        self.assertEqual(len(subscribers.billing_line_ids.move_id), 1)

    def test_24_months_add_up(self):
        """Played forward: every month once, the ledger equals the plan's terms."""
        contracts = self.contract + self._create_subscribers(2)
        contracts[1].contract_line_ids.date_end = "2027-06-30"
        contracts[2].invoice_partner_id.active = False
        for month in range(24):
            year, number = 2026 + (10 + month) // 12, (10 + month) % 12 + 1
            run = self._bill(period=f"{year}-{number:02d}-01")
            if month == 5:
                contracts[2].invoice_partner_id.active = True
            run.action_run_now()
        counts = [len(contract.billing_line_ids) for contract in contracts]
        self.assertEqual(counts, [24, 8, 24])
        self.assertEqual(set(contracts.billing_line_ids.mapped("state")), {"posted"})
        billed = sum(contracts.billing_line_ids.mapped("amount_company"))
        self.assertEqual(billed, 560.0)
        ledger = -sum(contracts.billing_line_ids.invoice_line_ids.mapped("balance"))
        self.assertEqual(ledger, 560.0)
        self.assertEqual(
            set(contracts.billing_line_ids.move_id.mapped("state")), {"posted"}
        )

    def test_queries_do_not_grow_with_the_contracts(self):
        """OCA searches twice for each invoice; here nothing is asked for each."""
        subscribers = self._create_subscribers(60)
        run = self._create_run()
        run._start("now")
        run._bill_slice(self.contract.ids)
        self.env.flush_all()
        counts = []
        for batch in (subscribers[:10], subscribers[10:60]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._bill_slice(batch.ids)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        per_invoice = (counts[1] - counts[0]) / 40
        self.assertLess(per_invoice, 0.5, counts)
        self.assertEqual(set(subscribers.partner_id.mapped("customer_rank")), {1})
