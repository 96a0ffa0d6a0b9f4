"""Reading order documents."""

from decimal import Decimal as D

import pytest
from builders import breakdown, item, money, order
from hypothesis import given
from hypothesis import strategies as st
from spapi.errors import UnreadableError
from spapi.json_fields import find_cleaned_fields
from spapi.orders import (
    Address,
    Charge,
    Order,
    OrderItem,
    Package,
    PackageItem,
    parse_order,
)
from spapi.times import parse_time

PATH = "/orders/2026-01-01/orders"


def example(model, path):
    answer = model["paths"][path]["get"]["responses"]["200"]["examples"]
    return answer["application/json"]


@pytest.fixture
def searched(orders_model):
    return parse_order(example(orders_model, PATH)["orders"][0])


@pytest.fixture
def got(orders_model):
    return parse_order(example(orders_model, PATH + "/{orderId}")["order"])


def test_the_model_s_searched_order_is_read_completely(searched):
    assert searched.order_id == "123-4567890-1234567"
    assert searched.seller_order_id == "SELLER-ORDER-2024-001"
    assert searched.created == parse_time("2024-12-25T10:30:00Z")
    assert searched.last_updated == parse_time("2024-12-25T14:45:00Z")
    assert (searched.status, searched.fulfilled_by) == ("shipped", "merchant")
    assert (searched.service_level, searched.channel) == ("standard", "amazon")
    assert searched.marketplace_id == "ATVPDKIKX0DER"
    assert searched.programs == ("PRIME", "AMAZON_BUSINESS")
    assert searched.replaced_order_id == "123-4567890-1234566"
    assert searched.buyer.purchase_order == "PO-2024-12345"
    assert searched.buyer.email == "buyer-email@marketplace.amazon.com"
    assert searched.buyer.company == "Smith Industries LLC"
    assert searched.address.complete
    assert searched.address.line2 == "Suite 456"
    assert searched.address.district == "King County"
    assert (searched.address.state, searched.address.kind) == ("WA", "commercial")
    assert searched.delivery_instructions.startswith("Front desk reception\nEnter")
    assert searched.ship_earliest == parse_time("2024-12-26T00:00:00Z")
    assert searched.ship_by == parse_time("2024-12-27T23:59:59Z")
    assert searched.deliver_earliest == parse_time("2024-12-28T00:00:00Z")
    assert searched.deliver_by == parse_time("2024-12-30T23:59:59Z")
    assert (searched.currency, searched.grand_total) == ("USD", D("154.99"))
    assert searched.order_charges == (Charge("DELIVERY_TIP", D("5.00")),)
    assert searched.expected_total == D("154.99")
    assert not searched.importable


def test_the_model_s_searched_items_and_packages_are_read(searched):
    first, second = searched.items
    assert (first.item_id, first.quantity) == ("12345678901234", 2)
    assert (first.sku, first.asin) == ("ECHO-DOT-4-CHARCOAL", "B08N5WRWNW")
    assert first.programs == ("TRANSPARENCY", "SUBSCRIBE_AND_SAVE")
    assert first.needs_transparency_codes
    assert first.title.startswith("Echo Dot")
    assert (first.quantity_fulfilled, first.quantity_unfulfilled) == (2, 0)
    assert (first.unit_price, first.proceeds_total) == (D("49.99"), D("100.00"))
    assert first.charges == (Charge("ITEM", D("99.98")), Charge("TAX", D("0.02")))
    assert first.tax_by_kind == (Charge("ITEM", D("0.02")),)
    assert first.promotion_ids == ("PROMO-HOLIDAY-2024",)
    assert first.cancel_requested
    assert first.cancel_reason == "Changed mind about purchase"
    assert first.gift_message.startswith("Happy Holidays")
    assert (first.gift_wrap_level, first.condition) == ("PREMIUM", "new")
    assert first.customization_url == "https://amazon.com/custom/view/12345"
    assert first.scheduled_earliest == parse_time("2024-12-28T09:00:00Z")
    assert first.scheduled_latest == parse_time("2024-12-28T17:00:00Z")
    assert (second.gift_message, second.cancel_requested) == ("", False)
    (package,) = searched.packages
    assert (package.reference, package.carrier) == ("PKG-2024-001", "UPS")
    assert (package.service, package.status) == ("UPS Ground", "delivered")
    assert package.tracking == "1Z999AA1234567890"
    assert package.shipped == parse_time("2024-12-25T14:00:00Z")
    assert [(entry.item_id, entry.quantity) for entry in package.items] == [
        ("12345678901234", 2),
        ("12345678901235", 1),
    ]


