"""Fixtures: a simulator, clients of its accounts, Amazon's models."""

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

from amazon_model import Model, models_folder  # noqa: E402
from listings_client import DELAY  # noqa: E402
from simulator_client import Api, start_simulator  # noqa: E402

from spapi_simulator.accounts import (  # noqa: E402
    CLIENT_ID,
    CLIENT_SECRET,
    EUROPE,
    NORTH_AMERICA,
    US,
)
from spapi_simulator.admin import SimulatorAdmin  # noqa: E402


@pytest.fixture(scope="session")
def base_url():
    """The address of a simulator that serves all tests of the session."""
    process, url = start_simulator("--seed", "11", "--quota-factor", "1000")
    yield url
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.fixture(scope="session")
def any_state(base_url):
    """The admin client, whatever the state of the simulator."""
    with SimulatorAdmin(base_url) as client:
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
def http(base_url):
    """An HTTP client without credentials."""
    with httpx.Client(base_url=base_url, trust_env=False, timeout=10) as client:
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
def model():
    """A function that loads one of Amazon's models by its file name."""
    folder = models_folder()
    loaded = {}

    def load(name):
        path = folder / name
        if not path.is_file():
            # A build server without the models would prove nothing and look well.
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(f"Amazon's model {name} is missing; SPAPI_MODELS tells where")
        if name not in loaded:
            loaded[name] = Model(path)
        return loaded[name]

    return load
