"""The products and orders of all accounts.

Seeded orders are drawn when they are looked at, each from its number; what searches
need to know of them is in an index. Only orders that were changed or added are kept,
packed. Whoever changes an order copies it deeply, changes the copy, and hands it to
``touch`` and ``replace``, or lets ``change`` do so.
"""

import copy
import functools
import heapq
import json
import random
import zlib
from datetime import timedelta
from itertools import islice, repeat

from ..accounts import ACCOUNTS, NORTH_AMERICA
from ..clock import iso
from . import articles
from .order_generator import Generator
from .order_ids import OrderIds
from .order_index import NUMBERS, OrderIndex, instant, milliseconds, row_of
from .order_plan import PLAIN_STORE, Plan

#: Drawn and unpacked orders that are kept for the next look at them.
_KEPT = 1_000


class Store:
    """Orders by id, each owned by one account.

    ``on_change`` holds functions (seller_id, before, after) that are called after
    an order was added (``before`` is None) or replaced; they must change neither, and
    the order is stored already: what they cannot read must be refused before.
    Sellers in ``without_roles`` lack the restricted roles that show personal data.
    """

    def __init__(self, clock, seed, orders):
        self.clock = clock
        self.seed = seed
        self.orders_wanted = orders
        self.on_change = []
        self._accounts = list(ACCOUNTS.values())
        self._positions = {a.seller_id: n for n, a in enumerate(self._accounts)}
        self._ids = OrderIds(seed)
        varied = orders > PLAIN_STORE
        self._plans = {
            account.seller_id: Plan(seed, account, self._wanted(account), varied)
            for account in self._accounts
        }
        self.reset()

    def _wanted(self, account):
        if account is NORTH_AMERICA:
            return self.orders_wanted
        return max(5, self.orders_wanted // 4)

    def reset(self):
        """Fill the store as the seed says, relative to the present moment."""
        self.products = articles.products(self.seed)
        self.without_roles = set()
        self._generator = Generator(self.products)
        self._filled = milliseconds(self.clock.now())
        #: Changed and added orders, and their rows, by number in the whole store.
        self._packed, self._rows = {}, {}
        self._indexes, self._next = {}, {}
        for seller_id, plan in self._plans.items():
            index = self._indexes[seller_id] = OrderIndex()
            index.fill((n, plan.row(n, self._filled)) for n in range(len(plan)))
            self._next[seller_id] = len(plan)
        self._document = functools.lru_cache(_KEPT)(self._make_document)

    # One order

    def get(self, order_id, seller_id=None):
        """The order, or None when it is unknown or belongs to another account."""
        place = self._find(order_id)
        if place is None or seller_id not in (None, place[0]):
            return None
        return self._document(*place)

    def owner(self, order_id):
        """The account that an order belongs to; None when there is no such order."""
        place = self._find(order_id)
        return ACCOUNTS[place[0]] if place else None

    def _find(self, order_id):
        """(seller id, number in the account) of an order that exists, or None."""
        place = self._place(order_id)
        if place is None:
            return None
        seller_id, number = place
        seeded = number < len(self._plans[seller_id])
        return place if seeded or place in self._packed else None

    def _place(self, order_id):
        """The place that an id stands for, whether or not it is taken."""
        number = self._ids.number_of(order_id)
        if number is None or number >= len(self._accounts) * NUMBERS:
            return None
        account = self._accounts[number // NUMBERS]
        return account.seller_id, number % NUMBERS

    def _id(self, seller_id, number):
        return self._ids.id_of(self._positions[seller_id] * NUMBERS + number)

    def _make_document(self, seller_id, number):
        packed = self._packed.get((seller_id, number))
        if packed is not None:
            return json.loads(zlib.decompress(packed))
        row = self._row((seller_id, number))
        wish = self._plans[seller_id].wish(number)
        return self._draw(seller_id, number, wish, row.created, row.updated)

    def _draw(self, seller_id, number, wish, created, changed):
        return self._generator.order(
            random.Random(f"{self.seed}:{seller_id}:order:{number}"),
            ACCOUNTS[seller_id],
            wish,
            order_id=self._id(seller_id, number),
            other_id=self._id(seller_id, number - 1 if number else 1),
            created=instant(created),
            changed=instant(changed),
        )

    def _row(self, place):
        row = self._rows.get(place)
        if row is None:
            seller_id, number = place
            row = self._plans[seller_id].row(number, self._filled)
        return row

    # New and changed orders

    def generate(self, account, wish, age_seconds):
        """One more order that was placed ``age_seconds`` ago, not yet stored.

        :raises ImpossibleOrder: the wishes contradict each other
        """
        created = milliseconds(self.clock.now() - timedelta(seconds=age_seconds))
        number = self._next[account.seller_id]
        order = self._draw(account.seller_id, number, wish, created, created)
        self._next[account.seller_id] = number + 1
        return order

    def add(self, seller_id, order):
        """Put an order that was generated into the account of its seller."""
        place = self._place(order["orderId"])
        if place is None or place[0] != seller_id or self._find(order["orderId"]):
            raise ValueError(f"{order['orderId']} is no new order of {seller_id}")
        self._keep(place, None, order)

    def replace(self, order):
        """Store a changed order; the owner stays."""
        place = self._find(order["orderId"])
        before = self._document(*place)
        self._indexes[place[0]].remove(place[1], self._row(place))
        self._keep(place, before, order)

    def _keep(self, place, before, order):
        row = row_of(order)
        text = json.dumps(order, separators=(",", ":"))
        self._packed[place] = zlib.compress(text.encode(), 1)
        self._rows[place] = row
        self._indexes[place[0]].insert(place[1], row)
        self._document.cache_clear()
        for function in self.on_change:
            function(place[0], before, order)

    def touch(self, order, age_seconds=0):
        """Record that the order changed now, or so long ago."""
        changed = self.clock.now() - timedelta(seconds=age_seconds)
        order["lastUpdatedTime"] = iso(changed)

    def change(self, order_id, function, age_seconds=0):
        """Let ``function(order)`` change a copy of an order; store and return it.

        The order must exist. When the function raises, nothing changes.
        """
        order = copy.deepcopy(self.get(order_id))
        function(order)
        self.touch(order, age_seconds)
        self.replace(order)
        return order

    # Many orders

    def find(self, seller_id, family, accepts, after, before, cursor=None):
        """The matching orders of an account as keys in the order of time.

        ``family`` is created or lastUpdated, ``accepts(facet)`` tells what matches
        (see order_index.Facet), ``after`` and ``before`` are instants, both included;
        with ``cursor`` only what comes after this key. Keys are for ``at``.
        """
        return self._indexes[seller_id].keys(
            family, accepts, milliseconds(after), milliseconds(before), cursor
        )

    def at(self, seller_id, key):
        """The order of a key."""
        return self._document(seller_id, key % NUMBERS)

    def created(self, seller_id, key):
        """When the order of a key was placed."""
        return instant(self._row((seller_id, key % NUMBERS)).created)

    def facet(self, seller_id, key):
        """What searches filter by of the order of a key."""
        return self._row((seller_id, key % NUMBERS)).facet

    def count(self, seller_id=None, status=None):
        """How many orders there are in an account or in all, in a status or in any."""
        accepts = _of_status(status)
        return sum(self._indexes[s].count(accepts) for s in self._sellers(seller_id))

    def of(self, seller_id=None, status=None, offset=0, limit=None):
        """Orders of an account, or of all, oldest first; drawn one by one."""
        accepts = _of_status(status)
        keys = heapq.merge(
            *(
                zip(self._indexes[seller].keys("created", accepts), repeat(seller))
                for seller in self._sellers(seller_id)
            )
        )
        end = None if limit is None else offset + limit
        return (self.at(seller, key) for key, seller in islice(keys, offset, end))

    def _sellers(self, seller_id):
        return list(self._plans) if seller_id is None else [seller_id]


def _of_status(status):
    return lambda facet: status in (None, facet.status)
