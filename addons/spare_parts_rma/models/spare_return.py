# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_datetime

from ..tools import returns as return_tools


class SpareReturn(models.Model):
    """A station's weekly return list (退库表): RMA-05…RMA-08, PRT-09."""

    _name = "spare.return"
    _description = "Weekly Return"
    _inherit = ["service.document.mixin", "mail.thread"]
    _order = "week desc, station_id"
    _check_company_auto = True
    _guarded_fields = frozenset(
        {
            "state",
            "specialist_id",
            "specialist_signed_at",
            "director_id",
            "director_signed_at",
            "picking_id",
            "shipped_at",
            "faxed_at",
            "received_at",
            "name",
            "station_id",
            "company_id",
            "week",
        }
    )
    _transitions = {
        "open": {"signed"},
        "signed": {"open", "shipped"},
        "shipped": {"receiving"},
        "receiving": {"received"},
        "received": {"receiving", "settled"},
        "settled": set(),
    }

    name = fields.Char(readonly=True, copy=False, index=True)
    station_id = fields.Many2one(
        comodel_name="service.station",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    week = fields.Char(required=True, readonly=True, index=True, help="ISO week.")
    rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="return_id", string="Return slips"
    )
    piece_count = fields.Integer(string="Pieces", compute="_compute_counts")
    packed_count = fields.Integer(string="Packed", compute="_compute_counts")
    received_count = fields.Integer(string="Scanned", compute="_compute_counts")
    owed_ids = fields.Many2many(
        comodel_name="spare.rma", compute="_compute_owed_ids", string="Not handed in"
    )
    owed_count = fields.Integer(string="Owed", compute="_compute_owed_ids")
    box_ids = fields.One2many(
        comodel_name="spare.return.box", inverse_name="return_id", string="Boxes"
    )
    current_box_id = fields.Many2one(
        comodel_name="spare.return.box",
        string="Packing into",
        domain="[('return_id', '=', id)]",
    )
    difference_ids = fields.One2many(
        comodel_name="spare.return.difference",
        inverse_name="return_id",
        string="Found at receiving",
    )
    difference_count = fields.Integer(string="Differences", compute="_compute_counts")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("signed", "Signed"),
            ("shipped", "Shipped"),
            ("receiving", "Receiving"),
            ("received", "Received"),
            ("settled", "Settled"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    specialist_id = fields.Many2one(
        comodel_name="res.users", string="Signed by specialist", readonly=True
    )
    specialist_signed_at = fields.Datetime(readonly=True)
    director_id = fields.Many2one(
        comodel_name="res.users", string="Signed by director", readonly=True
    )
    director_signed_at = fields.Datetime(readonly=True)
    picking_id = fields.Many2one(comodel_name="stock.picking", readonly=True)
    receipt_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="spare_return_id",
        string="Transfers",
        readonly=True,
    )
    shipped_at = fields.Datetime(readonly=True, tracking=True)
    faxed_at = fields.Datetime(
        string="List sent to the branch", readonly=True
    )  # RMA-06
    received_at = fields.Datetime(readonly=True, tracking=True)

    _week_uniq = models.UniqueIndex(
        "(station_id, week)", "This station has a return for this week already."
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    def _compute_counts(self):
        rmas = self.env["spare.rma"]
        domain = [("return_id", "in", self.ids)]
        total = dict(rmas._read_group(domain, ["return_id"], ["__count"]))
        packed = dict(
            rmas._read_group(
                [*domain, ("box_id", "!=", False)], ["return_id"], ["__count"]
            )
        )
        scanned = dict(
            rmas._read_group(
                [*domain, ("scanned_at", "!=", False)], ["return_id"], ["__count"]
            )
        )
        differences = dict(
            self.env["spare.return.difference"]._read_group(
                [*domain, ("state", "=", "open")], ["return_id"], ["__count"]
            )
        )
        for document in self:
            document.piece_count = total.get(document, 0)
            document.packed_count = packed.get(document, 0)
            document.received_count = scanned.get(document, 0)
            document.difference_count = differences.get(document, 0)

    @api.depends("station_id", "state")
    def _compute_owed_ids(self):
        owed = (
            self.env["spare.rma"]
            .search(
                [
                    ("state", "=", "owed"),
                    ("station_id", "in", self.station_id.ids),
                ]
            )
            .grouped("station_id")
        )
        for document in self:
            rmas = owed.get(document.station_id, self.env["spare.rma"])
            document.owed_ids = rmas if document.state == "open" else rmas.browse()
            document.owed_count = len(document.owed_ids)

    # ---------------------------------------------------
    # Opening (RMA-05)
    # ---------------------------------------------------

    @api.model
    def _get_open(self, stations) -> dict:
        """The return that takes pieces now, for each station; opened if missing."""
        # sudo: returns open themselves, nobody has create rights
        returns = self.sudo()
        stations = stations.sudo()
        existing = returns.search(
            [
                ("station_id", "in", stations.ids),
                # a station's years of returns are not read for this
                ("week", ">=", min(map(self._get_week, stations), default="")),
            ]
        )
        by_station = existing.grouped("station_id")
        result, missing = {}, []
        for station in stations:
            known = by_station.get(station, returns.browse())
            closed = set(
                known.filtered(lambda document: document.state != "open").mapped("week")
            )
            week = return_tools.pick_week(station.company_id._service_today(), closed)
            document = known.filtered(lambda document, week=week: document.week == week)
            if document:
                result[station] = document
            else:
                missing.append(self._prepare_return_vals(station, week))
        if missing:
            with stations._first_come():
                for document in returns.create(missing):
                    result[document.station_id] = document
        return result

    @api.model
    def _get_week(self, record):
        """This week at a station or of a return, by the clock of its company."""
        return return_tools.week_of(record.company_id._service_today())

    @api.model
    def _prepare_return_vals(self, station, week):
        return {
            "name": f"RT-{station.code}-{week}",
            "station_id": station.id,
            "company_id": station.company_id.id,
            "week": week,
        }

    @api.model
    def _cron_open_returns(self):
        """Open this week's return of every station that has pieces (RMA-05)."""
        # sudo: cron
        owing = (
            self.env["spare.rma"]
            .sudo()
            ._read_group([("state", "in", ("owed", "at_station"))], ["station_id"])
        )
        stations = self.env["service.station"].browse([row[0].id for row in owing])
        due = stations.filtered(
            lambda station: return_tools.is_open_day(
                station.company_id._service_today(), int(station.return_weekday)
            )
        )
        # what was signed or shipped this week is not opened again before the next
        # sudo: the daily job opens the returns of all stations
        closed = self.sudo().search(
            [
                ("station_id", "in", due.ids),
                ("state", "!=", "open"),
                ("week", "in", [self._get_week(station) for station in due]),
            ]
        )
        due -= closed.filtered(
            lambda document: document.week == self._get_week(document)
        ).station_id
        # sudo: the weekly return is opened by the machine
        returns = self.sudo().browse(
            [document.id for document in self._get_open(due).values()]
        )
        # sudo: so are the pieces put on it, whoever looks first
        self.env["spare.rma"].sudo().search(
            [
                ("state", "=", "at_station"),
                ("return_id", "=", False),
                ("station_id", "in", due.ids),
            ]
        )._add_to_return()
        returns._warn_not_handed_in()
        return returns

    def _warn_not_handed_in(self):
        """Tell engineers, specialist and director what is still owed (RMA-11)."""
        for document in self.filtered("owed_ids"):
            people = document.station_id.director_id | document.station_id.specialist_id
            # a cron has no language of its own: the station's people read it
            document = document.with_context(lang=people[:1].lang)
            station = document.station_id
            rows = Markup("").join(
                Markup("<li>%s</li>")
                % document.env._(
                    "%(engineer)s: %(count)s pieces, the oldest %(days)s days",
                    engineer=engineer.name or station.name,
                    count=len(slips),
                    days=max(slips.mapped("age_days")),
                )
                for engineer, slips in document.owed_ids.grouped("engineer_id").items()
            )
            document.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    document.env._("Not handed in yet for %s:", document.name),
                    rows,
                ),
                partner_ids=(people | document.owed_ids.engineer_id).partner_id.ids,
            )

    # ---------------------------------------------------
    # Packing (RMA-07)
    # ---------------------------------------------------

    def _check_state(self, state, act):
        states = dict(self._fields["state"]._description_selection(self.env))
        for document in self:
            if document.state != state:
                raise UserError(
                    self.env._(
                        "Return %(return)s is %(state)s: %(act)s is not possible now.",
                        state=states[document.state],
                        act=act,
                        **{"return": document.name},
                    )
                )

    def action_new_box(self):
        """Begin a new box; the next scans go into it."""
        self._require_group("specialist")
        self._check_state("open", self.env._("packing"))
        for document in self:
            number = len(document.box_ids) + 1
            # sudo: boxes are made by this act only
            box = self.env["spare.return.box"].sudo()
            document.current_box_id = box.create(
                {
                    "name": f"{document.name}-B{number}",
                    "return_id": document.id,
                }
            ).id
        return True

    def action_scan(self, code):
        """Pack the piece behind a scanned code, or go on with a scanned box."""
        self.ensure_one()
        self._require_group("specialist")
        self._check_state("open", self.env._("packing"))
        code = (code or "").strip()
        box = self.box_ids.filtered(lambda box: box.name == code)
        if box:
            self.current_box_id = box
            return True
        rma = self._find_piece(code)
        self._check_packable(rma, code)
        if not self.current_box_id:
            self.action_new_box()
        rma._transition("packed", box_id=self.current_box_id.id)
        return True

    @api.model
    def _find_piece(self, code):
        """The open slip behind a scanned slip number or serial."""
        return self.env["spare.rma"].search(
            [
                "|",
                ("name", "=", code),
                ("serial", "=", code),
                ("state", "!=", "rejected"),
            ],
            order="closed_at desc nulls first, id desc",
            limit=1,
        )

    def _check_packable(self, rma, code):
        if not rma:
            raise UserError(
                self.env._(
                    "%s is no return slip and no serial on one. Look at the label, or "
                    "ask the engineer for the slip.",
                    code,
                )
            )
        if rma.state == "owed":
            raise UserError(
                self.env._(
                    "%(rma)s has not been handed in by %(engineer)s. Take it in first.",
                    rma=rma.display_name,
                    engineer=rma.engineer_id.name,
                )
            )
        if rma.box_id:
            raise UserError(
                self.env._(
                    "%(rma)s is in box %(box)s already.",
                    rma=rma.display_name,
                    box=rma.box_id.name,
                )
            )
        if rma._get_held():
            raise UserError(
                self.env._(
                    "%(rma)s is physically damaged and kept until the branch service "
                    "centre has approved its return (RMA-04). The station writes the "
                    "damage appraisal.",
                    rma=rma.display_name,
                )
            )
        if rma.return_id != self or rma.state != "at_station":
            raise UserError(
                self.env._(
                    "%(rma)s is not on return %(return)s but on %(other)s.",
                    rma=rma.display_name,
                    other=rma.return_id.name or self.env._("none"),
                    **{"return": self.name},
                )
            )

    def action_pack_all(self):
        """Put everything that is still loose into the current box."""
        for document in self:
            document._require_group("specialist")
            document._check_state("open", self.env._("packing"))
            loose = document.rma_ids.filtered(lambda rma: rma.state == "at_station")
            if loose and not document.current_box_id:
                document.action_new_box()
            loose._transition("packed", box_id=document.current_box_id.id)
        return True

    # ---------------------------------------------------
    # Signing (PRT-09)
    # ---------------------------------------------------

    def action_sign_specialist(self):
        """The commercial specialist signs for the goods."""
        self._require_group("specialist")
        return self._sign("specialist_id", "specialist_signed_at", "director_id")

    def action_sign_director(self):
        """The service director signs for the accounts."""
        self._require_group("director")
        return self._sign("director_id", "director_signed_at", "specialist_id")

    def _sign(self, who, when, other):
        self._check_state("open", self.env._("signing"))
        for document in self:
            if document[other] == self.env.user:
                raise UserError(
                    self.env._(
                        "%(return)s: specialist and director are two people (PRT-09); "
                        "%(user)s signed already.",
                        user=self.env.user.name,
                        **{"return": document.name},
                    )
                )
            loose = document.rma_ids.filtered(lambda rma: rma.state != "packed")
            if loose or not document.rma_ids:
                raise UserError(
                    self.env._(
                        "%(return)s cannot be signed before everything is packed. "
                        "Loose: %(pieces)s.",
                        pieces=", ".join(loose.mapped("display_name"))
                        or self.env._("nothing is on the list"),
                        **{"return": document.name},
                    )
                )
            document._set_guarded({who: self.env.uid, when: document._now()})
            if document.specialist_id and document.director_id:
                document._transition("signed")
        return True

    def action_reopen(self):
        """Take the signatures back and pack again, before shipping."""
        self._require_group("specialist", "director")
        unsigned = {
            "specialist_id": False,
            "specialist_signed_at": False,
            "director_id": False,
            "director_signed_at": False,
        }
        signed = self.filtered(lambda document: document.state == "signed")
        signed._transition("open", **unsigned)
        (self - signed)._check_state("open", self.env._("packing"))
        (self - signed)._set_guarded(unsigned)
        return True

    # ---------------------------------------------------
    # Shipping (RMA-05, RMA-06)
    # ---------------------------------------------------

    def action_ship(self):
        """Ship the boxes to the warehouse, send the list to the branch centre."""
        self._require_group("specialist")
        self._check_state("signed", self.env._("shipping"))
        # sudo: packages and places are made by the shipment
        documents = self.sudo()
        documents._check_not_empty()
        documents.box_ids._ensure_packages()
        defective = documents.station_id._get_locations("defective")
        transfers = [
            (
                document.company_id.spare_return_type_id,
                document.name,
                [
                    {
                        **rma._prepare_piece(),
                        "location": defective[document.station_id],
                        "dest": document.company_id.spare_transit_location_id,
                        "result_package": rma.box_id.package_id.id,
                    }
                    for rma in document.rma_ids
                ],
                {"spare_return_id": document.id},
            )
            for document in documents
        ]
        # sudo: what lies there, of parts others hold as well
        self.env["stock.quant"].sudo()._spare_check_available(
            [piece for _type, _name, pieces, _more in transfers for piece in pieces],
            self.env._("Count the station's defective parts."),
        )
        pickings = self.env["stock.picking"]._spare_transfer(transfers)
        self.rma_ids._transition("shipped")
        for document, picking in zip(self, pickings, strict=True):
            now = document._now()
            document._transition(
                "shipped", picking_id=picking.id, shipped_at=now, faxed_at=now
            )
            document._send_list()
        return True

    def _check_not_empty(self):
        """The last piece of a signed return may have reached the warehouse otherwise."""
        for document in self:
            if not document.rma_ids:
                raise UserError(
                    self.env._(
                        "%(return)s cannot be shipped: nothing is on the list. Reopen "
                        "it; it takes the next pieces.",
                        **{"return": document.name},
                    )
                )

    def _send_list(self):
        """The return list reaches the branch centre at once (RMA-06)."""
        self.ensure_one()
        rows = Markup("").join(
            Markup("<li>%s · %s · %s</li>")
            % (rma.display_name, rma.product_id.display_name, rma.symptom)
            for rma in self.rma_ids
        )
        # sudo: followers of the branch centre are outside the station's fence
        self.sudo().message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "Return list %(name)s. Pieces: %(count)s, boxes: %(boxes)s.",
                    name=self.name,
                    count=len(self.rma_ids),
                    boxes=len(self.box_ids),
                ),
                rows,
            ),
            partner_ids=self.station_id._get_people_above().ids,
            author_id=self.env.user.partner_id.id,
        )

    def action_cancel(self):
        """There is no cancelling: a shipped return is received and settled."""
        for document in self:
            raise UserError(
                self.env._(
                    "Return %(return)s cannot be cancelled. Before shipping, reopen it "
                    "and repack; after shipping the warehouse receives it and notes "
                    "the differences.",
                    **{"return": document.name},
                )
            )

    # ---------------------------------------------------
    # Receiving
    # ---------------------------------------------------

    @api.model
    def scan_receive(self, code, box_id=False):
        """One scan at the receiving desk.

        :param code: box label, slip number or serial
        :param box_id: the box being unpacked
        :returns: what the screen shows: ok, level, message, box (with the pieces
            expected in it); a refused scan changes nothing
        """
        try:
            with self.env.cr.savepoint():
                return self._scan_receive((code or "").strip(), box_id)
        except AccessError:
            raise
        except UserError as error:
            box = self.env["spare.return.box"].browse(box_id or []).exists()
            return self._prepare_scan_answer("danger", str(error), box, ok=False)

    @api.model
    def _scan_receive(self, code, box_id=False):
        """Carry one scan out, or raise what is wrong with it."""
        self._require_group("warehouse")
        boxes = self.env["spare.return.box"]
        if not code:
            raise UserError(self.env._("Scan a box or a piece."))
        box = boxes.search([("name", "=", code)], limit=1)
        if box:
            return box._scan_box()
        current = boxes.browse(box_id or []).exists()
        if not current:
            raise UserError(
                self.env._(
                    "%s is not the label of a box on its way. Scan the box first.", code
                )
            )
        rma = self._find_piece(code)
        document = current.return_id
        if not rma or rma.return_id != document:
            raise UserError(
                self.env._(
                    "%(code)s is not on return %(return)s. Put the piece aside; press "
                    "F2 to note it as extra.",
                    code=code,
                    **{"return": document.name},
                )
            )
        if rma.scanned_at:
            raise UserError(
                self.env._(
                    "%(rma)s was scanned already at %(time)s by %(user)s.",
                    rma=rma.display_name,
                    time=format_datetime(self.env, rma.scanned_at),
                    user=rma.scanned_by_id.name,
                )
            )
        if document.state == "received":
            # a missing piece turned up
            document._transition("receiving")
        rma._set_guarded({"scanned_at": document._now(), "scanned_by_id": self.env.uid})
        if rma.box_id != current:
            document._add_differences(rma, "wrong_box", current.name)
            return self._prepare_scan_answer(
                "warning",
                self.env._(
                    "%(rma)s received, but it is listed in box %(box)s.",
                    rma=rma.display_name,
                    box=rma.box_id.name,
                ),
                current,
            )
        return self._prepare_scan_answer(
            "success", self.env._("%s received.", rma.display_name), current
        )

    @api.model
    def _prepare_scan_answer(self, level, message, box, ok=True):
        """What the receiving screen needs to show after a scan."""
        answer = {"ok": ok, "level": level, "message": message, "box": False}
        if not box:
            return answer
        pieces = [
            {
                "id": rma.id,
                "slip": rma.name,
                "serial": rma.serial or "",
                "product": rma.product_id.display_name,
                "symptom": rma.symptom,
                "received": bool(rma.scanned_at),
            }
            for rma in box.rma_ids
        ]
        # sudo: the clerk sees the station's name, not its records
        document = box.return_id.sudo()
        others = document.box_ids
        answer["box"] = {
            "id": box.id,
            "name": box.name,
            "return_id": document.id,
            "return": document.name,
            "state": document.state,
            "station": document.station_id.name,
            "pieces": pieces,
            "received": sum(piece["received"] for piece in pieces),
            "boxes": len(others),
            "boxes_scanned": len(others.filtered("scanned_at")),
            "missing": len(document.rma_ids.filtered(lambda rma: not rma.scanned_at)),
        }
        return answer

    @api.model
    def note_wrong_serial(self, code, slip, box_id):
        """Record that another serial lies in the box than a slip says.

        :param code: the serial that was found
        :param slip: slip number or serial of the piece it should have been
        :returns: the answer for the screen, with the difference's id
        """
        box, code = self._get_open_box(code, box_id)
        document = box.return_id
        rma = self._find_piece((slip or "").strip())
        if rma.return_id != document or rma.scanned_at:
            raise UserError(
                self.env._(
                    "%(slip)s is not a slip of %(return)s that is still expected.",
                    slip=slip,
                    **{"return": document.name},
                )
            )
        if code in (rma.serial, rma.name):
            raise UserError(self.env._("%s is the serial on the slip: scan it.", code))
        row = document._add_differences(rma, "wrong_serial")
        row.code = code
        return self._prepare_difference_answer(row, box)

    @api.model
    def note_condition(self, code, box_id, note):
        """Record that a received piece is in another condition than its slip says."""
        box, code = self._get_open_box(code, box_id)
        document = box.return_id
        rma = self._find_piece(code)
        if rma.return_id != document or not rma.scanned_at:
            raise UserError(self.env._("%s has not been received: scan it.", code))
        row = document._add_differences(rma, "condition", (note or "").strip())
        return self._prepare_difference_answer(row, box)

    @api.model
    def _get_open_box(self, code, box_id):
        """The box being unpacked, and the code without its blanks."""
        self._require_group("warehouse")
        box = self.env["spare.return.box"].browse(box_id).exists()
        code = (code or "").strip()
        if not box or not code:
            raise UserError(self.env._("Scan the box and the piece first."))
        box.return_id._check_receiving()
        return box, code

    @api.model
    def _prepare_difference_answer(self, row, box):
        kinds = dict(row._fields["kind"]._description_selection(self.env))
        answer = self._prepare_scan_answer(
            "warning",
            self.env._(
                "%(code)s noted: %(kind)s. A photo helps to settle it.",
                code=row.code,
                kind=kinds[row.kind],
            ),
            box,
        )
        return {**answer, "difference": row.id}

    @api.model
    def note_extra(self, code, box_id):
        """Record a piece that lies in the box but is not on the return."""
        box, code = self._get_open_box(code, box_id)
        document = box.return_id
        rma = self._find_piece(code)
        if rma.return_id == document:
            raise UserError(
                self.env._("%s is on this return, it is no extra.", rma.display_name)
            )
        if self.env["spare.return.box"].search_count([("name", "=", code)], limit=1):
            raise UserError(
                self.env._("%s is the label of a box. Scan the extra piece.", code)
            )
        row = document._add_differences(rma, "extra", code)
        return self._prepare_difference_answer(row, box)

    def _check_receiving(self):
        for document in self:
            if document.state not in ("receiving", "received"):
                document._check_state("receiving", self.env._("receiving"))

    def action_finish_receiving(self):
        """Book what was scanned into the intake; what is missing is a difference."""
        self._require_group("warehouse")
        self._check_state("receiving", self.env._("finishing"))
        # sudo: the clerk receives; packages and places belong to core stock
        documents = self.sudo()
        transfers = []
        for document in documents:
            scanned = document.rma_ids.filtered(
                lambda rma: rma.scanned_at and rma.state == "shipped"
            )
            if not scanned and not document.difference_ids:
                raise UserError(
                    self.env._(
                        "%s: nothing was scanned. Scan the pieces first.", document.name
                    )
                )
            if not scanned:
                continue
            transfers.append(
                (
                    document.company_id.spare_intake_type_id,
                    document.name,
                    [
                        {
                            **rma._prepare_piece(),
                            "location": document.company_id.spare_transit_location_id,
                            "dest": document.company_id.spare_intake_location_id,
                            "package": rma.box_id.package_id.id,
                        }
                        for rma in scanned
                    ],
                    {"spare_return_id": document.id},
                )
            )
        self.env["stock.picking"]._spare_transfer(transfers)
        for document in self:
            now = document._now()
            pieces = document.rma_ids.filtered(lambda rma: rma.state == "shipped")
            scanned = pieces.filtered("scanned_at")
            scanned._transition("received", received_at=now)
            document._settle_found(scanned)
            missing = (pieces - scanned) - document.difference_ids.filtered(
                lambda row: row.kind in ("missing", "wrong_serial")
            ).rma_id
            document._add_differences(missing, "missing")
            document._transition("received", received_at=now)
        return True

    def _add_differences(self, rmas, kind, note=False):
        """Record how reality differs from the list."""
        self.ensure_one()
        # sudo: differences are recorded by the act, settled by people
        differences = self.env["spare.return.difference"].sudo()
        if kind == "extra":
            return differences.create(
                {
                    "return_id": self.id,
                    "kind": kind,
                    "rma_id": rmas.id,
                    "code": note,
                }
            )
        return differences.create(
            [
                {
                    "return_id": self.id,
                    "kind": kind,
                    "rma_id": rma.id,
                    "code": rma.serial or rma.name,
                    "note": note,
                }
                for rma in rmas
            ]
        )

    def _settle_found(self, rmas):
        """A piece that was looked for and turned up is no difference any more."""
        # sudo: a scan settles what it finds, whoever noted it
        found = self.sudo().difference_ids.filtered(
            lambda row: (
                row.state == "open"
                and row.kind in ("missing", "wrong_serial")
                and row.rma_id in rmas
            )
        )
        if found:
            found._set_guarded(
                {"state": "settled", "note": self.env._("It turned up.")}
            )

    def _settle(self):
        """Settle returns all of whose pieces have ended and differences settled."""
        # sudo: consequence of the last piece, whoever closed it
        received = self.sudo().filtered(lambda one: one.state == "received")
        # counted by the database: of a thousand pieces each one closed asks again
        unfinished = self.env["spare.return"].sudo()
        for model, ended in (
            ("spare.rma", "closed"),
            ("spare.return.difference", "settled"),
        ):
            for document, _count in unfinished.env[model]._read_group(
                [("return_id", "in", received.ids), ("state", "!=", ended)],
                ["return_id"],
                ["__count"],
            ):
                unfinished |= document
        (received - unfinished)._transition("settled")

    # ---------------------------------------------------
    # Papers and views
    # ---------------------------------------------------

    def action_print_packing_list(self):
        return self.env.ref("spare_parts_rma.action_report_packing").report_action(self)

    def action_print_return_list(self):
        return self.env.ref("spare_parts_rma.action_report_return").report_action(self)

    def action_view_pieces(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pieces of %s", self.name),
            "res_model": "spare.rma",
            "view_mode": "list,form",
            "domain": [("return_id", "=", self.id)],
        }

    def action_receive(self):
        """Open the receiving screen for this return."""
        return {
            "type": "ir.actions.client",
            "tag": "spare_parts_rma.receiving",
            "name": self.env._("Receiving"),
        }
