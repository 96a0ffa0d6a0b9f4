"""The request body of confirmShipment."""

import re

from ..bodies import Body
from ..errors import invalid_input

_TEXT = {"type": "string", "minLength": 1}
_ITEM = {
    "type": "object",
    "required": ["orderItemId", "quantity"],
    "properties": {
        "orderItemId": _TEXT,
        "quantity": {"type": "integer"},
        "transparencyCodes": {"type": "array", "items": {"type": "string"}},
    },
}
_DETAIL = {
    "type": "object",
    "required": [
        "packageReferenceId",
        "carrierCode",
        "trackingNumber",
        "shipDate",
        "orderItems",
    ],
    "properties": {
        "packageReferenceId": _TEXT,
        "carrierCode": _TEXT,
        "carrierName": {"type": "string"},
        "shippingMethod": {"type": "string"},
        "trackingNumber": _TEXT,
        "shipDate": _TEXT,
        "shipFromSupplySourceId": {"type": "string"},
        "orderItems": {"type": "array", "minItems": 1, "items": _ITEM},
    },
}
CONFIRMATION = Body(
    {
        "type": "object",
        "required": ["marketplaceId", "packageDetail"],
        "properties": {
            "marketplaceId": _TEXT,
            "packageDetail": _DETAIL,
            "codCollectionMethod": {"type": "string"},
        },
    }
)
#: No order of a shop reaches this; it keeps sums within what JSON clients read.
_MAX_QUANTITY = 2**31 - 1
#: As in Amazon's order fulfilment schema.
_MAX_CARRIER_NAME = 50


def check_values(confirmation):
    """Refuse what has the right form and still cannot be a package."""
    detail = confirmation["packageDetail"]
    reference = detail["packageReferenceId"]
    if not re.fullmatch(r"[0-9]+", reference) or not reference.strip("0"):
        raise invalid_input(
            "PackageReferenceId: is invalid, must be a positive numeric value."
        )
    if detail["carrierCode"] == "Other" and not detail.get("carrierName"):
        raise invalid_input("carrierName is required when carrierCode is Other.")
    if len(detail.get("carrierName") or "") > _MAX_CARRIER_NAME:
        raise invalid_input("carrierName must not exceed 50 characters.")
    if "codCollectionMethod" in confirmation:
        _check_cash_on_delivery(confirmation)
    if not all(1 <= row["quantity"] <= _MAX_QUANTITY for row in detail["orderItems"]):
        raise invalid_input("The quantity must be a positive number.")
    for row in detail["orderItems"]:
        _check_transparency_codes(row)


def _check_transparency_codes(row):
    """Every code is that of one unit."""
    codes = row.get("transparencyCodes", [])
    if len(codes) > row["quantity"] or len(set(codes)) < len(codes):
        raise invalid_input(
            "transparencyCodes must be different, and not more than the quantity.",
            f"orderItemId: {row['orderItemId']}",
        )


def _check_cash_on_delivery(confirmation):
    # DirectPayment exists in Japan only.
    in_japan = confirmation["marketplaceId"] == "A1VC38T7YXB528"
    if not in_japan or confirmation["codCollectionMethod"] != "DirectPayment":
        raise invalid_input("codCollectionMethod is not valid for the marketplace.")
