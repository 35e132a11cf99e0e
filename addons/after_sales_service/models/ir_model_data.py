# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models

MODULES = ("after_sales_service", "spare_parts_rma", "service_contracts")
TABLES = (
    "service.part.category",
    "service.warranty.term",
    "service.guarantee",
    "service.exclusion",
    "service.station",
    "service.region",
    "service.sla.policy",
    "service.sla.step",
    "service.program.report",
    "service.program.product",
    "service.holiday.list",
    "service.holiday.day",
    "service.callback.policy",
    "service.item.category",
    "service.item",
    "service.checklist",
    "service.checklist.line",
    "service.script",
    "service.skill",
    "service.form",
    "service.role.card",
    "service.desk.queue",
    "service.dunning.step",
    "helpdesk.ticket.channel",
    "helpdesk.ticket.category",
)


class IrModelData(models.Model):
    _inherit = "ir.model.data"

    @api.model
    def _keep_service_tables(self):
        """Shipped rows belong to the service manager once they are loaded.

        Tables come as CSV, which Odoo would load anew at every upgrade; so an
        upgrade adds rows and changes none. Called by data/keep_tables.xml.
        """
        self.search(
            [
                ("module", "in", MODULES),
                ("model", "in", TABLES),
                ("noupdate", "=", False),
            ]
        ).noupdate = True
