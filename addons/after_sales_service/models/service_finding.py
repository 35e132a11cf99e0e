# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceFinding(models.Model):
    """What was found on a machine that is outside the warranty, with evidence.

    Recorded while the case is checked, before it is accepted: whoever accepts a
    case cannot charge it for misuse later (WAR-22). It is never changed; a
    mistake is withdrawn.
    """

    _name = "service.finding"
    _description = "Finding outside the Warranty"
    _inherit = ["service.case.mixin", "service.evidence.mixin", "service.guarded.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _guarded_fields = frozenset({"found_at", "found_by_id", "withdrawn_at"})

    equipment_id = fields.Many2one(
        related="ticket_id.equipment_id", store=True, index="btree_not_null"
    )
    program_id = fields.Many2one(related="equipment_id.program_id", string="Programme")
    component_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Part",
        domain="[('equipment_id', '=', equipment_id), ('removed_on', '=', False)]",
        help="Empty: the whole machine.",
    )
    exclusion_id = fields.Many2one(
        comodel_name="service.exclusion",
        string="Cause",
        required=True,
        ondelete="restrict",
        domain="[('program_id', '=', program_id)]",
    )
    note = fields.Text(string="What was seen")
    photo_ids = fields.Many2many(comodel_name="ir.attachment", string="Photos")
    found_at = fields.Datetime(
        readonly=True, default=lambda self: self.env.company._service_now()
    )
    found_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, default=lambda self: self.env.user
    )
    withdrawn_at = fields.Datetime(readonly=True)

    @api.depends("exclusion_id", "component_id")
    def _compute_display_name(self):
        for finding in self:
            finding.display_name = " · ".join(
                filter(
                    None,
                    (finding.exclusion_id.name, finding.component_id.display_name),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        findings = super().create(vals_list)
        findings._check_recordable()
        findings.ticket_id._refresh_coverage()
        return findings

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "A finding stays as it was recorded. Withdraw it and record "
                    "another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A finding is never deleted. Withdraw it, it stays readable.")
        )

    def _check_recordable(self):
        """Evidence, a cause of this programme, and a case that is still open."""
        for finding in self:
            ticket = finding.ticket_id
            ticket.check_access("write")
            ticket._check_not_accepted(self.env._("a finding"))
            if not (finding.note or "").strip() and not finding.photo_ids:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: a finding needs evidence. Fill in What was "
                        "seen, or add a photo.",
                        ticket=ticket.number,
                    )
                )
            if finding.exclusion_id.program_id != finding.program_id:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: %(cause)s is no exclusion of programme "
                        "%(program)s. A service manager keeps that list.",
                        ticket=ticket.number,
                        cause=finding.exclusion_id.name,
                        program=finding.program_id.name or "–",
                    )
                )
            if (
                finding.component_id
                and finding.component_id.equipment_id != ticket.equipment_id
            ):
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: %(part)s is no part of its machine "
                        "%(equipment)s.",
                        ticket=ticket.number,
                        part=finding.component_id.display_name,
                        equipment=ticket.equipment_id.serial,
                    )
                )

    def action_withdraw(self):
        """Take the findings back; the warranty is asked anew."""
        self.check_access("read")
        self.ticket_id.check_access("write")
        for finding in self:
            finding.ticket_id._check_not_accepted(self.env._("a withdrawal"))
        # sudo: the guard lets only this action set the field
        self.sudo().filtered(lambda one: not one.withdrawn_at).write(
            {"withdrawn_at": self.env.company._service_now()}
        )
        self.ticket_id._refresh_coverage()
        return True
