"""Every listing comes in, however many; the initial import brings products first."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ...models.products import amazon_job_type_download_products as job_type_module
from ...models.products import amazon_listing as listing_module
from ...spapi.errors import AuthError, RejectedError, ThrottledError, UnavailableError
from ..builders import ago, build_item, build_order
from ..fake_listings import US, build_listing
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestWalk(ListingsCommon):
    def many(self, count, updated=None):
        """List so many, each on one of 25 days unless a time is given."""
        self.fake.list(
            *(
                build_listing(f"SKU-{n:03d}", updated=updated or ago(days=30 - n % 25))
                for n in range(count)
            )
        )

    def test_many_pages_bring_every_listing_once(self):
        self.many(95)
        self.download_products()
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(len(listings), 95)
        self.assertEqual(len(listings.product_id), 95)

    def test_a_new_product_comes_without_a_note_of_its_creation(self):
        self.many(1)
        self.download_products()
        product = self.listing("SKU-000").product_id
        self.assertFalse(product.message_ids | product.product_tmpl_id.message_ids)

    def test_more_than_amazon_pages_through_come_in(self):
        self.fake.most_pageable = 40
        self.many(95)
        self.download_products()
        self.assertEqual(self.connection.listing_count, 95)

    def test_a_crowd_of_one_moment_that_amazon_does_not_show_is_reported(self):
        self.fake.most_pageable = 40
        self.many(45, updated=ago(days=20))
        self.fake.list(build_listing("LATER", updated=ago(days=19)))
        self.download_products()
        self.assertEqual(self.connection.listing_count, 41)
        self.assertTrue(self.listing("LATER"))
        run = self.last_run("download_products")
        self.assertIn("6 listings", self.lines_of(run))
        self.assertEqual(run.warned, 1)

    def test_only_changes_are_asked_for_afterwards(self):
        self.many(60)
        self.download_products()
        self.fake.calls.clear()
        self.fake.list(build_listing("SKU-000", updated=ago()))
        self.download_products()
        self.assertEqual(self.fake.count("searchListingsItems"), 1)
        self.assertEqual(self.last_run("download_products").updated, 0)

    def test_a_walk_that_is_broken_off_goes_on_where_it_was(self):
        self.many(95)
        self.fake.errors = [None, None, UnavailableError("Gone.")]
        self.download_products()
        stored = self.connection.listing_count
        self.assertTrue(0 < stored < 95)
        self.assertEqual(self.last_run("download_products").outcome, "failed")
        self.put_off_is_over("download_products")
        self.fake.calls.clear()
        self.download_products()
        self.assertEqual(self.connection.listing_count, 95)
        self.assertLess(self.fake.count("searchListingsItems"), 6)

    def test_used_up_quota_is_waited_for(self):
        self.many(30)
        self.fake.errors = [None, ThrottledError("Wait.", retry_after=60)]
        self.download_products()
        self.assertEqual(self.last_run("download_products").outcome, "waiting")
        self.put_off_is_over("download_products")
        self.download_products()
        self.assertEqual(self.connection.listing_count, 30)

    def test_what_is_not_listed_any_more_is_shown_as_removed_and_kept(self):
        self.fake.list(build_listing("BOWL"), build_listing("A,B"), build_listing())
        self.download_products()
        bowl = self.products("BOWL")
        self.fake.listings.clear()
        self.fake.list(build_listing())
        self.download_products()
        self.assertEqual(self.listing("BOWL").state, "active", "Nobody asked yet")
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.download_products()
            self.assertEqual(self.listing("BOWL").state, "removed")
            self.assertEqual(self.listing("A,B").state, "removed")
            self.assertEqual(self.listing("MUG").state, "active")
            self.assertEqual(self.listing("BOWL").product_id, bowl)
            self.assertTrue(bowl.active)
            lines = self.lines_of(self.last_run("download_products"))
            self.assertIn("BOWL is not listed", lines)
        self.fake.list(build_listing("BOWL", updated=ago()))
        self.download_products()
        self.assertEqual(self.listing("BOWL").state, "active")

    def list_unseen(self, *skus):
        """List some that Amazon shows in no later change, beside one that it does."""
        rows = [build_listing(sku, updated=ago(days=40)) for sku in skus]
        self.fake.list(*rows, build_listing())

    def test_what_a_search_by_sku_leaves_out_is_not_removed(self):
        """Amazon's search lags: only the answer about one listing says it is gone."""
        self.list_unseen("BOWL", "GONE")
        self.download_products()
        self.fake.lagging = {"BOWL"}
        del self.fake.listings[US, "GONE"]
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.download_products()
        self.assertEqual(self.listing("BOWL").state, "active")
        self.assertEqual(self.listing("GONE").state, "removed")
        self.assertEqual(self.last_run("download_products").outcome, "done")

    def test_what_is_known_to_be_gone_is_not_asked_for_alone_again(self):
        self.list_unseen("BOWL")
        self.download_products()
        del self.fake.listings[US, "BOWL"]
        for days in (1, 2):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                self.download_products()
        self.assertEqual(self.fake.count("getListingsItem"), 1)

    def test_one_that_amazon_refuses_to_show_costs_itself(self):
        self.list_unseen("BOWL", "GONE")
        self.download_products()
        del self.fake.listings[US, "GONE"]
        self.fake.lagging = {"BOWL"}
        get = self.fake.get_listings_item

        def refuse(seller, sku, **more):
            if sku == "BOWL":
                raise RejectedError("Odd SKU.", status=400)
            return get(seller, sku, **more)

        self.fake.get_listings_item = refuse
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.download_products()
            self.assertIn("Odd SKU.", self.lines_of(self.last_run("download_products")))
        self.assertEqual(self.listing("BOWL").state, "active")
        self.assertEqual(self.listing("GONE").state, "removed")

    def test_one_that_amazon_does_not_answer_for_is_asked_for_again(self):
        self.list_unseen("BOWL", "GONE")
        self.download_products()
        del self.fake.listings[US, "GONE"]
        self.fake.lagging = {"BOWL"}
        get = self.fake.get_listings_item

        def fail(seller, sku, **more):
            if sku == "BOWL":
                raise UnavailableError("Gone.", status=503)
            return get(seller, sku, **more)

        self.fake.get_listings_item = fail
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.download_products()
            self.assertEqual(self.last_run("download_products").outcome, "failed")
            self.assertEqual(self.listing("BOWL").state, "active")
            self.assertEqual(self.listing("GONE").state, "removed")
            del self.fake.get_listings_item
            self.fake.calls.clear()
            self.put_off_is_over("download_products")
            self.download_products()
        self.assertEqual(self.fake.count("getListingsItem"), 1)
        self.assertEqual(self.last_run("download_products").failed, 0)

    def test_a_store_without_the_role_keeps_its_orders(self):
        self.connection.state = "completed"
        denied = [AuthError("Denied.", reason="forbidden")] * 3
        self.fake.errors = denied[:]
        for _ in range(3):
            self.put_off_is_over("download_products")
            self.download_products()
        self.assertEqual(self.connection.state, "completed")
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertIn("Product Listing", self.connection.activity_ids.note)
        self.fake.add(build_order())
        self.download()
        self.assertTrue(self.order().sale_order_id)


