# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.intake import (
    Case,
    delivery_mode,
    is_phone,
    phone_key,
    repeats,
    serial_key,
)
from .service_problem import FAULT_KINDS

# How many hits a typed text shows, how many old cases the screen.
LOOKUP_LIMIT = 8
HISTORY_LIMIT = 10
REPEAT_SOURCES = {"equipment_id", "component_id", "item_id", "partner_id"}


class HelpdeskTicket(models.Model):
    """Who calls, what is known about him, what was promised to him.

    Apart from the other ticket code because all of the intake reads together.
    """

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "helpdesk.ticket"

    fault_kind = fields.Selection(
        selection=FAULT_KINDS,
        help="Hardware needs a visit; the rest is first tried from afar.",
    )
    onsite_wanted = fields.Boolean(
        string="Customer wants a visit",
        help="Who asks for a visit gets one, whatever the fault.",
    )
    wish_start = fields.Datetime(
        string="Customer's wish", help="When the customer would like us to come."
    )
    problem_ids = fields.One2many(
        comodel_name="service.problem",
        inverse_name="ticket_id",
        string="Further problems",
    )
    promise_ids = fields.One2many(
        comodel_name="service.promise", inverse_name="ticket_id", string="Promises"
    )
    contact_record_ids = fields.One2many(
        comodel_name="service.contact.record",
        inverse_name="ticket_id",
        string="Calls and sessions",
    )
    handover_ids = fields.One2many(
        comodel_name="service.handover", inverse_name="ticket_id", string="Hand-overs"
    )
    onsite_decision_ids = fields.One2many(
        comodel_name="service.onsite.decision",
        inverse_name="ticket_id",
        string="Decisions against a visit",
    )
    with_operator = fields.Boolean(compute="_compute_with_operator")
    onsite_optional = fields.Boolean(compute="_compute_onsite_optional")
    repeat_of_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Repeats",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The same machine, or the same fault of the same customer, was "
        "reported shortly before.",
    )
    commercial_partner_id = fields.Many2one(index="btree_not_null")
    industry_id = fields.Many2one(related="commercial_partner_id.industry_id")
    service_contact_id = fields.Many2one(
        related="commercial_partner_id.service_contact_id"
    )
    # What is known about the caller
    history_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        string="Earlier cases",
        compute="_compute_known",
        help="The latest ones.",
    )
    history_count = fields.Integer(
        string="Earlier cases of the caller", compute="_compute_known"
    )
    replaced_ids = fields.Many2many(
        comodel_name="service.equipment.component",
        string="Parts replaced before",
        compute="_compute_known",
    )
    open_promise_ids = fields.Many2many(
        comodel_name="service.promise",
        string="Open promises to this customer",
        compute="_compute_known",
    )
    last_service_at = fields.Datetime(string="Last service", compute="_compute_known")
    caller_equipment_ids = fields.Many2many(
        comodel_name="service.equipment",
        string="Machines of this customer",
        compute="_compute_caller_equipment_ids",
    )
    script_ids = fields.Many2many(
        comodel_name="service.script", compute="_compute_script_ids"
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("partner_id", "equipment_id")
    def _compute_known(self):
        """Earlier cases, replaced parts and promises of the customer (DSP-16)."""
        for ticket in self:
            partner = ticket.partner_id._origin.commercial_partner_id
            equipment = ticket.equipment_id._origin
            earlier = self.browse()
            count = 0
            promises = self.env["service.promise"]
            if partner or equipment:
                whose = ticket._get_earlier_domain()
                earlier = self.search(
                    whose, limit=HISTORY_LIMIT, order="reported_at desc, id desc"
                )
                count = len(earlier)
                if count == HISTORY_LIMIT:
                    count = self.search_count(whose)
                promises = promises.search(
                    [
                        ("state", "in", ("open", "broken")),
                        ("partner_id", "child_of", partner.ids),
                    ]
                )
            ticket.history_ids = earlier
            ticket.history_count = count
            ticket.open_promise_ids = promises
            ticket.replaced_ids = equipment.component_ids.filtered("predecessor_id")
            ticket.last_service_at = max(
                earlier.filtered(
                    lambda one, equipment=equipment: (
                        one.closed_date
                        and (not equipment or one.equipment_id == equipment)
                    )
                ).mapped("closed_date"),
                default=False,
            )

    def _get_earlier_domain(self) -> Domain:
        """Other tickets of the ticket's customer or machine."""
        self.ensure_one()
        partner = self.partner_id._origin.commercial_partner_id
        return Domain("id", "not in", self._origin.ids) & (
            Domain("equipment_id", "in", self.equipment_id._origin.ids)
            | Domain("commercial_partner_id", "in", partner.ids)
        )

    @api.depends("partner_id")
    def _compute_caller_equipment_ids(self):
        partners = self.partner_id._origin.commercial_partner_id
        machines = self.env["service.equipment"].search(
            [("partner_id", "child_of", partners.ids)], limit=80 * len(partners)
        )
        by_partner = machines.grouped(
            lambda machine: machine.partner_id.commercial_partner_id
        )
        for ticket in self:
            ticket.caller_equipment_ids = by_partner.get(
                ticket.partner_id._origin.commercial_partner_id
            )

    @api.depends("kind", "program_id")
    def _compute_script_ids(self):
        scripts = self.env["service.script"].search(
            [("situation", "not in", ("8_counter_in", "9_counter_out"))]
        )
        for ticket in self:
            ticket.script_ids = scripts._suits(ticket)

    @api.depends("handover_ids.state")
    def _compute_with_operator(self):
        for ticket in self:
            ticket.with_operator = any(
                handover.state == "sent" and handover.kind == "operator"
                for handover in ticket.handover_ids
            )

    @api.depends("region_id")
    def _compute_onsite_optional(self):
        for ticket in self:
            ticket.onsite_optional = ticket.region_id._is_onsite_optional()

    @api.depends("handover_ids.state")
    def _compute_next_step(self):
        """While the operator has the case there is nothing else to do."""
        result = super()._compute_next_step()
        for ticket in self.filtered("with_operator"):
            ticket.next_step = self.env._("Ask the operator how far it is")
        return result

    # ---------------------------------------------------
    # Look-up
    # ---------------------------------------------------

    @api.model
    def intake_search(self, text):
        """What a typed or scanned text may mean, for the intake field.

        :param text: a serial, phone number, account or name, or the beginning of one
        :returns: a list of {label, hint, scan, partner, equipment}; partner and
            equipment are {id, display_name} or False
        """
        self.check_access("create")
        hits, seen = [], set()
        for partner, equipment, hint in self._intake_lookup((text or "").strip()):
            if (partner.id, equipment.id) in seen:
                continue
            seen.add((partner.id, equipment.id))
            hits.append(
                {
                    "label": " · ".join(
                        filter(None, (equipment.display_name, partner.display_name))
                    ),
                    "hint": hint,
                    "scan": equipment.serial or partner.name or text,
                    "partner": self._get_intake_value(partner),
                    "equipment": self._get_intake_value(equipment),
                }
            )
        return hits[:LOOKUP_LIMIT]

    @api.model
    def _get_intake_value(self, record):
        return (
            {"id": record.id, "display_name": record.display_name} if record else False
        )

    @api.model
    def _intake_lookup(self, text) -> list:
        """Hits for a text as [(partner, equipment, hint)], the surest first.

        Either recordset may be empty. Other add-ons put theirs before or after
        those of super: an account number, for instance.
        """
        if not text:
            return []
        equipment = self.env["service.equipment"]
        nobody = self.env["res.partner"]
        key = serial_key(text)
        exact = equipment.search([("serial_key", "=", key)], limit=LOOKUP_LIMIT)
        if exact:
            return [(one.partner_id, one, self.env._("Serial")) for one in exact]
        parts = self.env["service.equipment.component"].search(
            [("serial", "=", text), ("removed_on", "=", False)], limit=LOOKUP_LIMIT
        )
        hits = [
            (one.partner_id, one, self.env._("Serial of a part"))
            for one in parts.equipment_id
        ]
        if is_phone(text):
            callers = nobody.search(
                [("service_phone_key", "=like", f"{phone_key(text)}%")],
                limit=LOOKUP_LIMIT,
            )
            hits += self._with_machines(callers, self.env._("Phone"))
        else:
            named = nobody.search([("name", "ilike", text)], limit=LOOKUP_LIMIT)
            hits += self._with_machines(named, self.env._("Name"))
        begun = equipment.search(
            [("serial_key", "=like", f"{key}%")], limit=LOOKUP_LIMIT
        )
        return hits + [(one.partner_id, one, self.env._("Serial")) for one in begun]

    @api.model
    def _with_machines(self, partners, hint) -> list:
        """Each customer with each of his machines, or alone if he has none."""
        machines = self.env["service.equipment"].search(
            [("partner_id", "in", partners.ids)], limit=LOOKUP_LIMIT * 2
        )
        by_partner = machines.grouped("partner_id")
        none = machines.browse()
        return [
            (partner, machine, hint)
            for partner in partners
            for machine in by_partner.get(partner) or [none]
        ]

    @api.model
    def _resolve_scan(self, text):
        """The one customer and machine a text means.

        :returns: (partner, equipment, message); the message says why there is none
        """
        nobody, nothing = self.env["res.partner"], self.env["service.equipment"]
        hits = self._intake_lookup(text)
        if not hits:
            return nobody, nothing, self._get_unknown_serial_message(text)
        partners = nobody.union(*(partner for partner, _machine, _hint in hits))
        machines = nothing.union(*(machine for _partner, machine, _hint in hits))
        if len(partners) > 1:
            message = self.env._(
                "%(text)s fits %(count)s customers: %(names)s. Choose one of them.",
                text=text,
                count=len(partners),
                names=", ".join(partners.mapped("display_name")[:LOOKUP_LIMIT]),
            )
            return nobody, nothing, message
        return partners, machines if len(machines) == 1 else nothing, False

    @api.onchange("scan")
    def _onchange_scan(self):
        text = (self.scan or "").strip()
        if not text:
            return None
        if text in (self.equipment_id.serial, self.partner_id.name):
            return None  # chosen from the hits already
        partner, equipment, message = self._resolve_scan(text)
        self.equipment_id = equipment
        if self.partner_id != partner:
            self.partner_id = partner
        if not message:
            return None
        return {"warning": {"title": self.env._("Not found"), "message": message}}

    @api.onchange("fault_kind", "onsite_wanted")
    def _onchange_fault_kind(self):
        if self.fault_kind and self.delivery_mode != "shop":
            self.delivery_mode = delivery_mode(self.fault_kind, self.onsite_wanted)

    @api.model
    def _fill_from_scan(self, vals_list):
        """Put who and what was scanned into the values of tickets."""
        codes = [
            vals["scan"]
            for vals in vals_list
            if vals.get("scan") and not vals.get("equipment_id")
        ]
        found = self.env["service.equipment"]._find_by_code(codes) if codes else {}
        resolved = {}
        for vals in vals_list:
            code = (vals.get("scan") or "").strip()
            if not code or vals.get("equipment_id"):
                continue
            if code in found:
                vals["equipment_id"] = found[code].id
                continue
            if vals.get("partner_id"):
                continue
            if code not in resolved:
                resolved[code] = self._resolve_scan(code)
            partner, equipment, message = resolved[code]
            if message:
                raise UserError(message)
            vals.update(partner_id=partner.id, equipment_id=equipment.id)

    # ---------------------------------------------------
    # Create, write
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        nameless = [vals for vals in vals_list if not vals.get("channel_id")]
        if nameless:  # DSP-01
            channel = self.env["helpdesk.ticket.channel"]._get_default_channel()
            for vals in nameless:
                vals["channel_id"] = channel.id
        self._fill_from_sender(vals_list)
        tickets = super().create(vals_list)
        tickets._link_repeats()
        tickets._open_phone_records()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if REPEAT_SOURCES & vals.keys():
            self._link_repeats()
        return result

    @api.model
    def _fill_from_sender(self, vals_list):
        """Mail and portal name a customer; his machine brings station and clocks.

        Where the customer has several machines, the one whose serial stands in the
        subject; where none is named the desk asks.
        """
        channels = self.env["helpdesk.ticket.channel"].browse(
            {vals["channel_id"] for vals in vals_list if vals["channel_id"]}
        )
        written = channels.filtered(lambda one: one.medium in ("mail", "online"))
        open_vals = [
            vals
            for vals in vals_list
            if vals["channel_id"] in written.ids
            and vals.get("partner_id")
            and not vals.get("equipment_id")
        ]
        if not open_vals:
            return
        senders = self.env["res.partner"].browse(
            {vals["partner_id"] for vals in open_vals}
        )
        # sudo: who writes may not read the machines, not even his own
        machines = (
            self.env["service.equipment"]
            .sudo()
            .search([("partner_id", "child_of", senders.commercial_partner_id.ids)])
        )
        by_customer = machines.grouped(
            lambda machine: machine.partner_id.commercial_partner_id.id
        )
        for vals in open_vals:
            sender = self.env["res.partner"].browse(vals["partner_id"])
            his = by_customer.get(sender.commercial_partner_id.id, machines.browse())
            words = set(serial_key(vals.get("name")).replace(",", " ").split())
            named = his.filtered(
                lambda machine, words=words: machine.serial_key in words
            )
            if len(named or his) == 1:
                vals["equipment_id"] = (named or his).id
                # the machine's customer may be the firm; who wrote stays the contact
                vals["region_id"] = (named or his).region_id.id

    @api.model
    def message_new(self, msg, custom_values=None):
        """A mail is a mail, whichever way it comes in (DSP-01)."""
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        values = {"channel_id": channel.id if channel else False}
        return super().message_new(msg, {**values, **(custom_values or {})})

    @api.onchange("category_id")
    def _onchange_category_id(self):
        """Questions go to the support group of their category (DSP-15)."""
        if self.category_id.team_id:
            self.team_id = self.category_id.team_id

    # ---------------------------------------------------
    # Repeats
    # ---------------------------------------------------

    def _get_case(self) -> Case:
        self.ensure_one()
        return Case(
            self.id,
            self.reported_at,
            self.equipment_id.id or 0,
            self.commercial_partner_id.id or 0,
            frozenset(
                {
                    ("part", self.component_id.category_id.id),
                    ("item", self.item_id.id),
                }
                - {("part", False), ("item", False)}
            ),
        )

    def _get_repeat_days(self) -> dict:
        """Ticket id → days looked back: the programme's, else the company's."""
        return {
            ticket.id: ticket.program_id.repeat_days
            or ticket.company_id.service_repeat_days
            for ticket in self
        }

    def _link_repeats(self):
        """Link each ticket to the one it repeats (repeat guard)."""
        cases = self.filtered(
            lambda ticket: ticket.equipment_id or ticket.component_id or ticket.item_id
        )
        if not cases:
            return
        days = cases._get_repeat_days()
        # sudo: the earlier case may lie at another station
        earlier = self.sudo().search_fetch(
            Domain("company_id", "in", cases.company_id.ids)
            & Domain(
                "reported_at",
                ">=",
                fields.Datetime.subtract(
                    min(cases.mapped("reported_at")), days=max(days.values())
                ),
            )
            & Domain.OR(
                [
                    [("equipment_id", "in", cases.equipment_id.ids)],
                    [("commercial_partner_id", "in", cases.commercial_partner_id.ids)],
                ]
            )
            & Domain("stage_id", "not in", self._get_given_up_stages().ids),
            [
                "reported_at",
                "equipment_id",
                "commercial_partner_id",
                "component_id",
                "item_id",
                "company_id",
            ],
        )
        found = {}
        for company, batch in cases.grouped("company_id").items():
            found |= repeats(
                [ticket._get_case() for ticket in batch],
                [
                    ticket._get_case()
                    for ticket in earlier
                    if ticket.company_id == company
                ],
                days,
            )
        changed = cases.filtered(
            lambda ticket: ticket.repeat_of_id.id != found.get(ticket.id, False)
        )
        # One statement for all of them: nothing follows from this link.
        changed._write_multi(
            [{"repeat_of_id": found.get(ticket.id)} for ticket in changed]
        )
        changed.invalidate_recordset(["repeat_of_id"])

    # ---------------------------------------------------
    # Phone records, remote sessions
    # ---------------------------------------------------

    def _open_phone_records(self):
        """Every call leaves a record (DSP-03)."""
        called = self.filtered(lambda ticket: ticket.channel_id.medium == "phone")
        if called:
            # sudo: engineers and the machine make tickets, the desk makes records
            self.env["service.contact.record"].sudo().create(
                [ticket._prepare_phone_record_vals() for ticket in called]
            )

    def _prepare_phone_record_vals(self):
        self.ensure_one()
        return {
            "ticket_id": self.id,
            "kind": "call_in",
            "started_at": self.reported_at,
            "user_id": self.env.uid,
        }

    def _action_contact(self, name, kind, record=None):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "service.contact.record",
            "res_id": record.id if record else False,
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id, "default_kind": kind},
        }

    def action_view_earlier(self):
        """Every other case of the caller and of the machine (DSP-16)."""
        return self._get_list_action(
            self.env._("Earlier cases"), list(self._get_earlier_domain())
        )

    @api.model
    def _get_list_action(self, name, domain):
        """The desk's list of tickets, not OCA's, narrowed to ``domain``."""
        tickets = self.env["ir.actions.act_window"]._for_xml_id(
            "after_sales_service.action_tickets"
        )
        return tickets | {"name": name, "domain": domain, "context": {}}

    def action_record_call(self):
        """Finish the record of the running call, or begin another (DSP-03)."""
        self.ensure_one()
        running = self.contact_record_ids.filtered(
            lambda record: record.state == "draft" and record.kind == "call_in"
        )[:1]
        return self._action_contact(
            self.env._("Phone record"), "call_in" if running else "call_out", running
        )

    def action_remote_session(self):
        """Help from afar, with the customer's consent (CARE-03)."""
        return self._action_contact(self.env._("Remote session"), "remote")

    # ---------------------------------------------------
    # Hand-over
    # ---------------------------------------------------

    def _check_open(self):
        for ticket in self:
            if ticket.stage_id.closed:
                raise UserError(
                    self.env._("Ticket %s is closed already.", ticket.number)
                )

    def _check_operator_side(self):
        """Only a fault on the operator's side goes to the operator (CARE-15)."""
        for ticket in self:
            if ticket.cause_side != "operator":
                raise UserError(
                    self.env._(
                        "Ticket %s: set field Cause Side to the operator's network "
                        "first; the customer's terminal is ours (CARE-15).",
                        ticket.number,
                    )
                )

    def _get_service_operator(self):
        """Whose line it is: the vendor or operator of the machine's programme."""
        return self.program_id[:1].partner_id

    def _get_story(self) -> str:
        """The case in full words, for whoever takes it over (DSP-23)."""
        self.ensure_one()
        lines = [
            self.name,
            *self.problem_ids.mapped("name"),
            self.equipment_id.display_name,
            *self.contact_record_ids.filtered("answer").mapped("answer"),
        ]
        return "\n".join(line for line in lines if line)

    def action_hand_over(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand over"),
            "res_model": "service.handover",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_kind": (
                    "operator" if self.cause_side == "operator" else "maker"
                ),
            },
        }

    def _is_paused(self) -> bool:
        """Whether the last of the pause events stopped the case."""
        self.ensure_one()
        return (
            self.event_ids.filtered(lambda event: event.kind in ("paused", "resumed"))
            .sorted(lambda event: (event.at, event.id))[-1:]
            .kind
            == "paused"
        )

    def _pause_for_operator(self):
        running = self.filtered(lambda ticket: not ticket._is_paused())
        running._record_event("paused", note=self.env._("With the operator"))

    def _resume_from_operator(self):
        back = self.filtered(
            lambda ticket: not ticket.with_operator and ticket._is_paused()
        )
        back._record_event("resumed", note=self.env._("Back from the operator"))

    # ---------------------------------------------------
    # No visit, several problems
    # ---------------------------------------------------

    def action_decline_onsite(self):
        """Record that the office decides against a visit (DSP-20)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("No on-site service"),
            "res_model": "service.onsite.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _follow_stage(self, was_closed):
        """A case is done when each of its problems is (DSP-05)."""
        ended = self.filtered("stage_id.closed") - was_closed
        given_up = self._get_given_up_stages()
        done = ended.filtered(lambda ticket: ticket.stage_id not in given_up)
        unsolved = done.problem_ids.filtered(lambda problem: problem.state == "open")
        if unsolved:
            raise UserError(
                self.env._(
                    "These problems are still open: %s. Mark each as solved, or say "
                    "where the customer gets help.",
                    ", ".join(unsolved.mapped("name")),
                )
            )
        return super()._follow_stage(was_closed)
