"""What changed in stock since a store was last synced, and in lead times.

Rows are only ever added by whoever moves stock, and taken away by the job, so that two
people never get into each other's way, a change that is rolled back leaves nothing,
and none is lost. However much a transaction changes, it adds one row for a store and
product, and one wake-up for the job.

Who moves stock waits for it, so it is one statement of SQL, beside Odoo's own which
notifies the scheduler.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..connection.amazon_connection import CONNECTED_STATES
from ..products.product_resolver import ProductResolver

# Gathered until the cursor is flushed: before the commit, and at each savepoint.
_PRODUCTS = "amazon_connector.stock_change.products"
_LEAD_TIMES = "amazon_connector.stock_change.lead_times"
_ORDERS = "amazon_connector.stock_change.orders"
_TRIGGER = "amazon_connector.stock_change.trigger"
# What this transaction added: ids of rows, and of the job's triggers.
_ADDED = "amazon_connector.stock_change.added"
_TRIGGERS = "amazon_connector.stock_change.triggers"


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
    # Not its stock, which would show what Amazon sold.
    is_lead_time = fields.Boolean(string="Lead Time Alone", readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _mark_products_changed(self, products):
        """What can be sold of these products may have changed."""
        self._gather_until_flush(_PRODUCTS, products.ids)

    @api.model
    def _mark_lead_times_changed(self, products):
        """How long these take to ship, or when they come in, may have changed.

        It concerns the stores that tell Amazon of it.
        """
        self._gather_until_flush(_LEAD_TIMES, products.ids)

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
        """Return what changed for a store, and forget the changes.

        :return: the products whose stock changed, and those whose lead time did alone
        """
        changes = self.search([("connection_id", "=", connection.id)])
        lead_times = changes.filtered("is_lead_time").product_id
        moved = changes.filtered(lambda change: not change.is_lead_time).product_id
        changes.unlink()
        return moved, lead_times - moved

    @api.model
    def _get_moved_domain(self):
        """The listings whose product changed since the job last looked."""
        changes = self._search(Domain.TRUE)
        return Domain("product_id", "in", changes.subselect("product_id"))

    # === BUSINESS METHODS - WRITE DOWN === #

    @api.model
    def _gather_until_flush(self, key, values):
        data = self.env.cr.precommit.data
        keys = (_PRODUCTS, _LEAD_TIMES, _ORDERS, _TRIGGER)
        if not any(name in data for name in keys):
            self.env.cr.precommit.add(self.sudo()._create_gathered)
        data.setdefault(key, set()).update(values)

    @api.model
    def _create_gathered(self):
        """Add what was gathered; called before the commit and at each savepoint."""
        data = self.env.cr.precommit.data
        products = data.pop(_PRODUCTS, set())
        lead_times = data.pop(_LEAD_TIMES, set())
        orders = data.pop(_ORDERS, set())
        is_triggered = bool(data.pop(_TRIGGER, False))
        changed = self.env["product.product"].browse(products)
        changed |= self._find_products_of_orders(orders)
        if changed or is_triggered:
            self._add(changed, is_triggered)
        if lead_times - set(changed.ids):
            self._add(changed.browse(lead_times) - changed, is_lead_time=True)

    @api.model
    def _add(self, products, is_triggered=False, is_lead_time=False):
        """Add the rows and the job's trigger that this transaction did not add before.

        What it added is looked up again, since a savepoint may have been rolled back.

        :param products: ``product.product`` that changed
        :param is_triggered: whether the job is to run, whichever of them are synced
        :param is_lead_time: whether it was their lead time alone
        """
        data = self.env.cr.postcommit.data
        added, triggers = data.setdefault(_ADDED, []), data.setdefault(_TRIGGERS, [])
        cron = self.env["amazon.job.type"]._get_type("sync_inventory")._get_cron()
        rows = self.env.execute_query(
            self._get_addition(
                products, is_triggered, is_lead_time, cron, added, triggers
            )
        )
        for model, row_id in rows:
            (added if model == self._name else triggers).append(row_id)
        if any(model != self._name for model, _row_id in rows):
            self.env.cr.postcommit.add(cron._notifydb)

    @api.model
    def _get_addition(
        self, products, is_triggered, is_lead_time, cron, added, triggers
    ):
        """Return the statement that adds what is missing.

        It selects the model and the id of each row that was added.

        :param cron: the ``ir.cron`` of the job
        :param list added: ids of the rows that this transaction added before
        :param list triggers: ids of the ``ir.cron.trigger`` that it added before
        """
        concerned = Domain("connection_id.sync_inventory", "=", True)
        if is_lead_time:
            concerned &= Domain("connection_id.send_lead_times", "=", True)
        synced = self.env["amazon.listing"]._search(
            Domain("product_id", "any", products._get_amazon_related_domain())
            & concerned
        )
        state = self.env["amazon.connection"]._fields["state"]
        active = self.env["ir.cron"]._fields["active"]
        return SQL(
            """
            WITH synced AS (
                SELECT DISTINCT connection_id, product_id
                FROM (%(synced)s) AS listing
            ), added AS (
                INSERT INTO amazon_stock_change
                    (connection_id, product_id, is_lead_time,
                     create_uid, create_date, write_uid, write_date)
                SELECT connection_id, product_id, %(is_lead_time)s,
                    %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM synced
                WHERE NOT EXISTS (
                    SELECT FROM amazon_stock_change known
                    WHERE known.id = ANY(%(added)s)
                    AND known.connection_id = synced.connection_id
                    AND known.product_id = synced.product_id
                    AND (known.is_lead_time IS NOT TRUE OR %(is_lead_time)s)
                )
                ORDER BY connection_id, product_id
                RETURNING id
            ), triggers AS (
                INSERT INTO ir_cron_trigger
                    (cron_id, call_at, create_uid, create_date, write_uid, write_date)
                SELECT id, %(now)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM ir_cron
                WHERE id = %(cron)s AND %(active)s
                AND (%(is_triggered)s OR EXISTS (
                    SELECT FROM synced
                    JOIN amazon_connection ON amazon_connection.id = connection_id
                    WHERE %(state)s IN %(connected)s
                ))
                AND NOT EXISTS (
                    SELECT FROM ir_cron_trigger WHERE id = ANY(%(triggers)s)
                )
                RETURNING id
            )
            SELECT %(change_model)s, id FROM added
            UNION ALL SELECT %(trigger_model)s, id FROM triggers
            """,
            synced=synced.select(
                SQL.identifier(synced.table, "connection_id"),
                SQL.identifier(synced.table, "product_id"),
            ),
            uid=self.env.uid,
            now=fields.Datetime.now(),
            added=added,
            cron=cron.id,
            active=SQL.identifier("active", to_flush=active),
            is_triggered=is_triggered,
            is_lead_time=is_lead_time,
            state=SQL.identifier("amazon_connection", "state", to_flush=state),
            connected=CONNECTED_STATES,
            triggers=triggers,
            change_model=self._name,
            trigger_model="ir.cron.trigger",
        )

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
