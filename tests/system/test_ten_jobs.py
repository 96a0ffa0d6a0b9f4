"""The ten jobs of the day, by whom they belong to, and how many clicks they take.

docs/daily_work.md has the table. Everybody begins where their day does: on Amazon's
overview, or on Inventory's for who may not see the former.
"""

from contextlib import contextmanager
from datetime import datetime, timezone

import pytest
from host.rpc import OdooClient
from person import Person
from screens import (
    NARROW,
    WIDE,
    delivery_of,
    download,
    keep,
    order_of,
    row_of,
    strange_listings,
    unknown_product,
    validate,
)
from shop import wait_until

CONNECTION = "amazon.connection"
LISTING = "amazon.listing"
GROUPS = {
    "owner": ["amazon_connector.amazon_connector_group_manager"],
    "manager": [
        "amazon_connector.amazon_connector_group_user",
        "sales_team.group_sale_salesman_all_leads",
    ],
    "warehouse": ["stock.group_stock_user"],
}
# Who reads Amazon's orders, and who sets a store.
OFFICE = ["owner", "manager"]
OVERVIEW = "/odoo/amazon"
INVENTORY = "/odoo/action-stock.stock_picking_type_action"
CARD = ".o_kanban_record:not(.o_kanban_ghost)"
ROW = ".o_list_view .o_data_row"
FIND_BOX = ".o_amazon_find_order input"
TITLE = ".o_form_view h1"
SAVE = ".o_form_button_save"
WAREHOUSE = "[name=warehouse_id] input"
MOVED = "[name=moved_note]"
MORNING = 6


def zone_of_the_morning():
    """Return a time zone in which it is six o'clock: today is long, the night near."""
    ahead = MORNING - datetime.now(timezone.utc).hour
    if ahead < -11:
        ahead += 24
    # POSIX counts westwards.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@pytest.fixture
def arrive(browser, odoo, client):
    """A function: somebody of a role arrives at work; returns the person."""
    made = []

    def come(role, size=WIDE):
        groups = [
            client.call("ir.model.data", "check_object_reference", *name.split("."))[1]
            for name in GROUPS[role]
        ]
        login = f"ten-jobs-{role}"
        values = {
            "name": role.title(),
            "login": login,
            "password": login,
            "group_ids": [(6, 0, groups)],
            "tz": zone_of_the_morning(),
            "active": True,
        }
        known = [("login", "=", login), ("active", "in", (True, False))]
        users = client.call("res.users", "search", known)
        if users:
            client.call("res.users", "write", users, values)
        else:
            users = client.call("res.users", "create", [values])
        made.extend(users)
        browser.log_in(OdooClient(odoo.url, odoo.database, login, login))
        browser.resize(*size)
        somebody = Person(browser)
        path = INVENTORY if role == "warehouse" else OVERVIEW
        somebody.arrive(odoo.url + path, CARD)
        return somebody

    yield come
    client.call("res.users", "write", made, {"active": False})


@pytest.fixture
def card(america):
    """Where the buttons of the store are: on its card."""
    (store,) = america.client.call(
        CONNECTION, "read", [america.connection_id], ["display_name"]
    )
    return CARD, store["display_name"]


@pytest.fixture
def deliveries(america):
    """The card of the deliveries in Inventory's overview."""
    client = america.client
    (store,) = client.call(
        CONNECTION, "read", [america.connection_id], ["warehouse_id"]
    )
    (warehouse,) = client.call(
        "stock.warehouse", "read", [store["warehouse_id"][0]], ["out_type_id"]
    )
    return CARD, warehouse["out_type_id"][1].split(": ")[-1]


@pytest.fixture
def held(america):
    """An order that waits, since no product is known for its SKU; with the product."""
    sku = america.amazon.products()[0]["sku"]
    with unknown_product(america.client, sku) as product:
        order_id = order_of(america, 48, lines=[{"sku": sku, "quantity": 1}])
        download(america, order_id)
        assert row_of(america.client, order_id)["state"] == "held"
        yield order_id, product
    america.run("action_download_orders")


