"""What changed in stock since a store was last told: one row for each change.

Rows are only ever added by whoever moves stock, and taken away by the job, so that two
people never get into each other's way, a change that is rolled back leaves nothing,
and none is lost. Products are gathered until the transaction is committed: one row for
a product and store, one wake-up for the job.
"""

from odoo import api, fields, models

from ..connection.amazon_connection import CONNECTED_STATES

_PRODUCTS = "amazon_connector.stock_change.products"
_ORDERS = "amazon_connector.stock_change.orders"
_WAKE = "amazon_connector.stock_change.wake"


class AmazonStockChange(models.Model):
    _name = "amazon.stock.change"
    _description = "Amazon Stock Change"
    _order = "id"
    _rec_name = "product_id"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        ondelete="cascade",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _mark_products_changed(self, products):
        """What can be sold of these products may have changed."""
        self._gather(_PRODUCTS, products.ids)

    @api.model
    def _mark_orders_changed(self, orders):
        """These Amazon orders take, or no longer take, what is in stock."""
        self._gather(_ORDERS, orders.ids)

    @api.model
    def _trigger_sync(self):
        """Have the job run once the transaction is committed."""
        self._gather(_WAKE, [True])

    @api.model
    def _gather(self, key, values):
        data = self.env.cr.precommit.data
        if not any(name in data for name in (_PRODUCTS, _ORDERS, _WAKE)):
            self.env.cr.precommit.add(self.sudo()._write_down)
        data.setdefault(key, set()).update(values)

    @api.model
    def _write_down(self):
        """Add the rows of this transaction; called right before it is committed."""
        data = self.env.cr.precommit.data
        products = data.pop(_PRODUCTS, set())
        orders = data.pop(_ORDERS, set())
        wake = bool(data.pop(_WAKE, False))
        products |= self._products_of_orders(orders)
        listings = self.env["amazon.listing"].search(
            [
                ("product_id", "in", list(products)),
                ("connection_id.sync_inventory", "=", True),
            ]
        )
        pairs = {(row.connection_id.id, row.product_id.id) for row in listings}
        self.create(
            [
                {"connection_id": connection, "product_id": product}
                for connection, product in sorted(pairs)
            ]
        )
        if wake or listings.connection_id.filtered(
            lambda connection: connection.state in CONNECTED_STATES
        ):
            self.env["amazon.job"]._trigger("sync_inventory")

    @api.model
    def _products_of_orders(self, order_ids):
        lines = self.env["amazon.order.line"].search(
            [("order_id", "in", list(order_ids))]
        )
        skus = [sku for sku in lines.mapped("sku") if sku]
        listings = self.env["amazon.listing"].search(
            [
                ("connection_id", "in", lines.order_id.connection_id.ids),
                ("sku", "in", skus),
            ]
        )
        # A store need not have downloaded its listings.
        products = self.env["product.product"].search([("default_code", "in", skus)])
        return set((listings.product_id | products).ids)

    @api.model
    def _take(self, connection):
        """Return the products that changed for a store, and forget the changes."""
        changes = self.search([("connection_id", "=", connection.id)])
        products = changes.product_id
        changes.unlink()
        return products
