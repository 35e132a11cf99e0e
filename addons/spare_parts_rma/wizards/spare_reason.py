# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# What may be done with a reason: act → (model, method that takes the reason).
ACTS = {
    "waive": ("spare.swap", "action_waive"),
    "undo_swap": ("spare.swap", "action_undo"),
    "reject_slip": ("spare.rma", "action_reject"),
    "reject_request": ("spare.part.request", "action_reject"),
    "refuse_appraisal": ("spare.damage.appraisal", "action_refuse"),
    "drop_claim": ("spare.claim", "action_drop"),
    "appoint_anyway": ("service.visit", "action_appoint_anyway"),
    "explain_delay": ("spare.part.request", "action_explain_delay"),
    "plan": ("spare.part.request", "action_plan"),
    "receive_short": ("spare.part.request", "action_receive_short"),
    "write_off": ("spare.part.request", "action_write_off"),
}


class SpareReason(models.TransientModel):
    """One short dialog for every act that needs a reason.

    The method behind the act checks who may do it.
    """

    _name = "spare.reason"
    _description = "Reason"

    act = fields.Selection(
        selection=[
            ("waive", "No part comes back"),
            ("undo_swap", "Swap back"),
            ("reject_slip", "Strike a wrong slip"),
            ("reject_request", "Reject a request"),
            ("refuse_appraisal", "Refuse an appraisal"),
            ("drop_claim", "Drop a charge or claim"),
            ("appoint_anyway", "Promise a visit without its parts"),
            ("explain_delay", "Explain a delay"),
            ("plan", "Plan missing parts"),
            ("receive_short", "Count in what came"),
            ("write_off", "Write off what did not come"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char()
    date = fields.Date(string="Expected on")
    codes = fields.Char(
        string="Did not come",
        help="Scan or write the serial of each piece that did not come; for parts "
        "without a serial their part number, once for each piece.",
    )

    @api.model
    def _get_acts(self):
        return ACTS

    def action_confirm(self):
        """Carry the act out on the records the dialog was opened from.

        :raises UserError: the dialog was opened from records of another kind
        """
        self.ensure_one()
        model, method = self._get_acts()[self.act]
        if self.env.context.get("active_model") != model:
            raise UserError(
                self.env._(
                    "Open this dialog from a %s.",
                    self.env["ir.model"]._get(model).name,
                )
            )
        records = self.env[model].browse(self.env.context.get("active_ids", []))
        arguments = {"plan": self.date, "receive_short": self.codes}
        getattr(records, method)(arguments.get(self.act, (self.reason or "").strip()))
        return {"type": "ir.actions.act_window_close"}
