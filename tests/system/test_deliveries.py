"""However parcels leave, and whatever fails: Amazon knows each as it is, and once.

A real server with its scheduled actions confirms what a warehouse sends off in mixed
ways, while Amazon fails at a tenth of its requests and the server is killed twice. The
environment's variables DELIVERIES (how many orders) and DELIVERIES_SEED choose others:
``DELIVERIES=1250 script/test system -k test_deliveries`` has 2,000 deliveries.
"""

import os
from collections import Counter

import pytest
from deliveries import (
    AT_ONCE,
    LATER,
    REPLACED,
    Warehouse,
    count_kits,
    describe_package,
)
from failures import EVERY
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from servers import prepare_odoo
from shop import Database, Shop, make_products

from spapi_simulator.admin import SimulatorAdmin

COUNT = int(os.environ.get("DELIVERIES", "40"))
SEED = int(os.environ.get("DELIVERIES_SEED", "1"))
SELLER, MARKETPLACE = "A1SIMULATOR0NA", "ATVPDKIKX0DER"


@pytest.fixture(scope="module")
def amazon(tmp_path_factory):
    """An Amazon of its own, which nothing but the deliveries is told to."""
    log = tmp_path_factory.mktemp("deliveries") / "simulator.log"
    with (
        SimulatorServer(log, orders=0, quota_factor=1000) as server,
        SimulatorAdmin(server.url) as admin,
    ):
        admin.url = server.url
        yield admin


@pytest.fixture(scope="module")
def odoo(postgres, amazon):
    """An Odoo of its own."""
    with prepare_odoo(postgres, amazon.url, with_kits=True) as server, server:
        yield server


@pytest.fixture(scope="module")
def shop(odoo, amazon):
    """The store that sells, with products and stock."""
    client = OdooClient(odoo.url, odoo.database)
    make_products(client, amazon.products())
    accounts = {account["seller_id"]: account for account in amazon.accounts()}
    connection_id = Shop.connect(client, accounts[SELLER], MARKETPLACE)
    fronts = client.call("amazon.storefront", "search", [])
    client.call("amazon.storefront", "write", fronts, {"tax_policy": "amazon"})
    database = Database(odoo.postgres, odoo.database)
    database.calm_down()
    return Shop(client, amazon, database, SELLER, connection_id)


@pytest.fixture(scope="module")
def warehouse(odoo, shop):
    """The warehouse, after all its work, with nothing left to be told."""
    warehouse = Warehouse(SEED, COUNT, odoo, shop)
    try:
        warehouse.work()
        warehouse.settle()
    finally:
        told = sorted(warehouse.told.items())
        print("\n".join(f"{count:5} {what}" for what, count in told))
    return warehouse


@pytest.fixture(scope="module")
def requests(warehouse, amazon):
    """What Amazon was asked, a list for each operation."""
    operations = ("confirmShipment", "getOrder", "getAccessToken")
    return {operation: amazon.journal(operation) for operation in operations}


def test_amazon_knows_exactly_what_left(warehouse, amazon):
    """Items, units, carriers and numbers of each parcel, and no other parcel."""
    wrong = []
    for order in warehouse.orders:
        document = amazon.order(order.order_id)
        packages = Counter(map(describe_package, document.get("packages", ())))
        parcels = Counter(parcel.describe() for parcel in order.told_parcels)
        if packages != parcels:
            wrong.append((str(order), "missing", parcels - packages))
            wrong.append((str(order), "too much", packages - parcels))
        if document["fulfillment"]["fulfillmentStatus"] != "SHIPPED":
            wrong.append((str(order), document["fulfillment"]))
    assert wrong == []


def test_amazon_counts_what_left_odoos_stock(warehouse, amazon):
    """Of kits those that are whole, and what left in place of an item."""
    left, components, kits = Counter(warehouse.replaced), {}, {}
    for order_id, item, product, units in warehouse.database(
        "SELECT s.amazon_order_ref, l.amazon_item_ref, m.product_id, m.quantity "
        "FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id "
        "JOIN sale_order s ON s.id = l.order_id "
        "JOIN stock_location place ON place.id = m.location_dest_id "
        "WHERE m.state = 'done' AND place.usage = 'customer' "
        "AND l.amazon_item_ref IS NOT NULL"
    ):
        if product in warehouse.kits:
            of_order = components.setdefault(order_id, Counter())
            of_order[item, product] += int(units)
            kits[order_id, item] = warehouse.kits[product]
        else:
            left[order_id, item] += int(units)
    for (order_id, item), needs in kits.items():
        left[order_id, item] += count_kits(needs, components[order_id], item)
    counted = Counter(
        {
            (order["orderId"], item["orderItemId"]): item["fulfillment"][
                "quantityFulfilled"
            ]
            for order in amazon.orders(SELLER)
            for item in order["orderItems"]
        }
    )
    assert left == counted


def test_no_shipment_stays_open(warehouse):
    """What completed no kit has nothing to tell; nobody is asked about anything."""
    assert warehouse.find_open() == []
    states = dict(
        warehouse.database("SELECT state, count(*) FROM amazon_shipment GROUP BY 1")
    )
    told = sum(len(order.told_parcels) for order in warehouse.orders)
    assert states.pop("done") == told
    assert states.pop("not_needed", 0) == warehouse.told["parcels"] - told
    assert not states
    asked = "SELECT amazon_order_id FROM amazon_order WHERE has_missing_units"
    assert warehouse.database(asked) == []


def test_no_parcel_is_told_twice(warehouse, requests):
    """One that nobody corrected once, the others never the same again."""
    told = {}
    for request in requests["confirmShipment"]:
        if request["applied"]:
            detail = dict(request["body"]["packageDetail"])
            del detail["shipDate"]
            key = request["order_id"], detail["packageReferenceId"]
            told.setdefault(key, []).append(detail)
    assert len(told) == sum(len(order.told_parcels) for order in warehouse.orders)
    certain = {
        order.order_id
        for order in warehouse.orders
        if order.numbers in (AT_ONCE, LATER) and order.event != REPLACED
    }
    wrong = [
        details
        for (order_id, _reference), details in told.items()
        if (order_id in certain and len(details) > 1)
        or any(details[n] == details[n - 1] for n in range(1, len(details)))
    ]
    assert wrong == []


def test_amazon_failed_as_often_as_it_was_to(warehouse, requests, amazon):
    """Every fault met a request, and the server died in two."""
    assert amazon.faults() == []
    assert warehouse.told["killed"] == 2
    for operation, entries in requests.items():
        failed = Counter(entry["fault"] for entry in entries if entry["fault"])
        expected = warehouse.failures.expected[operation]
        assert sum(failed.values()) >= expected // EVERY
        print(len(entries), operation, dict(failed))
