"""POST_ORDER_FULFILLMENT_DATA: XML that confirms shipments of many orders.

Every message is one package, recorded by the same rules as with confirmShipment.
"""

import re
from xml.etree import ElementTree

from ..errors import ApiError
from ..store.order_status import left
from .fulfillment_report import CONTENT_TYPE, Report
from .results import FeedResult, FeedType

_MESSAGE_TYPE = "OrderFulfillment"
#: Bytes that are parsed between two chances for other work.
_SLICE_BYTES = 32_768
#: Amazon's numbers of the results.
_ILL_FORMED, _INVALID_DATA = "5001", "18028"
#: XML allows times without a zone; they are taken as UTC.
_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", re.ASCII)
_WRONG_TYPE = (
    "We are unable to process the XML feed because one or more items are invalid. "
    "Please re-submit the feed."
)


class _Unreadable(Exception):
    """The feed as a whole cannot be processed."""


class _Invalid(Exception):
    """A message that cannot become a package."""


class _Builder(ElementTree.TreeBuilder):
    """Collects the children of the root as they are complete.

    Refuses document type declarations, and with them entities of any kind.
    """

    def __init__(self):
        super().__init__()
        self.complete = []
        self._open = []

    def doctype(self, _name, _public_id, _system_id):
        """Called when the parser meets a declaration."""
        raise _Unreadable("A document type declaration is not allowed.")

    def start(self, tag, attributes):
        """Called for each start tag."""
        self._open.append(super().start(tag, attributes))
        return self._open[-1]

    def end(self, tag):
        """Called for each end tag."""
        element = super().end(tag)
        self._open.pop()
        if len(self._open) == 1:
            self.complete.append(element)
            # The document itself is not needed as a tree.
            self._open[0].clear()
        return element


def _process(simulator, job):
    report = Report(job.seller_id, job.id)
    try:
        messages = yield from _messages(job.content)
    except _Unreadable as error:
        report.refuse(_ILL_FORMED, str(error))
        messages = ()
    for message in messages:
        _take(simulator, job, message, report)
        yield
    return FeedResult("DONE", report.write, CONTENT_TYPE)


def _messages(content):
    """All Message elements; long work. A damaged feed is not applied in part."""
    builder, found, is_fulfillment = _Builder(), [], False
    parser = ElementTree.XMLParser(target=builder)
    for start in range(0, len(content) + 1, _SLICE_BYTES):
        for element in _children(parser, builder, content, start):
            if element.tag == "MessageType":
                is_fulfillment = (element.text or "").strip() == _MESSAGE_TYPE
            elif element.tag == "Message":
                found.append(element)
        yield
    if not is_fulfillment:
        raise _Unreadable(_WRONG_TYPE)
    return found


def _children(parser, builder, content, start):
    """The children of the root that a further slice completed."""
    end = start + _SLICE_BYTES
    try:
        parser.feed(content[start:end])
        if end > len(content):
            parser.close()
    except ElementTree.ParseError as error:
        raise _ill_formed(error) from None
    except (LookupError, ValueError):
        raise _Unreadable("The encoding of the XML is not supported.") from None
    complete, builder.complete = builder.complete, []
    return complete


def _ill_formed(error):
    line, column = error.position
    return _Unreadable(
        "The XML you submitted is ill-formed at the Amazon Envelope XML level at (or "
        f"near) line {line}, column {column}."
    )


def _take(simulator, job, message, report):
    message_id = _text(message, "MessageID") or "0"
    body = message.find(_MESSAGE_TYPE)
    order_id = _text(body, "AmazonOrderID")
    try:
        _ship(simulator, job, body, order_id)
    except _Invalid as error:
        report.add_error(message_id, _INVALID_DATA, str(error), order_id)
    except ApiError as error:
        report.add_error(message_id, _INVALID_DATA, error.message, order_id)
    else:
        report.add_success()


def _ship(simulator, job, body, order_id):
    # Not at the top: the operations know the feeds.
    from ..apis.shipments import record_package

    if body is None:
        raise _Invalid("The message has no OrderFulfillment.")
    if not order_id:
        raise _Invalid("The AmazonOrderID is required.")
    order = simulator.store.get(order_id, job.seller_id)
    if order is None:
        raise _Invalid(f"The order {order_id} was not found.")
    marketplace_id = order["salesChannel"].get("marketplaceId")
    confirmation = {
        "marketplaceId": marketplace_id,
        "packageDetail": _detail(order, body),
    }
    record_package(simulator, order, confirmation)


def _detail(order, body):
    """The package as confirmShipment describes it."""
    shipped = _text(body, "FulfillmentDate")
    if not shipped:
        raise _Invalid("The FulfillmentDate is required.")
    if _WITHOUT_ZONE.fullmatch(shipped):
        shipped += "Z"
    data = body.find("FulfillmentData")
    detail = {
        "packageReferenceId": _reference(order, body),
        "carrierCode": _text(data, "CarrierCode"),
        "carrierName": _text(data, "CarrierName"),
        "shippingMethod": _text(data, "ShippingMethod"),
        "trackingNumber": _text(data, "ShipperTrackingNumber"),
        "shipDate": shipped,
        "orderItems": [_item(element) for element in body.findall("Item")],
    }
    if not detail["carrierCode"]:
        if not detail["carrierName"]:
            raise _Invalid("A CarrierCode or a CarrierName is required.")
        detail["carrierCode"] = "Other"
    if not detail["trackingNumber"]:
        raise _Invalid("The ShipperTrackingNumber is required.")
    if not detail["orderItems"]:
        detail["orderItems"] = _all_items(order)
    return detail


def _reference(order, body):
    """The id of the package: the seller's own number, or the next free one."""
    own = _text(body, "MerchantFulfillmentID")
    if own.isascii() and own.isdigit():
        return own
    taken = {p["packageReferenceId"] for p in order.get("packages", ())}
    return next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)


def _item(element):
    code, quantity = _text(element, "AmazonOrderItemCode"), _text(element, "Quantity")
    if not code or not (quantity.isascii() and quantity.isdigit()):
        raise _Invalid("Every Item needs an AmazonOrderItemCode and a Quantity.")
    if len(quantity) > 9:
        raise _Invalid("The Quantity is too large.")
    return {"orderItemId": code, "quantity": int(quantity)}


def _all_items(order):
    """Without items a message means all that is left of the order."""
    items = order["orderItems"]
    open_items = [item for item in items if left(item)] or items
    return [
        {"orderItemId": item["orderItemId"], "quantity": left(item) or 1}
        for item in open_items
    ]


def _text(element, name):
    """The text of a child, stripped; empty when there is none."""
    found = None if element is None else element.find(name)
    return "" if found is None else (found.text or "").strip()


TYPE = FeedType("POST_ORDER_FULFILLMENT_DATA", _process)