@contextmanager
def no_likeness(client, product):
    """Have a product that nothing suggests for anything."""
    (former,) = client.call(
        "product.product", "read", [product["id"]], ["name", "barcode"]
    )
    strange = {"name": "Quixotic Zither", "barcode": False}
    client.call("product.product", "write", [product["id"]], strange)
    try:
        yield strange["name"]
    finally:
        del former["id"]
        client.call("product.product", "write", [product["id"]], former)


def is_imported(america, order_id):
    """Return whether an order has its sale order, once it has."""
    wait_until(lambda: row_of(america.client, order_id)["sale_order_id"], "the import")
    return row_of(america.client, order_id)["state"] == "imported"


# === ALL WELL? === #


@pytest.mark.parametrize("role", OFFICE)
def test_that_all_is_well_is_seen_without_a_click(arrive, america, card, role):
    late = order_of(america, -5)
    download(america, late)
    somebody = arrive(role)
    shown = somebody.see(CARD, card[1])
    for word in ("Urgent", "ship-by time is over", "Late", "Last run"):
        assert word in shown
    assert somebody.clicks == 0


def test_the_warehouse_sees_without_a_click_what_waits(arrive, america):
    late = order_of(america, -5)
    download(america, late)
    somebody = arrive("warehouse")
    assert " late" in somebody.see(".o_amazon_to_ship")
    assert somebody.clicks == 0


# === WHAT TO SHIP TODAY === #


@pytest.mark.parametrize("role", OFFICE)
def test_what_to_ship_today_is_one_click_away(arrive, america, card, role):
    today = order_of(america, 4)
    download(america, today)
    somebody = arrive(role)
    somebody.click("a[name=action_open_due_orders]", inside=card)
    somebody.see(ROW, today)
    assert somebody.clicks == 1


def test_the_warehouse_has_what_to_ship_today_one_click_away(
    arrive, america, deliveries
):
    today = order_of(america, 4)
    download(america, today)
    somebody = arrive("warehouse")
    somebody.click("a[name=action_open_amazon_due]", inside=deliveries)
    somebody.see(ROW, today)
    assert somebody.clicks == 1


# === FIND AN ORDER BY ITS NUMBER === #


@pytest.mark.parametrize("role", OFFICE)
def test_an_order_is_found_by_its_number_with_one_enter(arrive, america, role):
    order_id = order_of(america, 60)
    download(america, order_id)
    somebody = arrive(role)
    somebody.write(order_id, FIND_BOX)
    somebody.enter()
    somebody.see(TITLE, order_id)
    assert somebody.clicks == 1


def test_the_warehouse_finds_a_delivery_by_the_orders_number(arrive, client, america):
    picking, order_id = delivery_of(client, america, due_in=60)
    (name,) = client.call("stock.picking", "read", [picking], ["name"])
    somebody = arrive("warehouse")
    somebody.write(order_id, ".o_searchview_input")
    somebody.see(".o_searchview_autocomplete", order_id)
    somebody.enter()
    somebody.see(TITLE, name["name"])
    assert somebody.clicks == 1


# === A HELD ORDER IS MENDED === #


@pytest.mark.parametrize("role", OFFICE)
def test_a_held_order_is_linked_as_suggested_in_three_clicks(
    arrive, browser, america, card, role
):
    # The listing of the SKU is what a product is suggested for.
    america.run("action_download_products")
    sku = america.amazon.products()[0]["sku"]
    with unknown_product(america.client, sku) as product:
        order_id = order_of(america, 48, lines=[{"sku": sku, "quantity": 1}])
        download(america, order_id)
        somebody = arrive(role)
        somebody.click("a[name=action_open_held_orders]", inside=card)
        somebody.see(ROW, order_id)
        keep(browser, "ten_jobs_held")
        somebody.click("button[name=action_link_and_import]", inside=(ROW, order_id))
        somebody.see(".modal .o_data_row [name=product_id]", product["name"])
        keep(browser, "ten_jobs_held_suggested")
        somebody.click(".modal-footer button[name=action_import]")
        assert is_imported(america, order_id)
        assert somebody.clicks == 3


