# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class ServiceEventCorrect(models.TransientModel):
    """When it really happened, and why it was recorded wrongly."""

    _name = "service.event.correct"
    _description = "Correct an Event"

    event_id = fields.Many2one(comodel_name="service.event", required=True)
    ticket_id = fields.Many2one(related="event_id.ticket_id")
    kind = fields.Selection(related="event_id.kind", string="What was recorded")
    old_at = fields.Datetime(related="event_id.at", string="Recorded as")
    withdrawn = fields.Boolean(string="It did not happen")
    at = fields.Datetime(
        string="Happened at", compute="_compute_at", store=True, readonly=False
    )
    reason = fields.Char(required=True)

    @api.depends("event_id")
    def _compute_at(self):
        for wizard in self:
            wizard.at = wizard.event_id.at

    def action_correct(self):
        """Record the correction."""
        self.ensure_one()
        self.event_id._correct(self.reason, self.at, self.withdrawn)
        return {"type": "ir.actions.act_window_close"}
