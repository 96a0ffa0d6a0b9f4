"""Fixtures: a simulator, clients of its accounts, Amazon's models."""

import json
import os
import sys
import types
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sp_api.auth import access_token_client
from sp_api.base.credential_provider import FromCodeCredentialProvider

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Found from the checkout in every import mode of pytest.
sys.path[:0] = [str(ROOT), str(HERE)]

from amazon_model import Models, models_folder  # noqa: E402
from answer_judge import AnswerJudge, ObservedAdmin  # noqa: E402
from connector_fixtures import connector, europe_connector, far_east_connector  # noqa: E402, F401
from listings_client import DELAY  # noqa: E402
from notification_fixtures import (  # noqa: E402, F401
    application,
    destination,
    seller,
)
from simulator_client import Api, start_simulator  # noqa: E402

from spapi_simulator.accounts import (  # noqa: E402
    CLIENT_ID,
    CLIENT_SECRET,
    EUROPE,
    NORTH_AMERICA,
    US,
)

#: The test module that looks back at all others.
COVERAGE = "test_simulator_coverage.py"
PARTIAL = pytest.StashKey()


@pytest.fixture(scope="session")
def base_url():
    """The address of a simulator that serves all tests of the session."""
    process, url = start_simulator("--seed", "11", "--quota-factor", "1000")
    yield url
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.fixture(scope="session")
def any_state(base_url, answer_judge):
    """The admin client, whatever the state of the simulator."""
    with ObservedAdmin(base_url, answer_judge) as client:
        yield client


@pytest.fixture
def admin(any_state):
    """The admin client, with the simulator in its initial state."""
    any_state.reset()
    return any_state


@pytest.fixture
def later(admin):
    """Let accepted changes of listings take effect."""
    return lambda: admin.advance_clock(DELAY)


@pytest.fixture
def http(base_url, answer_judge):
    """An HTTP client without credentials; all it is answered follows the models."""
    hooks = {"response": [answer_judge]}
    with httpx.Client(
        base_url=base_url,
        trust_env=False,
        # Reading the trusted certificates would take longer than most tests.
        verify=False,
        timeout=10,
        event_hooks=hooks,
    ) as client:
        yield client


@pytest.fixture
def api(http, admin):
    """The North American account."""
    return Api(http, NORTH_AMERICA)


@pytest.fixture
def europe(http, admin):
    """The European account."""
    return Api(http, EUROPE)


@pytest.fixture
def library(base_url, admin):
    """A function that makes a client of python-amazon-sp-api for an API class."""
    # Its kept tokens are of other tests.
    access_token_client.cache.clear()
    access_token_client.grantless_cache.clear()
    clients = []

    class LocalLogin(access_token_client.AccessTokenClient):
        scheme = "http://"
        host = urlsplit(base_url).netloc

    def make(api_class, refresh_token=NORTH_AMERICA.refresh_token):
        client = api_class(
            marketplace=types.SimpleNamespace(
                endpoint=base_url, marketplace_id=US.id, region="us-east-1"
            ),
            credentials={
                "refresh_token": refresh_token,
                "lwa_app_id": CLIENT_ID,
                "lwa_client_secret": CLIENT_SECRET,
            },
            credential_providers=(FromCodeCredentialProvider,),
            auth_token_client_class=LocalLogin,
            timeout=10,
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
        # The library leaves the connections of its logins open.
        client._auth._transport.close()


@pytest.fixture(scope="session")
def stored_models():
    """All of Amazon's models that are on this machine."""
    return Models(models_folder())


@pytest.fixture(scope="session")
def model(stored_models):
    """A function that loads one of Amazon's models by its file name."""

    def load(name):
        return stored_models.load(name) or give_up(f"Amazon's model {name} is missing")

    return load


@pytest.fixture(scope="session")
def schema():
    """A function that loads one of Amazon's JSON schemas by its file name."""

    def load(name):
        path = models_folder() / name
        if not path.is_file():
            give_up(f"Amazon's schema {name} is missing")
        return json.loads(path.read_text(encoding="utf-8"))

    return load


@pytest.fixture(scope="session")
def models(stored_models):
    """Amazon's models, which must be there."""
    return stored_models if len(stored_models) else give_up("no model is there")


def give_up(reason):
    """Skip a test for want of Amazon's models, except on a build server."""
    # It would prove nothing and look well.
    end = pytest.fail if os.environ.get("CI") else pytest.skip
    end(f"{reason}; SPAPI_MODELS tells where")


@pytest.fixture(scope="session")
def answer_judge(stored_models):
    """What judges all answers to the tests' HTTP clients."""
    return AnswerJudge(stored_models)


def pytest_collection_modifyitems(items):
    """Ask last whether every operation was judged."""
    items.sort(key=lambda item: item.path.name == COVERAGE)


def pytest_deselected(items):
    """Note that a part of the tests does not run."""
    for item in items[:1]:
        item.config.stash[PARTIAL] = True


@pytest.fixture
def whole_run(request):
    """Skip the test unless all contract tests run before it."""
    files = {item.path for item in request.session.items}
    named = any("::" in argument for argument in request.config.args)
    partial = named or request.config.stash.get(PARTIAL, False)
    if partial or not files.issuperset(HERE.glob("test_*.py")):
        pytest.skip("only a part of the contract tests runs")
