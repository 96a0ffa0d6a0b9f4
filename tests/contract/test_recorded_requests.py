"""Requests are recorded as they came, and Amazon's models judge them strictly."""

import json
from dataclasses import replace

import httpx
import pytest
from amazon_model import Models, Request
from recorded_requests import (
    BAD,
    GOOD,
    SKIPPED,
    judge,
    judge_token_request,
    main,
    operations_of,
)
from simulator_client import confirmation, grant, start_simulator
from spapi.client import USER_AGENT, SpApiClient

from spapi_simulator.accounts import CLIENT_SECRET, NORTH_AMERICA

SEARCH = Request(
    "GET",
    "/orders/2026-01-01/orders",
    "createdAfter=2020-01-01T00%3A00%3A00Z&includedData=BUYER%2CTAX",
)
ORDER = {
    "orderItems": [{"orderItemId": "1", "quantityOrdered": 2}],
    "createdTime": "2026-01-05T10:00:00Z",
    "salesChannel": {"marketplaceId": "ATVPDKIKX0DER"},
}
CONFIRM = Request(
    "POST",
    "/orders/v0/orders/1/shipmentConfirmation",
    content_type="application/json",
    body=json.dumps(confirmation(ORDER)),
)
TOKEN = Request(
    "POST",
    "/auth/o2/token",
    content_type="application/x-www-form-urlencoded",
    body="grant_type=refresh_token&refresh_token=a&client_id=b&client_secret=c",
)


def with_query(query):
    return replace(SEARCH, query=query)


def with_package(**changes):
    """The confirmation with some details changed; None takes one out."""
    body = confirmation(ORDER)
    package = {**body["packageDetail"], **changes}
    kept = {name: value for name, value in package.items() if value is not None}
    return replace(CONFIRM, body=json.dumps({**body, "packageDetail": kept}))


@pytest.mark.parametrize(
    ("name", "file", "request_"),
    [
        ("searchOrders", "orders_2026-01-01.json", SEARCH),
        ("confirmShipment", "ordersV0.json", CONFIRM),
    ],
)
def test_a_right_request(model, name, file, request_):
    amazon = model(file)
    assert amazon.operation(request_)["operationId"] == name
    assert amazon.violations(request_) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("createdafter=2020-01-01T00%3A00%3A00Z", "createdafter is not known"),
        ("fulfilledBy=MERCHANT%2CNOBODY", "'NOBODY' is not one of"),
        ("createdAfter=yesterday", "'yesterday' is not a 'date-time'"),
        ("createdAfter=2020-01-01T00:00:00+00:00", "is not a 'date-time'"),
        ("maxResultsPerPage=many", "'many' is not of type 'integer'"),
        ("includedData=TAX&includedData=BUYER", "given more than once"),
        ("marketplaceIds=" + "%2C".join("A" * 51), "is too long"),
    ],
)
def test_a_wrong_parameter(model, query, words):
    (found,) = model("orders_2026-01-01.json").violations(with_query(query))
    assert words in found


def test_a_missing_parameter(model):
    request = Request("GET", "/listings/2021-08-01/items/A1/a%2Fb")
    found = model("listingsItems_2021-08-01.json").violations(request)
    assert found == ["query parameter marketplaceIds is missing"]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (with_package(trackingNumber=None), "'trackingNumber' is a required property"),
        (with_package(packageReferenceId=1), "1 is not of type 'string'"),
        (with_package(shipDate="05/01/2026"), "is not a 'date-time'"),
        (with_package(carrier="UPS"), "'carrier' was unexpected"),
        (replace(CONFIRM, body=""), "the body is missing"),
        (replace(CONFIRM, body="{"), "the body is not JSON"),
        (replace(CONFIRM, content_type="text/plain"), "the body's type is text/plain"),
    ],
)
def test_a_wrong_body(model, request_, words):
    (found,) = model("ordersV0.json").violations(request_)
    assert words in found


def test_a_body_where_there_is_none(model):
    found = model("orders_2026-01-01.json").violations(replace(SEARCH, body="{}"))
    assert found == ["a body where there is to be none"]


def test_combined_objects_are_closed_as_a_whole(model):
    """An event filter is made of several parts that must not refuse each other."""
    event_filter = {"eventFilterType": "ORDER_CHANGE", "marketplaceIds": ["A"]}
    body = {
        "payloadVersion": "1.0",
        "destinationId": "1",
        "processingDirective": {"eventFilter": event_filter},
    }
    path = "/notifications/v1/subscriptions/ORDER_CHANGE"
    request = Request("POST", path, "", "application/json", json.dumps(body))
    notifications = model("notifications.json")
    assert notifications.violations(request) == []
    event_filter["marketplaceId"] = "A"
    (found,) = notifications.violations(replace(request, body=json.dumps(body)))
    assert "'marketplaceId' was unexpected" in found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": TOKEN.body + "&scope=x"}, "field scope is not known"),
        ({"body": TOKEN.body.replace("client_id=b", "client_id=")}, "client_id is mis"),
        ({"body": TOKEN.body + "&client_id=b"}, "given more than once"),
        ({"content_type": "application/json"}, "type is application/json"),
        ({"query": "a=b"}, "without a query"),
        ({"body": "grant_type=magic&client_id=b&client_secret=c"}, "magic is not kno"),
    ],
)
def test_a_wrong_token_request(changes, words):
    assert judge_token_request(TOKEN) == ("token by refresh_token", [])
    _name, (found,) = judge_token_request(replace(TOKEN, **changes))
    assert words in found


