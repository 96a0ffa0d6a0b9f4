"""Listings as Amazon sends them, and what is sent and read about them."""

from datetime import date, datetime, timezone
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from amazon_double import HTML, errors, reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spapi.errors import (
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from spapi.listings import (
    Availability,
    parse_availability,
    parse_listing,
    quantity_request,
)
from spapi.money import Money

US = "ATVPDKIKX0DER"
CA = "A2EUQ1WTGCTBG2"
SELLER = "A1EXAMPLE"
SINCE = datetime(2026, 1, 1, tzinfo=timezone.utc)


def full_document():
    return {
        "sku": "MUG-1",
        "summaries": [
            {"marketplaceId": CA, "asin": "B0CANADA", "itemName": "Tasse"},
            {
                "marketplaceId": US,
                "asin": "B0EXAMPLE",
                "productType": "KITCHEN",
                "status": ["BUYABLE", "DISCOVERABLE"],
                "itemName": " A mug ",
                "lastUpdatedDate": "2026-11-02T03:04:05.678Z",
                "mainImage": {"link": "https://images.example/1.png"},
            },
        ],
        "attributes": {
            "externally_assigned_product_identifier": [
                {"type": "ean", "value": "1", "marketplace_id": CA},
                {"type": "upc", "value": "012345678905", "marketplace_id": US},
            ],
        },
        "offers": [
            {
                "marketplaceId": US,
                "offerType": "B2B",
                "price": {"amount": "9.00", "currencyCode": "USD"},
            },
            {
                "marketplaceId": US,
                "offerType": "B2C",
                "price": {"amount": "10.50", "currencyCode": "USD"},
            },
        ],
        "fulfillmentAvailability": [
            {"fulfillmentChannelCode": "DEFAULT", "quantity": 7}
        ],
        "relationships": [
            {
                "marketplaceId": US,
                "relationships": [
                    {"type": "PACKAGE_HIERARCHY", "parentSkus": ["CASE"]},
                    {"type": "VARIATION", "parentSkus": ["FAMILY"]},
                ],
            }
        ],
    }


def changed(**parts):
    return full_document() | parts


def test_a_listing_is_read_for_one_marketplace():
    listing = parse_listing(full_document(), US)
    assert listing.sku == "MUG-1"
    assert listing.asin == "B0EXAMPLE"
    assert listing.title == "A mug"
    assert listing.product_type == "KITCHEN"
    assert listing.statuses == ("buyable", "discoverable")
    assert listing.channel == "merchant"
    assert listing.quantity == 7
    assert listing.price == Money(Decimal("10.50"), "USD")
    assert listing.barcode == "012345678905"
    assert listing.image_url == "https://images.example/1.png"
    assert listing.parent_sku == "FAMILY"
    assert not listing.is_parent
    assert listing.last_updated == datetime(
        2026, 11, 2, 3, 4, 5, 678000, tzinfo=timezone.utc
    )
    canada = parse_listing(full_document(), CA)
    assert (canada.asin, canada.title, canada.price) == ("B0CANADA", "Tasse", None)


def test_what_is_absent_is_empty():
    listing = parse_listing({"sku": "BARE"}, US)
    assert (listing.title, listing.barcode, listing.image_url) == ("", "", "")
    assert listing.quantity is None
    assert listing.price is None
    assert listing.last_updated is None
    assert listing.statuses == ()


@pytest.mark.parametrize(
    ("rows", "channel", "quantity"),
    [
        ([], "merchant", None),
        ([{"fulfillmentChannelCode": "DEFAULT"}], "merchant", None),
        ([{"fulfillmentChannelCode": "DEFAULT", "quantity": 0}], "merchant", 0),
        ([{"fulfillmentChannelCode": "AMAZON_EU"}], "amazon", None),
        (
            [
                {"fulfillmentChannelCode": "DEFAULT", "quantity": 3},
                {"fulfillmentChannelCode": "AMAZON_NA"},
            ],
            "amazon",
            3,
        ),
        ([{"quantity": 4}], "merchant", 4),
    ],
)
def test_a_quantity_is_the_merchants_and_one_network_of_amazons_decides(
    rows, channel, quantity
):
    listing = parse_listing(changed(fulfillmentAvailability=rows), US)
    assert (listing.channel, listing.quantity) == (channel, quantity)


def test_locations_of_the_merchant_are_named_and_their_quantities_summed():
    rows = [
        {"fulfillmentChannelCode": "DEFAULT", "quantity": 0},
        {"fulfillmentChannelCode": "west-2", "quantity": 4},
        {"fulfillmentChannelCode": "east-1", "quantity": 3},
        {"fulfillmentChannelCode": "shop"},
    ]
    listing = parse_listing(changed(fulfillmentAvailability=rows), US)
    assert (listing.channel, listing.quantity) == ("locations", 7)
    assert listing.locations == ("east-1", "shop", "west-2")
    rows.append({"fulfillmentChannelCode": "AMAZON_NA"})
    assert parse_listing(changed(fulfillmentAvailability=rows), US).channel == "amazon"


def test_locations_may_be_without_quantity_or_have_absurdly_much():
    rows = [{"fulfillmentChannelCode": "shop"}]
    assert parse_listing(changed(fulfillmentAvailability=rows), US).quantity is None
    rows = [{"fulfillmentChannelCode": "shop", "quantity": 2**31 - 1}] * 2
    listing = parse_listing(changed(fulfillmentAvailability=rows), US)
    assert listing.quantity == 2**31 - 1


def test_the_availability_is_read_whatever_else_is_wrong():
    rows = [{"fulfillmentChannelCode": "DEFAULT", "quantity": 3}]
    document = {"sku": "MUG", "offers": "absurd", "fulfillmentAvailability": rows}
    assert parse_availability(document) == Availability("merchant", 3)
    rows[0]["quantity"] = "absurd"
    with pytest.raises(ValueError, match="quantity"):
        parse_availability(document)


def varying(themed, parentage="parentSkus", **attributes):
    """Return the variation that is read of a member of a family."""
    relation = {"type": "VARIATION", parentage: ["FAMILY"], **themed}
    family = [{"marketplaceId": US, "relationships": [relation]}]
    attributes = {
        name: [{"marketplace_id": US, **entry} for entry in entries]
        for name, entries in attributes.items()
    }
    document = changed(relationships=family, attributes=attributes)
    return parse_listing(document, US, "en_US").variation


def test_the_values_of_a_variant_stand_in_the_order_of_the_theme():
    found = varying(
        {"variationTheme": {"theme": "SIZE/COLOR", "attributes": ["size", "color"]}},
        color=[{"value": " Red ", "language_tag": "en_US"}],
        size=[{"value": 42}],
    )
    assert found.theme == "SIZE/COLOR"
    assert found.values == (("size", "42"), ("color", "Red"))
    assert found.language == "en_US"


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        ("size", {"value": 1.5, "unit": "fluid_ounces"}, "1.5 fluid ounces"),
        ("apparel_size", {"size_system": "as1", "size": "x_l"}, "x_l"),
        ("ring.size", {"size": [{"value": "7"}]}, "7"),
        ("color", {"value": "Bl\ud83cue\x00"}, "Bl\ufffdue"),
        ("color", {"value": "x" * 3000}, "x" * 250),
        ("color", {"value": None}, ""),
        ("color", {"value": True}, ""),
        ("color", {"value": {"absurd": []}}, ""),
        ("color", {}, ""),
    ],
)
def test_a_value_is_read_in_whatever_form_it_comes(name, entry, value):
    themed = {"variationTheme": {"theme": "X", "attributes": [name]}}
    found = varying(themed, **{name.split(".")[0]: [entry]})
    assert found.values == ((name, value),)


