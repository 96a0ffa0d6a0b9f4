"""A delivery of an Amazon order says where its buyer lives: who reads it is logged."""

from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "amazon.personal.record"]

    # === BUSINESS METHODS === #

    def _find_accessed_orders(self):
        return self.sale_id.amazon_order_ids
