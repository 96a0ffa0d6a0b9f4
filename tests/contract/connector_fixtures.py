"""The connector's own client on the simulator; its requests are recorded."""

import pytest
from spapi.client import Credentials, SpApiClient
from spapi.tokens import AccessTokens

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET, NORTH_AMERICA


@pytest.fixture
def connector(base_url, admin):
    """The connector's client, signed in as the North American account."""
    credentials = Credentials(CLIENT_ID, CLIENT_SECRET, NORTH_AMERICA.refresh_token)
    with SpApiClient(
        credentials, sp_api_url=base_url, lwa_url=base_url, tokens=AccessTokens()
    ) as client:
        yield client
