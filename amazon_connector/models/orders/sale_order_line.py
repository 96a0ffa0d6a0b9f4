"""What a sale order line knows of the Amazon order item that it was made from."""

from odoo import api, fields, models

from .delivery_stage import DeliveryStage


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    amazon_item_ref = fields.Char(
        string="Amazon Order Item", readonly=True, copy=False, index="btree_not_null"
    )
    amazon_qty_shipped_elsewhere = fields.Float(
        string="Shipped outside of Odoo",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Units that Amazon counts as shipped and Odoo did not ship. They count as "
        "delivered, and are not delivered again.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amazon_qty_shipped_elsewhere")
    def _compute_qty_delivered(self):
        """Override of `sale_stock` to follow what left without a delivery."""
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        """Override of `sale_stock` to count what left without a delivery."""
        quantities = super()._prepare_qty_delivered()
        for line in self.filtered("amazon_qty_shipped_elsewhere"):
            quantities[line] = (
                quantities.get(line, 0) + line.amazon_qty_shipped_elsewhere
            )
        return quantities

    # === BUSINESS METHODS - QUANTITIES === #

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Override of `sale_stock`: what left elsewhere needs no delivery.

        It is taken off before Odoo takes a kit apart.
        """
        elsewhere = self.amazon_qty_shipped_elsewhere
        if elsewhere and not self.move_ids:
            return elsewhere
        return super()._get_qty_procurement(previous_product_uom_qty) + elsewhere

    def _get_units_shipped_by_odoo(self):
        return self.qty_delivered - self.amazon_qty_shipped_elsewhere

    def _get_open_units(self):
        """Return what is still to be delivered, in the unit of the line."""
        return max(self.product_uom_qty - self.qty_delivered, 0)

    def _set_amazon_quantity(self, quantity, price=None):
        """Follow the quantity that Amazon wants, never below what left.

        More is procured by Odoo; less is taken out of the open moves.

        :param price: the price of a unit, ``None`` to keep it
        """
        quantity = max(quantity, self.qty_delivered)
        values = {}
        if price is not None and price != self.price_unit:
            values["price_unit"] = price
        if quantity != self.product_uom_qty:
            # The price comes along: Odoo would work it out anew.
            values |= {"product_uom_qty": quantity, "price_unit": self.price_unit}
            if price is not None:
                values["price_unit"] = price
        if not values:
            return
        is_less = quantity < self.product_uom_qty
        before = self._get_open_units()
        self.with_context(skip_procurement=is_less).write(values)
        if is_less:
            stage = DeliveryStage(self.order_id)
            stage.limit_line(self, self._get_open_units(), before)
