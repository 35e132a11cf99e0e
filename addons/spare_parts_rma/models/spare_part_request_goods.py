# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class SparePartRequest(models.Model):
    """The goods: shipped, planned, counted in and signed for (PRT-04…PRT-06, PRT-09)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "spare.part.request"

    @property
    def _guarded_fields(self):
        return super()._guarded_fields | {
            "shipped_at",
            "received_at",
            "received_by_id",
            "director_id",
            "director_signed_at",
        }

    planned_date = fields.Date(
        copy=False, help="When the missing parts are expected (PRT-06)."
    )
    shipped_at = fields.Datetime(readonly=True, copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)
    # PRT-09, AMB-20: both sign for the quantity that really came
    received_by_id = fields.Many2one(
        comodel_name="res.users", string="Counted by", readonly=True, copy=False
    )
    director_id = fields.Many2one(
        comodel_name="res.users", string="Signed by director", readonly=True, copy=False
    )
    director_signed_at = fields.Datetime(readonly=True, copy=False)
    is_short = fields.Boolean(
        string="Something did not come",
        compute="_compute_is_short",
        help="Shipped, not among what was counted in, and neither found nor written "
        "off.",
    )
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="spare_request_id",
        string="Transfers",
        groups="stock.group_stock_user",
    )

    # ---------------------------------------------------
    # Shipping
    # ---------------------------------------------------

    def action_ship(self):
        """The warehouse ships what it has; the rest is planned (PRT-05, PRT-06)."""
        self._require_group("warehouse")
        for request in self:
            if request.state not in ("approved", "planned"):
                raise UserError(
                    self.env._(
                        "%s is not approved. The branch service centre approves "
                        "before shipping (PRT-05).",
                        request.name,
                    )
                )
        self._check_explained("ship_due", "ship_late_reason")
        for request in self:
            # sudo: goods move for the request
            request.sudo()._ship()
        return True

    def _ship(self):
        """Ship what is there; tell the branch centre what is not."""
        self.ensure_one()
        company = self.company_id
        pieces, short = self._pick_pieces(
            company._get_spare_warehouse().lot_stock_id,
            company.spare_transit_location_id,
        )
        if pieces:
            self.env["stock.picking"]._spare_transfer(
                [
                    (
                        company.spare_supply_type_id,
                        self.name,
                        pieces,
                        {"spare_request_id": self.id},
                    )
                ]
            )
            for piece in pieces:
                piece["line"].quantity_shipped += piece["quantity"]
        if not short:
            self._transition("shipped", shipped_at=self._now())
            return
        self._transition("planned")
        self.message_post(
            body=self.env._("Not in stock: %s", ", ".join(short)),
            partner_ids=self.station_id._get_people_above().ids,
        )

    def action_plan(self, date):
        """Say when the missing parts will come (PRT-06).

        :param date: the day the warehouse will have them
        """
        self._require_group("branch", "warehouse")
        for request in self:
            if request.state not in ("approved", "planned"):
                raise UserError(
                    self.env._("%s waits for no parts.", request.display_name)
                )
            # sudo: settings of the company, whoever plans
            if not date or date < request.sudo().company_id._service_today():
                raise UserError(
                    self.env._(
                        "%s: the missing parts are expected on a day to come.",
                        request.name,
                    )
                )
            # sudo: branch and warehouse plan, they do not write the request
            document = request.sudo()
            if document.state == "approved":
                document._transition("planned")
            document.planned_date = date
            document.message_post(
                body=self.env._(
                    "The missing parts are expected on %s.",
                    format_date(self.env, date),
                )
            )
        return True

    def _pick_pieces(self, source, dest):
        """Take the oldest free pieces below ``source``; tell what is missing.

        A product that is short is filled up with its substitutes, in their order.

        :returns: pieces for a transfer, and what is short in words
        """
        products = self.line_ids.product_id
        quants = self.env["stock.quant"].search(
            [
                ("location_id", "child_of", source.id),
                ("location_id.service_use", "=", False),
                ("product_id", "in", (products | products.spare_substitute_ids).ids),
                ("quantity", ">", 0),
            ],
            order="in_date, id",
        )
        free = {quant: quant.quantity - quant.reserved_quantity for quant in quants}
        by_product = quants.grouped("product_id")
        pieces, short = [], []
        for line in self.line_ids:
            wanted = line.quantity - line.quantity_shipped
            for product in (line.product_id, *line.product_id.spare_substitute_ids):
                for quant in by_product.get(product, ()):
                    taken = min(wanted, free[quant])
                    if taken <= 0:
                        continue
                    free[quant] -= taken
                    wanted -= taken
                    pieces.append(
                        {
                            "line": line,
                            "product": product,
                            "lot": quant.lot_id,
                            "quantity": taken,
                            "location": quant.location_id,
                            "dest": dest,
                        }
                    )
            if wanted > 0:
                short.append(f"{line.product_id.display_name} ({wanted:g})")
        return pieces, short

    # ---------------------------------------------------
    # Receipt
    # ---------------------------------------------------

    def action_receive(self):
        """The specialist counts the parts into the station's stock (PRT-12)."""
        return self._receive()

    def action_receive_short(self, codes):
        """Count in what came; signed is what really came (PRT-09, AMB-20).

        :param codes: what did not come, each piece by its serial, or by its part
            number or barcode if it has none
        """
        self.ensure_one()
        self._require_group("specialist")
        # sudo: the transfer behind the request is the warehouse's
        request = self.sudo()
        on_the_way = request._get_on_the_way()
        missing = defaultdict(float)
        for code in (codes or "").replace(",", " ").replace("，", " ").split():
            piece = next(
                (
                    (product, lot)
                    for (product, lot), quantity in on_the_way.items()
                    if code
                    in ([lot.name] if lot else [product.default_code, product.barcode])
                    and quantity > missing[product, lot]
                ),
                None,
            )
            if not piece:
                raise UserError(
                    self.env._(
                        "%(code)s is not among the parts of %(request)s that are on "
                        "their way: %(parts)s.",
                        code=code,
                        request=self.name,
                        parts=request._say_pieces(on_the_way),
                    )
                )
            missing[piece] += 1
        missing = {piece: count for piece, count in missing.items() if count}
        if not missing:
            raise UserError(
                self.env._(
                    "%s: name the serials or parts that did not come.", self.name
                )
            )
        self._receive(missing)
        request.message_post(
            body=self.env._("Did not come: %s", request._say_pieces(missing)),
            partner_ids=(
                self.station_id._get_people_above()
                | request.picking_ids.create_uid.partner_id
            ).ids,
            author_id=self.env.user.partner_id.id,
        )
        return True

    def _receive(self, missing=None):
        """Move what came to its shelf.

        :param missing: (product, lot) → quantity that did not come
        """
        self._require_group("specialist")
        missing = missing or {}
        shelves = self._get_shelves()
        transfers = []
        # sudo: the transfer behind the request is the warehouse's
        for request in self.sudo():
            on_the_way = request._get_on_the_way()
            if not on_the_way:
                raise UserError(self.env._("%s was not shipped.", request.name))
            came = {
                piece: quantity - missing.get(piece, 0.0)
                for piece, quantity in on_the_way.items()
                if quantity > missing.get(piece, 0.0)
            }
            if came:
                transfers.append(request._prepare_arrival(came, shelves[request]))
            request._note_received(missing)
        self.env["stock.picking"]._spare_transfer(transfers)
        # the director signs for what came, also when more comes later
        self._set_guarded(
            {
                "received_at": self._now(),
                "received_by_id": self.env.uid,
                "director_id": False,
                "director_signed_at": False,
            }
        )
        self.filtered(lambda request: request.state == "shipped")._transition(
            "received"
        )
        return True

    def _prepare_arrival(self, pieces, dest):
        """The transfer of pieces on the way to where they go."""
        self.ensure_one()
        company = self.company_id
        return (
            company.spare_supply_type_id,
            self.name,
            [
                {
                    "product": product,
                    "lot": lot,
                    "quantity": quantity,
                    "location": company.spare_transit_location_id,
                    "dest": dest,
                }
                for (product, lot), quantity in pieces.items()
            ],
            {"spare_request_id": self.id},
        )

    def _note_received(self, missing):
        """What came, on the lines: what was shipped without what is missing."""
        missing = dict(missing)
        for line in self.line_ids:
            products = line.product_id | line.product_id.spare_substitute_ids
            gone = 0.0
            for product, lot in list(missing):
                if product in products:
                    taken = min(missing[product, lot], line.quantity_shipped - gone)
                    missing[product, lot] -= taken
                    gone += taken
            line.quantity_received = line.quantity_shipped - gone

    def _say_pieces(self, pieces):
        return ", ".join(
            f"{product.display_name} {lot.name or format(quantity, 'g')}"
            for (product, lot), quantity in pieces.items()
        )

    def _get_on_the_way(self) -> dict:
        """Shipped pieces that have not been counted in: (product, lot) → quantity."""
        self.ensure_one()
        left = defaultdict(float)
        for line in self.picking_ids.move_line_ids:
            if line.location_dest_id.usage == "transit":
                left[line.product_id, line.lot_id] += line.quantity_product_uom
            elif line.location_id.usage == "transit":
                left[line.product_id, line.lot_id] -= line.quantity_product_uom
        return {piece: quantity for piece, quantity in left.items() if quantity > 0}

    @api.depends("state", "line_ids.quantity_received")
    def _compute_is_short(self):
        # sudo: the transfers are the warehouse's
        for request in self.sudo():
            request.is_short = request.state == "received" and bool(
                request._get_on_the_way()
            )

    def action_write_off(self, reason):
        """What did not come is lost on the way; the reason stays on record."""
        self._require_group("branch", "warehouse")
        transfers = []
        # sudo: branch and warehouse write off, they do not write the request
        for request in self.sudo():
            if not reason or not request.is_short:
                raise UserError(
                    self.env._(
                        "%s: nothing is missing, or the reason is.", request.name
                    )
                )
            lost = request._get_on_the_way()
            transfers.append(
                request._prepare_arrival(
                    lost, request.company_id._get_spare_loss_location()
                )
            )
            request.message_post(
                body=self.env._(
                    "Written off: %(parts)s. %(reason)s",
                    parts=request._say_pieces(lost),
                    reason=reason,
                ),
                author_id=self.env.user.partner_id.id,
            )
        self.env["stock.picking"]._spare_transfer(transfers)
        self.invalidate_recordset(["is_short"])
        return True

    def action_sign_director(self):
        """The director signs for the quantity that really came (PRT-09, AMB-20)."""
        self._require_group("director")
        for request in self:
            if request.state != "received" or request.director_id:
                raise UserError(
                    self.env._(
                        "%s: nothing counted waits for the director's signature.",
                        request.name,
                    )
                )
            if request.received_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(request)s: specialist and director are two people (PRT-09); "
                        "%(user)s counted the parts.",
                        request=request.name,
                        user=self.env.user.name,
                    )
                )
        # sudo: the director signs, he does not write the request
        self.sudo()._set_guarded(
            {"director_id": self.env.uid, "director_signed_at": self._now()}
        )
        return True