@pytest.mark.parametrize("role", OFFICE)
def test_a_held_order_is_linked_to_a_product_that_is_typed_in_three_clicks(
    arrive, america, card, held, role
):
    order_id, product = held
    with no_likeness(america.client, product) as name:
        somebody = arrive(role)
        somebody.click("a[name=action_open_held_orders]", inside=card)
        somebody.click("button[name=action_link_and_import]", inside=(ROW, order_id))
        somebody.choose(name, ".modal .o_data_row [name=product_id] input")
        somebody.click(".modal-footer button[name=action_import]")
        assert is_imported(america, order_id)
        assert somebody.clicks == 3


# === THREE LISTINGS ARE LINKED === #


@pytest.mark.parametrize("role", OFFICE)
def test_three_listings_are_linked_in_four_clicks(arrive, america, card, role):
    america.run("action_download_products")
    with strange_listings(america) as strangers:
        somebody = arrive(role)
        somebody.click("a[name=action_open_unlinked]", inside=card)
        for row in strangers:
            somebody.click(
                "button[name=action_link_suggested]", inside=(ROW, row["sku"])
            )
        ids = [row["id"] for row in strangers]
        expected = {row["id"]: row["product_id"][0] for row in strangers}

        def are_linked():
            rows = america.client.call(LISTING, "read", ids, ["product_id"])
            found = {row["id"]: row["product_id"] for row in rows}
            return {id_: link and link[0] for id_, link in found.items()} == expected

        wait_until(are_linked, "the links")
        assert somebody.clicks == 4


# === A BLOCKED SHIPMENT IS MENDED === #


@pytest.mark.parametrize("role", GROUPS)
def test_a_blocked_shipment_is_mended_in_three_clicks(
    arrive, browser, client, america, card, deliveries, make_method, role
):
    method = make_method("UPS Ten Jobs")
    picking, order_id = delivery_of(client, america, carrier_id=False)
    validate(client, picking)
    america.wait_for_shipment(order_id, "blocked")
    somebody = arrive(role)
    if role == "warehouse":
        somebody.see(".o_amazon_to_ship", "blocked")
        keep(browser, "ten_jobs_inventory")
        somebody.click("a[name=action_open_amazon_blocked]", inside=deliveries)
    else:
        somebody.click("a[name=action_open_blocked_shipments]", inside=card)
    somebody.click("td[name=carrier_id]", inside=(ROW, order_id))
    somebody.choose("UPS Ten Jobs", f"{ROW} [name=carrier_id] input")
    somebody.write("1Z999AA10123456790", f"{ROW} [name=tracking_ref] input")
    keep(browser, "ten_jobs_blocked")
    somebody.enter()
    america.wait_for_shipment(order_id, "done")
    assert somebody.clicks == 3
    (told,) = america.confirmations(order_id)
    assert told["body"]["packageDetail"]["trackingNumber"] == "1Z999AA10123456790"
    (row,) = client.call(
        "amazon.shipment", "search_read", [("picking_id", "=", picking)], ["carrier_id"]
    )
    assert row["carrier_id"][0] == method


# === WHAT HAPPENED LAST NIGHT === #


@pytest.mark.parametrize("role", OFFICE)
def test_what_happened_last_night_is_one_click_away(
    arrive, browser, america, card, held, role
):
    order_id, _product = held
    # It is six in the morning, and all that happened was during the night.
    somebody = arrive(role)
    somebody.click("a[name=action_open_last_night]", inside=card)
    somebody.see(f"{ROW} [name=about]", order_id)
    somebody.see(".o_facet_value", "Last night")
    keep(browser, "ten_jobs_last_night")
    assert somebody.clicks == 1


# === WHY THIS QUANTITY === #


