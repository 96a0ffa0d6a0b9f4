"""The listings of one account, drawn when they are asked for."""

import re
from datetime import datetime, timezone
from heapq import heappop, heappush
from itertools import count
from math import floor

from ..accounts import ACCOUNTS
from .articles import products
from .barcodes import barcode_number, number_of
from .catalog_events import events
from .catalog_index import CatalogIndex
from .catalog_memory import CatalogMemory
from .listing_generator import ListingGenerator

_NUMBER = re.compile(r"\d{4,7}", re.ASCII)
#: Identifier types that are numbers of the same kind to Amazon.
_BARCODES = ("EAN", "GTIN", "ISBN", "JAN", "MINSAN", "UPC")


class Catalog:
    """Listings by SKU and by number; the numbers count from 1 without gaps.

    ``listings`` is how many listings there are at the start, but never less than the
    common articles. A listing is drawn from its number (``ListingGenerator``), until
    it is changed (``CatalogMemory``). ``listeners`` are called with each
    ``ListingEvent``; they stay when the catalogue is reset.
    """

    def __init__(self, clock, account, seed, listings):
        self.clock = clock
        self.account = account
        self.seed = seed
        self.listings_wanted = listings
        self.listeners = []
        self.reset()

    def reset(self):
        """Return to the listings of the seed, relative to the present moment."""
        start = self.clock.timestamp()
        common = products(self.seed)
        drawn = max(len(common), self.listings_wanted)
        self._generator = ListingGenerator(
            self.seed, self.account, common, start, drawn
        )
        self._memory = CatalogMemory(self._generator, drawn)
        self._index = CatalogIndex(self._generator, self.sku, drawn)
        self._asins = {row["asin"]: i for i, row in enumerate(common, start=1)}
        self._new_skus = {}
        self._new_numbers = {}
        self._links = {}
        self._waiting = []
        self._arrivals = count()

    def __len__(self):
        """How many listings there are."""
        self.settle()
        return self._memory.last - self._memory.deleted

    def get(self, sku):
        """The listing with this SKU, or None."""
        self.settle()
        number = self.number(sku)
        return None if number is None else self.listing(number)

    def number(self, sku):
        """The number that belongs to a SKU, also of a deleted listing; or None."""
        if sku in self._new_numbers:
            return self._new_numbers[sku]
        for text in _NUMBER.findall(sku):
            number = int(text)
            if self._is_drawn(number) and self._generator.sku(number) == sku:
                return number
        return None

    def sku(self, number):
        """The SKU that belongs to a number, also of a deleted listing."""
        return self._new_skus.get(number) or self._generator.sku(number)

    def numbers(self):
        """The numbers of all listings in order, without drawing them; an iterator."""
        self.settle()
        return (n for n in range(1, self._memory.last + 1) if self._memory.exists(n))

    def title(self, number):
        """The title of a listing where its account is at home, without drawing it."""
        return self._memory.title(number, self.account.marketplaces[0].id)

    def listing(self, number):
        """The listing with this number, or None when it was deleted."""
        return self._memory.get(number)

    def _is_drawn(self, number):
        return 1 <= number <= self._memory.drawn

    def listings(self, marketplace_id=None):
        """All listings by number, or those of one marketplace; an iterator.

        Listings that were not drawn before are not kept, so that a report over all
        of them needs no memory.
        """
        self.settle()
        for number in range(1, self._memory.last + 1):
            listing = self._memory.get(number, remember=False)
            if listing is not None and (
                marketplace_id is None or listing.listed_in(marketplace_id)
            ):
                yield listing

    def search(self, wanted, sort_by="lastUpdatedDate", descending=True):
        """The numbers of the listings that pass a ``Filter``, in order.

        ``sort_by`` is sku, createdDate or lastUpdatedDate.
        """
        self.settle()
        return self._index.search(wanted, sort_by, descending)

    def by_identifier(self, kind, value):
        """The listings with an identifier of a ``kind``: SKU, ASIN, FNSKU, EAN, ..."""
        if kind == "SKU":
            listing = self.get(value)
            return [] if listing is None else [listing]
        self.settle()
        found = (self.listing(n) for n in self._candidates(kind, value))
        return [x for x in found if x is not None and _has(x, kind, value)]

    def _candidates(self, kind, value):
        """Numbers of the listings that may have an identifier."""
        generator, number = self._generator, None
        if kind == "ASIN":
            number = self._asins.get(value) or number_of(
                value, "B0", generator.group, generator.salt
            )
        elif kind == "FNSKU":
            number = number_of(value, "X0", generator.group, generator.salt)
        elif kind in _BARCODES:
            number = barcode_number(value)
        key = _gtin(value) if kind in _BARCODES else value
        numbers = set(self._links.get(key, ()))
        if number is not None and self._is_drawn(number):
            # The same article may be listed twice.
            numbers.update(filter(self._is_drawn, generator.siblings(number)))
        return sorted(numbers)

    def with_words(self, words, marketplace_id, most=1000):
        """The first listings whose title in a marketplace has all words.

        Words are in lower case; no more than ``most``, as Amazon shows no more.
        """
        self.settle()
        found = []
        for number in range(1, self._memory.last + 1):
            title = self._memory.title(number, marketplace_id).lower()
            if all(word in title for word in words):
                listing = self._memory.get(number, remember=False)
                if listing is not None and listing.listed_in(marketplace_id):
                    found.append(listing)
                    if len(found) == most:
                        break
        return found

    def children(self, sku, marketplace_id):
        """The listings that are variants of a parent SKU in a marketplace."""
        return [
            listing
            for listing in self._linked(sku)
            if listing.parent_sku(marketplace_id) == sku
        ]

    def containers(self, sku, marketplace_id):
        """The listings of packages that contain a SKU in a marketplace."""
        return [
            listing
            for listing in self._linked(sku)
            if sku in listing.contained_skus(marketplace_id)
        ]

    def _linked(self, sku):
        """Listings that may refer to a SKU."""
        numbers = set(self._links.get(sku, ()))
        number = self.number(sku)
        if number is not None and self._is_drawn(number):
            numbers.update(filter(self._is_drawn, self._generator.siblings(number)))
        found = (self.listing(n) for n in sorted(numbers))
        return [listing for listing in found if listing is not None]

    def schedule(self, seconds, change):
        """Have a ``Change`` take effect so many seconds from now."""
        due = self.clock.timestamp() + seconds
        heappush(self._waiting, (due, next(self._arrivals), change))

    def settle(self, most=None):
        """Bring changes into effect that are due: all, or so many of them.

        Returns how many it were. Reading brings all into effect by itself.
        """
        count, now = 0, self.clock.timestamp()
        while count != most and self._waiting and self._waiting[0][0] <= now:
            due, _arrival, change = heappop(self._waiting)
            self.apply(change, due)
            count += 1
        return count

    def apply(self, change, moment):
        """Bring a ``Change`` into effect, as of a moment in seconds since the epoch."""
        # Never later than Amazon's milliseconds say that it is now.
        moment = floor(moment * 1000) / 1000
        number = self.number(change.sku)
        before = None if number is None else self.listing(number)
        attributes = change.attributes(before.attributes if before else {})
        if number is None and attributes:
            number = self._add_number(change.sku)
        if number is None:
            return
        after = None
        if attributes:
            after = self._changed(number, before, change, attributes, moment)
        self._keep(number, after)
        self._tell(before, after, moment)

    def _add_number(self, sku):
        number = self._memory.last + 1
        self._new_numbers[sku] = number
        self._new_skus[number] = sku
        return number

    def _changed(self, number, before, change, attributes, moment):
        if before is None:
            listing = self._generator.blank(number, change, attributes, moment)
        else:
            listing = before.copy(attributes)
            touched = change.touched()
            listing.issues = [
                i for i in before.issues if not touched & set(i["attributeNames"])
            ]
            listing.updated = moment
        for m in change.marketplaces:
            asin = listing.value("merchant_suggested_asin", m.id)
            if asin:
                listing.code = asin
        return listing

    def _keep(self, number, listing):
        drawn = self._memory.drawn_listing(number)
        self._memory.keep(number, listing, drawn)
        self._index.note(number, listing)
        if listing is not None:
            # A drawn listing is found by what it was drawn with.
            known = _links_of(drawn) if drawn else set()
            for key in _links_of(listing) - known:
                self._links.setdefault(key, set()).add(number)

    def _tell(self, before, after, moment):
        if not self.listeners or (before is None and after is None):
            return
        when = datetime.fromtimestamp(moment, timezone.utc)
        for event in events(self.account.seller_id, before, after, when):
            for listener in self.listeners:
                listener(event)


