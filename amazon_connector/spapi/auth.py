"""Login with Amazon: where a seller authorises, what is asked for a token, and what
the answer means.

Source: "Connecting to the Selling Partner API" and "Website authorization workflow" of
Amazon's documentation; error codes are those of OAuth 2 (RFC 6749, section 5.2).
"""

from urllib.parse import urlencode

from .endpoints import check_url
from .errors import (
    AuthError,
    ProtocolError,
    ThrottledError,
    UnavailableError,
    bounded_seconds,
    clean_text,
)
from .quota import read_number

REFRESH = "refreshAccessToken"
EXCHANGE = "exchangeAuthorizationCode"
_LWA = "Login with Amazon"
# It travels in a header; Amazon's have some hundreds of characters.
_TOKEN_CHARACTERS = 8192
CONSENT_PATH = "/apps/authorize/consent"


def consent_url(
    seller_central_url, application_id, state, *, redirect_uri="", draft=False
):
    """Return the address at which a seller authorises the application.

    :param str seller_central_url: such as ``https://sellercentral.amazon.com``
    :param str application_id: ``amzn1.sellerapps.app.…`` (or ``sp.solution``)
    :param bool draft: the application is not published: Amazon wants to know
    :raises ValueError: see :func:`.endpoints.check_url`
    """
    query = {"application_id": application_id, "state": state}
    if redirect_uri:
        query["redirect_uri"] = redirect_uri
    if draft:
        query["version"] = "beta"
    return f"{check_url(seller_central_url)}{CONSENT_PATH}?{urlencode(query)}"


def refresh_form(credentials):
    """Return the form that asks for an access token with a refresh token."""
    return {
        "grant_type": "refresh_token",
        "refresh_token": credentials.refresh_token,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }


def code_form(code, client_id, client_secret, redirect_uri):
    """Return the form that turns an authorisation code into a refresh token."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client_id,
        "client_secret": client_secret,
    }
    # Only the redirect names its address; a code copied by hand had none.
    return form | {"redirect_uri": redirect_uri} if redirect_uri else form


def read_access_token(answer):
    """Return (``access_token``, ``expires_in`` in seconds, a day at most).

    :raises SpApiError: what the answer means when it holds no token
    """
    token = _find_token(answer, "access_token")
    if not token:
        raise _get_error(REFRESH, answer)
    seconds = read_number(answer.body.get("expires_in", 3600))
    return token, bounded_seconds(seconds or 0.0)


def read_refresh_token(answer):
    """Return the ``refresh_token`` of an exchange.

    :raises SpApiError: what the answer means when it holds no token
    """
    token = _find_token(answer, "refresh_token")
    if not token:
        raise _get_error(EXCHANGE, answer)
    return token


def _find_token(answer, name):
    body = answer.body if isinstance(answer.body, dict) else {}
    token = body.get(name)
    usable = (
        isinstance(token, str)
        and len(token) <= _TOKEN_CHARACTERS
        and token.isascii()
        and token.isprintable()
    )
    return token if answer.status == 200 and usable else ""


def _get_error(operation, answer):
    """Return the error of an answer that holds no token."""
    body = answer.body if isinstance(answer.body, dict) else {}
    code = body.get("error") if isinstance(body.get("error"), str) else ""
    details = {
        "operation": operation,
        "status": answer.status,
        "code": clean_text(code),
        "request_id": answer.request_id,
    }
    if answer.status == 429:
        return ThrottledError(
            f"{_LWA} asks to wait.", retry_after=answer.pause, **details
        )
    # Refused without the body that the protocol demands: not Amazon's answer.
    unanswered = answer.html or answer.status >= 500 or answer.status == 408
    if unanswered or (answer.status >= 300 and not code):
        return UnavailableError(
            f"{_LWA} is not available at the moment (status {answer.status}).",
            **details,
        )
    if answer.status < 300:
        return ProtocolError(f"{_LWA} answered without a token.", **details)
    return _get_refusal(operation, code, body.get("error_description"), details)


def _get_refusal(operation, code, description, details):
    about_grant = isinstance(description, str) and (
        "refresh_token" in description or ": code" in description
    )
    if code != "invalid_grant" and not (code == "invalid_request" and about_grant):
        return AuthError(
            "Amazon does not accept the client ID or client secret: one of them is "
            "wrong or expired.",
            reason="client",
            **details,
        )
    if operation == EXCHANGE:
        return AuthError(
            "Amazon does not accept the authorization code: it is mistyped, older "
            "than five minutes, used already, or belongs to another application.",
            reason="code",
            **details,
        )
    return AuthError(
        "Amazon does not accept the refresh token: it is unknown, expired or "
        "withdrawn, or belongs to another application.",
        reason="grant",
        **details,
    )
