"""Callers and a destination for the tests of notifications."""

import pytest
from notification_client import DESTINATIONS, MODEL, Caller, application_token, queue


@pytest.fixture
def application(http, admin, model):
    """Calls of the application itself."""
    return Caller(http, model(MODEL), application_token(http))


@pytest.fixture
def seller(api, model):
    """Calls for the North American account."""
    return Caller(api.client, model(MODEL), api.headers)


@pytest.fixture
def destination(application):
    """The id of a destination."""
    return application("POST", DESTINATIONS, queue()).json()["payload"]["destinationId"]
