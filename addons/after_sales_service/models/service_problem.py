# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models

from .service_sla_promise import DELIVERY_MODES

FAULT_KINDS = [
    ("hardware", "Hardware"),
    ("system", "System recovery"),
    ("software", "Software"),
    ("operation", "Operation"),
]  # DSP-08


class ServiceProblem(models.Model):
    """One of the problems of a ticket: several are solved at once (DSP-05)."""

    _name = "service.problem"
    _description = "Problem"
    _inherit = ["service.document.mixin"]
    _order = "ticket_id, sequence, id"
    _transitions = {
        "open": {"solved", "referred"},
        "referred": {"solved"},
        "solved": set(),
    }
    _guarded_fields = frozenset({"state"})

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Problem", required=True)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    fault_kind = fields.Selection(selection=FAULT_KINDS)
    equipment_id = fields.Many2one(related="ticket_id.equipment_id")
    component_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Suspected part",
        index="btree_not_null",
        domain="[('equipment_id', '=', equipment_id), ('removed_on', '=', False)]",
    )
    coverage_verdict = fields.Selection(
        selection=[
            ("warranty", "Warranty"),
            ("plan", "Plan"),
            ("goodwill", "Goodwill"),
            ("chargeable", "Chargeable"),
        ],
        compute="_compute_coverage_verdict",
    )
    delivery_mode = fields.Selection(
        selection=DELIVERY_MODES, string="Solved how", readonly=True
    )
    solution = fields.Char()
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("referred", "Referred"),
            ("solved", "Solved"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="ticket_id.station_id", store=True, index=True)

    def _compute_coverage_verdict(self):
        for problem in self:
            chosen = problem.ticket_id.coverage_ids.filtered("chosen")
            problem.coverage_verdict = chosen.filtered(
                lambda row, problem=problem: (
                    row.component_id and row.component_id == problem.component_id
                )
            )[:1].verdict

    def action_solve(self):
        """The problem is solved; by remote help, in the shop or on site."""
        self._transition("solved")
        for mode, problems in self.grouped(
            lambda problem: problem.ticket_id.delivery_mode
        ).items():
            problems._set_guarded({"delivery_mode": mode})
        return True

    def action_refer(self):
        """Not ours: say in the solution where the customer gets help (DSP-04)."""
        self._check_filled(
            [("solution", self.env._("where the customer gets help, field Solution"))]
        )
        self._transition("referred")
        return True
