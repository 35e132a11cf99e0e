# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    spare_substitute_ids = fields.Many2many(
        comodel_name="product.product",
        relation="spare_substitute_rel",
        column1="template_id",
        column2="product_id",
        string="Substitutes",
        help="Parts that are shipped instead when this one is out of stock. A "
        "different model in a machine still needs the branch centre (PRT-15).",
    )
    spare_discontinued_on = fields.Date(
        string="Discontinued on",
        help="After this day the maker supplies no more. Promises of programmes that "
        "last longer show a gap (PRT-23, PRT-24).",
    )