def test_the_model_s_single_order_is_read(got):
    assert got.seller_order_id == "UK-MERCHANT-ORDER-2024-001"
    assert (got.currency, got.grand_total) == ("GBP", D("103.97"))
    assert (got.address.postal_code, got.address.country_code) == ("M1 2AB", "GB")
    assert (got.replaced_order_id, got.order_charges) == ("", ())
    (line,) = got.items
    assert line.ioss_number == "IM1234567890"
    assert [charge.kind for charge in line.charges] == ["ITEM", "SHIPPING", "TAX"]
    assert line.charge("SHIPPING") == D("10.00")
    assert line.tax_by_kind == (
        Charge("ITEM", D("3.00")),
        Charge("SHIPPING", D("1.00")),
    )
    assert got.packages[0].carrier == "Royal Mail"
    assert sum(charge.amount for charge in line.charges) == got.grand_total
    # Amazon gives an IOSS number: it has collected the tax.
    assert got.expected_total == D("99.97")


def test_an_order_with_nothing_but_its_number_is_read():
    found = parse_order({"orderId": "100-0000000-0000001"})
    assert (found.status, found.address, found.grand_total) == ("", None, None)
    assert (found.items, found.packages, found.expected_total) == ((), (), None)
    assert not found.importable


def test_unknown_words_are_kept():
    found = parse_order(
        order(
            status="INVOICE_UNCONFIRMED",
            items=[item(charges=[breakdown("ECO_FEE", 1)])],
            programs=["NEW_PROGRAM"],
        )
    )
    assert found.status == "invoice_unconfirmed"
    assert found.programs == ("NEW_PROGRAM",)
    assert found.items[0].charges == (Charge("ECO_FEE", D(1)),)


@pytest.mark.parametrize(
    ("changes", "importable"),
    [
        ({}, True),
        ({"status": "PARTIALLY_SHIPPED"}, True),
        ({"status": "PENDING"}, False),
        ({"status": "CANCELLED"}, False),
        ({"fulfilled_by": "AMAZON"}, False),
        ({"channel": "NON_AMAZON"}, False),
    ],
)
def test_only_what_the_seller_has_to_ship_is_importable(changes, importable):
    assert parse_order(order(**changes)).importable is importable


def test_tax_collected_by_amazon_is_not_expected():
    collected = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR"}]}
    charges = [breakdown("ITEM", 20), breakdown("TAX", "1.60")]
    lines = [
        item("1", charges=charges, total="21.60", tax=collected),
        item("2", charges=charges, total="21.60"),
    ]
    found = parse_order(order(items=lines, total="43.20"))
    assert found.tax_remitted_by_amazon == D("1.60")
    assert found.expected_total == D("41.60")


def test_tax_registration_and_payment_are_read():
    registration = {
        "entityType": "BUYER",
        "taxRegistrationType": "VAT",
        "taxRegistrationNumber": "XX000000000",
        "taxRegistrationAttributes": [{"key": "TAX_OFFICE", "value": "Springfield"}],
    }
    found = parse_order(
        order(
            tax={"taxRegistrations": [registration]},
            payment={"paymentExecutions": [{"paymentMethod": "Invoice"}]},
        )
    )
    assert found.buyer_vat == "XX000000000"
    assert found.tax_registrations[0].tax_office == "Springfield"
    assert found.payment_methods == ("Invoice",)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        order(items=[item(quantity=1.5)]),
        order(items=[item(quantity=-1)]),
        order(items=[item(charges=[breakdown("ITEM", "ten")])]),
        order(items=[item(charges=[breakdown("ITEM", 1, currency="USD")])], total=1),
        order(packages=[{"packageReferenceId": "1", "shipTime": "soon"}]),
    ],
)
def test_a_value_that_cannot_be_read_is_not_guessed(document):
    with pytest.raises(ValueError, match=r"\.$"):
        parse_order(document)


@pytest.mark.parametrize(
    ("missing", "complete"),
    [("name", False), ("line1", False), ("country_code", False), ("city", True)],
)
def test_an_address_needs_name_street_place_and_country(missing, complete):
    values = {
        "name": "A. Buyer",
        "line1": "1 Road",
        "city": "Town",
        "postal_code": "1",
        "country_code": "DE",
    }
    assert Address(**{**values, missing: ""}).complete is complete


