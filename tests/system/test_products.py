"""Products and quantities between a real Odoo and Amazon: imported, kept equal.

A store of its own in the fresh Odoo, connected by the guided set-up.
"""

import pytest
from guided import CONNECTION, Guided, wait_for_state
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
from shop import Database, wait_until

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

# Requests of a store that may be without an answer when a server is killed.
UNDER_WAY = 8


@pytest.fixture(scope="module")
def amazon(fresh_amazon, fresh_client):
    """The simulator's admin client."""
    with SimulatorAdmin(fresh_amazon.url) as admin:
        yield admin
        admin.clear_faults()


@pytest.fixture(scope="module")
def store(fresh_client, amazon):
    """The id of a connection whose initial import is completed."""
    guided = Guided(
        fresh_client,
        US,
        method="own",
        seller_id=SELLER,
        refresh_token=NORTH_AMERICA.refresh_token,
    )
    connection_id = guided.finish()
    wait_for_state(fresh_client, connection_id, "completed")
    return connection_id


@pytest.fixture
def database(fresh, postgres):
    """SQL on Odoo's database."""
    return Database(postgres, fresh.database)


def differences(client, amazon, connection_id):
    """SKUs whose quantity on Amazon is not what Odoo offers."""
    there = on_amazon(amazon)
    rows = listings(
        client,
        connection_id,
        "sku",
        "odoo_quantity",
        domain=[("channel", "=", "merchant"), ("is_tracked", "=", True)],
    )
    assert len(rows) > 100
    return [row["sku"] for row in rows if there[row["sku"]][0] != row["odoo_quantity"]]


@pytest.fixture
def synced(fresh_client, amazon, store):
    """The same connection, with Amazon's quantities equal to the warehouse's."""
    (shown,) = fresh_client.call(CONNECTION, "read", [store], ["sync_inventory"])
    if not shown["sync_inventory"]:
        offer_what_amazon_offers(fresh_client, store)
        fresh_client.call(CONNECTION, "write", [store], {"sync_inventory": True})
    wait_until(lambda: not differences(fresh_client, amazon, store), "equal quantities")
    return store


def test_every_listing_came_in_and_has_one_product(fresh_client, amazon, store):
    there = on_amazon(amazon)
    rows = listings(
        fresh_client, store, "sku", "title", "channel", "product_id", "is_parent"
    )
    assert {row["sku"] for row in rows} == set(there)
    for row in rows:
        assert (row["title"] or "") == (there[row["sku"]][2] or "").strip()
        assert (row["channel"] == "amazon") == there[row["sku"]][1].startswith("AMAZON")
        assert bool(row["product_id"]) != row["is_parent"]
    products = [row["product_id"][0] for row in rows if row["product_id"]]
    assert len(set(products)) == len(products)
    codes = fresh_client.call(
        "product.product", "read", products, ["default_code", "is_storable"]
    )
    assert all(product["is_storable"] for product in codes)


def test_the_orders_found_their_products(fresh_client, store):
    groups = fresh_client.call(
        "amazon.order",
        "formatted_read_group",
        [("connection_id", "=", store)],
        ["state"],
        ["__count"],
    )
    states = {group["state"]: group["__count"] for group in groups}
    assert states["imported"] >= 5
    assert not {"held", "failed", "partial"} & set(states)


def test_pictures_follow(fresh_client, store):
    def missing():
        pending = [
            "|",
            ("image_pending", "=", True),
            ("image_ids.state", "=", "pending"),
        ]
        return listings(fresh_client, store, "sku", domain=pending)

    wait_until(lambda: not missing(), "all pictures")
    products = fresh_client.call(
        "product.product",
        "search_count",
        [
            ("amazon_listing_ids", "!=", False),
            ("product_tmpl_id.image_1920", "!=", False),
        ],
    )
    assert products > 100


