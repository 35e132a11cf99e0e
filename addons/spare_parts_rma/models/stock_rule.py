# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command


class StockRule(models.Model):
    """A station's shelf below its minimum becomes a part request (PRT-18)."""

    _inherit = "stock.rule"

    action = fields.Selection(
        selection_add=[("spare_request", "Request spare parts")],
        ondelete={"spare_request": "cascade"},
    )

    def _get_message_dict(self):
        return {
            **super()._get_message_dict(),
            "spare_request": self.env._(
                "When a station needs parts, a part request is drafted for it."
            ),
        }

    @api.model
    def _run_spare_request(self, procurements):
        """Draft one request for each station that is short of parts.

        Called by the core scheduler.

        :param procurements: (procurement, rule) pairs; each location is the good
            shelf of a station
        """
        wanted = defaultdict(lambda: defaultdict(float))
        for procurement, _rule in procurements:
            station = procurement.location_id.station_id
            wanted[station][procurement.product_id] += procurement.product_qty
        # sudo: the scheduler asks for the station
        requests = (
            self.env["spare.part.request"]
            .sudo()
            .create(
                [
                    {
                        "kind": "stock",
                        "station_id": station.id,
                        "user_id": (station.specialist_id or self.env.user).id,
                        "remark": self.env._("Below the minimum"),
                        "line_ids": [
                            Command.create(
                                {"product_id": product.id, "quantity": quantity}
                            )
                            for product, quantity in products.items()
                        ],
                    }
                    for station, products in wanted.items()
                ]
            )
        )
        requests.line_ids._note_basis()
        return requests


class StockWarehouseOrderpoint(models.Model):
    """Minimum and maximum of a station's shelf, in core replenishment."""

    _inherit = "stock.warehouse.orderpoint"

    @api.model_create_multi
    def create(self, vals_list):
        orderpoints = super().create(vals_list)
        for orderpoint in orderpoints:
            if orderpoint.location_id.service_use == "good" and not orderpoint.route_id:
                # sudo: the company's route is set up by the add-on
                company = orderpoint.company_id.sudo()
                company._ensure_spare_network()
                orderpoint.route_id = company.spare_replenish_route_id
        return orderpoints

    spare_asked = fields.Float(
        string="Asked for",
        compute="_compute_spare_asked",
        digits="Product Unit",
        help="On part requests that have not arrived yet.",
    )

    @api.depends("product_id", "location_id")
    def _compute_spare_asked(self):
        asked = self._get_spare_asked()
        for orderpoint in self:
            orderpoint.spare_asked = asked.get(orderpoint, 0.0)

    def action_ask_for_parts(self):
        """Draft the part request for what is missing now, and open it (PRT-18)."""
        self.check_access("write")
        requests = self.env["spare.part.request"]
        last = requests.search([], order="id desc", limit=1).id
        for company, rules in self.grouped("company_id").items():
            # sudo: replenishment is the scheduler's work
            rules.sudo()._procure_orderpoint_confirm(company_id=company)
        drafted = requests.search(
            [
                ("id", ">", last or 0),
                ("station_id", "in", self.location_id.station_id.ids),
                ("state", "=", "draft"),
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_rma.action_spare_part_requests"
        )
        return {**action, "domain": [("id", "in", drafted.ids)], "context": {}}

    def _quantity_in_progress(self):
        """What was asked for and has not arrived is not asked for again."""
        result = super()._quantity_in_progress()
        for orderpoint, quantity in self._get_spare_asked().items():
            result[orderpoint.id] += quantity
        return result

    def _get_spare_asked(self) -> dict:
        """Pieces asked for and not arrived: rule of a station's shelf → quantity."""
        shelves = self.filtered(
            lambda orderpoint: orderpoint.location_id.service_use == "good"
        )
        # sudo: volumes only
        rows = (
            self.env["spare.part.request.line"]
            .sudo()
            ._read_group(
                [
                    ("request_id.kind", "=", "stock"),
                    ("request_id.for_loan", "=", False),
                    (
                        "request_id.state",
                        "in",
                        ("draft", "submitted", "approved", "planned", "shipped"),
                    ),
                    (
                        "request_id.station_id",
                        "in",
                        shelves.location_id.station_id.ids,
                    ),
                    ("product_id", "in", shelves.product_id.ids),
                ],
                ["station_id", "product_id"],
                ["quantity:sum", "quantity_received:sum"],
            )
        )
        asked = {
            (station, product): quantity - received
            for station, product, quantity, received in rows
        }
        return {
            orderpoint: asked.get(
                (orderpoint.location_id.station_id, orderpoint.product_id), 0.0
            )
            for orderpoint in shelves
        }
