# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceRoleCard(models.Model):
    """Duties and powers of a role (NET-05, appendix D of the rules)."""

    _name = "service.role.card"
    _description = "Role Card"
    _order = "sequence, id"

    name = fields.Char(string="Role", required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    duties = fields.Text(string="Duties and powers", required=True, translate=True)
    source = fields.Char()
    group_id = fields.Many2one(
        comodel_name="res.groups", help="Who has this role in the system."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This role code exists already.")
