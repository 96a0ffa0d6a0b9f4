"""What is sent to Amazon, and what must never leave or get in."""

import logging
import os
import ssl
import subprocess
import sys
import traceback
from datetime import datetime, timezone
from pathlib import Path

import amazon_double
import pytest
from amazon_double import errors, reply
from spapi.client import Credentials, SpApiClient, _tls_context
from spapi.errors import SpApiError, ThrottledError
from spapi.tokens import AccessTokens
from spapi.transport import Answer

SINCE = datetime(2026, 1, 1, tzinfo=timezone.utc)
ORDER = {"orderId": "100-0000000-0000001"}
NONSENSE = {
    "SP_API_DEFAULT_MARKETPLACE": "NOWHERE",
    "SP_API_AUTH_CACHE_SIZE": "many",
    "SP_API_AUTH_CACHE_TTL": "long",
    "AWS_ENV": "SANDBOX",
    "SP_API_REFRESH_TOKEN": "Atzr|of-the-environment",
    "LWA_APP_ID": "app-of-the-environment",
    "LWA_CLIENT_SECRET": "secret-of-the-environment",
}


def search(client, **arguments):
    arguments = {"last_updated_after": SINCE, "marketplace_ids": ["M"], **arguments}
    return client.search_orders(**arguments)


def test_a_page_carries_documents_next_token_and_watermark(amazon, client):
    amazon.replies = [
        reply(
            200,
            {
                "orders": [ORDER],
                "pagination": {"nextToken": "next"},
                "lastUpdatedBefore": "2026-01-02T00:00:00Z",
            },
        )
    ]
    page = search(client)
    assert page.documents == (ORDER,)
    assert page.next_token == "next"
    assert page.watermark == datetime(2026, 1, 2, tzinfo=timezone.utc)


@pytest.mark.parametrize("end", [{}, {"pagination": None}, {"pagination": {}}])
def test_the_last_page_has_no_next_token(amazon, client, end):
    amazon.replies = [reply(200, {"orders": [], **end})]
    assert search(client).next_token is None


def test_the_time_by_amazons_clock_is_learned_from_its_answers(
    amazon, client, credentials, monkeypatch
):
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    monkeypatch.setattr("spapi.client._clocks_ahead", {})
    monkeypatch.setattr(
        amazon_double._Handler, "date_time_string", lambda *_arguments: date
    )
    assert client.get_time().year > 2015
    amazon.replies = [reply(200, {"orders": []})]
    search(client)
    assert client.get_time().year == 2015
    with SpApiClient(credentials, sp_api_url=amazon.url, region="na") as another:
        assert another.get_time().year == 2015, "known to all clients of the process"


@pytest.mark.parametrize("date", [None, "", "yesterday", "Wed, 21 Oct 2015 07:28:00"])
def test_a_date_that_cannot_be_read_is_none(date):
    headers = {} if date is None else {"date": date}
    assert Answer.of(200, headers, b"{}").date is None


def test_a_request_names_host_application_and_token(amazon, client):
    search(client, marketplace_ids=["A", "B"], pagination_token="t/1")
    sent = amazon.requests[0]
    assert sent["headers"]["host"] == amazon.url.removeprefix("http://")
    assert sent["headers"]["user-agent"] == (
        "AmazonConnectorForOdoo/19.0 (Language=Python)"
    )
    assert sent["headers"]["x-amz-access-token"] == "Atza|token-one"
    for part in (
        "marketplaceIds=A%2CB",
        "fulfilledBy=MERCHANT",
        "lastUpdatedAfter=2026-01-01T00%3A00%3A00Z",
        "maxResultsPerPage=100",
        "paginationToken=t%2F1",
        "FULFILLMENT%2CPROCEEDS",
    ):
        assert part in sent["path"]


def test_an_order_is_returned_only_under_its_own_number(amazon, client):
    amazon.replies = [reply(200, {"order": ORDER})]
    assert client.get_order(ORDER["orderId"]) == ORDER
    with pytest.raises(SpApiError) as caught:
        client.get_order("100-0000000-0000002")
    assert caught.value.kind == "protocol"


def test_participations_are_read(amazon, client):
    entry = {
        "marketplace": {"id": "A1PA6795UKMFR9", "name": "Amazon.de"},
        "participation": {"isParticipating": True, "hasSuspendedListings": False},
    }
    amazon.replies = [reply(200, {"payload": [entry]})]
    (participation,) = client.get_marketplace_participations()
    assert participation.participating and participation.is_storefront


