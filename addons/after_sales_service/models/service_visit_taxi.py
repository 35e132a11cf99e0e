# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ServiceVisit(models.Model):
    """Going by taxi: asked with a reason, approved by the leader (VIS-05)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    taxi_reason = fields.Char(
        string="Why a taxi", copy=False, help="We go by bus or bicycle (VIS-05)."
    )
    taxi_state = fields.Selection(
        selection=[
            ("asked", "Asked for"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        string="Taxi",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    taxi_asked_by_id = fields.Many2one(
        comodel_name="res.users", string="Taxi asked by", readonly=True, copy=False
    )
    taxi_decided_by_id = fields.Many2one(
        comodel_name="res.users", string="Taxi decided by", readonly=True, copy=False
    )
    taxi_decided_at = fields.Datetime(
        string="Taxi decided on", readonly=True, copy=False
    )

    def write(self, vals):
        if "taxi_reason" in vals and not self.env.su:
            decided = self.filtered("taxi_state")._get_changed({"taxi_reason"}, vals)
            if decided:
                raise UserError(
                    self.env._(
                        "Visit %s: the reason for the taxi stays as it was asked.",
                        ", ".join(decided.mapped("name")),
                    )
                )
        return super().write(vals)

    def action_taxi_ask(self):
        """Ask the director for a taxi."""
        self._check_engineer()
        self._check_filled([("taxi_reason", self.env._("why a taxi (VIS-05)"))])
        for visit in self:
            if visit.taxi_state or visit._is_ended():
                raise UserError(
                    self.env._(
                        "Visit %s: the taxi is decided or asked for already, or the "
                        "visit is over.",
                        visit.name,
                    )
                )
        self._set_guarded({"taxi_state": "asked", "taxi_asked_by_id": self.env.uid})
        for visit in self:
            leader = visit._get_leader()
            if leader:
                # sudo: the leader is told, whoever may see him
                visit.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Taxi: %s", visit.taxi_reason),
                    user_id=leader.id,
                    date_deadline=visit.company_id._service_today(),
                )
        return True

    def _get_leader(self):
        """Who leads the engineer: the station's director, or the next one above."""
        self.ensure_one()
        # sudo: the stations above may be fenced
        station = self.station_id.sudo()
        while station:
            if station.director_id and station.director_id != self.engineer_id:
                return station.director_id
            station = station.parent_id
        return self.env["res.users"]

    def action_taxi_approve(self):
        return self._decide_taxi("approved")

    def action_taxi_refuse(self):
        return self._decide_taxi("refused")

    def _decide_taxi(self, state):
        """Four eyes: neither who goes nor who asked decides (VIS-05)."""
        self._require_group("director", "branch", "manager")
        for visit in self:
            if visit.taxi_state != "asked":
                raise UserError(
                    self.env._("Visit %s: no taxi waits for a decision.", visit.name)
                )
            if self.env.user in visit.engineer_id | visit.taxi_asked_by_id:
                raise AccessError(
                    self.env._(
                        "Visit %(visit)s: %(user)s goes or asked himself. The next "
                        "higher leader decides on the taxi (VIS-05).",
                        visit=visit.name,
                        user=self.env.user.name,
                    )
                )
        self._set_guarded(
            {
                "taxi_state": state,
                "taxi_decided_by_id": self.env.uid,
                "taxi_decided_at": self._now(),
            }
        )
        self.activity_feedback(["mail.mail_activity_data_todo"])
        return True
