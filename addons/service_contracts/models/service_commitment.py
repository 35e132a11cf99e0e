# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class ServiceCommitment(models.Model):
    """One copy of the signed commitment set for one using unit (CON-18).

    The set is the service commitment, the service items and the guarantee measures.
    """

    _name = "service.commitment"
    _description = "Service Commitment"
    _order = "contract_id, handed_on desc"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Using unit",
        required=True,
        ondelete="restrict",
    )
    document = fields.Binary(string="Signed set", attachment=True)
    document_name = fields.Char()
    signed_by = fields.Char(help="Who signed for the using unit.")
    handed_on = fields.Date(
        string="Handed over on", help="Empty: the unit still has to get its copy."
    )

    _unit_uniq = models.UniqueIndex(
        "(contract_id, partner_id)", "This using unit is in the list already."
    )
