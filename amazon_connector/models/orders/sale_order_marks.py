"""A sale order of Amazon's in lists and searches: found by number, marked, late."""

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "amazon.order.marks"]

    amazon_ship_by = fields.Datetime(
        string="Ship By",
        compute="_compute_amazon_ship_by",
        store=True,
        help="Amazon counts it as late when it leaves afterwards.",
    )

    @property
    def _rec_names_search(self):
        return [*super()._rec_names_search, "amazon_order_ref"]

    # === COMPUTE METHODS === #

    @api.depends("amazon_order_ids.ship_by")
    def _compute_amazon_ship_by(self):
        for sale in self:
            sale.amazon_ship_by = sale.amazon_order_ids[:1].ship_by

    # === CRUD METHODS === #

    def _auto_init(self):
        """Sale orders that are there before the connector came have none of it."""
        if not column_exists(self.env.cr, "sale_order", "amazon_ship_by"):
            create_column(self.env.cr, "sale_order", "amazon_ship_by", "timestamp")
        return super()._auto_init()

    # === BUSINESS METHODS === #

    def _is_amazon_to_ship(self):
        return self.state != "cancel" and self.delivery_status != "full"
