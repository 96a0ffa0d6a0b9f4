"""python-amazon-sp-api, unmodified, fetches restricted data tokens."""

import pytest
from sp_api.api import Tokens
from sp_api.base.exceptions import SellingApiBadRequestException

ADDRESS = "/orders/v0/orders/{orderId}/address"


def create(library, path):
    resource = {"method": "GET", "path": path}
    tokens = library(Tokens)
    return tokens.create_restricted_data_token(restrictedResources=[resource])


def test_a_token_opens_what_it_names(library, http):
    answer = create(library, ADDRESS).payload
    assert answer["expiresIn"] == 3600
    headers = {"x-amz-access-token": answer["restrictedDataToken"]}
    # Let in, but there is no such order.
    address = ADDRESS.format(orderId="100-0000000-0000000")
    assert http.get(address, headers=headers).status_code == 404
    denied = http.get("/sellers/v1/marketplaceParticipations", headers=headers)
    assert denied.status_code == 403


def test_a_resource_that_is_not_restricted_is_refused(library):
    with pytest.raises(SellingApiBadRequestException):
        create(library, "/sellers/v1/account")
