"""What is paid for what: tax on top or contained, by kind, and whom it belongs to."""

from decimal import Decimal as D

import pytest
from builders import breakdown, item, money, order
from hypothesis import given
from hypothesis import strategies as st
from spapi.orders import parse_order
from spapi.orders.parts import spread

cents = st.integers(1, 10**7).map(lambda value: D(value) / 100)


def parts_of(document):
    return {part.kind: (part.net, part.tax) for part in parse_order(document).parts}


def line(price, taxed, total, **more):
    charges = [
        breakdown("ITEM", price),
        breakdown("SHIPPING", 5),
        breakdown("TAX", taxed),
    ]
    return item(total=total, charges=charges, **more)


def test_tax_on_top_adds_up():
    found = parse_order(order(items=[line(20, "4.75", "29.75")]))
    assert not found.items[0].tax_included
    assert sum(part.net for part in found.parts) == 25
    assert sum(part.owed for part in found.parts) == D("29.75")


def test_contained_tax_adds_up():
    found = parse_order(order(items=[line("23.80", "4.60", "28.80")], total="28.80"))
    assert found.items[0].tax_included
    assert found.items[0].total == D("28.80")
    assert sum(part.net for part in found.parts) == D("24.20")
    assert sum(part.owed for part in found.parts) == found.expected_total == D("28.80")


@pytest.mark.parametrize(("total", "included"), [("25.00", True), ("29.75", False)])
def test_the_grand_total_decides_where_items_have_no_total(total, included):
    found = parse_order(order(items=[line(20, "4.75", None)], total=total))
    assert found.items[0].tax_included is included
    assert sum(part.owed for part in found.parts) == D(total)


def test_what_amazon_remits_is_not_owed():
    collections = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR"}]}
    for price, total in ((20, "29.75"), ("24.75", "29.75")):
        document = order(
            items=[line(price, "4.75", total, tax=collections)], total=total
        )
        found = parse_order(document)
        assert found.tax_remitted_by_amazon == D("4.75")
        assert sum(part.owed for part in found.parts) == found.expected_total == D(25)


@pytest.mark.parametrize(
    ("more", "is_collected"),
    [
        ({"tax": {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR"}]}}, True),
        ({"tax": {"taxCollections": [{"model": "deemed_reseller"}]}}, True),
        ({"tax": {"taxCalculationBreakdowns": [{"reportingScheme": "IOSS"}]}}, True),
        (
            {
                "fulfillment": {
                    "shipping": {"internationalShipping": {"iossNumber": "I"}}
                }
            },
            True,
        ),
        ({"tax": {"taxCalculationBreakdowns": [{"reportingScheme": "UOSS"}]}}, False),
        ({"tax": {"taxCollections": [{"model": "SELLER"}]}}, False),
        ({"tax": {"taxCollections": "x", "taxCalculationBreakdowns": [7]}}, False),
        ({"fulfillment": {"shipping": {"internationalShipping": {}}}}, False),
        ({}, False),
    ],
)
def test_each_word_for_tax_that_amazon_collects_is_known(more, is_collected):
    document = order(items=[line(20, "4.75", "29.75", **more)], total="29.75")
    found = parse_order(document)
    assert found.items[0].tax_collected_by_amazon is is_collected
    assert found.tax_remitted_by_amazon == (D("4.75") if is_collected else 0)
    assert found.expected_total == (D(25) if is_collected else D("29.75"))


def test_details_say_which_tax_belongs_to_what():
    tax = breakdown("TAX", "4.75")
    tax["detailedBreakdowns"] = [
        {"subtype": "ITEM", "value": money("4.00")},
        {"subtype": "SHIPPING", "value": money("0.75")},
    ]
    charges = [breakdown("ITEM", 20), breakdown("SHIPPING", 5), tax]
    found = parts_of(order(items=[item(total="29.75", charges=charges)]))
    assert found == {"ITEM": (D(20), D(4)), "SHIPPING": (D(5), D("0.75"))}


def test_without_details_the_tax_is_spread():
    found = parts_of(order(items=[line(20, "4.75", "29.75")]))
    assert found == {"ITEM": (D(20), D("3.80")), "SHIPPING": (D(5), D("0.95"))}


def test_the_tax_of_the_order_as_a_whole_is_spread_over_all():
    charges = [breakdown("ITEM", 20), breakdown("TAX", "3.80")]
    plain = item(total=20, charges=[breakdown("ITEM", 20)])
    for total, net in (("23.80", D(20)), (20, D("16.20"))):
        document = order(items=[plain], total=total, order_charges=charges)
        assert parts_of(document) == {"ITEM": (net, D("3.80"))}


@given(amount=cents, weights=st.lists(cents, min_size=1, max_size=9))
def test_shares_sum_up_to_the_whole(amount, weights):
    assert sum(spread(amount, weights)) == amount


def test_where_nothing_weighs_the_first_gets_all():
    assert spread(D(7), [D(0), D(0)]) == [D(7), D(0)]


@pytest.mark.parametrize("amount", ["1e30", "1000000000000", "x"])
def test_an_absurd_amount_names_its_field(amount):
    with pytest.raises(ValueError, match=r"grandTotal.*\.$"):
        parse_order(order(total=amount))
    with pytest.raises(ValueError, match=r"subtotal of ITEM.*\.$"):
        parse_order(order(items=[item(charges=[breakdown("ITEM", amount)])]))


@pytest.mark.parametrize(
    ("measurement", "text"),
    [
        ({"unit": "SQUARE_FEET", "value": 2.5}, "2.5 square feet"),
        ({"unit": "COUNT", "value": 1}, ""),
        ({}, ""),
    ],
)
def test_the_measure_of_a_unit_is_read(measurement, text):
    document = order(items=[item(measurement=measurement)])
    assert parse_order(document).items[0].measure == text
