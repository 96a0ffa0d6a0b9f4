"""The simulated clock runs as fast as it is told, and everything goes by it."""

import asyncio
from functools import partialmethod
from types import SimpleNamespace

import httpx
import pytest
from simulator_client import LONG_AGO, Api, grant

from spapi_simulator import clock as clock_module
from spapi_simulator.accounts import NORTH_AMERICA, US
from spapi_simulator.app import create_app
from spapi_simulator.clock import MAX_OFFSET_SECONDS, Clock
from spapi_simulator.simulator import Simulator

SELLER = NORTH_AMERICA.seller_id
START = 1_800_000_000.0
RATE = "x-amzn-RateLimit-Limit"
LISTING = f"/listings/2021-08-01/items/{SELLER}/SIM-0001"


class RealTime:
    """A real time that passes only when a test says so."""

    seconds = START

    def __call__(self):
        return self.seconds

    def passes(self, seconds):
        """Let real seconds pass."""
        self.seconds += seconds


class World:
    """An HTTP client of a simulator in this process, whose real time is a test's."""

    def __init__(self, simulator):
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(create_app(simulator))
        self._client = httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8585"
        )

    def request(self, method, path, **options):
        """The answer to a request."""
        asked = self._client.request(method, path, **options)
        return self._loop.run_until_complete(asked)

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    put = partialmethod(request, "PUT")
    patch = partialmethod(request, "PATCH")

    def close(self):
        """End the client and its event loop."""
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()


@pytest.fixture
def real(monkeypatch):
    """The real time of the simulated clock."""
    watch = RealTime()
    monkeypatch.setattr(clock_module, "time", SimpleNamespace(time=watch))
    return watch


@pytest.fixture
def world(real):
    """A simulator whose clock runs at a speed of 60, with its client."""
    client = World(Simulator(seed=11, speed=60))
    yield client
    client.close()


@pytest.fixture
def seller(world):
    """The North American account."""
    return Api(world, NORTH_AMERICA)


def set_clock(client, **body):
    """What the admin interface answers to a change of the clock."""
    return client.post("/_simulator/clock", json=body)


def drain(seller):
    """Use up the bucket of getMarketplaceParticipations."""
    while seller.participations().status_code == 200:
        continue


def test_it_runs_faster_and_slower_without_a_jump(real):
    clock = Clock(speed=60)
    assert clock.timestamp() == START
    real.passes(10)
    assert (clock.timestamp(), clock.offset) == (START + 600, 590)
    clock.set_speed(0.5)
    assert clock.timestamp() == START + 600
    real.passes(10)
    assert clock.timestamp() == START + 605
    clock.advance(3600)
    assert clock.timestamp() == START + 605 + 3600
    clock.reset()
    real.passes(1)
    assert clock.timestamp() == real() + 59


def test_it_stays_within_a_century_of_real_time(real):
    clock = Clock(speed=1_000_000)
    real.passes(365 * 86400)
    assert clock.offset == MAX_OFFSET_SECONDS
    clock.now()


def test_an_order_is_found_two_simulated_minutes_after_it_changed(real, world, seller):
    body = {"seller_id": SELLER}
    made = world.post("/_simulator/orders", json=body).json()["orders"][0]
    order_id = made["orderId"]
    world.patch(f"/_simulator/orders/{order_id}", json={"status": "SHIPPED"})

    def found():
        orders = seller.search(lastUpdatedAfter=LONG_AGO).json()["orders"]
        return order_id in [order["orderId"] for order in orders]

    real.passes(1.9)
    assert not found()
    real.passes(0.2)
    assert found()


def test_quotas_refill_and_the_header_counts_real_seconds(real, world, seller):
    assert seller.participations().headers[RATE] == "0.96"
    drain(seller)
    real.passes(1)
    assert seller.participations().status_code == 429
    real.passes(0.1)
    assert [seller.participations().status_code for _ in range(2)] == [200, 429]
    plan = world.get("/_simulator/quotas").json()["operations"]
    assert plan["getMarketplaceParticipations"] == {"rate": 0.016, "burst": 15}


