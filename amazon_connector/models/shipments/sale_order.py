"""A sale order: how far Amazon is told of its parcels, and what it leaves undone."""

from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "amazon.confirmation.marks"]
    _amazon_shipment_path = "amazon_order_ids.shipment_ids"
    _amazon_delivery_path = "picking_ids"

    # === BUSINESS METHODS === #

    def _action_confirm(self):
        """Override of `sale`: a person may have taken lines out of a quotation."""
        result = super()._action_confirm()
        # Nothing more is asked of the database for sales of any other kind.
        sold_on_amazon = self.filtered("amazon_order_ref")
        if sold_on_amazon and not self.env.su:
            sold_on_amazon.sudo().amazon_order_ids._settle_missing_units()
        return result

    def _action_cancel(self):
        """Override of `sale`: who cancels the order is not asked about its units."""
        sales = self.with_context(amazon_is_closing=True)
        result = super(SaleOrder, sales)._action_cancel()
        self.sudo().amazon_order_ids._settle_missing_units()
        return result
