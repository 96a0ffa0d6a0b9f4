"""The page that people open first, in a browser, on a wide and on a narrow screen."""

import json

import pytest
from host.rpc import OdooClient
from screens import NARROW, WIDE, download, keep, order_of

OVERVIEW = "/odoo/amazon"
CARD = ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)"
INVENTORY = "/odoo/action-stock.stock_picking_type_action"


@pytest.fixture
def orders(america):
    """A late order, one that is due soon, one of a product that nobody knows."""
    numbers = {
        "late": order_of(america, -5),
        "soon": order_of(america, 40),
        "doubtful": order_of(america, 50, traits=["CANCELLATION_REQUEST"]),
    }
    download(america, *numbers.values())
    return numbers


@pytest.fixture
def see_as(see, browser, odoo, client):
    """A function that opens a page as a new user who has one group."""
    made = []

    def open_page(group, path, selector):
        module, name = group.split(".")
        _model, group_id = client.call(
            "ir.model.data", "check_object_reference", module, name
        )
        user = client.call(
            "res.users",
            "create",
            {"name": name, "login": name, "password": name, "group_ids": [group_id]},
        )
        made.append(user)
        browser.log_in(OdooClient(odoo.url, odoo.database, name, name))
        browser.open(odoo.url + path)
        found = f"document.querySelector({json.dumps(selector)}) !== null"
        browser.wait_for(found, f"{selector} on {path}")
        return browser.evaluate("document.body.innerText")

    yield open_page
    client.call("res.users", "write", made, {"active": False})


def card_of(browser, shop):
    """Return the text of the store's card."""
    (store,) = shop.client.call(
        "amazon.connection", "read", [shop.connection_id], ["display_name"]
    )
    name = json.dumps(store["display_name"])
    return browser.evaluate(
        f"[...document.querySelectorAll({json.dumps(CARD)})]"
        f".find(e => e.innerText.includes({name})).innerText"
    )


def number_of(browser, button):
    """Return the number on the first card that has this button."""
    return int(
        browser.evaluate(
            f"document.querySelector('{CARD} a[name={button}]')"
            ".innerText.match(/\\d+/)[0]"
        )
    )


def test_all_well_is_seen_at_once(see, browser, america, orders):
    for size, name in ((WIDE, "overview"), (NARROW, "overview_narrow")):
        text = see(OVERVIEW, CARD, size)
        assert "Urgent" in text
        assert "ship-by time is over" in text
        card = card_of(browser, america)
        for shown in ("Late", "Today", "Stopped", "Held", "Not linked", "Last run"):
            assert shown in card
        # Nothing of it is cut off.
        assert browser.evaluate(
            "document.documentElement.scrollWidth <= window.innerWidth"
        )
        browser.wait_for(
            "document.querySelector('.o_loading_indicator') === null", "all of it"
        )
        keep(browser, name)


def test_each_number_opens_its_list(see, browser, orders):
    see(OVERVIEW, CARD)
    late = number_of(browser, "action_open_late_orders")
    assert late
    browser.press(f"{CARD} a[name=action_open_late_orders]")
    browser.wait_for(
        "document.querySelector('.o_list_view .o_data_row') !== null", "the late orders"
    )
    assert orders["late"] in browser.evaluate("document.body.innerText")


def test_an_order_is_found_by_its_number(see, browser, orders):
    see(OVERVIEW, CARD)
    browser.fill(".o_amazon_find_order input", orders["soon"])
    browser.press(".o_amazon_find_order button")
    browser.wait_for(
        "document.querySelector('.o_form_view h1')?.innerText"
        f".includes({json.dumps(orders['soon'])})",
        "the order",
    )


def test_it_follows_what_happens_without_being_loaded_again(see, browser, america):
    see(OVERVIEW, CARD)
    to_ship = "action_open_orders_to_ship"
    before = browser.evaluate(
        f"[...document.querySelectorAll('{CARD} a[name={to_ship}]')]"
        ".map(e => e.innerText).join()"
    )
    browser.evaluate("window.isSamePage = true")
    new = order_of(america, 30)
    download(america, new)
    browser.wait_for(
        f"[...document.querySelectorAll('{CARD} a[name={to_ship}]')]"
        f".map(e => e.innerText).join() !== {json.dumps(before)}",
        "the new order to be counted",
    )
    assert browser.evaluate("window.isSamePage === true")


@pytest.mark.parametrize(
    ("action", "view"),
    [
        ("amazon_order_sales_action", ".o_graph_view canvas"),
        ("amazon_order_late_action", ".o_graph_view canvas"),
        ("amazon_listing_sold_out_action", ".o_graph_view"),
    ],
)
def test_charts_are_drawn(see, orders, action, view):
    see(f"/odoo/action-amazon_connector.{action}", view)


@pytest.mark.parametrize("name", ["order", "shipment"])
def test_orders_and_shipments_are_cards_on_a_narrow_screen(see, orders, name):
    see(
        f"/odoo/action-amazon_connector.amazon_{name}_action",
        ".o_kanban_view",
        NARROW,
    )


def test_who_only_uses_amazon_sees_it_and_its_lists(see_as, browser, orders):
    group = "amazon_connector.amazon_connector_group_user"
    text = see_as(group, OVERVIEW, CARD)
    assert "ship-by time is over" in text
    browser.press(f"{CARD} a[name=action_open_late_orders]")
    browser.wait_for(
        "document.querySelector('.o_list_view .o_data_row') !== null", "the late orders"
    )
    assert orders["late"] in browser.evaluate("document.body.innerText")


def test_who_only_works_in_the_warehouse_sees_what_amazon_awaits(
    see_as, browser, orders
):
    text = see_as("stock.group_stock_user", INVENTORY, ".o_amazon_to_ship")
    assert "late" in text
    browser.press(".o_amazon_to_ship a[name=action_open_amazon_late]")
    browser.wait_for(
        "document.querySelector('.o_list_view .o_data_row') !== null", "the deliveries"
    )
    assert orders["late"] in browser.evaluate("document.body.innerText")