def test_a_value_in_the_language_of_the_marketplace_counts():
    values = [
        {"value": "Rouge", "language_tag": "fr_US"},
        {"value": "Red", "language_tag": "en_US"},
    ]
    themed = {"variationTheme": {"theme": "COLOR", "attributes": ["color"]}}
    assert varying(themed, color=values).values == (("color", "Red"),)
    assert varying(themed, color=values[:1]).values == (("color", "Rouge"),)


def test_without_names_the_theme_itself_tells_the_attributes():
    named = [{"name": "SIZE_NAME/COLOR_NAME"}]
    found = varying({}, variation_theme=named, size=[{"value": "S"}])
    assert found.values == (("size", "S"), ("color", ""))
    assert varying({}).values == ()


def test_what_is_in_no_family_does_not_vary():
    assert parse_listing(changed(relationships=[]), US).variation is None


def test_a_parent_is_known_by_its_children_or_its_level():
    children = [{"type": "VARIATION", "childSkus": ["A"]}]
    family = [{"marketplaceId": US, "relationships": children}]
    assert parse_listing(changed(relationships=family), US).is_parent
    level = {"parentage_level": [{"value": "parent", "marketplace_id": US}]}
    assert parse_listing(changed(attributes=level), US).is_parent


def read_barcode(*entries, **attributes):
    attributes["externally_assigned_product_identifier"] = list(entries)
    return parse_listing(changed(attributes=attributes), US).barcode


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "isbn", "value": "1"},
        {"value": "4006381333931"},
        {"type": "asin", "value": "4006381333931"},
        {"type": "ean", "value": "12 34"},
        {"type": "ean", "value": "4006381333930"},
        {"type": "ean", "value": 4006381333930},
        {"type": "ean", "value": {}},
        {"type": [], "value": "4006381333931"},
        {"type": "ean", "value": "4006381333931", "marketplace_id": CA},
    ],
)
def test_what_is_no_barcode_is_none(entry):
    assert read_barcode(entry) == ""


