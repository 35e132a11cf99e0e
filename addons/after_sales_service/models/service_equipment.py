# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import coverage as coverage_tools


class ServiceEquipment(models.Model):
    """One machine at a customer's: what was sold, when, and what is inside."""

    _name = "service.equipment"
    _description = "Equipment"
    _inherit = ["mail.thread"]
    _order = "serial"
    _rec_names_search = ["serial", "name", "partner_id.name"]
    _check_company_auto = True

    serial = fields.Char(required=True, tracking=True, copy=False)
    name = fields.Char(string="Model", required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
    )
    product_id = fields.Many2one(comodel_name="product.product", index="btree_not_null")
    program_id = fields.Many2one(
        comodel_name="service.program",
        string="Programme",
        required=True,
        index=True,
        tracking=True,
    )
    region_id = fields.Many2one(comodel_name="service.region", index="btree_not_null")
    station_id = fields.Many2one(
        comodel_name="service.station",
        related="region_id.serving_station_id",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    sale_date = fields.Date(
        string="Invoice date", tracking=True, help="Date of the sale's invoice."
    )
    invoice_number = fields.Char()
    certificate_date = fields.Date(help="Date of the three-guarantee certificate.")
    factory_month = fields.Date(
        help="Any day of the month printed in the certificate's barcode."
    )
    acceptance_date = fields.Date()
    installation_date = fields.Date()
    component_ids = fields.One2many(
        comodel_name="service.equipment.component",
        inverse_name="equipment_id",
        string="Components",
    )
    ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket", inverse_name="equipment_id", string="Tickets"
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    active = fields.Boolean(default=True)

    _serial_uniq = models.UniqueIndex(
        "(company_id, serial)",
        "Another equipment has this serial already: look it up by its serial.",
    )

    @api.depends("serial", "name")
    def _compute_display_name(self):
        for equipment in self:
            equipment.display_name = f"{equipment.serial} · {equipment.name}"

    def _compute_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for equipment in self:
            equipment.ticket_count = counts.get(equipment, 0)

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id and not self.name:
            self.name = self.product_id.name

    @api.constrains("sale_date")
    def _check_sale_date(self):
        for equipment in self:
            if (
                equipment.sale_date
                and equipment.sale_date > equipment.company_id._service_today()
            ):
                raise ValidationError(
                    self.env._(
                        "Equipment %(serial)s: invoice date %(date)s lies in the "
                        "future. Check it against the invoice.",
                        serial=equipment.serial,
                        date=equipment.sale_date,
                    )
                )

    def _get_proofs(self) -> coverage_tools.Proofs:
        """The dates warranty can start from."""
        self.ensure_one()
        return coverage_tools.Proofs(
            self.sale_date or None,
            self.certificate_date or None,
            self.factory_month or None,
            self.acceptance_date or None,
            self.installation_date or None,
        )

    @api.model
    def _find_by_code(self, codes) -> dict:
        """Scanned codes → equipment. Unknown codes are missing from the answer."""
        codes = {code.strip() for code in codes if code and code.strip()}
        found = self.search([("serial", "in", list(codes))])
        return {equipment.serial: equipment for equipment in found}

    def action_view_tickets(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets of %s", self.serial),
            "res_model": "helpdesk.ticket",
            "view_mode": "list,form",
            "domain": [("equipment_id", "=", self.id)],
            "context": {"default_equipment_id": self.id},
        }


class ServiceEquipmentComponent(models.Model):
    """A part inside an equipment, from the day it came in to the day it went."""

    _name = "service.equipment.component"
    _description = "Equipment Component"
    _order = "equipment_id, removed_on nulls first, category_id, id"
    _rec_names_search = ["serial", "category_id.name", "product_id.name"]

    equipment_id = fields.Many2one(
        comodel_name="service.equipment", required=True, index=True, ondelete="cascade"
    )
    category_id = fields.Many2one(
        comodel_name="service.part.category",
        required=True,
        index=True,
        compute="_compute_category_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    product_id = fields.Many2one(comodel_name="product.product", index="btree_not_null")
    serial = fields.Char(index="btree_not_null")
    source = fields.Selection(
        selection=[
            ("factory", "Factory"),
            ("gift", "Gift"),
            ("customer", "Customer's own"),
            ("replacement", "Replacement"),
        ],
        required=True,
        default="factory",
    )
    installed_on = fields.Date()
    removed_on = fields.Date()
    predecessor_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Replaces",
        index="btree_not_null",
    )
    warranty_start = fields.Date(
        compute="_compute_warranty", store=True, recursive=True
    )
    warranty_end = fields.Date(compute="_compute_warranty", store=True, recursive=True)
    warranty_rule = fields.Char(compute="_compute_warranty", store=True, recursive=True)
    company_id = fields.Many2one(related="equipment_id.company_id", store=True)

    @api.depends("product_id")
    def _compute_category_id(self):
        for component in self:
            component.category_id = (
                component.product_id.service_category_id or component.category_id
            )

    @api.depends("category_id.name", "product_id.name", "serial")
    def _compute_display_name(self):
        for component in self:
            name = component.category_id.name or component.product_id.name or ""
            component.display_name = (
                f"{name} {component.serial}" if component.serial else name
            )

    @api.depends(
        "category_id",
        "source",
        "installed_on",
        "predecessor_id.warranty_end",
        "equipment_id.sale_date",
        "equipment_id.certificate_date",
        "equipment_id.factory_month",
        "equipment_id.acceptance_date",
        "equipment_id.installation_date",
        "equipment_id.program_id.term_ids.months",
        "equipment_id.program_id.term_ids.category_id",
        "equipment_id.program_id.term_ids.start_basis",
    )
    def _compute_warranty(self):
        answers = self._get_warranty_answers()
        for component in self:
            answer = answers[component]
            component.warranty_start = answer.date_start
            component.warranty_end = answer.date_end
            component.warranty_rule = answer.rule

    def _get_warranty_answers(self, on=None) -> dict:
        """The warranty's answer for each component on a day (default: today)."""
        terms = self.equipment_id.program_id.term_ids._get_terms()
        result = {}
        for component in self:
            equipment = component.equipment_id
            company = equipment.company_id or self.env.company
            result[component] = coverage_tools.warranty(
                coverage_tools.Part(
                    component.category_id.code or "",
                    component.source,
                    component.installed_on or None,
                    component.predecessor_id.warranty_end or None,
                ),
                terms.get(equipment.program_id.id or equipment.program_id._origin.id)
                or {},
                equipment._get_proofs(),
                on or company._service_today(),
            )
        return result

    def _replace(self, vals):
        """Close this component and put its successor in (one for one, PRT-14).

        :param vals: product, serial and day of the new part
        :returns: the new component
        """
        self.ensure_one()
        if self.removed_on:
            raise UserError(
                self.env._(
                    "%(component)s was taken out of %(equipment)s on %(date)s already. "
                    "Choose the part that is in the machine now.",
                    component=self.display_name,
                    equipment=self.equipment_id.serial,
                    date=self.removed_on,
                )
            )
        today = self.company_id._service_today()
        successor = self.create(
            {
                "equipment_id": self.equipment_id.id,
                "category_id": self.category_id.id,
                "source": "replacement",
                "installed_on": today,
                "predecessor_id": self.id,
                **vals,
            }
        )
        self.removed_on = successor.installed_on
        return successor
