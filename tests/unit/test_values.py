"""Times, addresses of servers, quotas, tokens, sellers, shipments."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from builders import order
from hypothesis import given
from hypothesis import strategies as st
from spapi.endpoints import LWA_URL, SP_API_URLS, check_url, lwa_token_url
from spapi.orders import parse_order
from spapi.quota import DEFAULT_RATES, take
from spapi.sellers import parse_participation
from spapi.shipments import (
    ShipmentConfirmation,
    ShippedItem,
    confirmation_request,
    find_package,
    get_cod_collection_method,
    package_matches,
    split_transparency_codes,
)
from spapi.times import format_time, parse_time
from spapi.tokens import AccessTokens, Credentials

UTC = timezone.utc
JAPAN = "A1VC38T7YXB528"
CONFIRMATION = ShipmentConfirmation(
    marketplace_id="A1PA6795UKMFR9",
    package_reference="17",
    carrier_code="DHL",
    carrier_name="",
    ship_method="",
    tracking="TRACK-1",
    ship_date=datetime(2026, 1, 5, 12, tzinfo=UTC),
    items=(ShippedItem("1", 2),),
)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))
def test_a_time_survives_writing_and_reading(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    assert parse_time(format_time(moment)) == moment


@pytest.mark.parametrize(
    "text", ["2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00", "2026-01-01t00:00:00z"]
)
def test_times_are_read_as_utc(text):
    assert parse_time(text) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2026-01-01", "nonsense T", None, 5])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"\.$"):
        parse_time(text)


@pytest.mark.parametrize(
    "url",
    [
        *SP_API_URLS.values(),
        "http://127.0.0.9:1/",
        "http://localhost",
        "http://[::1]:8",
    ],
)
def test_https_and_this_machine_are_acceptable(url):
    assert check_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "https://user:pass@example.com",
        "https://example.com/?a=b",
        "ftp://localhost",
        "https://",
        "https://example.com:port",
    ],
)
def test_other_addresses_are_refused_with_a_sentence(url):
    with pytest.raises(ValueError, match=r"\.$"):
        check_url(url)


@pytest.mark.parametrize("url", ["https://api.amazon.com", LWA_URL, LWA_URL + "/"])
def test_the_login_address_is_completed(url):
    assert lwa_token_url(url) == LWA_URL


@given(
    st.floats(0, 30),
    st.floats(0, 1e6),
    st.sampled_from(sorted(DEFAULT_RATES.values())),
)
def test_waiting_as_long_as_said_gives_a_token(tokens, elapsed, quota):
    rate, burst = quota
    after, wait = take(tokens, 1e9, 1e9 + elapsed, rate, burst)
    assert 0 <= after <= burst
    if wait:
        now = 1e9 + elapsed + wait
        assert take(after, 1e9 + elapsed, now + 1e-4, rate, burst)[1] == 0


def test_a_bucket_gives_its_burst_and_then_refills():
    tokens, waits = 3.0, []
    for _ in range(4):
        tokens, wait = take(tokens, 0.0, 0.0, 0.5, 3)
        waits.append(wait)
    assert waits == [0.0, 0.0, 0.0, 2.0]
    assert take(0.5, 10.0, 0.0, 0.5, 3) == (0.5, 1.0)


def test_concurrent_threads_log_in_once():
    tokens, fetched, got = AccessTokens(), [], []
    credentials = Credentials("id", "secret", "refresh")

    def fetch():
        fetched.append(1)
        return "token", 3600

    threads = [
        threading.Thread(target=lambda: got.append(tokens.get(credentials, "u", fetch)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(fetched), got) == (1, ["token"] * 8)


def test_forgetting_an_old_token_keeps_the_new_one():
    tokens, credentials = AccessTokens(), Credentials("id", "secret", "refresh")
    tokens.get(credentials, "u", lambda: ("new", 3600))
    tokens.forget(credentials, "u", "old")
    assert tokens.get(credentials, "u", lambda: ("other", 3600)) == "new"
    tokens.forget(credentials, "u")
    assert tokens.get(credentials, "u", lambda: ("other", 3600)) == "other"


@pytest.mark.parametrize(
    ("marketplace_id", "name", "storefront"),
    [
        ("A1PA6795UKMFR9", "Amazon.de", True),
        ("A38D8NSA03LJTC", "Somewhere", False),
        ("ANEWID", "Non-Amazon XX", False),
    ],
)
def test_only_shops_are_storefronts(marketplace_id, name, storefront):
    found = parse_participation({"marketplace": {"id": marketplace_id, "name": name}})
    assert found.is_storefront is storefront
    assert not found.participating


def test_empty_optional_keys_are_absent_from_the_request():
    assert confirmation_request(CONFIRMATION) == {
        "marketplaceId": "A1PA6795UKMFR9",
        "packageDetail": {
            "packageReferenceId": "17",
            "carrierCode": "DHL",
            "trackingNumber": "TRACK-1",
            "shipDate": "2026-01-05T12:00:00Z",
            "orderItems": [{"orderItemId": "1", "quantity": 2}],
        },
    }


def test_carrier_name_and_method_are_sent_when_known():
    conf = replace(
        CONFIRMATION, carrier_code="Other", carrier_name="Bikes", ship_method="Fast"
    )
    package = confirmation_request(conf)["packageDetail"]
    assert (package["carrierName"], package["shippingMethod"]) == ("Bikes", "Fast")


def test_transparency_codes_are_sent_with_their_item():
    items = (ShippedItem("1", 2, ("A1", "B2")), ShippedItem("2", 1))
    request = confirmation_request(replace(CONFIRMATION, items=items))
    assert request["packageDetail"]["orderItems"] == [
        {"orderItemId": "1", "quantity": 2, "transparencyCodes": ["A1", "B2"]},
        {"orderItemId": "2", "quantity": 1},
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ()),
        (False, ()),
        (" A1 ", ("A1",)),
        ("A1,B2; C3\nD4 E5,", ("A1", "B2", "C3", "D4", "E5")),
        (" , ", ()),
    ],
)
def test_transparency_codes_are_entered_with_any_separator(text, codes):
    assert split_transparency_codes(text) == codes


@pytest.mark.parametrize(
    ("marketplace_id", "is_cash_on_delivery", "method"),
    [
        (JAPAN, True, "DirectPayment"),
        (JAPAN, False, ""),
        ("A1PA6795UKMFR9", True, ""),
    ],
)
def test_only_japan_is_told_of_cash_on_delivery(
    marketplace_id, is_cash_on_delivery, method
):
    assert get_cod_collection_method(marketplace_id, is_cash_on_delivery) == method
    conf = replace(
        CONFIRMATION, marketplace_id=marketplace_id, cod_collection_method=method
    )
    assert confirmation_request(conf).get("codCollectionMethod", "") == method


@pytest.mark.parametrize(
    "changes",
    [
        {"package_reference": "A1"},
        {"package_reference": "0"},
        {"package_reference": 17},
        {"marketplace_id": ""},
        {"items": ()},
        {"items": (ShippedItem("1", 0),)},
        {"items": (ShippedItem("1", 1.5),)},
        {"items": (ShippedItem("", 1),)},
        {"carrier_code": " "},
        {"carrier_code": "Other"},
        {"carrier_code": "Other", "carrier_name": "x" * 51},
        {"items": (ShippedItem("1", 1, ("A1", "B2")),)},
        {"items": (ShippedItem("1", 1, ("A1",)), ShippedItem("2", 1, ("A1",)))},
        {"cod_collection_method": "DirectPayment"},
        {"marketplace_id": JAPAN, "cod_collection_method": "CreditCard"},
        {"tracking": ""},
        {"ship_date": datetime(2026, 1, 5)},
    ],
)
def test_what_amazon_would_refuse_is_refused_with_a_sentence(changes):
    with pytest.raises(ValueError, match=r"\.$"):
        confirmation_request(replace(CONFIRMATION, **changes))


def shipped(**changes):
    package = {
        "packageReferenceId": "17",
        "trackingNumber": "track-1 ",
        "packageStatus": {"status": "SHIPPED"},
        "packageItems": [{"orderItemId": "1", "quantity": 2}],
        **changes,
    }
    return parse_order(order(packages=[package]))


@pytest.mark.parametrize(
    ("changes", "matches"),
    [
        ({}, True),
        ({"packageItems": [{"orderItemId": "1", "quantity": 1}] * 2}, True),
        ({"trackingNumber": "TRACK-2"}, False),
        ({"packageItems": [{"orderItemId": "1", "quantity": 1}]}, False),
        ({"packageItems": []}, False),
        ({"packageStatus": {"status": "CANCELLED"}}, False),
    ],
)
def test_a_package_matches_by_items_and_tracking(changes, matches):
    package = find_package(shipped(**changes), "17")
    assert package_matches(package, CONFIRMATION) is matches


def test_an_unknown_package_is_not_found():
    assert find_package(shipped(), "18") is None


def test_times_before_utc_are_written_in_utc():
    moment = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-5)))
    assert format_time(moment) == "2026-01-01T05:00:00Z"
