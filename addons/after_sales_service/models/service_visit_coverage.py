# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class ServiceVisit(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    def action_why(self):
        """All answers on this visit's case (see the ticket)."""
        self.ensure_one()
        return self.ticket_id.action_why()


class RepairOrder(models.Model):
    # pylint: disable=consider-merging-classes-inherited

    _inherit = "repair.order"

    def action_why(self):
        """All answers on this repair's case (see the ticket)."""
        self.ensure_one()
        return self.ticket_id.action_why()