def test_of_all_identifiers_the_ean_is_taken():
    upc = {"type": "upc", "value": "012345678905"}
    ean = {"type": "ean", "value": "4006381333931", "marketplace_id": US}
    assert read_barcode({"type": "ean", "value": "0"}, upc, ean) == ean["value"]
    assert read_barcode({"type": "ean", "value": 4006381333931}) == ean["value"]


def test_no_barcode_is_no_error_for_a_seller_who_is_exempt():
    exempt = {"supplier_declared_has_product_identifier_exemption": [{"value": True}]}
    assert read_barcode(**exempt) == ""


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"sku": ""},
        {"sku": 7},
        {"sku": "A\0"},
    ],
)
def test_what_cannot_be_read_is_refused(document):
    with pytest.raises(ValueError):
        parse_listing(document, US)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(full_document())), _JSON))
def test_nonsense_is_refused_or_read_but_breaks_nothing(parts):
    try:
        parse_listing(full_document() | parts, US)
    except ValueError as error:
        assert str(error)


def test_pictures_are_those_on_amazons_servers_the_largest_of_each():
    amazon = "https://m.media-amazon.com/images/I"

    def given(address, marketplace=US):
        return [{"media_location": address, "marketplace_id": marketplace}]

    document = changed(
        attributes={
            "main_product_image_locator": given(f"{amazon}/0.jpg"),
            "other_product_image_locator_8": given(f"{amazon}/8.jpg"),
            "other_product_image_locator_1": given(f"{amazon}/1.jpg"),
            "other_product_image_locator_2": given("https://shop.example/2.jpg"),
            "other_product_image_locator_3": given(f"{amazon}/3.jpg", CA),
            "other_product_image_locator_4": "none",
            "swatch_product_image_locator": given(f"{amazon}/swatch.jpg"),
        }
    )
    main = document["summaries"][1]["mainImage"]
    main |= {"width": 500, "height": 300}
    listing = parse_listing(document, US)
    assert [(one.variant, one.url) for one in listing.pictures] == [
        ("MAIN", main["link"]),
        ("PT01", f"{amazon}/1.jpg"),
        ("PT08", f"{amazon}/8.jpg"),
    ]
    assert (listing.pictures[0].width, listing.pictures[0].height) == (500, 300)
    main |= {"width": "500", "height": -1, "link": None}
    (picture, *_others) = parse_listing(document, US).pictures
    assert (picture.url, picture.width) == (f"{amazon}/0.jpg", 0)


