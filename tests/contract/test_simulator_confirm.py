"""Rules of confirmShipment."""

from datetime import timedelta

import pytest
from simulator_client import RECOMMENDED, confirmation

from spapi_simulator.clock import iso, parse_iso


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
        ({"carrierCode": "Other", "carrierName": "x" * 51}, "50 characters"),
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


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ({"carrierCode": "UPS"}, "UPS"),
        ({"carrierCode": "OnTrac"}, "OnTrac"),
        # Amazon compares case-sensitively.
        ({"carrierCode": "ups"}, "Other"),
        ({"carrierCode": "UPS "}, "Other"),
        ({"carrierCode": "Nobody"}, "Other"),
        ({"carrierCode": "Nobody", "carrierName": "Some Body"}, "Some Body"),
        # Known in another region.
        ({"carrierCode": "Poste Italiane"}, "Other"),
    ],
)
def test_an_unknown_carrier_is_taken_as_other(api, admin, detail, shown):
    order = admin.create_order(
        api.account.seller_id, marketplace_id="ATVPDKIKX0DER", programs=[]
    )
    assert (
        api.confirm(order["orderId"], confirmation(order, **detail)).status_code == 204
    )
    assert view(api, order)["packages"][0]["carrier"] == shown


@pytest.mark.parametrize(
    ("marketplace_id", "shown"),
    [("A1F83G8C2ARO7P", "Yodel"), ("A13V1IB3VIYZZH", "Yodel")],
)
def test_neighbours_know_each_other_s_carriers(europe, admin, marketplace_id, shown):
    order = admin.create_order(
        europe.account.seller_id, marketplace_id=marketplace_id, programs=[]
    )
    body = confirmation(order, carrierCode="Yodel")
    assert europe.confirm(order["orderId"], body).status_code == 204
    assert view(europe, order)["packages"][0]["carrier"] == shown


def test_an_unknown_carrier_is_refused_on_command(api, order, admin):
    fault = {"status": 400, "code": "InvalidInput", "message": "carrierCode is invalid"}
    admin.add_fault("error", operation="confirmShipment", **fault)
    body = confirmation(order, carrierCode="Nobody")
    assert "carrierCode" in message(api.confirm(order["orderId"], body))
    assert status(api, order) == "UNSHIPPED"


def test_transparency_codes_are_shown_with_the_package(api, order):
    body = confirmation(order)
    first = body["packageDetail"]["orderItems"][0]
    first["transparencyCodes"] = ["AZ:1", "AZ:2"]
    assert api.confirm(order["orderId"], body).status_code == 204
    package = view(api, order)["packages"][0]
    assert package["packageItems"][0]["transparencyCodes"] == ["AZ:1", "AZ:2"]


@pytest.mark.parametrize("codes", [["1", "2"], ["1", "1"]])
def test_transparency_codes_are_those_of_the_units(api, order, codes):
    item_id = order["orderItems"][1]["orderItemId"]
    body = confirmation(order, quantities={item_id: 1})
    body["packageDetail"]["orderItems"][0]["transparencyCodes"] = codes
    assert "transparencyCodes" in message(api.confirm(order["orderId"], body))


@pytest.mark.parametrize(
    ("minutes", "accepted"), [(-1, True), (3, True), (60, False), (9 * 60, False)]
)
def test_the_ship_date_is_not_in_the_future_by_amazon_s_clock(
    api, order, admin, minutes, accepted
):
    now = parse_iso(admin.clock()["now"])
    body = confirmation(order, shipDate=iso(now + timedelta(minutes=minutes)))
    answer = api.confirm(order["orderId"], body)
    assert answer.status_code == (204 if accepted else 400), answer.text


def test_used_up_quantities_are_refused_in_every_package(api, order):
    first, second = (item["orderItemId"] for item in order["orderItems"])
    order_id = order["orderId"]
    for reference, quantities, accepted in (
        ("1", {first: 4}, True),
        ("2", {first: 2}, False),
        ("2", {first: 1, second: 2}, False),
        ("2", {first: 1, second: 1}, True),
        # An edit may not take what another package has.
        ("1", {first: 5}, False),
        ("1", {first: 4, second: 1}, False),
        ("3", {first: 1}, False),
    ):
        answer = api.confirm(order_id, confirmation(order, reference, quantities))
        assert answer.status_code == (204 if accepted else 400), (reference, quantities)
    packed = [
        [row["quantity"] for row in package["packageItems"]]
        for package in view(api, order)["packages"]
    ]
    assert packed == [[4], [1, 1]]


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
        {"programs": ["PRIME", "IN_STORE_PICK_UP"]},
        {"programs": ["AMAZON_EASY_SHIP"]},
        {"programs": ["DELIVERY_BY_AMAZON"]},
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
