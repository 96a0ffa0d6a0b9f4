"""The listings of one account, drawn when they are asked for."""

import re
from collections import OrderedDict

from ..accounts import ACCOUNTS
from .articles import products
from .barcodes import barcode_number, number_of
from .listing_generator import ListingGenerator

_NUMBER = re.compile(r"\d{4,7}", re.ASCII)
#: Drawn listings kept for the next question about them.
_CACHED = 4096
#: Identifier types that are numbers of the same kind to Amazon.
_BARCODES = ("EAN", "GTIN", "JAN", "UPC")


class Catalog:
    """Listings by SKU and by number; the numbers count from 1 without gaps.

    ``count`` is how many listings there are at the start, but never less than the
    common articles. A listing is drawn from its number (``ListingGenerator``), until
    it is changed: changed, new and deleted ones (None) are kept.
    """

    def __init__(self, clock, account, seed, count):
        self.clock = clock
        self.account = account
        self.seed = seed
        self.count_wanted = count
        self.reset()

    def reset(self):
        """Return to the listings of the seed, relative to the present moment."""
        start = self.clock.timestamp()
        common = products(self.seed)
        self._generator = ListingGenerator(self.seed, self.account, common, start)
        self._asins = {row["asin"]: i for i, row in enumerate(common, start=1)}
        self._drawn_count = max(len(common), self.count_wanted)
        self._last = self._drawn_count
        self._cache = OrderedDict()
        self._kept = {}
        self._new_numbers = {}

    def __len__(self):
        """How many listings there are."""
        gone = sum(listing is None for listing in self._kept.values())
        return self._last - gone

    def get(self, sku):
        """The listing with this SKU, or None."""
        number = self.number(sku)
        return None if number is None else self.listing(number)

    def number(self, sku):
        """The number that belongs to a SKU, also of a deleted listing; or None."""
        if sku in self._new_numbers:
            return self._new_numbers[sku]
        for text in _NUMBER.findall(sku):
            number = int(text)
            if 1 <= number <= self._drawn_count and self._generator.sku(number) == sku:
                return number
        return None

    def listing(self, number):
        """The listing with this number, or None when it was deleted."""
        if number in self._kept:
            return self._kept[number]
        listing = self._cache.get(number)
        if listing is None:
            listing = self._cache[number] = self._generator.draw(number)
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return listing

    def listings(self, marketplace_id=None):
        """All listings by number, or those of one marketplace; an iterator.

        Listings that were not drawn before are not kept, so that a report over all
        of them needs no memory.
        """
        for number in range(1, self._last + 1):
            listing = self._peek(number)
            if listing is not None and (
                marketplace_id is None or listing.listed_in(marketplace_id)
            ):
                yield listing

    def _peek(self, number):
        if number in self._kept:
            return self._kept[number]
        return self._cache.get(number) or self._generator.draw(number)

    def by_identifier(self, kind, value):
        """The listings with an identifier: SKU, ASIN, FNSKU, EAN, GTIN, JAN, UPC."""
        if kind == "SKU":
            listing = self.get(value)
            return [] if listing is None else [listing]
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
        numbers = set(self._kept)
        if number is not None and 1 <= number <= self._drawn_count:
            # The same article may be listed twice.
            numbers.update(n for n in self._generator.siblings(number))
        return sorted(n for n in numbers if n <= self._last)


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


def catalogs(clock, seed, count):
    """{seller id: Catalog} of all accounts.

    The first account has ``count`` listings; the others have a quarter, but enough
    to have every kind of listing where the first has it.
    """
    first = next(iter(ACCOUNTS))
    fewer = max(count // 4, min(count, 160))
    return {
        seller_id: Catalog(clock, account, seed, count if seller_id == first else fewer)
        for seller_id, account in ACCOUNTS.items()
    }
