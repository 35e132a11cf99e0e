# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import models

# The part is there, or already in the machine.
ARRIVED = ("received", "used")
ENDED = (*ARRIVED, "rejected", "cancelled")


class HelpdeskTicket(models.Model):
    """Tells the dispatcher whether the part of a ticket is there."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    def _get_parts_ready(self) -> dict:
        """Waiting while one request of the ticket is under way, else ready."""
        result = super()._get_parts_ready()
        # sudo: the dispatcher needs the answer, not the requests
        rows = (
            self.env["spare.part.request"]
            .sudo()
            ._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id", "state"], ["__count"]
            )
        )
        states = {}
        for ticket, state, _count in rows:
            states.setdefault(ticket.id, set()).add(state)
        for key, found in states.items():
            if found - set(ENDED):
                result[key] = "waiting"
            elif found & set(ARRIVED):
                result[key] = "ready"
        return result