@pytest.mark.parametrize("role", OFFICE)
def test_why_a_quantity_is_as_it_is_takes_two_clicks_at_most(arrive, america, role):
    america.run("action_download_products")
    (listing,) = america.client.call(
        LISTING,
        "search_read",
        [
            ("connection_id", "=", america.connection_id),
            ("channel", "=", "merchant"),
            ("is_tracked", "=", True),
            ("product_id", "!=", False),
            ("state", "=", "active"),
        ],
        ["sku", "storefront_id"],
        limit=1,
        order="id",
    )
    same = [("sku", "=", listing["sku"])]
    count = america.client.call(LISTING, "search_count", same)
    somebody = arrive(role)
    somebody.write(listing["sku"], FIND_BOX)
    somebody.enter()
    if count > 1:
        # It is listed in several storefronts.
        somebody.click("td[name=sku]", inside=(ROW, listing["storefront_id"][1]))
    somebody.see(".o_form_view [name=quantity_explanation]", "on hand in")
    somebody.see(TITLE, listing["sku"])
    assert somebody.clicks == min(count, 2)


# === PAUSE A STORE === #


def test_a_store_is_paused_in_two_clicks(arrive, america, card):
    somebody = arrive("owner")
    try:
        somebody.click(f"{CARD} span", card[1], inside=card)
        somebody.click("[name=active] input")

        def is_paused():
            store = [america.connection_id]
            (row,) = america.client.call(CONNECTION, "read", store, ["active"])
            return not row["active"]

        wait_until(is_paused, "the pause")
        assert somebody.clicks == 2
    finally:
        america.client.call(
            CONNECTION, "write", [america.connection_id], {"active": True}
        )
        america.database.wait_for_jobs()


# === CHANGE THE WAREHOUSE === #


@pytest.fixture
def other_warehouse(america):
    """A warehouse that no store delivers from; the store has its own afterwards."""
    client, store = america.client, [america.connection_id]
    (row,) = client.call(CONNECTION, "read", store, ["warehouse_id"])
    values = {"name": "Riverside", "code": "RIV"}
    archived = [("code", "=", "RIV"), ("active", "in", (True, False))]
    ids = client.call("stock.warehouse", "search", archived)
    if ids:
        client.call("stock.warehouse", "write", ids, {"active": True})
    else:
        ids = client.call("stock.warehouse", "create", [values])
    yield ids[0]
    client.call(CONNECTION, "write", store, {"warehouse_id": row["warehouse_id"][0]})
    client.call("stock.warehouse", "write", ids, {"active": False})
    america.database.wait_for_jobs()


def test_the_warehouse_is_changed_in_four_clicks_and_deliveries_are_spoken_of(
    arrive, browser, client, america, card, other_warehouse
):
    picking, _order_id = delivery_of(client, america)
    (before,) = client.call("stock.picking", "read", [picking], ["picking_type_id"])
    for size, name, option in (
        # Odoo asks in a dialog there.
        (NARROW, "warehouse_narrow", ".modal .o_kanban_record *"),
        (WIDE, "warehouse", ".o-autocomplete--dropdown-item"),
    ):
        somebody = arrive("owner", size)
        somebody.click(f"{CARD} span", card[1], inside=card)
        somebody.click(WAREHOUSE)
        somebody.click(option, "Riverside")
        said = somebody.see(MOVED, "Open deliveries that stay in")
        assert int(said.split(": ")[1].split(".")[0]) >= 1
        browser.evaluate(
            f"document.querySelector('{MOVED}').scrollIntoView({{block: 'center'}})"
        )
        keep(browser, f"ten_jobs_{name}")
        if size == NARROW:
            somebody.click(".o_form_button_cancel")
            somebody.see_no(MOVED)
    somebody.click(SAVE)
    somebody.see_no(MOVED)
    assert somebody.clicks == 4
    (row,) = client.call(CONNECTION, "read", [america.connection_id], ["warehouse_id"])
    assert row["warehouse_id"][0] == other_warehouse
    (after,) = client.call("stock.picking", "read", [picking], ["picking_type_id"])
    assert after["picking_type_id"] == before["picking_type_id"]
