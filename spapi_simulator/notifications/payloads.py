"""The payloads of the notifications about listings, reports and feeds."""


def quantity_change(seller_id, sku, channel, quantity):
    """LISTINGS_ITEM_MFN_QUANTITY_CHANGE."""
    return {
        "SellerId": seller_id,
        "FulfillmentChannelCode": channel,
        "Sku": sku,
        "Quantity": quantity,
    }


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
