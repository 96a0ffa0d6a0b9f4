"""Every answer and failure of Amazon means exactly one kind of error."""

import socket
from datetime import datetime, timezone

import pytest
from amazon_double import HTML, errors, reply, token
from spapi.client import SpApiClient
from spapi.errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    SpApiError,
    ThrottledError,
    UnavailableError,
)
from spapi.shipments import ShipmentConfirmation, ShippedItem, confirmation_request
from spapi.tokens import AccessTokens

ORDER_ID = "100-0000000-0000001"
SINCE = datetime(2026, 1, 1, tzinfo=timezone.utc)
BODY = confirmation_request(
    ShipmentConfirmation(
        marketplace_id="A1PA6795UKMFR9",
        package_reference="17",
        carrier_code="DHL",
        carrier_name="",
        ship_method="",
        tracking="TRACK-1",
        ship_date=SINCE,
        items=(ShippedItem("1", 2),),
    )
)
EXPIRED = errors(
    403,
    "Unauthorized",
    "Access to requested resource is denied.",
    "The access token you provided has expired.",
)
DENIED = errors(403, "Unauthorized", "Access to requested resource is denied.")


def read(client):
    return client.search_orders(last_updated_after=SINCE, marketplace_ids=["M"])


def write(client):
    return client.confirm_shipment(ORDER_ID, BODY)


def failure(call, client):
    with pytest.raises(SpApiError) as caught:
        call(client)
    return caught.value


BOTH = [
    (DENIED, AuthError),
    (reply(403, HTML), AuthError),
    (errors(401, "Unauthorized", "Access token is missing."), AuthError),
    (errors(429, "QuotaExceeded", "You exceeded your quota."), ThrottledError),
    (reply(429, HTML), ThrottledError),
    (errors(400, "InvalidInput", "Invalid Input"), RejectedError),
    (reply(400, HTML), RejectedError),
    (errors(404, "NotFound", "Resource not found"), RejectedError),
    (errors(409, "Conflict", "Conflict"), RejectedError),
    (errors(413, "RequestTooLarge", "Too large"), RejectedError),
    (errors(415, "UnsupportedMediaType", "Unsupported"), RejectedError),
]
READS = BOTH + [
    (reply(503, HTML), UnavailableError),
    (errors(503, "ServiceUnavailable", "Try later"), UnavailableError),
    (reply(502, HTML), UnavailableError),
    (errors(500, "InternalFailure", "Internal error"), UnavailableError),
    (reply(504, None), UnavailableError),
    (reply(200, None), ProtocolError),
    (reply(200, HTML), ProtocolError),
    (reply(200, []), ProtocolError),
    (reply(200, {"orders": None}), ProtocolError),
    (reply(200, {"orders": [], "lastUpdatedBefore": "yesterday"}), ProtocolError),
    (errors(200, "InternalFailure", "Internal error"), ProtocolError),
    (reply(202, {"orders": []}), ProtocolError),
    ("reset", UnavailableError),
    (reply(200, {"orders": []}, delay=2), UnavailableError),
]
WRITES = BOTH + [
    (reply(503, HTML), AmbiguousError),
    (reply(502, HTML), AmbiguousError),
    (errors(500, "InternalFailure", "Internal error"), AmbiguousError),
    (reply(200, None), AmbiguousError),
    (reply(200, HTML), AmbiguousError),
    ("reset", AmbiguousError),
    (reply(204, None, delay=2), AmbiguousError),
]


@pytest.mark.parametrize(("answer", "kind"), READS)
def test_an_answer_to_a_read_means_one_error(amazon, client, answer, kind):
    amazon.replies = [answer]
    error = failure(read, client)
    assert type(error) is kind
    assert error.operation == "searchOrders"


@pytest.mark.parametrize(("answer", "kind"), WRITES)
def test_an_answer_to_a_write_means_one_error(amazon, client, answer, kind):
    amazon.replies = [answer]
    error = failure(write, client)
    assert type(error) is kind
    assert error.operation == "confirmShipment"


def test_only_204_confirms_a_shipment(amazon, client):
    amazon.replies = [reply(204)]
    assert write(client) is None
    assert amazon.requests[0]["body"] == BODY
    assert amazon.requests[0]["path"].endswith(ORDER_ID + "/shipmentConfirmation")


@pytest.mark.parametrize("call", [read, write])
def test_a_refused_connection_means_nothing_was_done(credentials, amazon, call):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with SpApiClient(
            credentials, sp_api_url=url, lwa_url=amazon.url, tokens=AccessTokens()
        ) as client:
            assert type(failure(call, client)) is UnavailableError


def test_an_expired_token_is_replaced_and_the_request_repeated_once(amazon, client):
    amazon.login_replies = [token("Atza|old"), token("Atza|new")]
    amazon.replies = [EXPIRED, reply(204)]
    write(client)
    sent = [request["headers"]["x-amz-access-token"] for request in amazon.requests]
    assert sent == ["Atza|old", "Atza|new"]


def test_a_token_refused_twice_is_an_authorisation_error(amazon, client):
    amazon.replies = [EXPIRED]
    assert failure(read, client).reason == "forbidden"
    assert len(amazon.requests) == 2


def test_an_expired_client_secret_is_no_missing_role(amazon, client):
    amazon.replies = [
        errors(
            403,
            "Unauthorized",
            "Access to requested resource is denied.",
            "The LWA secret token you provided has expired.",
        )
    ]
    assert failure(read, client).reason == "client"


def test_denied_access_is_not_repeated(amazon, client):
    amazon.replies = [DENIED]
    assert failure(read, client).reason == "forbidden"
    assert len(amazon.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, 1 / 0.0056), ({"x-amzn-RateLimit-Limit": "0.5"}, 2.0)],
)
def test_throttling_says_how_long_a_token_takes(amazon, client, headers, seconds):
    amazon.replies = [errors(429, "QuotaExceeded", "Too many.", headers=headers)]
    assert failure(read, client).retry_after == pytest.approx(seconds)


def test_a_rejection_has_amazons_words_code_and_request(amazon, client):
    amazon.replies = [errors(400, "InvalidInput", "Bad id, see https://a.example/x?y")]
    error = failure(write, client)
    assert str(error) == "Amazon refused the request: Bad id, see …"
    assert (error.status, error.code, error.request_id) == (
        400,
        "InvalidInput",
        "request-1",
    )


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (reply(400, {"error": "invalid_grant"}), AuthError, "grant"),
        (reply(401, {"error": "invalid_client"}), AuthError, "client"),
        (reply(400, {"error": "unauthorized_client"}), AuthError, "client"),
        (reply(503, HTML), UnavailableError, None),
        (reply(400, HTML), UnavailableError, None),
        (reply(200, HTML), UnavailableError, None),
        (reply(500, {"error": "server_error"}), UnavailableError, None),
        (reply(429, {"error": "throttled"}), ThrottledError, None),
        (reply(200, {"token": "x"}), ProtocolError, None),
        (reply(200, {"access_token": "line\nbreak"}), ProtocolError, None),
        (reply(200, {}, delay=2), UnavailableError, None),
        ("reset", UnavailableError, None),
    ],
)
@pytest.mark.parametrize("call", [read, write])
def test_a_failed_login_means_one_error(amazon, client, call, answer, kind, reason):
    amazon.login_replies = [answer]
    error = failure(call, client)
    assert type(error) is kind
    assert getattr(error, "reason", None) == reason
    assert amazon.requests == []
