# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class SpareLineMixin(models.AbstractModel):
    """A part and a number of whole pieces on a document.

    The document decides until when its lines may change: ``_get_fixed_message``.
    """

    _name = "spare.line.mixin"
    _description = "Line of a Parts Document"

    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        domain=[("is_storable", "=", True)],
    )
    tracking = fields.Selection(related="product_id.tracking")
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A line is for at least one piece."
    )

    def _get_fixed_message(self):
        """Why this line may not be changed any more; empty while it may."""
        raise NotImplementedError

    @api.model
    def _check_quantity(self, vals, product=None):
        """Refuse nothing and less, before the database does it without a name."""
        if vals.get("quantity", 1.0) <= 0:
            product = product or self.env["product.product"].browse(
                vals.get("product_id")
            )
            raise UserError(
                self.env._(
                    "%(product)s: a line is for at least one piece, not %(quantity)g. "
                    "Write the number of pieces, or delete the line.",
                    product=product.display_name or self.env._("Part"),
                    quantity=vals["quantity"],
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_quantity(vals)
        lines = super().create(vals_list)
        lines._check_line()
        return lines

    def write(self, vals):
        self._check_line()
        self._check_quantity(vals, self.product_id[:1])
        result = super().write(vals)
        self._check_line()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._check_line()

    def _check_line(self):
        for line in self:
            message = line._get_fixed_message()
            if message:
                raise UserError(message)
            if line.quantity != round(line.quantity):
                raise UserError(
                    self.env._(
                        "%(product)s: %(quantity)g is a fraction of a piece. Write whole "
                        "pieces.",
                        product=line.product_id.display_name,
                        quantity=line.quantity,
                    )
                )
