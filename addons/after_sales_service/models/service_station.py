# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceStation(models.Model):
    """Who serves: from the group's centre down to shops and partners (NET-04, NET-07)."""

    _name = "service.station"
    _description = "Service Station"
    _parent_store = True
    _order = "code"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    kind = fields.Selection(
        selection=[
            ("group", "Group centre"),
            ("branch", "Branch service centre"),
            ("station", "Station"),
            ("shop", "Shop"),
            ("partner", "Partner"),
            ("department", "Department"),
            ("support", "Technical support centre"),
        ],
        required=True,
        default="station",
    )
    parent_id = fields.Many2one(
        comodel_name="service.station",
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="service.station", inverse_name="parent_id", string="Below"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Address")
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", string="Helpdesk team"
    )
    calendar_id = fields.Many2one(comodel_name="resource.calendar")
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="service_station_user_rel",
        column1="station_id",
        column2="user_id",
        string="Staff",
    )
    director_id = fields.Many2one(
        comodel_name="res.users",
        string="Service director",
        help="Keeps the accounts of the station's spare parts (PRT-07).",
    )
    specialist_id = fields.Many2one(
        comodel_name="res.users",
        string="Commercial specialist",
        help="Keeps the goods of the station's spare parts (PRT-07).",
    )
    callback_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Callbacks by",
        help="Who phones customers back. Empty: the service director.",
    )
    region_ids = fields.One2many(
        comodel_name="service.region", inverse_name="station_id", string="Regions"
    )
    skill_ids = fields.Many2many(
        comodel_name="service.skill",
        string="Technologies",
        help="A department takes the cases of its unit that need these skills.",
    )  # NET-09
    self_dispatch = fields.Boolean(
        string="Engineers pick jobs",
        help="Engineers of this station may dispatch tickets themselves. Otherwise "
        "the hotline and the service director do.",
    )
    phone = fields.Char(related="partner_id.phone", string="Hotline", readonly=False)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "This station code exists already."
    )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A station cannot stand below itself."))

    @api.constrains("director_id", "specialist_id")
    def _check_custody(self):
        for station in self:
            # PRT-07: one keeps the accounts, the other the goods
            if station.director_id and station.director_id == station.specialist_id:
                raise ValidationError(
                    self.env._(
                        "Station %(station)s: %(user)s cannot keep both the accounts "
                        "(director) and the goods (specialist), PRT-07. A service "
                        "manager can name somebody else.",
                        station=station.name,
                        user=station.director_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        stations = super().create(vals_list)
        stations._add_officers_to_staff()
        return stations

    def write(self, vals):
        result = super().write(vals)
        if {"director_id", "specialist_id", "callback_user_id"} & vals.keys():
            self._add_officers_to_staff()
        return result

    def _add_officers_to_staff(self):
        for station in self:
            officers = (
                station.director_id | station.specialist_id | station.callback_user_id
            )
            if officers - station.user_ids:
                station.user_ids |= officers

    def _get_branch(self) -> dict:
        """The nearest branch centre at or above each station (empty if none)."""
        result = {}
        for station in self:
            branch = station
            while branch and branch.kind != "branch":
                branch = branch.parent_id
            result[station] = branch
        return result

    def _get_department(self, skills):
        """The department of this unit that has these skills, else the unit."""
        self.ensure_one()
        return (
            self.child_ids.filtered(
                lambda unit: unit.kind == "department" and skills <= unit.skill_ids
            )[:1]
            or self
        )

    def _get_support(self):
        """Who helps further: the nearest support centre or branch above (NET-08)."""
        self.ensure_one()
        above = self.parent_id
        while above and above.kind not in ("support", "branch", "group"):
            above = above.parent_id
        return (
            above.child_ids.filtered(lambda unit: unit.kind == "support")[:1] or above
        )

    def _get_callback_user(self):
        """Who phones customers back for this station."""
        self.ensure_one()
        return self.callback_user_id or self.director_id or self.user_ids[:1]
