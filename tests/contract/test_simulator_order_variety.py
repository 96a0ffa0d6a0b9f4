"""Orders of every kind, made on demand: what each trait and program looks like."""

import pytest
from order_rules import amount, check_order
from simulator_client import Api

from spapi_simulator.accounts import AU, DE, EUROPE, FAR_EAST, JP, NORTH_AMERICA, US
from spapi_simulator.apis.order_projection import DATASETS
from spapi_simulator.simulator import Simulator
from spapi_simulator.store.order_status import STATUSES
from spapi_simulator.store.order_wish import PROGRAMS, TRAITS

ALL = ",".join(DATASETS)


@pytest.fixture
def show(http, admin):
    """A function that makes an order and returns it as a client sees it."""

    def make(account=NORTH_AMERICA, **wishes):
        order = admin.create_order(account.seller_id, **wishes)
        check_order(order)
        answer = Api(http, account).order(order["orderId"], includedData=ALL)
        return answer.json()["order"]

    return make


def rows(item):
    """The breakdowns of an item by type."""
    return {row["type"]: row for row in item["proceeds"]["breakdowns"]}


def address(order):
    """The delivery address of an order."""
    return order["recipient"]["deliveryAddress"]


@pytest.mark.parametrize("status", STATUSES)
def test_status(show, status):
    assert show(status=status)["fulfillment"]["fulfillmentStatus"] == status


@pytest.mark.parametrize("program", PROGRAMS)
def test_program(show, program):
    assert show(programs=[program])["programs"] == [program]


def test_service_levels(show):
    levels = {
        show(programs=programs)["fulfillment"]["fulfillmentServiceLevel"]
        for programs in (
            ["PRIME"],
            ["PREMIUM"],
            ["DELIVERY_BY_AMAZON"],
            ["AMAZON_HAUL"],
        )
    }
    assert levels == {"NEXT_DAY", "SECOND_DAY", "SAME_DAY", "FREE_ECONOMY"}


def test_easy_ship(show):
    order = show(programs=["AMAZON_EASY_SHIP"])
    assert order["fulfillmentOrders"][0]["fulfillmentOrderId"]
    assert order["tax"]["taxInvoicing"]["invoiceStatus"] == "NOT_REQUIRED"
    assert set(order["fulfillment"]["labelPrintingWindow"]) == {"earliestDateTime"}


def test_business(show):
    order = show(EUROPE, traits=["BUSINESS"], marketplace_id=DE.id)
    assert "AMAZON_BUSINESS" in order["programs"]
    assert order["buyer"]["buyerPurchaseOrderNumber"]
    assert address(order)["companyName"] == order["buyer"]["buyerCompanyName"]
    (registration,) = order["tax"]["taxRegistrations"]
    assert (registration["entityType"], registration["taxRegistrationType"]) == (
        "BUYER",
        "VAT",
    )
    price = order["orderItems"][0]["product"]["price"]
    assert price["priceDesignation"] == "BUSINESS_PRICE"


def test_gift(show):
    (item, *_rest) = show(traits=["GIFT"])["orderItems"]
    gift = item["fulfillment"]["packing"]["giftOption"]
    assert gift["giftMessage"]
    assert gift["giftWrapLevel"]
    assert "GIFT_WRAP" in rows(item)


def test_promotion(show):
    (item, *_rest) = show(traits=["PROMOTION"])["orderItems"]
    details = rows(item)["DISCOUNT"]["detailedBreakdowns"]
    assert [detail["subtype"] for detail in details] == ["ITEM", "SHIPPING"]
    assert item["promotion"]["breakdowns"][0]["promotionId"]


@pytest.mark.parametrize("marketplace", [JP, AU], ids=lambda place: place.country)
def test_prices_that_contain_the_tax(show, marketplace):
    order = show(FAR_EAST, marketplace_id=marketplace.id)
    kinds = {row["type"] for row in order["proceeds"]["breakdowns"]}
    assert "ITEM" in kinds
    assert "TAX" not in kinds
    total = order["proceeds"]["grandTotal"]
    assert total["currencyCode"] == marketplace.currency
    assert ("." in total["amount"]) == (marketplace is AU)


