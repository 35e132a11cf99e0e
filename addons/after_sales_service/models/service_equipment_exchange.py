# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .service_equipment import PROOF_FIELDS


class ServiceEquipment(models.Model):
    """A machine given in exchange: a record of its own, linked both ways."""

    # pylint: disable=consider-merging-classes-inherited

    _inherit = "service.equipment"

    replaces_id = fields.Many2one(
        comodel_name="service.equipment",
        string="Came in exchange for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    replaced_by_id = fields.Many2one(
        comodel_name="service.equipment",
        string="Exchanged for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    replaced_on = fields.Date(string="Exchanged on", readonly=True, copy=False)

    @api.constrains("replaces_id", "replaced_by_id")
    def _check_exchange(self):
        for equipment in self:
            if equipment in (equipment.replaces_id | equipment.replaced_by_id):
                raise ValidationError(
                    self.env._(
                        "Equipment %s cannot be exchanged for itself.", equipment.serial
                    )
                )

    def _exchange(self, new, serial):
        """Give a new machine for this one (WAR-10, WAR-16, WAR-17, WAR-34).

        :param new: the new machine where it is registered already, else empty
        :param serial: the serial the new machine is registered with
        :return: the new machine
        :raises UserError: this one is exchanged already, or the new one is not the
            customer's
        """
        self.ensure_one()
        if self.replaced_by_id:
            raise UserError(
                self.env._(
                    "Equipment %(old)s was exchanged for %(new)s already.",
                    old=self.serial,
                    new=self.replaced_by_id.serial,
                )
            )
        if new and (new.partner_id != self.partner_id or new.replaced_by_id):
            raise UserError(
                self.env._(
                    "Equipment %(new)s cannot be given for %(old)s: it is not a machine "
                    "that %(customer)s uses.",
                    new=new.serial,
                    old=self.serial,
                    customer=self.partner_id.name,
                )
            )
        new = new or self.create(self._prepare_exchange_vals(serial))
        today = self.company_id._service_today()
        new.replaces_id = self
        self.write({"replaced_by_id": new.id, "replaced_on": today})
        self.message_post(body=self.env._("Exchanged for %s.", new.display_name))
        new.message_post(body=self.env._("Came in exchange for %s.", self.display_name))
        return new

    def _prepare_exchange_vals(self, serial):
        """The new machine: the same goods, with the term the programme gives it.

        New goods begin their term anew on the day they are handed over; where the
        programme says otherwise the old machine's days go on.
        """
        self.ensure_one()
        today = self.company_id._service_today()
        proofs = {name: self[name] for name in PROOF_FIELDS}
        if self.program_id.exchange_anew:
            proofs = {name: today if day else False for name, day in proofs.items()}
            proofs["sale_date"] = today
        factory = self.component_ids.filtered(
            lambda part: (
                not part.removed_on and part.source in ("factory", "replacement")
            )
        )
        return {
            "serial": serial,
            "name": self.name,
            "product_id": self.product_id.id,
            "partner_id": self.partner_id.id,
            "program_id": self.program_id.id,
            "region_id": self.region_id.id,
            "company_id": self.company_id.id,
            **proofs,
            "component_ids": [
                fields.Command.create(
                    {
                        "category_id": part.category_id.id,
                        "product_id": part.product_id.id,
                    }
                )
                for part in factory
            ],
        }
