"""A server that is killed at random places of the first import of products.

The environment's variables choose how many listings, kills, and which places:
``LISTINGS=5000 LISTINGS_KILLS=10 LISTINGS_SEED=1 script/test system -k product_kills``.
"""

import os
from random import Random

import pytest
from guided import Guided, wait_for_state
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from servers import prepare_odoo
from shop import Database, wait_until

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

US = "ATVPDKIKX0DER"
SELLER = NORTH_AMERICA.seller_id
COUNT = int(os.environ.get("LISTINGS", "120"))
KILLS = int(os.environ.get("LISTINGS_KILLS", "3"))
SEED = int(os.environ.get("LISTINGS_SEED", "1"))
# How far it is: listings that are read, linked, and whose product has a picture.
PROGRESS = """
    SELECT (SELECT count(*) + count(product_id) FROM amazon_listing)
         + (SELECT count(*) FROM ir_attachment
             WHERE res_field = 'image_1920' AND create_uid = 1
               AND res_model IN ('product.product', 'product.template'))
"""
# Of products that stand for a listing, those that came more than once.
TWICE = """
    SELECT default_code FROM product_product WHERE default_code IN (
        SELECT trim(sku) FROM amazon_listing
    ) GROUP BY default_code HAVING count(*) > 1
"""
PICTURES_TWICE = """
    SELECT res_model, res_id, res_field FROM ir_attachment
     WHERE starts_with(res_field, 'image') GROUP BY 1, 2, 3 HAVING count(*) > 1
"""


@pytest.fixture(scope="module")
def amazon(tmp_path_factory):
    """An Amazon of its own, of whose listings Odoo knows none."""
    log = tmp_path_factory.mktemp("kills") / "simulator.log"
    with (
        SimulatorServer(log, listings=COUNT, orders=0, quota_factor=1000) as server,
        SimulatorAdmin(server.url) as admin,
    ):
        admin.url = server.url
        yield admin


@pytest.fixture(scope="module")
def odoo(postgres, amazon):
    """An Odoo of its own, in which no store is connected."""
    with prepare_odoo(postgres, amazon.url) as server, server:
        yield server


@pytest.fixture(scope="module")
def database(odoo):
    """SQL on its database, without the store of the demo data."""
    database = Database(odoo.postgres, odoo.database)
    client = OdooClient(odoo.url, odoo.database)
    found = client.call("amazon.connection", "search", [])
    client.call("amazon.connection", "unlink", found)
    return database


@pytest.fixture(scope="module")
def imported(odoo, amazon, database):
    """The id of the connection, whose import the killed server took up again."""
    client = OdooClient(odoo.url, odoo.database)
    guided = Guided(
        client,
        US,
        method="own",
        seller_id=SELLER,
        refresh_token=NORTH_AMERICA.refresh_token,
    )

    def get_progress():
        return database(PROGRESS)[0][0]

    start = get_progress()
    # Each listing is read, and most are linked and have a picture.
    places = sorted(Random(SEED).sample(range(1, 2 * COUNT), KILLS))
    connection_id = guided.finish()
    killed_at = []
    for place in places:
        wait_until(
            lambda place=place: get_progress() >= start + place, f"the place {place}"
        )
        odoo.kill()
        killed_at.append(get_progress() - start)
        odoo.start()
        # No button: the scheduled action alone takes it up again.
        database.come_round()
    print(f"killed at {killed_at}")
    assert len(set(killed_at)) > 1
    client = OdooClient(odoo.url, odoo.database)
    wait_for_state(client, connection_id, "completed")
    wait_until(
        lambda: not database("SELECT 1 FROM amazon_listing WHERE image_pending"),
        "the last pictures",
    )
    database.wait_for_jobs()
    return connection_id


def test_every_listing_is_there_with_one_product(amazon, database, imported):
    shown = {
        (listing["sku"], there["marketplace_id"])
        for offset in range(0, COUNT * 2, 100)
        for listing in amazon.listings(SELLER, limit=100, offset=offset)
        for there in listing["marketplaces"]
    }
    rows = database(
        "SELECT l.sku, m.amazon_marketplace_id FROM amazon_listing l "
        "JOIN amazon_storefront s ON s.id = l.storefront_id "
        "JOIN amazon_marketplace m ON m.id = s.marketplace_id WHERE s.active"
    )
    fronts = {marketplace for _sku, marketplace in rows}
    assert len(rows) == len(set(rows))
    assert set(rows) == {row for row in shown if row[1] in fronts}
    assert len(rows) > COUNT / 2
    linked = database(
        "SELECT count(*) FROM amazon_listing WHERE is_parent = (product_id IS NOT NULL)"
    )
    assert linked == [(0,)]
    assert database(TWICE) == []


def test_no_picture_is_there_twice(database, imported):
    assert database(PICTURES_TWICE) == []
    missing = database(
        "SELECT l.sku FROM amazon_listing l WHERE l.image_url != '' AND NOT EXISTS ("
        "SELECT 1 FROM ir_attachment a WHERE a.res_field = 'image_1920' AND ("
        "a.res_model = 'product.template' AND a.res_id = l.product_tmpl_id OR "
        "a.res_model = 'product.product' AND a.res_id = l.product_id)) "
        "AND l.product_id IS NOT NULL AND l.error IS NULL"
    )
    assert missing == []


def test_nothing_is_left_running(database, imported):
    left = database(
        "SELECT h.kind, h.outcome FROM amazon_history h WHERE h.outcome = 'running'"
    )
    assert left == []
    jobs = database(
        "SELECT kind FROM amazon_job WHERE kind = 'download_products' "
        "AND (position IS NOT NULL AND position::text NOT IN ('false', 'null') "
        "OR open_run_id IS NOT NULL)"
    )
    assert jobs == []
