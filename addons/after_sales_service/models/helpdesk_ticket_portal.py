# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .service_visit import ENDED_STATES, HALF_DAY

# What a customer may open on the platform, and whether we come for it.
PORTAL_KINDS = {"repair": "onsite", "consultation": "remote", "complaint": "remote"}


class HelpdeskTicket(models.Model):
    """What the customer does himself on the platform (DSP-26)."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    wish_end = fields.Datetime(string="Wish until")

    @api.constrains("wish_start", "wish_end")
    def _check_wish(self):
        """A wish is a window as an appointment is one (VIS-01)."""
        for ticket in self.filtered("wish_end"):
            start, end = ticket.wish_start, ticket.wish_end
            if not start or end <= start or end - start >= HALF_DAY:
                raise ValidationError(
                    self.env._(
                        "Ticket %(ticket)s: a wished time has a beginning and an end "
                        "that is less than 4 hours later (VIS-01).",
                        ticket=ticket.number,
                    )
                )

    def _is_wish_open(self):
        """May the customer still say when we shall come?"""
        self.ensure_one()
        under_way = self.visit_ids.filtered(
            lambda visit: visit.state not in ("draft", *ENDED_STATES)
        )
        return (
            self.delivery_mode == "onsite"
            and not self.stage_id.closed
            and not under_way
        )

    def _wish(self, start, end):
        """The customer says when he is at home; a visit not yet agreed follows.

        :param start: naive UTC, in the future
        :param end: naive UTC, less than half a day later
        """
        self.ensure_one()
        if not self._is_wish_open():
            raise UserError(
                self.env._(
                    "Ticket %s: the time of the visit is agreed already or no visit is "
                    "needed. Please phone us to change it.",
                    self.number,
                )
            )
        if start < self.company_id._service_now():
            raise UserError(
                self.env._("Ticket %s: the wished time lies in the past.", self.number)
            )
        self.write({"wish_start": start, "wish_end": end})
        window = {"window_start": start, "window_end": end}
        self.visit_ids.filtered(lambda visit: visit.state == "draft").write(window)
        zone = self.with_context(tz=self.company_id._service_tz())
        self.message_post(
            body=self.env._(
                "The customer would like us to come from %(start)s to %(end)s.",
                start=fields.Datetime.context_timestamp(zone, start).strftime(
                    "%Y-%m-%d %H:%M"
                ),
                end=fields.Datetime.context_timestamp(zone, end).strftime("%H:%M"),
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _get_portal_visits(self):
        """The visits a customer sees: agreed or made."""
        self.ensure_one()
        return self.visit_ids.filtered(
            lambda visit: visit.state not in ("draft", "cancelled")
        ).sorted("window_start")
