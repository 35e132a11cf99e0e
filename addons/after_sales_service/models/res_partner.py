# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools.intake import phone_key
from .service_sla_promise import CUSTOMER_TIERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    service_tier = fields.Selection(
        selection=CUSTOMER_TIERS,
        string="Customer tier",
        help="Government and enterprise customers: group and provincial level are "
        "handed down, the three local tiers are rated by the local company.",
    )  # SLA-37, T-15
    service_phone_key = fields.Char(
        compute="_compute_service_phone_key",
        store=True,
        help="The digits of the phone number, last one first.",
    )
    service_contact_id = fields.Many2one(
        comodel_name="res.users",
        string="Service contact",
        help="Who coordinates between this customer and us, follows up inside the "
        "house and reports back how satisfied he is.",
    )  # NET-17
    service_ticket_count = fields.Integer(compute="_compute_service_ticket_count")

    _service_phone_key_idx = models.Index(
        "(service_phone_key text_pattern_ops) WHERE service_phone_key <> ''"
    )

    @api.depends("phone")
    def _compute_service_phone_key(self):
        for partner in self:
            partner.service_phone_key = phone_key(partner.phone)

    def _compute_service_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.service_ticket_count = counts.get(partner, 0)

    def _action_view_service(self, name, model):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("partner_id", "child_of", self.commercial_partner_id.id)],
        }

    def action_view_service_history(self):
        """Every case of this customer (CARE-14)."""
        tickets = self.env["helpdesk.ticket"]
        history = self._action_view_service(
            self.env._("Service history"), tickets._name
        )
        return tickets._get_list_action(history["name"], history["domain"])

    def action_view_service_callbacks(self):
        """Every callback to this customer (CARE-14)."""
        return self._action_view_service(self.env._("Callbacks"), "service.callback")
