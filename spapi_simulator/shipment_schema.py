"""The form of confirmShipment's request body."""

import re

from .errors import invalid_input, parse_json

#: property -> (type, required); dots of the paths are added by the checks
_CONFIRMATION = {
    "marketplaceId": (str, True),
    "packageDetail": (dict, True),
    "codCollectionMethod": (str, False),
}
_DETAIL = {
    "packageReferenceId": (str, True),
    "carrierCode": (str, True),
    "carrierName": (str, False),
    "shippingMethod": (str, False),
    "trackingNumber": (str, True),
    "shipDate": (str, True),
    "shipFromSupplySourceId": (str, False),
    "orderItems": (list, True),
}
_ITEM = {
    "orderItemId": (str, True),
    "quantity": (int, True),
    "transparencyCodes": (list, False),
}
#: No order of a shop reaches this; it keeps sums within what JSON clients read.
_MAX_QUANTITY = 2**31 - 1


def read_confirmation(body):
    """The decoded body, valid in form; else Amazon's InvalidInput."""
    try:
        document = parse_json(body)
    except ValueError:
        raise invalid_input("The request body is not valid JSON.") from None
    if not isinstance(document, dict):
        raise _invalid_type("payload")
    _check(document, _CONFIRMATION, "")
    detail = document["packageDetail"]
    _check(detail, _DETAIL, "packageDetail.")
    for row in detail["orderItems"]:
        if not isinstance(row, dict):
            raise _invalid_type("packageDetail.orderItems")
        _check(row, _ITEM, "packageDetail.orderItems.")
    _check_values(document, detail)
    return document


def _check(document, properties, prefix):
    for name, value in document.items():
        if name not in properties:
            raise invalid_input(f"The property {prefix}{name} is not known.")
        if not _is_a(value, properties[name][0]):
            raise _invalid_type(prefix + name)
    for name, (_kind, required) in properties.items():
        if required and document.get(name) in (None, "", [], {}):
            raise invalid_input(f"The property {prefix}{name} is required.")


def _is_a(value, kind):
    # JSON's true is an int to Python, but not to Amazon.
    return isinstance(value, kind) and not isinstance(value, bool)


def _invalid_type(path):
    return invalid_input(
        "The input you have submitted is not valid. Please check the fields with "
        f"invalid type [{path}]."
    )


def _check_values(document, detail):
    reference = detail["packageReferenceId"]
    if not re.fullmatch(r"[0-9]+", reference) or not reference.strip("0"):
        raise invalid_input(
            "PackageReferenceId: is invalid, must be a positive numeric value."
        )
    if detail["carrierCode"] == "Other" and not detail.get("carrierName"):
        raise invalid_input("carrierName is required when carrierCode is Other.")
    if "codCollectionMethod" in document:
        # DirectPayment exists in Japan only, where no simulated account sells.
        raise invalid_input("codCollectionMethod is not valid for the marketplace.")
    for row in detail["orderItems"]:
        if not 1 <= row["quantity"] <= _MAX_QUANTITY:
            raise invalid_input("The quantity must be a positive number.")
        codes = row.get("transparencyCodes", [])
        if not all(isinstance(code, str) for code in codes):
            raise _invalid_type("packageDetail.orderItems.transparencyCodes")
