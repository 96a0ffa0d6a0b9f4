"""What happens to an order after its purchase, and who is told."""

import pytest
from order_rules import amount, check_order
from simulator_client import LONG_AGO, confirmation

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.apis.order_projection import DATASETS

ALL = ",".join(DATASETS)
SELLER = NORTH_AMERICA.seller_id
LINES = [{"sku": "SIM-0001", "quantity": 5}, {"sku": "SIM-0002", "quantity": 1}]


@pytest.fixture
def order(admin):
    """An order of five pieces of one article and one of another."""
    return admin.create_order(SELLER, lines=LINES, age_seconds=86400, programs=[])


def item_ids(order):
    """The ids of the items of an order."""
    return [item["orderItemId"] for item in order["orderItems"]]


def total(order):
    """The grand total of an order."""
    return amount(order["proceeds"]["grandTotal"])


def test_cancel_units(admin, order):
    first, _second = item_ids(order)
    after = admin.cancel_item(
        order["orderId"], first, quantity=2, cancelled_by="AMAZON", reason="Lost"
    )
    check_order(after)
    item = after["orderItems"][0]
    assert item["quantityOrdered"] == 3
    assert item["fulfillment"]["quantityUnfulfilled"] == 3
    assert item["cancellation"]["cancellationExecution"] == {
        "cancelledBy": "AMAZON",
        "cancelReason": "Lost",
    }
    assert total(after) < total(order)
    assert after["lastUpdatedTime"] > order["lastUpdatedTime"]
    assert admin.order(order["orderId"]) == after


