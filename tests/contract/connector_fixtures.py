"""The connector's own client on the simulator; its requests are recorded."""

import pytest
from spapi.client import Credentials, SpApiClient
from spapi.tokens import AccessTokens

from spapi_simulator.accounts import (
    CLIENT_ID,
    CLIENT_SECRET,
    EUROPE,
    FAR_EAST,
    NORTH_AMERICA,
)


def _open_client(base_url, account):
    credentials = Credentials(CLIENT_ID, CLIENT_SECRET, account.refresh_token)
    return SpApiClient(
        credentials, sp_api_url=base_url, lwa_url=base_url, tokens=AccessTokens()
    )


@pytest.fixture
def connector(base_url, admin):
    """The connector's client, signed in as the North American account."""
    with _open_client(base_url, NORTH_AMERICA) as client:
        yield client


@pytest.fixture
def far_east_connector(base_url, admin):
    """The same, signed in as the account that sells in Japan."""
    with _open_client(base_url, FAR_EAST) as client:
        yield client


@pytest.fixture
def europe_connector(base_url, admin):
    """The same, signed in as the account that sells in Europe."""
    with _open_client(base_url, EUROPE) as client:
        yield client
