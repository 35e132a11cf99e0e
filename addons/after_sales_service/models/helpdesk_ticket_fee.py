# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

# The fee of a programme's table that coming to the customer costs (OOW-05).
VISIT_FEE = "oow_visit"


class HelpdeskTicket(models.Model):
    """What coming to the customer costs, and what may not be charged at all.

    Free is free through every door: the same check stands before quotation lines,
    linked quotations and acceptance.
    """

    # pylint: disable=consider-merging-classes-inherited,missing-return

    _inherit = "helpdesk.ticket"

    visit_fee = fields.Monetary(
        compute="_compute_visit_fee",
        compute_sudo=True,
        currency_field="visit_fee_currency_id",
        help="What the customer pays for our coming: the programme's fee, or what an "
        "approved exception says. Empty: nothing.",
    )
    visit_fee_currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_visit_fee", compute_sudo=True
    )

    @api.depends(
        "coverage_ids.chosen",
        "coverage_ids.verdict",
        "component_id",
        "item_id",
        "delivery_mode",
        "kind",
        "program_id.fee_ids.amount",
        "exception_ids.state",
    )
    def _compute_visit_fee(self):
        for ticket in self:
            fee = ticket._get_visit_fee()
            ticket.visit_fee_currency_id = fee.currency_id
            agreed = ticket.exception_ids.filtered(
                lambda one: one.verdict == "fee" and one.state == "approved"
            )[:1]
            ticket.visit_fee = fee and (agreed.fee_amount if agreed else fee.amount)

    def _get_deciding_rows(self):
        """The decisions on what the case is about; all of them while that is open."""
        self.ensure_one()
        chosen = self.coverage_ids.filtered("chosen")
        subject = chosen.filtered(
            lambda row: (
                row.component_id == self.component_id
                if row.component_id
                else row.item_id == self.item_id
            )
        )
        return subject or chosen

    def _get_free_row(self):
        """The decision by which the service costs nothing; empty if there is none.

        On site while visits are free (WAR-07, WAR-09), in the shop while the
        repair is covered, and there beyond where the programme charges material
        only (OOW-06). A plan's service is free whatever it is (CARE-10).
        """
        self.ensure_one()
        rows = self._get_deciding_rows()
        free = rows.filtered(lambda row: row.verdict == "plan")
        if free or self.kind != "repair":
            return free[:1]
        if self.delivery_mode == "onsite":
            day = self._get_report_day()
            free = rows.filtered(lambda row: row._is_onsite_free(day))
        else:
            free = rows.filtered(lambda row: row.verdict != "chargeable")
            if not free and self.delivery_mode == "shop":
                free = rows.filtered(
                    lambda row: (row.inputs or {}).get("after") == "material"
                )
        return free[:1]

    def _get_visit_fee(self):
        """The fee for coming, where coming is not free (WAR-09, OOW-05, CF-12)."""
        self.ensure_one()
        fees = self.program_id.fee_ids.filtered(lambda fee: fee.code == VISIT_FEE)
        if (
            self.kind != "repair"
            or self.delivery_mode != "onsite"
            or not self._get_deciding_rows()
            or self._get_free_row()
        ):
            return fees.browse()
        return fees[:1]

    def _check_free_scope(self):
        """No charge under any name where the service is free (WAR-07, CARE-10).

        Parts follow their own verdict (CARE-12). A service the customer wanted
        besides, which is decided to be paid, may be charged; the way to it may
        not. Called for whatever door a charge comes through.

        :raises UserError: a quotation of these cases asks money for what is free,
            or another visit fee than the programme's
        """
        # sudo: a charge is refused whoever makes it and whatever he may see
        repairs = (
            self.env["repair.order"]
            .sudo()
            .search(
                [
                    ("ticket_id", "in", self.ids),
                    ("sale_order_id", "!=", False),
                    ("sale_order_id.state", "!=", "cancel"),
                ]
            )
        )
        for repair in repairs:
            repair.ticket_id._check_service_charges(repair.sale_order_id.order_line)

    def _check_service_charges(self, lines):
        """Hold these quotation lines against what the case may cost."""
        self.ensure_one()
        services = lines.filtered(lambda line: line._is_service())
        fee_lines = services.filtered(lambda line: line._is_visit_fee(self))
        charges = services.filtered(lambda line: line._get_charge() > 0)
        free = self._get_free_row()
        wanted = self._get_deciding_rows().filtered("item_id")
        if wanted and set(wanted.mapped("verdict")) == {"chargeable"}:
            charges &= fee_lines
        if free and charges:
            raise UserError(
                self.env._(
                    "Case %(ticket)s is free: %(charges)s may not be charged, under "
                    "whatever name (WAR-07, CARE-10). %(sentence)s. Set the price to 0 "
                    "or remove the line; who thinks otherwise asks for an exception.",
                    ticket=self.number,
                    charges=", ".join(charges.mapped("name")),
                    sentence=free.sentence,
                )
            )
        for line in fee_lines:
            fee = line._get_visit_fee_price(self)
            price = line._get_charge()
            if line.currency_id.compare_amounts(price, fee):
                raise UserError(
                    self.env._(
                        "Case %(ticket)s: the visit costs %(fee)s, not %(price)s "
                        "(OOW-05, OOW-06, CF-12). Another fee needs an approved "
                        "exception.",
                        ticket=self.number,
                        fee=line.currency_id.format(fee),
                        price=line.currency_id.format(price),
                    )
                )

    def _accept(self):
        fresh = self.filtered(lambda ticket: not ticket.accepted_at)
        result = super()._accept()
        fresh._check_free_scope()
        return result

    def write(self, vals):
        """What is wanted otherwise changes the fee with it (OOW-05, OOW-06)."""
        result = super().write(vals)
        if {"item_id", "component_id", "delivery_mode"} & vals.keys():
            accepted = self.filtered("accepted_at")
            accepted.repair_ids._update_visit_fee()
            accepted._check_free_scope()
        return result
