"""An old backup that may go on reads what happened, and only then sends."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.connection.copy_signs import KeptCount
from ...spapi.errors import UnavailableError
from ..builders import build_item, build_order, build_package
from ..fake_listings import US
from ..inventory_common import InventoryCommon

ORDER = "111-0000001-0000001"


class CatchUpCommon(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.connection.orders_synced_until = fields.Datetime.now()
        self.switch_on()
        self.pushed()
        self.guard = self.env["amazon.copy.guard"]._get_row()

    def restore_backup(self):
        """Have the guard find an old database, and let a person go on with it."""
        self.kept_stamp = KeptCount(self.guard.token, 10**9)
        self.download()
        self.assertEqual(self.guard.state, "asked")
        self.connection.action_go_on_selling()
        self.fake.calls.clear()

    def read_all(self):
        self.run_job("download_orders")
        self.run_job("sweep_orders")

    def amazon_shows(self, quantity):
        document = self.fake.listings[US, "MUG"]
        document["fulfillmentAvailability"][0]["quantity"] = quantity


@tagged("post_install", "-at_install")
class TestReadBeforeSending(CatchUpCommon):
    def test_orders_are_read_before_anything_is_sent(self):
        self.restore_backup()
        for kind in ("sync_inventory", "send_shipments"):
            self.run_job(kind)
            self.assertEqual(self.fake.calls, [])
            job = self.connection._get_job(kind)
            self.assertIn("read before", job.plan)
        self.run_job("download_orders")
        self.sync()
        self.assertTrue(self.connection.catch_up_since, "The sweep is to come")
        self.assertEqual(self.fake.count("searchListingsItems"), 0)
        self.run_job("sweep_orders")
        self.assertFalse(self.connection.catch_up_since)
        self.sync()
        self.assertEqual(self.fake.count("searchListingsItems"), 1)

    def test_a_run_that_fails_has_read_nothing(self):
        self.restore_backup()
        self.run_job("sweep_orders")
        self.fake.errors = [UnavailableError("503.")]
        self.run_job("download_orders")
        self.assertTrue(self.connection.catch_up_since)
        self.put_off_is_over()
        self.run_job("download_orders")
        self.assertFalse(self.connection.catch_up_since)

    def test_with_downloads_off_there_is_nothing_to_wait_for(self):
        self.connection.download_orders = False
        self.kept_stamp = KeptCount(self.guard.token, 10**9)
        self.sync()
        self.connection.action_go_on_selling()
        self.assertFalse(self.connection.catch_up_since)

    def test_a_store_without_the_question_waits_for_nothing(self):
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 101})


@tagged("post_install", "-at_install")
class TestQuantitiesAfterABackup(CatchUpCommon):
    def test_what_amazon_shows_counts_not_what_the_backup_knew(self):
        """It was sold down after the backup: 100 units would be too many."""
        self.restore_backup()
        self.amazon_shows(40)
        self.read_all()
        self.sync()
        self.assertEqual(self.pushed(), {})
        self.assertEqual(self.listing().amazon_quantity, 40)

    def test_a_quantity_is_lowered(self):
        self.restore_backup()
        self.amazon_shows(140)
        self.read_all()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_it_is_raised_once_the_stock_is_right(self):
        self.restore_backup()
        self.amazon_shows(40)
        self.read_all()
        self.sync()
        self.connection.orders_synced_until = fields.Datetime.now() + timedelta(
            minutes=1
        )
        self.connection.action_raise_quantities()
        self.assertFalse(self.connection.raises_wait)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_what_a_person_pushes_is_raised(self):
        self.restore_backup()
        self.amazon_shows(40)
        self.read_all()
        self.sync()
        self.listing().action_push_now()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_a_moved_database_that_misses_nothing_raises_quantities(self):
        self.sync()
        self.guard.place = "1:1:1"
        self.download()
        self.connection.action_go_on_selling()
        self.assertFalse(self.connection.raises_wait)

    def test_an_open_feed_holds_no_listing(self):
        storefront = self.listing().storefront_id
        feeds = self.env["amazon.quantity.feed"]
        feed = feeds._create_feed(storefront, {self.listing(): 90})
        feed.write({"state": "submitted", "amazon_feed_id": "1"})
        self.restore_backup()
        self.assertEqual(feed.state, "stuck")
        self.assertTrue(self.listing().to_push)

    def test_a_feed_that_did_not_leave_stays_here(self):
        storefront = self.listing().storefront_id
        feeds = self.env["amazon.quantity.feed"]
        feed = feeds._create_feed(storefront, {self.listing(): 90})
        self.restore_backup()
        self.assertEqual(feed.state, "cancelled")
        self.assertFalse(self.listing().feed_id)


@tagged("post_install", "-at_install")
class TestShipmentsAfterABackup(CatchUpCommon):
    def prepare(self):
        super().prepare()
        document = build_order(ORDER, items=[build_item(sku="MUG")])
        self.fake.add(document)
        self.download()
        self.ship(self.order(ORDER).sale_order_id)
        self.shipment = self.order(ORDER).shipment_ids

    def tell(self, tracking="1Z999"):
        """Have the database that this one replaces confirm the shipment."""
        request = self.shipment._prepare_confirm_request()
        request["packageDetail"]["trackingNumber"] = tracking
        self.fake.documents[ORDER]["packages"] = [build_package(request)]

    def test_what_was_told_since_is_not_told_again(self):
        self.tell()
        self.restore_backup()
        self.assertEqual(self.shipment.state, "unknown")
        self.read_all()
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(self.fake.applied, [])

    def test_a_correction_that_was_told_since_is_not_taken_back(self):
        self.tell(tracking="1Z998")
        self.restore_backup()
        self.read_all()
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(self.fake.applied, [])

    def test_what_was_not_told_is_told_after_the_look(self):
        self.restore_backup()
        self.read_all()
        self.send()
        asked = [call[0] for call in self.fake.calls]
        self.assertLess(asked.index("getOrder"), asked.index("confirmShipment"))
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(len(self.fake.applied), 1)