def test_integers_and_json_numbers_are_exact_amounts():
    charges = [{"type": "ITEM", "subtotal": {"amount": 0.1, "currencyCode": "EUR"}}]
    charges.append({"type": "TAX", "subtotal": {"amount": 2, "currencyCode": "EUR"}})
    found = parse_order(order(items=[item(charges=charges)]))
    assert [charge.amount for charge in found.items[0].charges] == [D("0.1"), D(2)]


cents = st.integers(1, 10**7).map(lambda value: D(value) / 100)


@given(price=cents, tax=cents, off=cents, positive=st.booleans())
def test_a_discount_is_signed_so_that_charges_reach_the_total(
    price, tax, off, positive
):
    line = item(
        total=price + tax - off,
        charges=[
            breakdown("ITEM", price),
            breakdown("TAX", tax),
            breakdown("DISCOUNT", off if positive else -off),
        ],
    )
    (found,) = parse_order(order(items=[line])).items
    assert sum(charge.amount for charge in found.charges) == found.proceeds_total
    assert found.charge("DISCOUNT") == -off


@given(off=cents, positive=st.booleans(), total=st.none() | st.just(D(123456789)))
def test_a_discount_takes_away_when_nothing_adds_up(off, positive, total):
    charges = [breakdown("ITEM", 5), breakdown("DISCOUNT", off if positive else -off)]
    (found,) = parse_order(order(items=[item(total=total, charges=charges)])).items
    assert found.charge("DISCOUNT") == -off


def test_an_order_discount_no_item_explains_reaches_the_grand_total():
    line = item(total=10, charges=[breakdown("ITEM", 10)])
    charges = [breakdown("ITEM", 10), breakdown("DISCOUNT", 3)]
    found = parse_order(order(items=[line], total=7, order_charges=charges))
    assert found.order_charges == (Charge("DISCOUNT", D(-3)),)


def test_the_unit_price_is_read():
    price = {"price": {"unitPrice": money("9.99")}}
    assert parse_order(order(items=[item(product=price)])).items[0].unit_price == D(
        "9.99"
    )


def test_the_text_of_an_order_shows_no_buyer():
    document = order(
        buyer={"buyerName": "Ann Invented", "buyerEmail": "ann@example.com"},
        recipient={"deliveryAddress": {"name": "Ann Invented"}},
    )
    assert "Invented" not in repr(parse_order(document))


@pytest.mark.parametrize(
    ("status", "fulfilled", "packed", "counted"),
    [
        ("unshipped", 0, 0, 0),
        ("partially_shipped", 1, 0, 1),
        ("unshipped", 0, 2, 2),
        ("partially_shipped", 2, 9, 3),
        ("shipped", 0, 0, 3),
    ],
)
def test_units_are_shipped_by_status_count_or_package(
    status, fulfilled, packed, counted
):
    line = OrderItem("1", quantity=3, quantity_fulfilled=fulfilled)
    package = Package("1", items=(PackageItem("1", packed), PackageItem("2", 7)))
    found = Order("1", status=status, items=(line,), packages=(package,))
    assert found.count_shipped(line) == counted


# === WHERE IT GOES === #


def parse_address(**block):
    return parse_order(order(recipient={"deliveryAddress": block})).address


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({"addressLine2": "Lindenweg 7"}, ("Lindenweg 7",)),
        ({"addressLine1": " ", "addressLine3": "Lindenweg 7"}, ("Lindenweg 7",)),
        (
            {"addressLine1": "c/o Muster", "addressLine3": "Lindenweg 7"},
            ("c/o Muster", "Lindenweg 7"),
        ),
    ],
)
def test_an_address_is_complete_with_whichever_line_of_the_street(lines, expected):
    address = parse_address(name="Otto Muster", city="Halle", countryCode="DE", **lines)
    assert address.lines == expected
    assert address.complete


def test_an_address_is_complete_with_city_or_postal_code():
    block = {"name": "Otto Muster", "addressLine1": "1 Road", "countryCode": "US"}
    assert not parse_address(**block).complete
    assert parse_address(**block, city="Springfield").complete
    assert parse_address(**block, postalCode="62701").complete
    assert not parse_address(**block | {"countryCode": ""}, city="Halle").complete


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ("Rua das Flores, 123", "Apto 4", "Jardim Botânico")),
        (
            "Rua das Flores",
            ("Rua das Flores", "123", "Apto 4", "Jardim Botânico"),
        ),
        (
            "Rua das Flores 123 apto 4",
            ("Rua das Flores 123 apto 4", "Jardim Botânico"),
        ),
        (
            "Apto 4",
            ("Rua das Flores, 123", "Apto 4", "Jardim Botânico"),
        ),
    ],
)
def test_the_separate_parts_of_brazil_are_added_where_no_line_says_them(line, expected):
    address = parse_address(
        addressLine1=line,
        extendedFields={
            "streetName": "Rua das Flores",
            "streetNumber": "123",
            "complement": "Apto 4",
            "neighborhood": "Jardim Botânico",
        },
    )
    assert address.lines == expected


