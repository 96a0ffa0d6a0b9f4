"""The three grants of Login with Amazon."""

from ..accounts import ACCOUNTS
from .application import Application
from .authorisations import Authorisations
from .form import require
from .refusals import (
    invalid_client,
    invalid_grant,
    invalid_scope,
    unsupported_grant_type,
)
from .tokens import TOKEN_SECONDS, AccessTokens

NOTIFICATIONS = "sellingpartnerapi::notifications"
ROTATION = "sellingpartnerapi::client_credential:rotation"
SCOPES = (NOTIFICATIONS, ROTATION)


class Lwa:
    """Issues tokens, and tells whom a token belongs to."""

    def __init__(self, clock, redirect_uris=()):
        self._clock = clock
        self.application = Application(redirect_uris)
        self.authorisations = Authorisations(clock)
        self.tokens = AccessTokens(clock)
        self._grants = {
            "refresh_token": self._by_refresh_token,
            "authorization_code": self._by_code,
            "client_credentials": self._by_credentials,
        }

    def reset(self):
        """Return to the registration and authorisations at the start."""
        self.application.reset()
        self.authorisations.reset()

    def grant(self, form):
        """Answer ``POST /auth/o2/token`` for an already decoded form."""
        require(form, "grant_type")
        by_type = self._grants.get(form["grant_type"])
        if by_type is None:
            raise unsupported_grant_type()
        require(form, "client_id", "client_secret")
        return by_type(form)

    def _check_client(self, form):
        if not self.application.knows(form["client_id"], form["client_secret"]):
            raise invalid_client()

    def _by_refresh_token(self, form):
        require(form, "refresh_token")
        self._check_client(form)
        seller_id = self.authorisations.seller_of(form["refresh_token"])
        if seller_id is None:
            raise invalid_grant()
        return self._for_seller(seller_id, form["refresh_token"])

    def _by_code(self, form):
        require(form, "code")
        self._check_client(form)
        code, redirect_uri = form["code"], form.get("redirect_uri")
        return self._for_seller(*self.authorisations.exchange(code, redirect_uri))

    def _for_seller(self, seller_id, refresh_token):
        account, client_id = ACCOUNTS[seller_id], self.application.client_id
        return {
            "access_token": self.tokens.issue("Atza|", account, client_id),
            "refresh_token": refresh_token,
            "token_type": "bearer",
            "expires_in": self._clock.whole_real_seconds(TOKEN_SECONDS),
        }

    def _by_credentials(self, form):
        scopes = tuple(form.get("scope", "").split())
        self._check_client(form)
        if not scopes or not set(scopes) <= set(SCOPES):
            raise invalid_scope()
        client_id = self.application.client_id
        token = self.tokens.issue("Atc|", None, client_id, scopes=scopes)
        return {
            "access_token": token,
            "scope": " ".join(scopes),
            "token_type": "bearer",
            "expires_in": self._clock.whole_real_seconds(TOKEN_SECONDS),
        }

    def seller_of(self, form):
        """The seller id a token request is about, or None."""
        return self.authorisations.seller_of(form.get("refresh_token"))

    def authenticate(self, token):
        """The ``AccessToken`` behind the x-amz-access-token header."""
        return self.tokens.authenticate(token)

    def expire(self, token):
        """End an access token for good; its holder has to fetch another."""
        self.tokens.expire(token)

    def withdraw(self, seller_id):
        """End an account's authorisation with all its tokens."""
        self.authorisations.withdraw(seller_id)
        self.tokens.revoke(seller_id)
