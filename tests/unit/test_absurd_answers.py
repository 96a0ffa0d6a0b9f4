"""Whatever Amazon answers ends in data that can be stored, or in a typed error."""

import json
import math
from datetime import datetime, timedelta, timezone

import pytest
from amazon_double import errors, reply, token
from builders import breakdown, item, money, order
from hypothesis import given
from hypothesis import strategies as st
from spapi.client import SpApiClient
from spapi.errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    SpApiError,
    ThrottledError,
    UnavailableError,
    clean_request_id,
    clean_text,
)
from spapi.listings import parse_listing, quantity_request
from spapi.orders import parse_order
from spapi.quota import DEFAULT_RATES, read_number, read_rate
from spapi.sellers import parse_participation
from spapi.shipments import ShipmentConfirmation, ShippedItem, confirmation_request
from spapi.tokens import AccessTokens
from spapi.transport import Answer, error_of

DAY = 86_400.0
US = "ATVPDKIKX0DER"
SINCE = datetime(2026, 1, 1, tzinfo=timezone.utc)
ABSURD_NUMBERS = (
    "1e400 inf -inf nan 1e309 -5 0 0x10 9999999999999999999999 1e-300 5e-324"
).split() + ["", "soon", "9" * 50_000, "Fri, 31 Dec 9999 23:59:59 GMT", "1_0", "\u0663"]
MEGABYTE = 1024 * 1024


@pytest.fixture
def client(amazon, credentials):
    """Of more patience than the others: megabytes take their time."""
    with SpApiClient(
        credentials,
        sp_api_url=amazon.url,
        lwa_url=amazon.url,
        tokens=AccessTokens(),
        timeout=(60, 60),
    ) as made:
        yield made


def search(client):
    return client.search_orders(last_updated_after=SINCE, marketplace_ids=["M"])


def caught(call, *args):
    with pytest.raises(SpApiError) as info:
        call(*args)
    return info.value


def assert_storable(error):
    for text in (str(error), error.code, error.request_id):
        assert len(text) < 400
        text.encode()
        assert "\0" not in text
    assert error.retry_after is None or 0 <= error.retry_after <= DAY


@pytest.mark.parametrize("value", ABSURD_NUMBERS)
@pytest.mark.parametrize("name", ["retry-after", "x-amzn-ratelimit-limit"])
@pytest.mark.parametrize("operation", ["searchOrders", "unheardOf"])
def test_a_wait_is_finite_and_no_longer_than_a_day(operation, name, value):
    error = error_of(operation, False, Answer.of(429, {name: value}, b""))
    assert type(error) is ThrottledError
    assert_storable(error)
    assert error.retry_after is None or isinstance(error.retry_after, float)


@given(st.floats() | st.integers() | st.none() | st.decimals(allow_nan=False))
def test_every_error_bounds_its_wait(seconds):
    for kind in (ThrottledError, UnavailableError, AmbiguousError):
        wait = kind("Wait.", retry_after=seconds).retry_after
        assert wait is None or (isinstance(wait, float) and 0 <= wait <= DAY)
        if seconds is not None and 0 <= seconds <= DAY:
            assert wait == float(seconds)


@given(st.text() | st.floats().map(str) | st.integers() | st.floats() | st.booleans())
def test_a_rate_is_one_that_a_quota_can_use(value):
    number, rate = read_number(value), read_rate(value)
    assert number is None or (number > 0 and math.isfinite(number))
    assert rate is None or (rate == number and 0 < 1 / rate <= DAY and rate <= 10_000)


@pytest.mark.parametrize("rate", [rate for rate, _burst in DEFAULT_RATES.values()])
def test_every_rate_of_amazon_is_read(rate):
    assert read_rate(str(rate)) == rate


