"""The products and orders of all accounts, kept in memory."""

import random
from datetime import timedelta

from ..accounts import ACCOUNTS, NORTH_AMERICA
from ..clock import iso
from . import articles
from .order_generator import Generator


class Store:
    """Orders by id, each owned by one account."""

    def __init__(self, clock, seed, orders):
        self.clock = clock
        self.seed = seed
        self.orders_wanted = orders
        self.reset()

    def reset(self):
        """Fill the store as the seed says, relative to the present moment."""
        self.products = articles.products(self.seed)
        self._orders = {}
        self._owners = {}
        now = self.clock.now()
        for account in ACCOUNTS.values():
            rng = random.Random(f"{self.seed}:{account.seller_id}")
            generator = Generator(rng, self.products)
            for order in generator.store_orders(account, self._count(account), now):
                self.add(account.seller_id, order)
        # Orders made on demand do not disturb those of the seed.
        rng = random.Random(f"{self.seed}:on-demand")
        self.on_demand = Generator(rng, self.products)

    def _count(self, account):
        if account is NORTH_AMERICA:
            return self.orders_wanted
        return max(5, self.orders_wanted // 4)

    def generate(self, account, wish, age_seconds):
        """One more order that was placed ``age_seconds`` ago, not yet stored."""
        created = self.clock.now() - timedelta(seconds=age_seconds)
        order = self.on_demand.order(account, wish, created)
        while order["orderId"] in self._orders:
            order = self.on_demand.order(account, wish, created)
        return order

    def add(self, seller_id, order):
        """Put an order into the account of a seller."""
        self._orders[order["orderId"]] = order
        self._owners[order["orderId"]] = seller_id

    def get(self, order_id, seller_id=None):
        """The order, or None when it is unknown or belongs to another account."""
        if seller_id not in (None, self._owners.get(order_id)):
            return None
        return self._orders.get(order_id)

    def replace(self, order):
        """Store a changed order; the owner stays."""
        self._orders[order["orderId"]] = order

    def of(self, seller_id=None):
        """All orders of an account, or of all accounts."""
        return [
            order
            for order_id, order in self._orders.items()
            if seller_id in (None, self._owners[order_id])
        ]

    def touch(self, order):
        """Record that the order changed now."""
        order["lastUpdatedTime"] = iso(self.clock.now())
