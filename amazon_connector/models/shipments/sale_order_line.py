"""A line of a sale order: what a person changes of what Amazon awaits."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..products.units_per_listing import count_whole


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    amazon_replaced_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Ordered on Amazon",
        readonly=True,
        copy=False,
        help="The product that was ordered, where a person put another one into its "
        "place.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_replaced_product(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_replaced_product(vals)
        # What follows Amazon is written without a person's rights.
        lines = self.browse()
        if not self.env.su and {"product_id", "product_uom_qty"} & vals.keys():
            lines = self.filtered("amazon_item_ref")
        ordered = {line: line._get_amazon_product() for line in lines}
        result = super().write(vals)
        for line, product in ordered.items():
            is_replaced = line.product_id != product
            line.sudo().amazon_replaced_product_id = product if is_replaced else False
        if lines:
            lines.sudo().order_id.amazon_order_ids._settle_missing_units()
        return result

    def _check_replaced_product(self, vals):
        """:raise AccessError: when a person writes what follows from the product"""
        if not self.env.su and "amazon_replaced_product_id" in vals:
            raise AccessError(
                self.env._(
                    "The product that was ordered on Amazon cannot be changed by hand."
                )
            )

    # === BUSINESS METHODS === #

    def _get_amazon_product(self):
        """Return the product that was ordered on Amazon."""
        return self.sudo().amazon_replaced_product_id or self.product_id

    def _count_units_in_parts(self):
        """Return how many kits left as components that Amazon is not told of.

        As Amazon counts them. Who knows bills of materials tells it of the kits.
        """
        return sum(
            count_whole(line._get_units_shipped_by_odoo(), line._get_units_per_item())
            for line in self
        )

    def _ship_amazon_units(self, units, ordered):
        """Have so many units more delivered.

        :param units: in the unit of the line
        :param ordered: how many Amazon's buyer ordered, in the unit of the line
        """
        self.ensure_one()
        wanted = min(self.qty_delivered + units, ordered)
        if self.product_uom_qty < wanted:
            self.with_context(skip_procurement=True).product_uom_qty = wanted
        self.with_context(amazon_units_to_ship=units)._action_launch_stock_rule()

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override of `sale_stock` to have a certain number of units delivered.

        ``amazon_units_to_ship`` in the context says how many.
        """
        if units := self.env.context.get("amazon_units_to_ship"):
            return self.product_uom_qty - units
        return super()._get_qty_procurement(previous_product_uom_qty)
