"""confirmShipment of the Orders API v0: how Amazon learns of a package."""

from .carriers import (
    AMAZON_CARRIERS,
    CARRIER_NAME_LIMIT,
    OTHER,
    SHIP_METHODS,
    Carrier,
    get_carrier_codes,
    guess_carrier,
)
from .confirmation import (
    ShipmentConfirmation,
    ShippedItem,
    confirmation_request,
    find_package,
    get_cod_collection_method,
    package_matches,
    split_transparency_codes,
)
