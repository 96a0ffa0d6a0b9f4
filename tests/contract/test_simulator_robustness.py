"""Whatever a client sends, the simulator answers on purpose: never with a 500."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulator_client import LONG_AGO, Api, confirmation

from spapi_simulator.accounts import NORTH_AMERICA

# One world for all examples: they only have to be answered.
relaxed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = (
    "createdAfter",
    "createdBefore",
    "lastUpdatedAfter",
    "lastUpdatedBefore",
    "fulfillmentStatuses",
    "marketplaceIds",
    "fulfilledBy",
    "maxResultsPerPage",
    "paginationToken",
    "includedData",
)
words = st.one_of(st.text(max_size=30), st.sampled_from([LONG_AGO, "100", "BUYER"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture
def order(admin):
    """An order to disturb."""
    return admin.create_order(NORTH_AMERICA.seller_id)


def check(answer):
    """An answer on purpose: success, or Amazon's envelope."""
    assert answer.status_code < 500, answer.text
    assert answer.headers["x-amzn-RequestId"]
    if answer.status_code >= 400:
        assert answer.json()["errors"][0]["message"]


@relaxed
@given(params=st.dictionaries(st.sampled_from(NAMES), words, max_size=4))
def test_queries(api, params):
    check(api.get("/orders/2026-01-01/orders", **params))


# A client resolves "." and ".." before it asks.
@relaxed
@given(order_id=st.text(min_size=1, max_size=20).filter(lambda t: t not in (".", "..")))
def test_order_ids(api, admin, order_id):
    answer = api.order(quote(order_id, safe=""))
    check(answer)
    assert answer.status_code in (400, 404)
    (entry,) = admin.journal(limit=1)
    assert (entry["operation"], entry["order_id"]) == ("getOrder", order_id)


@relaxed
@given(data=st.data())
def test_confirmations(api, order, data):
    body = confirmation(order)
    detail = body["packageDetail"]
    target = data.draw(st.sampled_from([body, detail, detail["orderItems"][0]]))
    target[data.draw(st.sampled_from(list(target)))] = data.draw(values)
    check(api.confirm(order["orderId"], body))


# Each example has a whole page of orders judged by Amazon's model.
@settings(relaxed, max_examples=25)
@given(data=st.data())
def test_changed_orders_can_still_be_read(api, admin, order, data):
    """Admin changes are refused or leave an order that all operations accept."""
    name = data.draw(st.sampled_from(list(order)))
    value = data.draw(values)
    if isinstance(order[name], dict):
        value = {data.draw(st.sampled_from(list(order[name]))): value}
    try:
        admin.change_order(order["orderId"], {name: value})
    except ValueError as refusal:
        assert "error" in str(refusal)
    included = {"includedData": "FULFILLMENT,BUYER,RECIPIENT,PROCEEDS,PACKAGES"}
    check(api.order(order["orderId"], **included))
    check(api.search(**included))
    check(api.confirm(order["orderId"], confirmation(order)))


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"grant_type", b"=&=&", b"[]", b"%", b"a=1&" * 60]
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_token_bodies(http, admin, content, kind):
    headers = {"content-type": kind}
    answer = http.post("/auth/o2/token", content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


def test_text_without_encoding(http, admin, order):
    """A lone surrogate is valid JSON, yet no valid text."""
    api = Api(http, NORTH_AMERICA)
    body = confirmation(order, trackingNumber="half")
    path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
    content = json.dumps(body).replace("half", "\\ud800")
    answer = http.post(path, content=content, headers=api.headers)
    assert answer.status_code in (204, 400)
    check(api.order(order["orderId"], includedData="PACKAGES"))
    assert admin.journal("confirmShipment")
