# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceLoaner(models.Model):
    """Something lent to a customer until his own is repaired (PRT-22, PRT-25)."""

    _name = "service.loaner"
    _description = "Loaner"
    _inherit = [
        "service.case.mixin",
        "service.document.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "due_date, id desc"
    _rec_names_search = ["name", "serial", "description"]
    _check_company_auto = True
    _sequence_code = "service.loaner"
    _transitions = {"draft": {"out"}, "out": {"back"}, "back": set()}
    _guarded_fields = frozenset(
        {"state", "out_at", "out_by_id", "back_at", "back_by_id"}
    )

    name = fields.Char(default="/", readonly=True, copy=False)
    description = fields.Char(
        string="What is lent",
        compute="_compute_from_equipment",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    equipment_id = fields.Many2one(
        comodel_name="service.equipment",
        string="Registered machine",
        index="btree_not_null",
        check_company=True,
    )
    serial = fields.Char(
        compute="_compute_from_equipment",
        store=True,
        readonly=False,
        precompute=True,
    )
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('ticket_id', '=', ticket_id)]",
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True, index=True)
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    equal_grade = fields.Boolean(
        string="Equal or higher grade",
        help="The loaner is at least as good as the customer's own (PRT-25).",
    )
    state = fields.Selection(
        selection=[("draft", "To hand out"), ("out", "Out"), ("back", "Back")],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    due_date = fields.Date(string="Due back", copy=False, tracking=True)
    out_at = fields.Datetime(string="Handed out", readonly=True, copy=False)
    out_by_id = fields.Many2one(
        comodel_name="res.users", string="Handed out by", readonly=True, copy=False
    )
    back_at = fields.Datetime(string="Came back", readonly=True, copy=False)
    back_by_id = fields.Many2one(
        comodel_name="res.users", string="Taken back by", readonly=True, copy=False
    )
    condition_out = fields.Text(string="Condition when lent")
    condition_back = fields.Text(string="Condition when back", copy=False)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _serial_out_uniq = models.UniqueIndex(
        "(company_id, serial) WHERE state = 'out'",
        "A loaner with this serial is out already: take it back first.",
    )

    @api.depends("equipment_id")
    def _compute_from_equipment(self):
        for loaner in self:
            loaner.description = loaner.equipment_id.name or loaner.description
            loaner.serial = loaner.equipment_id.serial or loaner.serial

    @api.depends("name", "description", "serial")
    def _compute_display_name(self):
        for loaner in self:
            loaner.display_name = " · ".join(
                filter(None, (loaner.name, loaner.description, loaner.serial))
            )

    def _compute_is_late(self):
        for loaner in self:
            loaner.is_late = (
                loaner.state == "out"
                and loaner.due_date
                and loaner.due_date < loaner.company_id._service_today()
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "=", "out"),
            ("due_date", "<", self.env.company._service_today()),
        ]

    @api.constrains("repair_id", "ticket_id")
    def _check_repair(self):
        for loaner in self:
            if loaner.repair_id and loaner.repair_id.ticket_id != loaner.ticket_id:
                raise UserError(
                    self.env._(
                        "Loaner %(loaner)s: repair %(repair)s belongs to another "
                        "ticket than %(ticket)s.",
                        loaner=loaner.name,
                        repair=loaner.repair_id.name,
                        ticket=loaner.ticket_id.number,
                    )
                )

    @api.model
    def _get_lent_fields(self):
        """What was lent to whom: fixed once it is handed out."""
        return {"description", "equipment_id", "serial", "ticket_id", "equal_grade"}

    def write(self, vals):
        if self._get_lent_fields() & vals.keys() and not self.env.su:
            for loaner in self:
                if loaner.state != "draft":
                    raise UserError(
                        self.env._(
                            "Loaner %s is handed out; what was lent to whom stays as "
                            "it is.",
                            loaner.name,
                        )
                    )
        return super().write(vals)

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_out(self):
        """The customer takes the loaner with him."""
        self._check_filled(
            [
                ("serial", self.env._("serial")),
                ("due_date", self.env._("due back")),
                ("condition_out", self.env._("condition when lent")),
                ("equal_grade", self.env._("equal or higher grade (PRT-25)")),
            ]
        )
        for loaner in self:
            if loaner.due_date < loaner.company_id._service_today():
                raise UserError(
                    self.env._(
                        "Loaner %(loaner)s: %(date)s in field Due back lies in the "
                        "past.",
                        loaner=loaner.name,
                        date=loaner.due_date,
                    )
                )
        self._transition("out", out_at=self._now(), out_by_id=self.env.uid)
        for ticket in self.ticket_id:
            ticket._record_event("lent")
        return True

    def action_back(self):
        """The loaner came back."""
        self._check_filled([("condition_back", self.env._("condition when back"))])
        self._transition("back", back_at=self._now(), back_by_id=self.env.uid)
        return True
