"""What kind of listing each number of a catalogue is.

The numbers go in rounds of 100: sixty ordinary listings, then forty special ones in
an order that the seed shuffles. So every catalogue of at least 100 listings has all
kinds, in shares that do not depend on its size, and the kind of a listing is known
without drawing it.
"""

import random
from dataclasses import dataclass

ROUND = 100
ORDINARY_PER_ROUND = 60

ORDINARY = "ordinary"
PARENT = "variation parent"
CHILD = "variation child"
TWIN_CHILD = "variation child with the values of the child before"
BARE_CHILD = "variation child without a value"
ORPHAN = "variation child whose parent is not listed"
CHILDLESS = "variation parent without children"
FBA = "fulfilled by Amazon"
FBA_TWIN = "fulfilled by Amazon, the next listing is the merchant's of the same article"
MERCHANT_TWIN = "merchant listing of the article of the listing before"
SPLIT = "fulfilled by Amazon in the first marketplace, by the merchant in the others"
NO_BARCODE = "no barcode"
NO_TITLE = "no title"
NO_SKU = "no SKU in the merchant listings report"
LONG_TITLE = "title of 200 characters"
FOREIGN_TITLE = "title in another script"
HTML_TITLE = "HTML in the title"
ODD_SKU = "SKU with characters that a URL must encode"
SUPPRESSED = "suppressed because of an issue"
WARNED = "buyable in spite of an issue"
INCOMPLETE = "incomplete: no offer yet"
INACTIVE = "inactive: nothing in stock"
ONE_MARKETPLACE = "in one marketplace only"
SLOW = "with lead time and restock date"
CASE = "package that contains several of the next listing"
CASE_UNIT = "contained in the package before"

PARENTS = frozenset({PARENT, CHILDLESS})
CHILDREN = frozenset({CHILD, TWIN_CHILD, BARE_CHILD, ORPHAN})

#: Listings that belong together stay together.
GROUPS = (
    (PARENT, *[CHILD] * 6),
    (PARENT, *[CHILD] * 3),
    (PARENT, CHILD, TWIN_CHILD, BARE_CHILD),
    (ORPHAN,),
    (CHILDLESS,),
    (FBA,),
    (FBA,),
    (FBA_TWIN, MERCHANT_TWIN),
    (CASE, CASE_UNIT),
    (SPLIT,),
    (NO_BARCODE,),
    (NO_TITLE,),
    (NO_SKU,),
    (LONG_TITLE,),
    (FOREIGN_TITLE,),
    (HTML_TITLE,),
    (ODD_SKU,),
    (ODD_SKU,),
    (SUPPRESSED,),
    (SUPPRESSED,),
    (WARNED,),
    (INCOMPLETE,),
    (INACTIVE,),
    (ONE_MARKETPLACE,),
    (ONE_MARKETPLACE,),
    (SLOW,),
)


@dataclass(frozen=True)
class Slot:
    """A place in a round: the kind, and where the group of the place begins and ends.

    ``ordinal`` tells groups of the same kinds apart, ``first`` and ``size`` are
    counted from the start of the round.
    """

    kind: str
    first: int
    size: int
    ordinal: int


def layout(seed, seller_id):
    """The 100 slots of a round of one account, the ordinary ones first."""
    rng = random.Random(f"{seed}:{seller_id}:layout")
    groups = list(enumerate(GROUPS))
    rng.shuffle(groups)
    slots = [Slot(ORDINARY, place, 1, 0) for place in range(ORDINARY_PER_ROUND)]
    for ordinal, kinds in groups:
        first = len(slots)
        slots += [Slot(kind, first, len(kinds), ordinal) for kind in kinds]
    return tuple(slots)
