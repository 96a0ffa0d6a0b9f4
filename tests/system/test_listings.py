"""Listings in a browser: linked as suggested, shown on their product, and their health.

On a wide and on a narrow screen.
"""

import base64
import json

import pytest
import requests
from screens import NARROW, WIDE, keep, strange_listings
from shop import wait_until

LISTINGS = "/odoo/action-amazon_connector.amazon_listing_action"
LISTING = "amazon.listing"
PRODUCT = "product.product"
SUGGESTED = ".o_data_row [name=suggested_product_id]"


@pytest.fixture
def shop(america):
    """The store with its listings in Odoo, each linked to the product of its SKU."""
    america.run("action_download_products")
    return america


@pytest.fixture
def strangers(shop):
    """Three listings whose products are spelled another way, so that none is linked."""
    with strange_listings(shop) as rows:
        yield rows


def filter_by(browser, name):
    """Choose a filter of the list."""
    browser.press(".o_searchview_dropdown_toggler")
    browser.click(".o_filter_menu .o-dropdown-item", name)
    browser.wait_for(
        "[...document.querySelectorAll('.o_facet_value')].some("
        f"value => value.textContent.trim() === {json.dumps(name)})",
        f"the filter {name}",
    )
    browser.press(".o_searchview_dropdown_toggler")


def give_pictures(client, rows):
    """Have the products of listings show Amazon's pictures."""
    for row in rows:
        if row["image_url"] and row["product_id"]:
            picture = requests.get(row["image_url"], timeout=30).content
            image = {"image_1920": base64.b64encode(picture).decode()}
            client.call(PRODUCT, "write", [row["product_id"][0]], image)


def test_three_listings_are_linked_at_once_as_suggested(
    see, browser, client, shop, strangers
):
    see(LISTINGS, ".o_list_view .o_data_row")
    filter_by(browser, "Not linked")
    browser.wait_for(
        f"document.querySelectorAll({json.dumps(SUGGESTED)}).length > 0",
        "the suggestions",
    )
    text = browser.evaluate("document.querySelector('.o_list_view').innerText")
    for row in strangers:
        assert row["sku"] in text
    assert "but for capitals or punctuation" in text
    keep(browser, "listings_not_linked")
    for row in strangers:
        tick = (
            "[...document.querySelectorAll('.o_data_row')].find(row => "
            f"row.textContent.includes({json.dumps(row['sku'])}))"
        )
        browser.wait_for(
            f"(e => e && (e.querySelector('.o_list_record_selector input').click(), "
            f"true))({tick})",
            f"{row['sku']} ticked",
        )
    browser.wait_for(
        "document.querySelectorAll('.o_data_row_selected').length === "
        f"{len(strangers)}",
        "three ticked rows",
    )
    keep(browser, "listings_ticked")
    browser.click("button", "Link as Suggested")
    browser.wait_for(
        "document.querySelector('.o_notification') !== null && "
        "getComputedStyle(document.querySelector('.o_notification')).opacity === '1'",
        "what became of them",
    )
    keep(browser, "listings_linked")
    rows = client.call(
        LISTING, "read", [row["id"] for row in strangers], ["product_id"]
    )
    linked = {row["id"]: row["product_id"][0] for row in rows}
    assert linked == {row["id"]: row["product_id"][0] for row in strangers}


