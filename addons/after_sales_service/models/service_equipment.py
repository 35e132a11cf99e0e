# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import coverage as coverage_tools
from ..tools.intake import serial_key

# Days of things that happened; none lies in the future.
PROOF_FIELDS = (
    "sale_date",
    "certificate_date",
    "factory_month",
    "acceptance_date",
    "installation_date",
    "signing_date",
)
# A cover that ends in so many days is ending soon.
SOON = timedelta(days=30)


class ServiceEquipment(models.Model):
    """One machine at a customer's: what was sold, when, and what is inside."""

    _name = "service.equipment"
    _description = "Equipment"
    _inherit = ["mail.thread"]
    _order = "serial"
    _rec_names_search = ["serial", "name", "partner_id.name"]
    _check_company_auto = True

    serial = fields.Char(required=True, tracking=True, copy=False)
    serial_key = fields.Char(
        string="Serial in capitals",
        compute="_compute_serial_key",
        store=True,
        help="What the serial is looked up by, however somebody types it.",
    )
    service_code = fields.Char(
        tracking=True,
        copy=False,
        help="The maker's code for service, where it is not the serial (SEC-10).",
    )
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
    acceptance_date = fields.Date(
        help="Day the acceptance report was signed (WAR-30, WAR-33)."
    )
    installation_date = fields.Date(help="Day it was installed and works (WAR-26).")
    signing_date = fields.Date(string="Contract signed", help="CON-01, CF-13.")
    component_ids = fields.One2many(
        comodel_name="service.equipment.component",
        inverse_name="equipment_id",
        string="Components",
    )
    ticket_ids = fields.One2many(
        comodel_name="helpdesk.ticket", inverse_name="equipment_id", string="Tickets"
    )
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    warranty_end = fields.Date(
        string="Last cover ends",
        compute="_compute_warranty_end",
        store=True,
        index="btree_not_null",
        help="When the last part that is in the machine is no longer covered.",
    )
    next_warranty_end = fields.Date(
        string="Next cover ends",
        compute="_compute_warranty_state",
        help="The part of the machine whose cover ends first from now on.",
    )
    warranty_state = fields.Selection(
        selection=[
            ("covered", "Under warranty"),
            ("ending", "Ending soon"),
            ("over", "Over"),
            ("unknown", "Not known"),
        ],
        string="Warranty",
        compute="_compute_warranty_state",
        search="_search_warranty_state",
    )
    history_ids = fields.Many2many(
        comodel_name="service.equipment.history",
        compute="_compute_history_ids",
    )
    visit_count = fields.Integer(compute="_compute_life_counts")
    repair_count = fields.Integer(compute="_compute_life_counts")
    loaner_count = fields.Integer(compute="_compute_life_counts")
    active = fields.Boolean(default=True)

    _serial_uniq = models.UniqueIndex(
        "(company_id, serial_key)",
        "Another equipment has this serial already: look it up by its serial.",
    )

    @api.depends("serial")
    def _compute_serial_key(self):
        for equipment in self:
            equipment.serial_key = serial_key(equipment.serial)

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

    @api.depends_context("uid", "lang")
    def _compute_history_ids(self):
        """The machine's life, newest first, read in one query."""
        history = self.env["service.equipment.history"]
        rows = history.search_fetch(
            [("equipment_id", "in", self.ids)],
            ["equipment_id", "at", "kind", "user_id", "res_model", "res_id"],
        ).grouped("equipment_id")
        for equipment in self:
            equipment.history_ids = rows.get(equipment, history)

    def _compute_life_counts(self):
        counts = {
            name: dict(
                self.env[model]._read_group(
                    [("ticket_id.equipment_id", "in", self.ids)],
                    ["ticket_id"],
                    ["__count"],
                )
            )
            for name, model in (
                ("visit_count", "service.visit"),
                ("repair_count", "repair.order"),
                ("loaner_count", "service.loaner"),
            )
        }
        for name, by_ticket in counts.items():
            totals = Counter()
            for ticket, count in by_ticket.items():
                # sudo: the counted documents were read with the user's own rights
                totals[ticket.sudo().equipment_id.id] += count
            for equipment in self:
                equipment[name] = totals[equipment.id]

    @api.depends("component_ids.warranty_end", "component_ids.removed_on")
    def _compute_warranty_end(self):
        for equipment in self:
            live = equipment.component_ids.filtered(lambda part: not part.removed_on)
            ends = [end for end in live.mapped("warranty_end") if end]
            equipment.warranty_end = max(ends, default=False)

    @api.depends("warranty_end", "component_ids.warranty_end")
    def _compute_warranty_state(self):
        for equipment in self:
            today = (equipment.company_id or self.env.company)._service_today()
            ends = [
                part.warranty_end
                for part in equipment.component_ids
                if part.warranty_end
                and not part.removed_on
                and part.warranty_end >= today
            ]
            equipment.next_warranty_end = min(ends, default=False)
            if not equipment.warranty_end:
                equipment.warranty_state = "unknown"
            elif equipment.warranty_end < today:
                equipment.warranty_state = "over"
            elif equipment.next_warranty_end <= today + SOON:
                equipment.warranty_state = "ending"
            else:
                equipment.warranty_state = "covered"

    def _search_warranty_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._service_today()
        ending = Domain(
            "component_ids",
            "any",
            [
                ("removed_on", "=", False),
                ("warranty_end", ">=", today),
                ("warranty_end", "<=", today + SOON),
            ],
        )
        lasting = Domain("warranty_end", ">=", today)
        domains = {
            "ending": ending,
            "covered": lasting & ~ending,
            "over": Domain("warranty_end", "<", today),
            "unknown": Domain("warranty_end", "=", False),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.product_id and not self.name:
            self.name = self.product_id.name

    @api.constrains(*PROOF_FIELDS)
    def _check_proof_dates(self):
        for equipment in self:
            today = equipment.company_id._service_today()
            for name in PROOF_FIELDS:
                day = equipment[name]
                if name == "factory_month" and day:
                    day = day.replace(day=1)  # only its month is known
                if day and day > today:
                    raise ValidationError(
                        self.env._(
                            "Equipment %(serial)s: %(date)s in field %(field)s lies in "
                            "the future. Check it against the paper.",
                            serial=equipment.serial,
                            field=self._fields[name]._description_string(self.env),
                            date=equipment[name],
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["serial"] = (vals.get("serial") or "").strip()
        self._check_serials(
            [
                (vals.get("company_id") or self.env.company.id, vals["serial"])
                for vals in vals_list
            ]
        )
        equipment = super().create(vals_list)
        equipment._add_whole_machine()
        return equipment

    def write(self, vals):
        if "serial" in vals:
            vals = {**vals, "serial": (vals["serial"] or "").strip()}
        if vals.keys() & {"serial", "company_id"}:
            self._check_serials(
                [
                    (
                        vals.get("company_id", one.company_id.id),
                        vals.get("serial", one.serial),
                    )
                    for one in self
                ]
            )
        return super().write(vals)

    def _check_serials(self, wanted):
        """Refuse a serial that another machine of the company has.

        :param wanted: (company id, serial) of each machine about to be stored
        :raises ValidationError: names the serial and the machine that has it
        """
        keys = set()
        for company, serial in wanted:
            if not serial:
                raise ValidationError(
                    self.env._("An equipment needs the serial on its label.")
                )
            key = (company, serial_key(serial))
            if key in keys:
                raise ValidationError(
                    self.env._(
                        "Serial %s is there twice: one serial is one machine.", serial
                    )
                )
            keys.add(key)
        # sudo: a serial is unique whoever may see the other machine
        others = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("serial_key", "in", [key for _company, key in keys]),
                    ("id", "not in", self.ids),
                ]
            )
        )
        for other in others:
            if (other.company_id.id, other.serial_key) in keys:
                raise ValidationError(
                    self.env._(
                        "Serial %(serial)s in field Serial belongs to another equipment "
                        "already: %(equipment)s, station %(station)s. Look it up by its "
                        "serial; a service manager mends a wrong one.",
                        serial=other.serial,
                        equipment=other.name,
                        station=other.station_id.name or "–",
                    )
                )

    def _add_whole_machine(self):
        """One component for the whole, where nobody listed what is inside.

        So that a machine that is imported with its serial alone has an answer.
        """
        # sudo: terms are the same whoever registers the machine
        bare = self.filtered(lambda equipment: not equipment.component_ids)
        terms = bare.program_id.sudo().term_ids.filtered(
            lambda term: term.category_id.code == coverage_tools.WHOLE_MACHINE
        )
        by_program = terms.grouped("program_id")
        self.env["service.equipment.component"].create(
            [
                {
                    "equipment_id": equipment.id,
                    "category_id": by_program[equipment.program_id].category_id.id,
                }
                for equipment in bare
                if equipment.program_id in by_program
            ]
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
            self.signing_date or None,
        )

    def _get_category_answer(self, category, on):
        """The warranty's answer for a class of the machine, such as its software.

        :returns: an ``Answer``, or None where the programme has no such term
        """
        self.ensure_one()
        terms = self.program_id.term_ids._get_terms().get(self.program_id.id) or {}
        if category.code not in terms:
            return None
        answer = coverage_tools.warranty(
            coverage_tools.Part(category.code), terms, self._get_proofs(), on
        )
        return self.program_id._with_after_warranty(answer)

    @api.model
    def _find_by_code(self, codes) -> dict:
        """Scanned codes → equipment. Unknown codes are missing from the answer."""
        keys = {code.strip(): serial_key(code) for code in codes if code}
        found = self.search([("serial_key", "in", list(filter(None, keys.values())))])
        by_key = {equipment.serial_key: equipment for equipment in found}
        return {code: by_key[key] for code, key in keys.items() if key in by_key}

    def action_view_tickets(self):
        life = self._get_life_action("helpdesk.ticket", self.env._("Tickets"))
        return {
            **self.env["helpdesk.ticket"]._get_list_action(
                life["name"], [("equipment_id", "=", self.id)]
            ),
            "context": {"default_equipment_id": self.id},
        }

    def action_view_visits(self):
        return self._get_life_action("service.visit", self.env._("Visits"))

    def action_view_repairs(self):
        life = self._get_life_action("repair.order", self.env._("Repairs"))
        return self.env["repair.order"]._get_list_action(life["name"], life["domain"])

    def action_view_loaners(self):
        return self._get_life_action("service.loaner", self.env._("Loaners"))

    def action_view_history(self):
        """The whole life with filters, on a page of its own."""
        return {
            **self._get_life_action("service.equipment.history", self.env._("History")),
            "view_mode": "list",
            "domain": [("equipment_id", "=", self.id)],
        }

    def _get_life_action(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(documents)s of %(serial)s", documents=name, serial=self.serial
            ),
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("ticket_id.equipment_id", "=", self.id)],
            "context": {"create": False},
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
        "equipment_id.signing_date",
        "equipment_id.program_id.replacement_months",
        "equipment_id.program_id.term_ids.months",
        "equipment_id.program_id.term_ids.excluded",
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

    def _get_warranty_answers(self, on=None, found=None) -> dict:
        """The warranty's answer for each component on a day (default: today).

        :param found: component, or the empty one for the whole machine → the
            ``service.exclusion`` that was found
        """
        found = found or {}
        whole = found.get(self.browse())
        terms = self.equipment_id.program_id.term_ids._get_terms()
        result = {}
        for component in self:
            equipment = component.equipment_id
            program = equipment.program_id
            company = equipment.company_id or self.env.company
            exclusion = found.get(component._origin) or whole
            answer = coverage_tools.warranty(
                coverage_tools.Part(
                    component.category_id.code or "",
                    component.source,
                    component.installed_on or None,
                    component.predecessor_id.warranty_end or None,
                ),
                terms.get(program.id or program._origin.id) or {},
                equipment._get_proofs(),
                on or company._service_today(),
                (exclusion and coverage_tools.Exclusion(exclusion.id, exclusion.rule))
                or None,
                program.replacement_months or coverage_tools.REPLACEMENT_MONTHS,
            )
            result[component] = program._with_after_warranty(answer)
        return result

    def _is_repair_only(self):
        """Does the programme repair this part and not exchange it (WAR-12)?"""
        self.ensure_one()
        return bool(
            self.equipment_id.program_id.term_ids.filtered(
                lambda row: row.category_id == self.category_id and row.repair_only
            )
        )

    def _check_exchangeable(self, ticket):
        """Repair only: no exchange without a guarantee or an exception (WAR-12, CF-25).

        :raises UserError: names the part and the way out
        """
        for component in self:
            if not component._is_repair_only():
                continue
            rows = ticket.coverage_ids.filtered(
                lambda row, component=component: (
                    row.component_id == component and row.chosen
                )
            )
            if ticket.chosen_right_id.remedy == "exchange" or (
                rows.source == "exception" and rows.verdict == "goodwill"
            ):
                continue
            raise UserError(
                self.env._(
                    "%(part)s of %(equipment)s is repaired, not exchanged (WAR-12): "
                    "mend it on site, or take it in and lend the customer one. "
                    "Exchange needs the customer's right by the three guarantees or an "
                    "approved exception.",
                    part=component.display_name,
                    equipment=component.equipment_id.serial,
                )
            )

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
