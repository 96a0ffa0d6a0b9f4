"""What the seeded orders of an account are to be, known without drawing them.

A plan is a few bytes for each order: which wish, which marketplace, how old, and how
long after its purchase it changed for the last time.
"""

import random
from array import array

from .order_index import Facet, Row
from .order_wish import Wish

#: The youngest seeded order is older than this, the oldest younger than that.
_YOUNGEST, _OLDEST = 15 * 60 * 1000, 12 * 86400 * 1000
#: The longest time between a purchase and the last change of a seeded order.
_LONGEST_LAG = 2 * 86400 * 1000
#: Stores with more orders than this show all that orders can be like.
PLAIN_STORE = 40

#: What the quarter of the orders that needs no shipment consists of, in turn.
SPECIALS = (
    {"status": "PENDING"},
    {"status": "SHIPPED"},
    {"status": "CANCELLED"},
    {"status": "SHIPPED", "fulfilled_by": "AMAZON"},
    {"channel_name": "NON_AMAZON"},
    {"status": "PENDING"},
    {"status": "SHIPPED"},
    {"fulfilled_by": "AMAZON"},
    {"status": "CANCELLED"},
    {"channel_name": "NON_AMAZON", "fulfilled_by": "AMAZON"},
)
#: More of it in a larger store.
MORE_SPECIALS = (
    {"status": "PARTIALLY_SHIPPED"},
    {"status": "PENDING_AVAILABILITY", "programs": ["PREORDER"]},
    {"status": "SHIPPED", "traits": ("SEVERAL_PACKAGES",)},
    {"status": "CANCELLED", "traits": ("CANCELLATION_REQUEST",)},
    {"status": "UNFULFILLABLE", "fulfilled_by": "AMAZON"},
    {"status": "PARTIALLY_SHIPPED", "traits": ("SEVERAL_PACKAGES",)},
    {"status": "SHIPPED", "traits": ("REPLACEMENT",)},
    {"status": "PENDING", "traits": ("COD",)},
    {"status": "SHIPPED", "programs": ["FBM_SHIP_PLUS"]},
    {"status": "SHIPPED", "fulfilled_by": "AMAZON", "traits": ("SERIAL_NUMBERS",)},
    {"status": "PARTIALLY_SHIPPED", "traits": ("PARTIAL_CANCELLATION",)},
    {"status": "SHIPPED", "traits": ("TRANSPARENCY",)},
)
#: What every third order that the merchant has to ship is like in a larger store.
VARIED = (
    {"traits": ("GIFT",)},
    {"traits": ("PROMOTION",)},
    {"traits": ("BUSINESS",)},
    {"traits": ("TAX_ADDED",)},
    {"traits": ("TAX_INCLUDED",)},
    {"traits": ("IOSS",)},
    {"traits": ("UOSS",)},
    {"traits": ("PARTIAL_CANCELLATION",)},
    {"traits": ("ITEM_CANCELLED",)},
    {"traits": ("CANCELLATION_REQUEST",)},
    {"traits": ("REPLACEMENT",)},
    {"traits": ("EXCHANGE",)},
    {"traits": ("NO_NAME",)},
    {"traits": ("NO_STREET",)},
    {"traits": ("NO_RECIPIENT",)},
    {"traits": ("LONG_ADDRESS",)},
    {"traits": ("NON_LATIN",)},
    {"traits": ("PICKUP_POINT",)},
    {"traits": ("DELIVERY_PREFERENCE",)},
    {"traits": ("SCHEDULED",)},
    {"traits": ("COD",)},
    {"traits": ("POINTS",)},
    {"traits": ("SEVERAL_PAYMENTS",)},
    {"traits": ("LABEL_WINDOW",)},
    {"traits": ("SELLER_ORDER_ID",)},
    {"traits": ("CUSTOMIZED",)},
    {"traits": ("CONDITION_NOTE",)},
    {"traits": ("SERIAL_NUMBERS",)},
    {"traits": ("TRANSPARENCY",)},
    {"traits": ("SUBSCRIBE_AND_SAVE",)},
    {"traits": ("MEASUREMENT",)},
    {"traits": ("SHIPPING_CONSTRAINTS",)},
    {"programs": ["AMAZON_BAZAAR"]},
    {"programs": ["AMAZON_EASY_SHIP"]},
    {"programs": ["AMAZON_HAUL"]},
    {"programs": ["DELIVERY_BY_AMAZON"]},
    {"programs": ["IN_STORE_PICK_UP"]},
    {"programs": ["AMAZON_BUSINESS", "INVOICE_BY_AMAZON"]},
    {"programs": ["PREORDER"]},
    {"programs": ["PRIME", "PREMIUM"]},
)
_KINDS = ({}, *SPECIALS, *MORE_SPECIALS, *VARIED)
_STILL = ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED")


class Plan:
    """The seeded orders of an account, numbered from 0 for the oldest."""

    def __init__(self, seed, account, count, varied):
        self._account = account
        rng = random.Random(f"{seed}:{account.seller_id}")
        kinds = _kinds(count, varied)
        rng.shuffle(kinds)
        self._kinds = bytes(kinds)
        places = range(len(account.marketplaces))
        self._places = bytes(rng.choices(places, k=count))
        spread = _OLDEST - _YOUNGEST
        ages = sorted((_YOUNGEST + rng.random() * spread for _ in kinds), reverse=True)
        self._ages = array("q", map(int, ages))
        self._lags = array("q", (self._lag(n, rng.random()) for n in range(count)))
        self._wishes = {}
        self._facets = {}

    def __len__(self):
        return len(self._kinds)

    def _lag(self, number, draw):
        if _KINDS[self._kinds[number]].get("status", "UNSHIPPED") in _STILL:
            return 0
        return int(draw * min(self._ages[number] - _YOUNGEST, _LONGEST_LAG))

    def wish(self, number):
        """What an order is to be like."""
        key = self._kinds[number], self._places[number]
        if key not in self._wishes:
            marketplace = self._account.marketplaces[key[1]]
            self._wishes[key] = Wish(marketplace=marketplace, **_KINDS[key[0]])
        return self._wishes[key]

    def row(self, number, now):
        """How an order stands in the index of a store that was filled at ``now``."""
        key = self._kinds[number], self._places[number]
        if key not in self._facets:
            wish = self.wish(number)
            self._facets[key] = Facet(
                wish.status, wish.fulfilled_by, wish.marketplace.id, wish.channel_name
            )
        created = now - self._ages[number]
        return Row(self._facets[key], created, created + self._lags[number])


def _kinds(count, varied):
    """The kind of each order, as a position in _KINDS, not yet shuffled."""
    first, more = len(SPECIALS), len(SPECIALS) + len(MORE_SPECIALS)
    specials = [1 + n % (more if varied else first) for n in range(count // 4)]
    others = [0] * (count - len(specials))
    if varied:
        every = range(0, len(others), 3)
        for turn, position in enumerate(every):
            others[position] = 1 + more + turn % len(VARIED)
    return specials + others
