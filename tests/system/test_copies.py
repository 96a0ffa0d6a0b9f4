"""A copy of the database, and a restored backup, against the Amazon of the original.

Amazon sees no write, nor any request, until a person says which database sells.
"""

import shutil
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from guided import CONNECTION
from host.demo.store import OdooStore
from host.odoo import OdooServer
from host.rpc import OdooClient, OdooError
from host.simulator import SimulatorServer
from host.templates import KEY_FILE
from quantities import listings, offer_what_amazon_offers, on_amazon
from screens import NARROW, WIDE, keep
from servers import Cluster, prepare_odoo, run_pg
from shop import Database, Shop, wait_until

from spapi_simulator.accounts import NORTH_AMERICA, US
from spapi_simulator.admin import SimulatorAdmin

SELLER = NORTH_AMERICA.seller_id
# Of more, the quantities take long to leave.
COUNTED = 12
CONNECTIONS = "/odoo/action-amazon_connector.amazon_connection_action"


@pytest.fixture(scope="module")
def amazon(tmp_path_factory):
    """An Amazon of its own."""
    log = tmp_path_factory.mktemp("copies") / "simulator.log"
    options = {"listings": 20, "orders": 0, "quota_factor": 1000}
    with SimulatorServer(log, **options) as server, SimulatorAdmin(server.url) as admin:
        admin.url = server.url
        yield admin


@pytest.fixture
def original(postgres, amazon):
    """A store that sells, its quantities at Amazon; all is quiet."""
    with prepare_odoo(postgres, amazon.url) as server, selling(server, amazon) as found:
        yield found


@pytest.fixture
def original_alone(postgres, amazon):
    """The same in a PostgreSQL of its own, which can be taken back as a whole."""
    with (
        prepare_odoo(postgres, amazon.url) as server,
        Cluster.temporary() as cluster,
    ):
        dump = dump_of(server)
        server.postgres = cluster
        cluster.create_database(server.database)
        load(server, dump)
        with selling(server, amazon) as found:
            yield found


@contextmanager
def selling(server, amazon):
    """Start a server that has a store which sells."""
    with server:
        client = OdooClient(server.url, server.database)
        store = OdooStore(client)
        store.forget_example()
        (account,) = (one for one in amazon.accounts() if one["seller_id"] == SELLER)
        account = SimpleNamespace(**account | {"marketplace": US.id})
        store.connect(account, download_products=True)
        store.wait_for_import()
        offer_what_amazon_offers(client, store.connection_id)
        store.sync_inventory()
        shop = open_shop(server, amazon, store.connection_id)
        shop.database.calm_down()
        yield SimpleNamespace(server=server, shop=shop)


def open_shop(server, amazon, connection_id):
    """What a person sees of the store in one of the databases."""
    client = OdooClient(server.url, server.database)
    database = Database(server.postgres, server.database)
    return Shop(client, amazon, database, SELLER, connection_id)


@contextmanager
def started_beside(original, postgres, folder):
    """A plain copy (createdb -T) of the database, served with the key of the first."""
    first = original.server
    name = f"{first.database}_copy"
    original.shop.database.close()
    first.stop()
    postgres.create_database(name, first.database)
    try:
        shutil.copy2(first.data_dir / KEY_FILE, folder / KEY_FILE)
        shutil.copytree(
            first.data_dir / "filestore" / first.database, folder / "filestore" / name
        )
        first.start()
        copy = OdooServer(name, postgres, folder, source=first.source)
        with copy:
            yield copy
    finally:
        postgres.drop_database(name)


def dump_of(server):
    """Return a dump of the database, as administrators keep it."""
    options = ("--no-owner", "--no-privileges")
    return run_pg(server.postgres, "pg_dump", *options, server.database)


def load(server, dump):
    """Put a dump into the database, which is empty."""
    run_pg(
        server.postgres,
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--set=ON_ERROR_STOP=1",
        server.database,
        input=dump,
    )


def restore(original, dump):
    """Put a dump in the place of the database, as after a disaster."""
    server = original.server
    server.stop()
    server.postgres.drop_database(server.database)
    server.postgres.create_database(server.database)
    load(server, dump)
    server.start()


