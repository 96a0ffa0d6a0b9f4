"""Usage plans: every bucket lets through what the published rate allows, no more."""

import re
import time

import httpx
import pytest
from good_requests import GOOD, Desk
from notification_client import application_token
from simulator_client import Api, start_simulator

from spapi_simulator.accounts import APPLICATION_ID, EUROPE, NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin
from spapi_simulator.apis import OPERATIONS

TOKENS = "/tokens/2021-03-01/restrictedDataToken"
#: How many further tokens the buckets are watched to yield.
WINDOW = 10
NAMES = [operation.name for operation in OPERATIONS]
#: (rate, burst) by usage plan; a feed type has one besides that of its operation.
PLANS = {
    name: plan for operation in OPERATIONS for name, plan in operation.plans().items()
}
#: Their successes end what they need; that a refusal costs a token must do.
ONCE_ONLY = {"cancelReportSchedule", "createSubscription", "deleteSubscriptionById"}


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
def seller(strict_url, strict_admin, answer_judge):
    """The North American account, under the published usage plans."""
    hooks = {"response": [answer_judge]}
    with httpx.Client(
        base_url=strict_url, trust_env=False, verify=False, event_hooks=hooks
    ) as client:
        yield Api(client, NORTH_AMERICA)


@pytest.fixture
def desk(seller, strict_admin, model):
    """The account at work, with all buckets too large to notice."""
    strict_admin.set_quota_factor(1_000_000)
    return Desk(seller, strict_admin, model)


def drive(admin, send, rate, burst):
    """Send a burst, then watch the bucket yield WINDOW further tokens.

    The machine's own time fills the bucket, too: a slow one gets that much more.
    """
    started = time.monotonic()
    first = sum(send() for _ in range(burst + 5))
    gained = (time.monotonic() - started) * rate
    assert burst <= first <= burst + 1 + gained
    step = 0.5 / rate
    later = 0
    for _ in range(2 * WINDOW):
        admin.advance_clock(step)
        later += send()
    gained = (time.monotonic() - started) * rate
    assert WINDOW - 1 <= later <= WINDOW + 1 + gained


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
    drive(strict_admin, send, rate, burst)


def test_all_plans_are_driven():
    assert set(GOOD) | ONCE_ONLY == set(PLANS)
    assert not set(GOOD) & ONCE_ONLY


@pytest.mark.parametrize("name", GOOD)
def test_successful_requests(strict_admin, desk, name):
    """In each window the successes are as many as the plan allows."""
    rate, burst = PLANS[name]
    request = GOOD[name](desk)
    strict_admin.set_quota_factor(1)

    def send():
        answer = request()
        if answer.status_code == 429:
            return False
        assert 200 <= answer.status_code < 300, answer.text
        assert float(answer.headers["x-amzn-RateLimit-Limit"]) == pytest.approx(rate)
        return True

    drive(strict_admin, send, rate, burst)


def exhaust(send, most):
    """Send until the bucket is empty."""
    for _ in range(most + 1):
        if send().status_code == 429:
            return
    raise AssertionError(f"{most} requests do not empty the bucket")


def test_buckets_belong_to_the_account(strict_url, strict_admin, seller):
    exhaust(seller.participations, 16)
    with httpx.Client(base_url=strict_url, trust_env=False, verify=False) as client:
        assert Api(client, EUROPE).participations().status_code == 200


def test_factor_speeds_up(strict_admin, seller):
    exhaust(seller.participations, 16)
    strict_admin.set_quota_factor(100)
    assert seller.participations().headers["x-amzn-RateLimit-Limit"] == "1.6"


@pytest.mark.parametrize("target", [None, APPLICATION_ID])
def test_a_restricted_token_opens_no_other_buckets(strict_admin, seller, target):
    path = "/reports/2021-06-30/documents/amzn1.spdoc.1.simulator"
    resources = [{"method": "GET", "path": path}]
    body = {"restrictedResources": resources, "targetApplication": target}
    made = seller.client.post(TOKENS, json=body, headers=seller.headers)
    exhaust(lambda: seller.get(path), 16)
    seller.headers = {"x-amz-access-token": made.json()["restrictedDataToken"]}
    assert seller.get(path).status_code == 429
