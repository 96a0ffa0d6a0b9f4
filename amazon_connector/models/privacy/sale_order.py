"""A sale order of Amazon's names its buyer: who reads it is logged."""

from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "amazon.personal.record"]

    # === BUSINESS METHODS === #

    def _find_accessed_orders(self):
        return self.amazon_order_ids