@contextmanager
def stopped(original, shop):
    """Have Odoo and PostgreSQL stand still, as for a snapshot of their volume."""
    server = original.server
    shop.database.close()
    server.stop()
    server.postgres.stop()
    yield server.postgres
    server.postgres.start()
    server.start()


def go_on(shop):
    """Have a person let the database go on; wait until it has read what happened."""
    shop.client.call(CONNECTION, "action_go_on_selling", [shop.connection_id])
    shop.database.come_round()
    wait_until(
        lambda: shop.database(
            "SELECT 1 FROM amazon_connection WHERE catch_up_since IS NULL AND id = %s",
            shop.connection_id,
        ),
        "the reading of what happened",
    )
    shop.database.wait_for_jobs()


def wait_for_question(shop):
    shop.database.come_round()
    wait_until(
        lambda: shop.database("SELECT 1 FROM amazon_copy_guard WHERE state = 'asked'"),
        "the question whether it is a copy",
    )


def quantities_of(amazon):
    return {sku: quantity for sku, (quantity, *_rest) in on_amazon(amazon).items()}


def is_shown(shop, amazon):
    """Whether Amazon shows what it was told last: it takes its time."""
    names = ("sku", "amazon_quantity")
    domain = [
        ("read_back_on", "!=", False),
        ("storefront_id.marketplace_id.amazon_marketplace_id", "=", US.id),
    ]
    told = listings(shop.client, shop.connection_id, *names, domain=domain)
    shown = quantities_of(amazon)
    return all(shown[row["sku"]] == row["amazon_quantity"] for row in told)


def count_on_hand(shop, more):
    """Have other numbers of some in the warehouse, which Amazon should be told of."""
    rows = listings(
        shop.client,
        shop.connection_id,
        "product_id",
        "amazon_quantity",
        domain=[("product_id", "!=", False), ("channel", "=", "merchant")],
    )[:COUNTED]
    shop.store.count_stock(
        {row["product_id"][0]: row["amazon_quantity"] + more for row in rows}
    )


def test_a_copy_beside_the_original_says_nothing_to_amazon(
    original, postgres, amazon, tmp_path
):
    """It has a parcel to confirm, other quantities to send, and orders to download."""
    shop = original.shop
    order_id = shop.sold()
    with started_beside(original, postgres, tmp_path) as server:
        copy = open_shop(server, amazon, shop.connection_id)
        shop = open_shop(original.server, amazon, shop.connection_id)
        shop.database.calm_down()
        before, offered = len(amazon.journal()), quantities_of(amazon)
        (later,) = copy.new_orders()
        copy.ship(order_id, "1Z999AA10000000011")
        count_on_hand(copy, 50)
        wait_for_question(copy)
        copy.database.come_round()
        copy.database.wait_for_jobs()
        with pytest.raises(OdooError, match="is a copy of the one that was connected"):
            copy.press("action_send_shipments")
        copy.client.call(CONNECTION, "action_stay_silent", [copy.connection_id])
        copy.database.come_round()
        copy.database.wait_for_jobs()
        assert len(amazon.journal()) == before
        assert quantities_of(amazon) == offered
        # The original notices nothing of it, and sells.
        shop.run("action_download_orders")
        assert shop.sales([order_id, later]) == sorted([order_id, later])
        shop.ship(order_id, "1Z999AA10000000012")
        wait_until(lambda: shop.shipment_state(order_id) == "done", "the confirmation")
        assert shop.applied(order_id) == 1
        assert copy.sales([later]) == []
        states = "SELECT state FROM amazon_copy_guard"
        assert (shop.database(states), copy.database(states)) == (
            [("clear",)],
            [("silent",)],
        )