def test_tax_collected_by_amazon(show):
    for item in show(traits=["TAX_ADDED"], marketplace_id=US.id)["orderItems"]:
        (collection,) = item["tax"]["taxCollections"]
        assert collection["model"] == "MARKETPLACE_FACILITATOR"
        assert amount(rows(item)["TAX"]["subtotal"]) > 0


@pytest.mark.parametrize("scheme", ["IOSS", "UOSS"])
def test_reporting_schemes(show, scheme):
    for item in show(EUROPE, traits=[scheme])["orderItems"]:
        assert item["tax"]["taxCalculationBreakdowns"] == [{"reportingScheme": scheme}]
        assert item["tax"]["taxCollections"]
        shipping = item["fulfillment"].get("shipping", {})
        assert ("internationalShipping" in shipping) == (scheme == "IOSS")


def test_cash_on_delivery(show):
    order = show(FAR_EAST, traits=["COD"], marketplace_id=JP.id)
    (payment,) = order["payment"]["paymentExecutions"]
    assert payment["paymentMethod"] == "CashOnDelivery"
    item = order["orderItems"][0]
    assert amount(rows(item)["COD_FEE"]["subtotal"]) > 0
    constraints = item["fulfillment"]["shipping"]["shippingConstraints"]
    assert constraints == {"cashOnDelivery": "MANDATORY"}


def test_several_payments(show):
    payments = show(traits=["SEVERAL_PAYMENTS"])["payment"]["paymentExecutions"]
    methods = [payment["paymentMethod"] for payment in payments]
    assert methods == ["GiftCard", "CreditCard"]


def test_replacement_costs_nothing(show):
    order = show(traits=["REPLACEMENT"])
    assert amount(order["proceeds"]["grandTotal"]) == 0
    assert "payment" not in order
    (associated,) = order["associatedOrders"]
    assert associated["associationType"] == "REPLACEMENT_ORIGINAL_ID"
    assert associated["orderId"] != order["orderId"]


def test_exchange(show):
    (associated,) = show(traits=["EXCHANGE"])["associatedOrders"]
    assert associated["associationType"] == "EXCHANGE_ORIGINAL_ID"


def test_cancelled_units(show):
    lines = [{"sku": "SIM-0001", "quantity": 3}]
    (item,) = show(traits=["PARTIAL_CANCELLATION"], lines=lines)["orderItems"]
    assert item["quantityOrdered"] == 2
    assert item["cancellation"]["cancellationExecution"]["cancelledBy"] == "BUYER"
    items = show(traits=["ITEM_CANCELLED"])["orderItems"]
    assert sorted(item["quantityOrdered"] == 0 for item in items)[-2:] == [False, True]


def test_cancellation_request(show):
    items = show(traits=["CANCELLATION_REQUEST"])["orderItems"]
    requests = [item["cancellation"] for item in items if "cancellation" in item]
    assert [request["cancellationRequest"]["requester"] for request in requests] == [
        "BUYER"
    ]


def test_missing_personal_data(show):
    order = show(traits=["NO_NAME"])
    assert "name" not in address(order)
    assert "buyerName" not in order["buyer"]
    assert "addressLine1" not in address(show(traits=["NO_STREET"]))
    order = show(traits=["NO_RECIPIENT"])
    assert "recipient" not in order
    assert "buyer" not in order


def test_unusual_addresses(show):
    longest = address(show(traits=["LONG_ADDRESS"]))
    assert min(len(longest[name]) for name in ("name", "addressLine3")) > 40
    assert not address(show(traits=["NON_LATIN"]))["name"].isascii()
    assert address(show(traits=["PICKUP_POINT"]))["addressType"] == "PICKUP_POINT"


