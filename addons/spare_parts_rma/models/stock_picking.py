# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class StockPicking(models.Model):
    _inherit = "stock.picking"

    spare_draw_id = fields.Many2one(
        comodel_name="spare.draw", index="btree_not_null", copy=False
    )
    spare_return_id = fields.Many2one(
        comodel_name="spare.return", index="btree_not_null", copy=False
    )
    spare_request_id = fields.Many2one(
        comodel_name="spare.part.request", index="btree_not_null", copy=False
    )

    @api.model
    def _prepare_spare_transfer_vals(self, picking_type, origin, pieces):
        """Values of one transfer of ``pieces`` with one stock reference.

        Pieces of one product between the same two places are lines of one move.
        """
        reference = self.env["stock.reference"].create({"name": origin})
        company = picking_type.company_id
        groups = {}
        for piece in pieces:
            key = (piece["product"], piece["location"], piece["dest"])
            groups.setdefault(key, []).append(piece)
        moves = []
        for (product, location, dest), lines in groups.items():
            ends = {"location_id": location.id, "location_dest_id": dest.id}
            moves.append(
                {
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": sum(line["quantity"] for line in lines),
                    "company_id": company.id,
                    "picking_type_id": picking_type.id,
                    "origin": origin,
                    "reference_ids": [Command.link(reference.id)],
                    "picked": True,
                    **ends,
                    "move_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_id": product.uom_id.id,
                                "quantity": line["quantity"],
                                "lot_id": line["lot"].id,
                                "package_id": line.get("package") or False,
                                "result_package_id": line.get("result_package")
                                or False,
                                "picked": True,
                                "company_id": company.id,
                                **ends,
                            }
                        )
                        for line in lines
                    ],
                }
            )
        return {
            "picking_type_id": picking_type.id,
            "location_id": pieces[0]["location"].id,
            "location_dest_id": pieces[0]["dest"].id,
            "origin": origin,
            "company_id": company.id,
            "move_ids": [Command.create(vals) for vals in moves],
        }

    @api.model
    def _spare_transfer(self, transfers):
        """Create and finish transfers in one act.

        :param transfers: (picking type, origin, pieces, extra picking values);
            a piece is a dict of product, lot, quantity, location, dest and
            optionally package and result_package
        :returns: the done pickings
        """
        # sudo: the caller checked the right on the document the moves follow from
        pickings = self.sudo()
        pickings = pickings.create(
            [
                {
                    **pickings._prepare_spare_transfer_vals(picking_type, origin, pieces),
                    **extra,
                }
                for picking_type, origin, pieces, extra in transfers
            ]
        )
        pickings._action_done()
        return pickings

    def action_cancel(self):
        shipped = self.filtered("spare_return_id")
        if shipped:
            raise UserError(
                self.env._(
                    "Transfer %(transfer)s belongs to return %(return)s, which was "
                    "shipped. The warehouse receives it and settles the differences.",
                    transfer=", ".join(shipped.mapped("name")),
                    **{"return": ", ".join(shipped.spare_return_id.mapped("name"))},
                )
            )
        return super().action_cancel()