def test_a_backup_of_an_hour_ago_asks_reads_and_harms_nothing(original, amazon):
    shop, server = original.shop, original.server
    shipped, waiting = shop.sold(), shop.sold()
    shop.database.calm_down()
    dump = dump_of(server)
    # The hour after the backup: a parcel leaves, an order comes, stock is sold out.
    shop.ship(shipped, "1Z999AA10000000021")
    wait_until(lambda: shop.shipment_state(shipped) == "done", "the confirmation")
    later = shop.sold()
    count_on_hand(shop, -2)
    shop.run("action_sync_inventory")
    shop.database.calm_down()
    wait_until(lambda: is_shown(shop, amazon), "the new quantities on Amazon")
    offered = quantities_of(amazon)
    restore(original, dump)
    shop = open_shop(server, amazon, shop.connection_id)
    before = len(amazon.journal())
    wait_for_question(shop)
    shop.database.come_round()
    shop.database.wait_for_jobs()
    assert len(amazon.journal()) == before
    assert quantities_of(amazon) == offered
    go_on(shop)
    shop.run("action_sync_inventory")
    orders = [shipped, waiting, later]
    assert shop.sales(orders) == sorted(orders)
    # What left is neither told nor delivered again, and no quantity is raised.
    assert shop.applied(shipped) == 1
    assert shop.deliveries([shipped]) == []
    now = quantities_of(amazon)
    assert all(
        quantity is None or quantity <= offered[sku] for sku, quantity in now.items()
    )
    shop.ship(waiting, "1Z999AA10000000022")
    wait_until(lambda: shop.shipment_state(waiting) == "done", "the confirmation")
    assert shop.applied(waiting) == 1


def test_a_recovery_in_its_own_place_asks_reads_and_harms_nothing(
    original_alone, amazon
):
    """As a snapshot of the volume, or a recovery to a point in time, leaves it: all of
    PostgreSQL is as it was, only the file beside the key knows of more runs.
    """
    shop, server = original_alone.shop, original_alone.server
    shipped, waiting = shop.sold(), shop.sold()
    shop.database.calm_down()
    with stopped(original_alone, shop) as cluster:
        cluster.save()
    shop = open_shop(server, amazon, shop.connection_id)
    shop.ship(shipped, "1Z999AA10000000031")
    wait_until(lambda: shop.shipment_state(shipped) == "done", "the confirmation")
    later = shop.sold()
    shop.database.calm_down()
    places = "SELECT place FROM amazon_copy_guard"
    place = shop.database(places)
    with stopped(original_alone, shop) as cluster:
        cluster.take_back()
    shop = open_shop(server, amazon, shop.connection_id)
    before, offered = len(amazon.journal()), quantities_of(amazon)
    assert shop.sales([later]) == []
    wait_for_question(shop)
    shop.database.come_round()
    shop.database.wait_for_jobs()
    assert shop.database("SELECT sign FROM amazon_copy_guard") == [("older",)]
    assert shop.database(places) == place
    assert len(amazon.journal()) == before
    go_on(shop)
    orders = [shipped, waiting, later]
    assert shop.sales(orders) == sorted(orders)
    assert shop.applied(shipped) == 1
    assert shop.deliveries([shipped]) == []
    assert quantities_of(amazon) == offered
    shop.ship(waiting, "1Z999AA10000000032")
    wait_until(lambda: shop.shipment_state(waiting) == "done", "the confirmation")
    assert shop.applied(waiting) == 1


def test_the_question_is_on_the_screen(original, postgres, amazon, tmp_path, browser):
    (tmp_path / "data").mkdir()
    with started_beside(original, postgres, tmp_path / "data") as server:
        copy = open_shop(server, amazon, original.shop.connection_id)
        wait_for_question(copy)
        browser.log_in(copy.client)
        browser.open(f"{server.url}/odoo/amazon")
        reason = "document.querySelector('.o_amazon_reason')?.innerText"
        browser.wait_for(f"{reason}.includes('is a copy of the one')", "the reason")
        word = (
            "[...document.querySelectorAll('.o_amazon_health')].map(e => e.innerText)"
        )
        assert "Stopped" in browser.evaluate(word)
        for size, name in ((WIDE, "copy_question"), (NARROW, "copy_question_narrow")):
            browser.resize(*size)
            browser.open(f"{server.url}{CONNECTIONS}/{copy.connection_id}")
            shown = "document.querySelector('[name=action_stay_silent]') !== null"
            browser.wait_for(shown, "the question")
            keep(browser, name)
        browser.click("button", "This is the one that sells: go on")
        browser.click(".modal-footer button", "Ok")
        gone = "document.querySelector('[name=action_stay_silent]') === null"
        browser.wait_for(gone, "the end of the question")
        assert copy.database("SELECT state FROM amazon_copy_guard") == [("clear",)]
