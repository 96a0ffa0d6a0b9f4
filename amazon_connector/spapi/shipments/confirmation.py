"""Confirming to Amazon that a package left, and finding it in an order again.

Source: ``ConfirmShipmentRequest`` of Orders v0, confirmShipment: one request is
one package, and repeating a package reference edits that package.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from ..times import format_time
from .carriers import CARRIER_NAME_LIMIT, OTHER

# The only marketplace that knows how cash on delivery is collected.
_JAPAN = "A1VC38T7YXB528"
_COD_COLLECTION_METHODS = ("DirectPayment",)


@dataclass(frozen=True)
class ShippedItem:
    """Whole units of an order item (Amazon's ``orderItemId``) in a package.

    :ivar transparency_codes: those of the units, as scanned; Amazon's Transparency
        program only
    """

    item_id: str
    quantity: int
    transparency_codes: tuple = ()


@dataclass(frozen=True)
class ShipmentConfirmation:
    """A package as Amazon is to know it.

    :ivar package_reference: positive number as text, unique in the order
    :ivar carrier_code: Amazon's exact spelling, or "Other" with ``carrier_name``
    :ivar ship_date: aware datetime
    :ivar cod_collection_method: "DirectPayment" for cash on delivery in Japan, else ""
    """

    marketplace_id: str
    package_reference: str
    carrier_code: str
    carrier_name: str
    ship_method: str
    tracking: str
    ship_date: datetime
    items: tuple
    cod_collection_method: str = ""


def _strip(value):
    return value.strip() if isinstance(value, str) else ""


def _check_items(items):
    if not items:
        raise ValueError("The package contains no Amazon order item.")
    for item in items:
        if not _strip(item.item_id):
            raise ValueError("An item of the package has no Amazon order item.")
        whole = isinstance(item.quantity, int) and not isinstance(item.quantity, bool)
        if not whole or item.quantity < 1:
            raise ValueError(
                "Every item of the package needs a whole quantity above 0."
            )
    codes = Counter(code for item in items for code in item.transparency_codes)
    if codes and max(codes.values()) > 1:
        raise ValueError("A transparency code is entered twice.")
    if any(len(item.transparency_codes) > item.quantity for item in items):
        raise ValueError("There are more transparency codes than units of the item.")


def split_transparency_codes(text):
    """Return the codes that a person entered, by comma, semicolon or white space.

    :return: tuple of str
    """
    return tuple(re.findall(r"[^\s,;]+", text or ""))


def get_cod_collection_method(marketplace_id, is_cash_on_delivery):
    """Return how the carrier collects the money, "" where Amazon does not ask.

    :param marketplace_id: Amazon's id
    :param is_cash_on_delivery: whether the buyer pays when the parcel arrives
    """
    if is_cash_on_delivery and marketplace_id == _JAPAN:
        return _COD_COLLECTION_METHODS[0]
    return ""


def _prepare_item(item):
    row = {"orderItemId": _strip(item.item_id), "quantity": item.quantity}
    if item.transparency_codes:
        row["transparencyCodes"] = list(item.transparency_codes)
    return row


def confirmation_request(conf):
    """Return the body of confirmShipment; optional keys are absent when empty.

    :raises ValueError: with a sentence, when Amazon would refuse the body
    """
    reference = _strip(conf.package_reference)
    # Amazon wants a number, but as a string: a JSON number is refused.
    if not (reference.isascii() and reference.isdigit() and int(reference) > 0):
        raise ValueError("The package reference must be a positive number.")
    if not _strip(conf.marketplace_id):
        raise ValueError("The marketplace of the order is unknown.")
    _check_items(conf.items)
    code, name = _strip(conf.carrier_code), _strip(conf.carrier_name)
    if not code:
        raise ValueError("The package has no carrier.")
    if code == OTHER and not name:
        raise ValueError("The carrier 'Other' needs the carrier's name.")
    if len(name) > CARRIER_NAME_LIMIT:
        raise ValueError("The carrier's name must not exceed 50 characters.")
    if not _strip(conf.tracking):
        raise ValueError("The package has no tracking number.")
    if not isinstance(conf.ship_date, datetime) or conf.ship_date.utcoffset() is None:
        raise ValueError("The shipping date must have a time zone.")
    if method := conf.cod_collection_method:
        in_japan = _strip(conf.marketplace_id) == _JAPAN
        if not in_japan or method not in _COD_COLLECTION_METHODS:
            raise ValueError("Cash on delivery can be told in Japan only.")
    package = {
        "packageReferenceId": reference,
        "carrierCode": code,
        "trackingNumber": _strip(conf.tracking),
        "shipDate": format_time(conf.ship_date),
        "orderItems": [_prepare_item(item) for item in conf.items],
    }
    if name:
        package["carrierName"] = name
    if _strip(conf.ship_method):
        package["shippingMethod"] = _strip(conf.ship_method)
    request = {"marketplaceId": _strip(conf.marketplace_id), "packageDetail": package}
    if conf.cod_collection_method:
        request["codCollectionMethod"] = conf.cod_collection_method
    return request


def find_package(order, reference):
    """Return the order's package with that reference, or None."""
    for package in order.packages:
        if package.reference == reference:
            return package
    return None


def _count_units(items):
    total = Counter()
    for item in items:
        total[item.item_id] += item.quantity
    return total


def package_matches(package, conf):
    """Whether Amazon's package is the confirmed one: same items, same tracking.

    Spaces and case of the tracking number do not count; a cancelled package never
    matches.
    """

    def bare(tracking):
        return "".join(tracking.split()).upper()

    return (
        package.status != "cancelled"
        and bare(package.tracking) == bare(conf.tracking)
        and _count_units(package.items) == _count_units(conf.items)
    )
