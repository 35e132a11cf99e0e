# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceEntitlement(models.Model):
    """What one promise of a plan still gives in one billing month.

    Born with the first use of the month, by the machine only.
    """

    _name = "service.entitlement"
    _description = "Entitlement"
    _order = "period_start desc, id"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, index=True, ondelete="restrict"
    )
    contract_line_id = fields.Many2one(
        comodel_name="contract.line", required=True, ondelete="restrict"
    )
    plan_line_id = fields.Many2one(
        comodel_name="service.plan.line",
        string="Promise",
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="contract_id.partner_id")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="restrict"
    )
    period_start = fields.Date(string="From", required=True)
    period_end = fields.Date(string="To", required=True)
    # What was promised when the month began; a later change of plan leaves it alone.
    unlimited = fields.Boolean()
    quota = fields.Integer()
    use_ids = fields.One2many(
        comodel_name="service.entitlement.use",
        inverse_name="entitlement_id",
        string="Uses",
    )
    # A stored counter: two tickets taking the last use at once collide in the row.
    used = fields.Integer(required=True, default=0, readonly=True)
    remaining = fields.Char(compute="_compute_remaining")

    _period_uniq = models.UniqueIndex(
        "(contract_line_id, plan_line_id, period_start)",
        "This promise has its entitlement for the period already.",
    )
    _used_within_quota = models.Constraint(
        "CHECK (unlimited OR used <= quota)",
        "The last free use of this month has been taken meanwhile. Reload the ticket: "
        "its price is shown before anything starts.",
    )

    @api.depends("used", "quota", "unlimited")
    @api.depends_context("lang")
    def _compute_remaining(self):
        for entitlement in self:
            entitlement.remaining = (
                self.env._("unlimited")
                if entitlement.unlimited
                else str(entitlement.quota - entitlement.used)
            )

    @api.depends("plan_line_id", "period_start")
    def _compute_display_name(self):
        for entitlement in self:
            entitlement.display_name = (
                f"{entitlement.plan_line_id.display_name}, {entitlement.period_start}"
            )

    @api.model
    def _get_or_create(self, keys) -> dict:
        """Entitlements for (contract line, plan line, period), created if missing.

        :param keys: set of (contract.line, service.plan.line, Period)
        :returns: dict key → entitlement
        """
        found = self.search(
            [
                ("contract_line_id", "in", [line.id for line, _p, _d in keys]),
                ("plan_line_id", "in", [promise.id for _l, promise, _d in keys]),
                ("period_start", "in", [period.start for _l, _p, period in keys]),
            ]
        )
        known = {
            (row.contract_line_id.id, row.plan_line_id.id, row.period_start): row
            for row in found
        }
        missing = [
            key for key in keys if (key[0].id, key[1].id, key[2].start) not in known
        ]
        for row in self.create([self._prepare_vals(*key) for key in missing]):
            known[(row.contract_line_id.id, row.plan_line_id.id, row.period_start)] = (
                row
            )
        return {key: known[(key[0].id, key[1].id, key[2].start)] for key in keys}

    @api.model
    def _prepare_vals(self, contract_line, plan_line, period):
        return {
            "contract_id": contract_line.contract_id.id,
            "contract_line_id": contract_line.id,
            "plan_line_id": plan_line.id,
            "company_id": contract_line.contract_id.company_id.id,
            "period_start": period.start,
            "period_end": period.end,
            "unlimited": plan_line.unlimited,
            "quota": plan_line.quota,
        }

    def _count_uses(self, uses):
        """Add new uses, and what is given back, to their entitlements' counters."""
        for entitlement, rows in uses.grouped("entitlement_id").items():
            entitlement.used += sum(rows.mapped("quantity"))


class ServiceEntitlementUse(models.Model):
    """One use of an entitlement by one ticket: append-only.

    A case that came to nothing gives its use back with a row of its own.
    """

    _name = "service.entitlement.use"
    _description = "Entitlement Use"
    _order = "used_at desc, id desc"

    entitlement_id = fields.Many2one(
        comodel_name="service.entitlement",
        required=True,
        index=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, ondelete="restrict"
    )
    item_id = fields.Many2one(comodel_name="service.item", ondelete="restrict")
    contract_id = fields.Many2one(
        related="entitlement_id.contract_id", store=True, index=True
    )
    plan_line_id = fields.Many2one(related="entitlement_id.plan_line_id")
    period_start = fields.Date(related="entitlement_id.period_start")
    company_id = fields.Many2one(related="entitlement_id.company_id", store=True)
    used_at = fields.Datetime(string="Booked on", required=True, readonly=True)
    quantity = fields.Integer(
        required=True, default=1, readonly=True, help="-1: given back."
    )
    turn = fields.Integer(
        required=True,
        default=1,
        readonly=True,
        help="1 for the use, 2 for what was given back, 3 when it was used again.",
    )

    # Also serves the look-up by ticket; a ticket without an item uses one too.
    _ticket_item_uniq = models.UniqueIndex(
        "(ticket_id, COALESCE(item_id, 0), turn)",
        "This ticket has used the plan for this service item already.",
    )

    _quantity_is_one = models.Constraint(
        "CHECK (quantity IN (1, -1))", "One use is booked, or given back."
    )

    def _get_booked(self) -> dict:
        """(ticket id, item id) → the last row; booked if its quantity is 1."""
        return {(row.ticket_id.id, row.item_id.id): row for row in self.sorted("turn")}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Uses of a care plan are never deleted (ticket %s).",
                ", ".join(self.ticket_id.mapped("display_name")),
            )
        )