def test_a_quantity_request_changes_the_quantity_alone():
    body = quantity_request("KITCHEN", 3)
    assert body["productType"] == "KITCHEN"
    (patch,) = body["patches"]
    assert (patch["op"], patch["path"]) == (
        "merge",
        "/attributes/fulfillment_availability",
    )
    assert patch["value"] == [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}]
    assert quantity_request("", 0)["productType"] == "PRODUCT"
    with pytest.raises(ValueError):
        quantity_request("KITCHEN", -1)


def test_a_quantity_request_may_name_days_to_ship_and_a_restock_date():
    body = quantity_request("KITCHEN", 0, lead_days=5, restock_on=date(2030, 1, 31))
    (patch,) = body["patches"]
    assert patch["op"] == "merge"
    assert patch["value"] == [
        {
            "fulfillment_channel_code": "DEFAULT",
            "quantity": 0,
            "lead_time_to_ship_max_days": 5,
            "restock_date": "2030-01-31",
        }
    ]
    (patch,) = quantity_request("KITCHEN", 3, is_whole=True)["patches"]
    assert patch["op"] == "replace"
    assert "restock_date" not in patch["value"][0]


def search(client, **question):
    return client.search_listings_items(SELLER, marketplace_id=US, **question)


def test_a_search_asks_for_all_data_oldest_change_first(amazon, client):
    amazon.replies = [
        reply(
            200,
            {
                "items": [full_document()],
                "numberOfResults": 5,
                "pagination": {"nextToken": "more"},
            },
        )
    ]
    page = search(client, last_updated_after=SINCE, page_token="t/1")
    assert (page.total, page.next_token, len(page.documents)) == (5, "more", 1)
    assert page.last_updated is None, "The first summary names no time"
    address = urlsplit(amazon.requests[0]["path"])
    assert address.path == f"/listings/2021-08-01/items/{SELLER}"
    assert parse_qs(address.query) == {
        "marketplaceIds": [US],
        "includedData": [
            "summaries,attributes,offers,fulfillmentAvailability,relationships,issues"
        ],
        "sortBy": ["lastUpdatedDate"],
        "sortOrder": ["ASC"],
        "pageSize": ["20"],
        "lastUpdatedAfter": ["2026-01-01T00:00:00Z"],
        "pageToken": ["t/1"],
    }


def test_skus_are_looked_up_as_amazon_separates_them(amazon, client):
    amazon.replies = [reply(200, {"items": [], "numberOfResults": 0})]
    search(client, skus=["A 1", "B/2"])
    query = parse_qs(urlsplit(amazon.requests[0]["path"]).query)
    assert query["identifiers"] == ["A 1,B/2"]
    assert query["identifiersType"] == ["SKU"]
    for skus in (["A,B"], [str(n) for n in range(21)]):
        with pytest.raises(ValueError):
            search(client, skus=skus)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": [], "numberOfResults": "many"},
        {"items": ["x"], "numberOfResults": 1},
        {"items": [{}, {}], "numberOfResults": 1},
        HTML,
    ],
)
def test_an_answer_that_is_no_page_is_not_taken_for_one(amazon, client, body):
    amazon.replies = [reply(200, body)]
    with pytest.raises(ProtocolError):
        search(client)


def test_another_sku_than_was_asked_for_is_refused(amazon, client):
    amazon.replies = [reply(200, {"sku": "OTHER"})]
    with pytest.raises(ProtocolError):
        client.get_listings_item(SELLER, "MUG-1", marketplace_id=US)


def patch(client, quantity=3):
    request = quantity_request("KITCHEN", quantity)
    return client.patch_listings_item(SELLER, "MUG/1", request, marketplace_id=US)


def test_a_quantity_is_sent_to_one_listing(amazon, client):
    amazon.replies = [reply(200, {"sku": "MUG/1", "status": "ACCEPTED"})]
    assert patch(client).accepted
    sent = amazon.requests[0]
    assert sent["method"] == "PATCH"
    address = urlsplit(sent["path"])
    assert address.path == f"/listings/2021-08-01/items/{SELLER}/MUG%2F1"
    assert parse_qs(address.query) == {"marketplaceIds": [US]}
    assert sent["body"] == quantity_request("KITCHEN", 3)


