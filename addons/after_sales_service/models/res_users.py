# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    service_station_ids = fields.Many2many(
        comodel_name="service.station",
        relation="service_station_user_rel",
        column1="user_id",
        column2="station_id",
        string="Service stations",
        help="Where this person works. People see their stations and all below them.",
    )
