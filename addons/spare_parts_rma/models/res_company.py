# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    spare_network_location_id = fields.Many2one(
        comodel_name="stock.location", string="Service network", check_company=True
    )
    spare_transit_location_id = fields.Many2one(
        comodel_name="stock.location", string="Returns in transit", check_company=True
    )
    spare_intake_location_id = fields.Many2one(
        comodel_name="stock.location", string="Defective intake", check_company=True
    )
    spare_refurbish_location_id = fields.Many2one(
        comodel_name="stock.location", string="Refurbishing", check_company=True
    )
    spare_vendor_location_id = fields.Many2one(
        comodel_name="stock.location", string="Vendor returns", check_company=True
    )
    spare_custody_type_id = fields.Many2one(
        comodel_name="stock.picking.type", string="Draw and hand back"
    )
    spare_return_type_id = fields.Many2one(
        comodel_name="stock.picking.type", string="Defective return"
    )
    spare_intake_type_id = fields.Many2one(
        comodel_name="stock.picking.type", string="Defective intake transfer"
    )
    spare_supply_type_id = fields.Many2one(
        comodel_name="stock.picking.type", string="Spare part supply"
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._ensure_spare_network()
        return companies

    def _prepare_spare_locations(self):
        """Locations of a company's service network: field → values."""
        self.ensure_one()
        warehouse = self._get_spare_warehouse()
        return {
            "spare_network_location_id": {
                "name": self.env._("Service network"),
                "usage": "view",
                "company_id": self.id,
            },
            "spare_transit_location_id": {
                "name": self.env._("Returns in transit"),
                "usage": "transit",
                "service_use": "transit",
                "company_id": self.id,
            },
            "spare_intake_location_id": {
                "name": self.env._("Defective intake"),
                "usage": "internal",
                "service_use": "intake",
                "location_id": warehouse.view_location_id.id,
                "company_id": self.id,
            },
            "spare_refurbish_location_id": {
                "name": self.env._("Refurbishing"),
                "usage": "internal",
                "service_use": "refurbish",
                "location_id": warehouse.view_location_id.id,
                "company_id": self.id,
            },
            "spare_vendor_location_id": {
                "name": self.env._("Vendor returns"),
                "usage": "internal",
                "service_use": "vendor",
                "location_id": warehouse.view_location_id.id,
                "company_id": self.id,
            },
        }

    def _prepare_spare_picking_types(self):
        """One set of transfer types per company: field → values."""
        self.ensure_one()
        warehouse = self._get_spare_warehouse()
        common = {
            "code": "internal",
            "warehouse_id": warehouse.id,
            "company_id": self.id,
            "reservation_method": "manual",
            "use_create_lots": False,
            "use_existing_lots": True,
        }
        return {
            "spare_custody_type_id": {
                **common,
                "name": self.env._("Draw and hand back"),
                "sequence_code": "DRAW",
                "default_location_src_id": warehouse.lot_stock_id.id,
                "default_location_dest_id": warehouse.lot_stock_id.id,
            },
            "spare_return_type_id": {
                **common,
                "name": self.env._("Defective return"),
                "sequence_code": "DRET",
                "default_location_src_id": warehouse.lot_stock_id.id,
                "default_location_dest_id": self.spare_transit_location_id.id,
            },
            "spare_intake_type_id": {
                **common,
                "name": self.env._("Defective intake"),
                "sequence_code": "DINT",
                "default_location_src_id": self.spare_transit_location_id.id,
                "default_location_dest_id": self.spare_intake_location_id.id,
            },
            "spare_supply_type_id": {
                **common,
                "name": self.env._("Spare part supply"),
                "sequence_code": "SUP",
                "default_location_src_id": warehouse.lot_stock_id.id,
                "default_location_dest_id": self.spare_transit_location_id.id,
            },
        }

    def _get_spare_warehouse(self):
        self.ensure_one()
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.id)], order="sequence, id", limit=1
        )

    def _ensure_spare_network(self):
        """Create what is missing; companies without a warehouse wait for one."""
        # sudo: set-up of a company, no business data
        for company in self.sudo():
            if not company._get_spare_warehouse():
                continue
            for prepare, model in (
                (company._prepare_spare_locations, "stock.location"),
                (company._prepare_spare_picking_types, "stock.picking.type"),
            ):
                todo = {
                    field: vals
                    for field, vals in prepare().items()
                    if not company[field]
                }
                records = self.env[model].sudo().create(list(todo.values()))
                company.write(
                    {
                        field: record.id
                        for field, record in zip(todo, records, strict=True)
                    }
                )
