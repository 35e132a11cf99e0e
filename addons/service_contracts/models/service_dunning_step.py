# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools.dunning import Step


class ServiceDunningStep(models.Model):
    """One rung of the reminders: after so many days overdue this letter goes out.

    No source gives days: those shipped are samples, archived until finance wants them.
    """

    _name = "service.dunning.step"
    _description = "Reminder Step"
    _order = "days, id"

    name = fields.Char(required=True, translate=True, help="Title of the letter.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for every company."
    )
    days = fields.Integer(
        string="Days overdue", required=True, help="From the bill's due date on."
    )
    text = fields.Text(
        required=True,
        translate=True,
        help="What the letter says above the list of bills, in the customer's language.",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Mail",
        required=True,
        ondelete="restrict",
        domain=[("model", "=", "service.dunning.letter")],
        default=lambda self: self.env.ref(
            "service_contracts.mail_template_reminder", raise_if_not_found=False
        ),
    )

    _days_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), days) WHERE active IS TRUE",
        "Another reminder is sent after as many days.",
    )
    _days_positive = models.Constraint(
        "CHECK (days > 0)", "A reminder comes after at least one day."
    )

    @api.depends("name", "days")
    def _compute_display_name(self):
        for step in self:
            step.display_name = f"{step.name} ({step.days})"

    @api.model
    def _get_ladder(self, company):
        """The steps of a company, lowest first."""
        return self.search([("company_id", "in", (False, company.id))])

    def _as_step(self) -> Step:
        self.ensure_one()
        return Step(self.id, self.days)
