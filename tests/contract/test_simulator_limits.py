"""How much the simulator takes: more is refused on purpose, and not kept."""

import json
from urllib.parse import quote

import pytest
from listings_client import ITEM, MODEL
from simulator_client import grant

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.errors import parse_json
from spapi_simulator.intake import MAX_BODY_BYTES, MAX_FORM_BYTES
from spapi_simulator.journal import MAX_BODY_BYTES as KEPT_BYTES
from spapi_simulator.journal import MAX_BYTES, MAX_ENTRIES, Entry, Journal

PATH = "/orders/v0/orders/123-1234567-1234567/shipmentConfirmation"
JSON = {"content-type": "application/json"}


def nested(depth):
    """The JSON of lists in lists."""
    return "[" * depth + "]" * depth


def entry(path="/", body=None):
    """A request for the journal."""
    return Entry("2026-01-01T00:00:00Z", "unknown", "POST", path, {}, body)


def post(api, content):
    """confirmShipment with any body."""
    return api.client.post(PATH, content=content, headers={**api.headers, **JSON})


def test_a_body_of_the_largest_size_is_read(api, admin):
    answer = post(api, b" " * MAX_BODY_BYTES)
    assert answer.status_code == 400
    assert "not valid JSON" in answer.json()["errors"][0]["message"]
    assert admin.journal("confirmShipment")[0]["body"] == {"bytes": MAX_BODY_BYTES}


def test_a_body_with_millions_of_mistakes_is_answered(api):
    """It would take minutes to look at all of them, longer than the client waits."""
    content = b'{"productType":"PRODUCT","patches":[' + b"1," * 2_000_000 + b"1]}"
    answer = api.client.patch(
        ITEM.format(sellerId=NORTH_AMERICA.seller_id, sku="A"),
        params={"marketplaceIds": NORTH_AMERICA.marketplaces[0].id},
        content=content,
        headers={**api.headers, **JSON},
    )
    assert answer.status_code == 400
    assert "[patches]" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("pieces", [False, True])
def test_a_larger_body_is_amazons_413(api, admin, model, pieces):
    content = b" " * (MAX_BODY_BYTES + 1)
    answer = api.client.patch(
        ITEM.format(sellerId=NORTH_AMERICA.seller_id, sku="A"),
        content=iter([content[:-1], content[-1:]]) if pieces else content,
        headers={**api.headers, **JSON},
    )
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "RequestTooLarge"
    assert answer.headers["x-amzn-RequestId"]
    model(MODEL).validate(answer, ITEM)
    (kept,) = admin.journal("patchListingsItem")
    assert (kept["status"], kept["applied"], kept["body"]) == (413, False, None)
    assert api.participations().status_code == 200


def test_a_token_request_is_short(http, admin):
    form = grant(NORTH_AMERICA, state="a" * MAX_FORM_BYTES)
    answer = http.post("/auth/o2/token", data=form)
    assert answer.status_code == 413
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": "The request is too large",
    }
    (kept,) = admin.journal("getAccessToken")
    assert (kept["status"], kept["body"]) == (413, None)


def test_little_is_kept_of_an_invented_grant_type(http, admin):
    answer = http.post(
        "/auth/o2/token", data=grant(NORTH_AMERICA, grant_type="a" * 999)
    )
    assert answer.status_code == 400
    (kept,) = admin.journal("getAccessToken")
    assert len(kept["body"]["grant_type"]) == 100


def test_the_admin_interface_and_the_pages_have_a_limit_too(http, admin):
    answer = http.post("/_simulator/clock", content=b" " * (MAX_BODY_BYTES + 1))
    assert (answer.status_code, list(answer.json())) == (413, ["error"])
    form = {"back": "/" * MAX_FORM_BYTES}
    assert http.post("/_simulator/page/act/reset", data=form).status_code == 413
    assert http.post("/apps/authorize/consent", data=form).status_code == 413


