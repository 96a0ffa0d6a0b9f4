"""What searchOrders has to know of the orders, sorted by time, without documents.

Orders are grouped by their facet; a group holds sorted keys, so that a page of any
search is put together from a few bisected lists, however many orders there are.
"""

import heapq
from bisect import bisect_left, bisect_right, insort
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from ..clock import parse_iso

FAMILIES = ("created", "lastUpdated")
#: Numbers of orders in an account are below this; keys sort by time, then number.
NUMBERS = 1 << 24
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment):
    """Whole milliseconds since the epoch, as Amazon writes times."""
    return (moment - _EPOCH) // _MILLISECOND


def instant(value):
    """The UTC instant of milliseconds since the epoch."""
    return _EPOCH + timedelta(milliseconds=value)


class Facet(NamedTuple):
    """All that searchOrders filters by, besides times."""

    status: str | None
    fulfilled_by: str | None
    marketplace_id: str | None
    channel_name: str | None


class Row(NamedTuple):
    """An order in the index; times in milliseconds since the epoch."""

    facet: Facet
    created: int
    updated: int


def row_of(order):
    """The row of an order document."""
    fulfillment, channel = order.get("fulfillment", {}), order["salesChannel"]
    facts = (
        fulfillment.get("fulfillmentStatus"),
        fulfillment.get("fulfilledBy"),
        channel.get("marketplaceId"),
        channel.get("channelName"),
    )
    return Row(
        Facet(*(fact if isinstance(fact, str) else None for fact in facts)),
        milliseconds(parse_iso(order["createdTime"])),
        milliseconds(parse_iso(order["lastUpdatedTime"])),
    )


class OrderIndex:
    """The orders of one account by facet and time."""

    def __init__(self):
        self._groups = {}

    def fill(self, rows):
        """Take up (number, row) of many orders at once."""
        for number, row in rows:
            created, updated = self._group(row.facet)
            created.append(row.created * NUMBERS + number)
            updated.append(row.updated * NUMBERS + number)
        for group in self._groups.values():
            for keys in group:
                keys.sort()

    def insert(self, number, row):
        """Take up an order."""
        created, updated = self._group(row.facet)
        insort(created, row.created * NUMBERS + number)
        insort(updated, row.updated * NUMBERS + number)

    def remove(self, number, row):
        """Forget an order, given the row that it was taken up with."""
        created, updated = self._group(row.facet)
        del created[bisect_left(created, row.created * NUMBERS + number)]
        del updated[bisect_left(updated, row.updated * NUMBERS + number)]

    def _group(self, facet):
        return self._groups.setdefault(facet, ([], []))

    def count(self, accepts):
        """How many orders have a facet that ``accepts(facet)``."""
        return sum(len(g[0]) for facet, g in self._groups.items() if accepts(facet))

    def keys(self, family, accepts, after=None, before=None, cursor=None):
        """Keys of matching orders in the order of time, one by one.

        ``after`` and ``before`` (milliseconds, both included) bound the time of the
        family; only keys beyond ``cursor`` are given.
        """
        position = FAMILIES.index(family)
        chosen = [g[position] for f, g in self._groups.items() if accepts(f)]
        least = None if after is None else after * NUMBERS
        if cursor is not None:
            least = cursor + 1 if least is None else max(least, cursor + 1)
        most = None if before is None else (before + 1) * NUMBERS - 1
        return heapq.merge(*(_between(keys, least, most) for keys in chosen))


def _between(keys, least, most):
    start = 0 if least is None else bisect_left(keys, least)
    end = len(keys) if most is None else bisect_right(keys, most)
    return map(keys.__getitem__, range(start, end))
