# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceRepairCheck(models.Model):
    """A part fewer or more than the machine was delivered with (SHOP-05)."""

    _name = "service.repair.check"
    _description = "Configuration Difference"
    _order = "repair_id, id"

    repair_id = fields.Many2one(
        comodel_name="repair.order", required=True, index=True, ondelete="cascade"
    )
    equipment_id = fields.Many2one(related="repair_id.equipment_id")
    kind = fields.Selection(
        selection=[("missing", "Missing"), ("extra", "Extra")],
        required=True,
        default="missing",
    )
    component_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Listed part",
        index="btree_not_null",
        domain="[('equipment_id', '=', equipment_id), ('removed_on', '=', False)]",
    )
    name = fields.Char(
        string="Part",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    handling = fields.Selection(
        selection=[("noted", "Noted"), ("home", "Taken home")],
        required=True,
        default="noted",
    )
    company_id = fields.Many2one(related="repair_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="repair_id.station_id", store=True, index=True)

    _missing_is_noted = models.Constraint(
        "CHECK (kind = 'extra' OR handling = 'noted')",
        "A missing part is noted; only an extra part is taken home (SHOP-05).",
    )

    @api.depends("component_id")
    def _compute_name(self):
        for check in self:
            check.name = check.component_id.display_name or check.name

    @api.constrains("component_id", "repair_id")
    def _check_component(self):
        for check in self:
            component = check.component_id
            if component and component.equipment_id != check.equipment_id:
                raise UserError(
                    self.env._(
                        "%(part)s is not listed for the machine of repair %(repair)s.",
                        part=component.display_name,
                        repair=check.repair_id.name,
                    )
                )

    @api.constrains("name", "kind", "handling", "component_id", "repair_id")
    def _check_before_work(self):
        self.repair_id._check_workshop("taken_in")

    @api.ondelete(at_uninstall=False)
    def _unlink_before_work(self):
        self.repair_id._check_workshop("taken_in")
