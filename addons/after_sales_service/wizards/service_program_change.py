# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# So many open tickets are tried out and followed at once; the rest in the background.
PREVIEW_TICKETS = 1000
NOT_COPIED = set(models.MAGIC_COLUMNS) | {"display_name", "currency_id"}


class ServiceProgramChange(models.TransientModel):
    """Other promises for a programme: drafted, tried on the open tickets, applied.

    The trial does the very thing that applying does, in a savepoint that is rolled
    back: what is shown is what will happen.
    """

    _name = "service.program.change"
    _description = "Change the Clocks of a Programme"

    program_id = fields.Many2one(
        comodel_name="service.program", string="Programme", required=True
    )
    line_ids = fields.One2many(
        comodel_name="service.program.change.line",
        inverse_name="change_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        string="Promises",
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("preview", "Preview")],
        default="draft",
        required=True,
    )
    result_ids = fields.One2many(
        comodel_name="service.program.change.result",
        inverse_name="change_id",
        string="What changes",
    )
    ticket_count = fields.Integer(string="Open tickets")
    tried_count = fields.Integer(string="Tried out")
    changed_count = fields.Integer(string="Tickets that change")

    @api.depends("program_id")
    def _compute_line_ids(self):
        for change in self:
            change.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "policy_id": policy.id,
                        **{
                            name: value
                            for name, value in policy.copy_data()[0].items()
                            if name in change.line_ids._get_promise_fields()
                        },
                    }
                )
                for policy in change.program_id.policy_ids
            ]

    def action_preview(self):
        """Try the draft on the open tickets and show what changes."""
        self.ensure_one()
        self.program_id.check_access("write")
        domain = self.program_id._get_open_tickets_domain()
        tickets = self.env["helpdesk.ticket"].search(
            domain, limit=PREVIEW_TICKETS, order="id desc"
        )
        before = self._take_stock(tickets)
        with self.env.cr.savepoint() as savepoint:
            self._apply_lines()
            tickets._start_clocks()
            after = self._take_stock(tickets)
            savepoint.rollback()
        results = [
            {
                "ticket_id": ticket_id,
                "promise": name,
                "change": "gone" if not new else "changed" if old else "new",
                "old_state": old and old[0],
                "old_deadline": old and old[1],
                "new_state": new and new[0],
                "new_deadline": new and new[1],
            }
            for ticket_id, old, new, name in self._compare(before, after)
        ]
        self.write(
            {
                "state": "preview",
                "ticket_count": self.env["helpdesk.ticket"].search_count(domain),
                "tried_count": len(tickets),
                "changed_count": len({vals["ticket_id"] for vals in results}),
                "result_ids": [Command.clear(), *map(Command.create, results)],
            }
        )
        return self._reopen()

    def action_back(self):
        """Go on drafting."""
        self.ensure_one()
        self.write({"state": "draft", "result_ids": [Command.clear()]})
        return self._reopen()

    def action_apply(self):
        """Let the draft become the programme's promises."""
        self.ensure_one()
        self.program_id.check_access("write")
        if self.state != "preview":
            raise UserError(self.env._("Look at the preview first."))
        changes = self._apply_lines()
        domain = self.program_id._get_open_tickets_domain()
        tickets = self.env["helpdesk.ticket"].search(domain, limit=PREVIEW_TICKETS + 1)
        if len(tickets) <= PREVIEW_TICKETS:
            tickets._start_clocks()
            self.program_id.replay_after = -1
        if changes:
            self.program_id.message_post(
                body=Markup("<ul>%s</ul>")
                % Markup().join(Markup("<li>%s</li>") % change for change in changes)
            )
        return {"type": "ir.actions.act_window_close"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change the clocks of %s", self.program_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _apply_lines(self):
        """Write the draft into the policies; a removed promise is archived.

        :return: what was changed, as sentences
        """
        sentences = []
        new = []
        for line in self.line_ids:
            if not line.policy_id:
                new.append({"program_id": self.program_id.id, **line._get_vals()})
                sentences.append(self.env._("%s: new", line.name))
                continue
            vals = line._get_changed_vals()
            if vals:
                sentences.append(line._get_sentence(vals))
                line.policy_id.write(vals)
        removed = self.program_id.policy_ids - self.line_ids.policy_id
        sentences += [self.env._("%s: ended", policy.name) for policy in removed]
        removed.active = False
        self.env["service.sla.policy"].create(new)
        return sentences

    @api.model
    def _take_stock(self, tickets):
        """(ticket id, policy id) → (state, deadline, name of the promise)."""
        return {
            (clock.ticket_id.id, clock.policy_id.id): (
                clock.state,
                clock.deadline,
                clock.policy_id.name,
            )
            for clock in self.env["service.sla.clock"].search(
                [("ticket_id", "in", tickets.ids)]
            )
        }

    @api.model
    def _compare(self, before, after):
        for key in sorted(before.keys() | after.keys()):
            old, new = before.get(key), after.get(key)
            if (old and old[:2]) != (new and new[:2]):
                yield key[0], old, new, (new or old)[2]


class ServiceProgramChangeLine(models.TransientModel):
    _name = "service.program.change.line"
    _description = "Drafted Promise"
    _inherit = ["service.sla.promise"]
    _order = "sequence, id"

    change_id = fields.Many2one(
        comodel_name="service.program.change", required=True, ondelete="cascade"
    )
    policy_id = fields.Many2one(comodel_name="service.sla.policy")

    @api.model
    def _get_promise_fields(self):
        return [
            name
            for name in self.env["service.sla.promise"]._fields
            if name not in NOT_COPIED
        ]

    def _get_vals(self):
        """The draft as values of a policy."""
        self.ensure_one()
        names = self._get_promise_fields()
        return self._convert_to_write({name: self[name] for name in names})

    def _get_changed_vals(self):
        """Values in which the draft differs from the policy in force."""
        return {
            name: value
            for name, value in self._get_vals().items()
            if self[name] != self.policy_id[name]
        }

    def _get_sentence(self, vals):
        """The changes in words, for the programme's history."""
        self.ensure_one()
        parts = []
        for name in vals:
            field = self._fields[name]
            old, new = (
                field.convert_to_export(record[name], record) or "–"
                for record in (self.policy_id, self)
            )
            label = field.get_description(self.env, ["string"])["string"]
            parts.append(f"{label} {old} → {new}")
        return f"{self.policy_id.name}: {', '.join(parts)}"


class ServiceProgramChangeResult(models.TransientModel):
    _name = "service.program.change.result"
    _description = "Clock that a Draft Changes"

    change_id = fields.Many2one(
        comodel_name="service.program.change", required=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket")
    promise = fields.Char()
    change = fields.Selection(
        selection=[("new", "New clock"), ("changed", "Changes"), ("gone", "Ends")],
        string="Effect",
    )
    old_state = fields.Selection(
        selection=lambda self: self._get_clock_states(),
        string="State now",
    )
    old_deadline = fields.Datetime(string="Deadline now")
    new_state = fields.Selection(
        selection=lambda self: self._get_clock_states(),
        string="State then",
    )
    new_deadline = fields.Datetime(string="Deadline then")

    @api.model
    def _get_clock_states(self):
        """The states of a clock, in the reader's language."""
        field = self.env["service.sla.clock"]._fields["state"]
        return field._description_selection(self.env)
