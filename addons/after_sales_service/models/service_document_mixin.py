# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError


class ServiceDocumentMixin(models.AbstractModel):
    """A numbered document that changes state only through its own acts."""

    _name = "service.document.mixin"
    _description = "Service Document"
    _inherit = ["service.guarded.mixin"]

    # state → states that may follow; the first one is where a document begins
    _transitions = {}
    _sequence_code = None

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if self._sequence_code and vals.get("name", "/") == "/":
                vals["name"] = self.env["ir.sequence"].next_by_code(self._sequence_code)
        return super().create(vals_list)

    def _transition(self, to, **vals):
        """Move all documents to ``to`` at once, or none."""
        self.check_access("write")
        states = dict(self._fields["state"]._description_selection(self.env))
        for document in self:
            if to not in self._transitions[document.state]:
                raise UserError(
                    self.env._(
                        "%(document)s is %(state)s; it cannot become %(to)s.",
                        document=document.display_name,
                        state=states[document.state],
                        to=states[to],
                    )
                )
        if self:
            self._set_guarded({"state": to, **vals})

    def _require_group(self, *groups):
        """Refuse unless the user sees the documents and is in one of ``groups``.

        An act that goes on with ``sudo`` is fenced by this, whatever the door.
        """
        self.check_access("read")
        if any(
            self.env.user.has_group(f"after_sales_service.group_{group}")
            for group in groups
        ):
            return
        # sudo: names of groups, for the message only
        labels = [
            self.env.ref(f"after_sales_service.group_{group}").sudo().name
            for group in groups
        ]
        raise AccessError(
            self.env._(
                "%(document)s: %(user)s may not do this. It is for: %(groups)s.",
                document=", ".join(self.mapped("display_name")[:5])
                or self.env["ir.model"]._get(self._name).name,
                user=self.env.user.name,
                groups=", ".join(labels),
            )
        )

    def _now(self):
        return (self.company_id[:1] or self.env.company)._service_now()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        first = next(iter(self._transitions))
        kept = self.filtered(lambda document: document.state != first)
        if kept:
            raise UserError(
                self.env._(
                    "%(documents)s: what was signed or done is never deleted. Correct "
                    "it with a new document.",
                    documents=", ".join(kept.mapped("display_name")[:5]),
                )
            )
