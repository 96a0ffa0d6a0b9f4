"""What a person sees: the login page, the connection form, and pictures of more.

With the environment variable PICTURES=1, the pictures of the documentation are taken
anew, each in its place.
"""

import json
import os

import pytest
from host.paths import ADDON, REPOSITORY

ACTION = "/odoo/action-amazon_connector.amazon_connection_action"
HISTORY = "/odoo/action-amazon_connector.amazon_history_action"
TABS = ".o_notebook .nav-link"
PNG = b"\x89PNG\r\n\x1a\n"
SIZE = (1400, 900)
PICTURES = (REPOSITORY / "docs", REPOSITORY / ADDON / "static" / "description")


@pytest.fixture
def see(browser, odoo):
    """A function that opens a page of Odoo and waits for an element of it."""

    def open_page(path, selector):
        browser.open(odoo.url + path)
        found = f"document.querySelector({json.dumps(selector)}) !== null"
        browser.wait_for(found, f"{selector} on {path}")

    return open_page


def size(picture):
    """Width and height of a PNG."""
    assert picture.startswith(PNG)
    return tuple(int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))


def keep(browser, name):
    """Take a picture; put it in place of the one that the documentation shows."""
    picture = browser.picture()
    assert size(picture) == SIZE
    if os.environ.get("PICTURES"):
        for folder in PICTURES:
            if (folder / f"{name}.png").exists():
                (folder / f"{name}.png").write_bytes(picture)


def test_a_stranger_is_asked_to_log_in(see, browser):
    see("/odoo", "input[name=login]")
    assert "/web/login" in browser.evaluate("location.href")
    assert browser.evaluate("document.querySelector('input[name=password]').type") == (
        "password"
    )


def test_the_connection_form_shows_general_and_configuration(
    see, browser, client, america
):
    browser.log_in(client)
    see(f"{ACTION}/{america.connection_id}", TABS)
    tabs = browser.texts(TABS)
    assert tabs[:4] == ["General", "Configuration", "Storefronts", "Credentials"]
    assert browser.texts(f"{TABS}.active") == ["General"]
    keep(browser, "connection")
    shown = (
        "document.querySelector('.o_notebook .tab-pane.active, .o_notebook_content')"
    )
    assert "Northwind Trading" in browser.evaluate(
        "document.querySelector('.o_form_view').innerText"
    )
    browser.click(TABS, "Configuration")
    browser.wait_for(
        f"{shown}.querySelector('[name=orders_synced_until]') !== null",
        "the page Configuration",
    )
    text = browser.evaluate(f"{shown}.innerText")
    assert "Download Orders" in text
    assert "Send Shipment Info to Store" in text
    keep(browser, "configuration")


def test_no_secret_is_in_the_page(see, browser, client, america):
    browser.log_in(client)
    see(f"{ACTION}/{america.connection_id}", TABS)
    browser.click(TABS, "Credentials")
    shown = "document.querySelector('[name=refresh_token] input') !== null"
    browser.wait_for(shown, "the page Credentials")
    for name in ("refresh_token", "lwa_client_secret"):
        box = f"document.querySelector('[name={name}] input')"
        assert browser.evaluate(f"{box}.type") == "password"
        assert browser.evaluate(f"{box}.value") == ""
    page = browser.evaluate("document.documentElement.outerHTML")
    assert "Atzr|" not in page.replace("Atzr|…", "")
    assert "simulator-client-secret" not in page


def test_the_sale_order_and_the_history_are_shown(
    see, browser, client, america, amazon
):
    lines = [
        {"sku": product["sku"], "quantity": number}
        for number, product in enumerate(amazon.products()[:3], start=1)
    ]
    order_id = america.sold(marketplace_id="ATVPDKIKX0DER", lines=lines)
    browser.log_in(client)
    (sale,) = client.call(
        "sale.order", "search_read", [("amazon_order_ref", "=", order_id)], ["name"]
    )
    see(f"/odoo/sales/{sale['id']}", ".o_form_view .o_data_row")
    assert sale["name"] in browser.evaluate("document.body.innerText")
    keep(browser, "order")
    see(HISTORY, ".o_list_view .o_data_row")
    assert "Download orders" in browser.evaluate(
        "document.querySelector('.o_list_view').innerText"
    )
    keep(browser, "history")


def test_listings_and_the_products_tab_are_shown(see, browser, client, america):
    america.run("action_download_products")
    browser.log_in(client)
    see(
        "/odoo/action-amazon_connector.amazon_listing_action",
        ".o_list_view .o_data_row",
    )
    assert "SIM" in browser.evaluate("document.querySelector('.o_list_view').innerText")
    keep(browser, "listings")
    (listing,) = client.call(
        "amazon.listing",
        "search_read",
        [
            ("connection_id", "=", america.connection_id),
            ("channel", "=", "merchant"),
            ("product_id", "!=", False),
            ("state", "=", "active"),
        ],
        ["product_id", "sku"],
        limit=1,
        order="id",
    )
    see(
        f"/odoo/action-amazon_connector.amazon_listing_action/{listing['id']}",
        ".o_form_view [name=quantity_explanation]",
    )
    text = browser.evaluate("document.querySelector('.o_form_view').innerText")
    assert listing["sku"] in text
    assert "on hand in" in text
    keep(browser, "listing")
    see(
        f"/odoo/product.product/{listing['product_id'][0]}",
        ".o_notebook .nav-link[name=amazon_listings]",
    )
    assert browser.texts(TABS).count("Product Listings") == 1
    browser.click(TABS, "Product Listings")
    browser.wait_for(
        "document.querySelector('[name=amazon_sku_ids] .o_data_row') !== null",
        "the listings of the product",
    )
    keep(browser, "product")
