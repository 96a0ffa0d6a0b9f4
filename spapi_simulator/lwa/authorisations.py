"""Which selling accounts authorised the application, and for what."""

import secrets
from dataclasses import dataclass

from ..accounts import ACCOUNTS
from .refusals import invalid_grant

CODE_SECONDS = 300
#: Stands for every API where an API is named.
ALL_APIS = "all"


@dataclass(frozen=True)
class Code:
    """What an authorisation code of the website workflow stands for."""

    seller_id: str
    redirect_uri: str | None
    expires: float


class Authorisations:
    """Refresh tokens, authorisation codes and missing roles of the accounts.

    An account may have several refresh tokens; without any it is not authorised.
    """

    def __init__(self, clock):
        self.clock = clock
        self._sellers = {}
        self.reset()

    def reset(self):
        """All accounts are authorised with all roles; tokens given out stay valid."""
        self._codes = {}
        self._missing = {seller_id: set() for seller_id in ACCOUNTS}
        for seller_id in ACCOUNTS:
            self.restore(seller_id)

    def seller_of(self, refresh_token):
        """The seller id behind a refresh token, or None."""
        return self._sellers.get(refresh_token)

    def is_authorised(self, seller_id):
        """Whether the account has a valid refresh token."""
        return seller_id in self._sellers.values()

    def withdraw(self, seller_id):
        """End all refresh tokens and codes of an account."""
        self._sellers = {t: s for t, s in self._sellers.items() if s != seller_id}
        self._codes = {c: k for c, k in self._codes.items() if k.seller_id != seller_id}

    def restore(self, seller_id):
        """Make the well-known refresh token of an account valid again."""
        self._sellers[ACCOUNTS[seller_id].refresh_token] = seller_id

    def authorise(self, seller_id, redirect_uri=None):
        """A code with which the application can fetch a refresh token, once."""
        text = "AN" + secrets.token_hex(9)
        expires = self.clock.timestamp() + CODE_SECONDS
        self._codes[text] = Code(seller_id, redirect_uri, expires)
        return text

    def exchange(self, text, redirect_uri=None):
        """(seller id, new refresh token) for a code; invalid_grant otherwise.

        A code that was presented is used up, whatever became of it.
        """
        code = self._codes.pop(text, None)
        if code is None or code.expires <= self.clock.timestamp():
            raise invalid_grant("code")
        if redirect_uri and code.redirect_uri not in (None, redirect_uri):
            raise invalid_grant("redirect_uri")
        refresh_token = "Atzr|" + secrets.token_urlsafe(48)
        self._sellers[refresh_token] = code.seller_id
        return code.seller_id, refresh_token

    def missing_roles(self, seller_id):
        """The APIs that the account may not use at present, sorted."""
        return sorted(self._missing[seller_id])

    def set_missing_roles(self, seller_id, apis):
        """Take the role for some APIs away, or for ALL_APIS; give back the others."""
        self._missing[seller_id] = set(apis)

    def allows(self, seller_id, api):
        """Whether the account has the role for an API, named as its paths begin."""
        return self._missing[seller_id].isdisjoint((api, ALL_APIS))
