# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    # A scanned serial is looked up by its exact name.
    _spare_name_idx = models.Index("(name)")

    spare_life_ids = fields.One2many(
        comodel_name="spare.serial.life", inverse_name="lot_id", string="Life"
    )
    spare_rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="lot_id", string="Return slips"
    )
    spare_claim_ids = fields.One2many(
        comodel_name="spare.claim", compute="_compute_spare_claim_ids"
    )

    spare_equipment_id = fields.Many2one(
        comodel_name="service.equipment",
        string="Fitted in",
        compute="_compute_spare_equipment_id",
        help="The machine in whose list of parts this serial stands now.",
    )

    def _compute_spare_equipment_id(self):
        # sudo: where a serial is, is told to whoever may see the serial
        parts = (
            self.env["service.equipment.component"]
            .sudo()
            .search(
                [
                    ("serial", "in", self.mapped("name")),
                    ("product_id", "in", self.product_id.ids),
                    ("removed_on", "=", False),
                ]
            )
        )
        machines = {(part.product_id, part.serial): part.equipment_id for part in parts}
        for lot in self:
            lot.spare_equipment_id = machines.get((lot.product_id, lot.name))

    def _compute_spare_claim_ids(self):
        for lot in self:
            lot.spare_claim_ids = lot.spare_rma_ids.claim_ids

    @api.model
    def _spare_get_lots(self, pairs) -> dict:
        """The lots of (product, serial) pairs, made where they are new to us."""
        pairs = dict.fromkeys(pairs)
        known = self.search(
            [
                ("product_id", "in", [product.id for product, _serial in pairs]),
                ("name", "in", [serial for _product, serial in pairs]),
            ]
        )
        lots = {(lot.product_id, lot.name): lot for lot in known}
        missing = [pair for pair in pairs if pair not in lots]
        created = self.create(
            [{"product_id": product.id, "name": serial} for product, serial in missing]
        )
        return lots | dict(zip(missing, created, strict=True))
