# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", index="btree_not_null", check_company=True
    )
    visit_id = fields.Many2one(
        comodel_name="service.visit", index="btree_not_null", check_company=True
    )
    equipment_id = fields.Many2one(related="ticket_id.equipment_id")