@pytest.fixture
def small_model(tmp_path, monkeypatch):
    """A folder with a model that knows one operation only."""
    folder = tmp_path / "models"
    folder.mkdir()
    operation = {"operationId": "getOrder", "parameters": [], "responses": {}}
    document = {"swagger": "2.0", "paths": {"/small": {"get": operation}}}
    (folder / "small.json").write_text(json.dumps(document))
    monkeypatch.setenv("SPAPI_MODELS", str(folder))
    return folder


@pytest.fixture
def keep(tmp_path):
    """A function that records requests; it returns the folder."""

    def write(*requests, user_agent=USER_AGENT):
        lines = [json.dumps({**vars(r), "user_agent": user_agent}) for r in requests]
        (tmp_path / "1.jsonl").write_text("".join(f"{line}\n" for line in lines))
        return str(tmp_path)

    return write


def test_counts_by_operation(small_model):
    requests = [Request("GET", "/small"), Request("GET", "/small", "a=1"), SEARCH]
    counts, violations = judge(Models(small_model), requests)
    assert counts == {"getOrder": 2, "GET /orders/2026-01-01/orders": 1}
    assert violations == {
        "getOrder: query parameter a is not known": 1,
        "GET /orders/2026-01-01/orders: Amazon has no such operation": 1,
    }


def test_the_verdict_on_a_run(small_model, keep, capsys):
    folder = keep(TOKEN, Request("GET", "/na/small"))
    assert main([folder]) == GOOD
    assert "2 requests, 0 violations" in capsys.readouterr().out
    assert main([folder, "--complete"]) == BAD
    output = capsys.readouterr().out
    assert "NEVER CALLED searchOrders\n" in output
    assert "NEVER CALLED getOrder\n" not in output
    assert main([keep(Request("GET", "/small", "a=1"))]) == BAD
    assert "1 requests, 1 violations" in capsys.readouterr().out


def test_what_the_client_offers_are_operations_of_amazon(models):
    offered = operations_of(SpApiClient)
    known = {
        operation["operationId"]
        for amazon in models
        for _method, _path, operation in amazon.operations()
    }
    logins = {"token by refresh_token", "token by authorization_code"}
    assert offered - known == logins, "the rest belongs into NO_OPERATIONS"


def test_other_clients_are_not_judged(small_model, keep):
    folder = keep(Request("GET", "/nothing"), user_agent="curl")
    assert main([folder]) == GOOD


def test_without_models(keep, monkeypatch, tmp_path):
    monkeypatch.setenv("SPAPI_MODELS", str(tmp_path / "none"))
    monkeypatch.delenv("CI", raising=False)
    assert main([keep(SEARCH)]) == SKIPPED
    monkeypatch.setenv("CI", "true")
    assert main([keep(SEARCH)]) == BAD


def test_the_simulator_records_without_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SPAPI_SIMULATOR_RECORDINGS", str(tmp_path))
    process, url = start_simulator()
    with process.stdout, httpx.Client(base_url=url, trust_env=False) as http:
        answer = http.post("/auth/o2/token", data=grant(NORTH_AMERICA))
        access_token = answer.json()["access_token"]
        path = "/orders/v0/orders/a%2Fb/shipmentConfirmation"
        answer = http.post(
            f"{path}?x=%20",
            json={"marketplaceId": "Ä"},
            headers={"x-amz-access-token": access_token, "user-agent": "Connector"},
        )
        http.get("/_simulator/health")
        process.terminate()
        assert process.wait(10) == 0
    assert answer.status_code == 400
    (file,) = tmp_path.iterdir()
    text = file.read_text()
    for secret in (access_token, CLIENT_SECRET, NORTH_AMERICA.refresh_token):
        assert secret not in text
    login, sent = map(json.loads, text.splitlines())
    assert judge_token_request(
        Request(**{k: v for k, v in login.items() if k != "user_agent"})
    ) == ("token by refresh_token", [])
    assert sent == {
        "method": "POST",
        "path": path,
        "query": "x=%20",
        "user_agent": "Connector",
        "content_type": "application/json",
        "body": '{"marketplaceId":"Ä"}',
    }
