"""What changed in stock since a store was last synced.

Rows are only ever added by whoever moves stock, and taken away by the job, so that two
people never get into each other's way, a change that is rolled back leaves nothing,
and none is lost. However much a transaction changes, it adds one row for a store and
product, and one wake-up for the job.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ..connection.amazon_connection import CONNECTED_STATES
from ..products.product_resolver import ProductResolver

# Gathered until the cursor is flushed: before the commit, and at each savepoint.
_PRODUCTS = "amazon_connector.stock_change.products"
_ORDERS = "amazon_connector.stock_change.orders"
_TRIGGER = "amazon_connector.stock_change.trigger"
# What this transaction added: {(connection id, product id): row id}, a trigger's id.
_ADDED = "amazon_connector.stock_change.added"
_ADDED_TRIGGER = "amazon_connector.stock_change.added_trigger"


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
        self._gather_until_flush(_PRODUCTS, products.ids)

    @api.model
    def _mark_orders_changed(self, orders):
        """These Amazon orders take, or no longer take, what is in stock."""
        self._gather_until_flush(_ORDERS, orders.ids)

    @api.model
    def _trigger_sync(self):
        """Have the job run once the transaction is committed."""
        self._gather_until_flush(_TRIGGER, [True])

    @api.model
    def _pop_products(self, connection):
        """Return the products that changed for a store, and forget the changes."""
        changes = self.search([("connection_id", "=", connection.id)])
        products = changes.product_id
        changes.unlink()
        return products

    # === BUSINESS METHODS - WRITE DOWN === #

    @api.model
    def _gather_until_flush(self, key, values):
        data = self.env.cr.precommit.data
        if not any(name in data for name in (_PRODUCTS, _ORDERS, _TRIGGER)):
            self.env.cr.precommit.add(self.sudo()._create_gathered)
        data.setdefault(key, set()).update(values)

    @api.model
    def _create_gathered(self):
        """Add what was gathered; called before the commit and at each savepoint."""
        data = self.env.cr.precommit.data
        products = data.pop(_PRODUCTS, set())
        orders = data.pop(_ORDERS, set())
        is_triggered = bool(data.pop(_TRIGGER, False))
        changed = self.env["product.product"].browse(products)
        changed |= self._find_products_of_orders(orders)
        listings = self.env["amazon.listing"].search(
            Domain("product_id", "any", changed._get_amazon_related_domain())
            & Domain("connection_id.sync_inventory", "=", True)
        )
        self._create_once(
            {(row.connection_id.id, row.product_id.id) for row in listings}
        )
        if is_triggered or listings.connection_id.filtered(
            lambda connection: connection.state in CONNECTED_STATES
        ):
            self._trigger_once()

    @api.model
    def _create_once(self, pairs):
        """Add the rows that this transaction did not add before.

        What it added is looked up again, since a savepoint may have been rolled back.

        :param set pairs: (connection id, product id)
        """
        added = self.env.cr.postcommit.data.setdefault(_ADDED, {})
        there = set(self.browse(added.values()).exists().ids)
        missing = sorted(pair for pair in pairs if added.get(pair) not in there)
        rows = self.create(
            [
                {"connection_id": connection, "product_id": product}
                for connection, product in missing
            ]
        )
        added.update(zip(missing, rows.ids, strict=True))

    @api.model
    def _trigger_once(self):
        """Add the job's trigger, unless this transaction has one."""
        data = self.env.cr.postcommit.data
        triggers = self.env["ir.cron.trigger"].sudo()
        if not triggers.browse(data.get(_ADDED_TRIGGER)).exists():
            self.env["amazon.job"]._trigger("sync_inventory")
            # Ids only rise, so the newest that is seen here is this transaction's.
            data[_ADDED_TRIGGER] = triggers.search([], order="id desc", limit=1).id

    @api.model
    def _find_products_of_orders(self, order_ids):
        """Return the products that the items of these orders may mean.

        :param order_ids: ids of ``amazon.order``
        """
        products = self.env["product.product"]
        lines = self.env["amazon.order.line"].search(
            [("order_id", "in", list(order_ids))]
        )
        for connection, part in lines.grouped(
            lambda line: line.order_id.connection_id
        ).items():
            references = filter(None, part.mapped("reference"))
            for match in ProductResolver(connection).resolve(references).values():
                products |= match.candidates
        return products
