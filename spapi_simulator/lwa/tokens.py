"""Access tokens: of a selling account, of the application alone, and restricted."""

import secrets
from dataclasses import dataclass

from ..accounts import Account
from ..errors import unauthorized

TOKEN_SECONDS = 3600
#: Older tokens are forgotten beyond this many, so that a long run stays small.
MAX_TOKENS = 50_000


@dataclass
class AccessToken:
    """What an access token stands for.

    ``account`` is None for a token of the application alone, which has ``scopes``
    instead. A restricted data token opens nothing but its ``resources``.
    """

    account: Account | None
    application: str
    expires: float
    scopes: tuple = ()
    resources: tuple | None = None


class AccessTokens:
    """All access tokens that were issued, by their text."""

    def __init__(self, clock):
        self.clock = clock
        self._known = {}

    def issue(self, prefix, account, application, **facts):
        """The text of a new token, valid for an hour of the simulated time."""
        text = prefix + secrets.token_urlsafe(48)
        expires = self.clock.timestamp() + TOKEN_SECONDS
        if len(self._known) >= MAX_TOKENS:
            self._known = dict(list(self._known.items())[MAX_TOKENS // 2 :])
        self._known[text] = AccessToken(account, application, expires, **facts)
        return text

    def authenticate(self, text):
        """The ``AccessToken`` behind the x-amz-access-token header."""
        if not text:
            raise unauthorized("Access token is missing in the request header.")
        token = self._known.get(text)
        if token is None:
            raise unauthorized(
                "The access token you provided is revoked, malformed or invalid."
            )
        if token.expires <= self.clock.timestamp():
            # The clock can go back with a reset; what expired stays expired.
            token.expires = 0.0
            raise unauthorized("The access token you provided has expired.")
        return token

    def expire(self, text):
        """End a token for good; its holder has to fetch another."""
        if text in self._known:
            self._known[text].expires = 0.0

    def revoke(self, seller_id):
        """End all tokens of a selling account, as if they had never been."""
        self._known = {
            text: token
            for text, token in self._known.items()
            if token.account is None or token.account.seller_id != seller_id
        }
