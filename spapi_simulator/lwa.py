"""Login with Amazon: access tokens from refresh tokens."""

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .accounts import CLIENT_ID, CLIENT_SECRET, Account, by_refresh_token
from .errors import LwaError, parse_json, unauthorized

TOKEN_SECONDS = 3600


@dataclass
class AccessToken:
    """What an access token stands for."""

    account: Account
    application: str
    expires: float


class Lwa:
    """Issues access tokens and tells whom a token belongs to."""

    def __init__(self, clock):
        self.clock = clock
        self._tokens = {}
        self._expired = set()

    def grant(self, form):
        """Answer ``POST /auth/o2/token`` for an already decoded form."""
        _require(form, "grant_type")
        if form["grant_type"] != "refresh_token":
            raise LwaError(
                400,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the "
                "authorization server",
            )
        _require(form, "client_id")
        _require(form, "client_secret")
        _require(form, "refresh_token")
        _check_client(form)
        account = by_refresh_token(form["refresh_token"])
        if account is None:
            raise invalid_grant()
        return {
            "access_token": self._issue(account, form["client_id"]),
            "refresh_token": account.refresh_token,
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
        }

    def seller_of(self, form):
        """The seller id a token request is about, or None."""
        account = by_refresh_token(form.get("refresh_token"))
        return account.seller_id if account else None

    def _issue(self, account, application):
        token = "Atza|" + secrets.token_urlsafe(48)
        expires = self.clock.timestamp() + TOKEN_SECONDS
        self._tokens[token] = AccessToken(account, application, expires)
        return token

    def authenticate(self, token):
        """The ``AccessToken`` behind the x-amz-access-token header."""
        if not token:
            raise unauthorized("Access token is missing in the request header.", 401)
        known = self._tokens.get(token)
        if known and known.expires <= self.clock.timestamp():
            self.expire(token)
        if token in self._expired:
            raise unauthorized("The access token you provided has expired.")
        if not known:
            raise unauthorized(
                "The access token you provided is revoked, malformed or invalid."
            )
        return known

    def expire(self, token):
        """End a token for good; its holder has to fetch another."""
        if self._tokens.pop(token, None):
            self._expired.add(token)


def invalid_grant():
    """The refresh token was revoked, or never existed."""
    message = "The request has an invalid grant parameter : refresh_token"
    return LwaError(400, "invalid_grant", message)


def invalid_client():
    """The client id or secret is wrong."""
    return LwaError(401, "invalid_client", "Client authentication failed")


def decode_form(body, content_type):
    """Read the token request; Amazon takes forms and JSON."""
    try:
        if content_type.startswith("application/json"):
            form = parse_json(body)
        else:
            form = dict(parse_qsl(body.decode("utf-8"), max_num_fields=50))
    except ValueError:
        form = {}
    if not isinstance(form, dict):
        return {}
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _require(form, name):
    if not form.get(name):
        message = f"The request is missing a required parameter : {name}"
        raise LwaError(400, "invalid_request", message)


def _check_client(form):
    secret = form["client_secret"].encode("utf-8", "replace")
    right = hmac.compare_digest(secret, CLIENT_SECRET.encode())
    if form["client_id"] != CLIENT_ID or not right:
        raise invalid_client()
