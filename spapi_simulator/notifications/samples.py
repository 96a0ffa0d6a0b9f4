"""Invented payloads for sendTestNotification."""

from ..clock import iso
from .payloads import feed_finished, report_finished

_SELLER = "A0SIMULATOR0TEST"


def sample(kind, now):
    """The payload of a test notification, or None for a type without one."""
    make = _SAMPLES.get(kind)
    return make(iso(now)) if make else None


def _order(time):
    return {
        "OrderChangeNotification": {
            "NotificationLevel": "OrderLevel",
            "SellerId": _SELLER,
            "AmazonOrderId": "100-0000000-0000001",
            "OrderChangeType": "OrderStatusChange",
            "OrderChangeTrigger": {
                "TimeOfOrderChange": time,
                "ChangeReason": "Order Status Change",
            },
            "Summary": {
                "MarketplaceId": "ATVPDKIKX0DER",
                "OrderStatus": "Unshipped",
                "PurchaseDate": time,
                "DestinationPostalCode": "98001",
                "FulfillmentType": "MFN",
                "OrderType": "StandardOrder",
                "NumberOfItemsShipped": 0,
                "NumberOfItemsUnshipped": 1,
                "OrderItems": [
                    {
                        "OrderItemId": "10000000000001",
                        "SellerSKU": "TEST-0001",
                        "SupplySourceId": None,
                        "Quantity": 1,
                        "QuantityShipped": 0,
                        "IsBuyerRequestedCancel": False,
                    }
                ],
            },
        }
    }


def _quantity(_time):
    return {
        "SellerId": _SELLER,
        "FulfillmentChannelCode": "DEFAULT",
        "Sku": "TEST-0001",
        "Quantity": 5,
    }


def _report(_time):
    kind = "GET_MERCHANT_LISTINGS_ALL_DATA"
    return report_finished(_SELLER, "50000000001", kind, "DONE", "amzn1.spdoc.1.test")


def _feed(_time):
    kind = "JSON_LISTINGS_FEED"
    return feed_finished(_SELLER, "50000000002", kind, "DONE", "amzn1.spdoc.1.test")


_SAMPLES = {
    "ORDER_CHANGE": _order,
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": _quantity,
    "REPORT_PROCESSING_FINISHED": _report,
    "FEED_PROCESSING_FINISHED": _feed,
}
