"""The generated store and the admin interface."""

from decimal import Decimal

import httpx
import pytest

from spapi_simulator.accounts import ACCOUNTS, EUROPE, NORTH_AMERICA
from spapi_simulator.simulator import Simulator

SEEDS = range(25)


def importable(order):
    """Whether a merchant has to ship the order."""
    fulfillment = order["fulfillment"]
    return (
        fulfillment["fulfillmentStatus"] == "UNSHIPPED"
        and fulfillment["fulfilledBy"] == "MERCHANT"
        and order["salesChannel"]["channelName"] == "AMAZON"
    )


def amount(money):
    """The number of a Money."""
    assert isinstance(money["amount"], str)
    return Decimal(money["amount"])


def check_item(item):
    """The invariants of an item's money; returns its total."""
    rows = {row["type"]: row for row in item["proceeds"]["breakdowns"]}
    total = amount(item["proceeds"]["proceedsTotal"])
    assert total == sum(amount(row["subtotal"]) for row in rows.values())
    unit = amount(item["product"]["price"]["unitPrice"])
    assert amount(rows["ITEM"]["subtotal"]) == unit * item["quantityOrdered"]
    for kind in {"TAX", "DISCOUNT"} & set(rows):
        details = rows[kind]["detailedBreakdowns"]
        subtotal = amount(rows[kind]["subtotal"])
        assert subtotal == sum(amount(detail["value"]) for detail in details)
    if "DISCOUNT" in rows:
        assert amount(rows["DISCOUNT"]["subtotal"]) < 0
        assert item["promotion"]["breakdowns"]
    return total


@pytest.mark.parametrize("seed", SEEDS)
def test_money(seed):
    for order in Simulator(seed).store.of():
        total = sum(check_item(item) for item in order["orderItems"])
        rows = order["proceeds"]["breakdowns"]
        tips = [amount(r["subtotal"]) for r in rows if r["type"] == "DELIVERY_TIP"]
        grand_total = amount(order["proceeds"]["grandTotal"])
        assert grand_total == total + sum(tips)
        assert grand_total == sum(amount(row["subtotal"]) for row in rows)


def test_composition():
    orders = list(Simulator(5).store.of(NORTH_AMERICA.seller_id))
    assert len(orders) == 40
    assert sum(map(importable, orders)) == 30
    assert {len(order["orderItems"]) for order in orders} <= {1, 2, 3, 4}
    countries = {
        order["recipient"]["deliveryAddress"]["countryCode"] for order in orders
    }
    assert countries == {"US", "CA", "MX"}
    assert Simulator(5, orders=3).store.count(EUROPE.seller_id) == 5


def test_variety():
    orders = [order for seed in SEEDS for order in Simulator(seed).store.of()]
    items = [item for order in orders for item in order["orderItems"]]
    kinds = {r["type"] for o in orders for r in o["proceeds"]["breakdowns"]}
    assert kinds == {"ITEM", "SHIPPING", "GIFT_WRAP", "DISCOUNT", "TAX", "DELIVERY_TIP"}
    programs = {name for order in orders for name in order["programs"]}
    assert programs == {"PRIME", "PREMIUM", "AMAZON_BUSINESS"}
    assert any("buyerPurchaseOrderNumber" in order["buyer"] for order in orders)
    assert any("giftOption" in i["fulfillment"].get("packing", {}) for i in items)
    assert any("taxCollections" in item.get("tax", {}) for item in items)


def test_reproducible():
    def shape(seed):
        simulator = Simulator(seed)
        return [
            (order["orderId"], order["proceeds"], order["buyer"])
            for order in simulator.store.of()
        ], simulator.store.products

    assert shape(4) == shape(4)
    assert shape(4) != shape(5)


def test_products(admin):
    products = admin.products()
    assert len({product["sku"] for product in products}) == 60
    for product in products:
        digits = [int(digit) for digit in product["barcode"]]
        assert sum(digits[::2]) % 10 == -3 * sum(digits[1::2]) % 10