def test_what_is_not_linked_on_a_narrow_screen(see, browser, client, shop, strangers):
    see(LISTINGS, ".o_kanban_view .o_kanban_record", NARROW)
    link = ".o_kanban_record [name=action_link_suggested]"
    browser.press(".o_control_panel .fa-search")
    browser.press(".o_searchview_dropdown_toggler")
    browser.click(".o_filter_menu .o-dropdown-item", "Not linked")
    browser.wait_for(
        f"document.querySelector({json.dumps(link)}) !== null",
        "the suggestions",
    )
    browser.press(".o_searchview_dropdown_toggler")
    browser.wait_for(
        "document.querySelector('.o_filter_menu') === null", "the end of the menu"
    )
    browser.evaluate(
        f"document.querySelector({json.dumps(link)}).scrollIntoView("
        "{block: 'center', behavior: 'instant'})"
    )
    keep(browser, "listings_not_linked_narrow")
    browser.press(link)

    def linked():
        rows = client.call(
            LISTING, "read", [row["id"] for row in strangers], ["product_id"]
        )
        return sum(bool(row["product_id"]) for row in rows) == 1

    wait_until(linked, "the link")


def test_the_health_of_the_listings(see, browser, client, shop):
    rows = client.call(
        LISTING,
        "search_read",
        [("connection_id", "=", shop.connection_id), ("issue_severity", "!=", False)],
        ["sku", "state", "issue_text"],
        order="sku",
        limit=80,
    )
    suppressed = [row for row in rows if row["state"] == "suppressed"]
    assert suppressed, rows
    see(LISTINGS, ".o_list_view .o_data_row")
    filter_by(browser, "With an issue on Amazon")
    browser.wait_for(
        "[...document.querySelectorAll('.o_list_view .o_data_row')].every("
        "row => row.querySelector('[name=issue_severity]').textContent.trim())",
        "listings with issues alone",
    )
    text = browser.evaluate("document.querySelector('.o_list_view').innerText")
    assert "Suppressed" in text
    keep(browser, "listings_health")
    row = suppressed[0]
    for size, name in ((WIDE, "suppressed"), (NARROW, "suppressed_narrow")):
        text = see(f"{LISTINGS}/{row['id']}", ".o_form_view [name=issue_text]", size)
        assert "Amazon keeps this listing from buyers" in text
        assert row["issue_text"].splitlines()[0] in text
        keep(browser, f"listings_{name}")


def test_the_cards_show_pictures(see, browser, shop):
    rows = shop.client.call(
        LISTING,
        "search_read",
        [("connection_id", "=", shop.connection_id), ("product_id", "!=", False)],
        ["product_id", "image_url"],
        order="sku, storefront_id, id",
        limit=24,
    )
    give_pictures(shop.client, rows)
    see(LISTINGS, ".o_list_view .o_data_row")
    filter_by(browser, "Linked")
    browser.press(".o_switch_view.o_kanban")
    browser.wait_for(
        "[...document.querySelectorAll('.o_kanban_record img')].some("
        "image => image.complete && image.src.includes('product_image'))",
        "the pictures",
    )
    keep(browser, "listings_kanban")


def test_a_product_shows_each_sku_once_with_its_storefronts(see, browser, shop):
    (row, *_others) = shop.client.call(
        LISTING,
        "search_read",
        [
            ("connection_id", "=", shop.connection_id),
            ("product_id", "!=", False),
            ("state", "=", "active"),
            ("channel", "=", "merchant"),
        ],
        ["sku", "product_id", "image_url"],
        order="sku",
        limit=3,
    )
    give_pictures(shop.client, [row])
    for size, name in ((WIDE, "product"), (NARROW, "product_narrow")):
        see(
            f"/odoo/product.product/{row['product_id'][0]}",
            ".o_notebook .nav-link[name=amazon_listings]",
            size,
        )
        browser.click(".o_notebook .nav-link", "Product Listings")
        table = "[name=amazon_sku_ids]"
        browser.wait_for(
            f"document.querySelector('{table} .o_data_row, {table} .o_kanban_record')"
            " !== null",
            "the listings of the product",
        )
        browser.wait_for(
            "document.querySelector('.o_notebook .nav-link.active').textContent"
            ".trim() === 'Product Listings'",
            "the tab",
        )
        text = browser.evaluate(f"document.querySelector('{table}').innerText")
        assert text.count(row["sku"]) == 1
        keep(browser, f"listings_{name}")
