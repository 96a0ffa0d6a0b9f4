"""The payloads of the notifications about listings, reports and feeds."""

from datetime import datetime, timezone

from ..clock import iso
from ..store.listing import DEFAULT


def quantity_change(event):
    """LISTINGS_ITEM_MFN_QUANTITY_CHANGE of a ``ListingEvent``."""
    return {
        "SellerId": event.seller_id,
        "FulfillmentChannelCode": DEFAULT,
        "Sku": event.sku,
        "Quantity": event.after,
    }


def status_change(event):
    """LISTINGS_ITEM_STATUS_CHANGE; a deleted listing has no status any more."""
    created = datetime.fromtimestamp(event.listing.created, timezone.utc)
    return {
        **_listing(event),
        "CreatedDate": iso(created),
        "Status": list(event.after),
    }


def issues_change(event):
    """LISTINGS_ITEM_ISSUES_CHANGE; NONE when there are no issues any more."""
    severities = {issue["severity"] for issue in event.after} & {"ERROR", "WARNING"}
    return {**_listing(event), "Severities": sorted(severities) or ["NONE"]}


def _listing(event):
    facts = {"SellerId": event.seller_id, "MarketplaceId": event.marketplace_id}
    asin = event.listing.asin(event.marketplace_id)
    if asin is not None:
        facts["Asin"] = asin
    return {**facts, "Sku": event.sku}


def report_finished(seller_id, report_id, report_type, status, document_id=None):
    """REPORT_PROCESSING_FINISHED."""
    facts = {
        **_account(seller_id),
        "reportId": report_id,
        "reportType": report_type,
        "processingStatus": status,
    }
    if document_id is not None:
        facts["reportDocumentId"] = document_id
    return {"reportProcessingFinishedNotification": facts}


def feed_finished(seller_id, feed_id, feed_type, status, document_id=None):
    """FEED_PROCESSING_FINISHED."""
    facts = {
        **_account(seller_id),
        "feedId": feed_id,
        "feedType": feed_type,
        "processingStatus": status,
    }
    if document_id is not None:
        facts["resultFeedDocumentId"] = document_id
    return {"feedProcessingFinishedNotification": facts}


def _account(seller_id):
    return {"sellerId": seller_id, "accountId": f"amzn1.merchant.o.{seller_id}"}
