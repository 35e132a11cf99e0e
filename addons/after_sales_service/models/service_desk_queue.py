# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval


class ServiceDeskQueue(models.Model):
    """One kind of work that waits on somebody's desk: a card of the page *Today*.

    Rows, not code: which role sees it, what waits, when it is due and the next step.
    What is counted is what the person may read.
    """

    _name = "service.desk.queue"
    _description = "Queue of a Desk"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    hint = fields.Char(
        string="Next step", translate=True, help="What to do with what waits."
    )
    group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Roles",
        required=True,
        help="Whose desk it is. Who has several roles sees the cards of the leading ones.",
    )
    action_id = fields.Many2one(
        comodel_name="ir.actions.act_window",
        string="Opens",
        required=True,
        ondelete="cascade",
    )
    domain = fields.Char(
        default="[]",
        required=True,
        help="What waits, among what the screen shows; uid is the person looking.",
    )
    due_field = fields.Char(
        string="Due field", help="A date or time of the record; before now is late."
    )
    is_mine = fields.Boolean(
        string="On my desk", compute="_compute_is_mine", search="_search_is_mine"
    )
    count = fields.Integer(string="Waiting", compute="_compute_count")
    late_count = fields.Integer(string="Late", compute="_compute_count")
    oldest_due = fields.Datetime(compute="_compute_count")

    @api.constrains("domain", "due_field", "action_id")
    def _check_queue(self):
        """:raises ValidationError: nothing could be counted with this row"""
        for queue in self:
            model = self.env.get(queue._get_action().res_model)
            try:
                domain = queue._get_domain()
                domain.validate(model)
            except (ValueError, SyntaxError, TypeError, NameError) as err:
                raise ValidationError(
                    self.env._(
                        "What waits in “%(queue)s” is no condition of %(model)s: %(domain)s",
                        queue=queue.name,
                        model=queue._get_action().res_model,
                        domain=queue.domain,
                    )
                ) from err
            field = model._fields.get(queue.due_field or "")
            dated = field and field.store and field.type in ("date", "datetime")
            if queue.due_field and not dated:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of “%(queue)s” is no date or time of %(model)s.",
                        field=queue.due_field,
                        queue=queue.name,
                        model=queue._get_action().res_model,
                    )
                )

    def _get_action(self):
        """The screen of the queue."""
        # sudo: actions are the administrator's; everybody may know what a menu opens
        return self.sudo().action_id

    def _get_domain(self) -> Domain:
        """What waits for the current person, within what the screen shows."""
        self.ensure_one()
        names = {"uid": self.env.uid}
        shown = safe_eval(self._get_action().domain or "[]", dict(names))
        return Domain(shown) & Domain(safe_eval(self.domain, dict(names)))

    def _compute_is_mine(self):
        mine = self._get_desk_groups()
        for queue in self:
            queue.is_mine = bool(queue.group_ids & mine)

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("group_ids", "in", self._get_desk_groups().ids)]

    @api.model
    def _get_desk_groups(self):
        """The person's leading roles: those that none of his other roles includes."""
        # sudo: which roles have a desk is no secret, the settings of groups are closed
        desks = self.sudo().search([("active", "=", True)]).group_ids
        mine = desks & self.env.user.all_group_ids
        included = [group.all_implied_ids - group for group in mine]
        return mine - self.env["res.groups"].union(*included)

    def _compute_count(self):
        """What waits, what of it is late, and since when; one or two queries a card."""
        now, today = self.env.company._service_now(), self.env.company._service_today()
        self.update({"count": 0, "late_count": 0, "oldest_due": False})
        for queue in self:
            model = self.env[queue._get_action().res_model]
            if not model.has_access("read"):
                continue
            due = queue.due_field
            domain = queue._get_domain()
            aggregates = ["__count", *([f"{due}:min"] if due else [])]
            [(queue.count, *oldest)] = model._read_group(domain, [], aggregates)
            if not (oldest and oldest[0]):
                continue
            limit = now if model._fields[due].type == "datetime" else today
            if oldest[0] < limit:
                queue.oldest_due = oldest[0]
                late = domain & Domain(due, "<", limit)
                queue.late_count = model.search_count(late)

    def action_open(self):
        """The screen of the queue, with what waits."""
        self.ensure_one()
        action = self._get_action()._get_action_dict()
        context = safe_eval(action.get("context") or "{}", {"uid": self.env.uid})
        kept = {
            key: value
            for key, value in context.items()
            if not key.startswith("search_default_")
        }
        return action | {
            "name": self.name,
            "domain": list(self._get_domain()),
            "context": kept,
        }
