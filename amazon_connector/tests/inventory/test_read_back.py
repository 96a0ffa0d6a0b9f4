"""Accepted is not done: what Amazon shows of a quantity that it took, and of all."""

from datetime import timedelta, timezone

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ...spapi.errors import UnavailableError
from ...spapi.times import format_time
from ..builders import build_item, build_order
from ..fake_listings import US, build_listing
from ..inventory_common import InventoryCommon


class ReadBackCommon(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.clock = fields.Datetime.now()
        self.switch_on()
        self.pushed()

    def amazon_shows(self, quantity, sku="MUG"):
        """What Amazon shows, whatever it took."""
        document = self.fake.listings[US, sku]
        document["fulfillmentAvailability"][0]["quantity"] = quantity

    def sync_later(self, **later):
        """Run the job, that long after it ran last."""
        self.clock += timedelta(**later)
        with freeze_time(self.clock):
            self.connection.orders_synced_until = self.clock
            self.sync()

    def told(self):
        lines = self.env["amazon.history.line"].search(
            [("res_model", "=", "amazon.listing")]
        )
        return "\n".join(lines.mapped("message"))


@tagged("post_install", "-at_install")
class TestWhatAmazonTook(ReadBackCommon):
    def test_it_is_looked_at_once_and_after_a_while(self):
        self.assertTrue(self.listing().read_back_on)
        asked = self.fake.count("searchListingsItems")
        self.sync_later(minutes=5)
        self.assertEqual(self.fake.count("searchListingsItems"), asked)
        for _time in range(2):
            self.sync_later(minutes=20)
            self.assertEqual(self.fake.count("searchListingsItems"), asked + 1)
        self.assertFalse(self.listing().read_back_on)
        self.assertFalse(self.told())

    def test_what_amazon_does_not_show_is_sent_again_once(self):
        self.amazon_shows(3)
        self.sync_later(minutes=20)
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.sync_later(minutes=20)
        self.assertFalse(self.pushed())
        self.assertFalse(self.listing().kept_note)
        self.assertFalse(self.listing().differed_count)

    def test_what_amazon_keeps_is_told_once_and_not_sent_for_ever(self):
        for _time in range(2):
            self.amazon_shows(3)
            self.sync_later(minutes=20)
        self.assertEqual(self.pushed(), {"MUG": 100}, "Sent again once")
        self.assertIn("goes on showing 3", self.listing().kept_note)
        self.assertEqual(self.told().count("goes on showing 3"), 1)
        for _day in range(2):
            self.sync_later(days=1)
        self.assertFalse(self.pushed())
        self.assertEqual(self.told().count("goes on showing 3"), 1)

    def test_another_quantity_is_sent_all_the_same(self):
        for _time in range(2):
            self.amazon_shows(3)
            self.sync_later(minutes=20)
        self.pushed()
        self.add_stock(5)
        self.sync_later(minutes=1)
        self.assertEqual(self.pushed(), {"MUG": 105})
        self.assertFalse(self.listing().kept_note)

    def test_a_person_may_have_it_sent(self):
        for _time in range(2):
            self.amazon_shows(3)
            self.sync_later(minutes=20)
        self.pushed()
        self.listing().action_push_now()
        self.assertFalse(self.listing().kept_note)
        self.sync_later(minutes=1)
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_what_was_sold_meanwhile_is_no_difference(self):
        self.amazon_shows(98)
        self.import_order(items=[build_item(quantity=2)])
        for _time in range(2):
            self.sync_later(minutes=20)
        self.assertEqual(self.pushed(), {"MUG": 98})
        self.assertFalse(self.listing().kept_note)
        self.assertFalse(self.listing().differed_count)

    def test_what_was_sold_after_somebody_changed_it_is_none_either(self):
        self.env["amazon.inventory.rule"].create(
            {
                "rule_type": "maximum",
                "value": 50,
                "applied_on": "listing",
                "listing_id": self.listing().id,
            }
        )
        self.sync_later(minutes=1)
        self.amazon_shows(60)
        self.sync_later(minutes=20)
        self.assertEqual(self.pushed(), {"MUG": 50}, "Sent again")
        bought = self.clock.replace(tzinfo=timezone.utc)
        self.fake.add(
            build_order(items=[build_item(quantity=2)], created=format_time(bought))
        )
        self.amazon_shows(48)
        self.clock += timedelta(minutes=20)
        with freeze_time(self.clock):
            self.sync()
        self.assertFalse(self.pushed(), "Orders are to be read first")
        self.download()
        self.assertEqual(self.order().state, "imported")
        self.sync_later(minutes=1)
        self.assertEqual(self.pushed(), {"MUG": 50}, "There are as many again")
        self.assertFalse(self.listing().kept_note)
        self.amazon_shows(48)
        self.sync_later(hours=1)
        self.assertFalse(self.pushed())
        self.assertIn("goes on showing 48", self.listing().kept_note)

    def test_a_download_that_shows_it_counts_as_the_look(self):
        self.amazon_shows(3)
        self.clock += timedelta(minutes=16)
        with freeze_time(self.clock):
            self.fake.listings[US, "MUG"]["summaries"][0]["lastUpdatedDate"] = (
                self.clock.isoformat() + "Z"
            )
            self.download_products()
        self.assertEqual(self.listing().amazon_quantity, 3)
        self.assertEqual(self.listing().differed_count, 1)
        self.assertFalse(self.listing().read_back_on)

    def test_without_an_answer_it_is_asked_again_later(self):
        self.fake.errors = [UnavailableError("Gone.")] * 3
        self.sync_later(minutes=20)
        self.put_off_is_over("sync_inventory")
        self.assertTrue(self.listing().read_back_on)
        self.fake.errors = []
        self.sync_later(minutes=40)
        self.assertFalse(self.listing().read_back_on)

    def test_a_listing_that_amazon_fulfils_by_now_is_left_alone(self):
        self.fake.list(build_listing(channel="AMAZON_NA"))
        self.sync_later(minutes=20)
        self.assertFalse(self.listing().read_back_on)
        self.assertEqual(self.listing().channel, "amazon")
        self.assertFalse(self.pushed())

    def test_with_the_sync_off_nothing_is_awaited(self):
        self.connection.sync_inventory = False
        self.listing().action_push_now()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertFalse(self.listing().read_back_on)


@tagged("post_install", "-at_install")
class TestDrift(ReadBackCommon):
    def prepare(self):
        super().prepare()
        self.sync_later(minutes=20)

    def test_every_night_what_drifted_is_said_and_repaired(self):
        self.amazon_shows(150)
        self.sync_later(days=1)
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertIn("Amazon showed 150 of MUG, and Odoo knew of 100", self.told())
        self.assertIn("Somebody raised it", self.told())

    def test_less_than_known_although_all_orders_are_read(self):
        self.amazon_shows(60)
        self.sync_later(days=1)
        self.assertIn("somebody lowered it in Seller Central", self.told())

    def test_less_than_known_may_be_sold(self):
        self.amazon_shows(60)
        self.clock += timedelta(days=1)
        with freeze_time(self.clock):
            self.connection.orders_synced_until = self.clock - timedelta(hours=5)
            self.sync()
        self.assertIn("It may have been sold", self.told())
        self.assertFalse(self.pushed(), "Not raised before the orders are read")

    def test_a_night_without_drift_says_nothing(self):
        self.sync_later(days=1)
        self.assertFalse(self.told())
        self.assertFalse(self.pushed())

    def test_another_warehouse_needs_no_look_at_amazon(self):
        asked = self.fake.count("searchListingsItems")
        self.connection._request_comparison()
        self.sync_later(minutes=1)
        self.assertEqual(self.fake.count("searchListingsItems"), asked)
