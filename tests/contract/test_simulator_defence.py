"""A mistake of the simulator itself: answered, told on standard error, journalled."""

import asyncio

import httpx
import pytest
from simulator_client import grant

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.app import create_app
from spapi_simulator.simulator import Simulator

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
MISTAKE = "a mistake that nobody expected"


class Broken:
    """What fails however it is used."""

    def __getattr__(self, _name):
        raise LookupError(MISTAKE)


@pytest.fixture
def simulator():
    """A simulator to break, without a process of its own."""
    return Simulator(orders=0, listings=0)


@pytest.fixture
def ask(simulator):
    """A function that sends one request with an access token."""
    application = create_app(simulator)
    token = simulator.lwa.grant(grant(NORTH_AMERICA))["access_token"]

    async def send(method, path, **options):
        transport = httpx.ASGITransport(application)
        url = "http://127.0.0.1:8585"
        async with httpx.AsyncClient(transport=transport, base_url=url) as client:
            headers = {"x-amz-access-token": token}
            return await client.request(method, path, headers=headers, **options)

    return lambda *args, **options: asyncio.run(send(*args, **options))


def test_the_answer_is_amazons_internal_failure(simulator, ask, caplog):
    assert ask("GET", PARTICIPATIONS).status_code == 200
    simulator.quotas = Broken()
    answer = ask("GET", PARTICIPATIONS)
    assert answer.status_code == 500
    (error,) = answer.json()["errors"]
    assert error["code"] == "InternalFailure"
    assert MISTAKE not in answer.text
    _fine, entry = simulator.journal.find()
    assert (entry["status"], entry["applied"]) == (500, False)
    assert entry["milliseconds"] > 0
    assert answer.headers["x-amzn-RequestId"] == entry["request_id"]
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert PARTICIPATIONS in caplog.text
    assert f"LookupError: {MISTAKE}" in caplog.text


def test_so_is_that_of_login_with_amazon(simulator, ask, caplog):
    simulator.faults = Broken()
    answer = ask("POST", "/auth/o2/token", data=grant(NORTH_AMERICA))
    assert answer.json()["errors"][0]["code"] == "InternalFailure"
    (entry,) = simulator.journal.find("getAccessToken")
    assert entry["status"] == 500
    assert MISTAKE in caplog.text


def test_so_is_that_of_documents(simulator, ask, caplog):
    simulator.faults = Broken()
    assert ask("GET", "/documents/none").status_code == 500
    (entry,) = simulator.journal.find()
    assert (entry["operation"], entry["status"]) == ("downloadDocument", 500)
    assert MISTAKE in caplog.text


def test_the_admin_interface_answers_in_its_own_form(simulator, ask, caplog):
    simulator.faults = Broken()
    answer = ask("GET", "/_simulator/faults")
    assert answer.status_code == 500
    assert list(answer.json()) == ["error"]
    assert answer.headers["x-amzn-RequestId"]
    assert MISTAKE in caplog.text


def test_what_fails_before_it_is_journalled_is_answered_too(simulator, ask, caplog):
    simulator.agenda = Broken()
    answer = ask("GET", PARTICIPATIONS)
    assert answer.json()["errors"][0]["code"] == "InternalFailure"
    assert answer.headers["x-amzn-RequestId"]
    assert simulator.journal.find() == []
    assert MISTAKE in caplog.text
