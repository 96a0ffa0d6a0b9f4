"""What happens to listings, for those who want to be told."""

from dataclasses import dataclass
from datetime import datetime

from .listing import Listing

QUANTITY = "QUANTITY"
STATUS = "STATUS"
ISSUES = "ISSUES"


@dataclass(frozen=True)
class ListingEvent:
    """A change of one listing in one marketplace.

    ``kind`` is QUANTITY (of the merchant, an integer), STATUS (a list of Amazon's
    statuses) or ISSUES (a list of issues); ``before`` and ``after`` are what it was
    and is, ``listing`` is the one afterwards, or before it was deleted.
    """

    kind: str
    seller_id: str
    sku: str
    marketplace_id: str
    moment: datetime
    before: object
    after: object
    listing: Listing


def events(seller_id, before, after, moment):
    """The events between two states of a listing; either may be None."""
    listing = after or before
    ids = list(before.marketplace_ids) if before else []
    ids += [m for m in (after.marketplace_ids if after else []) if m not in ids]
    found = []
    for marketplace_id in ids:
        old, new = _facts(before, marketplace_id), _facts(after, marketplace_id)
        for kind in (QUANTITY, STATUS, ISSUES):
            if old[kind] != new[kind] and new[kind] is not None:
                facts = (seller_id, listing.sku, marketplace_id, moment)
                found.append(ListingEvent(kind, *facts, old[kind], new[kind], listing))
    return found


def _facts(listing, marketplace_id):
    if listing is None or not listing.listed_in(marketplace_id):
        return {QUANTITY: None, STATUS: [], ISSUES: []}
    return {
        QUANTITY: listing.quantity(marketplace_id),
        STATUS: listing.statuses(marketplace_id),
        ISSUES: listing.issues_in([marketplace_id]),
    }
