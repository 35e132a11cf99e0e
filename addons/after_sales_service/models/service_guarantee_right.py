# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools import guarantee as guarantee_tools
from .service_guarantee import REMEDIES


class ServiceGuaranteeRight(models.Model):
    """What the user may choose besides the repair, and what he chose.

    Offered by the machine when the fault is reported; the choice is the user's
    (WAR-10, CF-08) and rests on a test report (WAR-18).
    """

    _name = "service.guarantee.right"
    _description = "Three-Guarantee Right"
    _inherit = ["service.evidence.mixin", "service.document.mixin", "mail.thread"]
    _evidence_field = "report_ids"
    _order = "ticket_id desc, remedy desc, id"
    _transitions = {
        "offered": {"chosen", "declined"},
        "chosen": {"done", "declined"},
        "done": set(),
        "declined": set(),
    }
    _guarded_fields = frozenset(
        {"state", "chosen_at", "chosen_by_id", "due_date", "done_at", "done_by_id"}
    )

    name = fields.Char(compute="_compute_sentence")
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    equipment_id = fields.Many2one(
        related="ticket_id.equipment_id", store=True, index="btree_not_null"
    )
    component_id = fields.Many2one(
        comodel_name="service.equipment.component", string="Part", readonly=True
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id")
    guarantee_id = fields.Many2one(
        comodel_name="service.guarantee", readonly=True, ondelete="restrict"
    )
    remedy = fields.Selection(selection=REMEDIES, required=True, readonly=True)
    rule = fields.Char(required=True, readonly=True)
    repairs = fields.Integer(string="After repairs", readonly=True)
    date_end = fields.Date(string="Until", readonly=True)
    sentence = fields.Char(compute="_compute_sentence")
    state = fields.Selection(
        selection=[
            ("offered", "Offered"),
            ("chosen", "Chosen"),
            ("done", "Done"),
            ("declined", "Not chosen"),
        ],
        required=True,
        readonly=True,
        default="offered",
        tracking=True,
    )
    decided_by = fields.Char(
        string="Customer who chose", help="Name of the person who decided."
    )
    test_report = fields.Text(
        help="What the test showed: return and exchange rest on it (WAR-18)."
    )
    report_ids = fields.Many2many(comodel_name="ir.attachment", string="Test papers")
    chosen_at = fields.Datetime(readonly=True)
    chosen_by_id = fields.Many2one(
        comodel_name="res.users", string="Recorded by", readonly=True
    )
    due_days = fields.Integer(
        string="Done within",
        readonly=True,
        help="Working days from the user's choice (WAR-17). 0: no time is promised.",
    )
    due_date = fields.Date(string="Due", readonly=True)
    new_serial = fields.Char(
        string="Serial of the new machine",
        copy=False,
        help="Scan the new machine as you hand it over; it gets its own record.",
    )
    new_equipment_id = fields.Many2one(
        comodel_name="service.equipment",
        string="New machine",
        help="What the customer got in exchange.",
    )
    note = fields.Text(string="How it was settled")
    done_at = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one(
        comodel_name="res.users", string="Settled by", readonly=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    station_id = fields.Many2one(
        related="ticket_id.station_id", store=True, index="btree_not_null"
    )

    @api.depends("remedy", "date_end", "repairs", "rule", "component_id", "ticket_id")
    @api.depends_context("lang")
    def _compute_sentence(self):
        remedies = dict(self._fields["remedy"]._description_selection(self.env))
        for right in self:
            right.name = " · ".join(
                filter(None, (remedies.get(right.remedy), right.ticket_id.number))
            )
            values = {
                "end": format_date(self.env, right.date_end),
                "rule": right.rule,
                "repairs": right.repairs,
            }
            if right.remedy == "substitute":
                sentence = self.env._(
                    "Replacement equipment at once once the fault is confirmed, until "
                    "%(end)s, %(rule)s",
                    **values,
                )
            elif right.remedy == "return" and right.repairs:
                sentence = self.env._(
                    "Return instead of repair, after %(repairs)s repairs without "
                    "success, until %(end)s, %(rule)s",
                    **values,
                )
            elif right.remedy == "return":
                sentence = self.env._(
                    "Return instead of repair, until %(end)s, %(rule)s", **values
                )
            elif right.repairs:
                sentence = self.env._(
                    "Exchange instead of repair, after %(repairs)s repairs without "
                    "success, until %(end)s, %(rule)s",
                    **values,
                )
            else:
                sentence = self.env._(
                    "Exchange instead of repair, until %(end)s, %(rule)s", **values
                )
            right.sentence = sentence

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_choose(self):
        """The user chooses this remedy; the others are declined (WAR-10, CF-08)."""
        self._require_group("hotline", "engineer")
        self._check_filled(
            [
                ("decided_by", self.env._("customer who chose")),
                ("test_report", self.env._("test report (WAR-18)")),
            ]
        )
        for right in self:
            if right.ticket_id.stage_id.closed:
                raise UserError(
                    self.env._("Ticket %s is closed already.", right.ticket_id.number)
                )
        others = self.ticket_id.right_ids.filtered(
            lambda right: right.state in ("offered", "chosen") and right not in self
        )
        others._decline(self.env._("The customer chose otherwise"))
        for right in self:
            right._transition(
                "chosen",
                chosen_at=self._now(),
                chosen_by_id=self.env.uid,
                due_date=right._get_due_date(),
            )
        # the clock of the exchange runs where a time is promised (WAR-17)
        self.filtered(
            lambda right: right.remedy == "exchange" and right.due_days
        ).ticket_id._record_event("exchange_agreed")
        return True

    def _get_due_date(self):
        """The working day the remedy is promised for, if any (WAR-17)."""
        self.ensure_one()
        if not self.due_days:
            return False
        return guarantee_tools.add_working_days(
            self.company_id._service_today(),
            self.due_days,
            self.ticket_id.program_id._get_working_day_test(),
        )

    def action_decline(self):
        """The user wants the repair."""
        self._require_group("hotline", "engineer")
        self._decline(self.env._("The customer wants the repair"))
        return True

    def _decline(self, why):
        """Not this remedy; its clock never ran."""
        agreed = self.filtered(lambda right: right.state == "chosen").ticket_id
        self._transition("declined")
        # sudo: who records the customer's choice corrects no events by hand
        events = agreed.sudo().event_ids.filtered(
            lambda event: event.valid and event.kind == "exchange_agreed"
        )
        for event in events:
            event._append_correction(why, event.at, withdrawn=True)

    def action_done(self):
        """The remedy is settled: the new machine or the money is with the user.

        An exchange gives the new machine a record of its own, and ends the life of
        the old one.
        """
        self._require_group("director", "branch", "manager")
        self._check_filled(lambda right: right._get_missing_settlement())
        for right in self.filtered(lambda right: right.remedy == "exchange"):
            # sudo: who settles an exchange need not edit machines, old or new
            old = right.equipment_id.sudo()
            right.new_equipment_id = old._exchange(
                right.new_equipment_id.sudo(), right.new_serial
            )
            right.ticket_id._record_event("exchanged")
        self._transition("done", done_at=self._now(), done_by_id=self.env.uid)
        return True

    def _get_missing_settlement(self):
        self.ensure_one()
        if self.remedy == "exchange":
            if not self.new_equipment_id and not (self.new_serial or "").strip():
                return [self.env._("serial of the new machine")]
        elif not (self.note or "").strip():
            return [self.env._("how it was settled")]
        return []
