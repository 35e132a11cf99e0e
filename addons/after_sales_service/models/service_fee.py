# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceFee(models.Model):
    """A fee a programme charges for a service, such as an on-site visit (OOW-05)."""

    _name = "service.fee"
    _description = "Service Fee"
    _order = "program_id, code"

    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="cascade",
    )
    code = fields.Char(required=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain=[("type", "=", "service")],
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True)
    rule = fields.Char(required=True)

    _code_uniq = models.UniqueIndex(
        "(program_id, code)", "This programme has a fee with this code already."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "A fee cannot be negative."
    )
