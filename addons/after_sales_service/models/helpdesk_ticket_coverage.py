# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import guarantee as guarantee_tools

RIGHT_SOURCES = {"equipment_id", "component_id", "kind"}


class HelpdeskTicket(models.Model):
    """What a case says about cover: findings, exceptions, rights, and why.

    Apart from the other ticket code because all of the cover reads together.
    """

    # pylint: disable=consider-merging-classes-inherited,missing-return

    _inherit = "helpdesk.ticket"

    finding_ids = fields.One2many(
        comodel_name="service.finding", inverse_name="ticket_id", string="Findings"
    )
    exception_ids = fields.One2many(
        comodel_name="service.coverage.exception",
        inverse_name="ticket_id",
        string="Exceptions",
    )
    right_ids = fields.One2many(
        comodel_name="service.guarantee.right",
        inverse_name="ticket_id",
        string="Three guarantees",
    )
    open_right_count = fields.Integer(
        string="Rights to choose", compute="_compute_open_right_count"
    )
    chosen_right_id = fields.Many2one(
        comodel_name="service.guarantee.right",
        string="Customer's choice",
        compute="_compute_open_right_count",
    )
    onsite_paid = fields.Boolean(
        string="Visit to be paid",
        compute="_compute_onsite_paid",
        help="The part is covered, but visits are no longer free (WAR-09).",
    )

    @api.depends("right_ids.state")
    def _compute_open_right_count(self):
        for ticket in self:
            ticket.open_right_count = len(
                ticket.right_ids.filtered(lambda right: right.state == "offered")
            )
            ticket.chosen_right_id = ticket.right_ids.filtered(
                lambda right: right.state in ("chosen", "done")
            )[:1]

    @api.depends("coverage_ids.chosen", "delivery_mode", "component_id", "item_id")
    def _compute_onsite_paid(self):
        for ticket in self:
            ticket.onsite_paid = (
                ticket.delivery_mode == "onsite"
                and ticket.coverage_id.verdict == "warranty"
                and not ticket.coverage_id._is_onsite_free(ticket._get_report_day())
            )

    @api.constrains("equipment_id")
    def _check_not_exchanged(self):
        """Nothing is repaired on a machine that was exchanged: it is not there."""
        # sudo: whether a machine is still in use does not depend on who asks
        for ticket in self.sudo():
            old = ticket.equipment_id
            if old.replaced_by_id and ticket.kind == "repair":
                raise ValidationError(
                    self.env._(
                        "Equipment %(old)s was exchanged for %(new)s on %(date)s. "
                        "Report the fault for %(new)s.",
                        old=old.serial,
                        new=old.replaced_by_id.serial,
                        date=old.replaced_on,
                    )
                )

    def _get_report_day(self):
        """The day the fault was reported, where the company is."""
        self.ensure_one()
        company = self.company_id or self.env.company
        if not self.reported_at:
            return company._service_today()
        return fields.Date.context_today(
            self.with_context(tz=company._service_tz()), self.reported_at
        )

    def _check_not_accepted(self, what):
        """Refuse what would change a frozen decision (WAR-22)."""
        accepted = self.filtered("accepted_at")
        if accepted:
            raise UserError(
                self.env._(
                    "Ticket %(ticket)s is accepted, its coverage is frozen (WAR-22): "
                    "%(what)s comes too late. Ask for an exception; the service "
                    "director or a service manager decides.",
                    ticket=", ".join(accepted.mapped("number")),
                    what=what,
                )
            )

    # ---------------------------------------------------
    # The three guarantees
    # ---------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if RIGHT_SOURCES & vals.keys():
            self._refresh_rights()
        return result

    def _refresh_coverage(self):
        result = super()._refresh_coverage()
        self._refresh_rights()
        return result

    def _follow_stage(self, was_closed):
        """A case that is opened again may give rights the first one did not."""
        result = super()._follow_stage(was_closed)
        (was_closed & self).filtered(
            lambda ticket: not ticket.stage_id.closed
        )._refresh_rights()
        return result

    def _refresh_rights(self):
        """Offer what the three guarantees give; what was answered stays."""
        # sudo: rights are written by the machine, users only answer them
        rights = self.env["service.guarantee.right"].sudo()
        present = rights.search([("ticket_id", "in", self.ids)])
        present.filtered(
            lambda right: right.state == "offered" and not right.ticket_id.accepted_at
        ).unlink()
        known = {(right.ticket_id, right.remedy) for right in present.exists()}
        found = self.filtered("equipment_id")._get_rights()
        rights.create(
            [
                ticket._prepare_right_vals(right)
                for ticket, offered in found.items()
                for right in offered
                if (ticket, right.remedy) not in known
            ]
        )

    def _prepare_right_vals(self, right):
        return {
            "ticket_id": self.id,
            "component_id": self.component_id.id,
            "guarantee_id": right.key,
            "remedy": right.remedy,
            "rule": right.rule,
            "repairs": right.repairs,
            "date_end": right.date_end,
            "due_days": right.due_days,
        }

    def _get_rights(self) -> dict:
        """Ticket → :class:`tools.guarantee.Right` the user has, for reported faults."""
        tickets = self.filtered(lambda ticket: ticket.kind in ("repair", "complaint"))
        if not tickets:
            return {}
        # sudo: the law and the promises hold whoever reads them
        rows = (
            self.env["service.guarantee"]
            .sudo()
            .search([("program_id", "in", [False, *tickets.program_id.ids])])
            .sorted(lambda row: bool(row.program_id))
        )
        by_program = {
            program: [
                guarantee
                for row, guarantee in zip(rows, rows._as_guarantees(), strict=True)
                if row.program_id in (program, program.browse())
            ]
            for program in tickets.program_id
        }
        working_days = {
            program: program._get_working_day_test() for program in by_program
        }
        repairs = tickets._get_finished_repairs()
        result = {}
        for ticket in tickets:
            fault = ticket._get_fault(repairs.get(ticket.equipment_id, ()))
            if fault:
                result[ticket] = guarantee_tools.rights(
                    by_program.get(ticket.program_id, ()),
                    fault,
                    working_days[ticket.program_id],
                )
        return result

    def _get_finished_repairs(self) -> dict:
        """Equipment → the suspected parts' categories of its finished repairs."""
        # sudo: what was repaired before does not depend on who asks
        done = (
            self.env["repair.order"]
            .sudo()
            .search(
                [
                    ("ticket_id.equipment_id", "in", self.equipment_id.ids),
                    ("ticket_id.kind", "=", "repair"),
                    ("state", "=", "done"),
                ]
            )
        )
        result = {}
        for repair in done:
            ticket = repair.ticket_id
            result.setdefault(ticket.equipment_id, []).append(
                ticket.component_id.category_id
            )
        return result

    def _get_fault(self, repaired):
        """The fault as the guarantees see it; none where nothing is guaranteed.

        Gifts, the customer's own parts and what was found outside the warranty
        give no rights.
        """
        self.ensure_one()
        component = self.component_id
        rows = self.coverage_ids.filtered("chosen")
        if component:
            rows = rows.filtered(lambda row: row.component_id == component)
        if rows and set(rows.mapped("reason")) <= {"gift", "own_part", "excluded"}:
            return None
        ends = [row.date_end for row in rows if row.verdict == "warranty"]
        return guarantee_tools.Fault(
            on=self._get_report_day(),
            proofs=self.equipment_id._get_proofs(),
            in_host=not component.category_id.outside_host,
            covered_until=max(filter(None, ends), default=None),
            repairs=len(repaired),
            repairs_of_part=sum(
                bool(component) and category == component.category_id
                for category in repaired
            ),
        )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_why(self):
        """All answers side by side, with the chosen one, rule and sentence."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why? %s", self.number),
            "res_model": "helpdesk.ticket",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("after_sales_service.view_ticket_why").id, "form")],
            "target": "new",
        }

    def action_ask_exception(self):
        """Ask that somebody decides otherwise (goodwill, or a refusal)."""
        self.ensure_one()
        view = self.env.ref("after_sales_service.view_coverage_exception_ask")
        return {
            **self._get_dialog(
                "service.coverage.exception", self.env._("Ask for an exception")
            ),
            "views": [(view.id, "form")],
        }

    def action_record_finding(self):
        """Record what is outside the warranty, before the case is accepted."""
        self.ensure_one()
        self._check_not_accepted(self.env._("a finding"))
        return self._get_dialog("service.finding", self.env._("Outside the warranty"))

    def _get_dialog(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_component_id": self.component_id.id,
            },
        }
