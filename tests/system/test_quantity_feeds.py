"""Many quantities go to Amazon by one feed, which a killed server finds again.

The addon addons/amazon_connector_test_feed has few count as many. The environment's
variables choose how often a server is killed, and at which moments:
``QUANTITY_KILLS=20 QUANTITY_SEED=1 script/test system -k killed_at_random``.
"""

import json
import os
import time
from pathlib import Path
from random import Random

import pytest
from guided import CONNECTION, Guided, wait_for_state
from host.paths import REPOSITORY
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from quantities import (
    LISTING,
    SELLER,
    US,
    count_stock,
    listings,
    offer_what_amazon_offers,
    on_amazon,
)
from screens import NARROW, WIDE, keep
from servers import prepare_odoo
from shop import NOW, Database, wait_until

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

ADDONS = Path(__file__).resolve().parent / "addons"
MODULE = "amazon_connector_test_feed"
FEED_PAGE = "/odoo/action-amazon_connector.amazon_quantity_feed_action"
CONNECTION_PAGE = "/odoo/action-amazon_connector.amazon_connection_action"
KILLS = int(os.environ.get("QUANTITY_KILLS", "3"))
SEED = int(os.environ.get("QUANTITY_SEED", "1"))
# Fewer than go by a feed.
FEW = 6
# After the change, in seconds: about as long as both ways take.
LATEST_KILL = 4
# Longer than any test waits.
HOURS = 4 * 60 * 60
# Not so long that Amazon's clock is called wrong.
MINUTES = 5 * 60


@pytest.fixture(scope="module")
def amazon(tmp_path_factory):
    """An Amazon of its own with few listings."""
    log = tmp_path_factory.mktemp("feeds") / "simulator.log"
    with (
        SimulatorServer(log, listings=60, orders=0, quota_factor=1000) as server,
        SimulatorAdmin(server.url) as admin,
    ):
        admin.url = server.url
        yield admin


@pytest.fixture(scope="module")
def odoo(postgres, amazon):
    """An Odoo of its own, for which a few quantities are many."""
    addons = (REPOSITORY, ADDONS)
    with prepare_odoo(postgres, amazon.url, addons=addons) as server:
        server.install([MODULE])
        with server:
            yield server


@pytest.fixture(scope="module")
def database(odoo):
    """SQL on its database, without the store of the demo data."""
    client = OdooClient(odoo.url, odoo.database)
    client.call(CONNECTION, "unlink", client.call(CONNECTION, "search", []))
    return Database(odoo.postgres, odoo.database)


@pytest.fixture(scope="module")
def store(odoo, database):
    """The id of a connection that has sold nothing by Odoo's quantities yet."""
    client = OdooClient(odoo.url, odoo.database)
    guided = Guided(
        client,
        US,
        method="own",
        seller_id=SELLER,
        refresh_token=NORTH_AMERICA.refresh_token,
    )
    connection_id = guided.finish()
    wait_for_state(client, connection_id, "completed")
    database.wait_for_jobs()
    return connection_id


def switch_on(odoo, store, more):
    """Have some more of each product than Amazon offers, and the sync on."""
    client = OdooClient(odoo.url, odoo.database)
    client.call(CONNECTION, "write", [store], {"sync_inventory": False})
    offer_what_amazon_offers(client, store, more=more)
    client.call(CONNECTION, "write", [store], {"sync_inventory": True})


def wait_for_feed(database, known, state):
    """Wait until the feed after those that are known is in a state."""

    def probe():
        # The next look at Amazon is not waited for.
        database(
            f"UPDATE amazon_quantity_feed SET next_look_on = {NOW} "
            "WHERE next_look_on IS NOT NULL AND state != 'submitting'"
        )
        database.come_round()
        return database(
            "SELECT id, listing_count, accepted_count, refused_count "
            "FROM amazon_quantity_feed WHERE state = %s AND id > %s",
            state,
            known,
        )

    return wait_until(probe, f"a feed that is {state}")[0]


