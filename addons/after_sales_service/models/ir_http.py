# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """The day begins on one's desk, unless one chose another home."""
        info = super().session_info()
        if not info.get("home_action_id"):
            info["home_action_id"] = self.env["service.desk.queue"]._get_home_action()
        return info
