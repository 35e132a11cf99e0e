# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    service_category_id = fields.Many2one(
        comodel_name="service.part.category",
        string="Part category",
        index="btree_not_null",
        help="The warranty class of this part: it decides which warranty term applies.",
    )
