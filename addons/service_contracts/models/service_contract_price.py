# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import ceiling

# A suspended customer keeps the prices he signed.
RUNNING_STATES = ("active", "parked", "suspended")


class ServiceContractPrice(models.Model):
    """One item of a contract's signed quotation: what it may cost at most.

    An expansion (CON-03), hardware and spares (CON-04) are never sold to the customer
    above it, and nothing else than the bid product or one that is no worse.
    """

    _name = "service.contract.price"
    _description = "Price Ceiling of a Contract"
    _order = "contract_id, kind, id"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    kind = fields.Selection(
        selection=[
            ("expansion", "Expansion"),
            ("hardware", "Hardware"),
            ("spare", "Spare part"),
        ],
        required=True,
        default="spare",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Bid product",
        required=True,
        index=True,
        ondelete="restrict",
    )
    substitute_ids = fields.Many2many(
        comodel_name="product.product",
        relation="service_contract_price_substitute_rel",
        column1="price_id",
        column2="product_id",
        string="No worse than it",
        help="Products whose quality was found equal or better (CON-04); the ceiling "
        "holds for them too.",
    )
    quality = fields.Char(help="Make and grade that were bid, as in the quotation.")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    price = fields.Monetary(
        string="At most",
        required=True,
        help="Untaxed, for one unit of the product, as in the signed quotation.",
    )

    _product_uniq = models.UniqueIndex(
        "(contract_id, kind, product_id)",
        "This item stands in the contract's price ceilings already.",
    )
    _price_not_negative = models.Constraint(
        "CHECK (price >= 0)", "A price ceiling cannot be negative."
    )

    @api.depends("product_id", "price")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.product_id.display_name or ""

    def write(self, vals):
        if vals.keys() - {"substitute_ids", "quality"}:
            self._check_unsigned()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_unsigned()

    def _check_unsigned(self):
        signed = self.contract_id.filtered(lambda contract: contract.state != "draft")
        if signed:
            raise UserError(
                self.env._(
                    "Contract %s is signed: what its quotation says stays. Items may be "
                    "added, and products that are no worse.",
                    ", ".join(signed.mapped("display_name")),
                )
            )

    # === Business ===

    @api.model
    def _check_lines(self, lines):
        """Refuse a price above a signed quotation, naming item and ceiling.

        :param lines: lines of orders or of invoices to customers; each knows its
            ``_get_ceiling_partner`` and ``_get_ceiling_price``
        :raises UserError: names the first line that is above its ceiling
        """
        lines = lines.filtered("product_id")
        if not lines:
            return
        # sudo: a ceiling holds whoever writes the price
        rows = self.sudo().search(
            [
                ("contract_id.state", "in", RUNNING_STATES),
                ("company_id", "in", lines.company_id.ids),
                "|",
                ("product_id", "in", lines.product_id.ids),
                ("substitute_ids", "in", lines.product_id.ids),
            ]
        )
        if not rows:
            return
        by_customer = rows.grouped(
            lambda row: (row.company_id, row.contract_id.commercial_partner_id)
        )
        for line in lines.sudo():  # sudo: see above
            customer = line._get_ceiling_partner().commercial_partner_id
            found = by_customer.get((line.company_id, customer))
            if found:
                found._check_line(line, customer)

    def _check_line(self, line, customer):
        """Hold one line against these rows, all of one customer."""
        price = line._get_ceiling_price()
        today = line.company_id._service_today()
        hit = ceiling.broken(
            [
                ceiling.Quoted(
                    row.id,
                    frozenset((row.product_id | row.substitute_ids).ids),
                    row.currency_id._convert(
                        row.price, line.currency_id, line.company_id, today
                    ),
                )
                for row in self
            ],
            line.product_id.id,
            price,
            line.currency_id.rounding,
        )
        if not hit:
            return
        row = self.browse(hit.key)
        raise UserError(
            self.env._(
                "%(item)s may cost %(customer)s at most %(ceiling)s each, as quoted in "
                "contract %(contract)s (%(rule)s); the price is %(price)s. Lower the "
                "price.",
                item=line.product_id.display_name,
                customer=customer.name,
                ceiling=line.currency_id.format(hit.price),
                contract=row.contract_id.display_name,
                rule="CON-03" if row.kind == "expansion" else "CON-04",
                price=line.currency_id.format(price),
            )
        )