def test_the_observer_never_sees_an_absurd_rate(amazon, client):
    seen = []

    class Observer:
        def before(self, operation):
            pass

        def after(self, _operation, _status, rate_limit, _request_id):
            seen.append(rate_limit)

    client._observer = Observer()
    for value in ("1e309", "0", "-1", "nan", "inf", "many", "1e-300", "0.5"):
        headers = {"x-amzn-RateLimit-Limit": value}
        amazon.replies = [reply(200, {"orders": []}, headers)]
        search(client)
    assert seen == [None] * 7 + [0.5]


@pytest.mark.parametrize(
    "message",
    [
        "x" * 3 * MEGABYTE,
        "word " * MEGABYTE,
        " " * MEGABYTE,
        "someone@example.com " * 100_000,
        "a" * 1199 + "@example.com",
        "NUL \0 and \x1b[31m red \u202e and half \ud800 of it",
        "\0" * 1000,
    ],
)
@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_error_text_of_any_kind_becomes_a_short_line(
    amazon, client, status, message
):
    amazon.replies = [errors(status, message, message, message)]
    error = caught(search, client)
    assert_storable(error)
    assert "example.com" not in str(error)
    assert str(error).isprintable()


@given(st.text(alphabet=st.characters(), max_size=2000))
def test_clean_text_can_be_shown_and_stored(text):
    shown = clean_text(text)
    assert len(shown) <= 300
    assert shown == "" or shown.isprintable()
    assert clean_text(shown) == shown


def test_a_long_text_ends_with_a_whole_word():
    names = ["somebody.with.a.long.name@example.com"] * 100
    assert "somebody" not in clean_text(" ".join(names))


@given(st.text(alphabet=st.characters(), max_size=300) | st.none() | st.integers())
def test_a_request_id_is_short_and_plain(text):
    request_id = clean_request_id(text)
    assert len(request_id) <= 100
    assert request_id.isascii() and (request_id == "" or request_id.isprintable())


def test_a_long_request_id_is_cut(amazon, client):
    amazon.replies = [errors(400, "Bad", "Bad.", headers={"x-amzn-RequestId": "r"})]
    assert len(caught(search, client).request_id) <= 100
    assert len(clean_request_id("r" * MEGABYTE)) == 100


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"orders": ' + b"[" * 200_000,
        b"\xff\xfe\x00",
        b"\0" * 100,
        b'{"orders": [], "lastUpdatedBefore": "0000-00-00T00:00:00Z"}',
        b'{"orders": [], "lastUpdatedBefore": "0001-01-01T00:00:00+14:00"}',
        b'{"orders": [], "lastUpdatedBefore": 5}',
        b'{"orders": [], "pagination": {"nextToken": "half \\ud800"}}',
        b'{"orders": [], "pagination": {"nextToken": "NUL \\u0000"}}',
        b'{"orders": [], "pagination": {"nextToken": "' + b"t" * 70_000 + b'"}}',
        b'{"orders": [], "pagination": {"nextToken": 5}}',
        b'{"orders": [], "pagination": [1]}',
        b'{"orders": NaN}',
    ],
)
def test_an_answer_that_cannot_be_used_is_no_page(amazon, client, body):
    amazon.replies = [reply(200, body)]
    assert type(caught(search, client)) is ProtocolError


@pytest.mark.parametrize("token_text", [5, "half \ud800", "t" * 70_000])
def test_a_page_of_listings_needs_a_token_that_can_be_sent(amazon, client, token_text):
    body = {"items": [], "numberOfResults": 0, "pagination": {"nextToken": token_text}}
    amazon.replies = [reply(200, body)]
    error = caught(lambda: client.search_listings_items("A1", marketplace_id=US))
    assert type(error) is ProtocolError


def test_a_number_of_listings_beyond_all_numbers_is_bounded(amazon, client):
    amazon.replies = [reply(200, {"items": [], "numberOfResults": 10**30})]
    page = client.search_listings_items("A1", marketplace_id=US)
    assert page.total == 2**31 - 1


