# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from .service_identity_mixin import IDENTITY_CHECKS


class ServiceProgram(models.Model):
    """What one vendor or operator promised.

    A programme bundles warranty terms, clock policies, an escalation ladder,
    callback policies, fees, reports and opening hours. Equipment and contracts
    point to it; breadth is rows here.
    """

    _name = "service.program"
    _description = "Service Programme"
    _inherit = ["mail.thread"]
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Vendor or operator"
    )
    after_hours_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="After hours",
        help="Whose mobile customers call when the desk is closed.",
    )  # SLA-23
    hotline_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        help="Hours of remote and phone service. Empty: around the clock.",
    )
    onsite_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="On-site calendar",
        help="Hours of visits and shops. Empty: around the clock.",
    )
    warn_percent = fields.Float(
        string="Warn after (%)",
        default=75,
        help="After this part of the promised time the clock counts as due soon. "
        "0: nobody is warned.",
    )
    term_ids = fields.One2many(
        comodel_name="service.warranty.term",
        inverse_name="program_id",
        string="Warranty terms",
        copy=True,
    )
    policy_ids = fields.One2many(
        comodel_name="service.sla.policy",
        inverse_name="program_id",
        string="Clock policies",
        copy=True,
    )
    step_ids = fields.One2many(
        comodel_name="service.sla.step",
        inverse_name="program_id",
        string="Escalation ladder",
        copy=True,
    )
    callback_policy_ids = fields.One2many(
        comodel_name="service.callback.policy",
        inverse_name="program_id",
        string="Callback policies",
        copy=True,
    )
    fee_ids = fields.One2many(
        comodel_name="service.fee",
        inverse_name="program_id",
        string="Fees",
        copy=True,
    )
    report_ids = fields.One2many(
        comodel_name="service.program.report",
        inverse_name="program_id",
        string="Report schedule",
        copy=True,
    )
    product_ids = fields.One2many(
        comodel_name="service.program.product",
        inverse_name="program_id",
        string="Products",
        copy=True,
    )  # SLA-39, T-15b
    replay_after = fields.Integer(
        default=-1,
        copy=False,
        help="Open tickets up to this number follow the changed policies already; "
        "-1: all of them do.",
    )
    open_ticket_count = fields.Integer(
        compute="_compute_open_ticket_count", string="Open tickets"
    )
    repeat_days = fields.Integer(
        string="Repeat guard (days)",
        help="A machine or fault reported again within so many days is flagged. "
        "0: as the company says.",
    )
    skill_ids = fields.Many2many(
        comodel_name="service.skill",
        string="Needed skills",
        help="Who serves machines of this programme needs these skills.",
    )
    identity_check = fields.Selection(
        selection=IDENTITY_CHECKS,
        required=True,
        default="none",
        help="What a customer of this programme is asked before help on the phone, a "
        "remote session or work on a visit. Ask no more than is needed.",
    )  # SEC-10
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "This programme code exists already.")
    _warn_percent_range = models.Constraint(
        "CHECK (warn_percent >= 0 AND warn_percent < 100)",
        "Warn after 0 to 99 % of the promised time.",
    )

    @api.constrains("hotline_calendar_id", "onsite_calendar_id")
    def _check_calendars(self):
        for program in self:
            calendars = program.hotline_calendar_id | program.onsite_calendar_id
            calendars._check_has_hours(program.name)

    def _compute_open_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("program_id", "in", self.ids), ("stage_id.closed", "=", False)],
                ["program_id"],
                ["__count"],
            )
        )
        for program in self:
            program.open_ticket_count = counts.get(program, 0)

    def copy_data(self, default=None):
        """A copy has a code and a name of its own."""
        vals_list = super().copy_data(default)
        codes = set(
            self.with_context(active_test=False)
            .search([("code", "!=", False)])
            .mapped("code")
        )
        for program, vals in zip(self, vals_list, strict=True):
            if not (default or {}).get("code"):
                number = 2
                while f"{program.code}_{number}" in codes:
                    number += 1
                vals["code"] = f"{program.code}_{number}"
                codes.add(vals["code"])
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%s (copy)", program.name)
        return vals_list

    def copy(self, default=None):
        """Checklists hold for the copy as for the original."""
        copies = super().copy(default)
        checklists = self.env["service.checklist"].with_context(active_test=False)
        for program, copy in zip(self, copies, strict=True):
            checklists.search([("program_ids", "in", program.ids)]).write(
                {"program_ids": [fields.Command.link(copy.id)]}
            )
        return copies

    def write(self, vals):
        result = super().write(vals)
        if {"hotline_calendar_id", "onsite_calendar_id", "warn_percent"} & vals.keys():
            self._replay_later()
        return result

    # ---------------------------------------------------
    # Changed promises
    # ---------------------------------------------------

    def _get_open_tickets_domain(self):
        """Open tickets that one of these programmes made promises to."""
        return [
            ("stage_id.closed", "=", False),
            "|",
            ("program_id", "in", self.ids),
            ("clock_ids.program_id", "in", self.ids),
        ]

    def action_change_clocks(self):
        """Draft other promises and see whom they would touch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change the clocks of %s", self.name),
            "res_model": "service.program.change",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_program_id": self.id,
                "dialog_size": "extra-large",
            },
        }

    def action_view_clocks(self):
        """The promises of this programme, kept and not."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "after_sales_service.action_clocks"
        )
        return {**action, "domain": [("program_id", "=", self.id)], "context": {}}

    def _replay_later(self):
        """Let the clocks of open tickets follow changed policies, in the background."""
        if self and not self.env.context.get("install_mode"):
            # sudo: bookkeeping of the machine
            self.sudo().filtered(lambda one: one.replay_after != 0).replay_after = 0
            cron = self.env.ref(
                "after_sales_service.cron_replay_programs", raise_if_not_found=False
            )
            if cron:
                # sudo: a manager of programmes starts no other cron
                cron.sudo()._trigger()

    @api.model
    def _cron_replay_programs(self, batch_size=500):
        """Replay open tickets of changed programmes in slices, in their order."""
        progress = self.env["ir.cron"]._commit_progress
        for program in self.search([("replay_after", ">=", 0)]):
            domain = program._get_open_tickets_domain()
            domain.append(("id", ">", program.replay_after))
            tickets = self.env["helpdesk.ticket"].search(
                domain, limit=batch_size, order="id"
            )
            tickets._start_clocks()
            more = len(tickets) == batch_size
            program.replay_after = tickets[-1:].id if more else -1
            progress(len(tickets), remaining=int(more))
