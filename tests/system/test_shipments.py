"""Shipments that Amazon cannot be told of yet, mended where a person meets them."""

import json

import pytest
from screens import DELIVERIES, NARROW, WIDE, download, keep, order_of, row_of
from shop import wait_until

WARNING = ".o_form_view [name=amazon_shipping_warning]"
SALES = "/odoo/sales"
ACTIVITY = ".o-mail-Activity"
SHIPMENTS = ".o_form_view [name=amazon_shipment_ids]"


@pytest.fixture
def make_method(client):
    """A function that makes a delivery method of some name; returns its id."""
    made = []

    def make(name):
        (product,) = client.call(
            "product.product", "search", [("type", "=", "service")], limit=1
        )
        (method,) = client.call(
            "delivery.carrier", "create", [{"name": name, "product_id": product}]
        )
        made.append(method)
        return method

    yield make
    client.call("delivery.carrier", "write", made, {"active": False})


def delivery_of(client, shop, **values):
    """Return the open delivery of a new order, and the order's number."""
    order_id = order_of(shop, 20)
    download(shop, order_id)
    (picking,) = client.call(
        "stock.picking", "search", [("amazon_order_ref", "=", order_id)]
    )
    client.call("stock.picking", "write", [picking], values)
    return picking, order_id


def validate(client, picking):
    moves = client.call("stock.move", "search", [("picking_id", "=", picking)])
    client.call("stock.move", "write", moves, {"picked": True})
    context = {"skip_sms": True, "skip_backorder": True}
    client.call("stock.picking", "button_validate", [picking], context=context)


def take(browser, name):
    """Take a picture that no notification hides a part of."""
    browser.wait_for(
        "document.querySelector('.o_notification') === null",
        "the end of the notification",
    )
    keep(browser, name)


def test_a_blocked_shipment_is_mended_on_the_delivery(
    see, browser, client, america, make_method
):
    method = make_method("UPS Saver")
    picking, order_id = delivery_of(client, america, carrier_id=False)
    validate(client, picking)
    wait_until(lambda: america.shipment_state(order_id) == "blocked", "the shipment")
    for size, name in (
        (NARROW, "shipment_blocked_narrow"),
        (WIDE, "shipment_blocked"),
    ):
        text = see(f"{DELIVERIES}/{picking}", WARNING, size)
        assert "no carrier" in text
        assert "Blocked" in text
        if size == NARROW:
            place = f"document.querySelector({json.dumps(SHIPMENTS)})"
            browser.evaluate(f"{place}.scrollIntoView({{block: 'center'}})")
        take(browser, name)
    browser.press(f"{SHIPMENTS} td[name=carrier_id]")
    browser.fill(f"{SHIPMENTS} td[name=carrier_id] input", "UPS Saver")
    browser.click(".o-autocomplete--dropdown-item", "UPS Saver")
    browser.fill(f"{SHIPMENTS} td[name=tracking_ref] input", "1Z999AA10123456784")
    browser.press(".o_form_button_save")
    browser.wait_for(
        f"document.querySelector('{WARNING}') === null", "the end of the warning"
    )
    (row,) = client.call(
        "amazon.shipment",
        "search_read",
        [("picking_id", "=", picking)],
        ["carrier_id", "tracking_ref"],
    )
    assert row["carrier_id"][0] == method
    assert row["tracking_ref"] == "1Z999AA10123456784"
    wait_until(lambda: america.shipment_state(order_id) == "done", "the confirmation")


def test_a_carrier_is_mapped_from_the_delivery(
    see, browser, client, america, make_method
):
    method = make_method("Velo Courier")
    picking, order_id = delivery_of(
        client, america, carrier_id=method, carrier_tracking_ref="V-100"
    )
    for size in (NARROW, WIDE):
        text = see(f"{DELIVERIES}/{picking}", WARNING, size)
        assert "Velo Courier" in text
        assert "Map Carrier" in text
    browser.click("button", "Map Carrier")
    browser.fill(".modal [name=carrier_code] input", "Other")
    browser.fill(".modal [name=carrier_name] input", "Velo Courier")
    take(browser, "carrier_mapped")
    browser.resize(*NARROW)
    take(browser, "carrier_mapped_narrow")
    browser.press(".modal .o_form_button_save")
    browser.wait_for(
        f"document.querySelector('{WARNING}') === null", "the end of the warning"
    )
    validate(client, picking)
    wait_until(lambda: america.shipment_state(order_id) == "done", "the confirmation")


def test_a_refused_shipment_is_mended_from_its_activity(
    see, browser, client, america, amazon, make_method
):
    method = make_method("UPS Standard")
    picking, order_id = delivery_of(
        client, america, carrier_id=method, carrier_tracking_ref="1Z-MISREAD"
    )
    amazon.add_fault(
        "error",
        operation="confirmShipment",
        order_id=order_id,
        times=1,
        status=400,
        code="InvalidInput",
        message="The tracking number is not valid for the carrier.",
    )
    validate(client, picking)
    wait_until(lambda: america.shipment_state(order_id) == "failed", "the refusal")
    sale = row_of(client, order_id)["sale_order_id"][0]
    for size in (NARROW, WIDE):
        text = see(f"{SALES}/{sale}", ACTIVITY, size)
        assert "The tracking number is not valid for the carrier." in text
        assert "(Amazon's code: InvalidInput)" in text
        assert "correct it on the shipment" in text
    take(browser, "shipment_refused")
    browser.press("button[name=action_view_delivery]")
    browser.press(f"{SHIPMENTS} td[name=tracking_ref]")
    browser.fill(f"{SHIPMENTS} td[name=tracking_ref] input", "1Z999AA10123456785")
    browser.press(".o_form_button_save")
    wait_until(lambda: america.shipment_state(order_id) == "done", "the confirmation")
    see(f"{SALES}/{sale}", ".o-mail-Chatter")
    wait_until(
        lambda: browser.evaluate(f"document.querySelector('{ACTIVITY}') === null"),
        "the end of the activity",
    )
