# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceCertificate(models.Model):
    """Proof of a skill, with an end: a person's exam, a unit's licence.

    Staff are trained, examined and certified (NET-02); the certificates of a unit
    have an end as well (NET-16, NET-18).
    """

    _name = "service.certificate"
    _description = "Certificate"
    _order = "valid_until, id"

    name = fields.Char(string="Certificate", required=True)
    number = fields.Char(string="Certificate number")
    user_id = fields.Many2one(comodel_name="res.users", string="Person", index=True)
    station_id = fields.Many2one(
        comodel_name="service.station", string="Unit", index="btree_not_null"
    )
    skill_id = fields.Many2one(
        comodel_name="service.skill", required=True, index=True, ondelete="restrict"
    )
    issuer_id = fields.Many2one(comodel_name="res.partner", string="Issued by")
    stars = fields.Integer(help="Star level, as the house defines it.")
    trained_on = fields.Date()
    examined_on = fields.Date()
    examiner_id = fields.Many2one(comodel_name="res.users")
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(help="Empty: without an end.")
    is_valid = fields.Boolean(compute="_compute_is_valid", search="_search_is_valid")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _has_owner = models.Constraint(
        "CHECK (num_nonnulls(user_id, station_id) = 1)",
        "A certificate belongs to a person or to a unit.",
    )
    _ends_later = models.Constraint(
        "CHECK (valid_until IS NULL OR valid_until >= valid_from)",
        "A certificate ends after it begins.",
    )

    @api.constrains("user_id", "examiner_id")
    def _check_examiner(self):
        for certificate in self:
            if certificate.user_id and certificate.user_id == certificate.examiner_id:
                raise ValidationError(
                    self.env._(
                        "Certificate %(name)s: %(user)s cannot be examined by himself. "
                        "A service manager names another examiner.",
                        name=certificate.name,
                        user=certificate.user_id.name,
                    )
                )

    @api.model
    def _get_valid_domain(self, day):
        return [
            ("valid_from", "<=", day),
            "|",
            ("valid_until", "=", False),
            ("valid_until", ">=", day),
        ]

    def _compute_is_valid(self):
        valid = self.filtered_domain(
            self._get_valid_domain(self.env.company._service_today())
        )
        for certificate in self:
            certificate.is_valid = certificate in valid

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_valid_domain(self.env.company._service_today())
