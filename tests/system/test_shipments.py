"""Shipments that Amazon cannot be told of yet, mended where a person meets them.

The warehouse's part is done by somebody with the rights *Inventory / User* alone.
"""

import json

import pytest
from host.rpc import OdooClient, OdooError
from screens import DELIVERIES, NARROW, WIDE, delivery_of, keep, row_of, validate
from shop import wait_until

WARNING = ".o_form_view [name=amazon_shipping_warning]"
SALES = "/odoo/sales"
ACTIVITY = ".o-mail-Activity"
CODES = ".modal td[name=transparency_codes]"
SHIPMENTS = ".o_form_view [name=amazon_shipment_ids]"
MAPPING = [
    f".modal [name={name}] input"
    for name in ("delivery_carrier_id", "carrier_code", "carrier_name", "ship_method")
]
ALL_THAT_IS_SHOWN = """[document.body.innerText,
    ...[...document.querySelectorAll("input, textarea")].map(e => e.value)].join(" ")"""
IS_ON_SCREEN = """(box => box.left >= 0 && box.right <= innerWidth && box.width > 100
    && box.top >= 0 && box.bottom <= innerHeight)(
    document.querySelector(%s).getBoundingClientRect())"""


@pytest.fixture
def packer(client, odoo):
    """The session of somebody who may use the inventory, and nothing else."""
    login = "shipments-packer"
    if not client.call("res.users", "search_count", [("login", "=", login)]):
        _model, group = client.call(
            "ir.model.data", "check_object_reference", "stock", "group_stock_user"
        )
        client.call(
            "res.users",
            "create",
            [
                {
                    "name": "Paula Packer",
                    "login": login,
                    "password": login,
                    "group_ids": [(6, 0, [group])],
                }
            ],
        )
    session = OdooClient(odoo.url, odoo.database, login, login)
    for group in (
        "stock.group_stock_manager",
        "sales_team.group_sale_salesman",
        "amazon_connector.amazon_connector_group_user",
    ):
        assert not session.call("res.users", "has_group", [session.uid], group), group
    return session


def take(browser, name):
    """Take a picture that no notification hides a part of."""
    browser.wait_for(
        "document.querySelector('.o_notification') === null",
        "the end of the notification",
    )
    keep(browser, name)


def test_who_packs_ships_an_amazon_order_and_sees_no_more_than_that_takes(
    see, browser, client, packer, america, make_method
):
    picking, order_id = delivery_of(
        client,
        america,
        # Before those of other tests, which may fill the first page.
        due_in=3,
        carrier_id=make_method("UPS Express"),
        carrier_tracking_ref="1Z999AA10123456787",
    )
    browser.log_in(packer)
    see(DELIVERIES, ".o_list_view .o_data_row")
    browser.click(".o_list_view .o_data_row td", order_id)
    validate_button = ".o_form_view button[name=button_validate]"
    browser.wait_for(
        f"document.querySelector('{validate_button}') !== null", "the delivery"
    )
    shown = browser.evaluate(ALL_THAT_IS_SHOWN)
    document = america.amazon.order(order_id)
    address = document["recipient"]["deliveryAddress"]
    assert address["name"] in shown
    for private in (document["buyer"]["buyerEmail"], address["phone"]):
        assert private
        assert private not in shown
    browser.press(validate_button)
    browser.wait_for(
        f"document.querySelector('{validate_button}') === null",
        "the validated delivery",
    )
    america.wait_for_shipment(order_id, "done")
    for model in ("amazon.order", "amazon.order.line", "amazon.connection"):
        with pytest.raises(OdooError, match="not allowed to access"):
            packer.call(model, "search_read", [], ["id"])
    (shipment,) = packer.call(
        "amazon.shipment", "search_read", [("picking_id", "=", picking)], []
    )
    for private in (
        document["buyer"]["buyerName"],
        document["buyer"]["buyerEmail"],
        address["addressLine1"],
        address["phone"],
    ):
        assert private not in str(shipment)


def test_a_blocked_shipment_is_mended_on_the_delivery(
    see, browser, client, packer, america, make_method
):
    method = make_method("UPS Saver")
    picking, order_id = delivery_of(client, america, carrier_id=False)
    validate(packer, picking)
    america.wait_for_shipment(order_id, "blocked")
    browser.log_in(packer)
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
    america.wait_for_shipment(order_id, "done")