@pytest.mark.parametrize(
    "arguments",
    [
        {"last_updated_after": None},
        {"created_after": SINCE},
        {"marketplace_ids": []},
        {"marketplace_ids": ["M"] * 51},
        {"last_updated_after": datetime(2026, 1, 1)},
    ],
)
def test_a_search_amazon_would_refuse_is_not_sent(amazon, client, arguments):
    with pytest.raises(ValueError, match=r"\.$"):
        search(client, **arguments)
    assert amazon.requests == []


class Observer:
    def __init__(self, refuse=False):
        self.seen = []
        self.refuse = refuse

    def before(self, operation):
        self.seen.append(("before", operation))
        if self.refuse:
            raise ThrottledError("Wait.", retry_after=3.0)

    def after(self, *details):
        self.seen.append(("after", *details))


def observed(amazon, credentials, observer):
    return SpApiClient(
        credentials,
        sp_api_url=amazon.url,
        lwa_url=amazon.url,
        tokens=AccessTokens(),
        observer=observer,
    )


def test_the_observer_sees_each_request_and_repetition(amazon, credentials):
    headers = {"x-amzn-RateLimit-Limit": "0.01"}
    amazon.replies = [errors(401, "U", "no"), reply(200, {"orders": []}, headers)]
    observer = Observer()
    with observed(amazon, credentials, observer) as client:
        search(client)
    assert observer.seen == [
        ("before", "searchOrders"),
        ("after", "searchOrders", 401, None, "request-1"),
        ("before", "searchOrders"),
        ("after", "searchOrders", 200, 0.01, "request-1"),
    ]


def test_the_observer_can_hold_a_request_back(amazon, credentials):
    with (
        observed(amazon, credentials, Observer(refuse=True)) as client,
        pytest.raises(ThrottledError),
    ):
        search(client)
    assert amazon.requests == []


def test_a_token_serves_all_calls_until_it_ends(amazon, credentials):
    now = [0.0]
    tokens = AccessTokens(clock=lambda: now[0])
    for moment in (0.0, 3000.0, 3539.0, 3541.0):
        now[0] = moment
        with SpApiClient(
            credentials, sp_api_url=amazon.url, lwa_url=amazon.url, tokens=tokens
        ) as client:
            search(client)
    assert len(amazon.logins) == 2


def test_certificates_are_verified_and_read_once():
    context = _tls_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.get_ca_certs()
    assert _tls_context() is context


def test_changed_secrets_need_a_new_token(amazon):
    tokens = AccessTokens()
    for secret in ("one", "two", "one"):
        with SpApiClient(
            Credentials("id", secret, "Atzr|r"),
            sp_api_url=amazon.url,
            lwa_url=amazon.url,
            tokens=tokens,
        ) as client:
            search(client)
    assert len(amazon.logins) == 2


def test_environment_variables_have_no_influence(amazon, client, monkeypatch):
    for name, value in NONSENSE.items():
        monkeypatch.setenv(name, value)
    search(client)
    assert amazon.logins[0]["form"]["client_id"] == ["client-id"]
    assert "NOWHERE" not in amazon.requests[0]["path"]


def test_nonsense_in_the_environment_does_not_prevent_importing():
    addon = Path(__file__).resolve().parents[2] / "amazon_connector"
    script = (
        "import os, spapi.client; assert os.environ['AWS_ENV'] == 'SANDBOX';"
        "c = spapi.client.Credentials('a', 'b', 'c');"
        "x = spapi.client.SpApiClient(c, region='eu');"
        "print(x._endpoint); x.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **NONSENSE, "PYTHONPATH": str(addon)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "https://sellingpartnerapi-eu.amazon.com", done.stderr


SECRETS = ("secret-of-client", "secret-refresh", "Atza|", "token-one", "127.0.0.1")


def test_secrets_appear_neither_in_logs_nor_in_errors(amazon, client, caplog):
    caplog.set_level(logging.DEBUG)
    search(client)
    texts = [repr(client._credentials), repr(client._tokens)]
    amazon.replies = [
        reply(500, {"errors": []}),
        errors(400, "Invalid", "token Atza|token-one at http://127.0.0.1/x is bad"),
        "reset",
    ]
    for _ in range(3):
        with pytest.raises(SpApiError) as caught:
            search(client)
        texts += [str(caught.value), repr(caught.value), repr(vars(caught.value))]
        texts.append("".join(traceback.format_exception(caught.value)))
        assert caught.value.__context__ is None
    texts.append(caplog.text)
    for secret in SECRETS:
        assert not [text for text in texts if secret in text]
