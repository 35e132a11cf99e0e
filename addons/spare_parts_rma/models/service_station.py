# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict
from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

USES = ("good", "defective", "loaner", "lent")


class ServiceStation(models.Model):
    """A station's goods: a set of locations, not a warehouse."""

    _inherit = "service.station"

    location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Stock",
        readonly=True,
        copy=False,
        help="All places of this station.",
    )
    location_ids = fields.One2many(
        comodel_name="stock.location", inverse_name="station_id", string="Places"
    )
    return_weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Return opens on",
        required=True,
        default="0",
        help="Weekday on which the weekly return of defective parts opens (RMA-05).",
    )
    custody_limit = fields.Integer(
        string="Pieces in one bag",
        help="How many good pieces one engineer may hold at a time; 0: no limit. An "
        "engineer may have a limit of his own.",
    )
    custody_days = fields.Integer(
        string="Days in one bag",
        default=14,
        help="After how many days a drawn part is overdue (PRT-13).",
    )
    custody_block = fields.Boolean(
        string="Overdue parts block further draws",
        help="Who holds overdue good parts or owes overdue defective ones draws "
        "nothing more before they came back.",
    )
    oow_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="Out-of-warranty prices",
        check_company=True,
        help="The branch centre's price list for parts out of warranty (OOW-18). "
        "Empty: that of the station above.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        stations = super().create(vals_list)
        stations._ensure_locations()
        return stations

    def _prepare_location_vals(self, use, parent, name, custodian=None):
        self.ensure_one()
        return {
            "name": name,
            "usage": "internal",
            "service_use": use,
            "station_id": self.id,
            "location_id": parent.id,
            "custodian_id": custodian.id if custodian else False,
            "company_id": self.company_id.id,
        }

    def _ensure_locations(self):
        """Give each station its Good, Defective, Loaner and Lent places."""
        # sudo: set-up of a station; its creator need not be a stock manager
        stations = self.sudo()
        stations.company_id._ensure_spare_network()
        stations = stations.filtered("company_id.spare_network_location_id")
        locations = self.env["stock.location"].sudo()
        todo = stations.filtered(lambda station: not station.location_id)
        roots = locations.create(
            [
                {
                    "name": station.name,
                    "usage": "view",
                    "location_id": station.company_id.spare_network_location_id.id,
                    "company_id": station.company_id.id,
                }
                for station in todo
            ]
        )
        for station, root in zip(todo, roots, strict=True):
            station.location_id = root
        there = {
            (location.station_id, location.service_use)
            for location in stations.location_ids
            if not location.custodian_id
        }
        names = {
            company: company.with_context(
                lang=company.partner_id.lang
            )._get_spare_place_names()
            for company in stations.company_id
        }
        locations.create(
            [
                station._prepare_location_vals(
                    use, station.location_id, names[station.company_id][use]
                )
                for station in stations
                for use in USES
                if (station, use) not in there
            ]
        )

    @contextmanager
    def _first_come(self):
        """Around making what there is once: who comes second starts again.

        The server repeats his act, which then finds what the other has made.
        """
        try:
            with self.env.cr.savepoint():
                yield
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _get_locations(self, use) -> dict:
        """Each station's place for ``use``; made when missing."""
        # sudo: engineers read no stock locations
        stations = self.sudo()
        found = {
            location.station_id: location
            for location in stations.location_ids
            if location.service_use == use and not location.custodian_id
        }
        if len(found) < len(stations):
            with stations._first_come():
                stations._ensure_locations()
            stations.invalidate_recordset(["location_ids"])
            found = {
                location.station_id: location
                for location in stations.location_ids
                if location.service_use == use and not location.custodian_id
            }
        return {station: found[station] for station in self}

    @api.model
    def _get_custody(self, pairs, use="engineer") -> dict:
        """The place of each (station, engineer): his bag, or his defectives.

        :param use: engineer or engineer_defective
        """
        pairs = set(pairs)
        # sudo: engineers read no stock locations
        locations = self.env["stock.location"].sudo()
        found = {
            (location.station_id.id, location.custodian_id.id): location
            for location in locations.search(
                [
                    ("service_use", "=", use),
                    ("station_id", "in", [station.id for station, _user in pairs]),
                    ("custodian_id", "in", [user.id for _station, user in pairs]),
                ]
            )
        }
        missing = [
            # sudo: places are made by the machine, for whoever needs them
            (station.sudo(), user.sudo())
            for station, user in pairs
            if (station.id, user.id) not in found
        ]
        if missing:
            stations = self.browse({station.id for station, _user in missing}).sudo()
            defective = stations._get_locations("defective")
            with stations._first_come():
                created = locations.create(
                    [
                        station._prepare_location_vals(
                            use,
                            station.location_id
                            if use == "engineer"
                            else defective[station],
                            user.name,
                            user,
                        )
                        for station, user in missing
                    ]
                )
            for (station, user), location in zip(missing, created, strict=True):
                found[station.id, user.id] = location
        return {(station, user): found[station.id, user.id] for station, user in pairs}

    def _get_oow_pricelist(self) -> dict:
        """The price list for parts out of warranty, own or from above (OOW-18)."""
        result = defaultdict(lambda: self.env["product.pricelist"])
        # sudo: the branch centre's list holds for stations that do not see it
        for station in self:
            above = station.sudo()
            while above and not above.oow_pricelist_id:
                above = above.parent_id
            result[station] = above.oow_pricelist_id
        return result

    def _get_people_above(self):
        """Who hears of this station's papers at its branch centre."""
        self.ensure_one()
        # sudo: the branch centre is above the station's fence
        branch = self.sudo()._get_branch()[self.sudo()]
        return (branch.director_id | branch.user_ids).partner_id
