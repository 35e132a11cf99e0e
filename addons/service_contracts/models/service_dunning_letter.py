# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tools.misc import split_every

from odoo.addons.base.models.ir_qweb import QWebError

from ..tools import dunning

# How drawing a letter and writing its mail fail: no printer of PDF on the server, a
# template somebody changed, a payer's broken data.
SEND_ERRORS = (UserError, RedirectWarning, QWebError, OSError)
# Letters that are not out yet.
WAITING_STATES = ("to_send", "parked", "to_print")
# Bills one may be reminded of.
OPEN_STATES = ("not_paid", "partial")


class ServiceDunningLetter(models.Model):
    """A reminder to one payer, with the bills it is about; written by the machine.

    It goes out by mail with its PDF; a payer without an address gets it on paper. One
    that cannot be drawn or mailed is parked with the reason and tried again every day;
    until it is out its bills get no further letter. It carries the day on which it goes
    out and what is open then.
    """

    _name = "service.dunning.letter"
    _description = "Reminder"
    _inherit = ["service.document.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "service.dunning.letter"
    _transitions = {
        "to_send": {"sent", "to_print", "parked"},
        "parked": {"sent", "to_print", "printed", "parked"},
        "to_print": {"sent", "printed"},
        "sent": {"sent", "parked"},
        "printed": {"sent"},
    }
    _guarded_fields = frozenset(
        {
            "state",
            "step_id",
            "partner_id",
            "date",
            "line_ids",
            "contract_ids",
            "sent_on",
            "parked_reason",
        }
    )

    name = fields.Char(required=True, readonly=True, default="/", copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    step_id = fields.Many2one(
        comodel_name="service.dunning.step",
        string="Reminder step",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Payer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    email = fields.Char(related="partner_id.email")
    contract_ids = fields.Many2many(
        comodel_name="contract.contract",
        relation="service_dunning_letter_contract_rel",
        column1="letter_id",
        column2="contract_id",
        string="Contracts",
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True)
    suspend_on = fields.Date(
        string="Suspended from",
        compute="_compute_suspend_on",
        help="When the oldest bill will have been overdue for too long.",
    )
    line_ids = fields.One2many(
        comodel_name="service.dunning.line", inverse_name="letter_id", readonly=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    amount = fields.Monetary(compute="_compute_amounts", store=True, help="As told.")
    amount_open = fields.Monetary(
        string="Still open", compute="_compute_amounts_open", compute_sudo=True
    )
    sent_on = fields.Date(readonly=True)
    parked_reason = fields.Char(
        string="Not sent because",
        readonly=True,
        copy=False,
        help="Why it could not be sent, and who mends it.",
    )
    state = fields.Selection(
        selection=[
            ("to_send", "To be sent"),
            ("parked", "Parked"),
            ("to_print", "To be printed"),
            ("sent", "Sent by mail"),
            ("printed", "Sent on paper"),
        ],
        required=True,
        readonly=True,
        default="to_send",
        copy=False,
        tracking=True,
    )

    @api.depends("line_ids.amount")
    def _compute_amounts(self):
        for letter in self:
            letter.amount = sum(letter.line_ids.mapped("amount"))

    @api.depends("line_ids.move_id.amount_residual")
    def _compute_amounts_open(self):
        for letter in self:
            letter.amount_open = sum(letter.line_ids.move_id.mapped("amount_residual"))

    @api.depends("line_ids.date_due", "company_id.care_overdue_days")
    def _compute_suspend_on(self):
        for letter in self:
            days = letter.company_id.care_overdue_days
            oldest = min(filter(None, letter.line_ids.mapped("date_due")), default=None)
            letter.suspend_on = (
                days and oldest and oldest + timedelta(days=days + 1)
            ) or False

    # === Actions ===

    def action_send(self):
        """Send the letters by mail, with their PDF; once more if they were sent before."""
        self._require_group("finance")
        self._check_filled([("email", self.env._("the payer's email address"))])
        self.filtered(lambda letter: letter.state in WAITING_STATES)._check_open()
        failed = self._send()
        if not failed:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "message": "\n".join(
                    f"{letter.name}: {reason}" for letter, reason in failed.items()
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_print(self):
        """The letter on paper; it counts as sent."""
        self._require_group("finance")
        waiting = self.filtered(lambda letter: letter.state in WAITING_STATES)
        waiting._check_open()
        for letter in waiting:
            letter._bring_up_to_date()
            letter._transition(
                "printed",
                sent_on=letter.company_id._service_today(),
                parked_reason=False,
            )
        return self.env.ref("service_contracts.action_report_reminder").report_action(
            self
        )

    def _deliver(self):
        """By mail to who has an address, else on paper."""
        self.filtered("email")._send()
        self.filtered(lambda letter: not letter.email)._transition(
            "to_print", parked_reason=False
        )

    def _send(self) -> dict:
        """Send each letter by mail, or park it; its neighbours are not touched.

        :returns: letter → why it could not be sent
        """
        failed = {}
        for letter in self:
            try:
                with self.env.cr.savepoint():
                    if letter.state in WAITING_STATES:
                        letter._bring_up_to_date()
                    letter.step_id.template_id.send_mail_batch(letter.ids)
                    letter._transition(
                        "sent",
                        sent_on=letter.company_id._service_today(),
                        parked_reason=False,
                    )
            except SEND_ERRORS as error:
                failed[letter] = letter._get_reason(
                    error.args[0] if error.args else error
                )
                if letter.state in ("to_send", "parked"):
                    letter._transition("parked", parked_reason=failed[letter])
        return failed

    def _check_open(self):
        paid = self.filtered(lambda letter: not letter._get_open_lines())
        if paid:
            raise UserError(
                self.env._(
                    "%s: all bills are paid, there is nothing to remind of. Do not "
                    "select it.",
                    ", ".join(paid.mapped("name")),
                )
            )

    def _get_open_lines(self):
        # sudo: whether a bill is paid counts whoever asks
        return self.sudo().line_ids.filtered(
            lambda line: line.move_id.payment_state in OPEN_STATES
        )

    def _bring_up_to_date(self):
        """A letter that waited: the day on which it goes out, and what is open then."""
        self.ensure_one()
        lines = self._get_open_lines()
        # sudo: bills on a letter are written by the machine only
        (self.sudo().line_ids - lines).unlink()
        for line in lines:
            line.amount = line.move_id.amount_residual
        self._set_guarded({"date": self.company_id._service_today()})

    def _park_refused(self, reason):
        """The mail server did not take what was sent: it is not out (see mail.mail)."""
        self.ensure_one()
        if self.state == "sent":
            letter = self.with_context(lang=self.company_id.partner_id.lang)
            letter._transition(
                "parked", sent_on=False, parked_reason=letter._get_reason(reason)
            )

    def _get_reason(self, message):
        return self.env._(
            "%(error)s The administrator mends the printing of PDF on the server or the "
            "mail of step %(step)s; it is tried again every day.",
            error=str(message).strip(),
            step=self.step_id.name,
        )

    # === Cron ===

    @api.model
    def _cron_remind(self, batch_size=50):
        """Write and send the letters that are due, and try the parked ones again.

        The reasons are written in the language of the company, not of the robot.
        """
        moves = self.env["account.move"]
        commit = self.env["ir.cron"]._commit_progress
        parked = self.search(self._get_parked_domain())
        for [company] in self.env["service.plan"]._read_group([], ["company_id"]):
            ladder = self.env["service.dunning.step"]._get_ladder(company)
            if not ladder:
                continue
            domain = self._get_overdue_domain(company, ladder)
            payers = [row[0].id for row in moves._read_group(domain, ["partner_id"])]
            for ids in split_every(batch_size, payers, list):
                self.with_context(lang=company.partner_id.lang)._remind(
                    company, ladder, [("partner_id", "in", ids), *domain]
                )
                if not commit(len(ids)):
                    return
        for letters in split_every(batch_size, parked.ids, self.browse):
            letters = letters.try_lock_for_update()
            for company, rows in letters.grouped("company_id").items():
                rows.with_context(lang=company.partner_id.lang)._deliver()
            if not commit(len(letters)):
                return

    @api.model
    def _get_parked_domain(self) -> list:
        """Letters to try again: what they are about is still open."""
        return [
            ("state", "=", "parked"),
            ("line_ids.move_id.payment_state", "in", OPEN_STATES),
        ]

    @api.model
    def _get_overdue_domain(self, company, ladder) -> list:
        """Bills of care plans that are late enough for the first letter.

        What operators pay for is settled with them, not dunned.
        """
        latest = company._service_today() - timedelta(days=min(ladder.mapped("days")))
        return [
            ("company_id", "=", company.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", OPEN_STATES),
            ("invoice_date_due", "<=", latest),
            (
                "invoice_line_ids",
                "any",
                [
                    ("service_billing_line_id", "!=", False),
                    ("service_billing_line_id.settlement_id", "=", False),
                ],
            ),
        ]

    @api.model
    def _remind(self, company, ladder, domain):
        """Write the letters for these bills: one a payer, step and currency.

        :returns: the letters
        """
        moves = self.env["account.move"].search(domain)
        told = defaultdict(dict)
        for line in self.env["service.dunning.line"].search(
            [("move_id", "in", moves.ids)]
        ):
            if line.letter_id.state in WAITING_STATES:
                moves -= line.move_id  # first things first
            else:
                late = line.letter_id.date - line.date_due
                told[line.move_id.id][line.step_id.id] = late.days
        today = company._service_today()
        steps = [step._as_step() for step in ladder]
        groups = defaultdict(lambda: self.env["account.move"])
        for move in moves:
            overdue = (today - move.invoice_date_due).days
            step = dunning.step_due(steps, overdue, told[move.id])
            if step:
                groups[move.partner_id, step.key, move.currency_id] |= move
        letters = self.create(
            [
                self._prepare_letter_vals(company, payer, step, currency, found)
                for (payer, step, currency), found in groups.items()
            ]
        )
        letters._deliver()
        return letters

    @api.model
    def _prepare_letter_vals(self, company, payer, step, currency, moves):
        rows = moves.invoice_line_ids.service_billing_line_id
        return {
            "company_id": company.id,
            "step_id": step,
            "partner_id": payer.id,
            "currency_id": currency.id,
            "date": company._service_today(),
            "contract_ids": [Command.set(rows.contract_id.ids)],
            "line_ids": [
                Command.create(
                    {
                        "step_id": step,
                        "move_id": move.id,
                        "date_due": move.invoice_date_due,
                        "amount": move.amount_residual,
                    }
                )
                for move in moves.sorted("invoice_date_due")
            ],
        }


class ServiceDunningLine(models.Model):
    """One bill on a reminder, with what was open on that day."""

    _name = "service.dunning.line"
    _description = "Bill on a Reminder"
    _order = "letter_id, date_due, id"

    letter_id = fields.Many2one(
        comodel_name="service.dunning.letter",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="letter_id.company_id", store=True)
    currency_id = fields.Many2one(related="letter_id.currency_id")
    step_id = fields.Many2one(
        comodel_name="service.dunning.step", required=True, ondelete="restrict"
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Bill",
        required=True,
        ondelete="restrict",
    )
    # sudo: the desks may read the letter, not the books
    move_name = fields.Char(
        related="move_id.name", string="Bill number", related_sudo=True
    )
    date_invoice = fields.Date(
        related="move_id.invoice_date", string="Date", related_sudo=True
    )
    date_due = fields.Date(string="Due on")
    amount = fields.Monetary(string="Amount open")

    # No bill gets the same letter twice, whoever runs the job.
    _move_step_uniq = models.UniqueIndex(
        "(move_id, step_id)", "This bill has had this reminder already."
    )


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = "contract.contract"

    letter_ids = fields.Many2many(
        comodel_name="service.dunning.letter",
        relation="service_dunning_letter_contract_rel",
        column1="contract_id",
        column2="letter_id",
        string="Reminders",
        readonly=True,
        copy=False,
    )
