"""What the tests of the sync of inventory share."""

from .fake_listings import build_listing
from .listings_common import ListingsCommon


class InventoryCommon(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.fake.list(build_listing(quantity=3))
        self.download_products()
        self.connection.state = "completed"
        self.warehouse = self.connection.warehouse_id
        self.stock = self.warehouse.lot_stock_id

    def switch_on(self):
        self.connection.sync_inventory = True
        self.sync()

    def sync(self):
        self.commit()
        self.run_job("sync_inventory")

    def pushed(self):
        """What was sent since the last time: {SKU: quantity}."""
        sent = {sku: quantity for _market, sku, quantity in self.fake.pushed}
        self.fake.pushed.clear()
        return sent

    def add_stock(self, quantity, product=None, **more):
        self.env["stock.quant"]._update_available_quantity(
            product or self.mug, self.stock, quantity, **more
        )

    def commit(self):
        """Let what a transaction gathers, and remembers, end as a commit does."""
        self.env.cr.flush()
        self.env.cr.postcommit.clear()

    def triggers(self):
        cron = self.env.ref("amazon_connector.ir_cron_sync_inventory")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
