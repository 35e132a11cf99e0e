# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import Counter, defaultdict

from odoo import api, fields, models, modules
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tools import format_date
from odoo.tools.misc import split_every

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import identity_exact

from ..tools import periods

# Chatter of thousands of invoices is the largest single cost of a run, and the
# subledger tells where each line comes from.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
}


class ServiceBillingRun(models.Model):
    """One month's bills of one company's care plans.

    A run bills every period of a plan that begins up to the end of its month and
    is not billed yet, so a period that was missed is caught up. It works in
    slices of contracts, each its own transaction: killed at any time it goes on
    where it stopped. Pressing the button twice bills nothing twice.
    """

    _name = "service.billing.run"
    _description = "Billing Run"
    _inherit = ["service.document.mixin", "mail.thread"]
    _transitions = {
        "draft": {"running"},
        "running": {"running", "done"},
        "done": {"running"},
    }
    _order = "period desc, id desc"
    _check_company_auto = True
    _guarded_fields = frozenset({"state", "mode", "contract_total"})

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    period = fields.Date(
        string="Month",
        required=True,
        default=lambda self: self.env.company._service_today().replace(day=1),
        help="Any day of the month; it is stored as the first.",
    )
    date_invoice = fields.Date(
        string="Invoice date",
        required=True,
        default=lambda self: self.env.company._service_today(),
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Running"), ("done", "Done")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    mode = fields.Selection(
        selection=[("queue", "In the background"), ("now", "At once")],
        readonly=True,
        copy=False,
    )
    slice_size = fields.Integer(
        default=500, required=True, help="Contracts in one transaction."
    )
    contract_total = fields.Integer(
        string="Contracts due", readonly=True, copy=False, help="When the run started."
    )
    line_ids = fields.One2many(
        comodel_name="service.billing.line", inverse_name="run_id", readonly=True
    )
    preview_ids = fields.One2many(
        comodel_name="service.billing.preview", inverse_name="run_id", readonly=True
    )
    posted_count = fields.Integer(string="Billed", compute="_compute_totals")
    parked_count = fields.Integer(string="Parked", compute="_compute_totals")
    invoice_count = fields.Integer(string="Invoices", compute="_compute_totals")
    progress = fields.Float(compute="_compute_totals", help="Percent of the contracts.")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    amount_total = fields.Monetary(
        string="Untaxed total",
        compute="_compute_totals",
        currency_field="company_currency_id",
    )

    _period_uniq = models.UniqueIndex(
        "(company_id, period)",
        "This month has its billing run already: open it and run it again. Only what "
        "is not billed yet will be billed.",
    )
    _period_first_day = models.Constraint(
        "CHECK (EXTRACT(DAY FROM period) = 1)", "A month is stored as its first day."
    )
    _slice_size_positive = models.Constraint(
        "CHECK (slice_size > 0)", "A slice has at least one contract."
    )

    # === Computes ===

    @api.depends("period")
    def _compute_name(self):
        for run in self:
            run.name = f"{run.period:%Y-%m}" if run.period else ""

    def _compute_totals(self):
        lines = self.env["service.billing.line"]
        groups = defaultdict(lambda: (0, 0, 0, 0.0))
        for run, state, count, contracts, moves, amount in lines._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state"],
            [
                "__count",
                "contract_id:count_distinct",
                "move_id:count_distinct",
                "amount_company:sum",
            ],
        ):
            groups[run.id, state] = (count, contracts, moves, amount)
        for run in self:
            count, contracts, moves, amount = map(
                sum,
                zip(groups[run.id, "posted"], groups[run.id, "credited"], strict=True),
            )
            run.posted_count = count
            run.invoice_count = moves
            run.amount_total = amount
            run.parked_count = groups[run.id, "parked"][0]
            handled = contracts + groups[run.id, "parked"][1]
            total = max(run.contract_total, handled)
            run.progress = 100.0 * handled / total if total else 0.0

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalise_period(vals)
        return super().create(vals_list)

    def write(self, vals):
        if {"period", "company_id"} & vals.keys() and self._has_lines():
            raise UserError(
                self.env._("The month of a run that has billed something is fixed.")
            )
        return super().write(self._normalise_period(vals))

    @api.model
    def _normalise_period(self, vals):
        if vals.get("period"):
            vals["period"] = fields.Date.to_date(vals["period"]).replace(day=1)
        return vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_empty(self):
        if self._has_lines():
            raise UserError(self.env._("A run that has billed something stays."))

    def _has_lines(self) -> bool:
        """Asked of the database: a run may have a million lines."""
        domain = [("run_id", "in", self.ids)]
        return bool(self.env["service.billing.line"].search_count(domain, limit=1))

    # === Actions ===

    def action_preview(self):
        """Dry run: what would be billed, and what would be parked. Writes no bill."""
        self.ensure_one()
        self.check_access("write")
        # sudo: previews are written by the machine only
        previews = self.env["service.billing.preview"].sudo()
        previews.search([("run_id", "=", self.id)]).unlink()
        self._preview(self._get_due_contracts())
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_billing_preview"
            ),
            "domain": [("run_id", "=", self.id)],
        }

    def action_run(self):
        """Bill in the background, slice by slice, on as many workers as there are."""
        self.check_access("write")
        for run in self:
            run._start("queue")
            run.with_delay(
                channel="root.billing",
                identity_key=identity_exact,
                description=self.env._("Billing %s: operators", run.name),
            )._job_bill_operators()
            run.with_delay(
                channel="root.billing",
                priority=20,
                identity_key=identity_exact,
                description=self.env._("Billing %s: finish", run.name),
            )._job_finish()
            for ids in run._cut_slices():
                run.with_delay(
                    channel="root.billing",
                    identity_key=identity_exact,
                    description=self.env._(
                        "Billing %(run)s: %(count)s contracts",
                        run=run.name,
                        count=len(ids),
                    ),
                )._job_bill_slice(ids)
        return True

    def action_run_now(self):
        """Bill at once, without a job runner; each slice is committed."""
        self.check_access("write")
        for run in self:
            run._start("now")
            run._run_slices()
        return True

    def action_retry_parked(self):
        """Bill everything that is parked in these runs again, say what stays parked."""
        self.check_access("write")
        for run in self:
            parked = run._get_parked()
            for ids in split_every(run.slice_size, parked.contract_id.ids, list):
                run._bill_slice(ids)
                run._commit(len(ids))
        still = self._get_parked()
        return still._tell_parked() if still else True

    def _get_parked(self):
        return self.env["service.billing.line"].search(
            [("run_id", "in", self.ids), ("state", "=", "parked")]
        )

    def action_view_lines(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_billing_line"
            ),
            "domain": [("run_id", "=", self.id)],
            "context": {},
        }

    def action_view_parked(self):
        return {
            **self.action_view_lines(),
            "context": {"search_default_parked": 1, "care_parked": 1},
        }

    def action_view_invoices(self):
        self.ensure_one()
        groups = self.env["service.billing.line"]._read_group(
            [("run_id", "=", self.id), ("move_id", "!=", False)], ["move_id"]
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "account.action_move_out_invoice_type"
            ),
            "domain": [("id", "in", [move.id for (move,) in groups])],
            "context": {"default_move_type": "out_invoice", "create": False},
        }

    # === Run ===

    def _start(self, mode):
        self.ensure_one()
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        if not journal:
            # One plain sentence instead of a parked row for every contract
            raise UserError(
                self.env._(
                    "Company %s has no sales journal. An accounting manager creates one "
                    "under Invoicing, Configuration, Journals.",
                    self.company_id.name,
                )
            )
        self._transition("running")
        [(billed,)] = self.env["service.billing.line"]._read_group(
            [("run_id", "=", self.id), ("move_id", "!=", False)],
            aggregates=["contract_id:count_distinct"],
        )
        self._set_guarded(
            {"mode": mode, "contract_total": self._count_due_contracts() + billed}
        )
        self._commit(0)

    def _run_slices(self):
        """Bill what is due in slices of one transaction each."""
        self.ensure_one()
        for ids in self._cut_slices():
            self._bill_slice(ids)
            if not self._commit(len(ids)):
                return
        if not self._is_billed():
            return  # held by another runner; the hourly job looks again
        self._transition("done")
        self._commit(0)

    def _commit(self, processed):
        """Keep what is done; returns the seconds left to a cron."""
        if modules.module.current_test and not self.env.context.get(
            "ir_cron_progress_id"
        ):
            self.env.flush_all()
            return float("inf")
        left = self.env["ir.cron"]._commit_progress(processed)
        # memory stays flat however many slices there are
        self.env.invalidate_all()
        return left

    def _job_bill_slice(self, contract_ids):
        """Job: one slice, one transaction."""
        self._bill_slice(contract_ids)

    def _job_bill_operators(self):
        """Job: the operators' subscribers, one transaction for each operator."""
        self._bill_operators()

    def _job_finish(self):
        """Job: close the run when no slice is left."""
        self.ensure_one()
        if self.state != "running":
            return
        if not self._is_billed():
            raise RetryableJobError("Bills are left", seconds=30, ignore_retry=True)
        self._transition("done")

    # === Due ===

    def _get_charges(self, contracts) -> dict:
        """Contract → [(contract line, Period)] not billed up to the month's end."""
        until = periods.month_end(self.period)
        lines = contracts.contract_line_ids.filtered(
            lambda line: not line.is_canceled and not line.display_type
        )
        since = min(
            (line.last_date_invoiced or line.date_start for line in lines),
            default=until,
        )
        # sudo: the subledger is the machine's
        rows = (
            self.env["service.billing.line"]
            .sudo()
            .search_fetch(
                [
                    ("contract_line_id", "in", lines.ids),
                    ("state", "!=", "parked"),
                    ("period_start", ">=", since),
                ],
                ["contract_line_id", "period_start"],
            )
        )
        billed = {(row.contract_line_id.id, row.period_start) for row in rows}
        charges = {contract: [] for contract in contracts}
        for line in lines:
            contract = line.contract_id
            charges[contract] += [
                (line, period)
                for period in periods.periods_due(
                    line.date_start,
                    until,
                    line._get_period_months() or 1,
                    after=line.last_date_invoiced or None,
                    last_day=line.date_end or None,
                    pauses=contract.suspension_ids._as_pauses(),
                )
                if (line.id, period.start) not in billed
            ]
        return charges

    def _get_billing_problems(self, contracts) -> dict:
        """Contract → why it cannot be billed, and who mends it. Others are missing."""
        self.ensure_one()
        problems = {}
        for contract in contracts:
            plan = contract.plan_id
            lines = contract._get_plan_line()
            if not lines:
                problem = self.env._(
                    "The contract has no line to bill. A service manager adds the "
                    "plan's line again."
                )
            elif not lines.product_id.active:
                problem = self.env._(
                    "Product %s is archived. Finance restores it or changes the "
                    "contract's line.",
                    lines.product_id.display_name,
                )
            elif not contract.invoice_partner_id.active:
                problem = self.env._(
                    "Nobody pays: the invoicing contact is missing or archived. A "
                    "service manager sets one."
                )
            elif contract.currency_id != plan.currency_id:
                problem = self.env._(
                    "The fee of plan %(plan)s is in %(fee)s, the contract in "
                    "%(currency)s. A service manager aligns them.",
                    plan=plan.name,
                    fee=plan.currency_id.name,
                    currency=contract.currency_id.name,
                )
            elif lines.price_subtotal < 0:
                problem = self.env._(
                    "The price is negative. Finance corrects the contract's line."
                )
            else:
                continue
            problems[contract] = problem
        return problems

    # === Bill ===

    def _bill_slice(self, contract_ids):
        """Bill these contracts in the current transaction.

        A contract that cannot be billed is parked with its reason; the others
        are billed. Contracts locked by another runner are left to it.
        """
        self.ensure_one()
        run = self.with_company(self.company_id).with_context(**QUIET)
        contracts = run.env["contract.contract"].browse(contract_ids).exists()
        contracts = contracts.try_lock_for_update()
        charges = run._get_charges(contracts)
        problems = run._get_billing_problems(contracts)
        for contract, problem in problems.items():
            run._park(contract, charges.pop(contract), problem)
        run._bill_charges({key: value for key, value in charges.items() if value})

    def _bill_charges(self, charges):
        """All at once; what core refuses is halved until the bad contract is alone.

        The contracts of one payer are parted last: they share a bill.
        """
        if not charges:
            return
        try:
            with self.env.cr.savepoint():
                self._post_charges(charges)
                # recomputations and constraints belong to the same attempt
                self.env.flush_all()
            return
        except (UserError, RedirectWarning) as error:
            if len(charges) == 1:
                [(contract, rows)] = charges.items()
                self._park(contract, rows, self._get_reason(error))
                return
        payers = defaultdict(list)
        for contract in charges:
            payers[contract.invoice_partner_id].append(contract)
        bills = list(payers.values()) if len(payers) > 1 else [[one] for one in charges]
        half = len(bills) // 2
        for part in (bills[:half], bills[half:]):
            self._bill_charges(
                {contract: charges[contract] for bill in part for contract in bill}
            )

    @api.model
    def _get_reason(self, error):
        message = error.args[0] if error.args else error
        return self.env._("%s Finance mends it.", str(message).strip())

    def _post_charges(self, charges):
        """Write the subledger, create the invoices and post them."""
        lines = self._write_billing_lines(charges)
        vals_list = self._prepare_invoices_vals(charges, lines)
        moves = self.env["account.move"]._create_alike(
            vals_list, self._get_invoice_shapes(vals_list)
        )
        ranks = Counter()
        moves.with_context(
            # what core would synchronise at posting it has just worked out
            skip_invoice_sync=True,
            check_move_validity=False,
            service_number_formats={},
            service_customer_ranks=ranks,
        )._post(soft=False)
        self.env["res.partner"]._raise_customer_ranks(ranks)
        for move in moves:
            for item in move.invoice_line_ids.filtered("service_billing_line_id"):
                # sudo: the subledger is written by the machine only
                item.service_billing_line_id.sudo().write(
                    self._prepare_posted_vals(item)
                )
        self._move_contracts_on(charges)

    def _get_invoice_shapes(self, vals_list) -> list:
        """For each invoice what decides about its journal items in core.

        Its values but the names and origins, and of its payer whatever core looks
        at: fiscal position (given, or found by address and tax number), accounts,
        payment terms, language of the tax lines. A localisation that looks at more
        adds it here.
        """
        own = ("partner_id", "ref", "invoice_origin", "invoice_line_ids")
        own_line = ("name", "contract_line_id", "service_billing_line_id")
        partners = self.env["res.partner"].browse(
            {vals["partner_id"] for vals in vals_list}
        )
        payers = {partner.id: self._get_payer_shape(partner) for partner in partners}
        return [
            (
                payers[vals["partner_id"]],
                repr(sorted((k, v) for k, v in vals.items() if k not in own)),
                repr(
                    [
                        sorted((k, v) for k, v in line.items() if k not in own_line)
                        for _command, _id, line in vals["invoice_line_ids"]
                    ]
                ),
            )
            for vals in vals_list
        ]

    @api.model
    def _get_payer_shape(self, partner) -> tuple:
        delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
        commercial = partner.commercial_partner_id
        return (
            partner.lang,
            partner.property_payment_term_id.id,
            commercial.property_account_receivable_id.id,
            *(
                (
                    row.property_account_position_id.id,
                    row.country_id.id,
                    row.state_id.id,
                    row.zip,
                    row.vat,
                )
                for row in (partner, delivery)
            ),
        )

    def _write_billing_lines(self, charges) -> dict:
        """(contract line, period start) → its subledger row, new or parked before."""
        # sudo: the subledger is written by the machine only
        model = self.env["service.billing.line"].sudo()
        contract_lines = [line.id for rows in charges.values() for line, _p in rows]
        known = {
            (row.contract_line_id.id, row.period_start): row
            for row in model.search(
                [("contract_line_id", "in", contract_lines), ("state", "=", "parked")]
            )
        }
        missing = []
        for contract, rows in charges.items():
            for line, period in rows:
                row = known.get((line.id, period.start))
                vals = self._prepare_billing_line_vals(contract, line, period)
                if row:
                    row.write(vals)
                else:
                    missing.append(vals)
        for row in model.create(missing):
            known[row.contract_line_id.id, row.period_start] = row
        return known

    def _prepare_billing_line_vals(self, contract, line, period):
        return {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "contract_id": contract.id,
            "contract_line_id": line.id,
            "partner_id": contract.partner_id.id,
            "plan_id": (line.plan_id or contract.plan_id).id,
            "period_start": period.start,
            "period_end": period.end,
            "currency_id": contract.currency_id.id,
            "amount": line.price_subtotal * period.share,
            "state": "rated",
            "parked_reason": False,
        }

    @api.model
    def _prepare_posted_vals(self, item):
        """What a posted invoice line tells its subledger row."""
        return {
            "state": "posted",
            "move_id": item.move_id.id,
            "amount": item.price_subtotal,
            "amount_company": -item.balance,
        }

    def _get_invoice_key(self, contract):
        """Contracts with the same key share one invoice."""
        return (
            contract.invoice_partner_id,
            contract.currency_id,
            contract.journal_id,
            contract.fiscal_position_id,
            contract.payment_term_id,
        )

    def _prepare_invoices_vals(self, charges, lines):
        """One invoice per payer, with period, plan and origin on every line."""
        groups = defaultdict(list)
        for contract in charges:
            groups[self._get_invoice_key(contract)].append(contract)
        vals_list = []
        for contracts in groups.values():
            vals = contracts[0]._prepare_invoice(self.date_invoice)
            vals["ref"] = ", ".join(contract.code or "" for contract in contracts)
            vals["invoice_origin"] = vals["ref"]
            vals["invoice_line_ids"] = [
                Command.create(
                    self._prepare_invoice_line_vals(
                        line, period, lines[line.id, period.start]
                    )
                )
                for contract in contracts
                for line, period in charges[contract]
            ]
            vals_list.append(vals)
        return vals_list

    @api.model
    def _prepare_invoice_line_vals(self, line, period, billing_line):
        contract = line.contract_id
        env = self.with_context(lang=contract.invoice_partner_id.lang).env
        return {
            "display_type": "product",
            "product_id": line.product_id.id,
            "product_uom_id": line.uom_id.id,
            "quantity": line.quantity,
            # a period cut by the contract's end is prorated to the day
            "price_unit": line.price_unit
            if period.share == 1.0
            else contract.currency_id.round(line.price_unit * period.share),
            "discount": line.discount,
            "analytic_distribution": line.analytic_distribution,
            "contract_line_id": line.id,
            "service_billing_line_id": billing_line.id,
            # CON-20: where every fee comes from
            "name": env._(
                "%(plan)s, %(start)s to %(end)s, contract %(contract)s",
                plan=line.name,
                start=format_date(env, period.start),
                end=format_date(env, period.end),
                contract=contract.code or contract.name,
            ),
        }

    def _move_contracts_on(self, charges):
        """Tell the contracts how far they are billed, and that they are well again."""
        by_end = defaultdict(lambda: self.env["contract.line"])
        for rows in charges.values():
            last = {}
            for line, period in rows:
                last[line] = max(period.end, last.get(line, period.end))
            for line, end in last.items():
                by_end[end] |= line
        for end, lines in by_end.items():
            # sudo: who bills need not be allowed to edit contracts
            lines.sudo().write({"last_date_invoiced": end})
        contracts = self.env["contract.contract"].concat(*charges).sudo()
        mended = contracts.filtered(lambda contract: contract.state == "parked")
        mended._transition("active")
        mended.write({"parked_reason": False})
        # the place holder of a contract that had no line has served;
        # sudo: the subledger is written by the machine only
        self.env["service.billing.line"].sudo().search(
            [("contract_id", "in", contracts.ids), ("contract_line_id", "=", False)]
        ).unlink()

    def _park(self, contract, charges, reason):
        """Set a contract aside with a plain reason; its neighbours are not touched."""
        # sudo: the subledger is written by the machine only
        model = self.env["service.billing.line"].sudo()
        if charges:
            rows = self._write_billing_lines({contract: charges})
            rows = model.concat(
                *(rows[line.id, period.start] for line, period in charges)
            )
        else:
            rows = model.search(
                [
                    ("contract_id", "=", contract.id),
                    ("contract_line_id", "=", False),
                    ("period_start", "=", self.period),
                ]
            ) or model.create(self._prepare_lineless_vals(contract))
        rows.write({"state": "parked", "parked_reason": reason})
        # sudo: who bills need not be allowed to edit contracts
        contract = contract.sudo()
        if contract.state == "active":
            contract._transition("parked")
        contract.write({"parked_reason": reason})

    def _prepare_lineless_vals(self, contract):
        return {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "contract_id": contract.id,
            "partner_id": contract.partner_id.id,
            "plan_id": contract.plan_id.id,
            "period_start": self.period,
            "period_end": periods.month_end(self.period),
            "currency_id": contract.currency_id.id,
            "state": "parked",
        }

    def _preview(self, contracts):
        """Write what would be billed of these contracts, and what would be parked."""
        problems = self._get_billing_problems(contracts)
        charges = self._get_charges(contracts)
        # sudo: previews are written by the machine only
        self.env["service.billing.preview"].sudo().create(
            [
                self._prepare_preview_vals(contract, line, period, problems)
                for contract in contracts
                for line, period in charges[contract]
                or [(self.env["contract.line"], None)]
                if period or contract in problems
            ]
        )

    def _prepare_preview_vals(self, contract, line, period, problems):
        return {
            "run_id": self.id,
            "contract_id": contract.id,
            "period_start": period.start if period else self.period,
            "period_end": period.end if period else periods.month_end(self.period),
            "currency_id": contract.currency_id.id,
            "amount": line.price_subtotal * (period.share if period else 1.0),
            "problem": problems.get(contract, False),
        }

    # === Cron ===

    @api.model
    def _cron_resume_runs(self):
        """Go on with runs that were started at once and then killed."""
        for run in self.search([("state", "=", "running"), ("mode", "=", "now")]):
            run._run_slices()
