# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

OPEN_STATES = ("owed", "at_station", "packed", "shipped", "received", "inspected")


class SpareRma(models.Model):
    """One slip, one defective piece, from its birth as a debt to its end.

    RMA-01, RMA-02: the quantity is always one.
    """

    _name = "spare.rma"
    _description = "Defective Part Return"
    _inherit = ["service.document.mixin", "mail.thread"]
    _order = "id desc"
    _rec_names_search = ["name", "serial"]
    _check_company_auto = True
    _sequence_code = "spare.rma"
    _guarded_fields = frozenset(
        {
            "state",
            "handed_in_at",
            "handed_in_to_id",
            "scanned_at",
            "scanned_by_id",
            "received_at",
            "inspected_at",
            "inspected_by_id",
            "closed_at",
            "box_id",
            "return_id",
            "product_id",
            "lot_id",
            "component_id",
            "equipment_id",
            "ticket_id",
            "visit_id",
            "repair_id",
            "swap_id",
            "station_id",
            "engineer_id",
            "company_id",
            "born_at",
            "is_extra",
            "vendor_picking_id",
        }
    )
    _transitions = {
        "owed": {"at_station", "rejected"},
        "at_station": {"packed", "rejected"},
        "packed": {"at_station", "shipped"},
        "shipped": {"received", "at_station", "closed"},
        "received": {"inspected"},
        "inspected": {"closed"},
        "closed": set(),
        "rejected": set(),
    }

    name = fields.Char(default="/", readonly=True, copy=False, index=True)
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, index=True
    )
    category_id = fields.Many2one(
        related="product_id.service_category_id", store=True, index=True
    )
    lot_id = fields.Many2one(comodel_name="stock.lot", index="btree_not_null")
    serial = fields.Char(index="btree_not_null", tracking=True)
    symptom = fields.Char(string="Fault symptom", required=True)
    remark = fields.Char()
    component_id = fields.Many2one(
        comodel_name="service.equipment.component", index="btree_not_null"
    )
    equipment_id = fields.Many2one(
        comodel_name="service.equipment", index="btree_not_null"
    )
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", index="btree_not_null")
    visit_id = fields.Many2one(comodel_name="service.visit", index="btree_not_null")
    repair_id = fields.Many2one(comodel_name="repair.order", index="btree_not_null")
    swap_id = fields.Many2one(comodel_name="spare.swap", index="btree_not_null")
    station_id = fields.Many2one(
        comodel_name="service.station", required=True, index=True
    )
    engineer_id = fields.Many2one(
        comodel_name="res.users", index="btree_not_null", tracking=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    due_on = fields.Date(
        string="Hand in by",
        compute="_compute_due_on",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="The good part was given in advance: after this day a charge is proposed.",
    )
    is_extra = fields.Boolean(
        string="Extra piece",
        readonly=True,
        help="Came without being owed: no good part was consumed for it.",
    )
    vendor_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_vendor_id",
        store=True,
        readonly=False,
        help="To whom the piece is returned.",
    )
    vendor_picking_id = fields.Many2one(
        comodel_name="stock.picking",
        string="Returned with",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    vendor_state = fields.Selection(
        selection=[
            ("to_send", "To send"),
            ("sent", "Sent, credit asked"),
            ("credited", "Credited"),
            ("no_credit", "No credit"),
        ],
        string="At the vendor",
        compute="_compute_vendor_state",
        store=True,
        index="btree_not_null",
        help="Where the return to the vendor is; the credit is a claim that finance "
        "books.",
    )
    damaged = fields.Boolean(
        string="Physically damaged",
        tracking=True,
        help="A damaged piece is returned only after the branch centre approved its "
        "appraisal (RMA-04).",
    )
    appraisal_ids = fields.One2many(
        comodel_name="spare.damage.appraisal",
        inverse_name="rma_id",
        string="Appraisals",
    )
    claim_ids = fields.One2many(
        comodel_name="spare.claim", inverse_name="rma_id", string="Charges and claims"
    )
    state = fields.Selection(
        selection=[
            ("owed", "Owed"),
            ("at_station", "At the station"),
            ("packed", "Packed"),
            ("shipped", "Shipped"),
            ("received", "Received"),
            ("inspected", "Inspected"),
            ("closed", "Closed"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="owed",
        copy=False,
        index=True,
        tracking=True,
    )
    born_at = fields.Datetime(string="Owed since", readonly=True)
    age_days = fields.Integer(string="Days open", compute="_compute_age_days")  # RMA-11
    handed_in_at = fields.Datetime(readonly=True)
    handed_in_to_id = fields.Many2one(comodel_name="res.users", readonly=True)
    return_id = fields.Many2one(
        comodel_name="spare.return", index="btree_not_null", readonly=True
    )
    box_id = fields.Many2one(
        comodel_name="spare.return.box", index="btree_not_null", readonly=True
    )
    box_number = fields.Char(related="box_id.number", string="Box number")
    scanned_at = fields.Datetime(readonly=True)
    scanned_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    received_at = fields.Datetime(readonly=True)
    inspection_result = fields.Selection(
        selection=[
            ("defective", "Defect confirmed"),
            ("no_fault", "No fault found"),
            ("damaged", "Physically damaged"),
        ],
        tracking=True,
    )
    disposition = fields.Selection(
        selection=[
            ("refurbish", "Refurbish"),
            ("vendor", "Return to vendor"),
            ("scrap", "Scrap"),
            ("station", "Back to the station"),
            ("stock", "To good stock"),
            ("lost", "Lost"),
        ],
        tracking=True,
    )
    inspected_at = fields.Datetime(readonly=True)
    inspected_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    closed_at = fields.Datetime(readonly=True)
    location_id = fields.Many2one(
        comodel_name="stock.location", compute="_compute_location_id", string="Where"
    )

    # One open RMA a piece: a serial cannot be owed twice.
    _open_uniq = models.UniqueIndex(
        "(company_id, product_id, lot_id) WHERE lot_id IS NOT NULL "
        "AND state NOT IN ('closed', 'rejected')",
        "This serial is on an open return slip already.",
    )
    _open_serial_uniq = models.UniqueIndex(
        "(company_id, product_id, serial) WHERE serial != '' "
        "AND state NOT IN ('closed', 'rejected')",
        "This serial is on an open return slip already.",
    )
    _name_uniq = models.UniqueIndex(
        "(company_id, name)", "This return slip number exists already."
    )

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for rma in self:
            rma.display_name = f"{rma.name} · {rma.serial}" if rma.serial else rma.name

    @api.depends("born_at")
    def _compute_due_on(self):
        for rma in self:
            # sudo: a setting
            days = timedelta(days=rma.company_id.sudo().spare_owed_days)
            rma.due_on = rma.born_at and (rma.born_at + days).date()

    @api.depends("product_id")
    def _compute_vendor_id(self):
        # sudo: the vendor's name goes on the slip of who may see the slip
        for rma in self:
            rma.vendor_id = rma.product_id.sudo().seller_ids[:1].partner_id

    @api.depends(
        "state",
        "disposition",
        "vendor_picking_id",
        "claim_ids.origin",
        "claim_ids.state",
    )
    def _compute_vendor_state(self):
        for rma in self:
            credit = rma.claim_ids.filtered(lambda claim: claim.origin == "vendor")
            if rma.state != "closed" or rma.disposition != "vendor":
                rma.vendor_state = False
            elif not rma.vendor_picking_id:
                rma.vendor_state = "to_send"
            elif "booked" in credit.mapped("state"):
                rma.vendor_state = "credited"
            elif set(credit.mapped("state")) <= {"dropped"}:
                rma.vendor_state = "no_credit"
            else:
                rma.vendor_state = "sent"

    def _compute_age_days(self):
        for rma in self:
            until = rma.closed_at or rma.company_id._service_now()
            rma.age_days = (until - rma.born_at).days if rma.born_at else 0

    def _compute_location_id(self):
        """Where the piece is, as its state says."""
        pieces = self._get_places()
        for rma in self:
            rma.location_id = pieces[rma]

    def _get_places(self) -> dict:
        # sudo: places, not quantities
        rmas = self.sudo()
        station = rmas.station_id._get_locations("defective")
        owed = rmas.filtered(lambda rma: rma.state == "owed" and rma.engineer_id)
        hands = owed.station_id._get_custody(
            ((rma.station_id, rma.engineer_id) for rma in owed),
            use="engineer_defective",
        )
        # sudo: an empty set to go with those above
        nowhere = self.env["stock.location"].sudo()
        result = {}
        for rma in rmas:
            company = rma.company_id
            if rma.state == "owed":
                place = hands.get((rma.station_id, rma.engineer_id), nowhere)
            elif rma.state in ("at_station", "packed"):
                place = station[rma.station_id]
            elif rma.state == "shipped":
                place = company.spare_transit_location_id
            elif rma.state in ("received", "inspected"):
                place = company.spare_intake_location_id
            elif rma.state == "closed":
                place = rma._get_end_locations()[rma]
            else:
                place = nowhere
            result[rma] = place
        return result

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._check_second_open(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_fixed(vals)
        if vals.get("serial"):
            self._check_second_open(
                [
                    {"product_id": rma.product_id.id, "serial": vals["serial"]}
                    for rma in self
                    if rma.state in OPEN_STATES
                ]
            )
        result = super().write(vals)
        if vals.get("damaged"):
            # sudo: kept back until the appraisal is approved
            held = self.sudo().filtered(lambda rma: rma.state == "at_station")
            held._get_held()._set_guarded({"return_id": False})
        return result

    def _get_held(self):
        """Damaged pieces whose return the branch centre has not approved (RMA-04)."""
        # sudo: the gate holds whoever packs
        return self.filtered(
            lambda rma: (
                rma.damaged
                and "released" not in rma.sudo().appraisal_ids.mapped("state")
            )
        )

    def _check_fixed(self, vals):
        """What a slip said when it was handed on, it says for ever."""
        fixed = self.browse()
        if {"serial", "symptom"} & vals.keys():
            fixed |= self.filtered(lambda rma: rma.state != "owed")
        if "due_on" in vals and not self.env.user.has_group(
            "after_sales_service.group_branch"
        ):
            fixed |= self
        if "damaged" in vals:
            fixed |= self.filtered(lambda rma: rma.state not in ("owed", "at_station"))
        if "name" in vals:
            fixed |= self
        if "serial" in vals:
            fixed |= self.filtered("lot_id")
        if {"inspection_result", "disposition"} & vals.keys():
            fixed |= self.filtered(lambda rma: rma.state != "received")
        if fixed:
            raise UserError(
                self.env._(
                    "%(rma)s: this can no longer, or not yet, be changed. A remark "
                    "can always be added.",
                    rma=", ".join(fixed.mapped("display_name")[:5]),
                )
            )

    def _check_second_open(self, vals_list):
        """Name the slip that is open for a serial before the database refuses.

        :param vals_list: what is to be said of new slips, or of these
        """
        pieces = [
            Domain("lot_id", "=", vals["lot_id"])
            if vals.get("lot_id")
            else Domain("product_id", "=", vals.get("product_id"))
            & Domain("serial", "=", vals["serial"])
            for vals in vals_list
            if vals.get("lot_id") or vals.get("serial")
        ]
        if not pieces:
            return
        # sudo: the open slip may be another engineer's
        twin = self.sudo().search(
            Domain.OR(pieces)
            & Domain("state", "in", OPEN_STATES)
            & Domain("id", "not in", self.ids),
            limit=1,
        )
        if twin:
            raise UserError(
                self.env._(
                    "Serial %(serial)s is on return slip %(rma)s already (%(state)s, "
                    "%(station)s). One piece has one slip (RMA-02): the warehouse "
                    "closes it first, or scan the serial again.",
                    serial=twin.serial or twin.lot_id.name,
                    rma=twin.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        twin.state
                    ],
                    station=twin.station_id.name,
                )
            )

    @api.model
    def _prepare_from_move_vals(self, move):
        """The debt of a good part that was consumed outside a swap."""
        repair = move.repair_id
        visit = repair.visit_id
        return {
            "product_id": move.product_id.id,
            "symptom": visit.symptom or repair.ticket_id.name,
            "equipment_id": repair.equipment_id.id,
            "ticket_id": repair.ticket_id.id,
            "visit_id": visit.id,
            "repair_id": repair.id,
            "station_id": (visit.station_id or repair.ticket_id.station_id).id,
            "engineer_id": (visit.engineer_id or repair.user_id).id,
            "company_id": move.company_id.id,
            "born_at": move.company_id._service_now(),
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A return slip is never deleted."))

    # ---------------------------------------------------
    # At the station
    # ---------------------------------------------------

    def action_hand_in(self):
        """The specialist takes defective pieces in, face to face (PRT-17, RMA-05)."""
        self._require_group("specialist")
        self._check_handed_in_by_two()
        self._set_missing_lots()
        # sudo: places and repairs are not the specialist's to read everywhere
        self.env["stock.picking"]._spare_transfer(
            self.sudo()._prepare_hand_in_transfers()
        )
        self._transition(
            "at_station", handed_in_at=self._now(), handed_in_to_id=self.env.uid
        )
        self._drop_overdue_charges()
        self._add_to_return()
        return True

    def _check_handed_in_by_two(self):
        for rma in self:
            if rma.engineer_id == self.env.user and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(rma)s: %(user)s cannot take in his own piece (PRT-07). "
                        "Another commercial specialist of %(station)s does it.",
                        rma=rma.name,
                        user=self.env.user.name,
                        station=rma.station_id.name,
                    )
                )
            if rma.state != "owed":
                raise UserError(
                    self.env._("%s was handed in already.", rma.display_name)
                )

    def _prepare_hand_in_transfers(self):
        """One transfer a station, from the hands or the machine to the shelf.

        :raises UserError: a piece is not where it is taken from
        """
        sources = self._get_sources()
        defective = self.station_id._get_locations("defective")
        pieces = {
            rma: {
                **rma._prepare_piece(),
                "location": sources[rma],
                "dest": defective[rma.station_id],
            }
            for rma in self
        }
        inside = self.filtered(lambda rma: sources[rma].usage != "internal")
        self.env["stock.quant"]._spare_check_nowhere(inside.lot_id)
        self.env["stock.quant"]._spare_check_available(
            [pieces[rma] for rma in self - inside],
            self.env._("The engineer who swapped the part must bring it."),
        )
        return [
            (
                station.company_id.spare_custody_type_id,
                ", ".join(batch.mapped("name")[:5]),
                [pieces[rma] for rma in batch],
                {},
            )
            for station, batch in self.grouped("station_id").items()
        ]

    def _get_sources(self) -> dict:
        """Where each piece is taken from, by the books.

        A part consumed outside a swap comes out of the machine only now.
        """
        places = self._get_places()
        return {
            rma: rma.repair_id.location_dest_id
            if rma.state == "owed" and not rma.swap_id
            else places[rma]
            for rma in self
        }

    def _drop_overdue_charges(self):
        """A charge that was only proposed goes when the piece comes."""
        # sudo: the consequence of handing in
        proposals = self.sudo().claim_ids.filtered(
            lambda claim: claim.state == "draft" and claim.origin == "overdue"
        )
        proposals._transition("dropped", reason=self.env._("Handed in."))

    def _prepare_piece(self):
        return {"product": self.product_id, "lot": self.lot_id, "quantity": 1.0}

    def _set_missing_lots(self):
        """Pieces of tracked products need their serial before they move."""
        typed = {
            rma: (rma.product_id, (rma.serial or "").strip())
            for rma in self
            if rma.product_id.tracking != "none" and not rma.lot_id
        }
        for rma, (product, serial) in typed.items():
            if not serial:
                raise UserError(
                    self.env._(
                        "%(rma)s: write or scan the serial of %(product)s first.",
                        rma=rma.name,
                        product=product.display_name,
                    )
                )
        # sudo: the old part gets its serial from the slip
        lots = self.env["stock.lot"].sudo()._spare_get_lots(typed.values())
        self._check_second_open([{"lot_id": lots[pair].id} for pair in typed.values()])
        for rma, pair in typed.items():
            rma._set_guarded({"lot_id": lots[pair].id})

    def _add_to_return(self):
        """Put pieces that lie at the station on its open return."""
        loose = self.filtered(
            lambda rma: rma.state == "at_station" and not rma.return_id
        )
        loose -= loose._get_held()
        returns = self.env["spare.return"]._get_open(loose.station_id)
        for station, batch in loose.grouped("station_id").items():
            batch._set_guarded({"return_id": returns[station].id})

    @api.model
    def _cron_propose_charges(self, batch_size=500):
        """Propose a charge for every piece that was not handed in in time.

        The engineer who swapped it owes it; without one, the customer who got the
        good part in advance (WAR-31). The branch centre accepts or drops it.
        """
        for company in self.env["res.company"].search([("active", "=", True)]):
            while True:
                overdue = self._get_unclaimed(company, batch_size)
                costs = overdue._get_cost()
                # sudo: cron
                self.env["spare.claim"].sudo().create(
                    [
                        {
                            "origin": "overdue",
                            "rma_id": rma.id,
                            "party": "engineer" if rma.engineer_id else "customer",
                            "amount": costs[rma],
                        }
                        for rma in overdue
                    ]
                )
                if len(overdue) < batch_size:
                    break
                self.env["ir.cron"]._commit_progress(len(overdue), remaining=1)

    def _get_unclaimed(self, company, limit):
        """Overdue slips without a claim, dropped ones included: one proposal each."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "owed"),
                ("due_on", "<", company._service_today()),
                ("claim_ids", "not any", [("origin", "=", "overdue")]),
            ],
            limit=limit,
        )

    def action_reject(self, reason):
        """The branch centre strikes a wrong slip; it stays on record."""
        self._require_group("branch")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the slip is rejected."))
        self._strike(reason.strip())
        return True

    def _strike(self, reason):
        """The slip is void and stays on record; what was only proposed is dropped.

        It leaves the weekly return, which could not be signed with it.
        """
        # sudo: the proposal goes with the slip
        slips = self.sudo()
        slips._transition("rejected", remark=reason, return_id=False)
        slips.claim_ids.filtered(lambda claim: claim.state == "draft")._transition(
            "dropped", reason=reason
        )

    # ---------------------------------------------------
    # At the warehouse
    # ---------------------------------------------------

    def action_inspect(self):
        """Note result and disposition of received pieces."""
        self._require_group("warehouse")
        for rma in self:
            if not rma.inspection_result or not rma.disposition:
                raise UserError(
                    self.env._(
                        "%s: choose the inspection's result and what happens to the "
                        "piece.",
                        rma.display_name,
                    )
                )
            # PRT-10: only what was inspected and found good may be drawn again
            if (
                rma.disposition in ("station", "stock")
                and rma.inspection_result != "no_fault"
            ):
                raise UserError(
                    self.env._(
                        "%s is not good: only a piece without fault goes back to the "
                        "station or into stock (PRT-10). Choose refurbish, return to "
                        "vendor or scrap.",
                        rma.display_name,
                    )
                )
            if rma.disposition == "lost":
                raise UserError(
                    self.env._("%s is here, it is not lost.", rma.display_name)
                )
        self._note_condition()
        self._transition(
            "inspected", inspected_at=self._now(), inspected_by_id=self.env.uid
        )
        return True

    def _note_condition(self):
        """Damage that the slip does not tell of is a difference of the return."""
        surprising = self.filtered(
            lambda rma: (
                rma.inspection_result == "damaged" and not rma.damaged and rma.return_id
            )
        )
        noted = surprising.return_id.difference_ids.filtered(
            lambda row: row.kind == "condition"
        ).rma_id
        for rma in surprising - noted:
            rma.return_id._add_differences(
                rma, "condition", self.env._("Physically damaged")
            )

    def _move_pieces(self, source, dest, package=False):
        """Move these pieces from one place to another, in one transfer.

        :param package: id of the package they lie in; on the road it is their box
        """
        boxed = source == self.company_id.spare_transit_location_id
        return self.env["stock.picking"]._spare_transfer(
            [
                (
                    self.company_id.spare_intake_type_id,
                    ", ".join(self.mapped("name")[:5]),
                    [
                        {
                            **rma._prepare_piece(),
                            "location": source,
                            "dest": dest,
                            "package": package or (boxed and rma.box_id.package_id.id),
                        }
                        for rma in self
                    ],
                    {},
                )
            ]
        )

    def _get_cost(self) -> dict:
        """What each piece cost us, in the company's currency.

        The serial's own value where core values by serial; else what its receipt
        cost; else the product's cost.
        """
        # sudo: values are not the clerk's to read elsewhere
        rmas = self.sudo()
        receipts = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", rmas.lot_id.ids),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "supplier"),
                ],
                order="date, id",
            )
        )
        paid = {}
        for line in receipts:
            move = line.move_id
            if move.quantity and move.value:
                paid.setdefault(line.lot_id, move.value / move.quantity)
        result = {}
        for rma in rmas:
            product = rma.product_id.with_company(rma.company_id)
            cost = paid.get(rma.lot_id, product.standard_price)
            if product.lot_valuated and rma.lot_id:
                cost = rma.lot_id.with_company(rma.company_id).standard_price
            result[self.browse(rma.id)] = cost
        return result

    def action_return_to_vendor(self):
        """Send pieces back to their vendors and propose the vendors' credits.

        One transfer for each vendor; each credit is the cost of its serial.
        """
        self._require_group("warehouse")
        for rma in self:
            if rma.vendor_state != "to_send":
                raise UserError(
                    self.env._("%s does not wait for its vendor.", rma.display_name)
                )
            if not rma.vendor_id:
                raise UserError(
                    self.env._(
                        "%s: choose the vendor it is returned to.", rma.display_name
                    )
                )
        # sudo: the clerk returns; transfers and claims follow
        rmas = self.sudo()
        supplier = self.env.ref("stock.stock_location_suppliers").sudo()
        for (company, vendor), batch in rmas.grouped(
            lambda rma: (rma.company_id, rma.vendor_id)
        ).items():
            picking = batch._move_pieces(company.spare_vendor_location_id, supplier)
            picking.partner_id = vendor
            batch._set_guarded({"vendor_picking_id": picking.id})
        costs = rmas._get_cost()
        # sudo: a clerk writes no claims
        self.env["spare.claim"].sudo().create(
            [
                {
                    "origin": "vendor",
                    "rma_id": rma.id,
                    "party": "vendor",
                    "partner_id": rma.vendor_id.id,
                    "amount": costs[rma],
                }
                for rma in rmas
            ]
        )
        return True

    def _get_end_locations(self):
        """Where each piece goes by its disposition."""
        # sudo: places only
        rmas = self.sudo()
        good = rmas.filtered(lambda rma: rma.disposition == "station")
        good = good.station_id._get_locations("good")
        stock = {
            company: company._get_spare_warehouse().lot_stock_id
            for company in rmas.company_id
        }
        scrap = {}
        if {"scrap", "lost"} & set(rmas.mapped("disposition")):
            scrap = {
                company: company._get_spare_loss_location()
                for company in rmas.company_id
            }
        result = {}
        for rma in rmas:
            company = rma.company_id
            result[rma] = {
                "refurbish": company.spare_refurbish_location_id,
                "vendor": company.spare_vendor_location_id,
                "scrap": scrap.get(company),
                "station": good.get(rma.station_id),
                "stock": stock[company],
                "lost": scrap.get(company),
            }.get(rma.disposition, self.env["stock.location"])
        return result

    def action_close(self):
        """Move inspected pieces to where they end and close their slips."""
        self._require_group("warehouse")
        for rma in self:
            if rma.state != "inspected":
                raise UserError(
                    self.env._("%s has not been inspected.", rma.display_name)
                )
        ends = self._get_end_locations()
        # sudo: the clerk closes; the stations' places and scraps are core's
        rmas = self.sudo()
        scrapped = rmas.filtered(lambda rma: rma.disposition == "scrap")
        self.env["stock.scrap"].sudo().create(
            [rma._prepare_scrap_vals(ends[rma]) for rma in scrapped]
        ).do_scrap()
        groups = {}
        for rma in rmas - scrapped:
            groups.setdefault((rma.company_id, ends[rma]), []).append(rma)
        self.env["stock.picking"]._spare_transfer(
            [
                (
                    company.spare_intake_type_id,
                    ", ".join(rma.name for rma in batch[:5]),
                    [
                        {
                            **rma._prepare_piece(),
                            "location": company.spare_intake_location_id,
                            "dest": end,
                        }
                        for rma in batch
                    ],
                    {},
                )
                for (company, end), batch in groups.items()
            ]
        )
        self._transition("closed", closed_at=self._now())
        self.return_id._settle()
        return True

    def _prepare_scrap_vals(self, dest):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "scrap_qty": 1.0,
            "origin": self.name,
            "company_id": self.company_id.id,
            "location_id": self.company_id.spare_intake_location_id.id,
            "scrap_location_id": dest.id,
        }

    def action_inspect_and_close(self):
        self.action_inspect()
        return self.action_close()

    def action_appraise(self):
        """Open the damage appraisal of this piece, or begin one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Damage appraisal"),
            "res_model": "spare.damage.appraisal",
            "view_mode": "form",
            "res_id": self.appraisal_ids[:1].id,
            "context": {"default_rma_id": self.id},
        }

    def action_print(self):
        return self.env.ref("spare_parts_rma.action_report_rma").report_action(self)
