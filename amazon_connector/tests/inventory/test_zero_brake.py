"""No sequence of runs empties a store unasked; ordinary sell-outs pass."""

import random
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.inventory.zero_brake import (
    ZERO_SHARE_BEFORE_HALT,
    ZERO_WINDOW,
    ZEROS_BEFORE_HALT,
)
from ...spapi.errors import ThrottledError, UnavailableError
from ..builders import ago
from ..fake_listings import build_listing
from ..inventory_common import InventoryCommon

LISTINGS = 60
# So many of them may become zero unasked.
USUAL = int(LISTINGS * ZERO_SHARE_BEFORE_HALT)


class BrakeCommon(InventoryCommon):
    """A store with 60 listings on sale, 4 of each; what is free is said by the test."""

    count = LISTINGS

    def _patch_seams(self):
        super()._patch_seams()
        test = self

        def get_quantities(rows):
            return {row: test.free.get(row.sku, 0) for row in rows}

        self.patch(
            self.env.registry["amazon.listing"], "_get_quantities", get_quantities
        )
        # Time passes as fast as quota comes.
        self.patch(
            self.env.registry["amazon.quota"], "_change_bucket", lambda *_args: 0
        )

    def prepare(self):
        super().prepare()
        self.skus = [f"SKU-{n:02d}" for n in range(self.count)]
        products = self.env["product.product"].create(
            [
                {
                    "name": sku,
                    "default_code": sku,
                    "type": "consu",
                    "is_storable": True,
                }
                for sku in self.skus
            ]
        )
        self.product_of = dict(zip(self.skus, products, strict=True))
        del self.fake.listings[next(iter(self.fake.listings))]
        self.listing().state = "removed"
        self.fake.list(
            *(build_listing(sku, quantity=4, updated=ago(days=29)) for sku in self.skus)
        )
        self.free = dict.fromkeys(self.skus, 4)
        self.download_products()
        self.switch_on()
        self.assertFalse(self.pushed())

    def change(self, quantity, *skus):
        """Let what is free of some products change, as a stock move tells of it."""
        self.free.update(dict.fromkeys(skus, quantity))
        changes = self.env["amazon.stock.change"]
        for sku in skus:
            changes._mark_products_changed(self.product_of[sku])

    def zero(self, *skus):
        self.change(0, *skus)
        self.sync()

    def sent_zeros(self):
        return [sku for sku, quantity in self.pushed().items() if not quantity]

    def in_state(self, state="held"):
        rows = self.env["amazon.listing"].search([("zero_state", "=", state)])
        return rows.mapped("sku")

    def assertHeld(self, skus):
        self.assertEqual(sorted(self.in_state()), sorted(skus))
        self.assertEqual(self.connection.inventory_halted, bool(skus))
        self.assertEqual(bool(self.connection.activity_ids), bool(skus))
        self.assertEqual(self.connection.zero_held_count, len(skus))


