# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

# What a caller is asked; the later in the list, the more (SEC-10).
IDENTITY_CHECKS = [
    ("none", "Nothing"),
    ("name_phone", "Name and phone"),
    ("serial", "Serial"),
    ("service_code", "Service code"),
]
STRICTNESS = [key for key, _label in IDENTITY_CHECKS]


class ServiceIdentityMixin(models.AbstractModel):
    """A document of a ticket on which somebody ticks that the customer is who he is.

    Once, and only where a programme of the case asks for it: asking for more was
    what customers complained about (SEC-10).
    """

    _name = "service.identity.mixin"
    _description = "Identity Check"

    identity_check = fields.Selection(
        selection=IDENTITY_CHECKS,
        string="Identity asked by",
        compute="_compute_identity",
        compute_sudo=True,
    )
    identity_hint = fields.Char(
        string="He should say",
        compute="_compute_identity",
        compute_sudo=True,
        help="What we know; the customer says it, you do not.",
    )
    identity_checked = fields.Boolean(string="Identity checked", copy=False)

    @api.depends("ticket_id")
    @api.depends_context("lang")
    def _compute_identity(self):
        """The strictest check of the case's programmes, and the right answer."""
        programs = self.ticket_id._get_service_programs()
        for document in self:
            ticket = document.ticket_id
            asked = max(
                programs.get(ticket, self.env["service.program"]).mapped(
                    "identity_check"
                ),
                key=STRICTNESS.index,
                default="none",
            )
            machine, partner = ticket.equipment_id, ticket.partner_id
            answers = {
                "name_phone": " · ".join(filter(None, (partner.name, partner.phone))),
                "serial": machine.serial,
                "service_code": machine.service_code or machine.serial,
            }
            document.identity_check = asked
            document.identity_hint = answers.get(asked)

    def _get_identity_missing(self) -> list:
        """The identity check in words, where it is asked and not ticked."""
        self.ensure_one()
        if self.identity_check == "none" or self.identity_checked:
            return []
        labels = dict(self._fields["identity_check"]._description_selection(self.env))
        return [
            self.env._(
                "identity of the customer: %(check)s (SEC-10)",
                check=labels[self.identity_check],
            )
        ]