def test_delivery(show):
    preference = show(traits=["DELIVERY_PREFERENCE"])["recipient"]["deliveryPreference"]
    assert set(preference) == {
        "dropOffLocation",
        "addressInstruction",
        "deliveryTime",
        "deliveryCapabilities",
    }
    order = show(traits=["SCHEDULED", "LABEL_WINDOW", "SHIPPING_CONSTRAINTS"])
    assert order["fulfillment"]["fulfillmentServiceLevel"] == "SCHEDULED"
    assert "labelPrintingWindow" in order["fulfillment"]
    shipping = order["orderItems"][0]["fulfillment"]["shipping"]
    assert set(shipping) == {"scheduledDeliveryWindow", "shippingConstraints"}


def test_products_of_special_kinds(show):
    order = show(traits=["CUSTOMIZED", "CONDITION_NOTE", "MEASUREMENT", "POINTS"])
    item = order["orderItems"][0]
    assert item["product"]["customization"]["customizedUrl"]
    assert item["product"]["condition"]["conditionNote"]
    assert item["measurement"]["unit"] == "KILOGRAMS"
    assert item["expense"]["pointsCost"]["pointsGranted"]["pointsNumber"] > 0
    assert show(traits=["SELLER_ORDER_ID"])["orderAliases"][0]["aliasId"]
    item = show(traits=["SUBSCRIBE_AND_SAVE"])["orderItems"][0]
    assert item["programs"] == ["SUBSCRIBE_AND_SAVE"]


def test_serial_numbers(show):
    lines = [{"sku": "SIM-0001", "quantity": 2}]
    wish = {"traits": ["SERIAL_NUMBERS"], "lines": lines}
    (item,) = show(**wish)["orderItems"]
    requirement = item["fulfillment"]["packing"]["serialNumberRequirement"]
    assert requirement == {"requirementType": "REQUIRED"}
    (item,) = show(**wish, fulfilled_by="AMAZON")["orderItems"]
    assert len(item["product"]["serialNumbers"]) == 2


@pytest.mark.parametrize("status", ["SHIPPED", "PARTIALLY_SHIPPED"])
def test_several_packages(show, status):
    order = show(status=status, traits=["SEVERAL_PACKAGES", "TRANSPARENCY"])
    assert [p["packageReferenceId"] for p in order["packages"]] == ["1", "2"]
    assert len({package["trackingNumber"] for package in order["packages"]}) == 2
    content = order["packages"][0]["packageItems"][0]
    assert len(content["transparencyCodes"]) == content["quantity"]


def test_all_traits_are_valid(show, model):
    orders = model("orders_2026-01-01.json")
    for trait in TRAITS:
        orders.validate_document(show(traits=[trait]), "Order")


@pytest.mark.parametrize(
    "wish",
    [
        {"traits": ["SPARKLING"]},
        {"status": "PARTIALLY_SHIPPED", "lines": [{"sku": "SIM-0001"}]},
        {"traits": ["PARTIAL_CANCELLATION"], "lines": [{"sku": "SIM-0001"}]},
        {"traits": ["ITEM_CANCELLED"], "lines": [{"sku": "SIM-0001", "quantity": 9}]},
    ],
)
def test_impossible_wishes(admin, wish):
    before = admin.health()["orders"]
    with pytest.raises(ValueError, match="error"):
        admin.create_order(NORTH_AMERICA.seller_id, **wish)
    assert admin.health()["orders"] == before


def test_a_larger_store_has_all_of_it():
    """What of the traits shows in documents is seen in a seeded store of 400."""
    orders = list(Simulator(3, orders=400).store.of(NORTH_AMERICA.seller_id))
    statuses = {order["fulfillment"]["fulfillmentStatus"] for order in orders}
    assert statuses == set(STATUSES)
    programs = {program for order in orders for program in order["programs"]}
    assert programs == set(PROGRAMS)
    assert any("associatedOrders" in order for order in orders)
    assert any("recipient" not in order for order in orders)
    assert any(len(order.get("packages", ())) == 2 for order in orders)
    items = [item for order in orders for item in order["orderItems"]]
    assert any(item["quantityOrdered"] == 0 for item in items)
