# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.training import split_hours


class ServiceProgram(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.program"

    training_hours = fields.Float(
        string="Free training hours",
        help="Hours of training each customer of this programme is given free.",
    )  # TRN-01
    visit_team_ids = fields.Many2many(
        comodel_name="res.users",
        relation="service_program_visit_team_rel",
        string="Project team",
        help="Only they work on this programme's machines. Empty: every engineer.",
    )  # VIS-36

    _training_hours_positive = models.Constraint(
        "CHECK (training_hours >= 0)", "Free training hours are never negative."
    )


class ServiceVisit(models.Model):
    """Trainings: who, how long, with what effect, and what is left (TRN)."""

    _inherit = "service.visit"

    trainees = fields.Text(help="Names of the people trained.")
    training_hours = fields.Float(
        string="Hours of training", tracking=True, aggregator="sum"
    )
    training_promised = fields.Float(
        compute="_compute_training_left", string="Free hours promised"
    )
    training_left = fields.Float(
        compute="_compute_training_left",
        string="Free hours left",
        help="Promised by the programme less what completed trainings used.",
    )
    training_free_hours = fields.Float(
        string="Free hours used", readonly=True, copy=False
    )
    training_paid_hours = fields.Float(
        string="Chargeable hours", readonly=True, copy=False
    )
    training_agreed_by = fields.Char(
        string="Chargeable hours agreed by",
        copy=False,
        help="Who agreed that hours beyond the free ones are charged.",
    )
    training_effect = fields.Text(
        string="Effect of the training",
        copy=False,
        help="Feedback of the trainees: what they can do now (TRN-02).",
    )

    _training_hours_positive = models.Constraint(
        "CHECK (training_hours >= 0)", "Hours of training are never negative."
    )

    @api.depends("partner_id", "ticket_id", "kind", "training_free_hours")
    def _compute_training_left(self):
        """Count over all completed trainings of the customer (TRN-01)."""
        trainings = self.filtered(lambda visit: visit.kind == "training")
        programs = trainings.ticket_id._get_service_programs()
        # sudo: hours count wherever they were given
        used = dict(
            self.env["service.visit"]
            .sudo()
            ._read_group(
                [
                    ("kind", "=", "training"),
                    ("state", "=", "done"),
                    ("partner_id", "in", trainings.partner_id.ids),
                    ("company_id", "in", trainings.company_id.ids),
                ],
                ["partner_id"],
                ["training_free_hours:sum"],
            )
        )
        for visit in self:
            theirs = programs.get(visit.ticket_id, self.env["service.program"])
            visit.training_promised = max(theirs.mapped("training_hours"), default=0)
            visit.training_left = max(
                visit.training_promised - used.get(visit.partner_id, 0.0), 0.0
            )

    @api.constrains("engineer_id", "ticket_id")
    def _check_team(self):
        """Nobody works on objects outside his project team (VIS-36)."""
        programs = self.ticket_id._get_service_programs()
        for visit in self.filtered("engineer_id"):
            # sudo: the team is needed to check, not to read
            for program in programs[visit.ticket_id].sudo():
                team = program.visit_team_ids
                if team and visit.engineer_id not in team:
                    raise ValidationError(
                        self.env._(
                            "Visit %(visit)s: %(engineer)s is not in the project team "
                            "of %(program)s and may not work there (VIS-36). Choose "
                            "one of: %(team)s.",
                            visit=visit.name,
                            engineer=visit.engineer_id.name,
                            program=program.name,
                            team=", ".join(team.mapped("name")),
                        )
                    )

    def _split_training(self):
        """(free, chargeable) hours of this training."""
        return split_hours(
            self.training_promised,
            self.training_promised - self.training_left,
            self.training_hours,
        )

    def _get_missing(self):
        missing = super()._get_missing()
        if self.kind != "training":
            return missing
        needed = [
            ("training_hours", self.env._("hours of training (TRN-01)")),
            ("trainees", self.env._("names of the trainees (TRN-02)")),
            ("training_effect", self.env._("effect of the training (TRN-02)")),
        ]
        missing += [label for name, label in needed if not self[name]]
        paid = self._split_training()[1]
        if paid and not self.training_agreed_by:
            missing.append(
                self.env._(
                    "who agreed to pay %(paid)g hours beyond the %(left)g free hours "
                    "that are left (TRN-01)",
                    paid=paid,
                    left=self.training_left,
                )
            )
        return missing

    def _claim_hours(self):
        """Nobody else counts these customers' hours until we are through (TRN-01).

        Touching the row makes who comes second fail to serialise: the server
        repeats him, and he sees what is left.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner SET write_uid = write_uid WHERE id IN (
                    SELECT id FROM res_partner WHERE id IN %s
                     ORDER BY id FOR NO KEY UPDATE
                )
                """,
                tuple(self.partner_id.ids),
            )
        )

    def action_done(self):
        trainings = self.filtered(lambda one: one.kind == "training")
        if trainings:
            trainings.check_access("write")
            trainings._claim_hours()
        result = super().action_done()
        for visit in trainings:
            visit.invalidate_recordset(["training_left"])
            free, paid = visit._split_training()
            visit._set_guarded(
                {"training_free_hours": free, "training_paid_hours": paid}
            )
        return result
