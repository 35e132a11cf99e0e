# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import fields, models
from odoo.exceptions import AccessError


class DiscussChannel(models.Model):
    """A forum in which everybody speaks under his own name (SEC-08)."""

    _inherit = "discuss.channel"

    service_real_names = fields.Boolean(
        string="Real names only",
        help="A message carries the name of the person who is logged in.",
    )

    def message_post(self, **kwargs):
        person = self.env.user.partner_id
        borrowed = (
            kwargs.get("author_id", person.id) != person.id
            or kwargs.get("email_from")
            or kwargs.get("author_guest_id")
            or self.env.user._is_public()
        )
        if borrowed and not self.env.su and self.filtered("service_real_names"):
            raise AccessError(
                self.env._(
                    "In %(forum)s everybody speaks under his own name (SEC-08).",
                    forum=", ".join(self.mapped("display_name")),
                )
            )
        return super().message_post(**kwargs)
