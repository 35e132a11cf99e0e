# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import workshop
from ..tools.intake import serial_key
from .service_script import COUNTER


class RepairOrder(models.Model):
    """What the workshop's desk sees: what is due, what comes next, what was scanned."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "repair.order"

    workshop_due = fields.Selection(
        selection=[
            ("late", "Customer not told"),
            ("note", "Tell the customer"),
            ("today", "Promised today"),
            ("call", "Ready, to be called"),
            ("pickup", "Pick-up overdue"),
        ],
        string="Due",
        compute="_compute_workshop_due",
        search="_search_workshop_due",
    )
    workshop_step = fields.Char(string="Next step", compute="_compute_workshop_step")
    script_ids = fields.Many2many(
        comodel_name="service.script",
        string="What to do and say",
        compute="_compute_script_ids",
    )

    @api.model
    def _get_due_domains(self) -> dict:
        """What is due → which repairs; no repair is in two of them."""
        company = self.env.company
        now, today = company._service_now(), company._service_today()
        soon = Domain(self._get_note_due_domain())
        over = Domain("note_due_at", "<", now)
        waiting = Domain("workshop_state", "=", "ready")
        uncalled = Domain("pickup_called_at", "=", False)
        forgotten = Domain(
            "pickup_called_at", "<", now - timedelta(days=company.service_pickup_days)
        )
        promised = Domain("promised_date", ">=", today)
        return {
            "late": over,
            "note": soon & ~over & ~promised,
            "today": soon & ~over & promised,
            "call": waiting & uncalled,
            "pickup": waiting & forgotten
            if company.service_pickup_days
            else Domain.FALSE,
        }

    @api.depends("note_due_at", "promised_date", "workshop_state", "pickup_called_at")
    def _compute_workshop_due(self):
        self.workshop_due = False
        for kind, domain in self._get_due_domains().items():
            self.filtered_domain(domain).workshop_due = kind

    def _search_workshop_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._get_due_domains()
        return Domain.OR(domains[kind] for kind in value if kind in domains)

    # ---------------------------------------------------
    # Next step
    # ---------------------------------------------------

    @api.depends(
        "workshop_state",
        "inspected",
        "configuration",
        "check_ids",
        "reproduced",
        "promised_date",
        "consent_at",
        "keep_reason",
        "keep_decision",
        "keep_consent_at",
        "note_due_at",
        "symptom",
        "cause",
        "solution",
        "precautions",
        "pickup_called_at",
        "retest_count",
        "mailed_in",
        "ticket_id.loaner_ids.state",
    )
    @api.depends_context("lang")
    def _compute_workshop_step(self):
        now = {company: company._service_now() for company in self.company_id}
        for repair in self:
            repair.workshop_step = bool(repair.workshop_state) and (
                repair._get_step_label(
                    workshop.next_step(repair._get_bench(now[repair.company_id]))
                )
            )

    def _get_bench(self, now):
        """This repair as :class:`~..tools.workshop.Bench`."""
        self.ensure_one()
        decided = self.keep_decision and self.keep_consent_at
        intake = [
            name
            for name in ("inspected", "configuration", "reproduced", "promised_date")
            if not self[name]
        ]
        return workshop.Bench(
            state=self.workshop_state,
            complete=not intake
            and (self.configuration == "standard" or bool(self.check_ids)),
            asks=bool(self.keep_reason),
            stays=self.keep_decision == "stays" if decided else None,
            consent=bool(self.consent_at),
            late=bool(self.note_due_at and self.note_due_at <= now),
            texts=not self._get_missing_texts(),
            called=bool(self.pickup_called_at),
            # sudo: a loaner of another station counts as well
            loaner_out="out" in self.sudo().ticket_id.loaner_ids.mapped("state"),
            retests_left=self.company_id.service_retest_min - self.retest_count,
            posted=self.mailed_in,
        )

    def _get_step_label(self, step):
        """The next step in words."""
        self.ensure_one()
        return {
            "inspect": self.env._(
                "With the customer: inspect the machine, compare the configuration, "
                "let the fault show, promise a date"
            ),
            "ask_to_keep": self.env._(
                "Apologise and ask the customer whether the machine stays here"
            ),
            "give_back": self.env._("Give the machine back unrepaired"),
            "ask_to_open": self.env._("Ask the customer for consent to open the case"),
            "start": self.env._("Start work"),
            "tell": self.env._("Tell the customer why it takes longer"),
            "repair": self.env._("Repair; write cause, solution and precautions"),
            "finish": self.env._("Test, then mark it ready for pick-up"),
            "call": self.env._("Phone the customer; remind him to bring the voucher"),
            "take_loaner": self.env._("Take the loaner back"),
            "retest": self.env._(
                "Re-test the machine (%s more)",
                self.company_id.service_retest_min - self.retest_count,
            ),
            "send_back": self.env._("Pack the machine, note the waybill, send it back"),
            "hand_over": self.env._(
                "Scan the label, explain, let the customer rate and sign, hand over"
            ),
            "done": self.env._("Nothing; the machine is back with its owner"),
        }[step]

    # ---------------------------------------------------
    # What to do and say
    # ---------------------------------------------------

    @api.depends("workshop_state", "ticket_id.kind", "ticket_id.program_id")
    def _compute_script_ids(self):
        """The scripts of this step at the counter or bench (SHOP-01, SHOP-14)."""
        scripts = self.env["service.script"].search(
            [("situation", "in", sorted(set().union(*COUNTER.values())))]
        )
        by_situation = scripts.grouped("situation")
        for repair in self:
            repair.script_ids = (
                scripts.browse()
                .union(
                    *(
                        by_situation.get(situation, scripts.browse())
                        for situation in COUNTER.get(repair.workshop_state, ())
                    )
                )
                ._suits(repair.ticket_id)
            )

    # ---------------------------------------------------
    # Scanner
    # ---------------------------------------------------

    @api.model
    def action_open_scanned(self, code):
        """The workshop's screen of the machine whose label was scanned (SHOP-12).

        :param str code: what the scanner read: the number on the label, or the
            serial of the machine
        :returns: an action that opens the repair's form
        :raises UserError: no machine in the workshop has this label
        """
        code = (code or "").strip()
        here = Domain("intake_at", "!=", False)
        repair = self.search(here & Domain("name", "=", code), limit=1) or self.search(
            here & Domain("equipment_id.serial_key", "=", serial_key(code)),
            limit=1,
            order="id desc",
        )
        if not repair:
            raise UserError(
                self.env._(
                    "No machine in the workshop has the label %s. Scan the label on "
                    "the machine; the hotline takes machines in from their ticket.",
                    code or self.env._("(empty)"),
                )
            )
        return repair.ticket_id.action_view_workshop() | {"res_id": repair.id}