def test_reasons_of_megabytes_are_bounded(amazon, client):
    issue = {"severity": "ERROR", "message": "Wrong \0 \ud800. " * 50}
    body = {"status": "INVALID", "submissionId": "s\0", "issues": [issue] * 1000}
    amazon.replies = [reply(200, body)]
    submission = client.patch_listings_item(
        "A1", "SKU", quantity_request("", 1), marketplace_id=US
    )
    assert not submission.accepted
    assert submission.submission_id == "s"
    assert len(submission.reason) <= 1000
    assert submission.reason.isprintable()


SHIPMENT = confirmation_request(
    ShipmentConfirmation(
        marketplace_id=US,
        package_reference="17",
        carrier_code="DHL",
        carrier_name="",
        ship_method="",
        tracking="TRACK-1",
        ship_date=SINCE,
        items=(ShippedItem("1", 2),),
    )
)


def test_an_answer_that_is_too_long_counts_as_one_without_content(
    amazon, client, monkeypatch
):
    monkeypatch.setattr("spapi.client.ANSWER_LIMIT", 1000)
    amazon.replies = [reply(200, {"orders": [], "x": "y" * 1000})]
    assert type(caught(search, client)) is ProtocolError
    amazon.replies = [errors(400, "Bad", "y" * 1000)]
    error = caught(search, client)
    assert (type(error), error.status) == (RejectedError, 400)
    amazon.replies = [reply(200, {"x": "y" * 1000})]
    confirm = client.confirm_shipment
    assert type(caught(confirm, "1-2-3", SHIPMENT)) is AmbiguousError


def test_amazons_clock_ahead_does_not_move_the_next_window_into_the_future(
    amazon, client
):
    ahead = datetime.now(timezone.utc) + timedelta(minutes=80)
    text = ahead.isoformat()
    document = {"orderId": "1", "lastUpdatedTime": text}
    body = {"orders": [document], "lastUpdatedBefore": text}
    headers = {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"}
    amazon.replies = [reply(200, body, headers)]
    before = datetime.now(timezone.utc)
    page = search(client)
    assert before <= page.watermark <= datetime.now(timezone.utc)
    assert page.last_updated == page.watermark


@pytest.mark.parametrize("life", [10**400, 1e300, -1, 0, None, "x", True, [], "inf"])
def test_a_token_s_life_of_any_kind_is_a_token(amazon, client, life):
    amazon.login_replies = [token(expires_in=life)]
    assert search(client).documents == ()


def test_a_token_of_a_megabyte_is_none(amazon, client):
    amazon.login_replies = [token("t" * MEGABYTE)]
    assert type(caught(search, client)) is ProtocolError


def test_a_refused_login_with_megabytes_of_text(amazon, client):
    text = "\0\ud800" * MEGABYTE
    amazon.login_replies = [reply(400, {"error": text, "error_description": text})]
    error = caught(search, client)
    assert type(error) is AuthError
    assert_storable(error)


# === WHAT IS IN ORDERS, LISTINGS AND MARKETPLACES === #

BAD_TIMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "10000-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-01-01T00:00:00." + "1" * MEGABYTE + "Z",
    "2026-02-30T00:00:00Z",
    7,
    True,
    [],
    {"a": 1},
]
BAD_AMOUNTS = [
    "1e999999999",
    "1e-999999999",
    "0e999999999",
    "1e15",
    "NaN",
    "sNaN",
    "-Infinity",
    "9" * MEGABYTE,
    "0." + "1" * MEGABYTE,
    math.nan,
    math.inf,
    10**4000,
    [],
]
BAD_COUNTS = [2**31, 10**400, 1e300, math.inf, math.nan, -1, 0.5, "1", [], True]
BAD_IDENTIFIERS = ["A\0", "A\x1b", "half \ud800", "x" * 256, "x" * MEGABYTE]


def refused(parse, *args):
    with pytest.raises(ValueError, match=r"\.$") as info:
        parse(*args)
    assert len(str(info.value)) < 200
    str(info.value).encode()


BAD_NUMBERS = [None, "", "  ", 7, True, [], {"a": 1}, "1\0", "1 \ud83c", "1" * 300]


