"""Answers of the simulator follow Amazon's own models."""

import re

import pytest
from notification_client import application_token
from simulator_client import LONG_AGO, RECOMMENDED, confirmation

from spapi_simulator.apis import OPERATIONS

ORDERS = "orders_2026-01-01.json"
SEARCH = "/orders/2026-01-01/orders"
ONE = "/orders/2026-01-01/orders/{orderId}"
CONFIRM = "/orders/v0/orders/{orderId}/shipmentConfirmation"
PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
UNKNOWN = "100-0000000-0000000"


@pytest.mark.parametrize("included", ["", RECOMMENDED, "EXPENSE", "FULFILLMENT_ORDERS"])
def test_search_and_get(api, europe, model, included):
    params = {"includedData": included} if included else {}
    for account in (api, europe):
        answer = account.search(**params)
        model(ORDERS).validate(answer, SEARCH)
        for order in answer.json()["orders"]:
            one = account.order(order["orderId"], **params)
            model(ORDERS).validate(one, ONE)
            assert one.json()["order"] == order


def test_search_errors(api, model):
    for params in (
        {"lastUpdatedAfter": LONG_AGO, "createdAfter": LONG_AGO},
        {"marketplaceIds": "A2ZV50J4W1RKNI"},
    ):
        answer = api.search(**params)
        assert answer.status_code in (400, 403)
        model(ORDERS).validate(answer, SEARCH)
    missing = api.order(UNKNOWN)
    assert missing.status_code == 404
    model(ORDERS).validate(missing, ONE)


def test_confirm(api, admin, model):
    order = admin.create_order(api.account.seller_id)
    body = confirmation(order)
    v0 = model("ordersV0.json")
    answers = [
        api.confirm(order["orderId"], body),
        api.confirm(order["orderId"], {**body, "extra": 1}),
        api.confirm(UNKNOWN, body),
    ]
    assert [answer.status_code for answer in answers] == [204, 400, 404]
    for answer in answers:
        v0.validate(answer, CONFIRM, "post")
    after = api.order(order["orderId"], includedData=RECOMMENDED)
    model(ORDERS).validate(after, ONE)


def test_participations(api, model):
    model("sellers.json").validate(api.participations(), PARTICIPATIONS)


@pytest.mark.parametrize(
    "kind", ["json_500", "json_503", "throttle", "forbidden", "expired_token"]
)
def test_faults(api, admin, model, kind):
    for call, name, path, method in (
        (api.search, ORDERS, SEARCH, "get"),
        (lambda: api.order(UNKNOWN), ORDERS, ONE, "get"),
        (lambda: api.confirm(UNKNOWN, {}), "ordersV0.json", CONFIRM, "post"),
        (api.participations, "sellers.json", PARTICIPATIONS, "get"),
    ):
        admin.add_fault(kind)
        answer = call()
        assert answer.status_code >= 403
        model(name).validate(answer, path, method)
        api.fetch_token()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.name)
@pytest.mark.parametrize("headers", [{}, {"x-amz-access-token": ""}])
def test_missing_token(http, models, operation, headers):
    path = re.sub(r"\{\w+\}", "1", operation.path)
    answer = http.request(operation.method, path, headers=headers)
    assert answer.status_code == 403
    (error,) = answer.json()["errors"]
    assert error["code"] == "Unauthorized"
    assert error["details"] == "Access token is missing in the request header."
    model = models.describing(operation.method, operation.path)
    model.validate(answer, operation.path, operation.method.lower())


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.name)
def test_unknown_parameter(api, models, operation):
    headers = application_token(api.client) if operation.grantless else api.headers
    path = re.sub(r"\{\w+\}", "1", operation.path)
    query = {"invented": "1"}
    answer = api.client.request(operation.method, path, params=query, headers=headers)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["code"] == "InvalidInput"
    model = models.describing(operation.method, operation.path)
    model.validate(answer, operation.path, operation.method.lower())
