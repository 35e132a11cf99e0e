# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

EVENT_KINDS = [
    ("reported", "Reported"),
    ("confirmed", "Fault confirmed"),
    ("responded", "Customer answered"),
    ("submitted", "Passed to the next support level"),
    ("dispatched", "Dispatched"),
    ("order_received", "Order received"),
    ("proposed", "Solution proposed"),
    ("appointed", "Appointment made"),
    ("departed", "Departed"),
    ("arrived", "Arrived"),
    ("customer_absent", "Customer absent"),
    ("noted", "Customer told of the progress"),
    ("lent", "Loaner handed over"),
    ("spare_shipped", "Spare part shipped"),
    ("spare_arrived", "Spare part arrived"),
    ("paused", "Paused"),
    ("resumed", "Resumed"),
    ("restored", "Restored"),
    ("signed", "Signed"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("cancelled", "Cancelled"),
    ("handed_over", "Handed over"),
    ("taken_back", "Taken back"),
    ("onsite_declined", "No on-site service, customer agrees"),
    ("handling_report", "Handling report given"),
    ("exchange_agreed", "Exchange agreed"),
    ("exchanged", "New machine handed over"),
]


class ServiceEvent(models.Model):
    """What happened when. Append-only: clocks are replayed from it.

    A mistake is corrected by a further event that names the wrong one, with the
    right time or *withdrawn*, and a reason. Both stay; only valid ones count.
    """

    _name = "service.event"
    _description = "Service Event"
    _order = "at desc, id desc"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, index=True, ondelete="restrict"
    )
    visit_id = fields.Many2one(comodel_name="service.visit", index="btree_not_null")
    kind = fields.Selection(selection=EVENT_KINDS, required=True)
    at = fields.Datetime(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        default=lambda self: self.env.user,
    )
    note = fields.Char()
    corrects_id = fields.Many2one(comodel_name="service.event", ondelete="restrict")
    withdrawn = fields.Boolean(help="It did not happen at all.")
    correction_ids = fields.One2many(
        comodel_name="service.event", inverse_name="corrects_id", string="Corrected by"
    )
    valid = fields.Boolean(compute="_compute_valid", store=True, precompute=True)
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    station_id = fields.Many2one(
        related="ticket_id.station_id", store=True, index=True, precompute=True
    )

    _corrects_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL",
        "This event is corrected already. Correct the later one.",
    )

    @api.depends("withdrawn", "correction_ids")
    def _compute_valid(self):
        for event in self:
            event.valid = not (event.withdrawn or event.correction_ids)

    def write(self, vals):
        if vals.keys() - {"company_id", "station_id", "valid"}:
            raise UserError(
                self.env._(
                    "Events are never changed. Record a new event that corrects this "
                    "one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Events are never deleted. Record a new event that corrects this one."
            )
        )

    def _get_label(self):
        """The kind in words, for messages."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def action_correct(self):
        """Ask for the right time and the reason."""
        self.ensure_one()
        self._check_correctable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct an event"),
            "res_model": "service.event.correct",
            "view_mode": "form",
            "target": "new",
            "context": {"default_event_id": self.id},
        }

    def _check_correctable(self):
        """Refuse unless this user may correct this event now.

        :raises UserError: names the event, what is wrong and who can help
        """
        self.ticket_id.check_access("write")
        user = self.env.user
        if not (
            user.has_group("after_sales_service.group_director")
            or user.has_group("after_sales_service.group_manager")
        ):
            raise UserError(
                self.env._(
                    "Only the service director or a service manager corrects an event."
                )
            )
        for event in self:
            ticket = event.ticket_id
            if ticket.stage_id.closed:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s is closed: its event %(event)s of %(at)s is "
                        "part of the record. A service manager can reopen the ticket "
                        "first.",
                        ticket=ticket.number,
                        event=event._get_label(),
                        at=fields.Datetime.to_string(event.at),
                    )
                )
            if not event.valid:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: the event %(event)s of %(at)s does not "
                        "count any more. Correct the one that replaced it.",
                        ticket=ticket.number,
                        event=event._get_label(),
                        at=fields.Datetime.to_string(event.at),
                    )
                )

    def _correct(self, reason, at=None, withdrawn=False):
        """Record that this event was wrong and replay the clocks it moves.

        :param reason: why, in words
        :param at: when it really happened, naive UTC; needed unless ``withdrawn``
        :param withdrawn: it did not happen
        :return: the correcting event
        """
        self.ensure_one()
        self._check_correctable()
        now = self.ticket_id.company_id._service_now()
        if not (reason or "").strip():
            raise ValidationError(
                self.env._("Event %s: say why it is corrected.", self._get_label())
            )
        if not withdrawn and (not at or at > now):
            raise ValidationError(
                self.env._(
                    "Event %(event)s: %(at)s lies in the future. Nothing can have "
                    "happened after %(now)s.",
                    event=self._get_label(),
                    at=(at and fields.Datetime.to_string(at)) or "",
                    now=fields.Datetime.to_string(now),
                )
            )
        return self._append_correction(
            reason.strip(), self.at if withdrawn else at, withdrawn
        )

    def _append_correction(self, reason, at, withdrawn):
        """The event that corrects this one; the clocks follow it."""
        # sudo: events are append-only, nobody has create rights on them
        correction = self.sudo().create(
            {
                "ticket_id": self.ticket_id.id,
                "visit_id": self.visit_id.id,
                "kind": self.kind,
                "at": at,
                "user_id": self.env.uid,
                "note": reason,
                "corrects_id": self.id,
                "withdrawn": withdrawn,
            }
        )
        # sudo: clocks are written by the machine, users only read them
        self.ticket_id.sudo().clock_ids._replay()
        return correction
