# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models


class StockLocation(models.Model):
    """Custody is a location: a station's shelves, an engineer's bag."""

    _inherit = "stock.location"

    station_id = fields.Many2one(
        comodel_name="service.station", index="btree_not_null", check_company=True
    )
    service_use = fields.Selection(
        selection=[
            ("good", "Good parts"),
            ("defective", "Defective parts"),
            ("loaner", "Loaners"),
            ("lent", "Lent to customers"),
            ("engineer", "In an engineer's hands, good"),
            ("engineer_defective", "In an engineer's hands, defective"),
            ("transit", "On the way to the warehouse"),
            ("intake", "Defective intake"),
            ("refurbish", "Refurbishing"),
            ("vendor", "Vendor returns"),
        ],
        string="Use in the service network",
        index="btree_not_null",
    )
    custodian_id = fields.Many2one(
        comodel_name="res.users",
        string="In the hands of",
        index="btree_not_null",
    )

    _service_use_uniq = models.UniqueIndex(
        "(station_id, service_use, COALESCE(custodian_id, 0)) "
        "WHERE station_id IS NOT NULL AND service_use IS NOT NULL",
        "This station has a location for this use and person already.",
    )
