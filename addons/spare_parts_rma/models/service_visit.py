# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import readiness as readiness_tools

# Before the engineer stands in front of the machine its parts must be there.
BEFORE_WORK = ("draft", "appointed", "departed")
WANTED_REQUESTS = (
    "draft",
    "submitted",
    "verified",
    "approved",
    "planned",
    "shipped",
    "received",
)


class ServiceVisit(models.Model):
    _name = "service.visit"
    _inherit = ["service.visit", "spare.job.mixin"]
    _job_field = "visit_id"

    @property
    def _guarded_fields(self):
        return super()._guarded_fields | {"part_override"}

    spare_swap_ids = fields.One2many(
        comodel_name="spare.swap", inverse_name="visit_id", string="Swaps"
    )
    spare_draw_ids = fields.One2many(
        comodel_name="spare.draw", inverse_name="visit_id", string="Draws"
    )
    spare_request_ids = fields.One2many(
        comodel_name="spare.part.request", inverse_name="visit_id", string="Requests"
    )

    part_ready = fields.Selection(
        selection=[
            ("none", "No part needed"),
            ("waiting", "Waiting for parts"),
            ("due", "Parts due in time"),
            ("ready", "Parts in hand"),
        ],
        string="Parts",
        compute="_compute_part_ready",
        help="Whether the parts asked for are in the engineer's hands, or on the "
        "station's shelf, or due there before the appointment.",
    )
    part_needs = fields.Char(string="Parts needed", compute="_compute_part_ready")
    part_override = fields.Char(
        string="Promised without parts because", readonly=True, copy=False
    )

    # ---------------------------------------------------
    # Readiness (VIS-03, VIS-18)
    # ---------------------------------------------------

    @api.depends("state", "engineer_id", "station_id", "window_start")
    def _compute_part_ready(self):
        """In one batch for all visits shown.

        Visits of the same people and shelves are looked at in the order of their
        appointments, so that one good disk makes one visit ready, not two.
        """
        # sudo: shelves, bags and requests of colleagues count, whoever looks
        visits = self.sudo()
        wanted, coming = visits._get_part_needs()
        hands, shelf = visits._get_part_stock()
        states = {}
        for visit in sorted(
            wanted,
            key=lambda visit: (
                not visit.window_start,
                visit.window_start or fields.Datetime.now(),
                visit.id,
            ),
        ):
            states[visit.id] = readiness_tools.readiness(
                readiness_tools.Need(wanted[visit], coming[visit]),
                hands[visit.station_id, visit.engineer_id],
                shelf[visit.station_id],
            )
        for visit in self:
            visit.part_ready = states.get(visit.id, "none")
            # sudo: the needs are keyed by the visits the machine read
            visit.part_needs = ", ".join(
                f"{product.display_name} × {quantity:g}"
                for product, quantity in wanted.get(visit.sudo(), {}).items()
                if quantity > 0
            )

    def _get_part_needs(self):
        """What the stations' open visits need, and what of it is coming in time.

        :returns: two dicts, visit → {product: quantity}
        """
        requests = self.env["spare.part.request"].search(
            [
                ("kind", "!=", "stock"),
                ("state", "in", WANTED_REQUESTS),
                ("station_id", "in", self.station_id.ids),
            ]
        )
        draws = self.env["spare.draw"].search(
            [
                ("state", "!=", "cancelled"),
                ("station_id", "in", self.station_id.ids),
                ("visit_id.state", "in", BEFORE_WORK),
            ]
        )
        open_visits = (
            (requests.ticket_id.visit_ids | draws.visit_id)
            .filtered(lambda visit: visit.state in BEFORE_WORK)
            .sorted("id")
        )
        first = {}
        for visit in open_visits:
            first.setdefault(visit.ticket_id, visit)
        requested = defaultdict(lambda: defaultdict(float))
        coming = defaultdict(lambda: defaultdict(float))
        expected = requests._get_expected_dates()
        for request in requests:
            visit = (
                request.visit_id
                if request.visit_id in open_visits
                else first.get(request.ticket_id)
            )
            if not visit:
                continue
            date = expected[request]
            in_time = date and (
                not visit.window_start or date <= visit.window_start.date()
            )
            for line in request.line_ids:
                requested[visit][line.product_id] += line.quantity
                if in_time:
                    coming[visit][line.product_id] += line.quantity
        drawn = defaultdict(lambda: defaultdict(float))
        for draw in draws:
            if draw.direction == "back" and draw.state != "done":
                continue
            sign = 1 if draw.direction == "draw" else -1
            for line in draw.line_ids:
                drawn[draw.visit_id][line.product_id] += sign * line.quantity
        wanted = defaultdict(dict)
        for visit in open_visits:
            for product in {**requested[visit], **drawn[visit]}:
                wanted[visit][product] = max(
                    requested[visit][product], drawn[visit][product]
                )
        return wanted, coming

    def _get_part_stock(self):
        """Free good pieces: (station, engineer) → …, station → {product: quantity}."""
        hands = defaultdict(lambda: defaultdict(float))
        shelf = defaultdict(lambda: defaultdict(float))
        for place, product, quantity, reserved in self.env["stock.quant"]._read_group(
            [
                ("location_id.service_use", "in", ("engineer", "good")),
                ("location_id.station_id", "in", self.station_id.ids),
            ],
            ["location_id", "product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        ):
            pile = (
                hands[place.station_id, place.custodian_id]
                if place.custodian_id
                else shelf[place.station_id]
            )
            pile[product] += quantity - reserved
        return hands, shelf

    def action_appoint(self):
        """Do not promise a visit whose parts will not be there."""
        self.invalidate_recordset(["part_ready", "part_needs"])
        for visit in self:
            if visit.part_ready == "waiting" and not visit.part_override:
                raise UserError(
                    self.env._(
                        "Visit %(visit)s needs %(parts)s, which will not be in "
                        "%(engineer)s's hands by then. Choose a later time, ask the "
                        "commercial specialist of %(station)s for the part, or promise "
                        "the visit without it and say why.",
                        visit=visit.name,
                        parts=visit.part_needs,
                        engineer=visit.engineer_id.name,
                        station=visit.station_id.name,
                    )
                )
        return super().action_appoint()

    def action_appoint_anyway(self, reason):
        """Promise the visit although its parts are missing, and say why.

        :param reason: stays on the visit and in its history
        """
        self._require_group("hotline", "director")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the visit is promised without parts."))
        self._set_guarded({"part_override": reason.strip()})
        for visit in self:
            visit.message_post(
                body=self.env._(
                    "Promised without %(parts)s: %(reason)s",
                    parts=visit.part_needs,
                    reason=reason.strip(),
                )
            )
        return self.action_appoint()

    def _get_missing(self):
        return super()._get_missing() + self._get_open_swaps_label()
