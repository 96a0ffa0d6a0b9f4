"""The seller's authorisation: the address it starts at, the code, a withdrawal."""

from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from amazon_double import HTML, errors, reply, token
from spapi.auth import consent_url
from spapi.client import exchange_code
from spapi.errors import AuthError, ProtocolError, ThrottledError, UnavailableError

SINCE = datetime(2026, 1, 1, tzinfo=timezone.utc)
SELLER_CENTRAL = "https://sellercentral.amazon.com"
DENIED = errors(403, "Unauthorized", "Access to requested resource is denied.")


def refused(code, description="", status=400):
    return reply(status, {"error": code, "error_description": description})


def exchange(amazon, **changes):
    arguments = {"client_id": "client-id", "client_secret": "the-secret"} | changes
    return exchange_code("CODE", lwa_url=amazon.url, timeout=(60, 60), **arguments)


def test_the_consent_page_gets_all_that_amazon_asks_for():
    url = consent_url(
        SELLER_CENTRAL,
        "amzn1.sellerapps.app.1",
        "a state&",
        redirect_uri="https://odoo.example/back",
        draft=True,
    )
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == SELLER_CENTRAL
    assert parts.path == "/apps/authorize/consent"
    assert parse_qs(parts.query) == {
        "application_id": ["amzn1.sellerapps.app.1"],
        "state": ["a state&"],
        "redirect_uri": ["https://odoo.example/back"],
        "version": ["beta"],
    }


def test_a_published_application_without_a_redirect_names_neither():
    query = parse_qs(urlsplit(consent_url(SELLER_CENTRAL, "app", "s")).query)
    assert set(query) == {"application_id", "state"}


def test_a_consent_page_without_tls_is_refused():
    with pytest.raises(ValueError, match="https"):
        consent_url("http://sellercentral.example", "app", "s")


def test_a_code_becomes_a_refresh_token(amazon):
    amazon.login_replies = [reply(200, {"refresh_token": "Atzr|new"})]
    assert exchange(amazon, redirect_uri="https://odoo.example/back") == "Atzr|new"
    assert amazon.logins[0]["form"] == {
        "grant_type": ["authorization_code"],
        "code": ["CODE"],
        "client_id": ["client-id"],
        "client_secret": ["the-secret"],
        "redirect_uri": ["https://odoo.example/back"],
    }


def test_a_code_copied_by_hand_has_no_redirect(amazon):
    amazon.login_replies = [reply(200, {"refresh_token": "Atzr|new"})]
    exchange(amazon)
    assert "redirect_uri" not in amazon.logins[0]["form"]


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (refused("invalid_grant", "The code has expired"), AuthError, "code"),
        (refused("invalid_client", status=401), AuthError, "client"),
        (refused("unauthorized_client"), AuthError, "client"),
        (reply(200, {"access_token": "Atza|only"}), ProtocolError, None),
        (reply(429), ThrottledError, None),
        (reply(503, HTML), UnavailableError, None),
        ("reset", UnavailableError, None),
    ],
)
def test_a_failed_exchange_means_one_error(amazon, answer, kind, reason):
    amazon.login_replies = [answer]
    with pytest.raises(kind) as caught:
        exchange(amazon)
    assert getattr(caught.value, "reason", None) == reason
    assert "the-secret" not in str(caught.value)
    assert "CODE" not in str(caught.value)


def test_a_withdrawn_authorisation_is_no_missing_role(amazon, client):
    """A kept token is denied; the new login says that nothing is authorised."""
    client.search_orders(last_updated_after=SINCE, marketplace_ids=["M"])
    amazon.replies = [DENIED]
    amazon.login_replies = [refused("invalid_grant", "parameter : refresh_token")]
    with pytest.raises(AuthError) as caught:
        client.search_orders(last_updated_after=SINCE, marketplace_ids=["M"])
    assert caught.value.reason == "grant"
    assert len(amazon.requests) == 2


def test_a_missing_role_costs_one_more_login_and_no_more(amazon, client):
    client.search_orders(last_updated_after=SINCE, marketplace_ids=["M"])
    amazon.replies = [DENIED]
    amazon.login_replies = [token("Atza|two")]
    with pytest.raises(AuthError) as caught:
        client.search_orders(last_updated_after=SINCE, marketplace_ids=["M"])
    assert caught.value.reason == "forbidden"
    assert (len(amazon.requests), len(amazon.logins)) == (3, 2)
