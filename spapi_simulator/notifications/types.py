"""The notification types that can be subscribed, and their payload versions."""

#: All can be subscribed; ``sources`` delivers those of orders, listings and jobs.
PAYLOAD_VERSIONS = {
    "ACCOUNT_STATUS_CHANGED": "1.0",
    "ANY_OFFER_CHANGED": "1.0",
    "B2B_ANY_OFFER_CHANGED": "1.0",
    "BRANDED_ITEM_CONTENT_CHANGE": "1.0",
    "FBA_INVENTORY_AVAILABILITY_CHANGES": "1.0",
    "FBA_OUTBOUND_SHIPMENT_STATUS": "1.0",
    "FEE_PROMOTION": "1.0",
    "FEED_PROCESSING_FINISHED": "2020-09-04",
    "FULFILLMENT_ORDER_STATUS": "1.0",
    "ITEM_PRODUCT_TYPE_CHANGE": "1.0",
    "LISTINGS_ITEM_ISSUES_CHANGE": "1.0",
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": "1.0",
    "LISTINGS_ITEM_STATUS_CHANGE": "1.0",
    "ORDER_CHANGE": "1.0",
    "PRICING_HEALTH": "1.0",
    "PRODUCT_TYPE_DEFINITIONS_CHANGE": "1.0",
    "REPORT_PROCESSING_FINISHED": "2020-09-04",
}
#: Amazon writes the names in these in lower camel case.
_CAMEL_CASE = ("FEED_PROCESSING_FINISHED", "REPORT_PROCESSING_FINISHED")
_ENVELOPE_VERSIONS = {name: PAYLOAD_VERSIONS[name] for name in _CAMEL_CASE}


def envelope(kind, payload, time, metadata):
    """The whole notification; ``metadata`` and the envelope in the case of its type."""
    document = {
        "NotificationVersion": _ENVELOPE_VERSIONS.get(kind, "1.0"),
        "NotificationType": kind,
        "PayloadVersion": PAYLOAD_VERSIONS[kind],
        "EventTime": time,
        "Payload": payload,
        "NotificationMetadata": _cased(kind, metadata),
    }
    return _cased(kind, document)


def _cased(kind, document):
    if kind not in _CAMEL_CASE:
        return document
    return {name[0].lower() + name[1:]: value for name, value in document.items()}
