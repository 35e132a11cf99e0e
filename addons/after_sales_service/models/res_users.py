# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import fields, models

from ..tools.intake import OPEN_STATES

# What nobody goes to a customer without (NET-06).
OUTFIT_NEEDED = ("uniform", "badge")


class ResUsers(models.Model):
    _inherit = "res.users"

    service_station_ids = fields.Many2many(
        comodel_name="service.station",
        relation="service_station_user_rel",
        column1="user_id",
        column2="station_id",
        string="Service stations",
        help="Where this person works. People see their stations and all below them.",
    )
    service_certificate_ids = fields.One2many(
        comodel_name="service.certificate", inverse_name="user_id"
    )
    service_skill_ids = fields.Many2many(
        comodel_name="service.skill",
        string="Skills",
        compute="_compute_service_skill_ids",
        help="Skills with a certificate that is valid today.",
    )
    service_visit_count = fields.Integer(
        string="Open visits", compute="_compute_service_load"
    )
    service_minutes_today = fields.Integer(
        string="Minutes today", compute="_compute_service_load"
    )
    service_outfit_missing = fields.Char(
        string="Missing outfit", compute="_compute_service_outfit_missing"
    )

    def _compute_service_skill_ids(self):
        skills = self._get_service_skills(self.env.company._service_today())
        for user in self:
            user.service_skill_ids = skills[user.id]

    def _get_service_skills(self, day) -> dict:
        """User id → skills with a certificate valid on that day."""
        certificates = self.env["service.certificate"]
        found = defaultdict(self.env["service.skill"].browse)
        for certificate in certificates.search(
            [("user_id", "in", self.ids), *certificates._get_valid_domain(day)]
        ):
            found[certificate.user_id.id] |= certificate.skill_id
        return found

    def _compute_service_load(self):
        """Open visits of each engineer, and the minutes planned for today."""
        start, end = self.env.company._service_day()
        visits = self.env["service.visit"]
        mine = [("engineer_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        counts = dict(visits._read_group(mine, ["engineer_id"], ["__count"]))
        minutes = dict(
            visits._read_group(
                [*mine, ("window_start", ">=", start), ("window_start", "<", end)],
                ["engineer_id"],
                ["planned_minutes:sum"],
            )
        )
        for user in self:
            user.service_visit_count = counts.get(user, 0)
            user.service_minutes_today = minutes.get(user, 0)

    def _compute_service_outfit_missing(self):
        """Who goes to customers without uniform or badge (NET-06)."""
        outfits = self.env["service.outfit"]
        kinds = dict(outfits._fields["kind"]._description_selection(self.env))
        has = {
            (user.id, kind)
            for user, kind in outfits._read_group(
                [("user_id", "in", self.ids), ("returned_on", "=", False)],
                ["user_id", "kind"],
            )
        }
        for user in self:
            user.service_outfit_missing = ", ".join(
                kinds[kind] for kind in OUTFIT_NEEDED if (user.id, kind) not in has
            )

    def action_view_service_visits(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visits of %s", self.name),
            "res_model": "service.visit",
            "view_mode": "calendar,list,form",
            "domain": [("engineer_id", "=", self.id)],
            "context": {"default_engineer_id": self.id},
        }