def test_a_change_takes_effect_after_three_simulated_seconds(real, world, seller):
    def quantity():
        params = {"marketplaceIds": US.id, "includedData": "fulfillmentAvailability"}
        answer = seller.get(LISTING, **params).json()
        return answer["fulfillmentAvailability"][0]["quantity"]

    product_type = seller.get(LISTING, marketplaceIds=US.id, includedData="summaries")
    availability = [{"fulfillment_channel_code": "DEFAULT", "quantity": 4321}]
    patch = {
        "op": "replace",
        "path": "/attributes/fulfillment_availability",
        "value": availability,
    }
    body = {
        "productType": product_type.json()["summaries"][0]["productType"],
        "patches": [patch],
    }
    params = {"marketplaceIds": US.id}
    answer = world.patch(LISTING, params=params, json=body, headers=seller.headers)
    assert answer.json()["status"] == "ACCEPTED"
    real.passes(0.04)
    assert quantity() != 4321
    real.passes(0.02)
    assert quantity() == 4321


def test_reports_take_their_simulated_time(real, world, seller):
    body = {
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "marketplaceIds": [US.id],
    }
    world.put("/_simulator/processing", json={"seconds": 120})
    path = "/reports/2021-06-30/reports"
    report_id = world.post(path, json=body, headers=seller.headers).json()["reportId"]

    def status():
        return seller.get(f"{path}/{report_id}").json()["processingStatus"]

    assert status() == "IN_QUEUE"
    real.passes(1.9)
    assert status() == "IN_PROGRESS"
    real.passes(0.2)
    assert status() == "DONE"


def test_access_tokens_end_after_a_simulated_hour(real, world, seller):
    token = world.post("/auth/o2/token", data=grant(NORTH_AMERICA)).json()
    assert token["expires_in"] == 60
    real.passes(59)
    assert seller.participations().status_code == 200
    real.passes(2)
    assert seller.participations().status_code == 403


def test_the_speed_can_be_changed(real, world, seller):
    drain(seller)
    before = world.get("/_simulator/clock").json()
    assert before["speed"] == 60
    after = set_clock(world, speed=1).json()
    assert (after["now"], after["speed"]) == (before["now"], 1)
    real.passes(60)
    assert seller.participations().status_code == 429
    both = set_clock(world, speed=600, advance_seconds=10).json()
    assert both["offset_seconds"] == 10
    real.passes(1)
    assert seller.participations().headers[RATE] == "9.6"
    assert world.get("/_simulator/clock").json()["offset_seconds"] == 10 + 599
    world.post("/_simulator/reset")
    assert world.get("/_simulator/clock").json()["speed"] == 60


def test_what_waits_wakes_up_by_itself_at_another_speed():
    simulator, done = Simulator(orders=0, speed=0.001), []

    async def wait():
        over = asyncio.Event()

        def work():
            done.append("over")
            over.set()

        simulator.agenda.at(simulator.clock.timestamp() + 60, work)
        simulator.clock.set_speed(1_000_000)
        simulator.agenda.retime()
        await over.wait()

    asyncio.run(asyncio.wait_for(wait(), 30))
    assert done == ["over"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "advance_seconds or speed is required"),
        ({"speed": 0}, "speed must be between 0.001 and 1000000"),
        ({"speed": 2_000_000}, "speed must be between 0.001 and 1000000"),
        ({"speed": "fast"}, "speed has the wrong type"),
        ({"speed": 5, "advance_seconds": -1}, "advance_seconds must be between 0 and"),
        ({"pace": 5}, "known: advance_seconds, speed"),
    ],
)
def test_impossible_clocks_are_explained(world, body, words):
    answer = set_clock(world, **body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert world.get("/_simulator/clock").json()["speed"] == 60


def test_other_paces_are_independent_of_the_speed():
    plain = Simulator(orders=0)
    fast = Simulator(orders=0, quota_factor=2, speed=10, processing_seconds=60)
    assert fast.processing.seconds == 60
    assert fast.effect_seconds == plain.effect_seconds
    assert fast.quotas.rate("getOrder") == plain.quotas.rate("getOrder") * 2
    assert float(fast.quotas.header("getOrder")) == 10
