# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# What both sides may agree on, for each kind of difference (AMB-21).
RESOLUTIONS = {
    "missing": ("lost", "station"),
    "extra": ("taken", "sent_back"),
    "wrong_serial": ("corrected", "station"),
    "wrong_box": ("accepted",),
    "condition": ("accepted", "appraisal"),
}


class SpareReturnDifference(models.Model):
    """What was found at receiving and is not as the list says.

    Station and warehouse agree on it, one person each; then it is carried out.
    """

    _name = "spare.return.difference"
    _description = "Return Difference"
    _inherit = ["service.guarded.mixin"]
    _order = "state, id desc"
    _rec_name = "code"
    _guarded_fields = frozenset(
        {
            "state",
            "kind",
            "code",
            "return_id",
            "rma_id",
            "station_agreed_by_id",
            "station_agreed_at",
            "warehouse_agreed_by_id",
            "warehouse_agreed_at",
        }
    )

    return_id = fields.Many2one(
        comodel_name="spare.return", required=True, index=True, ondelete="restrict"
    )
    station_id = fields.Many2one(related="return_id.station_id", store=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    rma_id = fields.Many2one(
        comodel_name="spare.rma", string="Return slip", index="btree_not_null"
    )
    kind = fields.Selection(
        selection=[
            ("missing", "Missing"),
            ("extra", "Extra"),
            ("wrong_serial", "Wrong serial"),
            ("wrong_box", "In another box"),
            ("condition", "Other condition"),
        ],
        required=True,
    )
    code = fields.Char(string="Serial or slip")
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part found",
        domain=[("is_storable", "=", True)],
        help="What an extra piece is that no slip tells of.",
    )
    note = fields.Char()
    photo = fields.Image(max_width=1920, max_height=1920, attachment=True)
    resolution = fields.Selection(
        selection=[
            ("lost", "Lost on the way"),
            ("station", "Lies at the station, comes with the next return"),
            ("taken", "Taken in with a slip"),
            ("sent_back", "Sent back"),
            ("corrected", "The serial on the slip is corrected"),
            ("accepted", "Accepted as it is"),
            ("appraisal", "The damage is appraised"),
        ],
        string="Agreed",
    )
    station_agreed_by_id = fields.Many2one(
        comodel_name="res.users", string="Agreed by station", readonly=True
    )
    station_agreed_at = fields.Datetime(readonly=True)
    warehouse_agreed_by_id = fields.Many2one(
        comodel_name="res.users", string="Agreed by warehouse", readonly=True
    )
    warehouse_agreed_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("settled", "Settled")],
        required=True,
        default="open",
    )

    def write(self, vals):
        agreed = {"note", "resolution", "product_id"} & vals.keys()
        if agreed and not self.env.su:
            for row in self:
                if row.state == "settled":
                    raise UserError(
                        self.env._("%s is settled: it stays as it is.", row.code)
                    )
            # who signed for something else signs again
            self.sudo().write(  # sudo: signatures are set by the button only
                {
                    "station_agreed_by_id": False,
                    "station_agreed_at": False,
                    "warehouse_agreed_by_id": False,
                    "warehouse_agreed_at": False,
                }
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A difference is settled, not deleted."))

    def action_settle(self):
        """Agree for one's own side; when both have, it is carried out.

        :raises UserError: no note, a resolution that does not fit the kind, or the
            same person for both sides
        """
        settled = self.browse()
        for row in self:
            row._check_agreeable()
            side = row._get_side()
            row._set_guarded(
                {
                    f"{side}_agreed_by_id": self.env.uid,
                    f"{side}_agreed_at": row.company_id._service_now(),
                }
            )
            if row.station_agreed_by_id and row.warehouse_agreed_by_id:
                settled |= row
        settled._set_guarded({"state": "settled"})
        # sudo: the consequence of an agreement of both sides
        for row in settled.sudo():
            carry_out = getattr(row, f"_carry_out_{row.resolution}", None)
            if carry_out:
                carry_out()
        settled.return_id._settle()
        return True

    def _check_agreeable(self):
        self.ensure_one()
        labels = dict(self._fields["resolution"]._description_selection(self.env))
        if self.state == "settled":
            raise UserError(self.env._("%s is settled already.", self.code))
        if self.return_id.state not in ("received", "settled"):
            raise UserError(
                self.env._(
                    "%s is still being received. The clerk finishes receiving first.",
                    self.return_id.name,
                )
            )
        if not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "Write in the note what %(station)s and the warehouse agreed "
                    "on for %(code)s.",
                    station=self.station_id.name,
                    code=self.code,
                )
            )
        if self.resolution not in RESOLUTIONS[self.kind]:
            raise UserError(
                self.env._(
                    "%(code)s: choose what was agreed: %(choices)s.",
                    code=self.code,
                    choices=", ".join(
                        labels[choice] for choice in RESOLUTIONS[self.kind]
                    ),
                )
            )
        if self.resolution == "taken" and not self.rma_id and not self.product_id:
            raise UserError(self.env._("%s: choose which part was found.", self.code))

    def _get_side(self):
        """For whom the user signs: station or warehouse."""
        user = self.env.user
        signed = self.station_agreed_by_id | self.warehouse_agreed_by_id
        if user in signed:
            raise UserError(
                self.env._(
                    "%(code)s: %(user)s has agreed already. The other side agrees now.",
                    code=self.code,
                    user=user.name,
                )
            )
        sides = {
            "warehouse": ("warehouse",),
            "station": ("specialist", "director"),
        }
        for side, groups in sides.items():
            if not self[f"{side}_agreed_by_id"] and any(
                user.has_group(f"after_sales_service.group_{group}") for group in groups
            ):
                return side
        raise UserError(
            self.env._(
                "%(code)s: the other side agrees now (warehouse clerk, or specialist "
                "or director of %(station)s).",
                code=self.code,
                station=self.station_id.name,
            )
        )

    # ---------------------------------------------------
    # What was agreed is carried out
    # ---------------------------------------------------

    def _take_in(self, rma):
        """A piece comes into the intake from where the books have it, or from nowhere."""
        quants = self.env["stock.quant"]
        lying = quants._spare_find(rma.lot_id).get(rma.lot_id, quants)
        if rma.lot_id and not lying:
            self._check_in_no_machine(rma)
        rma._move_pieces(
            lying.location_id or self.company_id._get_spare_loss_location(),
            self.company_id.spare_intake_location_id,
            package=lying.package_id.id,
        )

    def _check_in_no_machine(self, rma):
        listed = self.env["service.equipment.component"].search(
            [
                ("product_id", "=", rma.product_id.id),
                ("serial", "=", rma.lot_id.name),
                ("removed_on", "=", False),
            ],
            limit=1,
        )
        if listed:
            raise UserError(
                self.env._(
                    "%(code)s is in %(equipment)s by its parts list. Read the serial "
                    "of the piece again; if it is right, the hotline corrects the "
                    "parts list of the machine first.",
                    code=self.code,
                    equipment=listed.equipment_id.display_name,
                )
            )

    def _carry_out_lost(self):
        """The piece is gone: out of stock, the slip ends, a claim is proposed."""
        rma, company = self.rma_id, self.company_id
        rma._move_pieces(
            company.spare_transit_location_id, company._get_spare_loss_location()
        )
        rma._transition("closed", closed_at=self.return_id._now(), disposition="lost")
        self.return_id._settle_found(rma)
        self.env["spare.claim"].create(
            {
                "origin": "lost",
                "rma_id": rma.id,
                "party": "carrier",
                "amount": rma._get_cost()[rma],
            }
        )

    def _carry_out_station(self):
        """The piece never left: it comes with the next return."""
        rma = self.rma_id
        shelf = self.station_id._get_locations("defective")[self.station_id]
        rma._move_pieces(self.company_id.spare_transit_location_id, shelf)
        rma._transition("at_station", return_id=False, box_id=False, scanned_at=False)
        rma._add_to_return()
        self.return_id._settle_found(rma)

    def _carry_out_taken(self):
        """An extra piece gets a slip without a debt, or its own slip arrives.

        A slip that is on its way with another return stays on that one's list.
        """
        rma, now = self.rma_id, self.return_id._now()
        if rma.state in ("received", "inspected"):
            return
        arrived = {"state": "received", "scanned_at": now, "received_at": now}
        if rma.state == "shipped":
            self._take_in(rma)
            rma._set_guarded(arrived)
            rma.return_id._settle_found(rma)
            return
        if not rma or rma.state in ("closed", "rejected"):
            rma = self.env["spare.rma"].create(self._prepare_extra_vals())
            rma._set_missing_lots()
            self._take_in(rma)
        else:
            rma._set_missing_lots()
            source = rma._get_sources()[rma]
            rma._move_pieces(source, self.company_id.spare_intake_location_id)
            rma._drop_overdue_charges()
        rma._set_guarded({**arrived, "return_id": self.return_id.id, "box_id": False})
        self.rma_id = rma

    def _prepare_extra_vals(self):
        """The slip of a piece that nobody owed."""
        self.ensure_one()
        return {
            "product_id": (self.product_id or self.rma_id.product_id).id,
            "serial": self.code,
            "symptom": self.env._("Extra piece: %s", self.note),
            "station_id": self.station_id.id,
            "company_id": self.company_id.id,
            "born_at": self.return_id._now(),
            "is_extra": True,
        }

    def _carry_out_corrected(self):
        """Another serial came for this slip: the stock says so, and so does it."""
        rma, company, old = self.rma_id, self.company_id, self.rma_id.serial
        rma._move_pieces(
            company.spare_transit_location_id, company._get_spare_loss_location()
        )
        rma._set_guarded(
            {
                "lot_id": False,
                "serial": self.code,
                "remark": self.env._("The slip said %s.", old),
            }
        )
        rma._set_missing_lots()
        self._take_in(rma)
        now = self.return_id._now()
        rma._transition("received", scanned_at=now, received_at=now)
        self.return_id._settle_found(rma)

    def _carry_out_appraisal(self):
        """The station appraises what came in another condition (RMA-04)."""
        rma = self.rma_id
        rma.damaged = True
        self.env["spare.damage.appraisal"].create(
            {"rma_id": rma.id, "damage": self.note}
        )
