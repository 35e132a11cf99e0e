# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo.addons.after_sales_service.tests.common import AfterSalesCommon


class SpareCommon(AfterSalesCommon):
    """蚌埠 station with good hard disks on its shelf."""

    @classmethod
    def _set_the_stage(cls):
        result = super()._set_the_stage()
        cls.good = cls.station._get_locations("good")[cls.station]
        cls.defective = cls.station._get_locations("defective")[cls.station]
        cls.stock("HD-NEW-1", "HD-NEW-2", "HD-NEW-3")
        cls.cable = cls.env["product.product"].create(
            {
                "name": "SATA cable",
                "is_storable": True,
                "default_code": "CABLE",
                "service_category_id": cls.category_hd.id,
            }
        )
        cls.env["stock.quant"]._update_available_quantity(cls.cable, cls.good, 5)
        return result

    @classmethod
    def stock(cls, *serials, product=None, location=None):
        """Put serials on the station's good shelf."""
        product = product or cls.hd_product
        lots = cls.env["stock.lot"].create(
            [{"name": serial, "product_id": product.id} for serial in serials]
        )
        for lot in lots:
            cls.env["stock.quant"]._update_available_quantity(
                product, location or cls.good, 1, lot_id=lot
            )
        return lots

    @classmethod
    def custody(cls, use="engineer"):
        return cls.station._get_custody([(cls.station, cls.engineer)], use=use)[
            cls.station, cls.engineer
        ]

    def at(self, location, serial):
        """How many pieces of a serial lie at a location."""
        return sum(
            self.env["stock.quant"]
            .search([("location_id", "=", location.id), ("lot_id.name", "=", serial)])
            .mapped("quantity")
        )

    @classmethod
    def draw(cls, visit, *codes):
        """The engineer asks, the specialist hands out."""
        draw = (
            cls.env["spare.draw"].with_user(cls.engineer).create({"visit_id": visit.id})
        )
        for code in codes:
            draw.action_scan(code)
        draw.action_request()
        draw.with_user(cls.specialist).action_hand_over()
        return draw

    @classmethod
    def new_swap(cls, visit, new, old, **vals):
        return (
            cls.env["spare.swap"]
            .with_user(cls.engineer)
            .create(
                {
                    "visit_id": visit.id,
                    "new_serial": new,
                    "old_serial": old,
                    "symptom": "Clicks, not found by the BIOS",
                    **vals,
                }
            )
        )

    @classmethod
    def working(cls, equipment=None, **vals):
        """A visit being worked on, at this equipment."""
        if equipment:
            vals = {
                "scan": equipment.serial,
                "component_id": equipment.component_ids.filtered(
                    lambda part: part.category_id == cls.category_hd
                )[:1].id,
                **vals,
            }
        return cls._working_visit(cls._new_ticket(**vals))

    @classmethod
    def swapped(cls, number=1, fresh=False):
        """RMAs of ``number`` swaps on as many machines, the first on PC0001."""
        rmas = cls.env["spare.rma"]
        for index in range(number):
            equipment = cls._machine(index) if index or fresh else cls.equipment
            visit = cls.working(equipment)
            new = f"HD-FRESH-{index}-{cls._counter()}"
            cls.stock(new)
            cls.draw(visit, new)
            old = equipment.component_ids.filtered(
                lambda part: part.category_id == cls.category_hd and not part.removed_on
            ).serial
            swap = cls.new_swap(visit, new, old)
            swap.action_swap()
            rmas |= swap.sudo().rma_ids
        return rmas

    _count = 0

    @classmethod
    def _counter(cls):
        SpareCommon._count += 1
        return SpareCommon._count

    @classmethod
    def _machine(cls, index):
        return cls.env["service.equipment"].create(
            {
                "serial": f"PC-M-{index}-{cls._counter()}",
                "name": "Tongchuang PC",
                "partner_id": cls.customer.id,
                "program_id": cls.program_tc.id,
                "region_id": cls.region_urban.id,
                "sale_date": cls.company._service_today() - timedelta(days=100),
                "component_ids": [
                    (
                        0,
                        0,
                        {
                            "category_id": cls.category_hd.id,
                            "product_id": cls.hd_product.id,
                            "serial": f"HD-OLD-M-{index}-{cls._counter()}",
                        },
                    )
                ],
            }
        )

    @classmethod
    def handed_in(cls, number, tag):
        """Slips at the station without their story, the pieces on its shelf."""
        lots = cls.stock(
            *(f"{tag}-{index}" for index in range(number)), location=cls.defective
        )
        week = cls.env["spare.return"]._get_open(cls.station)[cls.station]
        return cls.env["spare.rma"].create(
            [
                {
                    "product_id": cls.hd_product.id,
                    "lot_id": lot.id,
                    "serial": lot.name,
                    "symptom": "Not found",
                    "station_id": cls.station.id,
                    "engineer_id": cls.engineer.id,
                    "born_at": cls.company._service_now(),
                    "state": "at_station",
                    "return_id": week.id,
                }
                for lot in lots
            ]
        )

    @classmethod
    def shipped(cls, number=1):
        """A shipped return with ``number`` pieces in one box."""
        rmas = cls.swapped(number)
        rmas.with_user(cls.specialist).action_hand_in()
        document = rmas.return_id.with_user(cls.specialist)
        document.action_pack_all()
        document.action_sign_specialist()
        document.with_user(cls.director).action_sign_director()
        document.action_ship()
        return document
