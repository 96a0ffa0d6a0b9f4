"""Fixtures: Amazon's own client library, unmodified, pointed at the simulator.

Runs in an environment of its own, against a simulator that `script/test` started.
"""

import os
import sys
from pathlib import Path

import pytest
from spapi import SPAPIClient, SPAPIConfig

# Found from the checkout in every import mode of pytest.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spapi_simulator.admin import SimulatorAdmin  # noqa: E402

NORTH_AMERICA = "A1SIMULATOR0NA"


@pytest.fixture(scope="session")
def base_url():
    """The address of the simulator."""
    url = os.environ.get("SIMULATOR_URL")
    assert url, "SIMULATOR_URL has to name a simulator; script/test starts one"
    return url


@pytest.fixture
def admin(base_url):
    """The admin client, with the simulator in its initial state."""
    with SimulatorAdmin(base_url) as client:
        client.reset()
        yield client


@pytest.fixture
def account(admin):
    """The North American account with its credentials."""
    found = [a for a in admin.accounts() if a["seller_id"] == NORTH_AMERICA]
    return found[0]


@pytest.fixture
def seller_id(account):
    """Its seller id."""
    return account["seller_id"]


@pytest.fixture
def marketplace(account):
    """Its first marketplace."""
    return account["marketplaces"][0]["id"]


@pytest.fixture
def connect(base_url, account):
    """A function that connects an API class of the library with the grant given."""

    def make(api_class, **grant):
        config = SPAPIConfig(
            client_id=account["client_id"],
            client_secret=account["client_secret"],
            **(grant or {"refresh_token": account["refresh_token"]}),
        )
        client = SPAPIClient(
            config, oauth_endpoint=f"{base_url}/auth/o2/token", endpoint=base_url
        )
        assert client.api_client.client_side_validation
        return api_class(client.api_client)

    return make
