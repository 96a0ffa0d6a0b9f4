"""Login with Amazon, access tokens and the separation of accounts."""

import pytest
from simulator_client import LONG_AGO, Api, grant

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA

DENIED = "Access to requested resource is denied."


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"refresh_token": ""}, 400, "invalid_request"),
    ],
)
def test_token_errors(http, changes, status, error):
    answer = http.post("/auth/o2/token", data=grant(NORTH_AMERICA, **changes))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


@pytest.mark.parametrize("form", ["data", "json"])
def test_token(http, form):
    answer = http.post("/auth/o2/token", **{form: grant(EUROPE)})
    token = answer.json()
    assert token["access_token"].startswith("Atza|")
    assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
    assert token["refresh_token"] == EUROPE.refresh_token


def test_refusals(api, admin):
    good = api.headers
    api.headers = {}
    assert api.participations().status_code == 403
    api.headers = {"x-amz-access-token": "Atza|forged"}
    assert api.participations().json()["errors"][0]["code"] == "Unauthorized"
    api.headers = good
    assert api.participations().status_code == 200
    admin.advance_clock(3601)
    expired = api.participations()
    assert expired.status_code == 403
    assert expired.json()["errors"] == [
        {
            "code": "Unauthorized",
            "message": DENIED,
            "details": "The access token you provided has expired.",
        }
    ]
    api.fetch_token()
    assert api.participations().status_code == 200


def test_accounts_are_separate(api, europe):
    own = {order["orderId"] for order in api.search().json()["orders"]}
    other = {order["orderId"] for order in europe.search().json()["orders"]}
    assert (len(own), len(other)) == (40, 10)
    assert not own & other
    assert europe.order(own.pop()).status_code == 404


def test_participations(api):
    entries = api.participations().json()["payload"]
    names = {entry["marketplace"]["name"] for entry in entries}
    assert {"Amazon.com", "Amazon.ca", "Amazon.com.mx", "Non-Amazon US"} <= names
    assert {entry["storeName"] for entry in entries} == {"Northwind Trading"}


def test_unknown_paths(api, http):
    assert api.get("/feeds/2021-06-29/feeds").status_code == 403
    assert api.get("/orders/v0/orders").status_code == 404
    assert api.get("/").json()["errors"][0]["code"] == "MissingAuthenticationToken"
    assert http.get("/feeds/2021-06-30/feeds").status_code == 403


def test_headers(api, http):
    answers = [api.search(), api.search(createdAfter="x"), api.order("1-2-3")]
    for answer in answers:
        assert answer.headers["x-amzn-RequestId"]
        assert float(answer.headers["x-amzn-RateLimit-Limit"]) > 0
    denied = http.get("/orders/2026-01-01/orders", params={"createdAfter": LONG_AGO})
    assert "x-amzn-RateLimit-Limit" not in denied.headers
    assert denied.headers["x-amzn-RequestId"]


def test_journal_holds_no_credentials(http, admin):
    api = Api(http, NORTH_AMERICA)
    api.search()
    text = str(admin.journal())
    for secret in (
        api.headers["x-amz-access-token"],
        *list(grant(api.account).values())[1:],
    ):
        assert secret not in text
    entry = admin.journal(operation="searchOrders")[0]
    assert entry["seller_id"] == NORTH_AMERICA.seller_id
    assert (entry["status"], entry["applied"]) == (200, True)