@pytest.mark.parametrize("value", BAD_NUMBERS)
def test_an_order_without_a_readable_number_costs_itself_only(amazon, client, value):
    good = [{"orderId": "1"}, {"orderId": "2"}]
    body = {"orders": [good[0], {"orderId": value}, good[1]]}
    amazon.replies = [reply(200, body | {"pagination": {"nextToken": "next"}})]
    page = search(client)
    assert page.documents == tuple(good)
    assert (page.set_aside, page.next_token) == (1, "next")
    refused(parse_order, {"orderId": value})


@pytest.mark.parametrize("entry", [None, "x", 7, [], {}, [{"orderId": "1"}]])
def test_an_entry_that_is_no_order_costs_itself_only(amazon, client, entry):
    amazon.replies = [reply(200, {"orders": [entry, {"orderId": "1"}]})]
    page = search(client)
    assert (len(page.documents), page.set_aside) == (1, 1)


@pytest.mark.parametrize("digits", [10_000, 300, 256])
def test_a_number_without_end_costs_its_value_not_the_page(amazon, client, digits):
    number = b"9" * digits
    body = b'{"orders": [{"orderId": "1", "orderItems": [{"quantityOrdered": %s}]}]}'
    amazon.replies = [reply(200, body % number)]
    (document,) = search(client).documents
    assert document["orderItems"] == [{"quantityOrdered": math.inf}]
    refused(parse_order, document)
    amazon.replies = [reply(200, b'{"orders": [{"orderId": "1", "x": -%s}]}' % number)]
    assert search(client).documents[0]["orderId"] == "1"


def left_out(name, absent, **parts):
    """A listing lacks a value that cannot be read, and says so."""
    listing = parse_listing({"sku": "A"} | parts, US)
    assert getattr(listing, name) == absent
    assert list(listing.unreadable) == [name]
    assert listing.unreadable[name].endswith(".")
    assert len(listing.unreadable[name]) < 200
    assert_texts_storable(listing)


@pytest.mark.parametrize("value", [v for v in BAD_TIMES if v])
def test_a_time_that_cannot_be_used_costs_its_row_or_itself(value):
    refused(parse_order, order(createdTime=value))
    summary = {"marketplaceId": US, "lastUpdatedDate": value}
    left_out("last_updated", None, summaries=[summary])


@pytest.mark.parametrize("value", BAD_AMOUNTS)
def test_an_amount_that_cannot_be_used_costs_its_row_or_itself(value):
    entry = money(0) | {"amount": value}
    refused(parse_order, order() | {"proceeds": {"grandTotal": entry}})
    offer = {"marketplaceId": US, "offerType": "B2C", "price": entry}
    left_out("price", None, offers=[offer])


@pytest.mark.parametrize("value", ["-0.01", "1000000000000", -3])
def test_a_price_that_nobody_could_pay_costs_itself(value):
    price = {"amount": value, "currencyCode": "USD"}
    offer = {"marketplaceId": US, "offerType": "B2C", "price": price}
    left_out("price", None, offers=[offer])


@pytest.mark.parametrize("value", BAD_COUNTS)
def test_a_quantity_that_cannot_be_used_costs_its_row_or_itself(value):
    refused(parse_order, order(items=[item(quantity=value)]))
    entry = {"fulfillmentChannelCode": "DEFAULT", "quantity": value}
    is_large = type(value) in (int, float) and value > 2**31 - 1
    absent = 2**31 - 1 if is_large else None
    left_out("quantity", absent, fulfillmentAvailability=[entry])


@pytest.mark.parametrize("value", ["A\0", "A\x1b", "half \ud800", "x" * 256, "\uffff"])
def test_an_identifier_of_a_listing_that_cannot_be_stored_costs_itself(value):
    summary = {"marketplaceId": US, "asin": value}
    left_out("asin", "", summaries=[summary])
    relation = {"type": "VARIATION", "parentSkus": [value], "childSkus": [value]}
    family = [{"marketplaceId": US, "relationships": [relation]}]
    left_out("parent_sku", "", relationships=family)
    assert parse_listing({"sku": "A", "relationships": family}, US).is_parent


