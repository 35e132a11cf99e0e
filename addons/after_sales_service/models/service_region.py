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
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This region code exists already.")

    @api.depends("station_id", "parent_id.serving_station_id")
    def _compute_serving_station_id(self):
        """The region's own station, else its parent's (NET-04)."""
        for region in self:
            region.serving_station_id = (
                region.station_id or region.parent_id.serving_station_id
            )

    def _lies_in(self, region) -> bool:
        """Whether this region is ``region`` or a part of it; nowhere lies in none."""
        return (self.parent_path or "").startswith(region.parent_path)

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A region cannot lie in itself."))
