# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

EVENT_KINDS = [
    ("reported", "Reported"),
    ("confirmed", "Fault confirmed"),
    ("responded", "Customer answered"),
    ("submitted", "Passed to the next support level"),
    ("dispatched", "Dispatched"),
    ("order_received", "Order received"),
    ("proposed", "Solution proposed"),
    ("appointed", "Appointment made"),
    ("departed", "Departed"),
    ("arrived", "Arrived"),
    ("customer_absent", "Customer absent"),
    ("paused", "Paused"),
    ("resumed", "Resumed"),
    ("restored", "Restored"),
    ("signed", "Signed"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("cancelled", "Cancelled"),
]


class ServiceEvent(models.Model):
    """What happened when. Append-only: clocks are replayed from it."""

    _name = "service.event"
    _description = "Service Event"
    _order = "at desc, id desc"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="restrict"
    )
    visit_id = fields.Many2one(comodel_name="service.visit", index="btree_not_null")
    kind = fields.Selection(selection=EVENT_KINDS, required=True)
    at = fields.Datetime(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        default=lambda self: self.env.user,
    )
    note = fields.Char()
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="ticket_id.station_id", store=True, index=True)

    def write(self, vals):
        if vals.keys() - {"company_id", "station_id"}:
            raise UserError(
                self.env._(
                    "Events are never changed. Record a new event that corrects this "
                    "one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Events are never deleted. Record a new event that corrects this one."
            )
        )