def test_the_texts_that_were_cleaned_are_named():
    summary = {
        "marketplaceId": US,
        "asin": "B0EXAMPLE",
        "itemName": "Cup\0 blue \ud83c",
        "productType": "x" * 5000,
        "mainImage": {"link": "https://m.media-amazon.com/images/I/1.jpg"},
    }
    other = {"marketplaceId": "ELSEWHERE", "itemName": "Cup\0"}
    issues = [{"message": "Bad\ufffe.", "severity": "ERROR"}]
    document = {"sku": "A", "summaries": [other, summary], "issues": issues}
    listing = parse_listing(document, US)
    assert listing.cleaned == ("itemName", "message", "productType")
    assert listing.title == "Cup blue \ufffd"
    assert listing.issues[0].message == "Bad."
    assert not listing.unreadable
    assert parse_listing({"sku": "A"}, US).cleaned == ()


@pytest.mark.parametrize("value", BAD_IDENTIFIERS)
def test_an_identifier_is_never_changed_and_costs_its_row(value):
    refused(parse_order, order(order_id=value))
    refused(parse_order, order(items=[item(item_id=value)]))
    refused(parse_order, order(items=[item(product={"sellerSku": value})]))
    refused(parse_listing, {"sku": value}, US)
    refused(parse_participation, {"marketplace": {"id": value}})


def assert_texts_storable(value):
    """Look at every text in frozen dataclasses and tuples."""
    if isinstance(value, str):
        value.encode()
        assert "\0" not in value
        assert len(value) <= 4001, "Delivery instructions are two texts"
    elif isinstance(value, tuple):
        for part in value:
            assert_texts_storable(part)
    elif hasattr(value, "__dataclass_fields__"):
        for part in vars(value).values():
            assert_texts_storable(part)


_ANY_TEXT = st.text(alphabet=st.characters(), max_size=20) | st.sampled_from(
    ["NUL \0 in it", "half \ud83d", "x" * 5000, "\x1b[0m", "\udfff" * 2000]
)


@given(_ANY_TEXT)
def test_texts_of_an_order_can_be_stored(text):
    document = order(
        items=[
            item(
                product={"sellerSku": "A", "title": text},
                charges=[breakdown(text, 1)],
                fulfillment={"packing": {"giftOption": {"giftMessage": text}}},
            )
        ],
        buyer={"buyerName": text, "buyerEmail": text},
        recipient={
            "deliveryAddress": {"name": text, "addressLine1": text, "city": text},
            "deliveryPreference": {
                "dropOffLocation": text,
                "addressInstruction": text,
            },
        },
        programs=[text],
        payment={"paymentExecutions": [{"paymentMethod": text}]},
    )
    # As it comes: Amazon's JSON may hold halves of characters.
    assert_texts_storable(parse_order(json.loads(json.dumps(document))))


@given(_ANY_TEXT)
def test_texts_of_listings_and_marketplaces_can_be_stored(text):
    summary = {"marketplaceId": US, "itemName": text, "productType": text}
    summary |= {"status": [text], "mainImage": {"link": text}}
    assert_texts_storable(parse_listing({"sku": "A", "summaries": [summary]}, US))
    entry = {"marketplace": {"id": "A", "name": text, "countryCode": text}}
    assert_texts_storable(parse_participation(entry | {"storeName": text}))


def test_what_is_readable_of_a_text_stays():
    document = order(buyer={"buyerName": " Zo\u00eb \0\ud800M\u00fcller\x7f "})
    assert parse_order(document).buyer.name == "Zo\u00eb \ufffdM\u00fcller"
    gift = {"packing": {"giftOption": {"giftMessage": "Two\nlines\t!"}}}
    parsed = parse_order(order(items=[item(fulfillment=gift)]))
    assert parsed.items[0].gift_message == "Two\nlines\t!"
