# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from ..tools import workshop


class RepairOrder(models.Model):
    """The page that tells a customer, without login, how his repair goes.

    Its address is the code on his copy of the slip; whoever holds the slip may
    know what the page says, and no more.
    """

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "repair.order"

    status_token = fields.Char(readonly=True, copy=False)
    status_url = fields.Char(string="Status page", compute="_compute_status_url")

    _status_token_uniq = models.UniqueIndex("(status_token)")

    @api.depends("status_token")
    def _compute_status_url(self):
        for repair in self:
            repair.status_url = repair.status_token and (
                f"{repair.get_base_url()}/repair-status/{repair.status_token}"
            )

    def action_open_status(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.status_url, "target": "new"}

    @api.model
    def _find_by_status_token(self, token):
        """The repair of a status page; none for a wrong or an expired token."""
        # sudo: the visitor has no account, the token is his right to this page
        repair = self.sudo().search([("status_token", "=", token)], limit=1)
        company = repair.company_id
        if repair and not workshop.status_open(
            repair.handed_over_at, company._service_now(), company.service_status_days
        ):
            return self.browse()
        return repair

    def _get_status_values(self) -> dict:
        """Everything the status page shows, and nothing personal."""
        self.ensure_one()
        told = self.note_ids.filtered(lambda note: note.kind == "progress")[:1]
        bring = []
        if self.workshop_state != "handed_over":
            bring.append(self.env._("your copy of the acceptance slip (the voucher)"))
            if self.loaner_ids.filtered(lambda loaner: loaner.state == "out"):
                bring.append(
                    self.env._("the machine we lent you, with its accessories")
                )
        return {
            "number": self.name,
            "machine": self.equipment_id.name,
            "state": self.workshop_state,
            "promised_date": self.promised_date,
            "note": told.text,
            "note_at": told.at,
            "bring": bring,
            "tz": self.company_id._service_tz(),
        }
