"""What goes wrong with listings, pictures and quantities, and how it is got over."""

from odoo.tests import tagged

from ...spapi.errors import RejectedError, UnavailableError
from ..builders import ago, build_order
from ..fake_listings import CA, build_listing
from ..inventory_common import InventoryCommon
from ..listings_common import ListingsCommon

ADDRESS = "https://images.example/1.png"


@tagged("post_install", "-at_install")
class TestLargeWalk(ListingsCommon):
    def test_a_walk_that_is_cut_again_and_again_comes_to_its_end(self):
        """Within the minutes by which new walks overlap, too."""
        self.fake.list(
            *(
                build_listing(f"SKU-{n:03d}", updated=ago(days=20, minutes=-(n // 30)))
                for n in range(150)
            )
        )
        jobs = self.env.registry["amazon.job"]
        commit = jobs._commit
        left = []

        def commit_for_a_while(job, *args, **kwargs):
            commit(job, *args, **kwargs)
            left.append(True)
            return 0 if len(left) % 6 == 0 else 1

        self.patch(jobs, "_commit", commit_for_a_while)
        counts = []
        for _ in range(30):
            self.download_products()
            counts.append(self.connection.listing_count)
            if counts[-1] == 150:
                break
        self.assertEqual(counts[-1], 150)
        self.assertEqual(counts, sorted(set(counts)), "Each run gets further")

    def test_a_token_that_amazon_forgot_is_done_without(self):
        self.fake.list(*(build_listing(f"SKU-{n:03d}") for n in range(50)))
        search = self.fake.search_listings_items
        self.fake.errors = [None, None, UnavailableError("Gone.")]
        self.download_products()
        forgotten = []

        def forget(seller, *, page_token=None, **question):
            if page_token and not forgotten:
                forgotten.append(page_token)
                raise RejectedError("The token expired.", status=400)
            return search(seller, page_token=page_token, **question)

        self.fake.search_listings_items = forget
        self.put_off_is_over("download_products")
        self.download_products()
        self.assertTrue(forgotten)
        self.assertEqual(self.connection.listing_count, 50)

    def test_products_that_keep_failing_do_not_keep_the_orders_out(self):
        self.fake.add(build_order())
        self.connection._start_import()
        self.fake.errors = [RejectedError("Nonsense.")] * 3
        for _ in range(3):
            self.put_off_is_over("download_products")
            self.download_products()
        self.assertEqual(self.connection.import_stage, "download_orders")
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.download()
        self.assertEqual(self.connection.state, "completed")
        self.assertIn("Not downloaded", self.connection.import_summary)
        self.put_off_is_over("download_products")
        self.download_products()
        self.assertFalse(self.connection.activity_ids, "They came in after all")

    def test_switched_on_later_what_is_known_gets_its_products(self):
        self.fake.list(build_listing("SKU-OFF"))
        self.connection.download_products = False
        self.connection.action_download_products()
        self.download_products()
        listing = self.connection.listing_ids
        self.assertEqual((len(listing), len(listing.product_id)), (1, 0))
        self.connection.download_products = True
        self.put_off_is_over("download_products")
        self.download_products()
        self.assertEqual(listing.product_id.default_code, "SKU-OFF")

    def test_while_amazon_is_out_of_order_the_import_waits(self):
        self.connection._start_import()
        self.fake.errors = [UnavailableError("Gone.")] * 4
        for _ in range(4):
            self.put_off_is_over("download_products")
            self.download_products()
        self.assertEqual(self.connection.import_stage, "download_products")


@tagged("post_install", "-at_install")
class TestTakenOver(ListingsCommon):
    def test_a_shared_product_is_priced_in_its_own_currency(self):
        self.mug.company_id = False
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.fake.list(build_listing(price="10.00", currency="EUR"))
        self.download_products()
        before = self.mug.list_price
        self.fake.list(
            build_listing(price="77.00", currency="EUR", updated=ago(days=3))
        )
        self.download_products()
        self.assertNotEqual(self.mug.currency_id, euro)
        self.assertEqual(self.mug.list_price, before)

    def test_a_barcode_of_another_company_keeps_nothing_else_back_nor_is_named(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["product.product"].create(
            {"name": "Secret", "barcode": "4006381333931", "company_id": other.id}
        )
        self.assertFalse(self.mug.company_id)
        self.fake.list(build_listing())
        self.download_products()
        self.fake.list(
            build_listing(
                title="New",
                barcode=theirs.barcode,
                updated=ago(days=3),
            )
        )
        self.download_products()
        self.assertEqual(self.mug.name, "New")
        self.assertFalse(self.mug.barcode)
        self.assertIn("another company", self.listing().error)
        self.assertNotIn("Secret", self.listing().error)

    def test_pictures_wait_while_their_server_is_not_there(self):
        self.fake.list(build_listing(image=ADDRESS))
        download = self.fake.download_image

        def gone(_url):
            raise UnavailableError("Amazon cannot be reached.")

        self.fake.download_image = gone
        self.download_products()
        self.assertTrue(self.listing().image_pending)
        self.assertEqual(self.last_run("download_products").outcome, "failed")
        self.fake.download_image = download
        self.put_off_is_over("download_products")
        self.download_products()
        self.assertTrue(self.mug.image_1920)

    def test_off_no_picture_is_brought(self):
        self.connection.download_products = False
        self.fake.list(build_listing(image=ADDRESS))
        self.connection.action_download_products()
        self.download_products()
        self.assertEqual(self.listing().product_id, self.mug)
        self.assertFalse(self.mug.image_1920)


@tagged("post_install", "-at_install")
class TestBrake(InventoryCommon):
    def stock_up(self, count, prefix, quantity):
        skus = [f"{prefix}-{n:02d}" for n in range(count)]
        for sku in skus:
            self._create_product(sku, quantity=quantity or 1)
        self.fake.list(
            *(
                build_listing(sku, quantity=quantity, updated=ago(days=29))
                for sku in skus
            )
        )
        self.download_products()
        return skus

    def empty(self):
        self.connection.warehouse_id = self.env["stock.warehouse"].create(
            {"name": "Empty", "code": "EMPTY"}
        )
        self.sync()

    def test_listings_that_are_at_zero_already_do_not_count_as_the_store(self):
        self.stock_up(15, "LIVE", 4)
        dead = self.stock_up(40, "DEAD", 0)
        self.switch_on()
        self.env["amazon.listing"].search([("sku", "in", dead)]).write(
            {"amazon_quantity": 0, "to_push": False}
        )
        self.pushed()
        self.empty()
        self.assertFalse(self.pushed())
        self.assertTrue(self.connection.inventory_halted)
        self.assertEqual(self.last_run("sync_inventory").outcome, "warning")
        self.connection.action_sync_inventory()
        self.sync()
        self.assertEqual(self.last_run("sync_inventory").outcome, "warning")
        self.connection.sync_inventory = False
        self.assertFalse(self.connection.inventory_halted)
        self.assertFalse(self.connection.activity_ids)

    def test_what_was_found_well_a_moment_ago_is_looked_at_again_for_more(self):
        skus = self.stock_up(40, "LIVE", 4)
        self.switch_on()
        self.pushed()
        products = [self.listing(sku).product_id for sku in skus]
        for product in products[:12]:
            self.add_stock(1, product)
        self.sync()
        self.assertEqual(len(self.pushed()), 12)
        for product in products[12:]:
            self.add_stock(-4, product)
        self.sync()
        self.assertFalse(self.pushed())
        self.assertTrue(self.connection.inventory_halted)

    def test_a_permission_does_not_outlast_the_sync(self):
        self.stock_up(15, "LIVE", 4)
        self.switch_on()
        self.empty()
        self.connection.action_allow_zeros()
        self.connection.sync_inventory = False
        self.assertFalse(
            self.env["amazon.listing"].search([("zero_state", "!=", False)])
        )

    def test_a_storefront_that_is_used_again_is_compared(self):
        canada = self.open_storefront()
        self.fake.list(build_listing(marketplace=CA, quantity=100))
        self.download_products()
        self.switch_on()
        canada.active = False
        self.pushed()
        self.add_stock(-90)
        self.sync()
        self.fake.pushed.clear()
        canada.active = True
        self.sync()
        self.assertIn((CA, "MUG", 10), self.fake.pushed)

    def test_retry_sends_a_refused_quantity_while_the_sync_is_off(self):
        self.fake.refused = {"MUG"}
        self.listing().action_push_now()
        self.sync()
        self.assertTrue(self.listing().push_error)
        self.fake.refused = set()
        self.listing().action_retry()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertFalse(self.listing().push_error)

    def test_new_scheduled_actions_are_switched_on_at_an_update(self):
        cron = self.env["amazon.job.type"]._get_type("sync_inventory")._get_cron()
        cron.active = False
        self.env["amazon.job"]._toggle_crons()
        self.assertTrue(cron.active)
