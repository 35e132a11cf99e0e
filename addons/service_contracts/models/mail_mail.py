# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """A reminder that the mail server refuses is parked, not sent."""
        if failure_type:
            # sudo: the queue of mails runs in anybody's name
            letters = self.env["service.dunning.letter"].sudo()
            reasons = {
                mail.res_id: failure_reason or mail.failure_reason or failure_type
                for mail in self
                if mail.model == letters._name and not mail.is_notification
            }
            for letter in letters.browse(list(reasons)).exists():
                letter._park_refused(reasons[letter.id])
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
