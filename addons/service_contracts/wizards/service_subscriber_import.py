# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import split_every

from odoo.addons.after_sales_service.tools.intake import serial_key

BATCH = 500
RHYTHMS = {
    "": "monthly",
    "1": "monthly",
    "3": "quarterly",
    "6": "semesterly",
    "12": "yearly",
}


class ServiceSubscriberImport(models.TransientModel):
    """Bulk import of an operator's subscribers: checked first, written when confirmed.

    A CSV or XLSX file with a header line. Columns, in any order: ``customer`` and
    ``plan`` (its code) are needed; ``phone``, ``email``, ``street``, ``account``,
    ``operator``, ``payer``, ``period``, ``start``, ``end`` and ``serial`` may follow.
    """

    _name = "service.subscriber.import"
    _description = "Import of Subscribers"
    _inherit = ["service.table.mixin"]
    _needed_columns = frozenset({"customer", "plan"})

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    activate = fields.Boolean(
        string="Activate at once", help="Otherwise the contracts stay drafts."
    )
    state = fields.Selection(
        selection=[("draft", "File"), ("checked", "Checked"), ("done", "Imported")],
        default="draft",
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="service.subscriber.import.line",
        inverse_name="import_id",
        readonly=True,
    )
    problem_ids = fields.One2many(
        comodel_name="service.subscriber.import.line",
        inverse_name="import_id",
        domain=[("problem", "!=", False)],
        string="Bad lines",
        readonly=True,
    )
    skipped_columns = fields.Char(readonly=True)
    good_count = fields.Integer(string="Importable", compute="_compute_counts")
    bad_count = fields.Integer(string="Bad", compute="_compute_counts")

    @api.depends("line_ids.problem")
    def _compute_counts(self):
        for wizard in self:
            wizard.bad_count = len(wizard.line_ids.filtered("problem"))
            wizard.good_count = len(wizard.line_ids) - wizard.bad_count

    @api.onchange("file")
    def _onchange_file(self):
        """Another file is checked before it is imported."""
        self.state = "draft"

    # === Actions ===

    def action_check(self):
        """Dry run: read the file and say of every line whether it can be imported."""
        self.ensure_one()
        rows = self._read_rows()
        self.line_ids.unlink()
        problems = self._get_problems(rows)
        self.env["service.subscriber.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "number": number,
                    "customer": row.get("customer"),
                    "account": row.get("account"),
                    "plan": row.get("plan"),
                    "row": row,
                    "problem": "\n".join(problems[number]) or False,
                }
                for number, row in rows
            ]
        )
        self.state = "checked"
        return self._reopen()

    def action_import(self):
        """Write the good lines; the bad ones are left out and stay in the list."""
        self.ensure_one()
        if self.state != "checked":
            raise UserError(self.env._("Check the file first: press Check."))
        good = self.line_ids.filtered(lambda line: not line.problem)
        # somebody may have taken a number since the check
        again = self._get_problems([(line.number, line.row) for line in good])
        if any(again.values()):
            raise UserError(
                self.env._(
                    "Something changed since the check. Check again: %s",
                    "; ".join(text for texts in again.values() for text in texts),
                )
            )
        contracts = self.env["contract.contract"]
        for lines in split_every(BATCH, good.ids, good.browse):
            contracts += self._import(lines)
        if self.activate:
            contracts.action_activate()
        self.state = "done"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_contracts.action_subscriber"
            ),
            "domain": [("id", "in", contracts.ids)],
            "context": {},
        }

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_contracts.action_subscriber_import"
        )
        return {**action, "res_id": self.id}

    # === Reading ===

    @api.model
    def _get_columns(self) -> dict:
        """Column → its label."""
        return {
            "customer": self.env._("Customer"),
            "plan": self.env._("Plan"),
            "phone": self.env._("Phone"),
            "email": self.env._("Email"),
            "street": self.env._("Street"),
            "account": self.env._("Account"),
            "operator": self.env._("Operator"),
            "payer": self.env._("Payer"),
            "period": self.env._("Period"),
            "start": self.env._("Start date"),
            "end": self.env._("End date"),
            "serial": self.env._("Serial"),
        }

    def _skip_columns(self, names):
        self.skipped_columns = ", ".join(filter(None, names))

    def _read_rows(self):
        """Who pays is written as the form says it, or as the column's name."""
        payers = {
            self.env._("Customer"): "customer",
            self.env._("Operator"): "operator",
        }
        rows = super()._read_rows()
        for _number, row in rows:
            row["payer"] = payers.get(row.get("payer"), row.get("payer", ""))
        return rows

    # === Checking ===

    def _get_known(self, rows) -> dict:
        """What the lines refer to, in four searches."""
        values = defaultdict(set)
        for _number, row in rows:
            for name, value in row.items():
                values[name].add(value)
        today = self.company_id._service_today()
        plans = self.env["service.plan"].search(
            [
                ("code", "in", list(values["plan"])),
                ("company_id", "=", self.company_id.id),
            ],
            order="version",
        )
        operators = self.env["res.partner"].search(
            [("name", "in", list(values["operator"] - {""})), ("is_company", "=", True)]
        )
        # sudo: an account number counts whoever may see its contract
        accounts = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("broadband_account", "in", list(values["account"] - {""})),
                    ("state", "!=", "ended"),
                    ("company_id", "=", self.company_id.id),
                ]
            )
        )
        equipment = self.env["service.equipment"].search(
            [("serial_key", "in", [*map(serial_key, values["serial"] - {""})])]
        )
        return {
            "plan": {plan.code: plan for plan in plans if plan._is_on_sale(today)},
            "operator": {partner.name: partner for partner in operators},
            "account": {
                (row.operator_id, row.broadband_account): row for row in accounts
            },
            "serial": {row.serial_key: row for row in equipment},
        }

    def _get_problems(self, rows) -> dict:
        """Line number → what is wrong with it; an empty list when nothing is."""
        known = self._get_known(rows)
        problems, seen = {}, {}
        for number, row in rows:
            found = problems[number] = self._get_row_problems(row, known)
            if not row.get("account"):
                continue
            operator = known["operator"].get(row.get("operator"))
            key = (operator or self.env["res.partner"], row["account"])
            if key in known["account"]:
                found.append(
                    self.env._(
                        "Account %(account)s belongs to contract %(contract)s already.",
                        account=row["account"],
                        contract=known["account"][key].code,
                    )
                )
            elif key in seen:
                found.append(
                    self.env._(
                        "Account %(account)s stands in line %(line)s already.",
                        account=row["account"],
                        line=seen[key],
                    )
                )
            seen.setdefault(key, number)
        return problems

    def _get_row_problems(self, row, known) -> list:
        """What is wrong with one line by itself."""
        plan = known["plan"].get(row.get("plan"))
        rhythm = RHYTHMS.get(row.get("period", ""))
        payer = row.get("payer") or "customer"
        checks = [
            (not row.get("customer"), self.env._("The customer's name is missing.")),
            (
                not plan,
                self.env._(
                    "Plan %s is not on sale: use the code of one that is.",
                    row.get("plan") or "–",
                ),
            ),
            (
                row.get("operator") and row["operator"] not in known["operator"],
                self.env._(
                    "Operator %s is not known: create it as a company first.",
                    row.get("operator"),
                ),
            ),
            (
                payer not in ("customer", "operator"),
                self.env._("Payer %s is neither customer nor operator.", payer),
            ),
            (
                payer == "operator" and not row.get("operator"),
                self.env._("The operator pays, but none is named."),
            ),
            (
                not rhythm,
                self.env._(
                    "Period %s is none of 1, 3, 6 and 12 months.", row.get("period")
                ),
            ),
            (
                plan and rhythm and rhythm != "monthly" and not plan._get_fee(rhythm),
                self.env._("The plan has no fee for %s months.", row.get("period")),
            ),
            (
                row.get("serial") and serial_key(row["serial"]) not in known["serial"],
                self.env._(
                    "Serial %s is not known: register the machine first.",
                    row.get("serial"),
                ),
            ),
        ]
        return [text for wrong, text in checks if wrong] + self._get_date_problems(row)

    def _get_date_problems(self, row) -> list:
        problems, dates = [], {}
        for name in ("start", "end"):
            try:
                dates[name] = row.get(name) and date.fromisoformat(row[name])
            except ValueError:
                problems.append(
                    self.env._(
                        "%(value)s is no date: write it as 2026-01-31.", value=row[name]
                    )
                )
        if dates.get("start") and dates.get("end") and dates["end"] < dates["start"]:
            problems.append(self.env._("It ends before it starts."))
        return problems

    # === Writing ===

    def _import(self, lines):
        rows = [(line.number, line.row) for line in lines]
        known = self._get_known(rows)
        partners = self._get_or_create_partners([row for _number, row in rows])
        return self.env["contract.contract"].create(
            [
                self._prepare_contract_vals(row, partner, known)
                for (_number, row), partner in zip(rows, partners, strict=True)
            ]
        )

    def _get_or_create_partners(self, rows) -> list:
        """A customer with the same name and phone is the same; others are new."""
        names = [row["customer"] for row in rows]
        found = {
            (partner.name, partner.phone or ""): partner
            for partner in self.env["res.partner"].search([("name", "in", names)])
        }
        missing = {}
        for row in rows:
            key = (row["customer"], row.get("phone") or "")
            if key not in found:
                missing.setdefault(key, row)
        # sudo: who may import subscribers registers them, with the file's columns only
        created = (
            self.env["res.partner"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "phone": phone,
                        "email": row.get("email") or False,
                        "street": row.get("street") or False,
                    }
                    for (name, phone), row in missing.items()
                ]
            )
        )
        found.update(zip(missing, created.sudo(False), strict=True))
        return [found[row["customer"], row.get("phone") or ""] for row in rows]

    def _prepare_contract_vals(self, row, partner, known):
        operator = known["operator"].get(row.get("operator"))
        machine = known["serial"].get(serial_key(row.get("serial")))
        return {
            "company_id": self.company_id.id,
            "partner_id": partner.id,
            "plan_id": known["plan"][row["plan"]].id,
            "operator_id": operator.id if operator else False,
            "broadband_account": row.get("account") or False,
            "payer": row.get("payer") or "customer",
            "billing_period": RHYTHMS[row.get("period", "")],
            "date_start": row.get("start") or self.company_id._service_today(),
            "date_end": row.get("end") or False,
            "equipment_ids": [fields.Command.set(machine.ids)] if machine else False,
        }


class ServiceSubscriberImportLine(models.TransientModel):
    """One line of the file, and what is wrong with it."""

    _name = "service.subscriber.import.line"
    _description = "Line of a Subscriber Import"
    _order = "number"

    import_id = fields.Many2one(
        comodel_name="service.subscriber.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(string="Line number")
    customer = fields.Char()
    account = fields.Char()
    plan = fields.Char()
    row = fields.Json()
    problem = fields.Text()
