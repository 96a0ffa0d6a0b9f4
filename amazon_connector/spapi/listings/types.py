"""A listing of Amazon's, a page of listings, and the answer to a change."""

from dataclasses import dataclass, field
from datetime import datetime

from ..json_fields import blocks_at, time_at
from ..money import Money

# What keeps buyers from finding or buying it; another one only rejects a value.
SUPPRESSING_ACTIONS = frozenset(
    {"listing_suppressed", "search_suppressed", "catalog_item_removed"}
)


@dataclass(frozen=True)
class ListingIssue:
    """What Amazon finds wrong with a listing; absent texts are "".

    :ivar severity: "error", "warning" or "info"
    :ivar code: Amazon's number for this kind of issue
    :ivar message: Amazon's sentence
    :ivar actions: what Amazon does about it, such as "listing_suppressed"
    :ivar exemption: "exempt" or "exempt_until_expiry_date" while it does not do it
    :ivar exempt_until: aware, or None
    """

    severity: str
    code: str
    message: str
    actions: tuple
    exemption: str
    exempt_until: datetime | None

    @property
    def is_suppressing(self):
        """Whether Amazon keeps the listing from buyers because of it."""
        return not self.exemption and bool(SUPPRESSING_ACTIONS & set(self.actions))


@dataclass(frozen=True)
class Availability:
    """Who fulfils a listing, and what the merchant offers.

    :ivar channel: "amazon" as soon as one of Amazon's networks has it, "locations"
        when the merchant's stock is kept by location, else "merchant"
    :ivar quantity: what the merchant offers; None where Amazon names none
    :ivar locations: Amazon's codes of the merchant's locations, in the order of the
        alphabet
    """

    channel: str
    quantity: int | None
    locations: tuple = ()


@dataclass(frozen=True)
class Variation:
    """How a member of a family differs from the others.

    :ivar theme: Amazon's name for what differs, such as "COLOR/SIZE"; "" without one
    :ivar values: tuple of (Amazon's name of an attribute, its value), as the theme has
        them; the value is "" where the listing has none, as a parent never has
    :ivar language: of the values, such as "de_DE"; "" where Amazon does not say
    """

    theme: str
    values: tuple
    language: str


@dataclass(frozen=True)
class Listing:
    """One SKU in one marketplace; absent texts are "".

    :ivar statuses: "buyable" and "discoverable", in lower case, as far as they apply
    :ivar channel: see :class:`Availability`, as for quantity and locations
    :ivar price: what everybody pays (B2C), or None
    :ivar barcode: see :func:`.barcodes.choose_barcode`
    :ivar image_url: of the main picture
    :ivar pictures: tuple of :class:`.pictures.Picture`, one for each variant: what
        Amazon shows, and what the seller gave it as far as it is on Amazon's servers
    :ivar is_parent: it only holds variants together and cannot be bought
    :ivar parent_sku: of the variation family that it belongs to
    :ivar variation: :class:`Variation` of a member of a family, else None
    :ivar issues: tuple of :class:`ListingIssue`, the worst first
    :ivar cleaned: Amazon's names of the texts that were cleaned or shortened
    :ivar unreadable: ``{name of an attribute: why it could not be read}``; what cannot
        be read is absent here, and unknown there
    """

    sku: str
    asin: str
    title: str
    product_type: str
    statuses: tuple
    channel: str
    quantity: int | None
    locations: tuple
    price: Money | None
    barcode: str
    image_url: str
    is_parent: bool
    parent_sku: str
    variation: Variation | None
    last_updated: datetime | None
    issues: tuple
    pictures: tuple = ()
    cleaned: tuple = ()
    unreadable: dict = field(default_factory=dict)

    @property
    def is_suppressed(self):
        """Whether Amazon keeps it from buyers: not for want of stock alone."""
        is_shown = {"buyable", "discoverable"} <= set(self.statuses)
        return not is_shown and any(issue.is_suppressing for issue in self.issues)


@dataclass(frozen=True)
class ListingsPage:
    """A page of searchListingsItems.

    :ivar documents: tuple of item documents, for :func:`.listings.parse_listing`
    :ivar next_token: for the next page of the same question, None on the last
    :ivar total: how many listings answer the question; Amazon pages through 1,000
    """

    documents: tuple = field(repr=False)
    next_token: str | None = field(repr=False)
    total: int

    @property
    def last_updated(self):
        """When Amazon changed the last listing of the page, None without a time."""
        summaries = blocks_at(self.documents[-1], "summaries") if self.documents else ()
        try:
            return time_at(summaries[0], "lastUpdatedDate") if summaries else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Submission:
    """What Amazon said at once of a change to a listing.

    :ivar accepted: False means that nothing is changed, although the status was 200
    :ivar submission_id: Amazon's id of the change
    :ivar reason: Amazon's sentences on what is wrong, "" when there are none
    """

    accepted: bool
    submission_id: str
    reason: str
