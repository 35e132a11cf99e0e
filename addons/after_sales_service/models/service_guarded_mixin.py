# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models
from odoo.exceptions import AccessError, UserError


class ServiceGuardedMixin(models.AbstractModel):
    """Fields that only the model's own actions may set, whatever the door.

    A model names them in ``_guarded_fields`` and sets them with
    ``_set_guarded``. Writing one over RPC or by import is refused even to those
    who may write the record.
    """

    _name = "service.guarded.mixin"
    _description = "Fields set by actions only"

    _guarded_fields = frozenset()

    @api.model
    def _check_guarded(self, vals):
        guarded = self._guarded_fields & vals.keys()
        if guarded and not self.env.su:
            labels = self.env["ir.model.fields"]
            raise AccessError(
                self.env._(
                    "%(model)s: %(fields)s is set by the buttons only.",
                    model=self.env["ir.model"]._get(self._name).name,
                    fields=", ".join(
                        labels._get(self._name, name).field_description
                        for name in sorted(guarded)
                    ),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_guarded(
                {
                    name: value
                    for name, value in vals.items()
                    if name in self._guarded_fields
                    and value != self._get_guarded_default(name)
                }
            )
        return super().create(vals_list)

    @api.model
    def _get_guarded_default(self, name):
        default = self._fields[name].default
        value = default(self) if default else False
        return value.id if isinstance(value, models.BaseModel) else value

    def write(self, vals):
        self._check_guarded(vals)
        return super().write(vals)

    def _set_guarded(self, vals):
        """Write guarded fields for a user who may write these records."""
        self.check_access("write")
        # sudo: the guard lets only the model's own actions through
        return self.sudo().write(vals)

    def _get_changed(self, names, vals):
        """The records on which ``vals`` would change one of the fields ``names``."""
        names = names & vals.keys()
        return self.filtered(
            lambda record: any(
                self._fields[name].convert_to_cache(vals[name], record)
                != self._fields[name].convert_to_cache(record[name], record)
                for name in names
            )
        )

    def _get_signed_before(self, vals):
        """The records that are signed already and get no new signature by ``vals``."""
        signed = self.filtered("signature").with_context(bin_size=False)
        return signed - signed._get_changed({"signature"}, vals)

    def _get_labels(self, names):
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in sorted(names)
        )

    def _check_filled(self, needed):
        """Refuse records with an empty field.

        :param needed: a list of (field name, label); or a function that gives the
            labels of what is missing on one record
        :raises AccessError: when it is not the user's to fill
        :raises UserError: names the record and all that is missing
        """
        self.check_access("write")
        for record in self:
            missing = (
                needed(record)
                if callable(needed)
                else [label for name, label in needed if not record[name]]
            )
            if missing:
                raise UserError(
                    self.env._(
                        "%(record)s is not complete yet. Missing: %(missing)s.",
                        record=record.display_name,
                        missing=", ".join(missing),
                    )
                )
