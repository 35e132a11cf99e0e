# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceOutfit(models.Model):
    """What a person was given to wear and to work with (NET-06, CARE-16)."""

    _name = "service.outfit"
    _description = "Outfit"
    _order = "user_id, kind, id"

    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", required=True, index=True
    )
    kind = fields.Selection(
        selection=[("uniform", "Uniform"), ("badge", "Badge"), ("tools", "Tools")],
        required=True,
    )
    number = fields.Char(string="Item number")
    issued_on = fields.Date(
        required=True, default=lambda self: self.env.company._service_today()
    )
    returned_on = fields.Date()

    _returned_later = models.Constraint(
        "CHECK (returned_on IS NULL OR returned_on >= issued_on)",
        "It is returned after it was issued.",
    )
