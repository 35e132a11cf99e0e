# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceProgram(models.Model):
    """What one vendor or operator promised.

    A programme bundles warranty terms, clock policies, callback policies, fees
    and opening hours. Equipment and contracts point to it; breadth is rows here.
    """

    _name = "service.program"
    _description = "Service Programme"
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Vendor or operator"
    )
    hotline_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        help="Hours of remote and phone service. Empty: around the clock.",
    )
    onsite_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="On-site calendar",
        help="Hours of visits and shops. Empty: around the clock.",
    )
    term_ids = fields.One2many(
        comodel_name="service.warranty.term",
        inverse_name="program_id",
        string="Warranty terms",
    )
    policy_ids = fields.One2many(
        comodel_name="service.sla.policy",
        inverse_name="program_id",
        string="Clock policies",
    )
    callback_policy_ids = fields.One2many(
        comodel_name="service.callback.policy",
        inverse_name="program_id",
        string="Callback policies",
    )
    fee_ids = fields.One2many(
        comodel_name="service.fee", inverse_name="program_id", string="Fees"
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This programme code exists already.")
