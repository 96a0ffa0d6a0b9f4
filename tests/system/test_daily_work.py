"""The day of who ships Amazon's orders, in a browser, on a wide and a narrow screen."""

import json

from screens import (
    DELIVERIES,
    NARROW,
    ORDERS,
    WIDE,
    download,
    keep,
    order_of,
    row_of,
    unknown_product,
)
from shop import AGE


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


def test_what_is_to_be_done_is_planned_on_an_order(see, client, america):
    order_id = order_of(america, 30)
    download(america, order_id)
    row = row_of(client, order_id)
    client.call(
        "amazon.order",
        "activity_schedule",
        [row["id"]],
        "mail.mail_activity_data_todo",
        summary="Ask the supplier",
    )
    text = see(f"{ORDERS}?view_type=activity", ".o_activity_view .o_activity_record")
    assert order_id in text
    text = see(f"{ORDERS}/{row['id']}", ".o-mail-Chatter .o-mail-Activity")
    assert "Ask the supplier" in text


def test_a_held_order_is_linked_and_imported_in_one_step(see, browser, client, america):
    sku = america.amazon.products()[0]["sku"]
    with unknown_product(client, sku) as product:
        order_id = order_of(america, 40, lines=[{"sku": sku, "quantity": 1}])
        download(america, order_id)
        row = row_of(client, order_id)
        assert row["state"] == "held"
        form = f"{ORDERS}/{row['id']}"
        text = see(form, ".o_form_view [name=line_ids]", NARROW)
        assert order_id in text
        assert "Held" in text
        keep(browser, "held_narrow")
        see(form, ".o_form_view [name=action_link_and_import]")
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
