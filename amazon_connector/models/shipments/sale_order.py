"""A sale order: how far Amazon is told of its parcels."""

from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "amazon.confirmation.marks"]
    _amazon_shipment_path = "amazon_order_ids.shipment_ids"
