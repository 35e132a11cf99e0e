# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from collections import Counter, defaultdict

from odoo import api, fields, models

from odoo.addons.after_sales_service.tools.coverage import Answer

from ..tools import scope

# What else decides about the plan, besides what the base looks at.
PLAN_FIELDS = {"delivery_mode", "partner_id", "kind"}
# A complaint is about us; it never costs the customer a free use.
KINDS_WITHOUT_USE = ("complaint",)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    care_contract_id = fields.Many2one(
        comodel_name="contract.contract",
        string="Care plan contract",
        compute="_compute_care",
        compute_sudo=True,
        help="The running contract that covers this case.",
    )
    care_summary = fields.Char(
        string="Plan: what is left", compute="_compute_care", compute_sudo=True
    )
    entitlement_use_ids = fields.One2many(
        comodel_name="service.entitlement.use",
        inverse_name="ticket_id",
        string="Plan uses",
        readonly=True,
    )

    @api.depends(
        "partner_id", "equipment_id", "item_id", "delivery_mode", "accepted_at"
    )
    @api.depends_context("lang")
    def _compute_care(self):
        contracts = self._get_care_contracts()
        used = self._get_entitlement_uses(contracts)
        for ticket in self:
            contract = contracts.get(ticket.id)
            ticket.care_contract_id = contract
            ticket.care_summary = contract and " · ".join(
                line._get_left_sentence(
                    used[contract.id][line.id], ticket._get_care_phase(contract)
                )
                for line in contract.plan_id.line_ids
            )

    # === Which contract, what is left ===

    def _get_care_contracts(self) -> dict:
        """Ticket id → the running contract that covers it; others are missing.

        A contract that names the machine goes before one that covers whatever
        the customer has; of several the older one.
        """
        partners = self.partner_id._origin.commercial_partner_id
        equipment = self.equipment_id._origin
        if not partners and not equipment:
            return {}
        found = self._search_care_contracts(partners, equipment)
        by_equipment, by_partner = defaultdict(list), defaultdict(list)
        for contract in found:
            for machine in contract.equipment_ids:
                by_equipment[machine.id].append(contract)
            if contract._has_free_place():
                by_partner[contract.commercial_partner_id.id].append(contract)
        result = {}
        for ticket in self:
            company = ticket.company_id or self.env.company
            day = ticket._get_care_day(company)
            candidates = (
                by_equipment[ticket.equipment_id._origin.id]
                + by_partner[ticket.partner_id._origin.commercial_partner_id.id]
            )
            for contract in candidates:
                if contract.company_id == company and contract._is_covering_on(day):
                    result[ticket.id] = contract
                    break
        return result

    def _search_care_contracts(self, partners, equipment):
        """Running contracts of these customers or machines, the older ones first.

        While tickets are created nothing happens to contracts, so what several
        features ask for is asked of the database once.
        """
        known = self.env.context.get("care_contracts", {})
        key = (partners._ids, equipment._ids)
        if key not in known:
            # sudo: the case's coverage does not depend on who reads it
            contracts = self.env["contract.contract"].sudo()
            known[key] = contracts.search(
                contracts._get_covering_domain(partners, equipment),
                order="date_start, id",
            )
        return known[key]

    def _get_care_day(self, company):
        """The day that decides about the plan: acceptance, or today."""
        self.ensure_one()
        if not self.accepted_at:
            return company._service_today()
        return fields.Date.context_today(
            self.with_context(tz=company._service_tz()), self.accepted_at
        )

    def _get_entitlement_uses(self, contracts) -> dict:
        """Contract id → Counter of plan line id → uses in its period of this case."""
        wanted = {}
        for ticket in self:
            contract = contracts.get(ticket.id)
            if contract:
                day = ticket._get_care_day(contract.company_id)
                wanted[contract.id] = {
                    line.id: contract._get_promise_period(line, day).start
                    for line in contract.plan_id.line_ids
                }
        used = defaultdict(Counter)
        if not wanted:
            return used
        # sudo: entitlements are counted whoever asks
        rows = (
            self.env["service.entitlement"]
            .sudo()
            .search_fetch(
                [
                    ("contract_id", "in", list(wanted)),
                    (
                        "period_start",
                        "in",
                        [day for starts in wanted.values() for day in starts.values()],
                    ),
                ],
                ["contract_id", "plan_line_id", "period_start", "used"],
            )
        )
        for row in rows:
            if row.period_start == wanted[row.contract_id.id].get(row.plan_line_id.id):
                used[row.contract_id.id][row.plan_line_id.id] += row.used
        return used

    # === Extension points of the base ===

    def _get_service_programs(self) -> dict:
        """The plan's programme promises on top of the machine's."""
        result = super()._get_service_programs()
        contracts = self._get_care_contracts()
        for ticket in self:
            if ticket.id in contracts:
                contract = contracts[ticket.id]
                program = contract._get_programs_on(
                    ticket._get_care_day(contract.company_id)
                )
                result[ticket] |= program.with_env(self.env)
        return result

    def _get_coverage_answers(self) -> dict:
        """The plan's answer for the service wanted (CARE-05, CARE-10).

        Parts are none of it: CARE-12 leaves their charge to the part's own
        verdict. Tickets decided together share what is left, in their order.
        """
        result = super()._get_coverage_answers()
        contracts = self._get_care_contracts()
        used = self._get_entitlement_uses(contracts)
        for ticket in self.sorted(lambda row: row._origin.id or 0):
            contract = contracts.get(ticket.id)
            if not contract or ticket.kind in KINDS_WITHOUT_USE:
                continue
            answer = ticket._get_plan_answer(contract, used[contract.id])
            if answer:
                result[ticket.id].append(
                    (
                        self.env["service.equipment.component"],
                        ticket.item_id._origin,
                        answer,
                    )
                )
        return result

    def _get_plan_answer(self, contract, used):
        """The answer of one contract for this case; counts the use into ``used``."""
        self.ensure_one()
        plan = contract.plan_id
        item = self.item_id._origin
        case = scope.Case(
            item=item.id or None,
            category=item.category_id.id or None,
            mode=self.delivery_mode or None,
        )
        phase = self._get_care_phase(contract)
        promises = [line._as_promise(phase) for line in plan.line_ids]
        promise, left = scope.choose(promises, case, used)
        inputs = {"plan": plan.name, "contract": contract.code, "plan_id": plan.id}
        if not promise:
            if not item:
                return None  # nothing asked for that the plan could refuse
            return Answer("plan", "chargeable", "plan_out_of_scope", "CARE-09", inputs)
        line = plan.line_ids.browse(promise.id)
        day = self._get_care_day(contract.company_id)
        period = contract._get_promise_period(line, day)
        inputs.update(
            plan_line_id=line.id,
            contract_line_id=contract._get_plan_line(day).id,
            period=[str(period.start), str(period.end)],
            quota=promise.quota,
        )
        if left == 0:
            inputs.update(price=line.price_after, currency_id=line.currency_id.id)
            return Answer(
                "plan",
                "chargeable",
                "plan_exhausted",
                "CARE-09",
                inputs,
                period.start,
                period.end,
            )
        used[promise.id] += 1
        inputs["left"] = None if left is None else left - 1
        if phase.all_agreed:
            inputs["all_agreed"] = True
            rule = line.rule or "CON-11"
        elif self.delivery_mode == "shop" and left is None:
            # CARE-04: upgrade and upkeep there are free like any repair
            rule = line.rule or "CARE-05"
        else:
            rule = line.rule or "CARE-10"
        return Answer("plan", "plan", "plan", rule, inputs, period.start, period.end)

    def _accept(self):
        """Freeze what is true now: another case may have taken the last use."""
        self.filtered(lambda ticket: not ticket.accepted_at)._refresh_coverage()
        return super()._accept()

    def _after_accept(self):
        result = super()._after_accept()
        self._take_places()
        self._consume_entitlements()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super(HelpdeskTicket, self.with_context(care_contracts={})).create(
            vals_list
        )
        return tickets.with_env(self.env)

    def write(self, vals):
        result = super().write(vals)
        if PLAN_FIELDS & vals.keys():
            pending = self.filtered(lambda ticket: not ticket.accepted_at)
            pending._refresh_coverage()
            if "partner_id" in vals:
                pending._start_clocks()
        if "item_id" in vals:
            # a service asked for after acceptance is decided, and used, at once
            accepted = self.filtered("accepted_at")
            accepted._consume_entitlements()
        return result

    # === Entitlements ===

    def _get_plan_coverage(self):
        """The decisions by which these cases are inside a plan's free scope."""
        # sudo: the scope does not depend on who asks
        return (
            self.env["service.coverage"]
            .sudo()
            .search(
                [
                    ("ticket_id", "in", self.ids),
                    ("source", "=", "plan"),
                    ("verdict", "=", "plan"),
                    ("chosen", "=", True),
                ]
            )
        )

    def _take_places(self):
        """A plan for so many machines covers those that were served first."""
        contracts = self._get_care_contracts()
        for ticket in self:
            contract = contracts.get(ticket.id)
            if contract and ticket.equipment_id:
                contract._take_place(ticket.equipment_id)

    def _consume_entitlements(self):
        """Book one use for every case inside a plan, in this transaction."""
        # sudo: entitlements are written by the machine only
        uses = self.env["service.entitlement.use"].sudo()
        last = uses.search([("ticket_id", "in", self.ids)])._get_booked()
        booked = {key for key, row in last.items() if row.quantity > 0}
        coverages = self._get_plan_coverage().filtered(
            lambda row: (
                (row.ticket_id.id, row.item_id.id) not in booked
                # CON-11: nothing is used up while everything agreed is given
                and not row.inputs.get("all_agreed")
            )
        )
        if not coverages:
            return
        keys = {row: row._get_entitlement_key() for row in coverages}
        entitlements = uses.entitlement_id._get_or_create(set(keys.values()))
        created = uses.create(
            [
                {
                    "entitlement_id": entitlements[key].id,
                    "ticket_id": row.ticket_id.id,
                    "item_id": row.item_id.id,
                    "used_at": row.ticket_id.accepted_at,
                    "turn": last[row.ticket_id.id, row.item_id.id].turn + 1
                    if (row.ticket_id.id, row.item_id.id) in last
                    else 1,
                }
                for row, key in keys.items()
            ]
        )
        created.entitlement_id._count_uses(created)

    def _follow_stage(self, was_closed):
        """A case that came to nothing costs no use; taken up again it does."""
        result = super()._follow_stage(was_closed)
        given_up = self._get_given_up_stages()
        self.filtered(lambda ticket: ticket.stage_id in given_up)._give_back_uses()
        was_closed.filtered(
            lambda ticket: ticket.accepted_at and not ticket.stage_id.closed
        )._consume_entitlements()
        return result

    def _give_back_uses(self):
        """Book what was used back, with a row that corrects the first."""
        # sudo: entitlements are written by the machine only
        uses = self.env["service.entitlement.use"].sudo()
        last = uses.search([("ticket_id", "in", self.ids)])._get_booked()
        back = uses.create(
            [
                {
                    "entitlement_id": row.entitlement_id.id,
                    "ticket_id": row.ticket_id.id,
                    "item_id": row.item_id.id,
                    "used_at": row.company_id._service_now(),
                    "quantity": -1,
                    "turn": row.turn + 1,
                }
                for row in last.values()
                if row.quantity > 0
            ]
        )
        back.entitlement_id._count_uses(back)
