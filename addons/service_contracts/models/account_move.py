# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

# What core works out for a journal item; everything else follows from these, or is
# the customer's own (name, origin) and is given apart.
BOOKED_FIELDS = (
    "display_type",
    "account_id",
    "currency_id",
    "amount_currency",
    "balance",
    "quantity",
    "price_unit",
    "discount",
    "product_id",
    "product_uom_id",
    "tax_ids",
    "tax_tag_ids",
    "tax_repartition_line_id",
    "group_tax_id",
    "tax_base_amount",
    "date_maturity",
    "discount_date",
    "discount_amount_currency",
    "discount_balance",
    "analytic_distribution",
    "extra_tax_data",
    "deductible_amount",
    "sequence",
)
NULL_FIELDS = ("tax_base_amount", "discount_amount_currency", "discount_balance")
# What core works out for an invoice from its partner or its terms.
BOOKED_HEADER = (
    "fiscal_position_id",
    "invoice_payment_term_id",
    "invoice_date_due",
    "currency_id",
    "journal_id",
    "partner_bank_id",
    "preferred_payment_method_line_id",
    "invoice_incoterm_id",
    "invoice_cash_rounding_id",
    "invoice_currency_rate",
    "date",
    "company_id",
)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _create_alike(self, vals_list, shapes):
        """Create invoices of which many are alike, through core's own ``create``.

        Of each shape the first is worked out by core as ever. The others get its
        journal items as values, so that core has nothing left to work out; which is
        where most of the time of thousands of equal bills goes.

        :param vals_list: values for ``create``, with ``invoice_line_ids`` as create
            commands only
        :param shapes: one hashable for each of ``vals_list``; equal ones mean that
            core would make the same journal items, up to the names of the lines
            and the fields it does not work out
        :returns: the draft moves, in the order of ``vals_list``
        """
        first_of = {}
        for position, shape in enumerate(shapes):
            first_of.setdefault(shape, position)
        firsts = sorted(first_of.values())
        specimens = dict(
            zip(
                firsts,
                self.create([vals_list[position] for position in firsts]),
                strict=True,
            )
        )
        booked = {
            shape: specimens[position]._read_booked()
            for shape, position in first_of.items()
        }
        others = [
            position for position in range(len(vals_list)) if position not in specimens
        ]
        copies = self.with_context(
            skip_invoice_sync=True, check_move_validity=False
        ).create(
            [
                self._prepare_alike_vals(vals_list[position], *booked[shapes[position]])
                for position in others
            ]
        )
        found = {**specimens, **dict(zip(others, copies, strict=True))}
        return self.browse(found[position].id for position in range(len(vals_list)))

    def _read_booked(self):
        """What core worked out for this move: (header, product lines, other items)."""
        self.ensure_one()
        lines = self.line_ids

        def read(record, names):
            return {
                name: record._fields[name].convert_to_write(record[name], record)
                for name in names
                if name in record._fields
            }

        # core leaves some columns NULL in some items, and so do the copies
        lines.flush_recordset(NULL_FIELDS)
        columns = SQL(", ").join(
            SQL("%s IS NULL", SQL.identifier(n)) for n in NULL_FIELDS
        )
        nulls = {
            line_id: {n for n, null in zip(NULL_FIELDS, row, strict=True) if null}
            for line_id, *row in self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM account_move_line WHERE move_id = %s",
                    columns,
                    self.id,
                )
            )
        }

        def read_booked(line):
            names = [name for name in BOOKED_FIELDS if name not in nulls[line.id]]
            return read(line, names)

        header = read(self, BOOKED_HEADER)
        products = lines.filtered(lambda line: line.display_type == "product")
        others = []
        for line in lines - products:
            vals = read_booked(line)
            if line.display_type != "payment_term":
                vals["name"] = line.name
            others.append(vals)
        return (
            header,
            [read_booked(line) for line in products.sorted("id")],
            others,
        )

    @api.model
    def _prepare_alike_vals(self, vals, header, products, others):
        own = [command[2] for command in vals["invoice_line_ids"]]
        return {
            **{key: value for key, value in vals.items() if key != "invoice_line_ids"},
            **header,
            "line_ids": [
                Command.create({**line, **booked})
                for line, booked in zip(own, products, strict=True)
            ]
            + [Command.create(item) for item in others],
        }

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._mark_credited()
        return posted

    def button_draft(self):
        """What bills a period, or credits it, stays as it was posted.

        In draft its lines could be changed, and the subledger would not know.
        """
        self.filtered(lambda move: move.state == "posted")._check_no_billed_period()
        return super().button_draft()

    def _check_no_billed_period(self):
        # sudo: whether a period is billed counts whoever asks
        lines = self.env["service.billing.line"].sudo()
        row = lines.search(
            [
                "|",
                ("move_id", "in", self.ids),
                ("invoice_line_ids.move_id", "in", self.ids),
            ],
            limit=1,
        )
        if row:
            bills = (row.move_id | row.invoice_line_ids.move_id) & self.sudo()
            raise UserError(
                self.env._(
                    "%(bill)s stays as it was posted: it holds billed periods of care "
                    "plans, such as %(start)s to %(end)s of contract %(contract)s. "
                    "Finance makes a credit note, or bills what was credited too much "
                    "with an invoice of its own.",
                    bill=bills[:1].name,
                    start=format_date(self.env, row.period_start),
                    end=format_date(self.env, row.period_end),
                    contract=row.contract_id.code or row.contract_id.name,
                )
            )

    def _mark_credited(self):
        """Tell the billed periods what posted credit notes took back.

        Core's reversal by hand counts too: its lines are those of the invoice, and
        an invoice line names its period.
        """
        refunds = self.filtered(
            lambda move: move.move_type == "out_refund" and move.reversed_entry_id
        )
        for refund in refunds:
            origin = {
                (item.contract_line_id, item.name): item.service_billing_line_id
                for item in refund.reversed_entry_id.invoice_line_ids
                if item.service_billing_line_id
            }
            for item in refund.invoice_line_ids.filtered(
                lambda item: not item.service_billing_line_id
            ):
                item.service_billing_line_id = origin.get(
                    (item.contract_line_id, item.name)
                )
            # sudo: the subledger is written by the machine only
            for item in refund.invoice_line_ids.filtered("service_billing_line_id"):
                row = item.service_billing_line_id.sudo()
                row.write(
                    {
                        "state": "credited",
                        "amount_credited": row.amount_credited + item.price_subtotal,
                    }
                )

    def _get_next_sequence_format(self):
        """Look the last number up once for a slice of bills, not for each of them.

        Core counts on from a cache while the transaction holds the number's lock;
        only its look-up of the format scans the journal again for every move.
        """
        known = self.env.context.get("service_number_formats")
        if known is None:
            return super()._get_next_sequence_format()
        key = (self.journal_id, self.date, self.move_type)
        if key not in known:
            known[key] = super()._get_next_sequence_format()
        pattern, values = known[key]
        return pattern, dict(values)

    def _invoice_paid_hook(self):
        """Who pays his bill is served again at once."""
        result = super()._invoice_paid_hook()
        # sudo: the cashier need not see contracts
        rows = (
            self.env["service.billing.line"]
            .sudo()
            .search(
                [("move_id", "in", self.ids), ("contract_id.state", "=", "suspended")]
            )
        )
        contracts = rows.contract_id.filtered(lambda contract: contract._is_dunned())
        if contracts:
            contracts._resume_paid(contracts._get_overdue())
        return result