def test_a_family_is_one_product_with_its_variants(browser, fresh, fresh_client, store):
    rows = listings(
        fresh_client,
        store,
        "parent_sku",
        "product_id",
        domain=[("parent_sku", "!=", False), ("product_id", "!=", False)],
    )
    parents = {
        row["sku"]
        for row in listings(fresh_client, store, "sku", domain=[("is_parent", "=", 1)])
    }
    members = {}
    for row in rows:
        if row["parent_sku"] in parents:
            members.setdefault(row["parent_sku"], set()).add(row["product_id"][0])
    family = max(members.values(), key=len)
    assert len(family) > 1
    variants = fresh_client.call(
        "product.product", "read", sorted(family), ["product_tmpl_id"]
    )
    ((template, name),) = {tuple(row["product_tmpl_id"]) for row in variants}
    (shown,) = fresh_client.call(
        "product.template", "read", [template], ["product_variant_count"]
    )
    assert shown["product_variant_count"] == len(family)
    browser.log_in(fresh_client)
    for size, picture in ((WIDE, "family"), (NARROW, "family_narrow")):
        browser.resize(*size)
        browser.open(f"{fresh.url}/odoo/product.template/{template}")
        browser.press(".o_notebook .nav-link[name=variants]")
        lines = ".o_notebook [name=attribute_line_ids]"
        browser.wait_for(
            f"document.querySelector('{lines} .o_data_row, {lines} .o_kanban_record')"
            " !== null",
            f"the attributes of {name}",
        )
        keep(browser, picture)


def test_switched_on_amazon_is_told_what_differs_and_survives_a_killed_server(
    fresh, fresh_client, amazon, store, database
):
    offer_what_amazon_offers(fresh_client, store, more=5)
    amazon.clear_journal()
    # Slow enough to be killed in the middle.
    amazon.add_fault(
        "slow", operation="patchListingsItem", delay_seconds=0.1, times=1000
    )
    fresh_client.call(CONNECTION, "write", [store], {"sync_inventory": True})
    wait_until(lambda: len(amazon.journal("patchListingsItem")) > 10, "some patches")
    fresh.kill()
    sent = len(amazon.journal("patchListingsItem"))
    fresh.start()
    amazon.clear_faults()
    database.come_round()
    wait_until(lambda: not differences(fresh_client, amazon, store), "equal quantities")
    total = len(amazon.journal("patchListingsItem"))
    skus = {entry["sku"] for entry in amazon.journal("patchListingsItem")}
    assert sent < total
    repeated = total - len(skus)
    assert repeated <= UNDER_WAY, "Only what was not told before, or had no answer"
    assert not any(on_amazon(amazon)[sku][1].startswith("AMAZON") for sku in skus)


def test_a_receipt_reaches_amazon_by_itself_once_and_alone(
    fresh_client, amazon, synced
):
    row = listings(
        fresh_client,
        synced,
        "sku",
        "product_id",
        "odoo_quantity",
        domain=[("channel", "=", "merchant"), ("product_id", "!=", False)],
    )[0]
    amazon.clear_journal()
    count_stock(fresh_client, synced, {row["product_id"][0]: 1234})
    wait_until(lambda: amazon.journal("patchListingsItem"), "the quantity")
    wait_until(
        lambda: not differences(fresh_client, amazon, synced), "equal quantities"
    )
    told = amazon.journal("patchListingsItem")
    assert [entry["sku"] for entry in told] == [row["sku"]]


def test_what_amazon_refuses_is_shown_and_retried(fresh_client, amazon, synced):
    row = listings(
        fresh_client,
        synced,
        "sku",
        "product_id",
        domain=[("channel", "=", "merchant"), ("product_id", "!=", False)],
    )[1]
    amazon.add_fault("invalid_submission", sku=row["sku"], message="Not this one.")
    count_stock(fresh_client, synced, {row["product_id"][0]: 77})

    def refused():
        domain = [("id", "=", row["id"]), ("push_error", "!=", False)]
        return listings(fresh_client, synced, "push_error", domain=domain)

    assert wait_until(refused, "the refusal")[0]["push_error"] == "Not this one."
    fresh_client.call(LISTING, "action_retry", [row["id"]])
    wait_until(lambda: not refused(), "the end of the refusal")
    wait_until(
        lambda: not differences(fresh_client, amazon, synced), "equal quantities"
    )


@pytest.mark.parametrize("fault", ["html_503_after", "reset_after", "throttle"])
def test_a_lost_answer_is_made_good(fresh_client, amazon, synced, database, fault):
    row = listings(
        fresh_client,
        synced,
        "sku",
        "product_id",
        domain=[("channel", "=", "merchant"), ("product_id", "!=", False)],
    )[2]
    amazon.add_fault(fault, operation="patchListingsItem")
    count_stock(fresh_client, synced, {row["product_id"][0]: 60 + len(fault)})
    wait_until(lambda: not amazon.faults(), "the fault")
    database.try_again("sync_inventory")
    wait_until(
        lambda: not differences(fresh_client, amazon, synced), "equal quantities"
    )
