# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import callback as callback_tools
from ..tools import coverage as coverage_tools
from .service_sla_promise import DELIVERY_MODES, SEVERITIES, TICKET_KINDS

SCAN_SOURCES = {"equipment_id", "component_id", "item_id", "delivery_mode"}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    description = fields.Html(required=False)
    kind = fields.Selection(
        selection=TICKET_KINDS,
        required=True,
        default="repair",
        tracking=True,
    )
    scan = fields.Char(
        string="Who calls?",
        copy=False,
        help="The serial of the machine, a phone number, an account or a name. "
        "Everything known fills itself.",
    )
    equipment_id = fields.Many2one(
        comodel_name="service.equipment",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    component_id = fields.Many2one(
        comodel_name="service.equipment.component",
        string="Suspected part",
        index="btree_not_null",
        domain="[('equipment_id', '=', equipment_id), ('removed_on', '=', False)]",
    )
    item_id = fields.Many2one(
        comodel_name="service.item",
        string="Service wanted",
        index="btree_not_null",
        help="What the customer asks for, from the service catalogue.",
    )
    partner_id = fields.Many2one(
        compute="_compute_from_equipment",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    program_id = fields.Many2one(
        related="equipment_id.program_id", string="Programme", store=True, index=True
    )
    region_id = fields.Many2one(
        comodel_name="service.region",
        compute="_compute_from_equipment",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    station_id = fields.Many2one(
        comodel_name="service.station",
        compute="_compute_station_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    delivery_mode = fields.Selection(
        selection=DELIVERY_MODES,
        required=True,
        default="onsite",
        tracking=True,
    )  # CARE-02
    cause_side = fields.Selection(
        selection=[
            ("unknown", "Not known yet"),
            ("terminal", "Customer's terminal"),
            ("operator", "Operator's network or line"),
        ],
        default="unknown",
        tracking=True,
    )  # CARE-15
    severity = fields.Selection(
        selection=SEVERITIES,
        default="general",
        tracking=True,
    )
    reported_at = fields.Datetime(
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.company._service_now(),
    )
    accepted_at = fields.Datetime(readonly=True, copy=False, tracking=True)
    visit_ids = fields.One2many(
        comodel_name="service.visit", inverse_name="ticket_id", string="Visits"
    )
    visit_count = fields.Integer(compute="_compute_counts")
    repair_ids = fields.One2many(
        comodel_name="repair.order", inverse_name="ticket_id", string="Repairs"
    )
    repair_count = fields.Integer(compute="_compute_counts")
    callback_ids = fields.One2many(
        comodel_name="service.callback", inverse_name="ticket_id", string="Callbacks"
    )
    coverage_ids = fields.One2many(
        comodel_name="service.coverage",
        inverse_name="ticket_id",
        string="Coverage decisions",
    )
    coverage_id = fields.Many2one(
        comodel_name="service.coverage",
        compute="_compute_coverage_id",
    )
    coverage_verdict = fields.Selection(
        selection=[
            ("warranty", "Warranty"),
            ("plan", "Plan"),
            ("goodwill", "Goodwill"),
            ("chargeable", "Chargeable"),
        ],
        compute="_compute_coverage_id",
    )
    coverage_sentence = fields.Char(compute="_compute_coverage_id")
    next_step = fields.Char(compute="_compute_next_step")

    def _init_column(self, column_name):
        """Tickets from before this add-on were reported when they were written down."""
        if column_name == "reported_at":
            self.env.cr.execute("UPDATE helpdesk_ticket SET reported_at = create_date")
            return None
        return super()._init_column(column_name)

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for ticket in self.filtered(lambda one: not one.name):
            ticket.display_name = self.env._("New ticket")
        return result

    @api.depends("equipment_id")
    def _compute_from_equipment(self):
        for ticket in self:
            equipment = ticket.equipment_id
            if equipment:
                ticket.partner_id = equipment.partner_id
                ticket.region_id = equipment.region_id
            else:
                ticket.partner_id = ticket.partner_id
                ticket.region_id = ticket.region_id

    @api.depends("region_id")
    def _compute_station_id(self):
        """The station that serves the region, its own or its parent's (NET-04).

        Another company's station does not serve this company's customers.
        """
        for ticket in self:
            station = ticket.region_id.serving_station_id
            company = ticket.company_id or self.env.company
            ours = station.filtered(
                lambda one, company=company: one.company_id == company
            )
            ticket.station_id = ours or ticket.station_id

    def _compute_counts(self):
        visits = dict(
            self.env["service.visit"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        repairs = dict(
            self.env["repair.order"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.visit_count = visits.get(ticket, 0)
            ticket.repair_count = repairs.get(ticket, 0)

    @api.depends(
        "equipment_id",
        "component_id",
        "item_id",
        "delivery_mode",
        "coverage_ids.chosen",
        "accepted_at",
    )
    @api.depends_context("lang")
    def _compute_coverage_id(self):
        """The decision on the suspected part or the wanted service.

        Before the ticket is saved the answer is worked out for the screen only.
        """
        coverages = self.env["service.coverage"]
        fresh = self.filtered(lambda ticket: not ticket.id or not ticket.coverage_ids)
        answers = fresh._get_coverage_answers()
        for ticket in self:
            ticket.coverage_id = ticket.coverage_ids.filtered(
                lambda row, ticket=ticket: (
                    row.chosen
                    and (row.component_id or row.item_id)
                    == (ticket.component_id or ticket.item_id)
                )
            )[:1]
            ticket.coverage_verdict = ticket.coverage_id.verdict
            ticket.coverage_sentence = ticket.coverage_id.sentence
            if ticket.coverage_id or ticket not in fresh:
                continue
            subject = ticket.component_id or ticket.item_id
            answer = coverage_tools.best(
                answer
                for component, item, answer in answers[ticket.id]
                if subject and (component or item)._origin == subject._origin
            )
            if answer:
                ticket.coverage_verdict = answer.verdict
                ticket.coverage_sentence = coverages._get_sentence(
                    answer.verdict,
                    answer.reason,
                    answer.rule,
                    ticket.component_id.category_id.name or ticket.item_id.name or "",
                    answer.inputs,
                    answer.date_start,
                    answer.date_end,
                )

    @api.depends(
        "accepted_at",
        "visit_ids.state",
        "event_ids.valid",
        "station_id",
        "stage_id.closed",
        "callback_ids.state",
    )
    @api.depends_context("lang")
    def _compute_next_step(self):
        """The one next step, so that nobody has to guess (house promise)."""
        for ticket in self:
            kinds = ticket._get_event_kinds()
            states = set(ticket.visit_ids.mapped("state"))
            if ticket.stage_id.closed:
                step = (
                    self.env._("Call the customer back")
                    if "todo" in ticket.callback_ids.mapped("state")
                    else ""
                )
            elif not ticket.station_id:
                step = self.env._("Choose the region or station")
            elif "dispatched" not in kinds:
                step = self.env._("Dispatch to %s", ticket.station_id.name)
            elif not states - {"cancelled", "absent", "rescheduled"}:
                step = self.env._("Make the appointment")
            elif "draft" in states:
                step = self.env._("Confirm the appointment with the customer")
            elif "done" not in states:
                step = self.env._("Visit the customer")
            else:
                step = self.env._("Close the ticket")
            ticket.next_step = step

    # ---------------------------------------------------
    # Intake
    # ---------------------------------------------------

    @api.onchange("equipment_id")
    def _onchange_equipment_id(self):
        if self.component_id.equipment_id != self.equipment_id:
            self.component_id = False

    @api.model
    def _get_unknown_serial_message(self, code):
        return self.env._(
            "Nothing is known about %(code)s: no serial, phone number or name. Check "
            "the label, or choose the customer and let a service manager register "
            "the machine.",
            code=code,
        )

    @api.model
    def _fill_from_scan(self, vals_list):
        """Put who and what was scanned into the values of tickets."""

    @api.model_create_multi
    def create(self, vals_list):
        self._fill_from_scan(vals_list)
        tickets = super().create(vals_list)
        tickets._refresh_coverage()
        tickets._record_event("reported")
        tickets._start_clocks()
        return tickets

    def write(self, vals):
        if "accepted_at" in vals and not self.env.su:
            raise UserError(
                self.env._("A ticket is accepted by dispatching it, not by hand.")
            )
        if vals.get("equipment_id") and self.filtered(
            lambda ticket: (
                ticket.accepted_at and ticket.equipment_id.id != vals["equipment_id"]
            )
        ):
            raise UserError(
                self.env._(
                    "The equipment of an accepted ticket is fixed, its coverage is "
                    "frozen (WAR-22). Open a new ticket for the other machine."
                )
            )
        if vals.get("scan") and not vals.get("equipment_id"):
            self._fill_from_scan([vals])
        was_closed = self.filtered("stage_id.closed")
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id") or [])
        if stage.closed:
            (self - was_closed)._check_closable()
        result = super().write(vals)
        if "stage_id" in vals:
            self._follow_stage(was_closed)
        if SCAN_SOURCES & vals.keys():
            self._refresh_coverage()
        return result

    # ---------------------------------------------------
    # Programmes, coverage
    # ---------------------------------------------------

    def _get_service_programs(self) -> dict:
        """The programmes whose promises hold for each ticket.

        Other add-ons add theirs (a care plan's programme, for instance).
        """
        return {ticket: ticket.equipment_id.program_id for ticket in self}

    def _get_coverage_answers(self) -> dict:
        """Every source's answers: ticket id → [(component, item, Answer)].

        Component and item are recordsets, one of them empty. Other add-ons
        call super and append their own answers.
        """
        live = self.equipment_id._origin.component_ids.filtered(
            lambda component: not component.removed_on
        ).grouped("equipment_id")
        no_item = self.env["service.item"]
        no_component = self.env["service.equipment.component"]
        result = {}
        for day, tickets in self.grouped(
            lambda ticket: ticket._get_report_day()
        ).items():
            asked = {
                ticket: live.get(ticket.equipment_id._origin, no_component)
                for ticket in tickets
            }
            answers = no_component.union(*asked.values())._get_warranty_answers(day)
            for ticket, components in asked.items():
                found = ticket._get_found_exclusions()
                if found:
                    answers |= components._get_warranty_answers(day, found)
                result[ticket.id] = [
                    (component, no_item, answers[component]) for component in components
                ]
                answer = ticket._get_item_answer(day)
                if answer:
                    result[ticket.id].append(
                        (no_component, ticket.item_id._origin, answer)
                    )
        return result

    def _get_found_exclusions(self) -> dict:
        """Component, or the empty one for the whole machine → exclusion found."""
        self.ensure_one()
        return {
            finding.component_id._origin: finding.exclusion_id
            for finding in self.finding_ids
            if not finding.withdrawn_at
        }

    def _get_item_answer(self, day):
        """The warranty's answer for a service of a warranted class (WAR-06)."""
        self.ensure_one()
        category = self.item_id.category_id.part_category_id
        equipment = self.equipment_id._origin
        if not category or not equipment:
            return None
        return equipment._get_category_answer(category, day)

    def _refresh_coverage(self):
        """Decide again for tickets that are not accepted yet.

        What is frozen stays: after acceptance only subjects without a decision
        get one (WAR-22), and an approved exception is not asked again.
        """
        # sudo: decisions are written by the machine, users only read them
        coverages = self.env["service.coverage"].sudo()
        rows = coverages.search([("ticket_id", "in", self.ids)])
        frozen = rows.filtered("frozen_at")
        (rows - frozen).unlink()
        known = {(row.ticket_id, row.component_id, row.item_id) for row in frozen}
        vals_list = []
        for ticket_id, answers in self._get_coverage_answers().items():
            ticket = self.browse(ticket_id)
            subjects = {}
            for component, item, answer in answers:
                subjects.setdefault((component, item), []).append(answer)
            for (component, item), candidates in subjects.items():
                if (ticket, component, item) in known:
                    continue
                chosen = coverage_tools.best(candidates)
                vals_list += [
                    ticket._prepare_coverage_vals(
                        component, item, answer, answer is chosen
                    )
                    for answer in candidates
                ]
        coverages.create(vals_list)

    def _prepare_coverage_vals(self, component, item, answer, chosen):
        return {
            "ticket_id": self.id,
            "component_id": component.id,
            "item_id": item.id,
            "source": answer.source,
            "verdict": answer.verdict,
            "reason": answer.reason,
            "rule": answer.rule,
            "inputs": dict(answer.inputs),
            "date_start": answer.date_start,
            "date_end": answer.date_end,
            "onsite_end": answer.onsite_end,
            "chosen": chosen,
            "frozen_at": self.accepted_at,
        }

    def _accept(self):
        """Freeze the coverage of tickets that are not accepted yet (WAR-22)."""
        tickets = self.filtered(lambda ticket: not ticket.accepted_at)
        for company, batch in tickets.grouped("company_id").items():
            now = company._service_now()
            # sudo: acceptance and frozen decisions are written by the machine only
            batch.sudo().write({"accepted_at": now})
            batch.sudo().coverage_ids.filtered(lambda row: not row.frozen_at).write(
                {"frozen_at": now}
            )
        tickets._after_accept()

    def _after_accept(self):
        """Hook for add-ons that book something when a case is accepted."""

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_dispatch(self):
        """Send the tickets to their stations (DSP-09, DSP-10)."""
        self.check_access("write")
        for ticket in self:
            if not ticket.station_id:
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: no station serves %(region)s. Choose the "
                        "region or the station; a service manager maps regions to "
                        "stations (NET-04).",
                        ticket=ticket.number,
                        region=ticket.region_id.name or self.env._("an unknown region"),
                    )
                )
            if "dispatched" in ticket._get_event_kinds():
                raise UserError(
                    self.env._("Ticket %s is dispatched already.", ticket.number)
                )
        self._accept()
        # An order sent inside the system is received as it is sent (DSP-11).
        self._record_event("dispatched", "order_received")
        self.write(
            {
                "stage_id": self.env.ref(
                    "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
                ).id
            }
        )
        return True

    def action_confirm_fault(self):
        """The hotline confirms the fault: promises may start here (SLA-20)."""
        return self._record_once("confirmed")

    def action_respond(self):
        """The customer has been answered (SLA-14)."""
        return self._record_once("responded")

    def action_propose(self):
        """A solution has been proposed to the customer (SLA-06)."""
        return self._record_once("proposed")

    def action_submit(self):
        """The problem goes to the next support level (SLA-15)."""
        return self._record_once("submitted")

    def _record_once(self, kind):
        """Record an event that happens once on an open ticket."""
        self.check_access("write")
        label = dict(
            self.env["service.event"]._fields["kind"]._description_selection(self.env)
        )[kind]
        for ticket in self:
            if ticket.stage_id.closed:
                raise UserError(
                    self.env._("Ticket %s is closed already.", ticket.number)
                )
            if kind in ticket._get_event_kinds():
                raise UserError(
                    self.env._(
                        "Ticket %(ticket)s: %(event)s is recorded already.",
                        ticket=ticket.number,
                        event=label,
                    )
                )
        self._record_event(kind)
        return True

    def action_plan_visit(self):
        """Open a new visit for this ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan visit"),
            "res_model": "service.visit",
            "view_mode": "form",
            "context": {"default_ticket_id": self.id},
        }

    def action_view_visits(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visits"),
            "res_model": "service.visit",
            "view_mode": "list,form",
            "domain": [("ticket_id", "=", self.id)],
            "context": {"default_ticket_id": self.id},
        }

    def action_view_repairs(self):
        self.ensure_one()
        repairs = self.repair_ids
        if len(repairs) == 1:
            return repairs.get_formview_action()
        return repairs._get_list_action(
            self.env._("Repairs"), [("ticket_id", "=", self.id)]
        )

    def action_close(self):
        """Close the tickets; nothing may be left half done."""
        self.check_access("write")
        for ticket in self:
            if ticket.stage_id.closed:
                raise UserError(
                    self.env._("Ticket %s is closed already.", ticket.number)
                )
        self.write(
            {"stage_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id}
        )
        return True

    def _check_closable(self):
        unfinished = self.visit_ids.filtered(lambda visit: not visit._is_ended())
        if unfinished:
            raise UserError(
                self.env._(
                    "Finish or cancel these visits first: %s",
                    ", ".join(unfinished.mapped("name")),
                )
            )

    def _follow_stage(self, was_closed):
        """Record what a stage change means, whatever the door it came through.

        :param was_closed: the tickets that were closed before
        """
        closed = self.filtered("stage_id.closed")
        reopened = was_closed - closed
        reopened._record_event("reopened")
        reopened.closed_date = False  # helpdesk_mgmt keeps it
        given_up = self._get_given_up_stages()
        ended = closed - was_closed
        cancelled = ended.filtered(lambda ticket: ticket.stage_id in given_up)
        cancelled._record_event("cancelled")
        done = ended - cancelled
        done._accept()
        unrestored = done.filtered(
            lambda ticket: "restored" not in ticket._get_event_kinds()
        )
        unrestored._record_event("restored", "closed")
        (done - unrestored)._record_event("closed")
        unrestored._plan_callbacks()

    @api.model
    def _get_given_up_stages(self):
        """Closed stages in which nothing was done for the customer."""
        stages = self.env["helpdesk.ticket.stage"]
        for name in ("cancelled", "rejected"):
            stages |= (
                self.env.ref(
                    f"helpdesk_mgmt.helpdesk_ticket_stage_{name}",
                    raise_if_not_found=False,
                )
                or stages.browse()
            )
        return stages

    # ---------------------------------------------------
    # Callbacks
    # ---------------------------------------------------

    def _plan_callbacks(self, visit=None):
        """Plan the calls owed after a finished job, one a tier (CB-01…CB-04)."""
        # sudo: the branch centre's calls are planned by the station's job
        callbacks = self.env["service.callback"].sudo()
        programs = self._get_service_programs()
        # sudo: a station does not read the centre above it
        branches = self.station_id.sudo()._get_branch()
        vals_list = []
        for ticket in self:
            # sudo: what was promised holds for whoever finishes the job
            policies = programs[ticket].sudo().callback_policy_ids
            by_key = {policy.id: policy for policy in policies}
            for policy, due in callback_tools.callbacks_due(
                policies._get_policies(),
                ticket.company_id._service_today(),
                ticket.delivery_mode == "onsite",
            ):
                # sudo: the caller of another station is named, not read
                station = ticket.station_id.sudo()
                if policy.tier == "2":
                    station = branches.get(ticket.station_id) or station
                if station:
                    vals_list.append(
                        ticket._prepare_callback_vals(
                            by_key[policy.key], station, due, visit
                        )
                    )
        # Planned by the machine: who called is worth a line, that it was planned is not.
        callbacks.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        ).create(vals_list)._schedule_activities()

    def _prepare_callback_vals(self, policy, station, due, visit):
        return {
            "ticket_id": self.id,
            "visit_id": visit.id if visit else False,
            "tier": policy.tier,
            "policy_id": policy.id,
            "station_id": station.id,
            "user_id": station._get_callback_user().id,
            "due_date": due,
        }
