# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceRegion(models.Model):
    """Where customers live. Its class picks the clocks (T-03), its station serves."""

    _name = "service.region"
    _description = "Service Region"
    _parent_store = True
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    region_class = fields.Selection(
        selection=[
            ("urban", "Urban area"),
            ("suburban", "Outside the urban area"),
            ("county", "County and below"),
        ],
        string="Class",
    )
    parent_id = fields.Many2one(
        comodel_name="service.region", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    station_id = fields.Many2one(
        comodel_name="service.station",
        string="Own station",
        help="Empty: served by the station of the parent region.",
    )
    serving_station_id = fields.Many2one(
        comodel_name="service.station",
        string="Served by",
        compute="_compute_serving_station_id",
        recursive=True,
        store=True,
        index=True,
    )
    travel_minutes = fields.Integer(
        string="Travel time (minutes)",
        help="From the station to the customers of this region. 0: not known.",
    )  # SLA-34
    engineer_id = fields.Many2one(
        comodel_name="res.users",
        help="Who goes there unless somebody else is sent. Empty: as in the parent "
        "region.",
    )
    special = fields.Boolean(
        string="Special region",
        help="Here and below the office may decide against on-site service, with "
        "the customer's consent.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This region code exists already.")

    @api.depends("station_id", "parent_id.serving_station_id")
    def _compute_serving_station_id(self):
        """The region's own station, else its parent's (NET-04)."""
        for region in self:
            region.serving_station_id = (
                region.station_id or region.parent_id.serving_station_id
            )

    def _get_engineer(self):
        """The engineer of this zone, its own or its parent's (DSP-09, CARE-20)."""
        region = self
        while region and not region.engineer_id:
            region = region.parent_id
        return region.engineer_id

    def _is_onsite_optional(self) -> bool:
        """Whether the office may decide against a visit here (DSP-19, DSP-20).

        It may outside the zone table: in special regions and where no class is
        stated (CF-26).
        """
        above = self.browse(
            int(key) for key in (self.parent_path or "").split("/") if key
        )
        return not self.region_class or any(above.mapped("special"))

    def _lies_in(self, region) -> bool:
        """Whether this region is ``region`` or a part of it; nowhere lies in none."""
        return (self.parent_path or "").startswith(region.parent_path)

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A region cannot lie in itself."))
