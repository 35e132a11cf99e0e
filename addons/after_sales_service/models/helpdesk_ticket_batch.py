# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What is done ticket by ticket below us and need not be."""

    _name = "helpdesk.ticket"
    _inherit = "helpdesk.ticket"

    stage_mail_pending = fields.Boolean(
        copy=False, help="The mail of the stage leaves with the next round."
    )

    _stage_mail_idx = models.Index("(id) WHERE stage_mail_pending IS TRUE")

    def _creation_subtype(self):
        """Post a message of its own for a new ticket only if somebody waits for it.

        Where no follower asked to hear of new tickets, one log serves the batch.
        """
        created = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_mgmt.hlp_tck_created"
        )
        # sudo: whoever creates a ticket need not see who follows it
        if created in self.sudo().message_follower_ids.subtype_ids.ids:
            return super()._creation_subtype()
        return self.env["mail.message.subtype"]

    def write(self, vals):
        """Where many tickets change their stage at once its mails leave later."""
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id") or [])
        if len(self) > 1 and stage.mail_template_id:
            vals = {**vals, "stage_mail_pending": True}
            # sudo: whoever moves tickets has no rights on crons
            self.env.ref("after_sales_service.cron_stage_mails").sudo()._trigger()
        return super().write(vals)

    def _track_template(self, tracking):
        res = super()._track_template(tracking)
        if self[0].stage_mail_pending:
            res.pop("stage_id", None)
        return res

    @api.model
    def _cron_send_stage_mails(self, batch_size=100):
        """Send the mails of stages that many tickets reached at once, in slices."""
        domain = [("stage_mail_pending", "=", True)]
        tickets = self.search(domain, limit=batch_size, order="id")
        remaining = (
            len(tickets) if len(tickets) < batch_size else self.search_count(domain)
        )
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        done = tickets.try_lock_for_update().filtered_domain(domain)
        done.stage_mail_pending = False
        for mine in done.grouped("stage_id").values():
            mine._message_track_post_template(["stage_id"])
        self.env["ir.cron"]._commit_progress(len(done))
