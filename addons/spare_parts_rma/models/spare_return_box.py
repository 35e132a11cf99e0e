# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime


class SpareReturnBox(models.Model):
    """A box of a weekly return; its label is its name (RMA-07)."""

    _name = "spare.return.box"
    _description = "Return Box"
    _inherit = ["service.guarded.mixin"]
    _order = "return_id, id"
    _guarded_fields = frozenset(
        {"name", "return_id", "scanned_at", "scanned_by_id", "package_id"}
    )

    name = fields.Char(required=True, readonly=True, index=True)
    return_id = fields.Many2one(
        comodel_name="spare.return", required=True, index=True, ondelete="restrict"
    )
    station_id = fields.Many2one(related="return_id.station_id", store=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    number = fields.Char(string="Box", compute="_compute_number")
    package_id = fields.Many2one(
        comodel_name="stock.package", readonly=True, copy=False
    )
    rma_ids = fields.One2many(
        comodel_name="spare.rma", inverse_name="box_id", string="Pieces"
    )
    piece_count = fields.Integer(compute="_compute_piece_count")
    scanned_at = fields.Datetime(readonly=True, copy=False)
    scanned_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(company_id, name)", "There is a box with this label already."
    )

    @api.depends("name", "return_id.name")
    def _compute_number(self):
        """The label without the return it belongs to: B1."""
        for box in self:
            box.number = (box.name or "").removeprefix(f"{box.return_id.name}-")

    def _compute_piece_count(self):
        counts = dict(
            self.env["spare.rma"]._read_group(
                [("box_id", "in", self.ids)], ["box_id"], ["__count"]
            )
        )
        for box in self:
            box.piece_count = counts.get(box, 0)

    def _ensure_packages(self):
        """A core package for every box that has none."""
        todo = self.filtered(lambda box: not box.package_id)
        packages = self.env["stock.package"].create(
            [{"name": box.name, "company_id": box.company_id.id} for box in todo]
        )
        for box, package in zip(todo, packages, strict=True):
            box.package_id = package

    def _scan_box(self):
        """The box arrives at the receiving desk."""
        self.ensure_one()
        document = self.return_id
        if document.state in ("open", "signed"):
            # sudo: the name of the sender, for the message only
            raise UserError(
                self.env._(
                    "Box %(box)s has not been shipped: return %(return)s is not signed "
                    "and shipped. Call %(station)s.",
                    box=self.name,
                    station=document.sudo().station_id.name,
                    **{"return": document.name},
                )
            )
        if self.scanned_at:
            left = self.rma_ids.filtered(lambda rma: not rma.scanned_at)
            message = self.env._(
                "Box %(box)s was scanned already at %(time)s by %(user)s. "
                "%(left)s of its pieces are still expected.",
                box=self.name,
                time=format_datetime(self.env, self.scanned_at),
                user=self.scanned_by_id.name,
                left=len(left),
            )
            if not left and document.state != "receiving":
                raise UserError(message)
            # go on with an unfinished box or return; nothing is booked twice
            return document._prepare_scan_answer(
                "warning" if left else "danger", message, self, ok=False
            )
        if document.state == "shipped":
            document._transition("receiving")
        self._set_guarded(
            {"scanned_at": document._now(), "scanned_by_id": self.env.uid}
        )
        return document._prepare_scan_answer(
            "success",
            self.env._(
                "Box %(box)s: %(count)s pieces expected.",
                box=self.name,
                count=len(self.rma_ids),
            ),
            self,
        )
