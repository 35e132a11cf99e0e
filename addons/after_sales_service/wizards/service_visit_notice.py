# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceVisitNotice(models.TransientModel):
    """What the customer was told ahead of a visit, and what he agreed to."""

    _name = "service.visit.notice"
    _description = "Record a Notice"

    check_id = fields.Many2one(comodel_name="service.visit.check", required=True)
    name = fields.Char(related="check_id.name", string="What")
    hint = fields.Text(related="check_id.hint", string="What to say")
    partner_phone = fields.Char(related="check_id.visit_id.partner_id.phone")
    notice_from = fields.Date(related="check_id.notice_from")
    notice_due = fields.Date(related="check_id.notice_due")
    told = fields.Char(
        string="Told and agreed",
        required=True,
        help="Who of the customer was told and agreed.",
    )
    note = fields.Text(
        string="What was said",
        required=True,
        help="Items, fees, day and people, and what the customer said to it.",
    )

    def action_record(self):
        """Note it on the visit."""
        self.ensure_one()
        self.check_id._tell(self.told, self.note)
        return {"type": "ir.actions.act_window_close"}
