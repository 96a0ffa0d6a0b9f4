"""Each fault does what its name says, and quotas hold."""

import time

import httpx
import pytest
from simulator_client import confirmation, grant

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.faults import KINDS

BEFORE = {
    "html_400": (400, "text/html"),
    "html_502": (502, "text/html"),
    "html_503": (503, "text/html"),
    "html_504": (504, "text/html"),
    "json_401": (401, "application/json"),
    "json_413": (413, "application/json"),
    "json_415": (415, "application/json"),
    "json_500": (500, "application/json"),
    "json_502": (502, "application/json"),
    "json_503": (503, "application/json"),
    "json_504": (504, "application/json"),
    "throttle": (429, "application/json"),
    "throttle_empty": (429, None),
    "expired_token": (403, "application/json"),
    "expired_secret": (403, "application/json"),
    "forbidden": (403, "application/json"),
    "not_json": (200, "text/html"),
    "empty": (200, None),
}
AFTER = {
    "html_503_after": 503,
    "json_500_after": 500,
    "slow": 204,
    "timeout_after": 204,
}
RESET = ("reset", "reset_after")
#: Tested in test_simulator_fault_answers.py.
STRANGE = (
    "reset_in_body",
    "no_rate_header",
    "duplicate_page",
    "null_next_token",
    "empty_next_token",
    "unknown_values",
    "no_recipient",
)
#: Tested in test_simulator_fault_refusals.py.
REFUSALS = ("error", "invalid_submission", "s3_expired")
LWA = {
    "lwa_invalid_grant": (400, "invalid_grant"),
    "lwa_invalid_client": (401, "invalid_client"),
    "lwa_html_503": (503, None),
}


@pytest.fixture
def order(api, admin):
    """An order ready to ship."""
    return admin.create_order(api.account.seller_id)


def shipped(admin, order):
    """Whether a confirmation took effect."""
    now = admin.order(order["orderId"])
    return now["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_every_kind_is_tested():
    assert set(KINDS) == {*BEFORE, *AFTER, *RESET, *STRANGE, *LWA, *REFUSALS}


@pytest.mark.parametrize("kind", BEFORE)
def test_not_applied(api, admin, order, kind):
    admin.add_fault(kind, operation="confirmShipment", order_id=order["orderId"])
    assert api.search().status_code == 200
    answer = api.confirm(order["orderId"], confirmation(order))
    content_type = answer.headers.get("content-type")
    status, expected = BEFORE[kind]
    assert answer.status_code == status
    assert (content_type or "").split(";")[0] == (expected or "")
    assert not shipped(admin, order)
    assert admin.faults() == []
    entry = admin.journal("confirmShipment")[-1]
    assert (entry["fault"], entry["applied"]) == (kind, False)
    again = api.confirm(order["orderId"], confirmation(order))
    assert again.status_code == (403 if kind == "expired_token" else 204)


@pytest.mark.parametrize("kind", AFTER)
def test_applied(api, admin, order, kind):
    admin.add_fault(kind, delay_seconds=0.3)
    start = time.monotonic()
    answer = api.confirm(order["orderId"], confirmation(order))
    assert answer.status_code == AFTER[kind]
    assert time.monotonic() - start >= 0.3
    assert shipped(admin, order)
    assert admin.journal("confirmShipment")[-1]["applied"]


def test_timeout_is_applied_at_once(api, admin, order):
    admin.add_fault("timeout_after", delay_seconds=5)
    api.client.timeout = 0.3
    with pytest.raises(httpx.ReadTimeout):
        api.confirm(order["orderId"], confirmation(order))
    assert shipped(admin, order)


@pytest.mark.parametrize("kind", RESET)
def test_reset(api, admin, order, kind):
    admin.add_fault(kind)
    with pytest.raises(httpx.TransportError):
        api.confirm(order["orderId"], confirmation(order))
    assert shipped(admin, order) == (kind == "reset_after")
    assert admin.journal("confirmShipment")[-1]["status"] is None


@pytest.mark.parametrize("kind", LWA)
def test_sign_in(http, admin, kind):
    admin.add_fault(kind)
    answer = http.post("/auth/o2/token", data=grant(NORTH_AMERICA))
    status, error = LWA[kind]
    assert answer.status_code == status
    if error:
        assert answer.json()["error"] == error
    assert http.post("/auth/o2/token", data=grant(NORTH_AMERICA)).status_code == 200


def test_scope_and_count(api, europe, admin):
    admin.add_fault("json_503", seller_id=europe.account.seller_id, times=2)
    assert api.participations().status_code == 200
    codes = [europe.participations().status_code for _ in range(3)]
    assert codes == [503, 503, 200]
    admin.add_fault("json_503", seconds=60)
    assert {api.participations().status_code for _ in range(4)} == {503}
    admin.advance_clock(61)
    assert api.participations().status_code == 200
    admin.add_fault("json_503")
    admin.clear_faults()
    assert api.participations().status_code == 200


def test_quota(api, europe, admin):
    admin.set_quota_factor(1)
    answers = [api.search() for _ in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {200}
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0056"
    throttled = answers[20]
    assert throttled.status_code == 429
    assert "x-amzn-RateLimit-Limit" not in throttled.headers
    assert throttled.json()["errors"][0]["code"] == "QuotaExceeded"
    assert europe.search().status_code == 200
    assert api.participations().status_code == 200
    admin.advance_clock(179)
    assert [api.search().status_code for _ in range(2)] == [200, 429]
    admin.set_quota_factor(2)
    assert admin.quotas()["operations"]["searchOrders"]["burst"] == 40
    assert api.search().status_code == 200
