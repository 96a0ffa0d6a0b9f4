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
from .draws import pick, whole
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
        places = account.marketplaces
        self._sheets = [
            attributes.Sheet(chosen) for chosen in (places[-1:], places[:1], places)
        ]
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

    def updated(self, number, created):
        """When one made at ``created`` was last changed; a third was never changed."""
        share = max(0.0, _share(number, self.salt + 1) * 1.5 - 0.5)
        return round(created + share * (self.start - created), 3)

    def title(self, number):
        """The plain title of the article, whatever the listing makes of it."""
        if number <= COMMON:
            return self.products[number - 1]["title"]
        slot = self.slot(number)
        if slot.kind in kinds.PARENTS | kinds.CHILDREN:
            head = words.title_of(self.siblings(number)[0], self.salt).split()
            title = f"{head[0]} {head[1]} {self.family(number).noun} {head[-1]}"
            return ", ".join((title, *filter(None, self.variant(number) or ())))
        if slot.kind == kinds.MERCHANT_TWIN:
            number -= 1
        return words.title_of(number, self.salt)

    def family(self, number):
        """The family of a variant or a parent."""
        children = self.slot(number).size - 1
        # One alone is of a small family, of which the rest is missing.
        choices = words.FAMILIES[children or min(words.FAMILIES)]
        return choices[(number - 1) // kinds.ROUND % len(choices)]

    def variant(self, number):
        """(color or None, size or None) of a variant, None of a parent."""
        kind = self.slot(number).kind
        place = number - self.siblings(number)[0] - 1
        if kind in kinds.PARENTS:
            return None
        if kind == kinds.BARE_CHILD:
            return None, None
        if kind == kinds.TWIN_CHILD:
            place -= 1
        if kind == kinds.ORPHAN:
            place = 0
        sizes = self.family(number).sizes
        if not sizes:
            return words.COLORS[place], None
        return words.COLORS[place // len(sizes)], sizes[place % len(sizes)]

    def parent_sku(self, number):
        """The SKU of a variant's parent; that of an orphan is nobody's."""
        if self.slot(number).kind == kinds.ORPHAN:
            return f"SIM-{number:04d}-NOBODY"
        return self.sku(self.siblings(number)[0])

    def product_type(self, number):
        """The product type of the article."""
        if number <= COMMON:
            noun = " ".join(self.products[number - 1]["title"].split()[1:])
            return PRODUCT_TYPES[noun]
        kind = self.slot(number).kind
        if kind in kinds.PARENTS | kinds.CHILDREN:
            return self.family(number).product_type
        if kind == kinds.MERCHANT_TWIN:
            number -= 1
        if number % 4 == 0:
            return words.GENERIC
        return PRODUCT_TYPES[words.noun_of(number, self.salt)]

    def draw(self, number):
        """The listing with this number, complete."""
        slot = self.slot(number)
        rng = _Stream(number, self.salt)
        price = self._price(number, rng)
        sheet, created = self._sheet(slot), self.created(number)
        found = attributes.base(sheet, self, number)
        if slot.kind not in kinds.PARENTS | {kinds.INCOMPLETE}:
            business = rng.random() < _BUSINESS_SHARE
            found["purchasable_offer"] = attributes.offers(sheet, price, business)
            found["fulfillment_availability"] = self._stock(slot, sheet, rng)
        if slot.kind not in kinds.PARENTS:
            found.update(attributes.measures(sheet, rng))
        found.update(attributes.links(sheet, self, number))
        return Listing(
            number,
            self.sku(number),
            self.product_type(number),
            found,
            code=self.asin(number),
            fnsku=fnsku_of(number, self.group, self.salt),
            created=created,
            updated=self.updated(number, created),
            issues=_issues(slot, [m.id for m in sheet.marketplaces]),
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

    def shown_title(self, number, title=None):
        """The title as the listing has it: None, long, with HTML, or plain."""
        kind, title = self.slot(number).kind, title or self.title(number)
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
        if slot.kind in kinds.PARENTS | {kinds.NO_BARCODE, kinds.INCOMPLETE}:
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
        return whole(rng, 4, 240) + pick(rng, _CENTS)

    def _sheet(self, slot):
        if slot.kind == kinds.ONE_MARKETPLACE:
            return self._sheets[slot.ordinal % 2]
        return self._sheets[2]

    def _stock(self, slot, sheet, rng):
        quantity = 0 if slot.kind == kinds.INACTIVE else whole(rng, 1, 250)
        lead = restock = None
        fba = slot.kind in (kinds.FBA, kinds.FBA_TWIN)
        found = []
        for place, marketplace in enumerate(sheet.marketplaces):
            if fba or (slot.kind == kinds.SPLIT and place == 0):
                found.append(attributes.stock(marketplace, self._channel))
                continue
            if slot.kind == kinds.SLOW:
                lead = whole(rng, 3, 20)
                restock = self.start + 86400 * whole(rng, 5, 40)
            found.append(
                attributes.stock(marketplace, DEFAULT, quantity, lead, restock)
            )
        return found


#: How many of the offers have a price for businesses, too.
_BUSINESS_SHARE = 0.15
_CENTS = tuple(map(Decimal, ("0", "0.49", "0.90", "0.99")))
_SUFFIXES = {
    kinds.PARENT: "-FAMILY",
    kinds.CHILDLESS: "-FAMILY",
    kinds.FBA: "-FBA",
    kinds.FBA_TWIN: "-FBA",
}


def _issues(slot, marketplace_ids):
    if slot.kind == kinds.SUPPRESSED:
        choices = (issues.suppressed_price, issues.suppressed_image)
        return [choices[slot.ordinal % 2](marketplace_ids)]
    if slot.kind == kinds.WARNED:
        return [issues.short_description(marketplace_ids)]
    return []


class _Stream:
    """Random numbers for one listing; made much faster than a ``random.Random``."""

    __slots__ = ("_number", "_salt")

    def __init__(self, number, salt):
        self._number = number
        self._salt = salt + 1

    def random(self):
        """The next number from 0 to 1."""
        self._salt += 1
        return _share(self._number, self._salt)


def _share(number, salt):
    """A number from 0 to below 1, evenly spread and the same every time."""
    value = (number * 0x9E3779B97F4A7C15 + salt * 0xD1342543DE82EF95) & _M64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _M64
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _M64
    # No more bits than a float has, so that the share never becomes 1.
    return ((value ^ value >> 31) >> 11) / (1 << 53)
