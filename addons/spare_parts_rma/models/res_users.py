# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    spare_custody_limit = fields.Integer(
        string="Good parts in hands, at most",
        help="0: the limit of the station holds.",
    )
