# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class SpareReturnDifference(models.Model):
    """What was found at receiving and is not as the list says."""

    _name = "spare.return.difference"
    _description = "Return Difference"
    _inherit = ["service.guarded.mixin"]
    _order = "state, id desc"
    _rec_name = "code"
    _guarded_fields = frozenset(
        {"state", "settled_by_id", "kind", "code", "return_id", "rma_id"}
    )

    return_id = fields.Many2one(
        comodel_name="spare.return", required=True, index=True, ondelete="restrict"
    )
    station_id = fields.Many2one(related="return_id.station_id", store=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    rma_id = fields.Many2one(comodel_name="spare.rma", index="btree_not_null")
    kind = fields.Selection(
        selection=[
            ("missing", "Missing"),
            ("extra", "Extra"),
            ("wrong_serial", "Wrong serial"),
            ("wrong_box", "In another box"),
            ("condition", "Other condition"),
        ],
        required=True,
    )
    code = fields.Char(string="Serial or slip")
    note = fields.Char()
    state = fields.Selection(
        selection=[("open", "Open"), ("settled", "Settled")],
        required=True,
        default="open",
    )
    settled_by_id = fields.Many2one(comodel_name="res.users", readonly=True)

    def action_settle(self):
        """Warehouse and station agree on what happened; the note says what."""
        for row in self:
            if not (row.note or "").strip():
                raise UserError(
                    self.env._(
                        "Write in the note what %(station)s and the warehouse agreed "
                        "on for %(code)s.",
                        station=row.station_id.name,
                        code=row.code,
                    )
                )
        self._set_guarded({"state": "settled", "settled_by_id": self.env.uid})
        self.return_id._settle()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A difference is settled, not deleted."))