def test_accounts(admin):
    accounts = {account["seller_id"]: account for account in admin.accounts()}
    assert set(accounts) == set(ACCOUNTS)
    account = accounts["A1SIMULATOR0NA"]
    assert account["refresh_token"] == "Atzr|simulator-na"
    assert [m["country"] for m in account["marketplaces"]] == ["US", "CA", "MX"]


def test_create_orders(admin):
    lines = [{"sku": "SIM-0007", "quantity": 3}]
    orders = admin.create_orders(
        EUROPE.seller_id,
        count=3,
        lines=lines,
        marketplace_id="A1PA6795UKMFR9",
        document={"recipient": {"deliveryAddress": {"name": "Ida Probe"}}},
    )
    assert len(orders) == 3
    for order in orders:
        assert admin.order(order["orderId"]) == order
        assert order["recipient"]["deliveryAddress"]["name"] == "Ida Probe"
        assert order["orderItems"][0]["product"]["sellerSku"] == "SIM-0007"
        assert order["proceeds"]["grandTotal"]["currencyCode"] == "EUR"


def test_change_order(admin):
    order = admin.create_order(EUROPE.seller_id)
    order_id, item = order["orderId"], order["orderItems"][0]
    request = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Late"}}
    item_change = {"orderItemId": item["orderItemId"], "cancellation": request}
    changed = admin.change_order(order_id, {"orderItems": [item_change]})
    assert changed["orderItems"][0] == {**item, "cancellation": request}
    assert changed["lastUpdatedTime"] > order["lastUpdatedTime"]
    assert "recipient" not in admin.change_order(order_id, {"recipient": None})
    cancelled = admin.change_order(order_id, status="CANCELLED")
    assert cancelled["orderItems"][0]["fulfillment"]["quantityUnfulfilled"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/orders", {}),
        ("POST", "/orders", {"seller_id": "nobody"}),
        ("POST", "/orders", {"seller_id": EUROPE.seller_id, "count": 0}),
        ("POST", "/orders", {"seller_id": EUROPE.seller_id, "count": 1.5}),
        ("POST", "/orders", {"seller_id": EUROPE.seller_id, "state": "SHIPPED"}),
        ("POST", "/orders", {"seller_id": EUROPE.seller_id, "lines": [{"sku": "x"}]}),
        ("POST", "/faults", {}),
        ("POST", "/faults", {"kind": "earthquake"}),
        ("POST", "/faults", {"kind": "slow", "operation": "getPrinter"}),
        ("POST", "/faults", {"kind": "lwa_html_503", "operation": "getOrder"}),
        ("POST", "/clock", {"advance_seconds": -1}),
        ("POST", "/clock", {}),
        ("PUT", "/quotas", {"factor": 0}),
        ("PUT", "/quotas", {"factor": "fast"}),
        ("PUT", "/quotas", []),
        ("GET", "/orders?seller_id=nobody", None),
    ],
)
def test_bad_input(base_url, admin, method, path, body):
    url = f"{base_url}/_simulator{path}"
    answer = httpx.request(method, url, json=body, trust_env=False, verify=False)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "partial",
    [
        {"orderItems": None},
        {"orderItems": {}},
        {"orderItems": [{"orderItemId": "0"}]},
        {"orderId": "100-0000000-0000000"},
        {"createdTime": "today"},
        {"fulfillment": "SHIPPED"},
        {"status": "LOST"},
        {"packages": [{"packageReferenceId": "1"}]},
        {"recipient": {"deliveryAddress": []}},
        {"orderItems": [{"orderItemId": "0", "fulfillment": {"packing": 1}}]},
    ],
)
def test_bad_changes(admin, partial):
    order = admin.create_order(EUROPE.seller_id)
    with pytest.raises(ValueError, match="error"):
        admin.change_order(order["orderId"], partial)
    assert admin.order(order["orderId"]) == order


def test_reset(admin):
    before = admin.orders()
    admin.create_order(EUROPE.seller_id)
    admin.advance_clock(1000)
    admin.add_fault("slow")
    admin.reset()
    assert [o["orderId"] for o in admin.orders()] == [o["orderId"] for o in before]
    assert admin.clock()["offset_seconds"] == 0
    assert admin.faults() == admin.journal() == []
    assert admin.health()["status"] == "ok"
