# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import charge as charge_tools
from ..tools import gate as gate_tools

READ_BY_THE_GATE = (
    "service.coverage",
    "spare.part.request",
    "spare.part.request.line",
    "helpdesk.ticket",
    "repair.order",
    "stock.move",
    "sale.order.line",
    "account.move",
    "account.move.line",
)


class SparePartRequest(models.Model):
    """The money gate: no part the customer must pay before consent, payment, approval."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "spare.part.request"

    @api.model
    def _check_money_gate(self, needs):
        """Refuse parts that the customer must pay before the steps are done.

        :param needs: (ticket, product, coverage or empty, quantity, record); the
            records are stock moves about to be done, or draws
        :returns: {record id: id of the coverage that decides}
        """
        if not needs:
            return {}
        rows = self._read_money_gate(needs)
        coverages, standings, wanted = {}, {}, defaultdict(float)
        for number, (ticket, product, _coverage, quantity, record) in enumerate(needs):
            coverage, verdict, standing = rows[number]
            coverages[record.id] = coverage
            if verdict == "chargeable":
                wanted[ticket, product, coverage] += quantity
                standings[ticket, product] = standing
        totals = defaultdict(float)
        problems = []
        for (ticket, product, coverage), quantity in wanted.items():
            totals[ticket, product] += quantity
            steps = gate_tools.missing(
                "chargeable", standings[ticket, product], totals[ticket, product]
            )
            if steps:
                problems.append(
                    self._get_gate_message(ticket, product, coverage, steps)
                )
        if problems:
            raise UserError("\n".join(problems))
        return coverages

    @api.model
    def _get_gate_message(self, ticket, product, coverage, steps):
        labels = {
            "consent": self.env._("the customer's agreement (engineer or hotline)"),
            "quote": self.env._("the itemised quote (engineer or hotline)"),
            "payment": self.env._("the verified payment (finance)"),
            "approval": self.env._("the approval (branch service centre)"),
            "quantity": self.env._(
                "an approved request for this many pieces (engineer or hotline)"
            ),
        }
        # sudo: the sentence explains, it opens no record
        decision = self.env["service.coverage"].sudo().browse(coverage)
        return self.env._(
            "%(product)s for ticket %(ticket)s has to be paid by the customer. "
            "%(sentence)s. Missing on an out-of-warranty request: %(steps)s.",
            product=product.display_name,
            ticket=ticket.number,
            sentence=decision.sentence,
            steps=", ".join(labels[step] for step in steps),
        )

    @api.model
    def _read_money_gate(self, needs):
        """Verdict and standing of every need, in one query.

        :returns: {number of the need: (coverage id, verdict, Standing)}
        """
        for model in READ_BY_THE_GATE:
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH need (number, ticket_id, product_id, coverage_id) AS (VALUES %s)
                SELECT need.number, decision.id, decision.verdict,
                       COALESCE(wanted.consent, FALSE), COALESCE(wanted.quote, FALSE),
                       COALESCE(wanted.payment, FALSE),
                       COALESCE(wanted.approval, FALSE),
                       COALESCE(wanted.approved, 0), COALESCE(used.quantity, 0)
                  FROM need
                  LEFT JOIN LATERAL (%s) decision ON TRUE
                  LEFT JOIN LATERAL (%s) wanted ON TRUE
                  LEFT JOIN LATERAL (%s) used ON TRUE
                """,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s::integer)",
                        number,
                        ticket.id,
                        product.id,
                        coverage.id or None,
                    )
                    for number, (ticket, product, coverage, _quantity, _record) in (
                        enumerate(needs)
                    )
                ),
                self._get_gate_decision_sql(),
                self._get_gate_wanted_sql(),
                self._get_gate_used_sql(
                    [
                        record.id
                        for *_rest, record in needs
                        if record._name == "stock.move" and record.id
                    ]
                ),
            )
        )
        return {
            number: (
                coverage,
                verdict,
                gate_tools.Standing(*steps, float(approved), float(used)),
            )
            for number, coverage, verdict, *steps, approved, used in rows
        }

    @api.model
    def _get_gate_decision_sql(self):
        """The decision on the part of a ``need``.

        That of the component it replaces; unknown, that of the part category (the
        strictest); else of the suspected part; else the most favourable on the ticket.
        """
        return SQL(
            """
            SELECT candidate.id, candidate.verdict
              FROM service_coverage candidate
              JOIN helpdesk_ticket ticket ON ticket.id = candidate.ticket_id
              JOIN product_product variant ON variant.id = need.product_id
              JOIN product_template template ON template.id = variant.product_tmpl_id
              LEFT JOIN service_coverage named ON named.id = need.coverage_id
             CROSS JOIN LATERAL (
                   SELECT CASE
                     WHEN candidate.component_id = named.component_id
                      AND candidate.category_id = COALESCE(
                          template.service_category_id, candidate.category_id) THEN 1
                     WHEN candidate.category_id = template.service_category_id THEN 2
                     WHEN candidate.component_id = ticket.component_id THEN 3
                     ELSE 4 END AS place
                   ) fit
             WHERE candidate.ticket_id = need.ticket_id
               AND candidate.chosen
               AND candidate.component_id IS NOT NULL
             ORDER BY fit.place,
                   (candidate.verdict = 'chargeable') = (fit.place < 4) DESC,
                   candidate.id
             LIMIT 1
            """
        )

    @api.model
    def _get_gate_wanted_sql(self):
        """What was agreed, quoted, paid and approved for a ``need``, by its requests."""
        return SQL(
            """
            SELECT bool_or(request.consent_at IS NOT NULL) AS consent,
                   bool_or(request.sale_order_id IS NOT NULL) AS quote,
                   bool_or(request.verified_at IS NOT NULL AND bill.paid) AS payment,
                   bool_or(request.approved_at IS NOT NULL) AS approval,
                   sum(line.quantity) FILTER (
                       WHERE request.approved_at IS NOT NULL
                         AND request.verified_at IS NOT NULL
                         AND bill.paid) AS approved
              FROM spare_part_request_line line
              JOIN spare_part_request request
                ON request.id = line.request_id
               AND request.kind = 'oow'
               AND request.state NOT IN ('rejected', 'cancelled')
              LEFT JOIN LATERAL (
                    SELECT bool_or(move.payment_state IN %s) AS paid
                      FROM sale_order_line sold
                      JOIN sale_order_line_invoice_rel rel
                        ON rel.order_line_id = sold.id
                      JOIN account_move_line item ON item.id = rel.invoice_line_id
                      JOIN account_move move
                        ON move.id = item.move_id
                       AND move.state = 'posted'
                       AND move.move_type = 'out_invoice'
                     WHERE sold.spare_request_line_id = line.id
              ) bill ON TRUE
             WHERE request.ticket_id = need.ticket_id
               AND line.product_id = need.product_id
            """,
            tuple(charge_tools.PAID),
        )

    @api.model
    def _get_gate_used_sql(self, moves):
        """How much the customer's job has used of a ``need`` already.

        :param moves: ids of those that are about to be done, and do not count yet
        """
        return SQL(
            """
            SELECT sum(move.quantity) AS quantity
              FROM stock_move move
              JOIN repair_order repair ON repair.id = move.repair_id
              JOIN service_coverage judged
                ON judged.id = move.coverage_id AND judged.verdict = 'chargeable'
             WHERE repair.ticket_id = need.ticket_id
               AND move.product_id = need.product_id
               AND move.repair_line_type = 'add'
               AND move.state = 'done'
               AND move.id != ALL(%s)
            """,
            moves,
        )