def wait_for_equal_quantities(odoo, amazon, store, is_stuck=False):
    """Wait until Amazon has what Odoo offers; return the SKUs.

    :param is_stuck: a feed is, and keeps its listings
    """
    client = OdooClient(odoo.url, odoo.database)

    def probe():
        there = on_amazon(amazon)
        rows = client.call(
            LISTING,
            "search_read",
            [
                ("connection_id", "=", store),
                ("storefront_id.marketplace_id.amazon_marketplace_id", "=", US),
                ("channel", "=", "merchant"),
                ("is_tracked", "=", True),
                ("product_id", "!=", False),
            ],
            ["sku", "odoo_quantity", "is_quantity_unknown", "feed_id"],
        )
        is_equal = all(
            there[row["sku"]][0] == row["odoo_quantity"]
            and not row["is_quantity_unknown"]
            and (is_stuck or not row["feed_id"])
            for row in rows
        )
        return is_equal and {row["sku"] for row in rows}

    return wait_until(probe, "equal quantities")


def carried(amazon):
    """The SKUs of the latest feed."""
    feed = amazon.feed(amazon.feeds(SELLER)[-1]["feedId"])
    return {one["sku"] for one in json.loads(feed["input"])["messages"]}


def test_many_quantities_arrive_by_one_feed(odoo, amazon, store, database):
    amazon.clear_journal()
    switch_on(odoo, store, more=5)
    _id, count, accepted, refused = wait_for_feed(database, 0, "done")
    assert (accepted, refused) == (count, 0)
    skus = wait_for_equal_quantities(odoo, amazon, store)
    (feed,) = amazon.feeds(SELLER)
    assert feed["feedType"] == "JSON_LISTINGS_FEED"
    assert len(carried(amazon)) == count >= 10
    assert carried(amazon) <= skus


def test_a_feed_whose_server_died_before_the_answer_is_found_and_not_sent_again(
    odoo, amazon, store, database
):
    known = database("SELECT max(id) FROM amazon_quantity_feed")[0][0]
    amazon.clear_journal()
    amazon.add_fault("timeout_after", operation="createFeed", delay_seconds=20)
    switch_on(odoo, store, more=7)
    wait_until(lambda: amazon.journal("createFeed"), "the request")
    odoo.kill()
    rows = database(
        "SELECT state, amazon_feed_id FROM amazon_quantity_feed WHERE id > %s", known
    )
    assert rows == [("submitting", None)]
    odoo.start()
    database(
        f"UPDATE amazon_quantity_feed SET next_look_on = {NOW} WHERE id > %s", known
    )
    _id, count, accepted, refused = wait_for_feed(database, known, "done")
    assert (accepted, refused) == (count, 0)
    wait_for_equal_quantities(odoo, amazon, store)
    assert len(amazon.journal("createFeed")) == 1
    assert len(amazon.feeds(SELLER)) == 2
    assert amazon.journal("getFeeds")


def test_what_amazon_refuses_of_a_feed_is_on_its_listing(odoo, amazon, store, database):
    client = OdooClient(odoo.url, odoo.database)
    known = database("SELECT max(id) FROM amazon_quantity_feed")[0][0]
    (row,) = client.call(
        LISTING,
        "search_read",
        [
            ("connection_id", "=", store),
            ("storefront_id.marketplace_id.amazon_marketplace_id", "=", US),
            ("sku", "in", sorted(carried(amazon))),
        ],
        ["sku", "product_type"],
        limit=1,
    )
    # Amazon knows no such product type.
    database(
        "UPDATE amazon_listing SET product_type = 'NONSENSE' WHERE id = %s", row["id"]
    )
    switch_on(odoo, store, more=9)
    _id, count, accepted, refused = wait_for_feed(database, known, "done")
    assert (accepted, refused) == (count - 1, 1)
    (shown,) = client.call(LISTING, "read", [row["id"]], ["push_error", "feed_id"])
    assert shown["push_error"]
    assert not shown["feed_id"]
    database(
        "UPDATE amazon_listing SET product_type = %s WHERE id = %s",
        row["product_type"],
        row["id"],
    )


