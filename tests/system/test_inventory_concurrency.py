"""Many hands on the same products: people deliver, Amazon sells, quantities go out.

In an Odoo of its own, whose log and database tell of all that happened in it.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from host.demo.store import OdooStore
from host.rpc import OdooClient, OdooError
from host.simulator import SimulatorServer
from servers import prepare_odoo
from shop import AGE, WAIT, Database, wait_until

from spapi_simulator.accounts import NORTH_AMERICA, US
from spapi_simulator.admin import SimulatorAdmin

SELLER = NORTH_AMERICA.seller_id
LISTINGS = 24
# With the families that they belong to.
MOST_LISTINGS = 100
# Those that all deliver and order at the same time.
WANTED = 4
PEOPLE, DELIVERIES_EACH = 5, 5
# Nobody packs faster. Odoo locks the stock of a product for each delivery, and gives up
# on who finds it locked five times in a row, with the addon or without.
SECONDS_TO_PACK = 3
STOCK = 500
# Amazon takes its time, so that the job is in the midst of it all the while.
ANSWER_SECONDS = 0.2


@pytest.fixture(scope="module")
def odoo_and_amazon(postgres, tmp_path_factory):
    """A running Odoo, and an Amazon with a small store, as a pair."""
    log = tmp_path_factory.mktemp("concurrency") / "simulator.log"
    options = {"orders": 0, "listings": LISTINGS, "quota_factor": 1000}
    with (
        SimulatorServer(log, **options) as simulator,
        prepare_odoo(postgres, simulator.url) as odoo,
        odoo,
        SimulatorAdmin(simulator.url) as amazon,
    ):
        yield odoo, amazon


@pytest.fixture
def store(odoo_and_amazon):
    """The store, imported, with stock of all it sells and all of that at Amazon."""
    odoo, amazon = odoo_and_amazon
    store = OdooStore(OdooClient(odoo.url, odoo.database))
    store.forget_example()
    (account,) = (one for one in amazon.accounts() if one["seller_id"] == SELLER)
    account = SimpleNamespace(**account | {"marketplace": US.id})
    store.connect(account, download_products=True)
    store.wait_for_import()
    store.count_stock({row["product_id"][0]: STOCK for row in store.listings()})
    store.sync_inventory()
    return store


@pytest.fixture
def people(odoo_and_amazon, store):
    """The sessions of people who may use the inventory, and nothing else."""
    odoo, _amazon = odoo_and_amazon
    _model, group = store.odoo.call(
        "ir.model.data", "check_object_reference", "stock", "group_stock_user"
    )
    logins = [f"packer-{number}" for number in range(PEOPLE)]
    store.odoo.call(
        "res.users",
        "create",
        [
            {
                "name": login,
                "login": login,
                "password": login,
                "group_ids": [(6, 0, [group])],
            }
            for login in logins
        ],
    )
    return [
        OdooClient(odoo.url, odoo.database, login, login, timeout=WAIT)
        for login in logins
    ]


def create_deliveries(store, products, count):
    """Return the ids of reserved deliveries of one unit of each product.

    No two in a row have the products in the same order.
    """
    call = store.odoo.call
    (kind,) = call(
        "stock.picking.type",
        "search_read",
        [("code", "=", "outgoing")],
        ["default_location_src_id", "default_location_dest_id"],
        limit=1,
    )
    places = {
        "location_id": kind["default_location_src_id"][0],
        "location_dest_id": kind["default_location_dest_id"][0],
    }
    deliveries = call(
        "stock.picking",
        "create",
        [
            places
            | {
                "picking_type_id": kind["id"],
                "move_ids": [
                    (0, 0, places | {"product_id": product, "product_uom_qty": 1})
                    for product in rotate(products, number)
                ],
            }
            for number in range(count)
        ],
    )
    call("stock.picking", "action_confirm", deliveries)
    call("stock.picking", "action_assign", deliveries)
    rows = call("stock.picking", "read", deliveries, ["state"])
    assert {row["state"] for row in rows} == {"assigned"}
    return deliveries


def rotate(products, number):
    """Begin with another product, and every second time go the other way round."""
    start = number % len(products)
    rotated = products[start:] + products[:start]
    return rotated[::-1] if number % 2 else rotated


def validate(session, deliveries, start):
    """Validate deliveries as a person does; return what was shown instead of done."""
    shown = []
    start.wait(WAIT)
    for delivery in deliveries:
        time.sleep(SECONDS_TO_PACK)
        try:
            outcome = session.call(
                "stock.picking",
                "button_validate",
                [delivery],
                context={"skip_sms": True},
            )
        except OdooError as error:
            outcome = f"{error.name}: {error}"
        if outcome is not True:
            shown.append(outcome)
    return shown


def on_amazon(amazon):
    """Return {(marketplace, SKU): quantity} of all listings."""
    return {
        (there["marketplace_id"], listing["sku"]): there["quantity"]
        for listing in amazon.listings(SELLER, limit=MOST_LISTINGS)
        for there in listing["marketplaces"]
    }


def differences(store, amazon):
    """Return what Amazon offers and Odoo does not, by listing: (Odoo's, Amazon's)."""
    there = on_amazon(amazon)
    return {
        key: (quantity, there[key])
        for key, quantity in store.offered().items()
        if quantity != there[key]
    }


def test_five_people_deliver_the_same_products_while_amazon_sells_them(
    odoo_and_amazon, store, people
):
    odoo, amazon = odoo_and_amazon
    database = Database(odoo.postgres, odoo.database)
    wait_until(lambda: not differences(store, amazon), "equal quantities")
    offered = {sku for place, sku in store.offered() if place == US.id}
    skus = {row["sku"]: row["product_id"][0] for row in store.listings()}
    wanted = sorted(offered)[:WANTED]
    products = [skus[sku] for sku in wanted]
    assert len(set(products)) == WANTED
    deliveries = create_deliveries(store, products, PEOPLE * DELIVERIES_EACH)
    amazon.add_fault(
        "slow",
        operation="patchListingsItem",
        delay_seconds=ANSWER_SECONDS,
        times=100_000,
    )
    amazon.clear_journal()
    start = Barrier(PEOPLE + 1)
    with ThreadPoolExecutor(PEOPLE) as threads:
        working = [
            threads.submit(validate, session, deliveries[number::PEOPLE], start)
            for number, session in enumerate(people)
        ]
        start.wait(WAIT)
        order_ids = sell_while(working, store, amazon, wanted)
        shown = [sentence for one in working for sentence in one.result()]
    assert not shown
    amazon.clear_faults()

    wait_until(lambda: downloaded(database) == len(order_ids), "a sale of each order")
    wait_until(lambda: is_settled(database), "the end of the jobs")
    wait_until(lambda: not differences(store, amazon), "equal quantities")
    # What Odoo could not release, since it was locked, it does when somebody looks.
    store.odoo.call("stock.quant", "action_view_inventory")
    wait_until(lambda: is_settled(database), "the end of the jobs")
    wait_until(lambda: not differences(store, amazon), "equal quantities")
    left = STOCK - len(deliveries) - len(order_ids)
    there = on_amazon(amazon)
    assert {sku: there[US.id, sku] for sku in wanted} == dict.fromkeys(wanted, left)
    told = {entry["sku"] for entry in amazon.journal("patchListingsItem")}
    assert told >= set(wanted)
    # People's part in it is over; nothing went wrong behind them, either.
    ((deadlocks,),) = database(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert not deadlocks
    log = odoo.log_text()
    assert "deadlock detected" not in log
    assert not re.search("bad query: .*(amazon_stock_change|ir_cron_trigger)", log)
    # The next poll may be under way. The import finds stock locked as people do, and
    # tries it again later where that goes on.
    assert not database(
        "SELECT run.kind, run.outcome, line.message FROM amazon_history run "
        "LEFT JOIN amazon_history_line line ON line.history_id = run.id "
        "WHERE run.outcome NOT IN ('done', 'nothing', 'running') AND NOT "
        "(run.kind = 'download_orders' AND line.message ~ '^Others changed the same')"
    )


def sell_while(working, store, amazon, skus):
    """Have customers order, and download it, until all are done; return the orders."""
    order_ids = []
    while not order_ids or not all(one.done() for one in working):
        (order,) = amazon.create_orders(
            SELLER,
            count=1,
            marketplace_id=US.id,
            programs=[],
            age_seconds=AGE,
            lines=[{"sku": sku, "quantity": 1} for sku in rotate(skus, len(order_ids))],
        )
        order_ids.append(order["orderId"])
        store.run("action_download_orders")
    return order_ids


def downloaded(database):
    """Return how many sales came of Amazon's orders."""
    ((count,),) = database(
        "SELECT count(*) FROM sale_order "
        "WHERE amazon_order_ref IS NOT NULL AND state = 'sale'"
    )
    return count


def is_settled(database):
    """Whether all that changed is at Amazon, and no job is under way."""
    left = database(
        "SELECT 1 FROM amazon_stock_change "
        "UNION ALL SELECT 1 FROM amazon_listing WHERE to_push "
        "UNION ALL SELECT 1 FROM amazon_history WHERE outcome = 'running'"
    )
    return not left
