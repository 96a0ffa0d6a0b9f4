"""Access tokens, kept in this process for as long as Amazon says they live.

The library's own cache is not used: it knows the refresh token only, ignores
``expires_in`` and holds ten accounts at most.
"""

import hashlib
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field

# A token that ends while a request is under way would cost a second request.
_MARGIN_SECONDS = 60


@dataclass(frozen=True)
class Credentials:
    """What the seller's application logs in with; secrets stay out of ``repr``."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


class AccessTokens:
    """Thread-safe cache of Login with Amazon access tokens.

    :param clock: a function giving monotonic seconds
    """

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._guard = threading.Lock()
        self._logins = {}
        self._tokens = {}

    def __repr__(self):
        return f"<AccessTokens: {len(self._tokens)}>"

    @staticmethod
    def _get_key(credentials, lwa_url):
        # Hashed, so that a dump of the process' dictionaries shows no secret; both
        # secrets, so that changing either in the settings takes effect at once.
        secrets = f"{credentials.refresh_token}\0{credentials.client_secret}"
        digest = hashlib.sha256(secrets.encode("utf-8")).hexdigest()
        return (lwa_url, credentials.client_id, digest)

    def _get_valid(self, key):
        token, ends = self._tokens.get(key, ("", 0.0))
        return token if token and self._clock() < ends else ""

    def get(self, credentials, lwa_url, fetch):
        """Return a valid access token, fetching one when there is none.

        :param fetch: called without arguments; returns ``(access_token,
            expires_in seconds)``. Its exceptions pass through, to all threads that
            waited for it; nothing is kept then.
        """
        key = self._get_key(credentials, lwa_url)
        with self._guard:
            if token := self._get_valid(key):
                return token
            is_mine = key not in self._logins
            login = self._logins.setdefault(key, Future())
        # One thread asks, the others share its answer, be it an error: Amazon not
        # answering would else cost each of them a time-out after the other.
        if is_mine:
            self._log_in(key, fetch, login)
        return login.result()

    def _log_in(self, key, fetch, login):
        started = self._clock()
        try:
            token, expires_in = fetch()
        except BaseException as error:
            with self._guard:
                del self._logins[key]
            login.set_exception(error)
            return
        with self._guard:
            self._drop_expired()
            self._tokens[key] = (token, started + expires_in - _MARGIN_SECONDS)
            del self._logins[key]
        login.set_result(token)

    def forget(self, credentials, lwa_url, token=None):
        """Drop the kept token; with ``token`` only if it is still that one.

        The condition keeps a fresh token that another thread fetched meanwhile.
        """
        key = self._get_key(credentials, lwa_url)
        with self._guard:
            kept, _ends = self._tokens.get(key, ("", 0.0))
            if kept and token in (None, kept):
                del self._tokens[key]

    def _drop_expired(self):
        now = self._clock()
        for key in [key for key, (_, ends) in self._tokens.items() if ends <= now]:
            del self._tokens[key]


DEFAULT_TOKENS = AccessTokens()