def get_products(client, store):
    """The ids of the products whose quantity the warehouse decides."""
    rows = listings(
        client,
        store,
        "product_id",
        domain=[
            ("product_id", "!=", False),
            ("is_tracked", "=", True),
            ("channel", "=", "merchant"),
        ],
    )
    return sorted({row["product_id"][0] for row in rows})


def get_sent(amazon):
    """``[(SKU, units)]`` of all requests and feeds since the journal was cleared."""
    sent = [
        (entry["sku"], find_quantity(entry["body"]))
        for entry in amazon.journal("patchListingsItem")
    ]
    created = len(amazon.journal("createFeed"))
    for feed in amazon.feeds(SELLER)[-created:] if created else ():
        for message in json.loads(amazon.feed(feed["feedId"])["input"])["messages"]:
            sent.append((message["sku"], find_quantity(message)))
    return sent


def find_quantity(request):
    (patch,) = (
        one
        for one in request["patches"]
        if one["path"] == "/attributes/fulfillment_availability"
    )
    (value,) = patch["value"]
    return value["quantity"]


def test_a_server_killed_at_random_moments_sends_nothing_that_became_wrong(
    odoo, amazon, store, database
):
    random = Random(SEED)
    amazon.set_processing(seconds=1)
    client = OdooClient(odoo.url, odoo.database)
    products = get_products(client, store)
    count_stock(client, store, dict.fromkeys(products, 500))
    wait_for_equal_quantities(odoo, amazon, store)
    places = []
    for turn in range(KILLS):
        amazon.add_fault("slow", delay_seconds=0.2, times=50)
        client = OdooClient(odoo.url, odoo.database)
        count = random.choice([FEW, len(products)])
        changed = random.sample(products, count)
        count_stock(client, store, dict.fromkeys(changed, 600 + turn))
        time.sleep(random.uniform(0, LATEST_KILL))
        # What is on its way becomes wrong.
        count_stock(client, store, dict.fromkeys(changed, 300 + turn))
        time.sleep(random.uniform(0, LATEST_KILL))
        odoo.kill()
        places.append((count, len(get_sent(amazon))))
        amazon.clear_faults()
        amazon.clear_journal()
        odoo.start()
        database(
            f"UPDATE amazon_quantity_feed SET next_look_on = {NOW} "
            "WHERE next_look_on IS NOT NULL"
        )
        database.come_round()
        wait_for_equal_quantities(odoo, amazon, store)
        client = OdooClient(odoo.url, odoo.database)
        offered = {
            row["sku"]: row["odoo_quantity"]
            for row in listings(client, store, "sku", "odoo_quantity")
        }
        wrong = [
            (sku, units) for sku, units in get_sent(amazon) if units != offered[sku]
        ]
        assert not wrong, (SEED, turn, places)
    print(f"killed {KILLS} times, with (changed, sent before) {places}")


