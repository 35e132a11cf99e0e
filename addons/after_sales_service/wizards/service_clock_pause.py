# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceClockPause(models.TransientModel):
    """Why the clocks of these tickets shall stand still."""

    _name = "service.clock.pause"
    _description = "Pause the Clocks"

    ticket_ids = fields.Many2many(comodel_name="helpdesk.ticket", required=True)
    reason = fields.Char(
        required=True, help="What is waited for, and until when as far as is known."
    )

    def action_pause(self):
        """Let the clocks stand still."""
        self.ensure_one()
        self.ticket_ids._pause(self.reason)
        return {"type": "ir.actions.act_window_close"}
