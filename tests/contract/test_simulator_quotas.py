"""Usage plans: every bucket lets through what the published rate allows, no more."""

import re

import httpx
import pytest
from simulator_client import LONG_AGO, Api, grant, start_simulator

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA, US
from spapi_simulator.admin import SimulatorAdmin
from spapi_simulator.apis import OPERATIONS

#: How many further tokens the buckets are watched to yield.
WINDOW = 10
NAMES = [operation.name for operation in OPERATIONS]
#: Operations whose good request needs no preparation, with that request.
READERS = {
    "getMarketplaceParticipations": ("/sellers/v1/marketplaceParticipations", {}),
    "searchOrders": ("/orders/2026-01-01/orders", {"createdAfter": LONG_AGO}),
    "searchListingsItems": (
        f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}",
        {"marketplaceIds": US.id},
    ),
    "getListingsItem": (
        f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}/SIM-0001",
        {"marketplaceIds": US.id},
    ),
    "getReports": (
        "/reports/2021-06-30/reports",
        {"reportTypes": "GET_MERCHANT_LISTINGS_ALL_DATA"},
    ),
    "getFeeds": ("/feeds/2021-06-30/feeds", {"feedTypes": "JSON_LISTINGS_FEED"}),
    "searchCatalogItems": (
        "/catalog/2022-04-01/items",
        {"marketplaceIds": US.id, "keywords": "lamp"},
    ),
    "searchDefinitionsProductTypes": (
        "/definitions/2020-09-01/productTypes",
        {"marketplaceIds": US.id},
    ),
}


@pytest.fixture(scope="module")
def strict_url():
    """A simulator with Amazon's own usage plans."""
    process, url = start_simulator("--seed", "11")
    yield url
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.fixture
def strict_admin(strict_url):
    """Its admin client, with all buckets full."""
    with SimulatorAdmin(strict_url) as client:
        client.reset()
        yield client


@pytest.fixture
def seller(strict_url, strict_admin):
    """The North American account, under the published usage plans."""
    with httpx.Client(base_url=strict_url, trust_env=False) as client:
        yield Api(client, NORTH_AMERICA)


def application_token(client):
    """The header of a token that stands for the application, not for a seller."""
    form = grant(
        NORTH_AMERICA,
        grant_type="client_credentials",
        scope="sellingpartnerapi::notifications",
    )
    del form["refresh_token"]
    token = client.post("/auth/o2/token", data=form).json()["access_token"]
    return {"x-amz-access-token": token}


def drive(admin, send, rate, burst):
    """(answers in the burst, answers in the following window), throttled ones apart."""
    first = sum(send() for _ in range(burst + 5))
    step = 0.5 / rate
    later = 0
    for _ in range(2 * WINDOW):
        admin.advance_clock(step)
        later += send()
    return first, later


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_every_operation(strict_admin, seller, operation):
    """What is not throttled is answered, if only with a refusal, and costs a token."""
    headers = seller.headers
    if operation.grantless:
        headers = application_token(seller.client)
    path = re.sub(r"\{\w+\}", "1", operation.path)

    def send():
        answer = seller.client.request(operation.method, path, headers=headers)
        if answer.status_code == 429:
            assert answer.json()["errors"][0]["code"] == "QuotaExceeded"
            assert "x-amzn-RateLimit-Limit" not in answer.headers
        return answer.status_code != 429

    rate, burst = operation.plans()[operation.name]
    first, later = drive(strict_admin, send, rate, burst)
    assert burst <= first <= burst + 1
    assert WINDOW - 1 <= later <= WINDOW + 1


@pytest.mark.parametrize("name", READERS)
def test_successful_requests(strict_admin, seller, name):
    operation = OPERATIONS[NAMES.index(name)]
    rate, burst = operation.plans()[name]
    path, params = READERS[name]

    def send():
        answer = seller.get(path, **params)
        assert answer.status_code in (200, 429), answer.text
        if answer.status_code == 200:
            assert float(answer.headers["x-amzn-RateLimit-Limit"]) == rate
        return answer.status_code == 200

    first, later = drive(strict_admin, send, rate, burst)
    assert burst <= first <= burst + 1
    assert WINDOW - 1 <= later <= WINDOW + 1


def test_buckets_belong_to_the_account(strict_url, strict_admin, seller):
    while seller.participations().status_code == 200:
        continue
    with httpx.Client(base_url=strict_url, trust_env=False) as client:
        assert Api(client, EUROPE).participations().status_code == 200


def test_factor_speeds_up(strict_admin, seller):
    while seller.participations().status_code == 200:
        continue
    strict_admin.set_quota_factor(100)
    assert seller.participations().headers["x-amzn-RateLimit-Limit"] == "1.6"