def _links_of(listing):
    found = {listing.code, listing.fnsku}
    for marketplace_id in listing.marketplace_ids:
        found.add(listing.parent_sku(marketplace_id))
        found.update(listing.contained_skus(marketplace_id))
        barcode = listing.barcode(marketplace_id)
        found.add(barcode and _gtin(barcode[1]))
    return found - {None}


def _has(listing, kind, value):
    for marketplace_id in listing.marketplace_ids:
        if kind == "ASIN" and listing.asin(marketplace_id) == value:
            return True
        if kind == "FNSKU" and listing.fnsku == value:
            return listing.by_amazon(marketplace_id)
        barcode = listing.barcode(marketplace_id)
        if kind in _BARCODES and barcode and _gtin(barcode[1]) == _gtin(value):
            return True
    return False


def _gtin(text):
    return str(text).zfill(14)


def catalogs(clock, seed, listings):
    """{seller id: Catalog} of all accounts.

    The first account has that many ``listings``; the others have a quarter, but enough
    to have every kind of listing where the first has it.
    """
    first = next(iter(ACCOUNTS))
    fewer = max(listings // 4, min(listings, 160))
    return {
        seller_id: Catalog(
            clock, account, seed, listings if seller_id == first else fewer
        )
        for seller_id, account in ACCOUNTS.items()
    }