@pytest.mark.parametrize("depth", [101, 600, 900, 100_000])
def test_deep_nesting_is_no_json(api, admin, http, depth):
    content = nested(depth)
    answer = post(api, content)
    assert answer.status_code == 400
    assert "not valid JSON" in answer.json()["errors"][0]["message"]
    admin.create_order(NORTH_AMERICA.seller_id)
    order_id = admin.orders()[0]["orderId"]
    changes = b'{"programs":' + content.encode() + b"}"
    answer = http.patch(f"/_simulator/orders/{order_id}", content=changes)
    assert answer.status_code == 400
    assert "nested more than 100 deep" in answer.json()["error"]
    answer = http.post("/auth/o2/token", content=content, headers=JSON)
    assert answer.json()["error"] == "invalid_request"
    (kept,) = admin.journal("confirmShipment")
    assert kept["body"] == (content[:2000] if depth < 5000 else {"bytes": 2 * depth})


def test_nesting_is_counted_in_levels_not_in_brackets():
    for text in (nested(100), f"[{','.join(['[{}]'] * 500)}]", '"' + "[" * 500 + '"'):
        assert parse_json(text) == parse_json(text.encode()) == json.loads(text)
    for text in (nested(101), f'{{"a":{nested(100)}}}', f"[1,{nested(100)}]"):
        with pytest.raises(ValueError, match="nested more than 100 deep"):
            parse_json(text)


def test_numbers_are_not_endless():
    assert parse_json("9" * 308) == int("9" * 308)
    with pytest.raises(ValueError, match="309 digits"):
        parse_json("9" * 309)


def test_the_journal_keeps_short_bodies_whole():
    journal = Journal()
    journal.add(entry(body=json.dumps({"a": "b"}).encode()))
    journal.add(entry(body=b'"' + b"a" * (KEPT_BYTES - 2) + b'"'))
    journal.add(entry(body=b'"' + b"a" * (KEPT_BYTES - 1) + b'"'))
    short, full, longer = [document["body"] for document in journal.find()]
    assert short == {"a": "b"}
    assert full == "a" * (KEPT_BYTES - 2)
    assert longer == {"bytes": KEPT_BYTES + 1}


@pytest.mark.parametrize("size", ["body", "path"])
def test_the_oldest_entries_go_when_the_journal_is_full(size):
    journal, content = Journal(), b"1" * KEPT_BYTES
    count = MAX_BYTES // KEPT_BYTES + 1
    for number in range(count):
        if size == "body":
            journal.add(entry(f"/{number}", content))
        else:
            journal.add(entry(f"/{number}/{'a' * KEPT_BYTES}"))
    assert sum(kept.size() for kept in journal.entries) <= MAX_BYTES
    assert 1000 < len(journal.entries) < count
    numbers = [int(kept.path.split("/")[1]) for kept in journal.entries]
    assert numbers == list(range(numbers[0], count))


def test_the_number_of_entries_has_a_limit():
    journal, one = Journal(), entry()
    for _ in range(MAX_ENTRIES):
        journal.add(one)
    assert len(journal.entries) == MAX_ENTRIES
    journal.add(entry("/last"))
    assert len(journal.entries) == MAX_ENTRIES * 9 // 10
    assert journal.find(limit=1)[0]["path"] == "/last"


@pytest.mark.parametrize("digits", [11, 5000])
@pytest.mark.parametrize(
    "path", ["orders?limit=", "orders?offset=", "listings?limit=", "journal?limit="]
)
def test_numbers_in_queries_of_the_admin_interface(http, admin, path, digits):
    answer = http.get(f"/_simulator/{path}{'9' * digits}")
    assert answer.status_code == 400
    assert "whole number between 0 and" in answer.json()["error"]


@pytest.mark.parametrize("page", ["orders", "listings", "requests"])
def test_a_page_far_beyond_the_last_is_empty(http, admin, page):
    answers = [
        http.get(f"/_simulator/page/{page}", params={"page": digits})
        for digits in ("1000000", "9" * 5000)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_sku_of_thousands_of_digits(api, admin):
    sku = "9" * 5000
    path = f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}/{quote(sku)}"
    answer = api.get(path, marketplaceIds=NORTH_AMERICA.marketplaces[0].id)
    assert answer.status_code in (400, 404)
