# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import random

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.after_sales_service.tests.common import rules

from .common import CareCommon

CASES = 20
# What the dice must have shown at least once.
SURROUNDINGS = {
    "percent tax",
    "fixed tax",
    "division tax",
    "group tax",
    "split tax",
    "tax_included",
    "tax_excluded",
    "on_payment",
    "position",
    "1 terms",
    "1 terms, early discount",
    "2 terms",
    "months caught up",
    "round_per_line",
    "round_globally",
    "currency rounded to 1.0",
    "currency rounded to 0.001",
}
# What differs between two equal invoices: identity, names and origins.
OWN = {
    "id",
    "move_id",
    "move_name",
    "name",
    "ref",
    "create_date",
    "write_date",
    "create_uid",
    "write_uid",
    "contract_line_id",
    "service_billing_line_id",
    "partner_id",
    "access_token",
    "sequence_prefix",
    "sequence_number",
    "payment_reference",
    "invoice_origin",
    "commercial_partner_id",
    "partner_shipping_id",
    "invoice_partner_display_name",
    "made_sequence_gap",
    "is_manually_modified",
}


@tagged("post_install", "-at_install")
class TestTwin(CareCommon):
    """Whatever makes a run quick, its books are those core makes for the same invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20261122)
        cls.seen = set()
        cls.company.tax_exigibility = True
        cls.currencies = cls.company.currency_id + cls.env["res.currency"].create(
            [
                {
                    "name": name,
                    "symbol": name,
                    "rounding": rounding,
                    "rate_ids": [
                        Command.create(
                            {
                                "company_id": cls.company.id,
                                "name": "2026-01-01",
                                "rate": rate,
                            }
                        )
                    ],
                }
                for name, rounding, rate in (
                    ("XTA", 0.01, 1.2837),
                    ("XTB", 1.0, 151.37),
                    ("XTC", 0.001, 0.30771),
                )
            ]
        )
        cls.country = cls.env.ref("base.be")
        cls.tags = cls.env["account.account.tag"].create(
            [
                {"name": f"Twin {number}", "applicability": "taxes"}
                for number in range(3)
            ]
        )
        cls.analytic = cls.env["account.analytic.account"].create(
            {
                "name": "Twin",
                "plan_id": cls.env["account.analytic.plan"].create({"name": "Twin"}).id,
            }
        )
        income = cls.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", cls.company.ids)],
            limit=1,
        )
        cls.other_income = income.copy()
        cls.income = income
        cls.care_product.property_account_income_id = income
        cls.waiting = income.copy({"reconcile": True})

    # === Random surroundings ===

    @classmethod
    def _random_tax(cls, number):
        rng = cls.random
        vals = {
            "name": f"Tax {number}",
            "type_tax_use": "sale",
            "amount_type": rng.choice(["percent", "percent", "fixed", "division"]),
            "amount": rng.choice([1.0, 6.0, 9.5, 13.0, 20.0]),
            "price_include_override": rng.choice(["tax_included", "tax_excluded"]),
            "include_base_amount": rng.random() < 0.3,
            "is_base_affected": rng.random() < 0.8,
        }
        if vals["amount_type"] == "fixed":
            vals["amount"] = rng.choice([0.05, 0.37, 1.0])
        if rng.random() < 0.3:
            vals["tax_exigibility"] = "on_payment"
            vals["cash_basis_transition_account_id"] = cls.waiting.id
        if rng.random() < 0.5:
            cls.seen.add("split tax")
            for name in ("invoice", "refund"):
                vals[f"{name}_repartition_line_ids"] = cls._split_in_two()
        cls.seen |= {
            f"{vals['amount_type']} tax",
            vals["price_include_override"],
            vals.get("tax_exigibility", "on_invoice"),
        }
        return cls.env["account.tax"].create(vals)

    @classmethod
    def _split_in_two(cls):
        """A tax that goes to two accounts, each with its tags."""
        return [
            Command.create({"repartition_type": "base", "tag_ids": cls.tags[:1].ids}),
            *(
                Command.create(
                    {
                        "repartition_type": "tax",
                        "factor_percent": factor,
                        "account_id": account.id,
                        "tag_ids": tags.ids,
                    }
                )
                for factor, account, tags in (
                    (60.0, cls.income, cls.tags[1:]),
                    (40.0, cls.other_income, cls.tags[2:]),
                )
            ),
        ]

    @classmethod
    def _random_taxes(cls, case):
        taxes = cls.env["account.tax"]
        for number in range(cls.random.randint(0, 3)):
            taxes += cls._random_tax(f"{case}.{number}")
        if len(taxes) > 1 and cls.random.random() < 0.4:
            cls.seen.add("group tax")
            taxes = cls.env["account.tax"].create(
                {
                    "name": f"Group {case}",
                    "type_tax_use": "sale",
                    "amount_type": "group",
                    "children_tax_ids": [Command.set(taxes.ids)],
                }
            )
        return taxes

    @classmethod
    def _random_terms(cls, case):
        share = cls.random.choice([100.0, 50.0, 33.33])
        lines = [{"value": "percent", "value_amount": share, "nb_days": 0}]
        if share < 100.0:
            lines.append(
                {"value": "percent", "value_amount": 100.0 - share, "nb_days": 30}
            )
        early = len(lines) == 1 and cls.random.random() < 0.5
        cls.seen.add(f"{len(lines)} terms{', early discount' if early else ''}")
        return cls.env["account.payment.term"].create(
            {
                "name": f"Terms {case}",
                "line_ids": [Command.create(line) for line in lines],
                **(
                    {
                        "early_discount": True,
                        "discount_percentage": 2.0,
                        "discount_days": 7,
                        "early_pay_discount_computation": cls.random.choice(
                            ["included", "excluded", "mixed"]
                        ),
                    }
                    if early
                    else {}
                ),
            }
        )

    @classmethod
    def _random_position(cls, case, taxes):
        cls.seen.add("position")
        position = cls.env["account.fiscal.position"].create(
            {
                "name": f"Position {case}",
                # some are given to the customer, others found by his address
                "auto_apply": case % 2,
                "country_id": cls.country.id if case % 2 else False,
                "account_ids": [
                    Command.create(
                        {
                            "account_src_id": cls.income.id,
                            "account_dest_id": cls.other_income.id,
                        }
                    )
                ],
            }
        )
        replaced = taxes.filtered(lambda tax: tax.amount_type != "group")[:1]
        if replaced:
            cls._random_tax(f"{case}.mapped").write(
                {
                    "fiscal_position_ids": [Command.link(position.id)],
                    "original_tax_ids": [Command.link(replaced.id)],
                }
            )
        return position

    def _random_contracts(self, case):
        """Three payers alike, with one or two contracts each."""
        rng = self.random
        taxes = self._random_taxes(case)
        self.care_product.taxes_id = taxes
        currency = rng.choice(self.currencies)
        plan = self._create_plan(
            code=f"TWIN{case}",
            currency_id=currency.id,
            fee=rng.choice([10.0, 9.99, 33.33, 0.07, 1234.5]),
        )
        vals = {"plan_id": plan.id, "currency_id": currency.id}
        if rng.random() < 0.6:
            vals["payment_term_id"] = self._random_terms(case).id
        position = self.env["account.fiscal.position"]
        if rng.random() < 0.5:
            position = self._random_position(case, taxes)
        if rng.random() < 0.3:
            self.seen.add("months caught up")
            vals["date_start"] = "2026-09-30"
        contracts = self._create_subscribers(3, **vals)
        if rng.random() < 0.5:
            partners = contracts.partner_id
            contracts += self._create_subscribers(3, **vals)
            for contract, partner in zip(contracts[3:], partners, strict=True):
                contract.invoice_partner_id = partner
        payers = contracts.invoice_partner_id
        # not always all of them, so that one slice has bills of several shapes
        abroad = payers[: rng.randint(1, len(payers))] if position else payers.browse()
        if position.auto_apply:
            abroad.country_id = self.country
        else:
            abroad.property_account_position_id = position
        contracts.contract_line_ids.write(
            {
                "quantity": rng.choice([1.0, 3.0]),
                "discount": rng.choice([0.0, 0.0, 12.5]),
                "date_end": rng.choice([False, False, "2026-11-17"]),
                "analytic_distribution": rng.choice(
                    [False, {str(self.analytic.id): 100.0}]
                ),
            }
        )
        self.seen.add(f"currency rounded to {currency.rounding}")
        return contracts

    # === The comparison ===

    def _stored(self, moves):
        """Stored columns of moves and their items, but what is their own."""
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM account_move WHERE id = %s", [moves.id])
        [header] = self.env.cr.dictfetchall()
        self.env.cr.execute(
            "SELECT * FROM account_move_line WHERE move_id = %s ORDER BY display_type, "
            "balance, amount_currency, account_id, tax_repartition_line_id, "
            "date_maturity, id",
            [moves.id],
        )
        rows = [header, *self.env.cr.dictfetchall()]
        items = [
            {
                name: sorted(line[name].ids)
                for name in ("tax_ids", "tax_tag_ids", "reconciled_lines_ids")
            }
            for line in moves.line_ids.sorted(
                lambda line: (
                    line.display_type,
                    line.balance,
                    line.amount_currency,
                    line.account_id.id,
                    line.tax_repartition_line_id.id,
                    str(line.date_maturity),
                    line.id,
                )
            )
        ]
        return [
            {key: value for key, value in row.items() if key not in OWN} for row in rows
        ] + items

    def _differences(self, move, twin):
        """[(row, column, ours, core's)]"""
        ours, core = self._stored(move), self._stored(twin)
        if len(ours) != len(core):
            return [("items", len(ours), len(core))]
        return [
            (number, name, row[name], other[name])
            for number, (row, other) in enumerate(zip(ours, core, strict=True))
            for name in row
            if row[name] != other[name]
        ]

    def _twin(self, move):
        """What core makes of the same invoice, untouched by anything of ours."""
        twin = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": move.partner_id.id,
                "invoice_date": move.invoice_date,
                "currency_id": move.currency_id.id,
                "invoice_payment_term_id": move.invoice_payment_term_id.id,
                # without terms core takes the server's day, we the bill's
                **(
                    {}
                    if move.invoice_payment_term_id
                    else {"invoice_date_due": move.invoice_date}
                ),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "name": line.name,
                            "quantity": line.quantity,
                            "price_unit": line.price_unit,
                            "discount": line.discount,
                            "analytic_distribution": line.analytic_distribution,
                        }
                    )
                    for line in move.invoice_line_ids
                ],
            }
        )
        twin.action_post()
        return twin

    @rules("CON-20")
    def test_books_are_those_core_makes(self):
        run = self._create_run()
        run._start("now")
        seen_lines = 0
        for case in range(CASES):
            method = self.random.choice(["round_per_line", "round_globally"])
            self.company.tax_calculation_rounding_method = method
            self.seen.add(method)
            contracts = self._random_contracts(case)
            run._bill_slice(contracts.ids)
            self.assertEqual(
                set(contracts.billing_line_ids.mapped("state")),
                {"posted"},
                contracts.billing_line_ids.mapped("parked_reason"),
            )
            moves = contracts.billing_line_ids.move_id
            self.assertEqual(len(moves), 3)
            self.assertEqual(len(set(moves.mapped("name"))), 3)
            seen_lines += len(moves[0].line_ids)
            # the first of a shape was worked out by core, the others are given its items
            for move in moves:
                with self.subTest(case=case, move=move.name):
                    self.assertFalse(self._differences(move, self._twin(move)))
        self.assertGreater(seen_lines, 4 * CASES, "the cases are too plain")
        self.assertGreaterEqual(self.seen, SURROUNDINGS, SURROUNDINGS - self.seen)
