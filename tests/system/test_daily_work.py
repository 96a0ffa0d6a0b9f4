"""The day of who ships Amazon's orders, in a browser, on a wide and a narrow screen.

With PICTURES=1, the pictures of docs/ are taken anew.
"""

import json
import os
from datetime import datetime, timedelta, timezone

import pytest
from host.paths import REPOSITORY
from shop import AGE

DELIVERIES = "/odoo/action-amazon_connector.stock_picking_action_amazon"
ORDERS = "/odoo/action-amazon_connector.amazon_order_action"
WIDE, NARROW = (1400, 900), (480, 900)
AMERICA = "ATVPDKIKX0DER"


@pytest.fixture
def see(browser, odoo, client):
    """A function that opens a page in a window of some size, and waits for it."""
    browser.log_in(client)

    def open_page(path, selector, size=WIDE):
        browser.resize(*size)
        browser.open(odoo.url + path)
        found = f"document.querySelector({json.dumps(selector)}) !== null"
        browser.wait_for(found, f"{selector} on {path}")
        return browser.evaluate("document.body.innerText")

    return open_page


def keep(browser, name):
    """Take a picture; with PICTURES it becomes that of the documentation."""
    picture = browser.picture()
    if os.environ.get("PICTURES"):
        (REPOSITORY / "docs" / f"{name}.png").write_bytes(picture)


def order_of(shop, due_in, **wishes):
    """Have a customer order what is to be shipped in so many hours, late below 0."""
    due = datetime.now(timezone.utc) + timedelta(hours=due_in)
    window = {"latestDateTime": due.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (order_id,) = shop.new_orders(
        marketplace_id=AMERICA,
        document={"fulfillment": {"shipByWindow": window}},
        **wishes,
    )
    return order_id


def download(shop, *order_ids):
    """Download what changed; these orders are there then, whatever became of them."""
    run = shop.run("action_download_orders")
    rows = shop.database(
        "SELECT amazon_order_id FROM amazon_order WHERE amazon_order_id = ANY(%s)",
        list(order_ids),
    )
    assert {order_id for (order_id,) in rows} == set(order_ids), vars(run)


def row_of(client, order_id):
    """Return what Odoo says of an Amazon order."""
    (row,) = client.call(
        "amazon.order",
        "search_read",
        [("amazon_order_id", "=", order_id)],
        ["state", "sale_order_id"],
    )
    return row


def test_todays_work_of_the_warehouse(see, browser, client, america):
    late = order_of(america, -5, programs=["PRIME"], traits=["GIFT"])
    # Due before those of other tests, which may fill the first page.
    business = order_of(america, 4, traits=["BUSINESS"])
    doubtful = order_of(america, 5, traits=["CANCELLATION_REQUEST"])
    download(america, late, business, doubtful)
    text = see(DELIVERIES, ".o_list_view .o_data_row")
    for shown in (late, business, doubtful, "Prime, Gift", "Business"):
        assert shown in text
    assert text.index(late) < text.index(business) < text.index(doubtful)
    assert "AMAZON_BUSINESS" not in text
    keep(browser, "deliveries")
    text = see(DELIVERIES, ".o_kanban_view .o_kanban_record", NARROW)
    assert late in text
    assert "Prime, Gift" in text
    keep(browser, "deliveries_narrow")
    text = see(ORDERS, ".o_list_view .o_data_row")
    for shown in (late, business, doubtful, "Prime, Gift"):
        assert shown in text
    keep(browser, "orders")
    text = see(ORDERS, ".o_list_view .o_data_row, .o_kanban_record", NARROW)
    assert late in text
    keep(browser, "orders_narrow")
    (picking,) = client.call(
        "stock.picking", "search", [("amazon_order_ref", "=", late)]
    )
    for size, name in ((WIDE, "delivery"), (NARROW, "delivery_narrow")):
        text = see(f"{DELIVERIES}/{picking}", ".o_form_view [name=amazon_marks]", size)
        assert "Gift" in text
        assert "message:" in text
        keep(browser, name)


def test_a_held_order_is_linked_and_imported_in_one_step(see, browser, client, america):
    sku = america.amazon.products()[0]["sku"]
    (product,) = client.call(
        "product.product", "search_read", [("default_code", "=", sku)], ["name"]
    )
    # Known by neither, whatever another test downloaded.
    listings = client.call(
        "amazon.listing",
        "search",
        [("sku", "=", sku), ("product_id", "=", product["id"])],
    )
    client.call("amazon.listing", "write", listings, {"product_id": False})
    client.call("product.product", "write", [product["id"]], {"default_code": False})
    try:
        order_id = order_of(america, 40, lines=[{"sku": sku, "quantity": 1}])
        download(america, order_id)
        row = row_of(client, order_id)
        assert row["state"] == "held"
        see(f"{ORDERS}/{row['id']}", ".o_form_view [name=action_link_and_import]")
        keep(browser, "held")
        browser.click("button", "Link and import")
        cell = ".modal .o_data_row [name=product_id]"
        browser.wait_for(
            f"document.querySelector({json.dumps(cell)}) !== null", "the unknown item"
        )
        keep(browser, "held_link")
        browser.evaluate(f"document.querySelector({json.dumps(cell)}).click()")
        box = f"{cell} input"
        browser.wait_for(
            f"document.querySelector({json.dumps(box)}) !== null", "the product's box"
        )
        # Not filled: a change would end the search for the product.
        browser.evaluate(f"document.querySelector({json.dumps(box)}).focus()")
        browser.command("Input.insertText", text=product["name"])
        browser.click(".o-autocomplete--dropdown-item a", product["name"])
        browser.wait_for(
            f"document.querySelector({json.dumps(box)}).value.includes("
            f"{json.dumps(product['name'])}) && "
            "document.querySelector('.o-autocomplete--dropdown-menu') === null",
            "the chosen product",
        )
        browser.click(".modal-footer button", "Link and import")
        browser.wait_for(
            "document.querySelector('.modal') === null", "the end of the dialog"
        )
        row = row_of(client, order_id)
        assert row["state"] == "imported"
        assert row["sale_order_id"]
        browser.wait_for(
            "document.querySelector('[name=action_open_sale_order]') !== null",
            "the order with its sale order",
        )
        keep(browser, "held_imported")
    finally:
        client.call("product.product", "write", [product["id"]], {"default_code": sku})
        client.call("amazon.listing", "write", listings, {"product_id": product["id"]})


def test_a_cancelled_order_is_stopped_at_the_packing_table(
    see, browser, client, america
):
    order_id = order_of(america, 20)
    download(america, order_id)
    (picking,) = client.call(
        "stock.picking", "search", [("amazon_order_ref", "=", order_id)]
    )
    # Somebody has it in hands.
    moves = client.call("stock.move", "search", [("picking_id", "=", picking)])
    client.call("stock.move", "write", moves, {"picked": True})
    america.amazon.change_order(order_id, status="CANCELLED", age_seconds=AGE)
    download(america)
    assert row_of(client, order_id)["state"] == "cancelled"
    for size, name in ((NARROW, "stopped_narrow"), (WIDE, "stopped")):
        text = see(
            f"{DELIVERIES}/{picking}", ".o_form_view [name=amazon_stop_reason]", size
        )
        assert f"Amazon cancelled order {order_id}" in text
        keep(browser, name)
    browser.click("button", "Confirm Change")
    browser.wait_for(
        "document.querySelector('[name=amazon_stop_reason]') === null",
        "the end of the banner",
    )
    (row,) = client.call("stock.picking", "read", [picking], ["state"])
    assert row["state"] == "cancel"
