"""Token buckets in the database, on a cursor of their own."""

from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from ...models.connection import amazon_quota
from ...models.connection.amazon_quota import QuotaObserver
from ...spapi.errors import ThrottledError
from ...spapi.quota import DEFAULT_RATES


@tagged("post_install", "-at_install")
class TestQuota(TransactionCase):
    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.observer = QuotaObserver(self.env, "na:A1:app")
        self.time = 1_000_000.0
        self.slept = []
        clock = self.enterContext(patch.object(amazon_quota, "time"))
        clock.time.side_effect = lambda: self.time
        clock.sleep.side_effect = self.sleep

    def sleep(self, seconds):
        self.assertFalse(self.observer.lock.locked(), "Answers are learned from")
        self.slept.append(seconds)
        self.time += seconds

    def test_the_burst_is_granted_at_once_then_the_wait_is_named(self):
        rate, burst = DEFAULT_RATES["searchOrders"]
        for _call in range(int(burst)):
            self.observer.before("searchOrders")
        with self.assertRaises(ThrottledError) as refused:
            self.observer.before("searchOrders")
        self.assertAlmostEqual(refused.exception.retry_after, 1 / rate, delta=1)
        self.assertEqual(self.observer.calls, burst)
        self.assertFalse(self.slept)

    def test_a_short_wait_is_slept(self):
        rate, burst = DEFAULT_RATES["confirmShipment"]
        for _call in range(int(burst) + 1):
            self.observer.before("confirmShipment")
        self.assertAlmostEqual(sum(self.slept), 1 / rate, places=3)
        self.assertEqual(self.observer.waited, sum(self.slept))

    def test_a_clock_that_was_set_back_costs_no_more_than_a_wait(self):
        rate, burst = DEFAULT_RATES["confirmShipment"]
        for _call in range(int(burst)):
            self.observer.before("confirmShipment")
        self.time -= 3600
        self.observer.before("confirmShipment")
        self.assertAlmostEqual(sum(self.slept), 1 / rate, places=3)

    def test_another_account_has_a_bucket_of_its_own(self):
        for _call in range(20):
            self.observer.before("searchOrders")
        QuotaObserver(self.env, "eu:A2:app").before("searchOrders")

    def test_a_429_empties_the_bucket(self):
        self.observer.before("searchOrders")
        self.observer.after("searchOrders", 429, None, "req")
        with self.assertRaises(ThrottledError):
            self.observer.before("searchOrders")

    def test_the_rate_is_learned_from_amazons_header(self):
        self.observer.before("searchOrders")
        self.observer.after("searchOrders", 200, 0.25, "req")
        self.observer.after("searchOrders", 429, None, "req")
        with self.assertRaises(ThrottledError) as refused:
            QuotaObserver(self.env, "na:A1:app").before("searchOrders")
        self.assertAlmostEqual(refused.exception.retry_after, 4, delta=0.1)
