"""POST_ORDER_FULFILLMENT_DATA: XML that confirms shipments by the usual rules."""

import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

import pytest
from document_client import SHIPMENTS_FEED, XML_TYPE, Reader
from simulator_client import RECOMMENDED

UNKNOWN = "100-0000000-0000000"
FINE = ("UPS", "1ZSIMULATED")


@pytest.fixture
def reader(api, admin):
    """The North American account."""
    return Reader(api, admin)


@pytest.fixture
def order(reader):
    """An order of two lines, five and one pieces, placed two days ago."""
    lines = [{"sku": "SIM-0001", "quantity": 5}, {"sku": "SIM-0002", "quantity": 1}]
    return new_order(reader, lines=lines)


def new_order(reader, **wishes):
    return reader.admin.create_order(
        reader.api.account.seller_id, age_seconds=2 * 86400, programs=[], **wishes
    )


def tag(name, value):
    """An element with text, or nothing."""
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"


def fulfillment(order, items=(), reference=None, **changes):
    """The OrderFulfillment of a package; without items it is the whole order."""
    values = {
        "order_id": order["orderId"],
        "date": order["fulfillment"]["shipByWindow"]["earliestDateTime"],
        "code": "UPS",
        "name": None,
        "method": "Ground",
        "number": "1ZSIMULATED",
        **changes,
    }
    rows = "".join(
        f"<Item>{tag('AmazonOrderItemCode', code)}{tag('Quantity', quantity)}</Item>"
        for code, quantity in items
    )
    return (
        "<OrderFulfillment>"
        f"{tag('AmazonOrderID', values['order_id'])}"
        f"{tag('MerchantFulfillmentID', reference)}"
        f"{tag('FulfillmentDate', values['date'])}"
        "<FulfillmentData>"
        f"{tag('CarrierCode', values['code'])}{tag('CarrierName', values['name'])}"
        f"{tag('ShippingMethod', values['method'])}"
        f"{tag('ShipperTrackingNumber', values['number'])}"
        f"</FulfillmentData>{rows}</OrderFulfillment>"
    )


def envelope(*bodies, kind="OrderFulfillment"):
    """A feed of these messages, numbered from 1."""
    messages = "".join(
        f"<Message><MessageID>{number}</MessageID>{body}</Message>"
        for number, body in enumerate(bodies, start=1)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">'
        "<Header><DocumentVersion>1.01</DocumentVersion>"
        "<MerchantIdentifier>SIMULATED</MerchantIdentifier></Header>"
        f"<MessageType>{kind}</MessageType>{messages}</AmazonEnvelope>"
    )
    return text.encode()


def report_of(reader, content, content_type=XML_TYPE):
    """(processed, successful, with error) and {message id: result} of a feed."""
    feed = reader.submit(content, SHIPMENTS_FEED, content_type)
    assert feed["processingStatus"] == "DONE"
    root = ElementTree.fromstring(reader.processing_report(feed))
    assert root.tag == "AmazonEnvelope"
    assert root.findtext("MessageType") == "ProcessingReport"
    seller_id = reader.api.account.seller_id
    assert root.findtext("Header/MerchantIdentifier") == seller_id
    report = root.find("Message/ProcessingReport")
    assert report.findtext("DocumentTransactionID") == feed["feedId"]
    assert report.findtext("StatusCode") == "Complete"
    names = ("MessagesProcessed", "MessagesSuccessful", "MessagesWithError")
    counts = tuple(int(report.findtext(f"ProcessingSummary/{n}")) for n in names)
    results = {
        result.findtext("MessageID"): {child.tag: child.text for child in result}
        for result in report.findall("Result")
    }
    return counts, results


def view(reader, order):
    """The order as a client sees it."""
    answer = reader.api.order(order["orderId"], includedData=RECOMMENDED)
    return answer.json()["order"]


def test_a_whole_order(reader, order):
    counts, results = report_of(reader, envelope(fulfillment(order)))
    assert (counts, results) == ((1, 1, 0), {})
    after = view(reader, order)
    assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    (package,) = after["packages"]
    assert package["packageReferenceId"] == "1"
    assert (package["carrier"], package["trackingNumber"]) == FINE
    assert package["shippingService"] == "Ground"
    assert [row["quantity"] for row in package["packageItems"]] == [5, 1]


def test_several_packages_and_orders(reader, order):
    first, second = (item["orderItemId"] for item in order["orderItems"])
    other = new_order(reader)
    counts, results = report_of(
        reader,
        envelope(
            fulfillment(order, [(first, 2)]),
            fulfillment(order, [(first, 3), (second, 1)], number="SECOND"),
            fulfillment(other, code=None, name="Hare & Tortoise"),
        ),
    )
    assert (counts, results) == ((3, 3, 0), {})
    after = view(reader, order)
    assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    references = [package["packageReferenceId"] for package in after["packages"]]
    assert references == ["1", "2"]
    assert view(reader, other)["packages"][0]["carrier"] == "Hare & Tortoise"


def test_the_number_of_a_package_makes_it_editable(reader, order):
    for number in ("FIRST", "BETTER"):
        content = envelope(fulfillment(order, reference="7", number=number))
        assert report_of(reader, content)[0] == (1, 1, 0)
    (package,) = view(reader, order)["packages"]
    assert package["packageReferenceId"] == "7"
    assert package["trackingNumber"] == "BETTER"


