# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from .service_sla_promise import TICKET_KINDS

# Said at the counter, shown on the repair at that step.
COUNTER = {
    "taken_in": ("8_counter_in", "7_conduct"),
    "working": ("7_conduct",),
    "ready": ("9_counter_out", "7_conduct"),
}


class ServiceScript(models.Model):
    """A sentence staff say, by situation: the house's one wording (CARE-16)."""

    _name = "service.script"
    _description = "Script"
    _order = "situation, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    situation = fields.Selection(
        selection=[
            ("1_phone", "On the phone"),
            ("2_question", "Questions to ask"),
            ("3_consultation", "Consultation"),
            ("4_dissatisfied", "Dissatisfied customer"),
            ("5_onsite", "At the customer's"),
            ("6_end", "At the end"),
            ("7_conduct", "Conduct"),
            ("8_counter_in", "At the counter: taking in"),
            ("9_counter_out", "At the counter: hand-over"),
        ],
        required=True,
    )
    text = fields.Text(required=True, translate=True)
    rule = fields.Char()
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        help="Only for this programme. Empty: for all.",
    )
    ticket_kind = fields.Selection(
        selection=TICKET_KINDS, help="Only for such tickets. Empty: for all."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This script code exists already.")

    def _suits(self, ticket):
        """Those of these scripts that are said in the case of ``ticket``."""
        return self.filtered(
            lambda script: (
                script.ticket_kind in (False, ticket.kind)
                and script.program_id in (self.program_id.browse(), ticket.program_id)
            )
        )
