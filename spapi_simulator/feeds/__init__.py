"""What feeds do, one module per subject."""

from . import fulfillment, listings

#: {feed type: what processes it}; see ``results.FeedType``.
TYPES = {kind.name: kind for kind in (listings.TYPE, fulfillment.TYPE)}
#: Amazon stopped processing these on 31 July 2025; such feeds end as FATAL.
REMOVED_TYPES = frozenset(
    (
        "POST_PRODUCT_DATA",
        "POST_INVENTORY_AVAILABILITY_DATA",
        "POST_PRODUCT_OVERRIDES_DATA",
        "POST_PRODUCT_PRICING_DATA",
        "POST_PRODUCT_IMAGE_DATA",
        "POST_PRODUCT_RELATIONSHIP_DATA",
        "POST_FLAT_FILE_INVLOADER_DATA",
        "POST_FLAT_FILE_BOOKLOADER_DATA",
        "POST_FLAT_FILE_CONVERGENCE_LISTINGS_DATA",
        "POST_FLAT_FILE_LISTINGS_DATA",
        "POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA",
        "POST_UIEE_BOOKLOADER_DATA",
    )
)
