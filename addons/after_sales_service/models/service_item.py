# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceItemCategory(models.Model):
    """A chapter of the service catalogue (CARE-09, T-11)."""

    _name = "service.item.category"
    _description = "Service Item Category"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    part_category_id = fields.Many2one(
        comodel_name="service.part.category",
        string="Warranty class",
        help="A warranty on this class, such as software, makes these services free.",
    )
    free_shop_program_ids = fields.Many2many(
        comodel_name="service.program",
        relation="service_program_free_shop_rel",
        column1="service_item_category_id",
        column2="service_program_id",
        string="Free in the shop for",
        help="Customers of these programmes who bring their machine pay nothing for "
        "these services.",
    )  # CARE-04
    item_ids = fields.One2many(
        comodel_name="service.item", inverse_name="category_id", string="Items"
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "This service item category code exists already."
    )


class ServiceItem(models.Model):
    """A service a customer can ask for (CARE-09, T-11)."""

    _name = "service.item"
    _description = "Service Item"
    _order = "category_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    category_id = fields.Many2one(
        comodel_name="service.item.category", required=True, index=True
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This service item code exists already.")
