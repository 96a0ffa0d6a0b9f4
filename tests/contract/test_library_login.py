"""python-amazon-sp-api, unmodified, signs in with a code from a seller's website."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sp_api.api import Sellers
from sp_api.auth.exceptions import AuthorizationError

from spapi_simulator.accounts import APPLICATION_ID, EUROPE

RETURN = "http://127.0.0.1:8069/amazon/return"


@pytest.fixture
def code(http, admin):
    """What comes back when the European seller authorises the application."""
    form = {
        "application_id": APPLICATION_ID,
        "state": "state-1",
        "redirect_uri": RETURN,
        "selling_partner_id": EUROPE.seller_id,
        "decision": "confirm",
    }
    answer = http.post("/apps/authorize/consent", data=form)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return query["spapi_oauth_code"][0]


def test_a_code_gives_a_refresh_token(library, code):
    login = library(Sellers)._auth
    tokens = login.authorize_auth_code(code)
    assert tokens["expires_in"] == 3600
    sellers = library(Sellers, refresh_token=tokens["refresh_token"])
    answer = sellers.get_marketplace_participation()
    assert {entry["storeName"] for entry in answer.payload} == {EUROPE.store_name}
    with pytest.raises(AuthorizationError) as refusal:
        login.authorize_auth_code(code)
    assert refusal.value.error_code == "invalid_grant"
