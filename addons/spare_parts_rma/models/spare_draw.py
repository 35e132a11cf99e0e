# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class SpareDraw(models.Model):
    """Good parts into an engineer's hands and back (PRT-02, PRT-08, PRT-13).

    The engineer asks, the commercial specialist hands over face to face; one
    slip, two copies, two signatures.
    """

    _name = "spare.draw"
    _description = "Draw or Hand-back of Parts"
    _inherit = ["service.document.mixin", "spare.job.document.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "spare.draw"
    _guarded_fields = frozenset({"state", "handed_by_id", "done_at", "picking_id"})
    _transitions = {
        "draft": {"requested", "done", "cancelled"},
        "requested": {"done", "cancelled"},
        "done": set(),
        "cancelled": set(),
    }

    name = fields.Char(default="/", readonly=True, copy=False)
    direction = fields.Selection(
        selection=[("draw", "Draw"), ("back", "Hand back")],
        required=True,
        default="draw",
    )
    station_id = fields.Many2one(
        comodel_name="service.station",
        required=True,
        index=True,
        check_company=True,
        compute="_compute_from_job",
        store=True,
        readonly=False,
        precompute=True,
    )
    engineer_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        compute="_compute_from_job",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('service_station_ids', 'in', station_id)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="station_id.company_id", store=True, index=True
    )
    scan = fields.Char(store=False, help="A serial or a product's barcode.")
    line_ids = fields.One2many(
        comodel_name="spare.draw.line", inverse_name="draw_id", string="Parts"
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    handed_by_id = fields.Many2one(
        comodel_name="res.users", string="Specialist", readonly=True, copy=False
    )
    done_at = fields.Datetime(readonly=True, copy=False)
    engineer_signature = fields.Binary(attachment=True, copy=False)
    specialist_signature = fields.Binary(attachment=True, copy=False)
    picking_id = fields.Many2one(
        comodel_name="stock.picking", readonly=True, copy=False
    )

    _one_job = models.Constraint(
        "CHECK (num_nonnulls(visit_id, workshop_repair_id) <= 1)",
        "Parts are drawn for a visit or for a workshop repair, not for both.",
    )

    @api.depends("visit_id", "workshop_repair_id")
    def _compute_from_job(self):
        for draw in self:
            draw.station_id = (
                draw._get_job_station()
                or draw.station_id
                or self.env.user.service_station_ids[:1]
            )
            draw.engineer_id = (
                draw._get_job_engineer() or draw.engineer_id or self.env.user
            )

    def write(self, vals):
        fixed = "direction station_id engineer_id visit_id workshop_repair_id".split()
        if (
            vals.keys() & set(fixed)
            and not self.env.su
            and "done" in self.mapped("state")
        ):
            raise UserError(
                self.env._("A slip that was signed stays as it is. Make a new one.")
            )
        return super().write(vals)

    @api.onchange("scan")
    def _onchange_scan(self):
        code = (self.scan or "").strip()
        self.scan = False
        if not code:
            return None
        product, lot = self._resolve_code(code)
        if not product:
            return {
                "warning": {
                    "title": self.env._("Unknown code"),
                    "message": self._get_unknown_code_message(code),
                }
            }
        self._add_scanned(product, lot)
        return None

    @api.model
    def _get_unknown_code_message(self, code):
        return self.env._(
            "%(code)s is neither the serial of a part nor the barcode of a product. "
            "Check the label; the warehouse registers new parts.",
            code=code,
        )

    def _resolve_code(self, code):
        """Product and serial behind a scanned code."""
        # sudo: engineers read no lots
        lot = self.env["stock.lot"].sudo().search([("name", "=", code)], limit=1)
        if lot:
            return lot.product_id, lot
        product = self.env["product.product"].search(
            ["|", ("barcode", "=", code), ("default_code", "=", code)], limit=1
        )
        return product, lot

    def _add_scanned(self, product, lot):
        """A scanned piece is the one that was asked for, else one more."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.product_id == product)
        if lot and lot in lines.lot_id:
            raise UserError(self.env._("Serial %s is on this slip already.", lot.name))
        asked = lines.filtered(lambda line: not line.lot_id)[:1]
        if asked and not lot:
            asked.quantity += 1
        elif asked:
            asked.lot_id = lot
        else:
            self.line_ids = [
                Command.create({"product_id": product.id, "lot_id": lot.id})
            ]

    def action_scan(self, code):
        """Add the part behind a scanned code."""
        self.ensure_one()
        self.check_access("write")
        product, lot = self._resolve_code((code or "").strip())
        if not product:
            raise UserError(self._get_unknown_code_message(code))
        self._add_scanned(product, lot)
        return True

    def _check_lines(self):
        self._check_lines_present()
        for draw in self:
            for line in draw.line_ids:
                if line.product_id.tracking != "none" and not line.lot_id:
                    raise UserError(
                        self.env._(
                            "%(draw)s: scan the serial of %(product)s.",
                            draw=draw.name,
                            product=line.product_id.display_name,
                        )
                    )

    def action_request(self):
        """The engineer asks the specialist for these parts."""
        self._check_lines_present()
        self._check_gate()
        self._transition("requested")
        return True

    def _check_lines_present(self):
        for draw in self:
            if not draw.line_ids:
                raise UserError(
                    self.env._("%s: add at least one part first.", draw.name)
                )

    def _check_gate(self):
        """No part for a chargeable job before it is paid and approved (OOW-08)."""
        needs = [
            (
                draw.ticket_id,
                line.product_id,
                self.env["service.coverage"],
                line.quantity,
                draw,
            )
            # sudo: whoever draws, the money is looked at
            for draw in self.sudo()
            if draw.direction == "draw" and draw.ticket_id
            for line in draw.line_ids
        ]
        self.env["spare.part.request"]._check_money_gate(needs)

    def action_hand_over(self):
        """The specialist hands out, or takes back, face to face (PRT-17)."""
        self._require_group("specialist")
        self._check_lines()
        for draw in self:
            if draw.engineer_id == self.env.user and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(draw)s: %(user)s cannot hand parts to himself (PRT-07). "
                        "Another commercial specialist of %(station)s does it.",
                        draw=draw.name,
                        user=self.env.user.name,
                        station=draw.station_id.name,
                    )
                )
        self._check_gate()
        self._check_custody()
        transfers = self._prepare_transfers()
        hints = {
            "draw": self.env._(
                "The commercial specialist can request more from the branch centre "
                "(Part requests)."
            ),
            "back": self.env._("Only parts in the engineer's hands come back."),
        }
        for direction, draws in self.grouped("direction").items():
            # sudo: what lies there, of parts others hold as well
            self.env["stock.quant"].sudo()._spare_check_available(
                [piece for draw in draws for piece in transfers[draw][2]],
                hints[direction],
            )
        pickings = self.env["stock.picking"]._spare_transfer(list(transfers.values()))
        self._transition("done", handed_by_id=self.env.uid, done_at=self._now())
        for draw, picking in zip(transfers, pickings, strict=True):
            draw._set_guarded({"picking_id": picking.id})
        return True

    def _check_custody(self):
        """Limits of the bag, and overdue parts that block (PRT-13, RMA-11)."""
        # sudo: what lies in the bag counts, whoever hands out
        draws = self.sudo().filtered(lambda draw: draw.direction == "draw")
        ledger = self.env["spare.custody.line"].sudo()
        domain = [("held", "=", True), ("engineer_id", "in", draws.engineer_id.ids)]
        held = defaultdict(float)
        for engineer, station, quantity in ledger._read_group(
            domain, ["engineer_id", "station_id"], ["quantity:sum"]
        ):
            held[station, engineer] += quantity
        blocking = draws.filtered("station_id.custody_block")
        late = ledger.search([*domain, ("overdue", "=", True)]) if blocking else ledger
        # sudo: a debt counts, also one the specialist may not read
        owed = self.env["spare.rma"].sudo()
        if blocking:
            owed = owed.search(
                [
                    ("state", "=", "owed"),
                    ("engineer_id", "in", blocking.engineer_id.ids),
                    ("due_on", "<", self.company_id[:1]._service_today()),
                ]
            )
        problems = []
        for draw in draws:
            engineer, station = draw.engineer_id, draw.station_id
            held[station, engineer] += sum(draw.line_ids.mapped("quantity"))
            limit = engineer.spare_custody_limit or station.custody_limit
            if limit and held[station, engineer] > limit:
                problems.append(
                    self.env._(
                        "%(draw)s: %(engineer)s would hold %(held)g good pieces, at "
                        "most %(limit)g are allowed. He hands parts back first; the "
                        "limit stands at the station or the user.",
                        draw=draw.name,
                        engineer=engineer.name,
                        held=held[station, engineer],
                        limit=limit,
                    )
                )
            overdue = [
                line.lot_id.name or line.product_id.display_name
                for line in late
                if line.engineer_id == engineer and line.station_id == station
            ] + [slip.display_name for slip in owed if slip.engineer_id == engineer]
            if draw in blocking and overdue:
                problems.append(
                    self.env._(
                        "%(draw)s: %(engineer)s has overdue parts: %(parts)s. They "
                        "come back before anything else is drawn.",
                        draw=draw.name,
                        engineer=engineer.name,
                        parts=", ".join(overdue[:5]),
                    )
                )
        if problems:
            raise UserError("\n".join(problems))

    def _prepare_transfers(self):
        good = self.station_id._get_locations("good")
        custody = self.station_id._get_custody(
            (draw.station_id, draw.engineer_id) for draw in self
        )
        transfers = {}
        # sudo: lots and locations are not the engineer's to read
        for draw in self.sudo():
            ends = [
                good[draw.station_id],
                custody[draw.station_id, draw.engineer_id],
            ]
            if draw.direction == "back":
                ends.reverse()
            pieces = [
                {
                    "product": line.product_id,
                    "lot": line.lot_id,
                    "quantity": line.quantity,
                    "location": ends[0],
                    "dest": ends[1],
                }
                for line in draw.line_ids
            ]
            transfers[draw] = (
                draw.company_id.spare_custody_type_id,
                draw.name,
                pieces,
                {"spare_draw_id": draw.id},
            )
        return transfers

    def action_cancel(self):
        self._transition("cancelled")
        return True

    def action_print(self):
        return self.env.ref("spare_parts_rma.action_report_draw").report_action(self)


class SpareDrawLine(models.Model):
    _name = "spare.draw.line"
    _description = "Part on a Draw Slip"
    _inherit = ["spare.line.mixin"]
    _check_company_auto = True

    draw_id = fields.Many2one(
        comodel_name="spare.draw", required=True, index=True, ondelete="cascade"
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Serial",
        domain="[('product_id', '=', product_id)]",
    )
    state = fields.Selection(related="draw_id.state")

    def _get_fixed_message(self):
        if self.draw_id.state in ("done", "cancelled"):
            return self.env._(
                "%s is finished, its lines stay as they were signed.",
                self.draw_id.name,
            )
        return ""

    def _check_line(self):
        for line in self:
            if line.lot_id and line.lot_id.product_id != line.product_id:
                raise UserError(
                    self.env._(
                        "Serial %(serial)s is a %(other)s, not a %(product)s. Scan the "
                        "piece again.",
                        serial=line.lot_id.name,
                        other=line.lot_id.product_id.display_name,
                        product=line.product_id.display_name,
                    )
                )
            if line.tracking == "serial" and line.quantity != 1:
                raise UserError(
                    self.env._(
                        "%(product)s is tracked by serial: one piece a line, not "
                        "%(quantity)g.",
                        product=line.product_id.display_name,
                        quantity=line.quantity,
                    )
                )
        return super()._check_line()
