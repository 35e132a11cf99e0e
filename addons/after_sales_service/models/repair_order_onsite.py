# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models

from .service_visit import VISIT_STATES


class RepairOrder(models.Model):
    """Each repair on the screen of its kind: the workshop's, or the customer's site.

    What is done at the customer's is written on the visit; the repair order keeps
    its parts together over all visits of the job.
    """

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "repair.order"

    visit_ids = fields.One2many(
        comodel_name="service.visit", inverse_name="repair_id", string="Visits"
    )
    onsite_state = fields.Selection(
        selection=VISIT_STATES, string="Visit", compute="_compute_onsite_state"
    )
    onsite_step = fields.Char(string="What comes next", compute="_compute_onsite_state")

    def _get_last_visit(self):
        self.ensure_one()
        return self.visit_ids.sorted("id")[-1:] or self.visit_id

    @api.depends("visit_ids.state", "visit_id.state")
    @api.depends_context("lang")
    def _compute_onsite_state(self):
        for repair in self:
            # sudo: the state of the job, also where another engineer goes on
            visit = repair.sudo()._get_last_visit()
            repair.onsite_state = visit.state
            repair.onsite_step = bool(visit) and repair._get_onsite_step(visit)

    def _get_onsite_step(self, visit):
        """The next step at the customer's, in words."""
        if visit.state == "done":
            return self.env._("Nothing; the visit is completed and signed")
        if visit.state in ("absent", "cancelled", "rescheduled"):
            return self.env._("Agree a new visit with the customer")
        if visit.state == "working":
            return self.env._("Finish on %s: the texts, re-test, signature", visit.name)
        return self.env._("Go on with %s at the customer's", visit.name)

    def get_formview_id(self, access_uid=None):
        """The screen of the workshop, or of a job at the customer's."""
        if len(self) == 1 and self.intake_at:
            return self.env.ref("after_sales_service.view_workshop_form").id
        if len(self) == 1 and self.visit_id:
            return self.env.ref("after_sales_service.view_onsite_form").id
        return super().get_formview_id(access_uid=access_uid)

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """A page that is loaded anew forgets which screen it had.

        The one of core is for stock people and shows the others an error.
        """
        stock = self.env.user.has_group("stock.group_stock_user")
        if view_type == "form" and not view_id and not stock:
            view_id = self.env.ref("after_sales_service.view_onsite_form").id
        return super().get_view(view_id, view_type, **options)

    def action_open_form(self):
        self.ensure_one()
        return self.get_formview_action()

    def action_open_visit(self):
        """Where the work is: the last visit of this job."""
        self.ensure_one()
        return self._get_last_visit().get_formview_action()

    @api.model
    def _get_list_action(self, name, domain):
        """A list of repairs; a click opens each on its own screen."""
        view = self.env.ref("after_sales_service.view_repair_list")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "views": [(view.id, "list")],
            "domain": domain,
            "context": {"create": False},
        }
