# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_amount, format_date

from ..tools import supply as supply_tools


class SpareSupplyPromise(models.Model):
    """What a programme promised about spare parts and loaners, and whether it holds.

    A vendor's promise is a row: years of supply (PRT-23, PRT-24), a list of parts that
    always lie in store (PRT-21), a share of a contract stocked locally (PRT-19), a
    loaner (PRT-25, PRT-26).
    """

    _name = "spare.supply.promise"
    _description = "Promise about Spare Parts"
    _order = "program_id, kind, id"

    name = fields.Char(required=True, translate=True)
    program_id = fields.Many2one(
        comodel_name="service.program", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("years", "Parts for so many years"),
            ("list", "Recommended parts in store"),
            ("share", "Share of a contract stocked locally"),
            ("loaner", "Loaner until repaired"),
        ],
        required=True,
    )
    years = fields.Integer(
        help="Counted from the acceptance of each machine, else its installation, "
        "else its sale."
    )
    project = fields.Char(help="The contract whose share is stocked.")
    amount = fields.Monetary(string="Contract amount")
    percent = fields.Float(
        string="Share (%)",
        help="Part of the contract amount stocked locally, as agreed for this project.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        default=lambda self: self.env.company.currency_id,
        required=True,
    )
    in_warranty_only = fields.Boolean(
        string="In warranty only", help="The loaner is promised for covered repairs."
    )
    line_ids = fields.One2many(
        comodel_name="spare.supply.line",
        inverse_name="promise_id",
        string="Parts in store",
        copy=True,
    )
    rule = fields.Char()
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[
            ("kept", "Kept"),
            ("gap", "Gap"),
            ("unset", "To be filled in"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    gap = fields.Char(string="What is missing", compute="_compute_state")

    _years_positive = models.Constraint(
        "CHECK (kind != 'years' OR years > 0)",
        "Parts are promised for at least one year.",
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "The share of a contract is between 0 and 100 %.",
    )

    @api.depends(
        "kind", "years", "amount", "percent", "line_ids.quantity", "line_ids.product_id"
    )
    @api.depends_context("company", "lang")
    def _compute_state(self):
        there = self.line_ids.product_id._get_spare_store()
        ending = self._get_ending_parts()
        for promise in self:
            check = getattr(promise, f"_check_{promise.kind or 'loaner'}")
            promise.state, promise.gap = check(there, ending)

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search(Domain.TRUE).filtered(
            lambda promise: promise.state in value
        )
        return [("id", "in", found.ids)]

    def _check_years(self, _there, ending):
        """PRT-23, PRT-24: no part ends before the last machine's promise does."""
        rows = ending.get(self._origin.id or self.id, [])
        if not rows:
            return "kept", False
        return "gap", ", ".join(
            self.env._(
                "%(part)s: promised until %(until)s, discontinued on %(end)s",
                part=product.display_name,
                until=format_date(self.env, until),
                end=format_date(self.env, product.spare_discontinued_on),
            )
            for product, until in rows
        )

    def _check_list(self, there, _ending):
        """PRT-21: everything recommended lies in store."""
        if not self.line_ids:
            return "unset", self.env._("The recommended parts are not listed yet")
        missing = self._get_shortage(there)
        return ("gap", missing) if missing else ("kept", False)

    def _get_shortage(self, there):
        wanted = defaultdict(float)
        for line in self.line_ids:
            wanted[line.product_id] += line.quantity
        return ", ".join(
            f"{product.display_name} × {quantity:g}"
            for product, quantity in supply_tools.shortage(wanted, there).items()
        )

    def _check_share(self, there, _ending):
        """PRT-19: the agreed share of the contract lies in store, key boards twice."""
        if not self.amount or not self.percent or not self.line_ids:
            return "unset", self.env._(
                "Contract amount, agreed share and parts are not filled in yet"
            )
        target = supply_tools.local_target(self.amount, self.percent)
        # sudo: what parts cost, as a sum
        stocked = sum(
            there.get(product, 0.0) * product.sudo().standard_price
            for product in self.line_ids.product_id
        )
        if self.currency_id.compare_amounts(stocked, target) < 0:
            return "gap", self.env._(
                "%(stocked)s of %(target)s in store",
                stocked=format_amount(self.env, stocked, self.currency_id),
                target=format_amount(self.env, target, self.currency_id),
            )
        missing = self._get_shortage(there)
        return ("gap", missing) if missing else ("kept", False)

    def _check_loaner(self, _there, _ending):
        return "kept", False

    def _get_ending_parts(self) -> dict:
        """Parts discontinued too early: promise id → [(product, promised until)].

        One query for all promises: the youngest machine of each programme and
        discontinued part counts.
        """
        years = self.filtered(lambda promise: promise.kind == "years" and promise.years)
        result = defaultdict(list)
        if not years:
            return result
        for model in (
            "service.equipment",
            "service.equipment.component",
            "product.template",
        ):
            self.env[model].flush_model()
        # sudo: machines of other stations count, nothing of them is shown
        rows = self.sudo().env.execute_query(
            SQL(
                """
                SELECT machine.program_id, part.product_id,
                       max(COALESCE(machine.acceptance_date,
                                    machine.installation_date,
                                    machine.sale_date))
                  FROM service_equipment_component part
                  JOIN service_equipment machine ON machine.id = part.equipment_id
                  JOIN product_product product ON product.id = part.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                   AND template.spare_discontinued_on IS NOT NULL
                 WHERE part.removed_on IS NULL AND machine.program_id IN %s
                   AND machine.company_id = %s
                 GROUP BY machine.program_id, part.product_id
                 ORDER BY part.product_id
                """,
                tuple(years.program_id.ids),
                self.env.company.id,
            )
        )
        for program, product_id, start in rows:
            product = self.env["product.product"].browse(product_id)
            for promise in years:
                if promise.program_id.id != program or not start:
                    continue
                until = supply_tools.promised_until(start, promise.years)
                if supply_tools.ends_too_early(product.spare_discontinued_on, until):
                    result[promise._origin.id or promise.id].append((product, until))
        return result


class SpareSupplyLine(models.Model):
    """A part that lies in store for a programme or project."""

    _name = "spare.supply.line"
    _description = "Part kept in Store"

    promise_id = fields.Many2one(
        comodel_name="spare.supply.promise",
        required=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain=[("is_storable", "=", True)],
    )
    key_board = fields.Boolean(
        string="Key board", help="Kept at least twice: redundancy (PRT-19)."
    )
    quantity = fields.Float(
        string="At least",
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A part is kept at least once."
    )

    @api.depends("key_board")
    def _compute_quantity(self):
        for line in self:
            line.quantity = max(line.quantity, 2.0 if line.key_board else 1.0)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_spare_store(self) -> dict:
        """Good pieces of this company's stores and stations: product → quantity."""
        # sudo: sums over all shelves, for a promise
        rows = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.ids),
                    ("company_id", "=", self.env.company.id),
                    ("location_id.usage", "=", "internal"),
                    ("location_id.service_use", "in", (False, "good")),
                ],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        return {self.browse(product.id): quantity for product, quantity in rows}
