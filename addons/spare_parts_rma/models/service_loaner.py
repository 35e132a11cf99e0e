# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceLoaner(models.Model):
    """A loaner that lies on a station's loaner shelf moves in stock (PRT-22).

    It stays ours while the customer has it: it goes to the station's place *Lent* and
    comes back from there. What is not in stock is lent without any movement. A unit
    that comes back broken is not lent again: it goes home with the weekly return.
    """

    _inherit = "service.loaner"

    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="From the loaner shelf",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('id', 'in', shelf_lot_ids)]",
        help="Empty: the unit is not in stock. A serial that is typed or scanned is "
        "looked up in stock when the unit is handed out.",
    )
    fault_back = fields.Char(
        string="Fault when back",
        copy=False,
        help="What is broken. The unit goes to the defective parts with a slip of its "
        "own, not back on the loaner shelf.",
    )
    shelf_lot_ids = fields.Many2many(
        comodel_name="stock.lot", compute="_compute_shelf_lot_ids"
    )

    @api.depends("station_id", "state")
    def _compute_shelf_lot_ids(self):
        """What lies on the station's loaner shelf now."""
        lying = self._get_places(
            [
                ("location_id.service_use", "=", "loaner"),
                ("location_id.station_id", "in", self.station_id.ids),
                ("lot_id", "!=", False),
            ]
        )
        for loaner in self:
            loaner.shelf_lot_ids = [
                lot.id for lot, places in lying.items() if loaner._pick_place(places)
            ]

    @api.depends("lot_id")
    def _compute_from_equipment(self):
        result = super()._compute_from_equipment()
        for loaner in self.filtered("lot_id"):
            loaner.description = loaner.lot_id.product_id.display_name
            loaner.serial = loaner.lot_id.name
        return result

    def _get_lent_fields(self):
        return super()._get_lent_fields() | {"lot_id"}

    def write(self, vals):
        if "fault_back" in vals and not self.env.su:
            for loaner in self:
                if loaner.state == "back":
                    raise UserError(
                        self.env._(
                            "Loaner %s came back already: its condition stays as it "
                            "was noted.",
                            loaner.name,
                        )
                    )
        return super().write(vals)

    def action_out(self):
        self._find_lots()
        result = super().action_out()
        self._move_stock("loaner", "lent")
        return result

    def action_back(self):
        result = super().action_back()
        broken = self.filtered(lambda loaner: (loaner.fault_back or "").strip())
        (self - broken)._move_stock("lent", "loaner")
        broken._make_slips(broken._move_stock("lent", "defective"))
        return result

    def _make_slips(self, stations):
        """A broken unit goes home like any defective piece; nobody owes it.

        :param stations: loaner → station whose defective parts it lies with
        """
        # sudo: slips are made by acts only
        slips = self.env["spare.rma"].sudo()
        slips = slips.create(
            [loaner._prepare_slip_vals(station) for loaner, station in stations.items()]
        )
        slips._transition(
            "at_station", handed_in_at=self._now(), handed_in_to_id=self.env.uid
        )
        slips._add_to_return()

    def _prepare_slip_vals(self, station):
        self.ensure_one()
        return {
            "product_id": self.lot_id.product_id.id,
            "lot_id": self.lot_id.id,
            "serial": self.lot_id.name,
            "symptom": self.fault_back.strip(),
            "remark": self.env._("Loaner %s came back broken", self.name),
            "ticket_id": self.ticket_id.id,
            "station_id": station.id,
            "company_id": self.company_id.id,
            "born_at": self._now(),
            "is_extra": True,
        }

    def _find_lots(self):
        """A serial that stock knows is lent from stock, whoever typed it."""
        typed = self.filtered(
            lambda loaner: loaner.state == "draft" and not loaner.lot_id
        )
        found = self._get_places([("lot_id.name", "in", typed.mapped("serial"))])
        for loaner in typed:
            lots = [lot for lot in found if lot.name == loaner.serial]
            # another part may bear the same serial: the one on the shelf is meant
            lots.sort(key=lambda lot, loaner=loaner: not loaner._pick_place(found[lot]))
            loaner.lot_id = lots[0] if lots else False

    def _get_places(self, domain) -> dict:
        """Where serials lie, of all that is ours: serial → places."""
        # sudo: the counter reads no quantities
        quants = self.env["stock.quant"].sudo()
        return {
            lot: lying.location_id
            for lot, lying in quants.search(
                [
                    *domain,
                    ("company_id", "in", self.company_id.ids),
                    ("quantity", ">", 0),
                    ("location_id.usage", "in", ("internal", "transit")),
                ]
            )
            .grouped("lot_id")
            .items()
        }

    def _pick_place(self, places, use="loaner"):
        """Of ``places`` the one this unit is lent from, or comes back from."""
        self.ensure_one()
        # sudo: places only
        return places.sudo().filtered(
            lambda place: (
                place.service_use == use
                # a ticket may change its station while the unit is out
                and (use == "lent" or place.station_id == self.station_id)
            )
        )[:1]

    def _move_stock(self, source, dest):
        """Move the units that are in stock, in this transaction.

        :param source: use of the place a unit must lie at
        :param dest: use of the place of the same station it goes to
        :returns: loaner → station, of the units that moved
        """
        # sudo: the counter lends, its goods follow
        loaners = self.sudo().filtered("lot_id")
        lying = loaners._get_places([("lot_id", "in", loaners.lot_id.ids)])
        transfers, stations = [], {}
        for loaner in loaners:
            lot = loaner.lot_id
            places = lying.get(lot, self.env["stock.location"])
            place = loaner._pick_place(places, source)
            if not place or lot.name != loaner.serial:
                loaner._refuse_unit(source, places)
            stations[loaner] = place.station_id
            transfers.append(
                (
                    loaner.company_id.spare_custody_type_id,
                    loaner.name,
                    [
                        {
                            "product": lot.product_id,
                            "lot": lot,
                            "quantity": 1.0,
                            "location": place,
                            "dest": place.station_id._get_locations(dest)[
                                place.station_id
                            ],
                        }
                    ],
                    {"partner_id": loaner.partner_id.id},
                )
            )
        if transfers:
            self.env["stock.picking"]._spare_transfer(transfers)
        return stations

    def _refuse_unit(self, use, places):
        """Say why a unit cannot be taken from its place."""
        uses = dict(
            self.env["stock.location"]
            ._fields["service_use"]
            ._description_selection(self.env)
        )
        raise UserError(
            self.env._(
                "%(loaner)s: %(product)s %(lot)s is not at %(station)s, %(use)s, but "
                "at %(places)s. Whoever looks after the stock moves it there; or "
                "choose another unit.",
                loaner=self.display_name,
                product=self.lot_id.product_id.display_name,
                lot=self.lot_id.name,
                station=self.station_id.name,
                use=uses[use],
                places=", ".join(places.mapped("display_name"))
                or self.env._("no place of ours"),
            )
        )
