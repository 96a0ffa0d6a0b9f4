"""Rules of confirmShipment."""

import pytest
from simulator_client import RECOMMENDED, confirmation


@pytest.fixture
def order(api, admin):
    """An order of two lines, five and one pieces, placed two days ago."""
    lines = [{"sku": "SIM-0001", "quantity": 5}, {"sku": "SIM-0002", "quantity": 1}]
    return admin.create_order(
        api.account.seller_id, lines=lines, age_seconds=2 * 86400, programs=[]
    )


def view(api, order):
    """The order as a client sees it."""
    answer = api.order(order["orderId"], includedData=RECOMMENDED)
    return answer.json()["order"]


def status(api, order):
    """The status a client sees."""
    return view(api, order)["fulfillment"]["fulfillmentStatus"]


def message(answer):
    """The text of a refusal."""
    assert answer.status_code == 400, answer.text
    return answer.json()["errors"][0]["message"]


def test_whole_order(api, order, admin):
    answer = api.confirm(order["orderId"], confirmation(order))
    assert (answer.status_code, answer.content) == (204, b"")
    after = view(api, order)
    assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert after["lastUpdatedTime"] > order["lastUpdatedTime"]
    package = after["packages"][0]
    body = confirmation(order)["packageDetail"]
    assert package["packageReferenceId"] == "1"
    assert package["carrier"] == "UPS"
    assert package["shippingService"] == "Ground"
    assert package["trackingNumber"] == body["trackingNumber"]
    assert package["shipTime"] == body["shipDate"]
    assert package["packageItems"] == body["orderItems"]
    for item in after["orderItems"]:
        quantities = item["fulfillment"]
        assert quantities["quantityFulfilled"] == item["quantityOrdered"]
        assert quantities["quantityUnfulfilled"] == 0
    entry = admin.journal(order_id=order["orderId"], operation="confirmShipment")[0]
    assert entry["body"] == confirmation(order)
    assert entry["applied"]


def test_parts_and_edits(api, order):
    first, second = (item["orderItemId"] for item in order["orderItems"])
    order_id = order["orderId"]

    def send(reference, quantities):
        return api.confirm(order_id, confirmation(order, reference, quantities))

    assert send("1", {first: 2}).status_code == 204
    assert status(api, order) == "PARTIALLY_SHIPPED"
    assert "quantity" in message(send("2", {first: 4}))
    # The package's own pieces count as free when it is sent again.
    assert send("1", {first: 5}).status_code == 204
    assert send("1", {first: 3}).status_code == 204
    assert send("2", {first: 2, second: 1}).status_code == 204
    assert status(api, order) == "SHIPPED"
    assert message(send("3", {first: 1})).startswith("Failed to create package")
    assert send("2", {first: 2, second: 1}).status_code == 204
    packages = view(api, order)["packages"]
    assert [p["packageReferenceId"] for p in packages] == ["1", "2"]
    assert send("1", {first: 1}).status_code == 204
    assert status(api, order) == "PARTIALLY_SHIPPED"


def test_repeating_a_request_changes_nothing(api, order):
    body = confirmation(order)
    for _ in range(3):
        assert api.confirm(order["orderId"], body).status_code == 204
    assert len(view(api, order)["packages"]) == 1


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ({"packageReferenceId": 1}, "[packageDetail.packageReferenceId]"),
        ({"packageReferenceId": "A1"}, "must be a positive numeric value"),
        ({"packageReferenceId": "0"}, "must be a positive numeric value"),
        ({"packageReferenceId": "-1"}, "must be a positive numeric value"),
        ({"packageReferenceId": "١"}, "must be a positive numeric value"),
        ({"packageReferenceId": ""}, "required"),
        ({"carrierCode": ""}, "required"),
        ({"carrierCode": "Other"}, "carrierName"),
        ({"trackingNumber": ""}, "required"),
        ({"trackingNumber": None}, "invalid type"),
        ({"shipDate": "02/21/2022"}, "ISO 8601"),
        ({"shipDate": "2022-02-21T00:00:00Z"}, "before the purchase"),
        ({"shipDate": "2222-02-21T00:00:00Z"}, "in the future"),
        ({"orderItems": []}, "required"),
        ({"orderItems": ["1"]}, "invalid type"),
        ({"orderItems": [{"orderItemId": "1", "quantity": 1}]}, "OrderItemId  is"),
        ({"orderItems": [{"orderItemId": "1", "quantity": True}]}, "invalid type"),
        ({"orderItems": [{"orderItemId": "1", "quantity": 0}]}, "positive"),
        ({"packages": 1}, "not known"),
    ],
)
def test_refused_details(api, order, detail, text):
    answer = api.confirm(order["orderId"], confirmation(order, **detail))
    assert text in message(answer)
    assert status(api, order) == "UNSHIPPED"


@pytest.mark.parametrize("name", ["carrierCode", "trackingNumber", "shipDate"])
def test_required_details(api, order, name):
    body = confirmation(order)
    del body["packageDetail"][name]
    assert name in message(api.confirm(order["orderId"], body))


def test_carrier_name(api, order):
    detail = {"carrierCode": "Other", "carrierName": "Velo Kurier"}
    body = confirmation(order, **detail)
    assert api.confirm(order["orderId"], body).status_code == 204
    assert view(api, order)["packages"][0]["carrier"] == "Velo Kurier"


def test_marketplace_must_match(api, order):
    body = {**confirmation(order), "marketplaceId": "A1PA6795UKMFR9"}
    assert "marketplaceId" in message(api.confirm(order["orderId"], body))


@pytest.mark.parametrize(
    "wish",
    [
        {"status": "PENDING"},
        {"status": "CANCELLED"},
        {"fulfilled_by": "AMAZON"},
        {"programs": ["FBM_SHIP_PLUS"]},
        {"channel_name": "NON_AMAZON"},
    ],
)
def test_orders_that_cannot_be_confirmed(api, admin, wish):
    order = admin.create_order(api.account.seller_id, **wish)
    assert message(api.confirm(order["orderId"], confirmation(order)))


def test_shipped_elsewhere(api, admin):
    order = admin.create_order(api.account.seller_id, status="SHIPPED")
    answer = api.confirm(order["orderId"], confirmation(order, "7"))
    assert message(answer).startswith("Failed to create package")


def test_foreign_order(europe, order):
    answer = europe.confirm(order["orderId"], confirmation(order))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b"NaN", b"1e999", b"[" * 100_000]
)
def test_bodies_that_are_no_confirmation(api, order, content):
    path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
    answer = api.client.post(path, content=content, headers=api.headers)
    assert message(answer)
