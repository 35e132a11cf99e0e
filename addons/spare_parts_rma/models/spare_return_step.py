# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models


class SpareReturn(models.Model):
    _inherit = "spare.return"

    next_step = fields.Char(compute="_compute_next_step")

    @api.depends("state", "specialist_id", "director_id")
    @api.depends_context("lang")
    def _compute_next_step(self):
        for document in self:
            document.next_step = document._get_next_step()

    def _get_next_step(self):
        """What this return waits for, in words; nothing when it is settled."""
        self.ensure_one()
        if self.state == "open":
            loose = self.piece_count - self.packed_count
            if loose:
                return self.env._("Pack %s pieces", loose)
            if not self.specialist_id:
                return self.env._("The specialist signs")
            return self.env._("The director signs")
        if self.state == "received":
            if self.difference_count:
                return self.env._("Settle %s differences", self.difference_count)
            return self.env._("The warehouse inspects the pieces")
        return {
            "signed": self.env._("Ship the boxes"),
            "shipped": self.env._("The warehouse scans the boxes"),
            "receiving": self.env._("The warehouse finishes receiving"),
        }.get(self.state, "")