def test_a_carrier_is_mapped_from_the_delivery(
    see, browser, client, packer, america, make_method
):
    method = make_method("Velo Courier")
    picking, order_id = delivery_of(
        client, america, carrier_id=method, carrier_tracking_ref="V-100"
    )
    browser.log_in(packer)
    for size in (NARROW, WIDE):
        text = see(f"{DELIVERIES}/{picking}", WARNING, size)
        assert "Velo Courier" in text
        assert "Map Carrier" in text
    browser.click("button", "Map Carrier")
    browser.fill(".modal [name=carrier_code] input", "Other")
    browser.fill(".modal [name=carrier_name] input", "Velo Courier")
    take(browser, "carrier_mapped")
    browser.resize(*NARROW)
    # Nothing covers what is entered next, and nothing is beside the screen.
    browser.wait_for(
        "document.querySelector('.modal .o-autocomplete--dropdown-item') === null",
        "the end of the proposals",
    )
    for element in (*MAPPING, ".modal .o_form_button_save"):
        assert browser.evaluate(IS_ON_SCREEN % json.dumps(element)), element
    take(browser, "carrier_mapped_narrow")
    browser.press(".modal .o_form_button_save")
    browser.wait_for(
        f"document.querySelector('{WARNING}') === null", "the end of the warning"
    )
    validate(packer, picking)
    america.wait_for_shipment(order_id, "done")


def test_codes_of_the_units_are_entered_from_the_delivery(
    see, browser, client, packer, america, make_method
):
    method = make_method("UPS Worldwide")
    sku = america.amazon.products()[0]["sku"]
    traits = ["TRANSPARENCY", "SHIPPING_CONSTRAINTS"]
    picking, order_id = delivery_of(
        client,
        america,
        {"traits": traits, "lines": [{"sku": sku, "quantity": 1}]},
        carrier_id=method,
        carrier_tracking_ref="1Z999AA10123456786",
    )
    browser.log_in(packer)
    text = see(f"{DELIVERIES}/{picking}", WARNING)
    assert "Transparency codes missing: 1 x" in text
    assert "Recipient must sign" in text
    validate(packer, picking)
    america.wait_for_shipment(order_id, "blocked")
    for size, name in ((NARROW, "shipment_codes_narrow"), (WIDE, "shipment_codes")):
        see(f"{DELIVERIES}/{picking}", f"{SHIPMENTS} .o_data_row", size)
        browser.press(f"{SHIPMENTS} button[name=action_open_items]")
        browser.press(CODES)
        browser.fill(f"{CODES} input", "AZ:EXAMPLE1")
        take(browser, name)
    browser.press(".modal .o_form_button_save")
    america.wait_for_shipment(order_id, "done")
    (told,) = america.confirmations(order_id)
    (item,) = told["body"]["packageDetail"]["orderItems"]
    assert item["transparencyCodes"] == ["AZ:EXAMPLE1"]


def test_a_refused_shipment_is_mended_from_its_activity(
    see, browser, client, packer, america, amazon, make_method
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
    validate(packer, picking)
    america.wait_for_shipment(order_id, "failed")
    sale = row_of(client, order_id)["sale_order_id"][0]
    for size in (NARROW, WIDE):
        text = see(f"{SALES}/{sale}", ACTIVITY, size)
        assert "The tracking number is not valid for the carrier." in text
        assert "(Amazon's code: InvalidInput)" in text
        assert "correct it on the shipment" in text
    take(browser, "shipment_refused")
    # Who is responsible leads to the delivery; who ships mends it there.
    browser.press("button[name=action_view_delivery]")
    browser.wait_for(f"document.querySelector('{SHIPMENTS}') !== null", SHIPMENTS)
    browser.log_in(packer)
    text = see(f"{DELIVERIES}/{picking}", WARNING)
    assert "The tracking number is not valid for the carrier." in text
    browser.press(f"{SHIPMENTS} td[name=tracking_ref]")
    browser.fill(f"{SHIPMENTS} td[name=tracking_ref] input", "1Z999AA10123456785")
    browser.press(".o_form_button_save")
    america.wait_for_shipment(order_id, "done")
    browser.log_in(client)
    see(f"{SALES}/{sale}", ".o-mail-Chatter")
    wait_until(
        lambda: browser.evaluate(f"document.querySelector('{ACTIVITY}') === null"),
        "the end of the activity",
    )
