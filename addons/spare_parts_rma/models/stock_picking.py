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
    def _prepare_spare_picking_vals(self, picking_type, origin, pieces):
        return {
            "picking_type_id": picking_type.id,
            "location_id": pieces[0]["location"].id,
            "location_dest_id": pieces[0]["dest"].id,
            "origin": origin,
            "company_id": picking_type.company_id.id,
        }

    def _prepare_spare_move_vals(self, reference, pieces):
        """Moves of this transfer, all with its one stock reference.

        Pieces of one product between the same two places are lines of one move.
        """
        self.ensure_one()
        groups = {}
        for piece in pieces:
            key = (piece["product"], piece["location"], piece["dest"])
            groups.setdefault(key, []).append(piece)
        common = {"company_id": self.company_id.id, "picking_id": self.id}
        vals_list = []
        for (product, location, dest), lines in groups.items():
            ends = {"location_id": location.id, "location_dest_id": dest.id}
            vals_list.append(
                {
                    **common,
                    **ends,
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": sum(line["quantity"] for line in lines),
                    "picking_type_id": self.picking_type_id.id,
                    "origin": self.origin,
                    "reference_ids": [Command.link(reference.id)],
                    "picked": True,
                    "move_line_ids": [
                        Command.create(
                            {
                                **common,
                                **ends,
                                "product_id": product.id,
                                "product_uom_id": product.uom_id.id,
                                "quantity": line["quantity"],
                                "lot_id": line["lot"].id,
                                "package_id": line.get("package") or False,
                                "result_package_id": line.get("result_package")
                                or False,
                                "picked": True,
                            }
                        )
                        for line in lines
                    ],
                }
            )
        return vals_list

    @api.model
    def _read_spare_quants(self, transfers):
        """What lies where the pieces are taken from, read once for all of them.

        Core asks for each reservation again unless it finds this in the context; the
        lots' properties, which each new quant copies, are read on the same occasion.
        """
        pieces = [piece for _type, _origin, some, _more in transfers for piece in some]
        products, lots, places = (
            self.env[model].union(*(piece[key] for piece in pieces))
            for model, key in (
                ("product.product", "product"),
                ("stock.lot", "lot"),
                ("stock.location", "location"),
            )
        )
        # sudo: documents move stock for people without stock rights
        lots.sudo().fetch(["lot_properties"])
        # sudo: and read it
        quants = self.env["stock.quant"].sudo()
        # Core passes over a locked row and notes a negative one: wait for it instead.
        quants._spare_available(pieces)
        piles = quants._get_quants_by_products_locations(
            products, places, extra_domain=[("lot_id", "in", [*lots.ids, False])]
        )
        quants.union(*piles.values()).fetch()
        return piles

    @api.model
    def _spare_transfer(self, transfers):
        """Create and finish transfers in one act.

        :param transfers: (picking type, origin, pieces, extra picking values);
            a piece is a dict of product, lot, quantity, location, dest and
            optionally package and result_package
        :returns: the done pickings
        """
        # sudo: the caller checked the right on the document the moves follow from
        pickings = self.sudo().create(
            [
                {
                    **self._prepare_spare_picking_vals(picking_type, origin, pieces),
                    **more,
                }
                for picking_type, origin, pieces, more in transfers
            ]
        )
        # sudo: documents move stock for people without stock rights
        references = (
            self.env["stock.reference"]
            .sudo()
            .create([{"name": picking.origin} for picking in pickings])
        )
        # sudo: and for their moves
        moves = self.env["stock.move"].sudo()
        moves.with_context(quants_cache=self._read_spare_quants(transfers)).create(
            [
                vals
                for picking, reference, (_type, _origin, pieces, _more) in zip(
                    pickings, references, transfers, strict=True
                )
                for vals in picking._prepare_spare_move_vals(reference, pieces)
            ]
        )
        pickings._action_done()
        pickings.move_ids._follow_test_clock()
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
