# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

SERVICE_RECORD = "after_sales_service.report_service_record"


class ServiceForm(models.Model):
    """A controlled form: its number and edition, issued by the group (VIS-31)."""

    _name = "service.form"
    _description = "Controlled Form"
    _inherit = ["mail.thread"]
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(string="Form number", required=True, tracking=True)
    edition = fields.Char(required=True, default="1", tracking=True)
    edition_date = fields.Date(string="Valid from", tracking=True)
    report_name = fields.Char(
        string="Printout", required=True, help="Technical name of the printout."
    )

    _code_uniq = models.UniqueIndex("(code)", "This form number exists already.")
    _report_uniq = models.UniqueIndex(
        "(report_name)", "This printout has a form number already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_issuer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_issuer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_issuer(self):
        self._check_issuer()

    def _check_issuer(self):
        """Only the group's service manager issues forms; stations use them."""
        if self.env.su:
            return
        user = self.env.user
        if not user.has_group("after_sales_service.group_manager") or not (
            user.service_station_ids.filtered(lambda one: one.kind == "group")
        ):
            raise AccessError(
                self.env._(
                    "Forms are issued centrally: their number and edition are changed "
                    "by a service manager of the group's service centre (VIS-31)."
                )
            )

    @api.model
    def _get_label(self, report_name):
        """ "number / edition" of the form behind a printout, or False."""
        # sudo: whoever prints need not read the register of forms
        form = self.sudo().search([("report_name", "=", report_name)], limit=1)
        return f"{form.code} / {form.edition}" if form else False


class ServiceVisit(models.Model):
    """The on-site service record is such a form; each copy is counted."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.visit"

    print_count = fields.Integer(
        string="Copies printed",
        readonly=True,
        copy=False,
        help="How often the service record of this visit was printed.",
    )
    form_label = fields.Char(
        string="Form",
        readonly=True,
        copy=False,
        help="Number and edition of the form the customer signed.",
    )

    def _get_form_label(self):
        """The edition that was signed; before that, the one that is valid."""
        return self.form_label or self.env["service.form"]._get_label(SERVICE_RECORD)

    def action_done(self):
        """The customer signed this edition, whatever comes later."""
        result = super().action_done()
        label = self.env["service.form"]._get_label(SERVICE_RECORD)
        # sudo: set by this act only
        self.sudo().form_label = label
        return result

    def _count_copy(self):
        if self:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE service_visit SET print_count = COALESCE(print_count, 0) + 1
                     WHERE id IN %s
                    """,
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["print_count"])


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Count the copies of the controlled form (VIS-31)."""
        if self._get_report(report_ref).report_name == SERVICE_RECORD and res_ids:
            self.env["service.visit"].browse(res_ids).exists()._count_copy()
        return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
