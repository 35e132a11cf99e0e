# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.coverage import Answer


class HelpdeskTicket(models.Model):
    """Tickets whose machine is brought to the shop.

    Apart from the other ticket code because all of the workshop reads together.
    """

    # pylint: disable=consider-merging-classes-inherited,missing-return

    _inherit = "helpdesk.ticket"

    loaner_ids = fields.One2many(
        comodel_name="service.loaner", inverse_name="ticket_id", string="Loaners"
    )
    loaner_count = fields.Integer(compute="_compute_loaner_count")
    waits_too_long = fields.Boolean(
        string="Waits too long at the counter",
        compute="_compute_waits_too_long",
        search="_search_waits_too_long",
    )

    def _compute_loaner_count(self):
        counts = dict(
            self.env["service.loaner"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.loaner_count = counts.get(ticket, 0)

    @api.depends("delivery_mode", "accepted_at", "stage_id", "repair_ids.intake_at")
    def _compute_waits_too_long(self):
        self.waits_too_long = False
        self.filtered_domain(self._get_waiting_domain()).waits_too_long = True

    def _search_waits_too_long(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_waiting_domain()

    @api.model
    def _get_waiting_domain(self):
        """Customers at the counter for longer than the company's limit (SHOP-02)."""
        limit = self.env.company.service_wait_minutes
        if not limit:
            return Domain.FALSE
        return Domain(self._get_counter_domain()) & Domain(
            "accepted_at",
            "<",
            self.env.company._service_now() - timedelta(minutes=limit),
        )

    @api.model
    def _get_counter_domain(self):
        """Accepted tickets whose machine was not taken in yet."""
        return [
            ("delivery_mode", "=", "shop"),
            ("accepted_at", "!=", False),
            ("stage_id.closed", "=", False),
            ("repair_ids", "not any", [("intake_at", "!=", False)]),
        ]

    @api.depends("delivery_mode", "repair_ids.workshop_state")
    def _compute_next_step(self):
        """A machine that comes to the shop needs no appointment."""
        super()._compute_next_step()
        for ticket in self:
            if (
                ticket.delivery_mode != "shop"
                or not ticket.accepted_at
                or ticket.stage_id.closed
                or ticket.visit_ids
            ):
                continue
            states = set(ticket.repair_ids.mapped("workshop_state"))
            if not states - {False}:
                step = self.env._("Take the machine in for repair")
            elif "taken_in" in states:
                step = self.env._("Inspect the machine, get the consent to open it")
            elif "working" in states:
                step = self.env._("Repair the machine")
            elif "ready" in states:
                step = self.env._("Hand the machine over")
            else:
                step = self.env._("Close the ticket")
            ticket.next_step = step

    def _get_coverage_answers(self):
        """Services the programme gives free in the shop (CARE-04)."""
        result = super()._get_coverage_answers()
        brought = self.filtered(
            lambda ticket: ticket.item_id and ticket.delivery_mode == "shop"
        )
        programs = brought._get_service_programs()
        nothing = self.env["service.equipment.component"]
        for ticket in brought:
            item = ticket.item_id._origin
            # sudo: what is free is free, whoever asks
            if item.category_id in programs[ticket].sudo().free_shop_category_ids:
                answer = Answer("warranty", "warranty", "free_shop", "CARE-04")
                result.setdefault(ticket.id, []).append((nothing, item, answer))
        return result

    def action_take_in(self):
        """Take the customer's machine in; it gets a repair and a label (SHOP-12)."""
        self.check_access("write")
        if not self.env.user.has_group("after_sales_service.group_hotline"):
            raise AccessError(
                self.env._(
                    "Machines are taken in by the hotline or the service director."
                )
            )
        for ticket in self:
            ticket._check_take_in()
        # sudo: the desk has no rights on repair orders of its own
        repairs = (
            self.env["repair.order"]
            .sudo()
            .create([ticket._prepare_take_in_vals() for ticket in self])
        )
        repairs._action_repair_confirm()
        return self[:1].action_view_workshop()

    def _check_take_in(self):
        """Refuse what cannot be taken in, saying who can mend it."""
        self.ensure_one()
        if self.delivery_mode != "shop":
            reason = self.env._("its delivery mode is not Shop")
        elif not self.accepted_at:
            reason = self.env._("it is not accepted, dispatch it first (WAR-22)")
        elif self.stage_id.closed:
            reason = self.env._("it is closed")
        elif not self.equipment_id:
            reason = self.env._("no equipment is chosen, scan the serial")
        elif self.repair_ids.filtered(
            lambda repair: repair.workshop_state not in (False, "handed_over")
        ):
            reason = self.env._("its machine is here already")
        else:
            return
        raise UserError(
            self.env._(
                "Ticket %(ticket)s: the machine cannot be taken in, %(reason)s.",
                ticket=self.number,
                reason=reason,
            )
        )

    def _prepare_take_in_vals(self):
        """The repair of the customer's machine, which is none of our stock."""
        self.ensure_one()
        now = self.company_id._service_now()
        return {
            "ticket_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": False,
            "schedule_date": now,
            "under_warranty": self.coverage_verdict in ("warranty", "goodwill"),
            "intake_at": now,
            "intake_by_id": self.env.uid,
            "symptom": self.name,
            "status_token": secrets.token_urlsafe(24),
        }

    def action_view_workshop(self):
        """The workshop's screen of this ticket's machine."""
        self.ensure_one()
        repairs = self.repair_ids.filtered("intake_at")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "after_sales_service.action_workshop"
        )
        action.update(
            {
                "domain": [("ticket_id", "=", self.id), ("intake_at", "!=", False)],
                "context": {},
                "res_id": repairs[:1].id,
            }
        )
        action["views"] = [view for view in action["views"] if view[1] == "form"]
        return action

    def action_view_loaners(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Loaners"),
            "res_model": "service.loaner",
            "view_mode": "list,form",
            "domain": [("ticket_id", "=", self.id)],
            "context": {"default_ticket_id": self.id},
        }

    def _check_closable(self):
        """No ticket is closed over a machine or a loaner that is not back."""
        result = super()._check_closable()
        here = self.repair_ids.filtered(
            lambda repair: repair.workshop_state not in (False, "handed_over")
        )
        if here:
            raise UserError(
                self.env._(
                    "Hand these machines over first: %s", ", ".join(here.mapped("name"))
                )
            )
        out = self.loaner_ids.filtered(lambda loaner: loaner.state == "out")
        if out:
            raise UserError(
                self.env._(
                    "Take these loaners back first: %s",
                    ", ".join(out.mapped("display_name")),
                )
            )
        return result
