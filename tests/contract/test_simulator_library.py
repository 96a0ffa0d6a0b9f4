"""python-amazon-sp-api, unmodified, works against the simulator."""

import types
from urllib.parse import urlsplit

import pytest
from simulator_client import LONG_AGO, confirmation

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET, NORTH_AMERICA, US

sp_api = pytest.importorskip("sp_api.api")


@pytest.fixture
def make(base_url, admin):
    """A function that makes a client of the library for an API class."""
    from sp_api.auth import AccessTokenClient
    from sp_api.base.credential_provider import FromCodeCredentialProvider

    class LocalLogin(AccessTokenClient):
        scheme = "http://"
        host = urlsplit(base_url).netloc

    marketplace = types.SimpleNamespace(
        endpoint=base_url, marketplace_id=US.id, region="us-east-1"
    )
    credentials = {
        "refresh_token": NORTH_AMERICA.refresh_token,
        "lwa_app_id": CLIENT_ID,
        "lwa_client_secret": CLIENT_SECRET,
    }

    clients = []

    def client(api_class):
        made = api_class(
            marketplace=marketplace,
            credentials=credentials,
            credential_providers=(FromCodeCredentialProvider,),
            auth_token_client_class=LocalLogin,
            timeout=10,
        )
        clients.append(made)
        return made

    yield client
    for made in clients:
        made.close()


def test_orders(make):
    client = make(sp_api.OrdersV20260101)
    query = {
        "createdAfter": LONG_AGO,
        "marketplaceIds": [US.id],
        "fulfillmentStatuses": ["UNSHIPPED", "PARTIALLY_SHIPPED"],
        "includedData": ["BUYER", "RECIPIENT", "FULFILLMENT"],
        "maxResultsPerPage": 5,
    }
    first = client.search_orders(**query)
    assert len(first.payload["orders"]) == 5
    second = client.search_orders(**query, paginationToken=first.next_token)
    order = second.payload["orders"][0]
    assert order["salesChannel"]["marketplaceId"] == US.id
    one = client.get_order(order["orderId"], includedData=["FULFILLMENT"])
    assert one.payload["order"]["orderId"] == order["orderId"]
    assert first.rate_limit == "5.6"


def test_confirm_and_errors(make, admin):
    from sp_api.base.exceptions import (
        SellingApiBadRequestException,
        SellingApiForbiddenException,
        SellingApiRequestThrottledException,
    )

    client = make(sp_api.OrdersV0)
    order = admin.create_order(NORTH_AMERICA.seller_id)
    body = confirmation(order)
    done = client.confirm_shipment(order["orderId"], **body)
    assert done.payload == {"status_code": 204}
    body["packageDetail"]["packageReferenceId"] = "2"
    for kind, error in (
        (None, SellingApiBadRequestException),
        ("throttle", SellingApiRequestThrottledException),
        ("forbidden", SellingApiForbiddenException),
    ):
        if kind:
            admin.add_fault(kind)
        with pytest.raises(error):
            client.confirm_shipment(order["orderId"], **body)


def test_participations(make):
    answer = make(sp_api.Sellers).get_marketplace_participation()
    assert len(answer.payload) == 6
