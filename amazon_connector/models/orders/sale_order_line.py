"""What a sale order line knows of the Amazon order item that it was made from."""

from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    amazon_item_ref = fields.Char(
        string="Amazon Order Item", readonly=True, copy=False, index="btree_not_null"
    )
