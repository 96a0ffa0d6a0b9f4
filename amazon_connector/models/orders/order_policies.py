"""What a storefront decides about the sale orders that are made of its orders."""

from odoo import models


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - VALUES OF THE SALE ORDER === #

    def _prepare_sale_order_vals(self, order, contact, delivery):
        """Extend by what the storefront says: number, team, tags, delivery method."""
        vals = super()._prepare_sale_order_vals(order, contact, delivery)
        return vals | self.storefront_id._prepare_sale_order_vals(self)
