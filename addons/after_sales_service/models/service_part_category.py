# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServicePartCategory(models.Model):
    """Warranty class of a part: one row of a vendor's warranty table (T-01)."""

    _name = "service.part.category"
    _description = "Part Category"
    _order = "group, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    group = fields.Selection(
        selection=[
            ("main", "Main parts"),
            ("monitor", "Monitor"),
            ("notebook", "Notebook"),
            ("software", "Software"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    outside_host = fields.Boolean(
        string="Outside the host unit",
        help="Stands around the host unit: monitor, keyboard and the like (WAR-10).",
    )
    skill_ids = fields.Many2many(
        comodel_name="service.skill",
        string="Needed skills",
        help="Who repairs such a part needs these skills.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This part category code exists already.")
