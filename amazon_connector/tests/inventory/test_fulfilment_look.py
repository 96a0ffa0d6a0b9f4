"""No quantity for a listing that may have become Amazon's own since it was seen."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.inventory.fulfilment_look import LOOK_HOLDS, FulfilmentLook
from ...models.jobs.session import AmazonSession
from ...spapi.errors import RejectedError, ThrottledError, UnavailableError
from ..builders import ago
from ..fake_listings import CA, US, build_listing
from ..inventory_common import InventoryCommon


class LookCommon(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.switch_on()
        self.pushed()
        self.fake.calls.clear()

    def list_more(self, *skus, **more):
        for sku in skus:
            self._create_product(sku, quantity=more.pop("stock", 100))
        documents = [
            build_listing(sku, quantity=5, updated=ago(days=29), **more) for sku in skus
        ]
        self.fake.list(*documents)
        self.download_products()

    def later(self):
        """A moment at which what was seen before counts no more."""
        return freeze_time(fields.Datetime.now() + LOOK_HOLDS)

    def move_stock(self, *skus):
        for sku in skus or ("MUG",):
            self.add_stock(-1, self.listing(sku)[:1].product_id)

    def hand_to_amazon(self, sku="MUG", **more):
        """Switch it to FBA in Seller Central, without another ``lastUpdatedDate``."""
        there = self.fake.listings[more.get("marketplace", US), sku]
        updated = there["summaries"][0]["lastUpdatedDate"]
        codes = {"channel": "AMAZON_NA"} | more
        self.fake.list(build_listing(sku, updated=updated, **codes))

    def looks(self):
        """What Amazon was asked by SKU since the last time: [SKUs of a call]."""
        found = [
            list(call[2]) if call[0] == "searchListingsItems" else [call[2]]
            for call in self.fake.calls
            if call[0] in ("searchListingsItems", "getListingsItem")
        ]
        self.fake.calls.clear()
        return found


@tagged("post_install", "-at_install")
class TestHandedToAmazon(LookCommon):
    def test_nothing_is_sent_although_amazon_shows_no_change(self):
        self.hand_to_amazon()
        with self.later():
            self.move_stock()
            self.sync()
        self.assertFalse(self.pushed())
        self.assertRecordValues(
            self.listing(), [{"channel": "amazon", "to_push": False}]
        )
        run = self.last_run("sync_inventory")
        self.assertIn("Amazon fulfils it from its own stock", self.lines_of(run))
        self.assertEqual((run.failed, run.warned), (0, 0))

    def test_neither_is_it_by_push_now(self):
        self.connection.sync_inventory = False
        self.hand_to_amazon()
        with self.later():
            self.listing().action_push_now()
            self.sync()
            self.assertFalse(self.pushed())
            with self.assertRaisesRegex(UserError, "Amazon fulfils it"):
                self.listing().action_push_now()

    def test_neither_is_a_zero(self):
        self.hand_to_amazon()
        with self.later():
            self.add_stock(-100)
            self.sync()
        self.assertFalse(self.pushed())

    def test_neither_is_what_was_lost_before(self):
        patch = self.fake.patch_listings_item

        def lose(*args, **kwargs):
            raise UnavailableError("Amazon did not answer in time.")

        self.fake.patch_listings_item = lose
        self.move_stock()
        self.sync()
        self.assertTrue(self.listing().is_quantity_unknown)
        self.fake.patch_listings_item = patch
        self.hand_to_amazon()
        self.put_off_is_over("sync_inventory")
        with self.later():
            self.sync()
        self.assertFalse(self.pushed())

    def test_the_others_are_sent(self):
        self.list_more("BOWL", "CUP")
        self.sync()
        self.pushed()
        self.hand_to_amazon("BOWL")
        with self.later():
            self.move_stock("MUG", "BOWL", "CUP")
            self.sync()
        self.assertEqual(self.pushed(), {"MUG": 99, "CUP": 99})

    def test_given_back_to_the_merchant_it_is_synced_again(self):
        self.hand_to_amazon()
        with self.later():
            self.move_stock()
            self.sync()
        self.fake.list(build_listing(quantity=0, updated=ago()))
        self.download_products()
        self.connection.orders_synced_until = fields.Datetime.now()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 99})

    def test_nobody_can_call_it_a_merchants(self):
        self.hand_to_amazon()
        with self.later():
            self.move_stock()
            self.sync()
        for values in (
            {"channel": "merchant"},
            {"is_tracked": True},
            {"looked_on": fields.Datetime.now()},
        ):
            with self.assertRaises(AccessError):
                self.listing().with_user(self.env.ref("base.user_admin")).write(values)

    def test_handed_over_while_amazon_is_slow_it_is_seen_in_time(self):
        """What was seen at the start of a slice is old when the answers take long."""
        self.list_more("BOWL")
        self.sync()
        self.pushed()
        patch = self.fake.patch_listings_item
        with freeze_time(fields.Datetime.now() + LOOK_HOLDS) as clock:

            def patch_slowly(*args, **kwargs):
                answer = patch(*args, **kwargs)
                clock.tick(LOOK_HOLDS)
                for sku in ("MUG", "BOWL"):
                    self.hand_to_amazon(sku)
                return answer

            self.fake.patch_listings_item = patch_slowly
            self.move_stock("MUG", "BOWL")
            self.sync()
        self.assertEqual(len(self.pushed()), 1)


@tagged("post_install", "-at_install")
class TestLocations(LookCommon):
    def put_into_locations(self):
        document = build_listing(quantity=0)
        document["fulfillmentAvailability"] += [
            {"fulfillmentChannelCode": "west-2", "quantity": 4},
            {"fulfillmentChannelCode": "east-1", "quantity": 3},
        ]
        self.fake.list(document)

    def test_they_are_shown_and_nothing_is_sent(self):
        self.put_into_locations()
        with self.later():
            self.move_stock()
            self.sync()
        self.assertFalse(self.pushed())
        listing = self.listing()
        self.assertRecordValues(
            listing, [{"channel": "locations", "location_codes": "east-1, west-2"}]
        )
        self.assertIn("by location (east-1, west-2)", listing.quantity_explanation)
        with self.assertRaisesRegex(UserError, "by location"):
            listing.action_push_now()

    def test_a_download_shows_them_too(self):
        self.put_into_locations()
        document = self.fake.listings[US, "MUG"]
        document["summaries"][0]["lastUpdatedDate"] = ago()
        self.download_products()
        self.assertRecordValues(
            self.listing(),
            [{"channel": "locations", "location_codes": "east-1, west-2"}],
        )
        self.move_stock()
        self.sync()
        self.assertFalse(self.pushed())


@tagged("post_install", "-at_install")
class TestWhen(LookCommon):
    def test_after_a_while_and_not_with_each_quantity(self):
        with self.later():
            self.move_stock()
            self.sync()
            self.assertEqual(self.looks(), [["MUG"]])
            self.move_stock()
            self.sync()
            self.assertEqual(self.looks(), [])
        self.assertEqual(self.pushed(), {"MUG": 98})

    def test_not_where_nothing_is_to_be_sent(self):
        with self.later():
            self.add_stock(1)
            self.add_stock(-1)
            self.sync()
        self.assertEqual(self.looks(), [])

    def test_at_once_after_a_hint(self):
        self.fake.list(build_listing(quantity=100, updated=ago(), title="New"))
        self.download_products()
        self.fake.calls.clear()
        self.move_stock()
        self.sync()
        self.assertEqual(self.looks(), [["MUG"]])

    def test_at_once_after_a_refusal(self):
        self.fake.refused = {"MUG"}
        self.move_stock()
        self.sync()
        self.fake.refused = set()
        self.hand_to_amazon()
        self.fake.calls.clear()
        self.move_stock()
        self.sync()
        self.assertEqual(self.looks(), [["MUG"]])
        self.assertFalse(self.pushed())

    def test_at_once_where_the_sku_became_amazons_in_another_storefront(self):
        canada = self.open_storefront()
        self.fake.list(build_listing(marketplace=CA, quantity=100))
        self.download_products()
        self.sync()
        self.pushed()
        self.hand_to_amazon(marketplace=CA)
        there = self.fake.listings[CA, "MUG"]
        there["summaries"][0]["lastUpdatedDate"] = ago()
        self.hand_to_amazon()
        self.download_products()
        self.assertEqual(self.listing(storefront=canada).channel, "amazon")
        self.move_stock()
        self.sync()
        self.assertFalse(self.pushed())


@tagged("post_install", "-at_install")
class TestHow(LookCommon):
    def test_twenty_of_a_storefront_are_asked_for_at_a_time(self):
        self.open_storefront()
        skus = [f"SKU-{n:02d}" for n in range(44)]
        self.list_more(*skus)
        self.fake.list(build_listing(marketplace=CA, quantity=5))
        self.download_products()
        self.fake.calls.clear()
        self.listing("MUG").looked_on = False
        self.move_stock()
        self.sync()
        looks = self.looks()
        self.assertEqual(sum(map(len, looks)), 46, "Each once")
        # Three slices; one of them has a listing of the second storefront.
        self.assertLessEqual(len(looks), 4)
        self.assertLessEqual(max(map(len, looks)), 20)
        self.assertEqual(len(self.fake.pushed), 46)

    def test_a_look_at_many_takes_the_statements_of_one(self):
        self.list_more(*(f"SKU-{n:02d}" for n in range(19)))
        counts = []
        for skus in (["MUG"], [f"SKU-{n:02d}" for n in range(19)]):
            job = self.connection._get_job("sync_inventory")
            rows = self.env["amazon.listing"].search([("sku", "in", skus)])
            counts.append(self.count_statements(job, rows))
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    def count_statements(self, job, rows):
        rows.looked_on = False
        self.env.flush_all()
        self.env.invalidate_all()
        run = self.last_run("sync_inventory")
        look = FulfilmentLook(job, run, AmazonSession(self.connection))
        before = self.env.cr.sql_log_count
        self.assertEqual(look.filter_merchants(rows), rows)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_a_sku_with_a_comma_is_asked_for_alone(self):
        self.list_more("BLUE,XL")
        self.sync()
        self.assertIn(["BLUE,XL"], self.looks())
        self.assertEqual(self.pushed(), {"BLUE,XL": 100})
        self.hand_to_amazon("BLUE,XL")
        with self.later():
            self.move_stock("BLUE,XL")
            self.sync()
        self.assertFalse(self.pushed())

    def test_what_a_search_does_not_show_is_asked_for_alone(self):
        self.list_more("BOWL")
        self.fake.lagging = {"BOWL"}
        self.move_stock()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 99, "BOWL": 100})

    def test_what_is_not_listed_any_more_is_left_alone(self):
        del self.fake.listings[US, "MUG"]
        with self.later():
            self.move_stock()
            self.sync()
        self.assertFalse(self.pushed())
        self.assertRecordValues(
            self.listing(), [{"state": "removed", "to_push": False}]
        )
        self.assertEqual(self.last_run("sync_inventory").failed, 0)


@tagged("post_install", "-at_install")
class TestFailedLook(LookCommon):
    def prepare(self):
        super().prepare()
        self.list_more("BOWL", "CUP")
        self.sync()
        self.pushed()

    def refuse_searches(self, error):
        search = self.fake.search_listings_items

        def refuse(*args, **kwargs):
            if kwargs.get("skus"):
                raise error
            return search(*args, **kwargs)

        self.fake.search_listings_items = refuse

    def refuse_items(self, error, *skus):
        get = self.fake.get_listings_item

        def refuse(seller, sku, **kwargs):
            if sku in skus:
                raise error
            return get(seller, sku, **kwargs)

        self.fake.get_listings_item = refuse

    def sync_all(self):
        self.move_stock("MUG", "BOWL", "CUP")
        with self.later():
            self.sync()
        return self.pushed()

    def test_a_sku_that_spoils_a_search_costs_its_own_quantity(self):
        self.refuse_searches(RejectedError("Odd SKU.", status=400))
        self.refuse_items(RejectedError("Odd SKU.", status=400), "BOWL")
        self.assertEqual(self.sync_all(), {"MUG": 99, "CUP": 99})
        run = self.last_run("sync_inventory")
        self.assertEqual(run.failed, 1)
        self.assertIn("BOWL", self.lines_of(run))
        listing = self.listing("BOWL")
        self.assertIn("Odd SKU.", listing.push_error)
        self.assertFalse(listing.to_push)
        del self.fake.get_listings_item, self.fake.search_listings_items
        listing.action_retry()
        with self.later():
            self.sync()
        self.assertEqual(self.pushed(), {"BOWL": 99})

    def test_one_that_cannot_be_read_costs_its_own_quantity(self):
        there = self.fake.listings[US, "BOWL"]
        there["fulfillmentAvailability"][0]["quantity"] = "absurd"
        self.assertEqual(self.sync_all(), {"MUG": 99, "CUP": 99})
        self.assertIn("not a whole number", self.listing("BOWL").push_error)

    def test_one_that_does_not_answer_is_tried_again(self):
        down = UnavailableError("Amazon is not available.", status=503)
        self.refuse_searches(down)
        self.refuse_items(down, "BOWL")
        triggers = self.triggers()
        self.assertEqual(self.sync_all(), {"MUG": 99, "CUP": 99})
        self.assertTrue(self.listing("BOWL").to_push)
        run = self.last_run("sync_inventory")
        self.assertEqual((run.failed, run.warned), (0, 1))
        self.assertGreater(self.triggers(), triggers)

    def test_nothing_is_sent_unseen(self):
        down = UnavailableError("Amazon is not available.", status=503)
        self.refuse_searches(down)
        self.refuse_items(down, "MUG", "BOWL", "CUP")
        self.assertEqual(self.sync_all(), {})
        self.assertEqual(self.last_run("sync_inventory").outcome, "failed")
        rows = self.env["amazon.listing"].search([("to_push", "=", True)])
        self.assertEqual(len(rows), 3)
        self.assertFalse(rows.filtered("is_quantity_unknown"))

    def test_used_up_quota_is_waited_for(self):
        self.refuse_searches(ThrottledError("Wait.", retry_after=60))
        self.assertEqual(self.sync_all(), {})
        self.assertEqual(self.last_run("sync_inventory").outcome, "waiting")
        self.assertEqual(self.fake.count("getListingsItem"), 0)


@tagged("post_install", "-at_install")
class TestUrgent(LookCommon):
    def test_a_sale_costs_one_call_more_however_often_it_sells(self):
        """The price of the look where one listing sells by the second."""
        with self.later():
            for _number in range(3):
                self.move_stock()
                self.sync()
        calls = [call[0] for call in self.fake.calls]
        self.assertEqual(calls.count("searchListingsItems"), 1)
        self.assertEqual(calls.count("patchListingsItem"), 3)
        self.assertLessEqual(LOOK_HOLDS, timedelta(seconds=30))
