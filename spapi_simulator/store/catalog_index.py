"""Sorts and filters the listings of a catalogue without drawing them all."""

from array import array
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass

from .catalog_layout import ROUND

#: How many results of searches are kept for the pages that follow.
_KEPT_RESULTS = 8
_CREATED, _UPDATED = "createdDate", "lastUpdatedDate"
_ANY_TIME = (None, None)


def shape_of(listing):
    """{marketplace id: (statuses, severities)}: all that a ``Filter`` looks at."""
    if listing is None:
        return {}
    return {
        m: (frozenset(listing.statuses(m)), frozenset(listing.severities(m)))
        for m in listing.marketplace_ids
    }


@dataclass(frozen=True)
class Filter:
    """What listings a search is for, in any of the marketplaces.

    Times are seconds since the epoch, both ends included; the sets are empty when
    all listings pass.
    """

    marketplace_ids: tuple
    with_status: frozenset = frozenset()
    without_status: frozenset = frozenset()
    severities: frozenset = frozenset()
    created: tuple = _ANY_TIME
    updated: tuple = _ANY_TIME

    def passes(self, listing):
        """Whether a listing passes."""
        return self.fits(shape_of(listing)) and self.in_time(
            listing.created, listing.updated
        )

    def fits(self, shape):
        """Whether a listing with this shape passes, its times aside."""
        return any(m in shape and self._fits(*shape[m]) for m in self.marketplace_ids)

    def _fits(self, statuses, severities):
        return not (
            (self.with_status and not self.with_status & statuses)
            or self.without_status & statuses
            or (self.severities and not self.severities & severities)
        )

    def in_time(self, created, updated):
        """Whether both times are in their windows."""
        return _inside(created, self.created) and _inside(updated, self.updated)


def _inside(moment, window):
    after, before = window
    return (after is None or moment >= after) and (before is None or moment <= before)


class CatalogIndex:
    """Orders of all numbers of a catalogue, made when they are first needed.

    All listings of a slot of the layout have one shape, so that only those changed
    into another shape are looked at one by one.
    """

    def __init__(self, generator, sku_of, count):
        self._generator = generator
        self._sku_of = sku_of
        self._count = count
        self._changed_times = {}
        self._times = None
        self._orders = {}
        self._dirty = set()
        self._results = {}
        self._slot_shapes = None
        self._odd_shapes = {}
        self._known_shapes = []

    def note(self, number, listing):
        """Take in that a listing was changed, made or deleted (None)."""
        self._results.clear()
        shape = shape_of(listing)
        if number > self._count:
            self._append(number)
        if shape == self._drawn_shape(number):
            self._odd_shapes.pop(number, None)
        else:
            self._odd_shapes[number] = self._shared(shape)
        if listing is not None:
            self._note_times(number, listing)

    def _shared(self, shape):
        for known in self._known_shapes:
            if known == shape:
                return known
        self._known_shapes.append(shape)
        return shape

    def _drawn_shape(self, number):
        if number > self._generator.count:
            return None
        return self._shapes()[(number - 1) % ROUND]

    def _shapes(self):
        if self._slot_shapes is None:
            numbers = range(1, ROUND + 1)
            self._slot_shapes = [shape_of(self._generator.draw(n)) for n in numbers]
        return self._slot_shapes

    def _append(self, number):
        self._count = number
        if self._times is not None:
            for times in self._times.values():
                times.append(0.0)
        for key, order in self._orders.items():
            if key == "sku":
                insort(order, number, key=self._sku_of)
            else:
                order.append(number)

    def _note_times(self, number, listing):
        if self._times is None:
            self._changed_times[number] = (listing.created, listing.updated)
            return
        self._times[_CREATED][number - 1] = listing.created
        self._times[_UPDATED][number - 1] = listing.updated
        self._dirty |= {_CREATED, _UPDATED}

    def search(self, wanted, sort_by, descending):
        """The numbers of the listings that pass a filter, in order."""
        key = (wanted, sort_by, descending)
        if key not in self._results:
            if len(self._results) >= _KEPT_RESULTS:
                self._results.pop(next(iter(self._results)))
            self._results[key] = self._search(wanted, sort_by, descending)
        return self._results[key]

    def _search(self, wanted, sort_by, descending):
        numbers = self._sorted(sort_by)
        if sort_by in (_CREATED, _UPDATED):
            window = wanted.created if sort_by == _CREATED else wanted.updated
            numbers = self._within(numbers, sort_by, window)
        table = [wanted.fits(shape) for shape in self._shapes()]
        odd = self._odd_shapes
        found = [
            n
            for n in numbers
            if (wanted.fits(odd[n]) if n in odd else table[(n - 1) % ROUND])
        ]
        if wanted.created != _ANY_TIME or wanted.updated != _ANY_TIME:
            times = self._all_times()
            created, updated = times[_CREATED], times[_UPDATED]
            found = [n for n in found if wanted.in_time(created[n - 1], updated[n - 1])]
        if descending:
            found.reverse()
        return array("I", found)

    def _sorted(self, sort_by):
        """All numbers in ascending order."""
        order = self._orders.get(sort_by)
        if order is None:
            order = self._orders[sort_by] = list(range(1, self._count + 1))
            self._dirty.add(sort_by)
        if sort_by in self._dirty:
            order.sort(key=self._key(sort_by))
            self._dirty.discard(sort_by)
        return order

    def _key(self, sort_by):
        if sort_by == "sku":
            return self._sku_of
        times = self._all_times()[sort_by]
        return lambda number: times[number - 1]

    def _within(self, numbers, sort_by, window):
        key, (after, before) = self._key(sort_by), window
        low = 0 if after is None else bisect_left(numbers, after, key=key)
        high = len(numbers)
        if before is not None:
            high = bisect_right(numbers, before, key=key)
        return numbers[low:high]

    def _all_times(self):
        if self._times is None:
            draw, numbers = self._generator, range(1, self._count + 1)
            made = array("d", map(draw.created, numbers))
            changed = array("d", map(draw.updated, numbers, made))
            self._times = {_CREATED: made, _UPDATED: changed}
            for number, (created, updated) in self._changed_times.items():
                self._times[_CREATED][number - 1] = created
                self._times[_UPDATED][number - 1] = updated
            self._changed_times.clear()
        return self._times