def test_the_rules_are_those_of_confirm_shipment(reader, order):
    item = order["orderItems"][0]["orderItemId"]
    other = order["salesChannel"]["marketplaceId"]
    cancelled = new_order(reader, status="CANCELLED", marketplace_id=other)
    by_amazon = new_order(reader, fulfilled_by="AMAZON", status="UNSHIPPED")
    counts, results = report_of(
        reader,
        envelope(
            fulfillment(order, [(item, 6)]),
            fulfillment(order, [("unknown", 1)]),
            fulfillment(cancelled),
            fulfillment(by_amazon),
            fulfillment(order, date="2999-01-01T00:00:00Z"),
            fulfillment(order, date="yesterday"),
            fulfillment(order),
            fulfillment(order),
        ),
    )
    assert counts == (8, 1, 7)
    assert set(results) == {"1", "2", "3", "4", "5", "6", "8"}
    for result in results.values():
        assert result["ResultCode"] == "Error"
        assert result["ResultMessageCode"] == "18028"
        assert result["ResultDescription"]
    assert "exceeds" in results["1"]["ResultDescription"]
    assert "OrderItemId" in results["2"]["ResultDescription"]
    assert "already fulfilled" in results["8"]["ResultDescription"]
    assert view(reader, cancelled)["fulfillment"]["fulfillmentStatus"] == "CANCELLED"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"order_id": None}, "AmazonOrderID"),
        ({"order_id": UNKNOWN}, "not found"),
        ({"order_id": "<&>"}, "not found"),
        ({"date": None}, "FulfillmentDate"),
        ({"code": None}, "CarrierCode"),
        ({"code": "Other"}, "carrierName"),
        ({"number": None}, "ShipperTrackingNumber"),
        ({"items": [("1", "many")]}, "Quantity"),
        ({"items": [("1", "9" * 5000)]}, "Quantity"),
        ({"items": [("1", "\u0665")]}, "Quantity"),
        ({"items": [(None, 1)]}, "AmazonOrderItemCode"),
        ({"reference": "000"}, "PackageReferenceId"),
    ],
)
def test_bad_messages_spoil_only_themselves(reader, order, change, word):
    good = new_order(reader)
    content = envelope(fulfillment(order, **change), fulfillment(good))
    counts, results = report_of(reader, content)
    assert counts == (2, 1, 1)
    assert word in results["1"]["ResultDescription"]
    assert view(reader, good)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_a_message_without_content(reader):
    counts, results = report_of(reader, envelope("<Order/>"))
    assert counts == (1, 0, 1)
    assert "OrderFulfillment" in results["1"]["ResultDescription"]


def test_orders_of_others_are_not_found(reader, europe, admin, order):
    other = Reader(europe, admin)
    counts, results = report_of(other, envelope(fulfillment(order)))
    assert counts == (1, 0, 1)
    assert "not found" in results["1"]["ResultDescription"]


@pytest.mark.parametrize("zone", ["Z", "+00:00", ""])
def test_times_may_lack_their_zone(reader, order, zone):
    date = reader.admin.clock()["now"][:19] + zone
    counts, _results = report_of(reader, envelope(fulfillment(order, date=date)))
    assert counts == (1, 1, 0)


def test_other_encodings(reader, order):
    text = envelope(fulfillment(order, code=None, name="Düsenpost")).decode()
    content = text.replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    assert report_of(reader, content, "text/xml; charset=ISO-8859-1")[0] == (1, 1, 0)
    assert view(reader, order)["packages"][0]["carrier"] == "Düsenpost"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"sku\tquantity",
        b"<AmazonEnvelope>",
        b"<AmazonEnvelope></AmazonEnvelope><more/>",
        b"<?xml version='1.0' encoding='shift_jis'?><AmazonEnvelope/>",
        b"<?xml version='1.0' encoding='nonsense'?><AmazonEnvelope/>",
        b"\x00\x01",
    ],
)
def test_ill_formed_xml(reader, content):
    counts, results = report_of(reader, content)
    assert counts == (0, 0, 1)
    assert results["0"]["ResultMessageCode"] == "5001"


def test_a_damaged_feed_is_not_applied_in_part(reader, order):
    content = envelope(fulfillment(order)).replace(b"</AmazonEnvelope>", b"<oops>")
    counts, results = report_of(reader, content)
    assert counts == (0, 0, 1)
    assert "ill-formed" in results["0"]["ResultDescription"]
    assert view(reader, order)["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"


@pytest.mark.parametrize("kind", ["OrderAcknowledgement", "", "POST_ORDER"])
def test_messages_of_another_type(reader, order, kind):
    counts, results = report_of(reader, envelope(fulfillment(order), kind=kind))
    assert counts == (0, 0, 1)
    assert "re-submit" in results["0"]["ResultDescription"]
    assert view(reader, order)["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"


def test_entities_are_not_expanded(reader, order):
    bomb = (
        b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]>'
        b"<AmazonEnvelope>&c;</AmazonEnvelope>"
    )
    counts, results = report_of(reader, bomb)
    assert counts == (0, 0, 1)
    assert "document type" in results["0"]["ResultDescription"]


def test_many_messages_are_worked_on_in_slices(reader):
    orders = [new_order(reader) for _ in range(3)]
    bodies = [fulfillment(order) for order in orders]
    bodies += [fulfillment(orders[0], order_id=UNKNOWN)] * 1_000
    content = envelope(*bodies)
    document_id = reader.upload(content, XML_TYPE)
    feed_id = reader.create_feed(document_id, SHIPMENTS_FEED).json()["feedId"]
    reader.admin.advance_clock(60)
    assert reader.feed(feed_id).json()["processingStatus"] == "IN_PROGRESS"
    while reader.feed(feed_id).json()["processingStatus"] == "IN_PROGRESS":
        continue
    result = reader.processing_report(reader.feed(feed_id).json())
    assert b"<MessagesProcessed>1003</MessagesProcessed>" in result
    assert b"<MessagesSuccessful>3</MessagesSuccessful>" in result