@tagged("post_install", "-at_install")
class TestNoWayAround(BrakeCommon):
    def test_all_at_once(self):
        self.zero(*self.skus)
        self.assertFalse(self.pushed())
        self.assertHeld(self.skus)
        self.assertIn("60 of 60", self.connection.activity_ids.note)
        self.assertEqual(self.last_run("sync_inventory").failed, 1)

    def test_after_a_run_without_zeros(self):
        self.change(3, *self.skus)
        self.sync()
        self.assertEqual(len(self.pushed()), LISTINGS)
        self.zero(*self.skus)
        self.assertFalse(self.pushed())
        self.assertHeld(self.skus)

    def test_while_a_run_without_zeros_is_under_way(self):
        patch = self.fake.patch_listings_item

        def empty_meanwhile(*args, **kwargs):
            if not self.fake.pushed:
                self.change(0, *self.skus)
                self.commit()
            return patch(*args, **kwargs)

        self.fake.patch_listings_item = empty_meanwhile
        self.change(3, *self.skus)
        self.sync()
        self.assertFalse(self.sent_zeros())
        self.assertHeld(self.skus)

    def test_in_parts(self):
        zeros = []
        for start in range(0, LISTINGS, 6):
            self.zero(*self.skus[start : start + 6])
            zeros += self.sent_zeros()
        self.assertEqual(zeros, self.skus[:USUAL])
        self.assertHeld(self.skus[USUAL:])
        self.assertIn("60 of 60", self.connection.activity_ids.note)
        self.assertEqual(len(self.connection.activity_ids), 1)

    def test_one_by_one(self):
        zeros = []
        for sku in self.skus[: USUAL + 3]:
            self.zero(sku)
            zeros += self.sent_zeros()
        self.assertEqual(zeros, self.skus[:USUAL])
        self.assertHeld(self.skus[USUAL : USUAL + 3])

    def test_by_push_now_and_while_the_sync_is_off(self):
        self.connection.sync_inventory = False
        self.free.update(dict.fromkeys(self.skus, 0))
        for start in range(0, LISTINGS, 15):
            rows = self.env["amazon.listing"].search(
                [("sku", "in", self.skus[start : start + 15])]
            )
            rows.action_push_now()
            self.sync()
        self.assertEqual(len(self.sent_zeros()), 15)
        self.assertHeld(self.skus[15:])
        self.connection.action_allow_zeros()
        self.sync()
        self.assertEqual(len(self.sent_zeros()), LISTINGS - 15)

    def test_with_lost_answers(self):
        """What may have arrived counts as a zero."""
        patch = self.fake.patch_listings_item
        arrived = []

        def lose(seller, sku, *args, **kwargs):
            patch(seller, sku, *args, **kwargs)
            arrived.append(sku)
            raise UnavailableError("Amazon did not answer in time.")

        self.fake.patch_listings_item = lose
        for start in range(0, LISTINGS, 4):
            self.put_off_is_over("sync_inventory")
            self.zero(*self.skus[start : start + 4])
        self.assertLessEqual(len(set(arrived)), USUAL)
        self.assertTrue(self.connection.inventory_halted)

    def test_when_quota_ends_a_run_in_the_middle(self):
        self.fake.errors = [None, None, None, ThrottledError("Wait.", retry_after=60)]
        self.zero(*self.skus[:9])
        self.put_off_is_over("sync_inventory")
        self.zero(*self.skus[9:])
        self.put_off_is_over("sync_inventory")
        self.sync()
        self.assertLessEqual(len(self.sent_zeros()), USUAL)
        self.assertTrue(set(self.skus[9:]) <= set(self.in_state()))

    def test_over_the_day_and_no_longer(self):
        now = fields.Datetime.now()
        with freeze_time(now):
            self.zero(*self.skus[:15])
        self.assertEqual(len(self.sent_zeros()), 15)
        with freeze_time(now + ZERO_WINDOW - timedelta(minutes=1)):
            self.zero(*self.skus[15:20])
            self.assertFalse(self.pushed())
            self.assertHeld(self.skus[15:20])
        with freeze_time(now + 3 * ZERO_WINDOW):
            self.sync()
            self.assertFalse(self.pushed(), "The time does not answer for a person")
        self.connection.action_allow_zeros()
        with freeze_time(now + 3 * ZERO_WINDOW):
            self.sync()
            self.assertEqual(len(self.sent_zeros()), 5)
            self.zero(*self.skus[20:30])
            self.assertEqual(len(self.sent_zeros()), 10)

    def test_whatever_happens_in_whatever_order(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                self.stock_up_again()
                self.live_through(random.Random(seed))

    def stock_up_again(self):
        self.free.update(dict.fromkeys(self.skus, 4))
        self.connection._end_zero_question()
        self.env["amazon.listing"].search([("sku", "in", self.skus)]).write(
            {
                "amazon_quantity": 4,
                "to_push": False,
                "is_push_forced": False,
                "is_quantity_unknown": False,
                "zeroed_on": False,
            }
        )

    def live_through(self, chance):
        """Hours of a store, at the end of which all is zero but nobody was asked."""
        on_sale, zeroed = set(self.skus), set()
        now = fields.Datetime.now()
        for hour in range(12):
            zeros = chance.sample(self.skus, chance.choice((1, 3, 8, 25)))
            self.change(0, *zeros)
            self.change(chance.randint(1, 9), *chance.sample(self.skus, 2))
            if chance.random() < 0.3:
                self.connection._request_comparison()
            if chance.random() < 0.3:
                self.fake.errors = [None] * chance.randint(0, 9) + [
                    UnavailableError("Gone.", status=503)
                ]
            if chance.random() < 0.2:
                sku = chance.choice(self.skus)
                self.env["amazon.listing"].search([("sku", "=", sku)]).action_push_now()
            self.put_off_is_over("sync_inventory")
            with freeze_time(now + timedelta(hours=hour)):
                self.sync()
            for _market, sku, quantity in self.fake.pushed:
                on_sale.discard(sku) if not quantity else on_sale.add(sku)
                zeroed = set(self.skus) - on_sale
                self.assertLessEqual(len(zeroed), USUAL)
            self.fake.pushed.clear()
        self.fake.errors = []


@tagged("post_install", "-at_install")
class TestStockCount(InventoryCommon):
    """The way in which Odoo's users come to zero: counts entered, then applied."""

    def prepare(self):
        super().prepare()
        self.skus = [f"SKU-{n:02d}" for n in range(14)]
        for sku in self.skus:
            self._create_product(sku)
        self.fake.list(
            *(
                build_listing(sku, quantity=100, updated=ago(days=29))
                for sku in self.skus
            )
        )
        self.download_products()
        self.switch_on()
        self.pushed()

    def test_counts_are_entered_and_then_applied(self):
        quants = self.env["stock.quant"].search(
            [
                ("product_id.default_code", "in", [*self.skus, "MUG"]),
                ("location_id", "=", self.stock.id),
            ]
        )
        self.assertEqual(len(quants), 15)
        quants.with_context(inventory_mode=True).inventory_quantity = 0
        self.sync()
        self.assertFalse(self.pushed())
        self.assertFalse(self.connection.inventory_halted)
        quants.action_apply_inventory()
        self.sync()
        self.assertFalse(self.pushed())
        self.assertTrue(self.connection.inventory_halted)
        self.assertIn("15 of 15", self.connection.activity_ids.note)
        self.assertFalse(self.env["amazon.listing"].search([("to_push", "=", True)]))


@tagged("post_install", "-at_install")
class TestOrdinary(BrakeCommon):
    def test_sell_outs_pass(self):
        self.zero(*self.skus[:12])
        self.assertEqual(self.sent_zeros(), self.skus[:12])
        self.assertHeld([])
        self.assertEqual(self.last_run("sync_inventory").outcome, "done")

    def test_what_came_in_again_counts_no_more(self):
        for start in range(0, LISTINGS, 15):
            sold = self.skus[start : start + 15]
            self.zero(*sold)
            self.assertEqual(len(self.sent_zeros()), 15)
            self.change(7, *sold)
            self.sync()
            self.pushed()
        self.assertHeld([])

    def test_what_amazon_sold_out_itself_does_not_count(self):
        rows = self.env["amazon.listing"].search([("sku", "in", self.skus[:40])])
        rows.amazon_quantity = 0
        self.zero(*self.skus[:40])
        self.assertHeld([])
        self.zero(*self.skus[40:46])
        self.assertEqual(len(self.sent_zeros()), 6)

    def test_all_other_quantities_are_sent(self):
        self.change(3, *self.skus[:10])
        self.change(9, *self.skus[50:])
        self.zero(*self.skus[10:50])
        sent = self.pushed()
        self.assertEqual(
            sent,
            dict.fromkeys(self.skus[:10], 3) | dict.fromkeys(self.skus[50:], 9),
        )
        self.assertHeld(self.skus[10:50])
        self.change(2, self.skus[0], self.skus[20])
        self.sync()
        self.assertEqual(self.pushed(), {self.skus[0]: 2, self.skus[20]: 2})

    def test_few_listings_are_looked_at_once(self):
        """The way of a single sale is no longer than it was."""
        calls = []
        get = self.env.registry["amazon.listing"]._get_quantities

        def count_calls(rows):
            calls.append(len(rows))
            return get(rows)

        self.patch(self.env.registry["amazon.listing"], "_get_quantities", count_calls)
        self.zero(self.skus[0])
        self.assertEqual(calls, [1])
        self.change(5, *self.skus[:45])
        self.sync()
        # 45 ahead, of which 44 may become zero; then 20, 20 and 5.
        self.assertEqual(calls[1:], [44, 20, 20, 5])


@tagged("post_install", "-at_install")
class TestQuestion(BrakeCommon):
    def prepare(self):
        super().prepare()
        self.zero(*self.skus[:15])
        self.pushed()
        self.zero(*self.skus[15:40])
        self.assertFalse(self.pushed())

    def test_it_shows_the_numbers_before_and_after(self):
        question = self.connection.zero_question
        for part in (
            "60 listings were on sale",
            "15 of them became zero",
            "25 more would",
            "20 would stay on sale",
        ):
            self.assertIn(part, question)

    def test_it_shows_the_list(self):
        action = self.connection.action_open_held_zeros()
        listed = self.env["amazon.listing"].search(action["domain"])
        self.assertEqual(sorted(listed.mapped("sku")), self.skus[15:40])
        views = self.env["amazon.listing"].get_views(action["views"])
        self.assertIn("Would become", views["views"]["list"]["arch"])

    def test_each_run_until_then_says_so(self):
        self.change(3, self.skus[50])
        self.sync()
        run = self.last_run("sync_inventory")
        self.assertEqual((run.warned, run.failed), (1, 0))
        self.assertIn("25 zeros are held back", self.lines_of(run))

    def test_the_answer_is_for_the_list_alone(self):
        self.connection.action_allow_zeros()
        self.free.update(dict.fromkeys(self.skus[40:], 0))
        self.sync()
        self.assertEqual(sorted(self.sent_zeros()), self.skus[15:40])
        self.assertHeld([])
        self.zero(*self.skus[40:])
        self.assertFalse(self.pushed(), "Nobody was asked about these")
        self.assertHeld(self.skus[40:])

    def test_the_answer_is_for_what_the_person_saw(self):
        seen = self.connection.zero_list_number
        self.zero(*self.skus[40:45])
        self.assertHeld(self.skus[15:45])
        connection = self.connection.with_context(amazon_zero_list_number=seen)
        with self.assertRaisesRegex(UserError, "More listings would become zero"):
            connection.action_allow_zeros()
        self.assertHeld(self.skus[15:45])
        seen = self.connection.zero_list_number
        self.connection.with_context(amazon_zero_list_number=seen).action_allow_zeros()
        self.sync()
        self.assertEqual(len(self.sent_zeros()), 30)

    def test_a_list_on_which_nothing_came_is_still_what_the_person_saw(self):
        seen = self.connection.zero_list_number
        self.zero(*self.skus[15:20])
        self.assertHeld(self.skus[15:40])
        self.connection.with_context(amazon_zero_list_number=seen).action_allow_zeros()
        self.sync()
        self.assertEqual(len(self.sent_zeros()), 25)

    def test_the_answer_may_be_for_some(self):
        rows = self.env["amazon.listing"].search([("sku", "in", self.skus[15:18])])
        rows.action_allow_zero()
        self.sync()
        self.assertEqual(sorted(self.sent_zeros()), self.skus[15:18])
        self.assertHeld(self.skus[18:40])
        with self.assertRaisesRegex(UserError, "held back any more"):
            rows.action_allow_zero()

    def test_an_answer_lasts_as_long_as_the_zero(self):
        self.connection.action_allow_zeros()
        self.change(3, *self.skus[15:40])
        self.sync()
        self.assertEqual(set(self.pushed().values()), {3})
        self.zero(*self.skus[15:40])
        self.assertFalse(self.pushed())
        self.assertHeld(self.skus[15:40])

    def test_an_answer_counts_until_amazon_has_it(self):
        self.fake.errors = [ThrottledError("Wait.", retry_after=60)]
        self.connection.action_allow_zeros()
        self.sync()
        self.assertFalse(self.pushed())
        self.put_off_is_over("sync_inventory")
        self.sync()
        self.assertEqual(len(self.sent_zeros()), 25)
        self.assertHeld([])

    def test_an_administrator_answers(self):
        user = new_test_user(
            self.env, "worker", "amazon_connector.amazon_connector_group_user"
        )
        rows = self.env["amazon.listing"].search([("zero_state", "=", "held")])
        self.assertIn("25 more", self.connection.with_user(user).zero_question)
        for record, name in (
            (self.connection, "action_allow_zeros"),
            (rows, "action_allow_zero"),
        ):
            with self.assertRaises(AccessError):
                getattr(record.with_user(user), name)()
        with self.assertRaises(AccessError):
            rows.with_user(user).write({"zero_state": "allowed"})

    def test_what_is_mended_is_sent_and_the_rest_too_once_it_is_usual(self):
        self.change(4, *self.skus[15:30])
        self.sync()
        self.assertFalse(self.pushed(), "15 are zero and 10 would be, of 60")
        self.assertHeld(self.skus[30:40])
        self.change(6, *self.skus[:10])
        self.sync()
        sent = self.pushed()
        self.assertEqual(
            [sku for sku, quantity in sent.items() if not quantity], self.skus[30:40]
        )
        self.assertHeld([])

    def test_what_is_no_longer_synced_is_no_longer_asked(self):
        self.env["amazon.listing"].search([("zero_state", "=", "held")]).write(
            {"sync_inventory": False}
        )
        self.change(3, self.skus[50])
        self.sync()
        self.assertFalse(self.connection.inventory_halted)
        self.assertFalse(self.connection.activity_ids)

    def test_switched_off_nothing_is_asked(self):
        self.connection.sync_inventory = False
        self.assertHeld([])
        self.sync()
        self.assertFalse(self.pushed())
        self.connection.sync_inventory = True
        self.sync()
        self.assertFalse(self.pushed())
        self.assertHeld(self.skus[15:40])


@tagged("post_install", "-at_install")
class TestMany(BrakeCommon):
    count = 410

    def test_many_are_looked_at_ahead(self):
        """Whatever place the zeros have in the order in which listings are sent."""
        usual = int(self.count * ZERO_SHARE_BEFORE_HALT)
        self.assertGreater(usual, ZEROS_BEFORE_HALT)
        self.change(3, *self.skus[: self.count - usual - 1])
        self.zero(*self.skus[self.count - usual - 1 :])
        self.assertEqual(len(self.pushed()), self.count - usual - 1)
        self.assertHeld(self.skus[self.count - usual - 1 :])
