"""Many quantities by one feed: its life, each place where it may be cut off, and that
no quantity is sent twice or in two ways at once."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.connection.reminders import FEED_REMINDER
from ...models.inventory import amazon_quantity_feed as feed_module
from ...models.inventory import many_quantities
from ...models.inventory.amazon_quantity_feed import (
    FEED_PATIENCE,
    LOST_FEED_PATIENCE,
    PREPARED_HOLDS,
    STUCK_PATIENCE,
)
from ...models.inventory.many_quantities import FEED_PAUSE
from ...models.inventory.zero_brake import ZEROS_BEFORE_HALT
from ...models.jobs.session import AmazonSession
from ...spapi.errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
    UnreadableError,
)
from ...spapi.feeds import ProcessingReport
from ..builders import ago
from ..fake_listings import CA, US, build_listing
from ..inventory_common import InventoryCommon

# More than are looked at right before they are sent (QUANTITIES_AT_ONCE).
LISTINGS = 22
FEED_FROM = 14
SKUS = [f"SKU-{number:02d}" for number in range(LISTINGS)]


class Killed(Exception):
    """The server dies at this place."""


class FeedCommon(InventoryCommon):
    """A store with 22 listings, of which Amazon has 3 each; a feed from 14 on.

    What is free is said by the test (``free``: ``{SKU: units}``).
    """

    def _patch_seams(self):
        super()._patch_seams()
        self.startPatcher(patch.object(many_quantities, "FEED_FROM", FEED_FROM))
        test = self

        def get_quantities(rows):
            return {row: test.free.get(row.sku, 0) for row in rows}

        self.patch(
            self.env.registry["amazon.listing"], "_get_quantities", get_quantities
        )

    def prepare(self):
        self.free = dict.fromkeys(SKUS, 3)
        super().prepare()
        self.env["product.product"].create(
            [
                {
                    "name": sku,
                    "default_code": sku,
                    "type": "consu",
                    "is_storable": True,
                }
                for sku in SKUS
            ]
        )
        del self.fake.listings[US, "MUG"]
        self.listing().state = "removed"
        self.fake.list(
            *(build_listing(sku, quantity=3, updated=ago(days=29)) for sku in SKUS)
        )
        self.download_products()
        self.switch_on()
        self.pushed()
        self.fake.calls.clear()

    # === HELPERS === #

    def change(self, units=8, skus=SKUS):
        """Have so many free of these; the listings are marked as by a stock move."""
        self.free.update(dict.fromkeys(skus, units))
        self.rows(skus).to_push = True

    def rows(self, skus=SKUS):
        return self.env["amazon.listing"].search([("sku", "in", list(skus))])

    @property
    def feed(self):
        return self.env["amazon.quantity.feed"].search([], limit=1)

    def sync(self):
        """Run the job as at the time of the next look."""
        self.feed.filtered("next_look_on").next_look_on = fields.Datetime.now()
        return super().sync()

    def wait(self, span):
        """Let time pass since the feed was prepared and sent."""
        feed = self.feed
        for name in ("submitted_on", "submitted_at_amazon", "deadline", "ended_on"):
            if feed[name]:
                feed[name] -= span
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE amazon_quantity_feed SET create_date = create_date - %s", [span]
        )
        for taken in self.fake.feeds.values():
            taken.created -= span
        self.env.invalidate_all()

    def hand_over(self, units=8):
        """Have Amazon take a feed of all quantities."""
        self.fake.feed_states = ["queued"] * 100
        self.change(units)
        self.sync()
        self.assertEqual(self.feed.state, "submitted")
        self.assertFalse(self.pushed(), "Nothing by itself")

    def end_at_amazon(self, outcome="done"):
        self.fake.feed_states = []
        self.fake.feed_outcome = outcome
        self.sync()

    def patched(self):
        """The SKUs that were sent by themselves, each as often as it was."""
        return [
            sku
            for name, *rest in self.fake.calls
            if name == "patchListingsItem"
            for sku in rest[1:]
        ]

    def errors_of(self, run=None):
        lines = (run or self.last_run("sync_inventory")).line_ids
        return lines.filtered(lambda line: line.level == "error").mapped("message")

    def reminders(self):
        return self.connection.activity_search([FEED_REMINDER])

    def assert_settled(self, units=8, skus=SKUS):
        """Amazon, and Odoo, have the quantities that are free; nothing is left."""
        self.assertEqual(
            {row.sku: row.amazon_quantity for row in self.rows(skus)},
            {sku: self.free[sku] for sku in skus},
        )
        for row in self.rows(skus):
            self.assertRecordValues(
                row,
                [
                    {
                        "to_push": False,
                        "is_quantity_unknown": False,
                        "feed_id": False,
                        "feed_quantity": 0,
                        "zero_ahead": False,
                        "push_error": False,
                    }
                ],
            )
            document = self.fake.listings[US, row.sku]
            (there,) = document["fulfillmentAvailability"]
            self.assertEqual(there["quantity"], self.free[row.sku])


@tagged("post_install", "-at_install")
class TestWhichWay(FeedCommon):
    def test_many_go_by_one_feed(self):
        self.hand_over()
        self.assertRecordValues(
            self.feed,
            [
                {
                    "storefront_id": self.connection.storefront_ids.id,
                    "listing_count": LISTINGS,
                    "amazon_feed_id": "9000",
                }
            ],
        )
        (taken,) = self.fake.feeds.values()
        self.assertEqual(
            {one["sku"]: one["messageId"] for one in taken.messages},
            {row.sku: row.id for row in self.rows()},
        )
        self.assertEqual(taken.marketplace, US)
        self.end_at_amazon()
        self.assertEqual(self.pushed(), dict.fromkeys(SKUS, 8))
        self.assertFalse(self.patched())
        self.assertRecordValues(
            self.feed,
            [{"state": "done", "accepted_count": LISTINGS, "refused_count": 0}],
        )
        self.assert_settled()
        self.assertTrue(all(self.rows().mapped("pushed_on")))
        self.assertEqual(self.last_run("sync_inventory").outcome, "done")

    def test_few_go_by_themselves(self):
        few = SKUS[: FEED_FROM - 1]
        self.change(skus=few)
        self.sync()
        self.assertEqual(sorted(self.patched()), few)
        self.assertFalse(self.feed)

    def test_marked_but_unchanged_ones_do_not_count(self):
        self.change(skus=SKUS[:5])
        self.rows().to_push = True
        self.sync()
        self.assertEqual(sorted(self.patched()), SKUS[:5])
        self.assertFalse(self.feed)
        self.assert_settled()

    def test_those_of_two_storefronts_do_not_add_up(self):
        front = self.open_storefront()
        there = SKUS[:12]
        self.fake.list(
            *(
                build_listing(sku, marketplace=CA, currency="CAD", updated=ago(days=2))
                for sku in there
            )
        )
        self.download_products()
        self.rows().to_push = False
        self.change(skus=SKUS[:12])
        self.sync()
        self.assertFalse(self.feed)
        self.assertEqual(len(self.patched()), 24)
        self.assertTrue(self.listing(SKUS[0], storefront=front).pushed_on)

    def test_zeros_go_ahead_by_themselves(self):
        zeros = SKUS[:5]
        self.free.update(dict.fromkeys(zeros, 0))
        self.hand_over_others(zeros)
        self.assertEqual(self.feed.listing_count, LISTINGS - 5)
        self.assertFalse(self.rows(zeros).feed_id)
        names = [name for name, *_rest in self.fake.calls]
        last_zero = len(names) - names[::-1].index("patchListingsItem")
        self.assertLess(last_zero, names.index("createFeed"))
        self.assertEqual(sorted(self.patched()), zeros)
        self.end_at_amazon()
        self.assert_settled()

    def test_zeros_go_first_where_all_go_by_themselves(self):
        self.startPatcher(patch.object(many_quantities, "FEED_FROM", LISTINGS + 1))
        zeros = SKUS[-3:]
        self.change(skus=SKUS[:-3])
        self.change(0, zeros)
        self.sync()
        self.assertEqual(self.patched(), zeros + SKUS[:-3])
        self.assert_settled()

    def hand_over_others(self, zeros):
        self.fake.feed_states = ["queued"] * 9
        self.change(skus=[sku for sku in SKUS if sku not in zeros])
        self.rows(zeros).to_push = True
        self.sync()

    def test_an_unusual_number_of_zeros_is_held_back_and_the_rest_goes(self):
        many = SKUS[: ZEROS_BEFORE_HALT + 1]
        left = LISTINGS - len(many)
        self.startPatcher(patch.object(many_quantities, "FEED_FROM", left))
        self.free.update(dict.fromkeys(many, 0))
        self.hand_over_others(many)
        self.assertTrue(self.connection.inventory_halted)
        self.assertEqual(set(self.rows(many).mapped("zero_state")), {"held"})
        self.assertFalse(self.pushed())
        self.assertEqual(self.feed.listing_count, left)

    def test_what_became_zero_meanwhile_is_not_in_it(self):
        self.change()

        def sold_out(rows):
            found = {row: self.free.get(row.sku, 0) for row in rows}
            if len(rows) == LISTINGS:
                found |= dict.fromkeys(self.rows(SKUS[:1]), 0)
            return found

        self.patch(self.env.registry["amazon.listing"], "_get_quantities", sold_out)
        self.startPatcher(patch.object(many_quantities, "LISTINGS_SORTED_AT_ONCE", 7))
        self.sync()
        self.assertEqual(self.feed.listing_count, LISTINGS - 1)

    def test_who_fulfils_them_is_asked_for_all_and_amazons_are_left_out(self):
        for sku in SKUS[:3]:
            self.fake.list(
                build_listing(sku, channel="AMAZON_NA", updated=ago(days=29))
            )
        self.hand_over()
        self.assertEqual(self.feed.listing_count, LISTINGS - 3)
        self.assertEqual(set(self.rows(SKUS[:3]).mapped("channel")), {"amazon"})
        self.assertEqual(self.fake.count("searchListingsItems"), 2)

    def test_too_few_left_after_the_look_go_by_themselves(self):
        for sku in SKUS[: LISTINGS - FEED_FROM + 1]:
            self.fake.list(
                build_listing(sku, channel="AMAZON_NA", updated=ago(days=29))
            )
        self.change()
        self.sync()
        self.assertFalse(self.feed)
        self.assertEqual(len(self.patched()), FEED_FROM - 1)

    def test_what_waits_for_orders_is_not_in_it(self):
        waiting = self.rows(SKUS[:2])
        self.connection.orders_synced_until = fields.Datetime.now()
        waiting.quantity_seen_on = fields.Datetime.now() + timedelta(hours=1)
        self.hand_over()
        self.assertFalse(waiting.feed_id)
        self.assertEqual(self.feed.listing_count, LISTINGS - 2)

    def test_push_now_of_many_while_the_sync_is_off(self):
        self.connection.sync_inventory = False
        self.free.update(dict.fromkeys(SKUS, 8))
        self.fake.feed_states = ["queued"] * 9
        self.rows().action_push_now()
        self.sync()
        self.assertEqual(self.feed.listing_count, LISTINGS)
        self.end_at_amazon()
        self.assertEqual(self.feed.state, "done")
        self.assert_settled()
        self.assertFalse(any(self.rows().mapped("is_push_forced")))

    def test_what_was_asked_for_is_sent_though_the_feed_failed(self):
        self.connection.sync_inventory = False
        self.free.update(dict.fromkeys(SKUS, 8))
        self.fake.feed_states = ["queued"] * 9
        self.rows().action_push_now()
        self.sync()
        self.end_at_amazon("failed")
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assert_settled()

    def test_a_feed_is_followed_to_its_end_though_the_sync_was_switched_off(self):
        self.hand_over()
        self.connection.sync_inventory = False
        self.end_at_amazon()
        self.assertEqual(self.feed.state, "done")
        self.assert_settled()

    def test_as_many_as_one_feed_takes_then_the_rest(self):
        self.startPatcher(
            patch("odoo.addons.amazon_connector.spapi.feeds.calls.MESSAGES_LIMIT", 18)
        )
        self.change()
        self.sync()
        self.assertEqual(self.feed.listing_count, 18)
        self.assertEqual(sorted(self.patched()), SKUS[18:])
        self.sync()
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestUnderWay(FeedCommon):
    def prepare(self):
        super().prepare()
        self.hand_over()

    def test_no_quantity_of_it_goes_by_itself_but_others_do(self):
        self.change(5, SKUS[:10])
        self.fake.list(build_listing("MUG", quantity=3, updated=ago(days=1)))
        self.download_products()
        self.free["MUG"] = 6
        self.listing().to_push = True
        self.sync()
        self.assertEqual(self.patched(), ["MUG"])

    def test_what_changed_meanwhile_is_sent_after_its_end_and_nothing_else(self):
        self.change(5, SKUS[:4])
        self.sync()
        self.end_at_amazon()
        self.assertEqual(sorted(self.patched()), SKUS[:4])
        self.assert_settled()

    def test_a_change_that_nobody_marked_is_sent_as_well(self):
        self.free[SKUS[3]] = 1
        self.end_at_amazon()
        self.assertEqual(self.patched(), [SKUS[3]])
        self.assert_settled()

    def test_amazon_is_asked_seldom_and_the_job_wakes_for_it(self):
        self.assertGreaterEqual(
            self.feed.next_look_on, self.feed.submitted_on + timedelta(seconds=60)
        )
        cron = self.env.ref("amazon_connector.ir_cron_sync_inventory")
        looks = [("cron_id", "=", cron.id), ("call_at", "=", self.feed.next_look_on)]
        self.assertTrue(self.env["ir.cron.trigger"].search(looks))
        InventoryCommon.sync(self)
        self.assertEqual(self.fake.count("getFeed"), 0, "Not before its time")
        self.fake.feed_states = ["running"] * 20
        gaps = []
        for _look in range(20):
            with freeze_time(self.feed.next_look_on):
                looked = fields.Datetime.now()
                self.feed._look(self.open_session(), self.last_run("sync_inventory"))
                gaps.append((self.feed.next_look_on - looked).total_seconds())
        self.assertEqual(gaps, sorted(gaps))
        self.assertEqual(gaps[0], 60)
        in_time = [gap for gap in gaps if gap <= 300]
        self.assertIn(300, in_time)
        self.assertEqual(set(gaps) - set(in_time), {15 * 60}, "Stuck")

    def open_session(self):
        class Session:
            client = self.fake.open(self.fake_observer())

        return Session

    def fake_observer(self):
        class Observer:
            def before(self, operation):
                return

        return Observer()

    def test_the_job_is_due_when_the_look_is(self):
        job_type = self.env["amazon.job.type.sync_inventory"]
        self.rows().to_push = False
        with_work = job_type._get_connections_with_work()
        self.assertNotIn(self.connection, with_work)
        with freeze_time(self.feed.next_look_on + timedelta(seconds=1)):
            self.assertIn(self.connection, job_type._get_connections_with_work())

    def test_it_says_how_far_amazon_is(self):
        self.fake.feed_states = ["queued", "running", "running"]
        states = []
        for _look in range(3):
            self.sync()
            states.append(self.feed.state)
        self.assertEqual(states, ["submitted", "in_progress", "in_progress"])

    def test_a_second_feed_waits_for_the_first(self):
        self.change(5)
        self.sync()
        self.assertEqual(len(self.fake.feeds), 1)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.feed.copy({"state": "prepared"})

    def test_refused_quantities_are_told_one_by_one(self):
        self.fake.refused_in_feeds = set(SKUS[:2])
        self.end_at_amazon()
        self.assertRecordValues(
            self.feed,
            [{"state": "done", "accepted_count": LISTINGS - 2, "refused_count": 2}],
        )
        for row in self.rows(SKUS[:2]):
            self.assertRecordValues(
                row,
                [
                    {
                        "push_error": "Amazon dislikes it.",
                        "amazon_quantity": 3,
                        "to_push": False,
                        "is_quantity_unknown": False,
                        "feed_id": False,
                    }
                ],
            )
        errors = self.errors_of()
        self.assertEqual(len(errors), 2)
        self.assertIn("did not take the quantity 8 of SKU-00", errors[0])
        self.assertIn("press Retry", errors[0])
        self.assert_settled(skus=SKUS[2:])
        self.sync()
        self.assertFalse(self.patched(), "Not again by itself")
        self.fake.refused_in_feeds = set()
        self.rows(SKUS[:2]).action_retry()
        self.sync()
        self.assertEqual(sorted(self.patched()), SKUS[:2])
        self.assert_settled()

    def test_a_refused_one_that_changed_meanwhile_is_tried_by_itself(self):
        self.fake.refused_in_feeds = {SKUS[0]}
        self.change(5, SKUS[:1])
        self.end_at_amazon()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assert_settled()

    def test_of_very_many_refusals_some_are_named(self):
        self.fake.refused_in_feeds = set(SKUS)
        self.startPatcher(patch.object(feed_module, "REFUSALS_NAMED", 5))
        self.startPatcher(patch.object(feed_module, "LISTINGS_TAKEN_OVER_AT_ONCE", 4))
        self.end_at_amazon()
        errors = self.errors_of()
        self.assertEqual(len(errors), 6)
        self.assertIn(f"{LISTINGS - 5} more quantities", errors[-1])
        self.assertEqual(set(self.rows().mapped("push_error")), {"Amazon dislikes it."})

    def test_a_refusal_may_name_the_sku_alone(self):
        self.fake.change_feed_report = lambda report: ProcessingReport(
            {}, {SKUS[0]: ""}, "", LISTINGS - 1, 1
        )
        self.end_at_amazon()
        self.assertEqual(self.listing(SKUS[0]).push_error, "Amazon gave no reason.")
        self.assertEqual(self.feed.refused_count, 1)

    def test_what_amazon_says_of_the_whole_feed_is_told(self):
        self.fake.change_feed_report = lambda report: ProcessingReport(
            {}, {}, "It is odd.", LISTINGS, 0
        )
        self.end_at_amazon()
        self.assertIn("It is odd.", self.lines_of(self.last_run("sync_inventory")))
        self.assert_settled()

    def test_a_report_that_contradicts_itself_proves_nothing(self):
        self.fake.change_feed_report = lambda report: ProcessingReport(
            {}, {}, "", LISTINGS - 3, 3
        )
        self.end_at_amazon()
        self.assertIn(
            "fewer quantities", self.lines_of(self.last_run("sync_inventory"))
        )
        self.assertEqual(sorted(self.patched()), SKUS, "All are sent once more")
        self.assert_settled()

    def test_a_feed_that_came_to_nothing_is_told_and_replaced(self):
        def garble(report):
            raise UnreadableError("Amazon's processing report cannot be read.")

        def expire(report):
            raise RejectedError("The report is not at its address (status 403).")

        cases = {
            "broke it off": ("failed", lambda report: report),
            "cancelled at Amazon": ("cancelled", lambda report: report),
            "cannot be read: Amazon's": ("done", garble),
            "not at its address": ("done", expire),
            "The whole is wrong": (
                "done",
                lambda report: ProcessingReport({}, {}, "The whole is wrong.", 0, 0),
            ),
        }
        for words, (outcome, change) in cases.items():
            with self.subTest(words):
                if self.feed.state != "submitted":
                    self.wait(FEED_PAUSE + timedelta(minutes=1))
                    self.hand_over(self.free[SKUS[0]] + 1)
                self.fake.calls.clear()
                self.fake.change_feed_report = change
                self.end_at_amazon(outcome)
                (error,) = self.errors_of()
                self.assertIn(words, error)
                self.assertIn("sent one by one", error)
                self.assertTrue(self.feed.error)
                self.assertEqual(sorted(self.patched()), SKUS)
                self.assert_settled()
                self.fake.calls.clear()
                self.sync()
                self.assertFalse(self.patched())
                self.assertFalse(self.errors_of(), "Told once")
                self.pushed()

    def test_a_feed_that_amazon_forgot_is_replaced(self):
        self.fake.feeds.clear()
        self.sync()
        self.assertEqual(self.feed.state, "failed")
        self.assertEqual(sorted(self.patched()), SKUS)

    def test_after_a_failure_quantities_go_by_themselves_for_some_hours(self):
        self.end_at_amazon("failed")
        self.fake.calls.clear()
        self.change(5)
        self.sync()
        self.assertEqual(sorted(self.patched()), SKUS)
        self.wait(FEED_PAUSE)
        self.change(6)
        self.sync()
        self.assertEqual(len(self.fake.feeds), 2)

    def test_an_amazon_that_does_not_answer_stops_nothing_else(self):
        get_feed = self.fake.get_feed
        for error in (
            UnavailableError("It is down."),
            ProtocolError("It is odd."),
            AuthError("No.", reason="forbidden"),
            ThrottledError("Slowly.", retry_after=500),
        ):
            with self.subTest(error.kind):

                def fail(feed_id, error=error):
                    raise error

                self.fake.get_feed = fail
                self.fake.list(build_listing("MUG", quantity=3))
                self.listing().state = "active"
                self.free["MUG"] = self.free.get("MUG", 3) + 1
                self.listing().write({"to_push": True, "looked_on": False})
                self.sync()
                self.assertEqual(self.pushed(), {"MUG": self.free["MUG"]})
                self.assertEqual(self.feed.state, "submitted")
                self.assertGreater(self.feed.next_look_on, fields.Datetime.now())
        pause = self.feed.next_look_on - fields.Datetime.now()
        self.assertGreater(pause, timedelta(seconds=400), "As Amazon says")
        self.fake.get_feed = get_feed
        self.end_at_amazon()
        self.assertEqual(self.feed.state, "done")

    def test_a_store_that_amazon_does_not_know_any_more_is_stopped(self):
        def fail(feed_id):
            raise AuthError("Withdrawn.", reason="grant")

        self.fake.get_feed = fail
        self.sync()
        self.assertEqual(self.last_run("sync_inventory").outcome, "failed")
        self.assertEqual(self.feed.state, "submitted")

    def test_the_result_is_taken_over_part_by_part(self):
        self.startPatcher(patch.object(feed_module, "LISTINGS_TAKEN_OVER_AT_ONCE", 7))
        self.end_at_amazon()
        self.assertEqual(self.feed.accepted_count, LISTINGS)
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestSoldOutMeanwhile(FeedCommon):
    """What is sold out while Amazon has a feed that says 8 of it."""

    def prepare(self):
        super().prepare()
        self.hand_over()
        self.row = self.listing(SKUS[0])

    def sell_out(self):
        """Have one sold out, and Amazon told of it."""
        self.change(0, SKUS[:1])
        self.sync()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assertRecordValues(
            self.row,
            [{"feed_id": self.feed.id, "zero_ahead": "sent", "to_push": False}],
        )
        self.fake.calls.clear()

    def carry_out(self):
        """Amazon has carried the feed out, and does not say so yet."""
        (taken,) = self.fake.feeds.values()
        self.fake._apply(taken)

    def test_its_zero_goes_at_once_and_again_where_the_feed_came_later(self):
        self.sell_out()
        self.assertEqual(self.pushed(), {SKUS[0]: 0})
        self.end_at_amazon()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assert_settled()

    def test_and_where_the_feed_came_before_it(self):
        self.carry_out()
        self.sell_out()
        self.end_at_amazon()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assert_settled()

    def test_what_is_in_stock_again_is_sent_at_the_end(self):
        self.carry_out()
        self.sell_out()
        self.change(8, SKUS[:1])
        self.sync()
        self.assertFalse(self.patched(), "One zero beside the feed, and nothing else")
        self.end_at_amazon()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assert_settled()

    def test_a_zero_is_sent_once_until_the_end(self):
        self.sell_out()
        for units in (4, 0):
            self.change(units, SKUS[:1])
            self.sync()
        self.assertFalse(self.patched())
        self.end_at_amazon()
        self.assert_settled()

    def test_what_is_in_stock_again_before_its_zero_left_waits(self):
        self.change(5, SKUS[:1])
        self.row.zero_ahead = "due"
        self.sync()
        self.assertFalse(self.patched())
        self.assertFalse(self.row.zero_ahead)
        self.change(0, SKUS[:1])
        self.sync()
        self.assertEqual(self.patched(), SKUS[:1], "Looked at anew")

    def test_a_refused_zero_is_sent_again_at_the_end(self):
        self.fake.refused = set(SKUS[:1])
        self.sell_out()
        self.assertTrue(self.row.push_error)
        self.fake.refused = set()
        self.end_at_amazon()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assert_settled()

    def test_whose_quantity_in_the_feed_is_refused(self):
        self.fake.refused_in_feeds = set(SKUS[:1])
        self.sell_out()
        self.end_at_amazon()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assert_settled()

    def test_an_amazon_that_does_not_answer_gets_it_in_the_next_run(self):
        self.change(0, SKUS[:1])
        self.row.looked_on = fields.Datetime.now()
        self.fake.errors = [None, UnavailableError("It is down.")]
        self.sync()
        self.assertEqual(self.row.zero_ahead, "due")
        self.fake.calls.clear()
        self.put_off_is_over("sync_inventory")
        self.sync()
        self.assertEqual(self.patched(), SKUS[:1])
        self.assertEqual(self.row.zero_ahead, "sent")

    def test_many_are_held_back_as_ever(self):
        many = SKUS[: ZEROS_BEFORE_HALT + 1]
        self.change(0, many)
        self.sync()
        self.assertFalse(self.patched())
        self.assertTrue(self.connection.inventory_halted)
        self.connection.action_allow_zeros()
        self.sync()
        self.assertEqual(sorted(self.patched()), many)
        self.end_at_amazon()
        self.assert_settled()
        self.assertFalse(self.connection.inventory_halted, "Asked once")

    def test_those_that_went_count_for_the_brake(self):
        few = SKUS[:ZEROS_BEFORE_HALT]
        self.change(0, few)
        self.sync()
        self.end_at_amazon()
        self.assert_settled()
        self.assertTrue(all(self.rows(few).mapped("zeroed_on")))
        self.change(0, SKUS[ZEROS_BEFORE_HALT : ZEROS_BEFORE_HALT + 1])
        self.sync()
        self.assertTrue(self.connection.inventory_halted)

    def test_a_feed_that_came_to_nothing_asks_nobody_again_either(self):
        self.change(0, SKUS[:ZEROS_BEFORE_HALT])
        self.sync()
        self.end_at_amazon("failed")
        self.assert_settled()
        self.assertFalse(self.connection.inventory_halted)

    def test_of_a_stuck_feed_it_goes_with_the_others(self):
        self.sell_out()
        self.fake.feed_states = ["running"] * 9
        self.wait(FEED_PATIENCE)
        self.sync()
        self.assertEqual(sorted(self.patched()), SKUS)
        self.fake.calls.clear()
        self.change(2, SKUS[:1])
        self.sync()
        self.assertEqual(self.patched(), SKUS[:1], "As usual")
        self.end_at_amazon()
        self.assert_settled()


@tagged("post_install", "-at_install")
class TestStuck(FeedCommon):
    def prepare(self):
        super().prepare()
        self.hand_over()
        self.fake.feed_states = ["running"] * 100
        self.wait(FEED_PATIENCE)
        self.sync()

    def test_it_is_told_once_and_its_quantities_go_by_themselves(self):
        self.assertEqual(self.feed.state, "stuck")
        (error,) = self.errors_of()
        self.assertIn("45 minutes", error)
        self.assertIn("9000", error)
        self.assertIn("Seller Support", error)
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assertEqual(self.rows().feed_id, self.feed, "Compared at its end")
        self.fake.calls.clear()
        self.sync()
        self.assertFalse(self.errors_of())
        self.assertEqual(len(self.reminders()), 1)
        self.assertFalse(self.patched())

    def test_its_late_end_has_all_sent_once_more(self):
        self.fake.calls.clear()
        self.change(9, SKUS[:2])
        self.sync()
        self.assertEqual(sorted(self.patched()), SKUS[:2], "As usual")
        self.fake.calls.clear()
        self.end_at_amazon()
        self.assertEqual(self.feed.state, "done")
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assert_settled()
        self.assertFalse(self.reminders())
        self.assertIn("overwritten", self.lines_of(self.last_run("sync_inventory")))
        self.assertFalse(self.errors_of())

    def test_no_other_feed_is_made_meanwhile_nor_right_after(self):
        self.change(5)
        self.sync()
        self.end_at_amazon("failed")
        self.change(6)
        self.sync()
        self.assertEqual(len(self.fake.feeds), 1)
        self.assert_settled()

    def test_one_that_never_ends_is_given_up(self):
        self.wait(STUCK_PATIENCE)
        self.sync()
        self.assertEqual(self.feed.state, "failed")
        self.assertFalse(self.rows().feed_id)
        self.assertFalse(self.reminders())


@tagged("post_install", "-at_install")
class TestCancelled(FeedCommon):
    def prepare(self):
        super().prepare()
        self.hand_over()
        self.wait(FEED_PATIENCE)

    def test_one_that_waits_in_the_queue_is_cancelled(self):
        self.sync()
        self.assertEqual(self.fake.count("cancelFeed"), 1)
        self.assertEqual(sorted(self.patched()), SKUS)
        self.fake.calls.clear()
        self.sync()
        self.assertEqual(self.feed.state, "cancelled")
        self.assertFalse(self.patched(), "Amazon never began it")
        self.assertFalse(self.reminders())
        self.assert_settled()

    def test_one_that_begins_right_then_goes_on(self):
        def begin(feed_id):
            raise RejectedError("Too late.", operation="cancelFeed", status=400)

        self.fake.cancel_feed = begin
        self.sync()
        self.assertEqual(self.feed.state, "stuck")
        self.end_at_amazon()
        self.assertEqual(self.feed.state, "done")
        self.assert_settled()

    def test_an_amazon_that_does_not_answer_lets_its_quantities_go_as_well(self):
        def fail(feed_id):
            raise UnavailableError("It is down.")

        self.fake.get_feed = fail
        self.sync()
        self.assertEqual(self.feed.state, "stuck")
        self.assertEqual(sorted(self.patched()), SKUS)


@tagged("post_install", "-at_install")
class TestHandOver(FeedCommon):
    def test_a_lost_answer_is_looked_for_and_the_feed_found(self):
        self.fake.feed_answer_lost = AmbiguousError("Lost.")
        self.change()
        self.sync()
        self.assertEqual(self.feed.state, "submitting")
        self.assertFalse(self.feed.amazon_feed_id)
        self.assertIn("unknown whether", self.lines_of(self.last_run("sync_inventory")))
        self.sync()
        self.assertRecordValues(
            self.feed, [{"state": "done", "amazon_feed_id": "9000"}]
        )
        self.assertEqual(self.fake.count("createFeed"), 1)
        self.assertFalse(self.patched())
        self.assert_settled()

    def test_an_older_feed_is_not_taken_for_it(self):
        self.hand_over()
        self.end_at_amazon()
        self.fake.calls.clear()
        self.fake.feed_answer_lost = AmbiguousError("Lost.")
        self.change(9)
        self.sync()
        self.sync()
        self.assertEqual(self.feed.amazon_feed_id, "9001")

    def test_a_feed_that_amazon_never_took_is_replaced_once_that_is_sure(self):
        self.fake.feed_not_taken = AmbiguousError("Lost.")
        self.change()
        self.sync()
        self.sync()
        self.assertEqual(self.feed.state, "submitting")
        self.assertFalse(self.patched(), "Amazon may show it late")
        self.wait(LOST_FEED_PATIENCE)
        self.sync()
        self.assertEqual(self.feed.state, "failed")
        self.assertIn("never reached", self.errors_of()[0])
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assertEqual(self.fake.count("createFeed"), 1)
        self.assert_settled()

    def test_of_several_feeds_none_is_guessed(self):
        self.fake.feed_answer_lost = AmbiguousError("Lost.")
        self.change()
        self.sync()
        mine = self.fake.feeds["9000"]
        self.fake.feeds["foreign"] = type(mine)(
            "foreign", US, [], mine.created, "running"
        )
        self.sync()
        self.assertEqual(self.feed.state, "submitting")
        self.assertFalse(self.patched())
        for feed_id in ("9000", "foreign"):
            self.fake.feeds[feed_id].state = "done"
        self.fake._apply(mine)
        self.sync()
        self.assertEqual(self.feed.state, "failed")
        self.assertIn("several feeds", self.errors_of()[0])
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assert_settled()

    def test_the_clock_of_amazon_counts_for_the_search(self):
        self.fake.clock_ahead = timedelta(hours=3)
        self.fake.feed_answer_lost = AmbiguousError("Lost.")
        self.change()
        self.sync()
        self.sync()
        self.assertEqual(self.feed.state, "done")

    def test_a_refused_feed_is_replaced(self):
        for error in (
            RejectedError("Not this.", operation="createFeed", status=400),
            RejectedError("Gone.", operation="uploadFeed", status=403),
        ):
            with self.subTest(error.operation):
                if self.feed:
                    self.wait(FEED_PAUSE + timedelta(minutes=1))
                self.fake.calls.clear()
                if error.operation == "createFeed":
                    self.fake.feed_not_taken = error
                else:
                    self.fake.errors = []
                    self.patch(self.fake, "upload_feed", self.raising(error))
                self.change(self.free[SKUS[0]] + 1)
                self.sync()
                self.assertEqual(self.feed.state, "failed")
                self.assertIn(str(error), self.errors_of()[0])
                self.assertEqual(sorted(self.patched()), SKUS)
                self.assert_settled()

    def raising(self, error):
        def fail(*_args):
            raise error

        return fail

    def test_what_amazon_certainly_did_not_take_is_handed_over_later(self):
        for error in (
            UnavailableError("Not reached."),
            ThrottledError("Slowly.", retry_after=120),
        ):
            with self.subTest(error.kind):
                self.fake.calls.clear()
                self.fake.feed_not_taken = error
                self.change(self.free[SKUS[0]] + 1)
                self.sync()
                self.assertEqual(self.feed.state, "prepared")
                self.assertFalse(self.patched())
                self.sync()
                self.sync()
                self.assertEqual(self.feed.state, "done")
                self.assertEqual(self.fake.count("createFeed"), 2)
                self.assert_settled()

    def test_what_is_sold_out_before_it_left_is_not_in_it(self):
        self.fake.feed_not_taken = UnavailableError("Not reached.")
        self.change()
        self.sync()
        self.assertEqual(self.feed.state, "prepared")
        self.change(0, SKUS[:1])
        self.sync()
        self.assertEqual(self.feed.state, "submitted")
        self.assertEqual(self.feed.listing_count, LISTINGS - 1)
        self.assertEqual(self.patched(), SKUS[:1])
        self.sync()
        self.assertRecordValues(
            self.feed, [{"state": "done", "accepted_count": LISTINGS - 1}]
        )
        self.assertFalse(self.feed.error)
        self.assertEqual(self.patched(), SKUS[:1], "Once")
        self.assert_settled()

    def test_what_amazon_does_not_take_for_long_goes_by_itself(self):
        self.fake.feed_not_taken = UnavailableError("Not reached.")
        self.change()
        self.sync()
        self.wait(PREPARED_HOLDS + timedelta(seconds=1))
        self.sync()
        self.assertEqual(self.feed.state, "failed")
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assertFalse(self.fake.feeds)

    def test_a_denied_feed_leaves_it_to_single_quantities(self):
        self.fake.feed_not_taken = AuthError("No.", reason="forbidden")
        self.change()
        self.sync()
        self.assertEqual(self.feed.state, "prepared")
        self.assertEqual(self.last_run("sync_inventory").failed, 0)


@tagged("post_install", "-at_install")
class TestKilled(FeedCommon):
    """The server dies between any two steps; what is committed then is all there is."""

    def killed_at(self, target, name, after=False):
        """Have a method of ``target`` end the process, at its start or after it."""
        method = getattr(target, name)

        def die(*args, **kwargs):
            if after:
                method(*args, **kwargs)
            raise Killed

        return patch.object(target, name, die)

    def run_until_killed(self):
        """Do slices of a run until the process dies, committed as the runner does."""
        job = self.connection._get_job("sync_inventory")
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "sync_inventory",
                "reason": "schedule",
            }
        )
        job_type = self.env["amazon.job.type.sync_inventory"]
        session = AmazonSession(self.connection)
        self.feed.filtered("next_look_on").next_look_on = fields.Datetime.now()
        self.commits = self.env.cr.savepoint(flush=True)

        def save(jobs, processed=0):
            self.env.flush_all()
            self.commits.close(rollback=False)
            self.commits = self.env.cr.savepoint(flush=True)
            return 99.0

        with patch.object(type(job), "_commit", save):
            try:
                while job_type._do_slice(job, run, session):
                    job._commit()
            except Killed:
                self.commits.close(rollback=True)
                self.env.invalidate_all()
                return
            finally:
                session.close()
        self.fail("Nobody was killed")

    def go_on(self):
        """Another process goes on until all is done."""
        for _run in range(3):
            self.sync()
        self.assertEqual(self.feed.state, "done")
        self.assertEqual(self.fake.count("createFeed"), 1, "Never sent twice")
        self.assertFalse(self.patched(), "Nor in another way")
        self.assert_settled()

    def test_before_it_is_created(self):
        feeds = self.env.registry["amazon.quantity.feed"]
        self.change()
        with self.killed_at(feeds, "_create_feed", after=True):
            self.run_until_killed()
        self.assertFalse(self.feed)
        self.go_on()

    def test_before_it_is_handed_over(self):
        feeds = self.env.registry["amazon.quantity.feed"]
        self.change()
        with self.killed_at(feeds, "_submit"):
            self.run_until_killed()
        self.assertEqual(self.feed.state, "prepared")
        self.assertTrue(all(self.rows().mapped("is_quantity_unknown")))
        self.go_on()

    def test_prepared_long_ago_it_is_made_anew(self):
        feeds = self.env.registry["amazon.quantity.feed"]
        self.change()
        with self.killed_at(feeds, "_submit"):
            self.run_until_killed()
        self.wait(PREPARED_HOLDS + timedelta(seconds=1))
        self.free.update(dict.fromkeys(SKUS, 5))
        self.go_on()
        self.assertEqual(len(self.env["amazon.quantity.feed"].search([])), 2)

    def test_while_it_is_uploaded(self):
        self.change()
        with self.killed_at(self.fake, "upload_feed", after=True):
            self.run_until_killed()
        self.assertEqual(self.feed.state, "prepared")
        self.go_on()

    def test_right_before_amazon_takes_it(self):
        self.change()
        with self.killed_at(self.fake, "create_feed"):
            self.run_until_killed()
        self.assertEqual(self.feed.state, "submitting")
        self.sync()
        self.assertEqual(self.feed.state, "submitting")
        self.assertFalse(self.patched())
        self.wait(LOST_FEED_PATIENCE)
        self.sync()
        self.assertEqual(self.feed.state, "failed")
        self.assertEqual(sorted(self.patched()), SKUS)
        self.assertFalse(self.fake.feeds)
        self.assert_settled()

    def test_right_after_amazon_took_it(self):
        self.change()
        with self.killed_at(self.fake, "create_feed", after=True):
            self.run_until_killed()
        self.assertEqual(self.feed.state, "submitting")
        self.assertTrue(all(self.rows().mapped("is_quantity_unknown")))
        self.go_on()

    def test_before_its_report_is_kept(self):
        self.hand_over()
        self.fake.feed_states = []
        with self.killed_at(self.fake, "download_feed_report", after=True):
            self.run_until_killed()
        self.assertEqual(self.feed.state, "submitted")
        self.go_on()

    def test_while_its_report_is_taken_over(self):
        self.hand_over()
        self.fake.feed_states = []
        self.startPatcher(patch.object(feed_module, "LISTINGS_TAKEN_OVER_AT_ONCE", 7))
        feeds = self.env.registry["amazon.quantity.feed"]
        take_over, parts = feeds._take_over_accepted, []

        def die(feed, run, rows):
            take_over(feed, run, rows)
            parts.append(rows)
            if len(parts) == 2:
                raise Killed

        with patch.object(feeds, "_take_over_accepted", die):
            self.run_until_killed()
        self.assertEqual(self.feed.state, "reading")
        self.assertEqual(len(self.rows().filtered("feed_id")), LISTINGS - 7)
        self.go_on()
        self.assertEqual(self.feed.accepted_count, LISTINGS)

    def test_while_the_listings_are_looked_at(self):
        self.change()
        with self.killed_at(self.fake, "search_listings_items", after=True):
            self.run_until_killed()
        self.assertFalse(self.feed)
        self.go_on()


@tagged("post_install", "-at_install")
class TestWhoSeesIt(FeedCommon):
    def test_users_read_it_and_change_nothing(self):
        self.hand_over()
        user = new_test_user(
            self.env,
            login="feed_user",
            groups="amazon_connector.amazon_connector_group_user",
        )
        feed = self.feed.with_user(user)
        self.assertIn("Amazon.com", feed.display_name)
        self.assertEqual(feed.listing_count, LISTINGS)
        with self.assertRaises(AccessError):
            feed.state = "done"
        with self.assertRaises(AccessError):
            self.listing(SKUS[0]).with_user(user).feed_id = False

    def test_old_ones_are_forgotten_open_ones_are_not(self):
        self.hand_over()
        self.wait(timedelta(days=200))
        self.env["amazon.quantity.feed"]._gc_feeds()
        self.assertTrue(self.feed)
        self.end_at_amazon()
        self.env["amazon.quantity.feed"]._gc_feeds()
        self.assertTrue(self.feed)
        self.wait(timedelta(days=181))
        self.env["amazon.quantity.feed"]._gc_feeds()
        self.assertFalse(self.feed)