def test_invalid_is_no_success_although_the_status_is_200(amazon, client):
    issues = [
        {"severity": "WARNING", "message": "Look at it."},
        {"severity": "ERROR", "message": "Not allowed by https://secret.example"},
    ]
    answer = {"sku": "MUG/1", "status": "INVALID", "issues": issues}
    amazon.replies = [reply(200, answer)]
    submission = patch(client)
    assert not submission.accepted
    assert submission.reason == "Not allowed by …"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(503, HTML), UnavailableError),
        (reply(200, HTML), ProtocolError),
        ("reset", UnavailableError),
        (errors(429, "QuotaExceeded", "Slow down."), ThrottledError),
        (errors(400, "InvalidInput", "No."), RejectedError),
    ],
)
def test_a_quantity_may_be_sent_again_so_nothing_is_ambiguous(
    amazon, client, answer, error
):
    amazon.replies = [answer]
    with pytest.raises(error):
        patch(client)


def issue(message="Something is missing.", severity="ERROR", **more):
    return {"code": "90220", "message": message, "severity": severity, **more}


def enforced(action, **exemption):
    exemption = {"status": "NOT_EXEMPT", **exemption}
    return {"enforcements": {"actions": [{"action": action}], "exemption": exemption}}


def read_issues(*blocks):
    return parse_listing(changed(issues=list(blocks)), US).issues


def test_issues_are_read_the_worst_first_each_once():
    found = read_issues(
        issue("Nice to have.", "INFO"), issue(" Bad.\x00 "), issue("Bad.")
    )
    assert [(one.severity, one.message, one.code) for one in found] == [
        ("error", "Bad.", "90220"),
        ("info", "Nice to have.", "90220"),
    ]


def test_issues_are_of_one_marketplace():
    here, there = issue("Here.", marketplaceIds=[US]), issue(marketplaceIds=[CA])
    found = read_issues(there, here, issue("Everywhere.", marketplaceIds=[]))
    assert [one.message for one in found] == ["Here.", "Everywhere."]


@pytest.mark.parametrize(
    ("action", "statuses", "suppressed"),
    [
        ("LISTING_SUPPRESSED", ["DISCOVERABLE"], True),
        ("SEARCH_SUPPRESSED", ["BUYABLE"], True),
        ("CATALOG_ITEM_REMOVED", [], True),
        ("ATTRIBUTE_SUPPRESSED", [], False),
        ("LISTING_SUPPRESSED", ["BUYABLE", "DISCOVERABLE"], False),
    ],
)
def test_what_keeps_a_listing_from_buyers_suppresses_it(action, statuses, suppressed):
    document = changed(issues=[issue(**enforced(action))])
    document["summaries"][1]["status"] = statuses
    assert parse_listing(document, US).is_suppressed is suppressed


def test_an_exemption_suppresses_nothing():
    (found,) = read_issues(
        issue(
            **enforced(
                "LISTING_SUPPRESSED",
                status="EXEMPT_UNTIL_EXPIRY_DATE",
                expiryDate="2031-02-03T04:05:06Z",
            )
        )
    )
    assert not found.is_suppressing
    assert found.exempt_until == datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        "many",
        [None, 3, "issue"],
        [{}],
        [issue(marketplaceIds="US", enforcements=[])],
        [issue(enforcements={"actions": {}, "exemption": "none"})],
        [issue(**enforced("LISTING_SUPPRESSED", expiryDate="soon"))],
        [issue(**enforced(["LISTING_SUPPRESSED"], status=7))],
    ],
)
def test_absurd_issues_cost_the_listing_nothing(blocks):
    listing = parse_listing(changed(issues=blocks), US)
    assert listing.sku == "MUG-1"
    assert all(isinstance(one.message, str) for one in listing.issues)


def test_no_listing_has_issues_without_end():
    found = read_issues(*(issue(f"Number {number}.") for number in range(500)))
    assert len(found) == 50