def test_cancel_an_item_and_ship_the_rest(api, admin, order):
    first, second = item_ids(order)
    after = admin.cancel_item(order["orderId"], second)
    assert [item["quantityOrdered"] for item in after["orderItems"]] == [5, 0]
    body = confirmation(order, quantities={second: 1})
    assert api.confirm(order["orderId"], body).status_code == 400
    body = confirmation(order, quantities={first: 5})
    assert api.confirm(order["orderId"], body).status_code == 204
    shipped = admin.order(order["orderId"])
    check_order(shipped)
    assert shipped["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_cancel_what_is_left_of_a_part_shipment(api, admin, order):
    first, second = item_ids(order)
    body = confirmation(order, quantities={first: 4})
    assert api.confirm(order["orderId"], body).status_code == 204
    admin.cancel_item(order["orderId"], first)
    after = admin.cancel_item(order["orderId"], second)
    check_order(after)
    assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    with pytest.raises(ValueError, match="SHIPPED"):
        admin.cancel_item(order["orderId"], first)


def test_cancel_all_items(admin, order):
    for item_id in item_ids(order):
        after = admin.cancel_item(order["orderId"], item_id)
    check_order(after)
    assert after["fulfillment"]["fulfillmentStatus"] == "CANCELLED"


@pytest.mark.parametrize(
    "how", [{"quantity": 6}, {"quantity": 0}, {"cancelled_by": "NOBODY"}, {"why": "?"}]
)
def test_impossible_cancellations(admin, order, how):
    with pytest.raises(ValueError, match="error"):
        admin.cancel_item(order["orderId"], item_ids(order)[0], **how)
    assert admin.order(order["orderId"]) == order


def test_unknown_items_and_orders(admin, order):
    with pytest.raises(ValueError, match="orderItemId"):
        admin.cancel_item(order["orderId"], "1")
    for act in (admin.request_cancellation, admin.replace_order):
        with pytest.raises(ValueError, match="no such order"):
            act("100-0000000-0000000")


def test_an_order_that_was_spoilt_by_hand(admin, order):
    item = {"orderItemId": item_ids(order)[0], "proceeds": {"breakdowns": None}}
    spoilt = admin.change_order(order["orderId"], {"orderItems": [item]})
    with pytest.raises(ValueError, match="impossible"):
        admin.cancel_item(order["orderId"], item["orderItemId"], quantity=1)
    assert admin.order(order["orderId"]) == spoilt


def test_request_cancellation(admin, order):
    first, second = item_ids(order)
    one = admin.request_cancellation(
        order["orderId"], order_item_id=second, reason="Too late"
    )
    requests = [item.get("cancellation") for item in one["orderItems"]]
    request = {"requester": "BUYER", "cancelReason": "Too late"}
    assert requests == [None, {"cancellationRequest": request}]
    both = admin.request_cancellation(order["orderId"])
    assert all("cancellation" in item for item in both["orderItems"])
    assert both["fulfillment"] == order["fulfillment"]


def test_change_address(admin, order):
    after = admin.change_address(order["orderId"], city="Elsewhere", phone=None)
    address = after["recipient"]["deliveryAddress"]
    assert address["city"] == "Elsewhere"
    assert "phone" not in address
    for bad in ({"planet": "Mars"}, {"city": 5}):
        with pytest.raises(ValueError, match="address"):
            admin.change_address(order["orderId"], **bad)


def test_changes_of_some_time_ago(api, admin, order):
    """What is older than two minutes is found at once."""
    order_id, (first, _second) = order["orderId"], item_ids(order)
    before = order["lastUpdatedTime"]
    for change in (
        lambda: admin.cancel_item(order_id, first, quantity=1, age_seconds=120),
        lambda: admin.request_cancellation(order_id, age_seconds=120),
        lambda: admin.change_order(order_id, status="CANCELLED", age_seconds=120),
    ):
        changed = change()["lastUpdatedTime"]
        assert changed > before
        found = api.search(lastUpdatedAfter=changed).json()["orders"]
        assert [one["orderId"] for one in found] == [order_id]
        before = changed
    with pytest.raises(ValueError, match="age_seconds"):
        admin.request_cancellation(order_id, age_seconds=-1)


def test_replacement(api, admin, order):
    replacement = admin.replace_order(order["orderId"])
    check_order(replacement)
    assert total(replacement) == 0
    assert replacement["associatedOrders"] == [
        {"orderId": order["orderId"], "associationType": "REPLACEMENT_ORIGINAL_ID"}
    ]
    assert replacement["recipient"] == order["recipient"]
    quantities = [item["quantityOrdered"] for item in replacement["orderItems"]]
    assert quantities == [5, 1]
    assert api.order(replacement["orderId"]).status_code == 200
    exchange = admin.replace_order(order["orderId"], association="EXCHANGE_ORIGINAL_ID")
    assert total(exchange) > 0


def test_without_the_restricted_roles(api, admin, model):
    wish = {"traits": ["GIFT", "CUSTOMIZED", "DELIVERY_PREFERENCE", "BUSINESS"]}
    order_id = admin.create_order(SELLER, age_seconds=900, **wish)["orderId"]
    assert admin.set_restricted_roles(SELLER, False) == {"granted": False}
    answer = api.order(order_id, includedData=ALL)
    view = answer.json()["order"]
    model("orders_2026-01-01.json").validate_document(view, "Order")
    address = view["recipient"]["deliveryAddress"]
    assert set(address) == {"city", "stateOrRegion", "countryCode"}
    assert "addressInstruction" not in view["recipient"]["deliveryPreference"]
    assert not {"buyerName", "buyerEmail"} & set(view["buyer"])
    for item in view["orderItems"]:
        assert "giftMessage" not in item["fulfillment"]["packing"]["giftOption"]
        assert item["product"]["customization"] == {}
    found = api.search(lastUpdatedAfter=LONG_AGO, includedData=ALL).json()["orders"]
    assert view in found
    admin.set_restricted_roles(SELLER, True)
    view = api.order(order_id, includedData=ALL).json()["order"]
    assert view["recipient"]["deliveryAddress"]["name"]


def test_reset_gives_the_roles_back(api, admin):
    order_id = admin.orders(SELLER, status="UNSHIPPED")[0]["orderId"]
    before = api.order(order_id, includedData=ALL).json()
    admin.set_restricted_roles(SELLER, False)
    admin.reset()
    after = api.order(order_id, includedData=ALL).json()
    assert after["order"]["recipient"] == before["order"]["recipient"]