@tagged("post_install", "-at_install")
class TestImport(ListingsCommon):
    def test_products_come_before_orders_and_orders_find_them(self):
        self.fake.list(build_listing("BOWL"))
        self.fake.add(build_order(items=[build_item(sku="BOWL")]))
        self.connection._start_import()
        self.download()
        self.assertFalse(self.order(), "Orders wait for the products")
        self.assertEqual(self.connection.import_stage, "download_products")
        self.download_products()
        self.assertEqual(self.connection.import_stage, "download_orders")
        self.assertEqual(self.connection.import_progress, 50)
        self.download()
        self.assertRecordValues(
            self.connection,
            [
                {
                    "state": "completed",
                    "import_stage": False,
                    "import_progress": 100,
                    "import_message": False,
                }
            ],
        )
        self.assertEqual(self.order().state, "imported")
        self.assertIn("1 read, 1 linked to 1 products", self.connection.import_summary)
        self.assertIn("Orders: 1 read, 1 imported.", self.connection.import_summary)
        self.assertTrue(self.connection.import_completed_on)

    def test_products_alone_complete_the_import(self):
        self.connection.download_orders = False
        self.connection._start_import()
        self.download_products()
        self.assertEqual(self.connection.state, "completed")
        self.assertNotIn("Orders", self.connection.import_summary)

    def watch_progress(self):
        """Return a list that gets (progress, message) as they are shown."""
        shown = []
        connections = self.env.registry["amazon.connection"]
        report = connections._report_import

        def listen(connection, kind, share, message):
            report(connection, kind, share, message)
            shown.append((connection.import_progress, connection.import_message))

        self.patch(connections, "_report_import", listen)
        return shown

    def test_the_progress_is_not_counted_with_each_step(self):
        self.patch(job_type_module, "SECONDS_BETWEEN_SHARES", 3600)
        self.patch(listing_module, "LISTINGS_PER_BATCH", 1)
        self.fake.list(*[build_listing(f"BOWL-{number}") for number in range(6)])
        shown = self.watch_progress()
        self.connection._start_import()
        self.download_products()
        self.assertEqual(len(shown), 3, "The start, the first step, the next stage")

    def test_the_progress_moves_while_families_are_processed(self):
        self.patch(listing_module, "LISTINGS_PER_BATCH", 3)
        for number in range(4):
            children = [f"F{number}-{size}" for size in "SM"]
            parent = build_listing(f"F{number}", children=children, price=None)
            self.fake.list(parent)
            for sku in children:
                varies = {"size": sku[-1]}
                self.fake.list(build_listing(sku, parent=parent["sku"], varies=varies))
        shown = self.watch_progress()
        self.connection._start_import()
        self.download_products()
        marked = [one for one in shown if "brought to their products" in one[1]]
        progress = [share for share, _message in marked]
        self.assertEqual(len(set(progress)), 4)
        self.assertEqual(progress, sorted(progress))
        self.assertEqual(marked[-1][0], 50)
        self.assertIn("0 are left", marked[-1][1])

    def test_the_progress_moves_with_the_pages(self):
        self.fake.list(
            *(
                build_listing(
                    f"SKU-{n:03d}", updated=f"2026-11-{n // 3 + 1:02d}T00:00:00Z"
                )
                for n in range(80)
            )
        )
        watched = self.watch_progress()
        self.connection._start_import()
        self.download_products()
        shown = [share for share, _message in watched]
        self.assertEqual(shown, sorted(shown))
        self.assertGreater(len(set(shown)), 3)
        self.assertTrue(shown[0] == 0 and 0 < shown[1] and shown[-1] <= 50)

    def test_nothing_is_counted_for_a_progress_that_nobody_sees(self):
        counted = []
        job_types = self.env.registry["amazon.job.type.download_products"]
        self.patch(job_types, "_count_listings", lambda *args: counted.append(1) or 1)
        self.fake.list(build_listing())
        self.download_products()
        self.assertFalse(counted)
        self.connection._start_import()
        self.download_products()
        self.assertTrue(counted)

    def test_without_the_role_the_import_goes_on_with_the_orders_and_says_so(self):
        self.fake.add(build_order())
        self.connection._start_import()
        self.fake.errors = [AuthError("Denied.", reason="forbidden")] * 3
        for _ in range(3):
            self.put_off_is_over("download_products")
            self.download_products()
        self.assertEqual(self.connection.import_stage, "download_orders")
        self.download()
        self.assertEqual(self.connection.state, "completed")
        self.assertIn("Not downloaded: Amazon denies", self.connection.import_summary)
        self.assertEqual(self.order().state, "imported")

    def test_with_products_downloaded_orders_wait_for_theirs(self):
        self.connection.unknown_product = "create"
        self.connection.state = "completed"
        self.fake.add(build_order(items=[build_item(sku="BOWL")]))
        self.download()
        self.assertEqual(self.order().state, "held")
        self.fake.list(build_listing("BOWL"))
        self.download_products()
        self.download()
        self.assertEqual(self.order().state, "imported")