def test_a_pick_up_point_is_known():
    assert parse_address(addressType="PICKUP_POINT").is_pickup_point
    assert not parse_address(addressType="RESIDENTIAL").is_pickup_point


def test_all_wishes_for_the_delivery_are_read(searched):
    assert searched.delivery_instructions.splitlines()[2:] == [
        "MON 09:00-17:00, TUE 09:00-17:00, WED 09:00-17:00, THU 09:00-17:00, "
        "FRI 09:00-17:00",
        "2024-12-31 CLOSED",
        "Has access point, Pallet enabled",
    ]


def test_the_buyer_s_tax_registration_has_its_address():
    registration = {
        "entityType": "BUYER",
        "taxRegistrationType": "VAT",
        "taxRegistrationNumber": "DE123456788",
        "taxRegistrationAddress": {"addressLine1": "Lindenweg 7", "city": "Halle"},
    }
    read = parse_order(order(tax={"taxRegistrations": [registration]}))
    assert read.buyer_registration.address.lines == ("Lindenweg 7",)
    assert read.buyer_vat == "DE123456788"


# === WHAT CANNOT BE READ === #


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (order(lastUpdatedTime="yesterday"), "lastUpdatedTime"),
        (order(orderItems=[item(quantityOrdered=1.5)]), "quantityOrdered"),
        (order(orderItems=[item(quantityOrdered=3_000_000_000)]), "quantityOrdered"),
        (order(proceeds={"grandTotal": money("1.299,00")}), "grandTotal"),
        (order(orderItems=[item(orderItemId="x\0y")]), "orderItemId"),
    ],
)
def test_an_unreadable_value_is_named_and_not_quoted(document, name):
    with pytest.raises(UnreadableError) as caught:
        parse_order(document)
    sentence = str(caught.value)
    assert name in sentence
    assert "yesterday" not in sentence
    assert "1.299,00" not in sentence


def test_texts_that_are_cleaned_are_named():
    document = order(
        buyer={"buyerName": "Ber\0ta", "buyerEmail": "ok@example.com"},
        orderItems=[item(product={"title": "x" * 10_000, "asin": " B01 "})],
        programs=["half \ud83c"],
    )
    assert find_cleaned_fields(document) == ["buyerName", "title"]
    assert find_cleaned_fields(order()) == []


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        (["CashOnDelivery"], True),
        (["GiftCard", "COD"], True),
        (["CASH_ON_DELIVERY"], True),
        (["CreditCard"], False),
        ([], False),
    ],
)
def test_cash_on_delivery_is_said_by_the_payment(methods, expected):
    executions = [{"paymentMethod": method} for method in methods]
    found = parse_order(order(payment={"paymentExecutions": executions}))
    assert found.is_cash_on_delivery is expected


@pytest.mark.parametrize(
    ("programs", "expected"),
    [
        (["TRANSPARENCY"], True),
        (["transparency"], True),
        (["SUBSCRIBE_AND_SAVE"], False),
        ([None, 3], False),
        ("TRANSPARENCY", False),
    ],
)
def test_an_item_says_whether_its_units_have_codes(programs, expected):
    (found,) = parse_order(order(items=[item("1", programs=programs)])).items
    assert found.needs_transparency_codes is expected


def test_what_must_be_observed_with_an_item_is_named():
    def constrained(item_id, **constraints):
        shipping = {"shippingConstraints": constraints}
        return item(item_id, fulfillment={"shipping": shipping})

    signed = constrained("1", signatureConfirmation="MANDATORY", palletDelivery=None)
    paid = constrained("2", cashOnDelivery="MANDATORY")
    found = parse_order(order(items=[signed, paid, item("3")]))
    assert [one.shipping_constraints for one in found.items] == [
        ("signatureConfirmation",),
        ("cashOnDelivery",),
        (),
    ]
    assert found.shipping_constraints == ("cashOnDelivery", "signatureConfirmation")
    assert found.is_cash_on_delivery
