# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .spare_damage_appraisal import REPLACEABLE

# Kinds of an appraisal that keep the piece back until its second gate (RMA-04).
DAMAGES = ("physical", "abnormal")


class SpareSwap(models.Model):
    """One good part in, one defective part out, in one act (PRT-14).

    Stock, the machine's parts list, the new part's warranty and the debt are
    right afterwards, or nothing happened.
    """

    _name = "spare.swap"
    _description = "Part Swap"
    _inherit = ["service.document.mixin", "spare.job.document.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _sequence_code = "spare.swap"
    _guarded_fields = frozenset(
        {
            "state",
            "done_at",
            "grade_approved_by_id",
            "waiver_reason",
            "waived_by_id",
            "new_component_id",
            "new_product_id",
            "new_lot_id",
            "undone_at",
            "undo_reason",
        }
    )
    _transitions = {
        "draft": {"done", "cancelled"},
        "done": {"undone"},
        "undone": set(),
        "cancelled": set(),
    }

    name = fields.Char(default="/", readonly=True, copy=False)
    equipment_id = fields.Many2one(related="ticket_id.equipment_id", store=True)
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        compute="_compute_repair_id",
        store=True,
        index=True,
    )
    repair_state = fields.Selection(
        related="repair_id.state", string="State of the repair"
    )
    station_id = fields.Many2one(
        comodel_name="service.station",
        compute="_compute_station_id",
        store=True,
        precompute=True,
        index=True,
    )
    engineer_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_engineer_id",
        store=True,
        precompute=True,
        index=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    new_serial = fields.Char(
        string="New part", help="Scan the serial (or the product) of the good part."
    )
    old_serial = fields.Char(
        string="Old part", help="Scan the serial of the part taken out."
    )
    component_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Part in the machine",
        index="btree_not_null",
        domain="[('equipment_id', '=', equipment_id), ('removed_on', '=', False)]",
    )
    new_product_id = fields.Many2one(
        comodel_name="product.product", string="Good part", readonly=True
    )
    new_lot_id = fields.Many2one(
        comodel_name="stock.lot", string="Good serial", readonly=True
    )
    symptom = fields.Char(
        string="Fault symptom", help="What the part did wrong, accurately (RMA-02)."
    )
    grade = fields.Selection(
        selection=[("same", "Same model"), ("higher", "Different model")],
        compute="_compute_grade",
        store=True,
    )
    grade_approved_by_id = fields.Many2one(
        comodel_name="res.users", string="Grade approved by", readonly=True, copy=False
    )
    remark = fields.Char(compute="_compute_remark", store=True, readonly=False)
    damaged = fields.Boolean(
        string="Physically damaged",
        help="The old part is broken, burnt, wet or bent: the branch centre approves "
        "its appraisal before it is replaced (RMA-03).",
    )
    appraisal_id = fields.Many2one(
        comodel_name="spare.damage.appraisal",
        compute="_compute_appraisal_id",
        compute_sudo=True,
    )
    needs_appraisal = fields.Boolean(
        compute="_compute_needs_appraisal",
        help="Damaged; or out of warranty, where the company wants that appraised.",
    )
    waiver_reason = fields.Char(
        string="No part comes back because", readonly=True, copy=False
    )
    waived_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("done", "Done"),
            ("undone", "Swapped back"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    done_at = fields.Datetime(readonly=True, copy=False)
    new_component_id = fields.Many2one(
        comodel_name="service.equipment.component", readonly=True, copy=False
    )
    move_ids = fields.One2many(
        comodel_name="stock.move", inverse_name="spare_swap_id", string="Stock moves"
    )
    rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="swap_id", string="Defective part"
    )

    _one_job = models.Constraint(
        "CHECK (num_nonnulls(visit_id, workshop_repair_id) = 1)",
        "A swap belongs to one visit or to one workshop repair: open it from there.",
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("visit_id.repair_id", "workshop_repair_id")
    def _compute_repair_id(self):
        for swap in self:
            swap.repair_id = swap.visit_id.repair_id or swap.workshop_repair_id

    @api.depends("visit_id.station_id", "workshop_repair_id.station_id")
    def _compute_station_id(self):
        for swap in self:
            if swap.state in (False, "draft"):
                swap.station_id = swap._get_job_station()

    @api.depends("visit_id.engineer_id", "workshop_repair_id.user_id")
    def _compute_engineer_id(self):
        """Whoever did a swap stays its engineer when the job changes hands."""
        for swap in self:
            if swap.state in (False, "draft"):
                swap.engineer_id = swap._get_job_engineer()

    @api.depends("new_product_id", "component_id.product_id")
    def _compute_grade(self):
        for swap in self:
            old = swap.component_id.product_id
            different = old and swap.new_product_id and old != swap.new_product_id
            swap.grade = "higher" if different else "same"

    @api.depends("grade")
    def _compute_remark(self):
        for swap in self:
            if swap.grade == "higher" and not swap.remark:
                swap.remark = self.env._("different model replaced")  # PRT-16
            else:
                swap.remark = swap.remark

    @api.depends("visit_id", "component_id")
    def _compute_appraisal_id(self):
        """The newest appraisal of the part that is to be replaced."""
        found = self.env["spare.damage.appraisal"].search(
            [
                ("ticket_id", "in", self.ticket_id.ids),
                ("component_id", "in", self.component_id.ids),
            ],
            order="id",
        )
        newest = {(row.ticket_id, row.component_id): row for row in found}
        for swap in self:
            swap.appraisal_id = newest.get((swap.ticket_id, swap.component_id))

    @api.depends("damaged", "ticket_id", "component_id")
    def _compute_needs_appraisal(self):
        """RMA-03 names damage and parts out of warranty; the second is a setting."""
        # sudo: a setting of the company, and the frozen decision
        asked = self.filtered(lambda swap: swap.sudo().company_id.spare_appraise_oow)
        coverages = asked._get_coverages()
        verdicts = self.env["service.coverage"].sudo()
        for swap in self:
            verdict = verdicts.browse(coverages.get(swap)).verdict
            swap.needs_appraisal = swap.damaged or verdict == "chargeable"

    @api.onchange("new_serial")
    def _onchange_new_serial(self):
        return self._warn_unless(self._resolve_new)

    @api.onchange("old_serial")
    def _onchange_old_serial(self):
        return self._warn_unless(self._resolve_old)

    def _warn_unless(self, resolve):
        """Show on the screen at once what would be refused later."""
        try:
            resolve()
        except UserError as error:
            return {
                "warning": {"title": self.env._("Please check"), "message": str(error)}
            }
        return None

    # ---------------------------------------------------
    # Scans
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        swaps = super().create(vals_list)
        swaps.filtered("new_serial")._resolve_new()
        swaps.filtered("old_serial")._resolve_old()
        return swaps

    def write(self, vals):
        if not self.env.su and any(swap.state != "draft" for swap in self):
            kept = "symptom new_serial old_serial component_id visit_id".split()
            if vals.keys() & {*kept, "workshop_repair_id"}:
                raise UserError(
                    self.env._("A finished swap stays as it was. Make a new one.")
                )
        result = super().write(vals)
        if vals.get("new_serial"):
            self._resolve_new()
        if vals.get("old_serial"):
            self._resolve_old()
        return result

    def _resolve_new(self):
        """Find the good parts behind the scanned codes."""
        codes = {swap.new_serial.strip() for swap in self if swap.new_serial}
        # sudo: engineers read no lots
        lots = self.env["stock.lot"].sudo().search([("name", "in", list(codes))])
        by_name = lots.grouped("name")
        unknown = codes - by_name.keys()
        products = {}
        if unknown:
            found = self.env["product.product"].search(
                [
                    "|",
                    ("barcode", "in", list(unknown)),
                    ("default_code", "in", list(unknown)),
                ]
            )
            for product in found:
                products[product.barcode] = products[product.default_code] = product
        for swap in self:
            code = (swap.new_serial or "").strip()
            if not code:
                continue
            lot = by_name.get(code, lots.browse())
            if len(lot) > 1:
                category = swap.component_id.category_id
                lot = (
                    lot.filtered(
                        lambda one, category=category: (
                            one.product_id.service_category_id == category
                        )
                    )[:1]
                    or lot[:1]
                )
            product = lot.product_id or products.get(code)
            if not product:
                raise UserError(
                    self.env._(
                        "New part %(code)s is not known. Draw the part from the "
                        "station first, or check the label.",
                        code=code,
                    )
                )
            # sudo: found by the scan, not chosen by the engineer
            swap.sudo().new_lot_id = lot
            swap.sudo().new_product_id = product
            if not swap.component_id:
                swap.component_id = swap._guess_component(product)

    def _guess_component(self, product):
        """The machine's only part of the same category."""
        same = self.equipment_id.component_ids.filtered(
            lambda part: (
                not part.removed_on and part.category_id == product.service_category_id
            )
        )
        return same if len(same) == 1 else same.browse()

    def _resolve_old(self):
        """Check the scanned old serials against the machines' parts lists."""
        for swap in self:
            code = (swap.old_serial or "").strip()
            if not code:
                continue
            inside = swap.equipment_id.component_ids.filtered(
                lambda part: not part.removed_on
            )
            match = inside.filtered(lambda part, code=code: part.serial == code)[:1]
            if match:
                swap.component_id = match
                continue
            expected = swap.component_id
            if not expected or expected.serial:
                raise UserError(
                    self.env._(
                        "Old part %(code)s is not in %(equipment)s. Expected: "
                        "%(expected)s. Scan the part you took out; the hotline "
                        "corrects the parts list of a machine.",
                        code=code,
                        equipment=swap.equipment_id.display_name
                        or self.env._("an unknown machine"),
                        expected=", ".join((expected or inside).mapped("display_name"))
                        or self.env._("nothing registered"),
                    )
                )

    # ---------------------------------------------------
    # Approvals
    # ---------------------------------------------------

    def action_approve_grade(self):
        """The branch centre allows a different model (PRT-15)."""
        self._require_group("branch")
        self._check_not_own(self.env._("approve the grade"))
        self._check_no_same_grade()
        # sudo: the branch centre approves, it does not write the engineer's swap
        self.sudo().write({"grade_approved_by_id": self.env.uid})
        return True

    def _check_no_same_grade(self):
        """A different model only while the same one is not to be had (PRT-15)."""
        # sudo: shelves and bags of a station, whoever approves
        quants = self.env["stock.quant"].sudo()
        rows = quants._read_group(
            [
                ("product_id", "in", self.component_id.product_id.ids),
                ("location_id.station_id", "in", self.station_id.ids),
                ("location_id.service_use", "in", ("good", "engineer")),
                ("location_id.custodian_id", "in", (False, *self.engineer_id.ids)),
            ],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for swap in self:
            for product, place, quantity, reserved in rows:
                if (
                    product == swap.component_id.product_id
                    and place.station_id == swap.station_id
                    and place.custodian_id <= swap.engineer_id
                    and product.uom_id.compare(quantity, reserved) > 0
                ):
                    raise UserError(
                        self.env._(
                            "%(swap)s: %(product)s of the same model lies at "
                            "%(place)s. A different model is allowed only when there "
                            "is none (PRT-15): the engineer draws that one.",
                            swap=swap.name,
                            product=product.display_name,
                            place=place.display_name,
                        )
                    )

    def action_waive(self, reason):
        """The branch centre accepts that no defective part comes back."""
        self._require_group("branch")
        self._check_not_own(self.env._("waive the return"))
        if not (reason or "").strip():
            raise UserError(self.env._("A waiver needs a reason."))
        # sudo: the branch centre approves, it does not write the engineer's swap
        self.sudo().write(
            {"waiver_reason": reason.strip(), "waived_by_id": self.env.uid}
        )
        return True

    def _check_not_own(self, act):
        for swap in self:
            if swap.state != "draft":
                raise UserError(self.env._("%s is finished.", swap.name))
            if swap.engineer_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(swap)s: %(user)s cannot %(act)s of his own swap. Somebody "
                        "else of the branch centre does it.",
                        swap=swap.name,
                        user=self.env.user.name,
                        act=act,
                    )
                )

    # ---------------------------------------------------
    # The act
    # ---------------------------------------------------

    def action_swap(self):
        """Swap: new part in, old part out, debt born."""
        self.check_access("write")
        self._check_swap()
        self._do_swap()
        return True

    def action_cancel(self):
        self._transition("cancelled")
        return True

    def _check_swap(self):
        # an appraisal may have come since the screen was opened
        self.invalidate_recordset(["appraisal_id"])
        problems = []
        for swap in self:
            problems += [f"{swap.name}: {text}" for text in swap._get_problems()]
        if problems:
            raise UserError("\n".join(problems))

    def _get_problems(self):
        """Everything that keeps this swap from being done, in words."""
        self.ensure_one()
        problems = []
        if self.state != "draft":
            return [self.env._("it is finished already.")]
        problems += self._get_job_problems()
        if not self.new_product_id:
            problems.append(self.env._("scan the new part."))
        elif self.new_product_id.tracking != "none" and not self.new_lot_id:
            problems.append(
                self.env._(
                    "scan the serial of the new %s.", self.new_product_id.display_name
                )
            )
        if not self.component_id:
            problems.append(self.env._("scan or choose the old part."))
        elif self.component_id.removed_on:
            problems.append(
                self.env._("%s was taken out already.", self.component_id.display_name)
            )
        elif self.component_id.serial and not self.old_serial and not self.waived_by_id:
            problems.append(
                self.env._(
                    "scan the serial of the old part (%s expected).",
                    self.component_id.serial,
                )
            )
        category = self.component_id.category_id
        new_category = self.new_product_id.service_category_id
        if category and new_category and category != new_category:
            problems.append(
                self.env._(
                    "%(new)s is a %(new_category)s, the old part is a %(category)s. "
                    "One item is swapped for one of the same kind (PRT-14).",
                    new=self.new_product_id.display_name,
                    new_category=new_category.name,
                    category=category.name,
                )
            )
        try:
            self.component_id._check_exchangeable(self.ticket_id)
        except UserError as error:  # WAR-12
            problems.append(str(error))
        if not (self.symptom or "").strip():
            problems.append(
                self.env._("write the fault symptom of the old part (RMA-02).")
            )
        if self.grade == "higher" and not self.grade_approved_by_id:
            problems.append(
                self.env._(
                    "%(new)s is a different model than %(old)s. The branch service "
                    "centre approves it first (PRT-15).",
                    new=self.new_product_id.display_name,
                    old=self.component_id.product_id.display_name,
                )
            )
        return problems + self._get_damage_problems()

    def _get_damage_problems(self):
        """RMA-03: a damaged part is replaced only after the appraisal is signed."""
        appraisal = self.appraisal_id
        states = dict(appraisal._fields["state"]._description_selection(self.env))
        if appraisal.state in REPLACEABLE:
            return []
        if appraisal:
            return [
                self.env._(
                    "damage appraisal %(appraisal)s is %(state)s. The branch service "
                    "centre approves it before the part is replaced (RMA-03).",
                    appraisal=appraisal.name,
                    state=states[appraisal.state],
                )
            ]
        if self.needs_appraisal and not self.damaged:
            return [
                self.env._(
                    "the old part is out of warranty. Write the damage appraisal; the "
                    "branch service centre approves it before the part is replaced "
                    "(RMA-03)."
                )
            ]
        if self.damaged:
            return [
                self.env._(
                    "the old part is damaged. Write the damage appraisal; the branch "
                    "service centre approves it before the part is replaced (RMA-03)."
                )
            ]
        return []

    def action_appraise(self):
        """Open the damage appraisal of the old part, or begin one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Damage appraisal"),
            "res_model": "spare.damage.appraisal",
            "view_mode": "form",
            "res_id": self.appraisal_id.id,
            "context": {
                "default_visit_id": self.visit_id.id,
                "default_ticket_id": self.ticket_id.id,
                "default_station_id": self.station_id.id,
                "default_engineer_id": self.engineer_id.id,
                "default_component_id": self.component_id.id,
                "default_kind": "physical" if self.damaged else "oow",
            },
        }

    def _get_job_problems(self):
        """Parts are swapped while somebody works on the machine, not before."""
        self.ensure_one()
        if self.visit_id and (self.visit_id.state != "working" or not self.repair_id):
            return [
                self.env._(
                    "visit %s is not being worked on. The engineer arrives and starts "
                    "the work first.",
                    self.visit_id.name,
                )
            ]
        missing = self.visit_id and self.visit_id._get_gate_missing("start")
        if missing:  # VIS-12
            return [self.env._("first, on the visit: %s.", ", ".join(missing))]
        repair = self.workshop_repair_id
        if repair and repair.workshop_state != "working":
            return [
                self.env._(
                    "repair %s is not being worked on. The case is opened first, with "
                    "the customer's consent.",
                    repair.name,
                )
            ]
        return []

    def _do_swap(self):
        """Do all swaps in one batch: moves, parts lists, debts."""
        # sudo: engineers hold no stock rights; visit, serials and custody are checked
        swaps = self.sudo()
        jobs = {(swap.station_id, swap.engineer_id) for swap in swaps}
        custody = swaps.station_id._get_custody(jobs)
        defective = swaps.station_id._get_custody(jobs, use="engineer_defective")
        swaps._check_in_hands(custody)
        old_lots = swaps._get_old_lots()
        coverages = swaps._get_coverages()
        moves = swaps._take_planned_moves(custody, coverages)
        # sudo: engineers move stock by swapping only
        moves |= (
            self.env["stock.move"]
            .sudo()
            .create(
                (swaps - moves.spare_swap_id)._prepare_add_vals(custody, coverages)
                + swaps._prepare_recycle_vals(defective, old_lots)
            )
        )
        moves._action_done()
        swaps._check_moved()
        moves._follow_test_clock()
        swaps._exchange_components()
        # sudo: slips are made by swaps only
        self.env["spare.rma"].sudo().create(
            [swap._prepare_rma_vals(old_lots[swap]) for swap in swaps._get_owing()]
        )
        for swap in swaps.filtered("appraisal_id"):
            swap.appraisal_id.rma_id = swap.rma_ids
        self._transition("done", done_at=self._now())
        return moves

    def _get_owing(self):
        """Swaps whose old part comes back."""
        return self.filtered(lambda swap: not swap.waived_by_id)

    def _check_in_hands(self, custody):
        """Only what the engineer drew is swapped in."""
        # sudo: what lies there, of parts others hold as well
        self.env["stock.quant"].sudo()._spare_check_available(
            [
                {
                    "product": swap.new_product_id,
                    "lot": swap.new_lot_id,
                    "quantity": 1.0,
                    "location": custody[swap.station_id, swap.engineer_id],
                }
                for swap in self
            ],
            self.env._(
                "Draw the part first: the commercial specialist of the station hands "
                "it out."
            ),
        )

    def _prepare_add_vals(self, custody, coverages):
        """The good parts, from the engineers' hands into the machines."""
        return [
            swap._prepare_move_vals(
                "add",
                swap.new_product_id,
                swap.new_lot_id,
                custody[swap.station_id, swap.engineer_id],
                swap.repair_id.location_dest_id,
                coverages.get(swap),
            )
            for swap in self
        ]

    def _prepare_recycle_vals(self, defective, old_lots):
        """The old parts, out of the machines into the engineers' hands."""
        return [
            swap._prepare_move_vals(
                "recycle",
                swap._get_old_product(),
                old_lots[swap],
                swap.repair_id.location_dest_id,
                defective[swap.station_id, swap.engineer_id],
            )
            for swap in self._get_owing()
        ]

    def _exchange_components(self):
        """The machines' parts lists name the new parts."""
        for swap in self:
            new = swap.component_id._replace(
                {
                    "product_id": swap.new_product_id.id,
                    "serial": swap.new_lot_id.name,
                }
            )
            if swap.old_serial and not swap.component_id.serial:
                swap.component_id.serial = swap.old_serial.strip()
            swap.new_component_id = new

    def _check_moved(self):
        for swap in self:
            expected = 1 if swap.waived_by_id else 2
            if (
                len(swap.move_ids.filtered(lambda move: move.state == "done"))
                != expected
            ):
                raise UserError(
                    self.env._(
                        "%s: the stock moves were not carried out. Tell a service "
                        "manager; nothing was changed.",
                        swap.name,
                    )
                )

    def _get_old_product(self):
        """The product the old part is booked as."""
        self.ensure_one()
        return self.component_id.product_id or self.new_product_id

    def _get_old_lots(self):
        """The serial of each old part as a lot, made where it is new to us.

        :raises UserError: a serial is missing, or lies somewhere by the books
        """
        scanned = {
            swap: (swap._get_old_product(), (swap.old_serial or "").strip())
            for swap in self._get_owing()
            if swap._get_old_product().tracking != "none"
        }
        for swap, (product, serial) in scanned.items():
            if not serial:
                raise UserError(
                    self.env._(
                        "%(swap)s: scan the serial of the old %(product)s.",
                        swap=swap.name,
                        product=product.display_name,
                    )
                )
        # sudo: the old part gets its serial from the swap
        lots = self.env["stock.lot"].sudo()
        found = lots._spare_get_lots(scanned.values())
        # sudo: wherever it lies, a serial is in one place
        self.env["stock.quant"].sudo()._spare_check_nowhere(lots.union(*found.values()))
        result = dict.fromkeys(self, lots)
        return result | {swap: found[pair] for swap, pair in scanned.items()}

    def _get_coverages(self):
        """The decision on each swapped part: swap → coverage id."""
        # sudo: the frozen decision, also of a ticket handed on since
        rows = (
            self.env["service.coverage"]
            .sudo()
            .search(
                [
                    ("ticket_id", "in", self.ticket_id.ids),
                    ("component_id", "in", self.component_id.ids),
                    ("chosen", "=", True),
                ]
            )
        )
        known = {(row.ticket_id, row.component_id): row.id for row in rows}
        return {
            swap: known[swap.ticket_id, swap.component_id]
            for swap in self
            if (swap.ticket_id, swap.component_id) in known
        }

    def _take_planned_moves(self, custody, coverages):
        """Use the part lines that were quoted, so that the bill stays joined."""
        planned = self.env["stock.move"]
        for swap in self:
            move = (swap.ticket_id.repair_ids.move_ids - planned).filtered(
                lambda move, swap=swap: (
                    move.repair_line_type == "add"
                    and move.state not in ("done", "cancel")
                    and move.product_id == swap.new_product_id
                    and move.sale_line_id
                )
            )[:1]
            if not move:
                continue
            location = custody[swap.station_id, swap.engineer_id]
            line = swap._prepare_move_line_vals(
                swap.new_product_id, swap.new_lot_id, location, move.location_dest_id
            )
            move._do_unreserve()
            move.write({"location_id": location.id, "spare_swap_id": swap.id})
            move.write(
                {
                    "move_line_ids": [Command.clear(), Command.create(line)],
                    "picked": True,
                }
            )
            if coverages.get(swap):
                move.coverage_id = coverages[swap]
            planned |= move
        return planned

    def _prepare_move_line_vals(self, product, lot, location, dest):
        return {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": 1.0,
            "lot_id": lot.id,
            "location_id": location.id,
            "location_dest_id": dest.id,
            "picked": True,
            "company_id": self.company_id.id,
        }

    def _prepare_move_vals(
        self, line_type, product, lot, location, dest, coverage=False
    ):
        """One part line of the repair, ready to be done."""
        self.ensure_one()
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": 1.0,
            "repair_id": self.repair_id.id,
            "repair_line_type": line_type,
            "spare_swap_id": self.id,
            "coverage_id": coverage,
            "company_id": self.company_id.id,
            "location_id": location.id,
            "location_dest_id": dest.id,
            "picked": True,
            "move_line_ids": [
                Command.create(
                    self._prepare_move_line_vals(product, lot, location, dest)
                )
            ],
        }

    def _prepare_rma_vals(self, lot):
        self.ensure_one()
        return {
            "product_id": self._get_old_product().id,
            "lot_id": lot.id,
            "serial": lot.name or (self.old_serial or "").strip(),
            "symptom": self.symptom.strip(),
            "remark": self.remark,
            "damaged": self.damaged or self.appraisal_id.kind in DAMAGES,
            "component_id": self.component_id.id,
            "equipment_id": self.equipment_id.id,
            "ticket_id": self.ticket_id.id,
            "visit_id": self.visit_id.id,
            "repair_id": self.repair_id.id,
            "swap_id": self.id,
            "station_id": self.station_id.id,
            "engineer_id": self.engineer_id.id,
            "company_id": self.company_id.id,
            "born_at": self._now(),
        }
