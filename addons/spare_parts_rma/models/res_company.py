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

    spare_clock_working = fields.Boolean(
        string="Requests count working days",
        default=True,
        help="Same-day approval and next-day shipping count working days of the "
        "station's calendar; switched off, they count calendar days.",
    )  # PRT-05, AMB-23
    spare_transit_days = fields.Integer(
        string="Days to the station",
        default=1,
        help="How many days a shipment to a station is on the way.",
    )

    spare_owed_days = fields.Integer(
        string="Days to hand in",
        default=14,
        help="How long after the swap a defective piece may be owed. After that it "
        "is overdue, and a charge is proposed.",
    )
    spare_appraise_oow = fields.Boolean(
        string="Appraise parts out of warranty",
        help="Like a damaged part, a part out of warranty is replaced only after the "
        "branch centre approved its appraisal. Switched off, the approval of the "
        "out-of-warranty request is enough.",
    )  # RMA-03
    spare_replenish_route_id = fields.Many2one(
        comodel_name="stock.route", string="Replenishment of stations"
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

    def _prepare_spare_routes(self):
        """The route by which core replenishment fills the stations' shelves."""
        self.ensure_one()
        return {
            "spare_replenish_route_id": {
                "name": self.env._("Service network: request spare parts"),
                "company_id": self.id,
                "product_selectable": False,
                "rule_ids": [
                    fields.Command.create(
                        {
                            "name": self.env._("Request spare parts"),
                            "action": "spare_request",
                            "location_dest_id": self.spare_network_location_id.id,
                            "picking_type_id": self.spare_supply_type_id.id,
                            "company_id": self.id,
                        }
                    )
                ],
            }
        }

    def _get_spare_place_names(self) -> dict:
        """What the places of a station are called: use → name."""
        return {
            "good": self.env._("Good"),
            "defective": self.env._("Defective"),
            "loaner": self.env._("Loaner"),
            "lent": self.env._("Lent"),
        }

    def _get_spare_warehouse(self):
        self.ensure_one()
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.id)], order="sequence, id", limit=1
        )

    def _get_spare_loss_location(self):
        """Where scrapped and lost pieces are booked."""
        self.ensure_one()
        # sudo: places only
        return (
            self.env["stock.location"]
            .sudo()
            .search(
                [("usage", "=", "inventory"), ("company_id", "=", self.id)],
                order="id",
                limit=1,
            )
        )

    def _ensure_spare_network(self):
        """Create what is missing; companies without a warehouse wait for one.

        Core keeps one name of a location: it is in the company's language. Operation
        types and routes are named in every language.
        """
        languages = [code for code, _label in self.env["res.lang"].get_installed()]
        # sudo: set-up of a company, no business data
        for company in self.sudo():
            if not company._get_spare_warehouse():
                continue
            for prepare, model in (
                ("_prepare_spare_locations", "stock.location"),
                ("_prepare_spare_picking_types", "stock.picking.type"),
                ("_prepare_spare_routes", "stock.route"),
            ):
                todo = {
                    field: vals
                    for field, vals in getattr(
                        company.with_context(lang=company.partner_id.lang), prepare
                    )().items()
                    if not company[field]
                }
                # sudo: set-up of a company's places and operation types
                records = self.env[model].sudo().create(list(todo.values()))
                company.write(
                    {
                        field: record.id
                        for field, record in zip(todo, records, strict=True)
                    }
                )
                if not records._fields["name"].translate:
                    continue
                for code in languages if records else ():
                    named = getattr(company.with_context(lang=code), prepare)()
                    for field, record in zip(todo, records, strict=True):
                        record.with_context(lang=code).name = named[field]["name"]
