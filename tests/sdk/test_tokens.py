"""Amazon's client library fetches a restricted data token."""

import httpx
import pytest
from spapi.api.tokens_v2021_03_01.tokens_api import TokensApi
from spapi.models.tokens_v2021_03_01 import (
    CreateRestrictedDataTokenRequest,
    RestrictedResource,
)
from spapi.rest import ApiException

ADDRESS = "/orders/v0/orders/{orderId}/address"


def wish(path):
    """A request for a token that opens one resource."""
    resource = RestrictedResource(method="GET", path=path)
    return CreateRestrictedDataTokenRequest(restricted_resources=[resource])


def test_a_token_opens_what_it_names(connect, base_url):
    answer = connect(TokensApi).create_restricted_data_token(wish(ADDRESS))
    assert answer.expires_in == 3600
    headers = {"x-amz-access-token": answer.restricted_data_token}
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False) as http:
        # Let in, but there is no such order.
        address = ADDRESS.format(orderId="100-0000000-0000000")
        assert http.get(address).status_code == 404
        assert http.get("/sellers/v1/marketplaceParticipations").status_code == 403


def test_a_resource_that_is_not_restricted_is_refused(connect):
    with pytest.raises(ApiException) as refusal:
        connect(TokensApi).create_restricted_data_token(wish("/sellers/v1/account"))
    assert refusal.value.status == 400
