# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceProgramProduct(models.Model):
    """What a programme serves, and whether its after-sales is centrally controlled."""

    _name = "service.program.product"
    _description = "Product of a Programme"
    _order = "program_id, sequence, id"

    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    group = fields.Char(required=True, translate=True)
    name = fields.Char(string="Product", required=True, translate=True)
    central = fields.Boolean(string="Centrally controlled", default=True)
    rule = fields.Char(required=True)
