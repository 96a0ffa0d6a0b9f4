"""Draws the listings of an account one by one, each from its number alone."""

import random
import zlib
from decimal import Decimal

from . import article_words as words
from . import catalog_layout as kinds
from . import listing_attributes as attributes
from . import listing_issues as issues
from .articles import COMMON, PRODUCT_TYPES
from .barcodes import asin_of, ean13, fnsku_of, upc12
from .listing import DEFAULT, Listing
from .marketplaces import BARCODE_OF_REGION, CHANNEL_OF_REGION

#: The oldest listings were made this many seconds before the start.
HISTORY_SECONDS = 2 * 365 * 86400
_M64 = (1 << 64) - 1


class ListingGenerator:
    """The listings 1, 2, 3, ... of an account as the seed has them.

    ``products`` are the first listings, common to all accounts; ``start`` is the
    moment (seconds since the epoch) from which ages are counted, ``count`` how many
    listings there are.
    """

    def __init__(self, seed, account, products, start, count):
        self.seed = seed
        self.account = account
        self.products = products
        self.start = start
        self.count = count
        self.slots = kinds.layout(seed, account.seller_id)
        self.group = zlib.crc32(account.seller_id.encode()) & 0xFFFF
        rng = random.Random(f"{seed}:{account.seller_id}:listings")
        self.salt = rng.getrandbits(40)
        self._channel = CHANNEL_OF_REGION[account.region]

    def slot(self, number):
        """The kind of a listing and its place in its group."""
        return self.slots[(number - 1) % kinds.ROUND]

    def siblings(self, number):
        """The numbers of the group that a listing belongs to, itself among them."""
        slot = self.slot(number)
        first = number - (number - 1) % kinds.ROUND + slot.first
        return range(first, first + slot.size)

    def sku(self, number):
        """The SKU of a listing; it contains the number with at least four digits."""
        kind = self.slot(number).kind
        plain = f"SIM-{number:04d}"
        if kind == kinds.ODD_SKU:
            pattern = words.ODD_SKUS[(number + self.salt) % len(words.ODD_SKUS)]
            return pattern.replace("{}", f"{number:04d}")
        return plain + _SUFFIXES.get(kind, "")

    def asin(self, number):
        """The ASIN of a listing; twins share that of the first of them."""
        if number <= COMMON:
            return self.products[number - 1]["asin"]
        if self.slot(number).kind == kinds.MERCHANT_TWIN:
            number -= 1
        return asin_of(number, self.group, self.salt)

    def created(self, number):
        """When a listing was made, in seconds since the epoch, to the millisecond."""
        share = _share(number, self.salt)
        return round(self.start - share * HISTORY_SECONDS, 3)

    def updated(self, number):
        """When it was last changed; a third was never changed."""
        created = self.created(number)
        share = max(0.0, _share(number, self.salt + 1) * 1.5 - 0.5)
        return round(created + share * (self.start - created), 3)

    def title(self, number):
        """The plain title of the article, whatever the listing makes of it."""
        if number <= COMMON:
            return self.products[number - 1]["title"]
        slot = self.slot(number)
        if slot.kind in (kinds.PARENT, kinds.CHILD):
            noun = self.family(number)[1]
            head = words.title_of(self.siblings(number)[0], self.salt).split()
            return f"{head[0]} {head[1]} {noun} {head[-1]}"
        if slot.kind == kinds.MERCHANT_TWIN:
            number -= 1
        return words.title_of(number, self.salt)

    def family(self, number):
        """(product type, noun, theme, sizes) of the family of a variant or parent."""
        choices = words.FAMILIES[self.slot(number).size - 1]
        return choices[(number - 1) // kinds.ROUND % len(choices)]

    def product_type(self, number):
        """The product type of the article."""
        if number <= COMMON:
            noun = " ".join(self.products[number - 1]["title"].split()[1:])
            return PRODUCT_TYPES[noun]
        kind = self.slot(number).kind
        if kind in (kinds.PARENT, kinds.CHILD):
            return self.family(number)[0]
        if kind == kinds.MERCHANT_TWIN:
            number -= 1
        if number % 4 == 0:
            return words.GENERIC
        return PRODUCT_TYPES[words.noun_of(number, self.salt)]

    def draw(self, number):
        """The listing with this number, complete."""
        slot = self.slot(number)
        rng = random.Random(self.salt * 1_000_003 + number)
        price = self._price(number, rng)
        marketplaces = self._marketplaces(slot)
        found = {}
        attributes.add_base(found, self, number, marketplaces)
        if slot.kind not in (kinds.PARENT, kinds.INCOMPLETE):
            attributes.add_offer(found, marketplaces, price, rng)
            self._add_stock(found, slot, marketplaces, rng)
        if slot.kind != kinds.PARENT:
            attributes.add_measures(found, marketplaces, rng)
        attributes.add_links(found, self, number, marketplaces)
        return Listing(
            number,
            self.sku(number),
            self.product_type(number),
            found,
            code=self.asin(number),
            fnsku=fnsku_of(number, self.group, self.salt),
            created=self.created(number),
            updated=self.updated(number),
            issues=_issues(slot, [m.id for m in marketplaces]),
            in_report=slot.kind != kinds.NO_SKU,
        )

    def blank(self, number, change, attributes, moment):
        """A listing that a seller made by a ``Change`` at a moment."""
        return Listing(
            number,
            change.sku,
            change.product_type,
            attributes,
            code=asin_of(number, self.group, self.salt),
            fnsku=fnsku_of(number, self.group, self.salt),
            created=moment,
            updated=moment,
        )

    def shown_title(self, number):
        """The title as the listing has it: None, long, with HTML, or plain."""
        kind, title = self.slot(number).kind, self.title(number)
        if kind == kinds.NO_TITLE:
            return None
        if kind == kinds.LONG_TITLE:
            return words.long_title(title)
        if kind == kinds.FOREIGN_TITLE:
            return words.FOREIGN[(number + self.salt) % len(words.FOREIGN)]
        if kind == kinds.HTML_TITLE:
            pattern = words.HTML[(number + self.salt) % len(words.HTML)]
            return pattern.replace("{title}", title)
        return title

    def barcode(self, number):
        """(type, number) of the UPC, EAN or JAN, or None."""
        if number <= COMMON:
            return "ean", self.products[number - 1]["barcode"]
        slot = self.slot(number)
        if slot.kind in (kinds.NO_BARCODE, kinds.PARENT, kinds.INCOMPLETE):
            return None
        if slot.kind == kinds.MERCHANT_TWIN:
            number -= 1
        kind = BARCODE_OF_REGION[self.account.region]
        if kind == "upc":
            return kind, upc12(f"2{self.group % 10}{number:09d}")
        return kind, ean13(f"2{1 + self.group % 99:02d}{number:09d}")

    def _price(self, number, rng):
        if number <= COMMON:
            return Decimal(self.products[number - 1]["price"])
        cents = rng.choice((0, 49, 90, 99))
        return Decimal(rng.randint(4, 240)) + Decimal(cents) / 100

    def _marketplaces(self, slot):
        everywhere = self.account.marketplaces
        if slot.kind == kinds.ONE_MARKETPLACE:
            return everywhere[:1] if slot.ordinal % 2 else everywhere[-1:]
        return everywhere

    def _add_stock(self, found, slot, marketplaces, rng):
        quantity = 0 if slot.kind == kinds.INACTIVE else rng.randint(1, 250)
        slow = slot.kind == kinds.SLOW
        fba = slot.kind in (kinds.FBA, kinds.FBA_TWIN)
        for place, marketplace in enumerate(marketplaces):
            if fba or (slot.kind == kinds.SPLIT and place == 0):
                attributes.add_stock(found, marketplace, self._channel)
            else:
                restock = self.start + 86400 * rng.randint(5, 40) if slow else None
                lead = rng.randint(3, 20) if slow else None
                attributes.add_stock(
                    found, marketplace, DEFAULT, quantity, lead, restock
                )


_SUFFIXES = {kinds.PARENT: "-FAMILY", kinds.FBA: "-FBA", kinds.FBA_TWIN: "-FBA"}


def _issues(slot, marketplace_ids):
    if slot.kind == kinds.SUPPRESSED:
        choices = (issues.suppressed_price, issues.suppressed_image)
        return [choices[slot.ordinal % 2](marketplace_ids)]
    if slot.kind == kinds.WARNED:
        return [issues.short_description(marketplace_ids)]
    return []


def _share(number, salt):
    """A number from 0 to 1, evenly spread and the same every time."""
    value = (number * 0x9E3779B97F4A7C15 + salt * 0xD1342543DE82EF95) & _M64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _M64
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _M64
    return (value ^ value >> 31) / _M64
