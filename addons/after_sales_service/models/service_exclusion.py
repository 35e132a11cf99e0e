# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceExclusion(models.Model):
    """What a programme's warranty leaves out: misuse, force majeure and the like.

    One row a cause (WAR-24, WAR-26, WAR-27, OOW-02). Gifts and the customer's own
    parts are no rows: the source of a component says so.
    """

    _name = "service.exclusion"
    _description = "Warranty Exclusion"
    _order = "program_id, sequence, id"

    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    rule = fields.Char(required=True)
    active = fields.Boolean(default=True)