def test_what_is_sold_out_while_amazon_has_a_feed_is_offered_no_longer(
    odoo, amazon, store, database
):
    switch_on(odoo, store, more=12)
    wait_for_equal_quantities(odoo, amazon, store)
    known = database("SELECT max(id) FROM amazon_quantity_feed")[0][0]
    amazon.set_processing(seconds=MINUTES)
    amazon.clear_journal()
    switch_on(odoo, store, more=13)
    wait_for_feed(database, known, "submitted")
    client = OdooClient(odoo.url, odoo.database)
    (row,) = client.call(
        LISTING,
        "search_read",
        [("feed_id.state", "=", "submitted"), ("product_id", "!=", False)],
        ["sku", "product_id"],
        limit=1,
    )
    sku = row["sku"]
    count_stock(client, store, {row["product_id"][0]: 0})

    def is_zero():
        database.come_round()
        return on_amazon(amazon)[sku][0] == 0

    wait_until(is_zero, "the zero while the feed is open")
    (state,) = database("SELECT state FROM amazon_quantity_feed WHERE id > %s", known)[
        0
    ]
    assert state in ("submitted", "in_progress")
    amazon.advance_clock(MINUTES)
    amazon.set_processing(seconds=1)
    _id, count, accepted, refused = wait_for_feed(database, known, "done")
    assert (accepted, refused) == (count, 0)
    wait_for_equal_quantities(odoo, amazon, store)
    assert on_amazon(amazon)[sku][0] == 0
    sent = [units for one, units in get_sent(amazon) if one == sku]
    assert sorted(sent)[:2] == [0, 0], "Beside the feed, and after it"
    assert len(sent) == 3
    assert len(amazon.feeds(SELLER)[-1:]) == len(amazon.journal("createFeed"))


def test_the_brake_asks_with_the_numbers_before_and_after(
    odoo, amazon, store, database, see, browser
):
    client = OdooClient(odoo.url, odoo.database)
    amazon.clear_journal()
    linked = [("product_id", "!=", False)]
    rows = listings(client, store, "product_id", domain=linked)
    count_stock(client, store, {row["product_id"][0]: 0 for row in rows})

    def is_asked():
        database.come_round()
        (row,) = client.call(CONNECTION, "read", [store], ["inventory_halted"])
        return row["inventory_halted"]

    wait_until(is_asked, "the question")
    for size, name in ((WIDE, "brake"), (NARROW, "brake_narrow")):
        text = see(
            f"{CONNECTION_PAGE}/{store}", ".o_form_view [name=zero_question]", size
        )
        assert "were on sale" in text
        keep(browser, f"inventory_{name}")
    browser.press("button[name=action_open_held_zeros]")
    browser.wait_for(
        "document.querySelector('.o_list_view .o_data_row') !== null", "the zeros"
    )
    browser.resize(*WIDE)
    keep(browser, "inventory_brake_list")
    assert not any(
        quantity == 0
        for quantity, channel, _title in on_amazon(amazon).values()
        if channel == "merchant"
    )


def test_a_stuck_feed_says_so_and_its_listings_go_one_by_one(
    odoo, amazon, store, database, see, browser
):
    # What the brake holds back is on sale again.
    switch_on(odoo, store, more=10)
    wait_for_equal_quantities(odoo, amazon, store)
    known = database("SELECT max(id) FROM amazon_quantity_feed")[0][0]
    amazon.set_processing(seconds=HOURS)
    amazon.clear_journal()
    switch_on(odoo, store, more=11)
    feed_id, count, *_rest = wait_for_feed(database, known, "submitted")
    database(
        f"UPDATE amazon_quantity_feed SET deadline = {NOW}, next_look_on = {NOW} "
        "WHERE id = %s",
        feed_id,
    )

    def is_stuck():
        # The look after that would find it cancelled: Amazon has not begun with it.
        database.come_round()
        return database(
            "SELECT 1 FROM amazon_quantity_feed WHERE id = %s AND state = 'stuck'",
            feed_id,
        )

    wait_until(is_stuck, "a feed that is stuck")
    for size, name in ((WIDE, "feed_stuck"), (NARROW, "feed_stuck_narrow")):
        text = see(f"{FEED_PAGE}/{feed_id}", ".o_form_view [name=state]", size)
        assert "Stuck at Amazon" in text
        assert "one by one" in text
        keep(browser, f"inventory_{name}")
    wait_for_equal_quantities(odoo, amazon, store, is_stuck=True)
    assert len(amazon.journal("patchListingsItem")) >= count
    assert len(amazon.journal("createFeed")) == 1
