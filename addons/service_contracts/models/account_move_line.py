# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # CON-20: every fee on a bill has its origin
    service_billing_line_id = fields.Many2one(
        comodel_name="service.billing.line",
        string="Billed period",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
    )
