"""Keeps the listings of a catalogue: drawn ones for a while, changes for good."""

from collections import OrderedDict
from typing import NamedTuple

#: Drawn listings kept for the next question about them.
_CACHED = 1024


class Difference(NamedTuple):
    """How a changed listing differs from the drawn one; removed attributes are None.

    A catalogue in which every quantity was changed remembers just the quantities.
    """

    attributes: dict
    code: str
    updated: float
    issues: tuple


class CatalogMemory:
    """Listings by number; the first ``drawn`` numbers are drawn by the generator."""

    def __init__(self, generator, drawn):
        self.drawn = drawn
        self.last = drawn
        self.deleted = 0
        self._generator = generator
        self._cache = OrderedDict()
        self._kept = {}

    def get(self, number, remember=True):
        """The listing with this number, or None when it was deleted."""
        listing = self._cache.get(number)
        if listing is None:
            listing = self._make(number)
            if remember and listing is not None:
                self._cache[number] = listing
                if len(self._cache) > _CACHED:
                    self._cache.popitem(last=False)
        return listing

    def _make(self, number):
        if number not in self._kept:
            return self._generator.draw(number)
        kept = self._kept[number]
        if not isinstance(kept, Difference):
            return kept
        listing = self._generator.draw(number)
        attributes = {**listing.attributes, **kept.attributes}
        listing.attributes = {n: e for n, e in attributes.items() if e is not None}
        listing.code, listing.updated = kept.code, kept.updated
        listing.issues = kept.issues
        return listing

    def exists(self, number):
        """Whether a listing has this number, up to ``last``."""
        return number not in self._kept or self._kept[number] is not None

    def title(self, number, marketplace_id):
        """The title of a listing without drawing it; empty when it has none."""
        if number not in self._kept:
            return self._generator.shown_title(number) or ""
        listing = self._make(number)
        return (listing and listing.title(marketplace_id)) or ""

    def drawn_listing(self, number):
        """The listing as it was before all changes, or None when it was not drawn."""
        if number > self.drawn:
            return None
        unchanged = None if number in self._kept else self._cache.get(number)
        return unchanged or self._generator.draw(number)

    def keep(self, number, listing, drawn):
        """Replace a listing by another one, or delete it (None).

        ``drawn`` is its ``drawn_listing``.
        """
        was_deleted = number in self._kept and self._kept[number] is None
        self.deleted += (listing is None) - was_deleted
        self.last = max(self.last, number)
        self._cache.pop(number, None)
        self._kept[number] = _compact(listing, drawn)


def _compact(listing, drawn):
    # One that was deleted and made anew has nothing in common with the drawn one.
    if listing is None or drawn is None or drawn.created != listing.created:
        return listing
    old, new = drawn.attributes, listing.attributes
    differing = {n: new.get(n) for n in {**old, **new} if new.get(n) != old.get(n)}
    issues = tuple(listing.issues)
    return Difference(differing, listing.code, listing.updated, issues)
