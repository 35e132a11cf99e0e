# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .service_visit import DEFAULT_WINDOW


class ServiceVisitMove(models.Model):
    """An appointment that could not be kept, and what the customer agreed to.

    Append-only. Creating one moves the appointment (VIS-04), or ends the visit and
    appoints the next one (VIS-18).
    """

    _name = "service.visit.move"
    _description = "Moved Appointment"
    _inherit = ["service.guarded.mixin"]
    _order = "at desc, id desc"
    _rec_name = "reason"
    _guarded_fields = frozenset(
        {"at", "user_id", "old_start", "old_end", "next_visit_id"}
    )

    visit_id = fields.Many2one(
        comodel_name="service.visit", required=True, index=True, ondelete="restrict"
    )
    visit_state = fields.Selection(related="visit_id.state", string="Visit is")
    reason = fields.Selection(
        selection=[
            ("late", "We are late"),
            ("customer", "The customer asked for it"),
            ("no_part", "Part not brought"),
            ("wrong_part", "Wrong part brought"),
            ("take_back", "Not repairable on site"),
            ("other", "Other"),
        ],
        required=True,
        default="late",
    )
    note = fields.Char(string="What was explained")
    new_start = fields.Datetime(string="New time from", required=True)
    new_end = fields.Datetime(string="To", required=True)
    consent_by = fields.Char(
        string="Agreed by",
        required=True,
        help="Who agreed to the new time on the phone or on site.",
    )
    old_start = fields.Datetime(string="Agreed before", readonly=True)
    old_end = fields.Datetime(string="Until", readonly=True)
    at = fields.Datetime(
        required=True,
        readonly=True,
        default=lambda self: self.env.company._service_now(),
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    next_visit_id = fields.Many2one(
        comodel_name="service.visit", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="visit_id.station_id", store=True, index=True)

    _window_positive = models.Constraint(
        "CHECK (new_end > new_start)",
        "The new appointment must end after it begins.",
    )

    @api.onchange("new_start")
    def _onchange_new_start(self):
        """Another start proposes the usual length; a proposed window stays as it is."""
        proposed = fields.Datetime.to_datetime(
            self.env.context.get("default_new_start")
        )
        if self.new_start and self.new_start != proposed:
            self.new_end = self.new_start + DEFAULT_WINDOW

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._check_agreed()
        for move in moves:
            visit = move.visit_id
            # sudo: a move is written once, here, and never by hand
            own = move.sudo()
            own.write({"old_start": visit.window_start, "old_end": visit.window_end})
            if visit.state in ("arrived", "working"):
                own.next_visit_id = visit._continue_later(move.new_start, move.new_end)
            else:
                visit._move_window(move.new_start, move.new_end)
        return moves

    def _check_agreed(self):
        """Refuse a move that nobody agreed to or that lies in the past."""
        for move in self:
            if not (move.consent_by or "").strip():
                raise ValidationError(
                    self.env._(
                        "Visit %s: phone the customer and write in Agreed by who "
                        "agreed to the new time (VIS-04).",
                        move.visit_id.name,
                    )
                )
            if move.new_end <= move.at:
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s: the new time %(time)s has passed already.",
                        visit=move.visit_id.name,
                        time=fields.Datetime.context_timestamp(
                            self, move.new_start
                        ).strftime("%Y-%m-%d %H:%M"),
                    )
                )

    def action_agree(self):
        """Close the dialog; go on with the next visit where there is one."""
        following = self.next_visit_id[:1]
        if not following:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.visit",
            "res_id": following.id,
            "views": [(False, "form")],
        }

    def write(self, vals):
        if vals.keys() - {"company_id", "station_id"} and not self.env.su:
            raise UserError(
                self.env._("Moves are never changed. Record a new one that corrects.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Moves are never deleted. Record a new one that corrects.")
        )
