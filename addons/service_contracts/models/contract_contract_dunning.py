# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    care_overdue_days = fields.Integer(
        string="Suspend after days overdue",
        help="A subscriber whose bill is that many days overdue gets no more free "
        "service until he pays. 0: nobody is suspended by itself.",
    )


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = "contract.contract"

    def _prepare_invoice(self, date_invoice, journal=None):
        """A bill without payment terms is due on its day, in the sandbox too."""
        vals = super()._prepare_invoice(date_invoice, journal=journal)
        if self.plan_id and not vals.get("invoice_payment_term_id"):
            vals["invoice_date_due"] = date_invoice
        return vals

    def _get_overdue(self):
        """Of these contracts those with a bill overdue for longer than allowed."""
        overdue = self.browse()
        for company, contracts in self.grouped("company_id").items():
            if not company.care_overdue_days:
                continue
            limit = company._service_today() - timedelta(days=company.care_overdue_days)
            # sudo: whether a bill is paid counts whoever asks
            rows = (
                self.env["service.billing.line"]
                .sudo()
                .search(
                    [
                        ("contract_id", "in", contracts.ids),
                        ("settlement_id", "=", False),
                        ("move_id.state", "=", "posted"),
                        (
                            "move_id.payment_state",
                            "in",
                            ("not_paid", "partial"),
                        ),
                        ("move_id.invoice_date_due", "<", limit),
                    ]
                )
            )
            overdue |= rows.contract_id.with_env(self.env)
        return overdue

    @api.model
    def _cron_dun(self, batch_size=500):
        """Suspend who does not pay, and say so; who has paid goes on.

        Reminders are letters of their own; here the service follows the money.
        """
        domain = [
            ("plan_id", "!=", False),
            ("payer", "!=", "operator"),
            ("company_id.care_overdue_days", ">", 0),
            "|",
            ("state", "in", ("active", "parked")),
            (
                "suspension_ids",
                "any",
                [("date_to", "=", False), ("reason", "=", "overdue")],
            ),
        ]
        last = 0
        while contracts := self.search(
            [("id", ">", last), *domain], limit=batch_size, order="id"
        ):
            last = contracts[-1].id
            contracts.try_lock_for_update()._follow_payment()
            if not self.env["ir.cron"]._commit_progress(len(contracts)):
                return

    def _follow_payment(self):
        """Suspend the overdue ones, resume those that were and have paid."""
        overdue = self._get_overdue()
        owing = self.filtered(lambda contract: contract.state == "suspended")
        owing.filtered(lambda contract: contract._is_dunned())._resume_paid(overdue)
        late = (self - owing) & overdue
        if late:
            late._transition("suspended")
            late._open_suspensions("overdue")
            for contract in late:
                lang = contract.company_id.partner_id.lang
                contract.message_post(
                    body=self.with_context(lang=lang).env._(
                        "Suspended: a bill is more than %s days overdue. It goes on when "
                        "the bill is paid.",
                        contract.company_id.care_overdue_days,
                    )
                )

    def _is_dunned(self) -> bool:
        self.ensure_one()
        return any(
            row.reason == "overdue" and not row.date_to
            for row in self.sudo().suspension_ids  # sudo: written by the machine
        )

    def _resume_paid(self, overdue):
        paid = self - overdue
        if paid:
            # sudo: the payment resumes the service, whoever booked it
            paid.sudo().action_resume()
