# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ServiceRepairNote(models.Model):
    """What the customer of a workshop repair was told or shown. Append-only."""

    _name = "service.repair.note"
    _description = "Repair Note"
    _inherit = ["service.guarded.mixin"]
    _order = "at desc, id desc"
    _rec_name = "text"
    _guarded_fields = frozenset({"kind", "at", "user_id"})

    repair_id = fields.Many2one(
        comodel_name="repair.order", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=[
            ("progress", "Told why it takes longer"),
            ("call", "Called for pick-up"),
            ("retest", "Re-test with the customer"),
            ("retest_failed", "Re-test failed"),
        ],
        required=True,
        readonly=True,
        default="progress",
    )  # SHOP-10, SHOP-11, SHOP-13
    text = fields.Char(
        string="What was said",
        required=True,
        help="The reason of the delay, an apology and when the machine will be ready. "
        "The customer reads the last one on his status page.",
    )
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
    company_id = fields.Many2one(related="repair_id.company_id", store=True, index=True)
    station_id = fields.Many2one(related="repair_id.station_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        notes = super().create(vals_list)
        told = notes.filtered(lambda note: note.kind == "progress")
        told._check_told()
        for ticket in told.repair_id.ticket_id:
            ticket._record_event("noted")
        told.repair_id.activity_feedback(
            ["after_sales_service.activity_inform_customer"]
        )
        return notes

    def _check_told(self):
        for note in self:
            if not note.text.strip():
                raise ValidationError(
                    self.env._(
                        "Repair %s: write what the customer was told (SHOP-10).",
                        note.repair_id.name,
                    )
                )
            if note.repair_id.workshop_state not in ("taken_in", "working"):
                raise UserError(
                    self.env._(
                        "Repair %s is not in the workshop; no progress note is owed.",
                        note.repair_id.name,
                    )
                )

    def write(self, vals):
        if vals.keys() - {"company_id", "station_id"}:
            raise UserError(
                self.env._("Notes are never changed. Add a note that corrects it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Notes are never deleted. Add a note that corrects it.")
        )
