# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, models


class ServiceEvidenceMixin(models.AbstractModel):
    """Photos and documents are read by whoever may read the record.

    A file that is uploaded belongs to nobody but its author until it is tied to a
    record; then who decides can look at it too.
    """

    _name = "service.evidence.mixin"
    _description = "Record with Evidence"

    _evidence_field = "photo_ids"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._tie_evidence()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._evidence_field in vals:
            self._tie_evidence()
        return result

    def _tie_evidence(self):
        for record in self:
            # sudo: only files its author has just put on this record
            record.sudo()[self._evidence_field].filtered(
                lambda file: not file.res_id
            ).write({"res_model": record._name, "res_id": record.id})
