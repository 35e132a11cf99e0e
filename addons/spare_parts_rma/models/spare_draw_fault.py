# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class SpareDraw(models.Model):
    """Why parts are drawn, and what was wrong with those that come back."""

    _inherit = "spare.draw"

    fault_cause = fields.Char(
        string="Fault",
        compute="_compute_fault_cause",
        store=True,
        readonly=False,
        precompute=True,
        help="The fault on the job. By its cause other parts than the suspected one "
        "may be drawn too (PRT-11).",
    )

    @api.depends("ticket_id")
    def _compute_fault_cause(self):
        for draw in self:
            draw.fault_cause = draw.fault_cause or draw.ticket_id.name

    def _check_lines_present(self):
        result = super()._check_lines_present()
        for draw in self:
            related = draw.line_ids.filtered("is_related")
            if related and not (draw.fault_cause or "").strip():
                raise UserError(
                    self.env._(
                        "%(draw)s: %(parts)s is not the suspected part. Write the "
                        "fault that calls for it (PRT-11).",
                        draw=draw.name,
                        parts=", ".join(related.product_id.mapped("display_name")),
                    )
                )
        return result

    def _prepare_transfers(self):
        """A piece that is not good does not go back on the good shelf (PRT-10)."""
        transfers = super()._prepare_transfers()
        defective = self.station_id._get_locations("defective")
        for draw, (_type, _origin, pieces, _more) in transfers.items():
            for line, piece in zip(draw.line_ids, pieces, strict=True):
                if line._is_faulty():
                    piece["dest"] = defective[draw.station_id]
        return transfers

    def action_hand_over(self):
        result = super().action_hand_over()
        faulty = self.line_ids.filtered(lambda line: line._is_faulty())
        # sudo: slips are made by acts only
        slips = self.env["spare.rma"].sudo()
        slips = slips.create(
            [
                line._prepare_faulty_vals()
                for line in faulty
                for _piece in range(round(line.quantity))
            ]
        )
        slips._transition(
            "at_station", handed_in_at=self._now(), handed_in_to_id=self.env.uid
        )
        slips._add_to_return()
        return result


class SpareDrawLine(models.Model):
    _inherit = "spare.draw.line"

    is_related = fields.Boolean(
        string="Related part",
        compute="_compute_is_related",
        help="Another kind of part than the suspected one (PRT-11).",
    )
    fault = fields.Char(
        string="Fault found",
        help="What is wrong with a piece that comes back unused: it goes to the "
        "defective parts with a slip of its own, not back on the good shelf.",
    )

    @api.depends("product_id", "draw_id.ticket_id")
    def _compute_is_related(self):
        for line in self:
            # sudo: the suspected part of the job, whoever hands out
            suspected = line.draw_id.ticket_id.sudo().component_id.category_id
            category = line.product_id.service_category_id
            line.is_related = bool(
                line.draw_id.direction == "draw"
                and suspected
                and category
                and category != suspected
            )

    def _is_faulty(self):
        self.ensure_one()
        return self.draw_id.direction == "back" and bool((self.fault or "").strip())

    def _prepare_faulty_vals(self):
        """The slip of a piece that was faulty before anybody fitted it."""
        self.ensure_one()
        draw = self.draw_id
        return {
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "serial": self.lot_id.name,
            "symptom": self.fault.strip(),
            "remark": self.env._("Came back unused with %s", draw.name),
            "ticket_id": draw.ticket_id.id,
            "visit_id": draw.visit_id.id,
            "station_id": draw.station_id.id,
            "engineer_id": draw.engineer_id.id,
            "company_id": draw.company_id.id,
            "born_at": draw._now(),
            "is_extra": True,
        }
