"""The application as registered with Amazon; its registration can be changed."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from ..accounts import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET


class Application:
    """Credentials, state and URIs of the simulated application.

    ``redirect_uris`` are registered besides all that point to this machine; the first
    is the default. Those it is made with are registered at the start. ``login_uri`` is
    where the Appstore sends a seller.
    """

    id = APPLICATION_ID
    client_id = CLIENT_ID

    def __init__(self, redirect_uris=()):
        self._first_redirect_uris = tuple(redirect_uris)
        self.reset()

    def reset(self):
        """Return to the registration at the start."""
        self.client_secret = CLIENT_SECRET
        self.client_secret_expired = False
        self.draft = False
        self.redirect_uris = self._first_redirect_uris
        self.login_uri = None

    def knows(self, client_id, client_secret):
        """Whether these are the credentials of the application, still valid."""
        given = client_secret.encode("utf-8", "replace")
        right = hmac.compare_digest(given, self.client_secret.encode())
        return client_id == self.client_id and right and not self.client_secret_expired

    def default_redirect_uri(self):
        """Where a seller goes when the client names no redirect URI, or None."""
        return self.redirect_uris[0] if self.redirect_uris else None

    def accepts(self, redirect_uri):
        """Whether a redirect URI is registered; those of this machine always are."""
        return redirect_uri in self.redirect_uris or is_loopback(redirect_uri)

    def describe(self):
        """The registration as a document."""
        return {
            "application_id": self.id,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "client_secret_expired": self.client_secret_expired,
            "draft": self.draft,
            "redirect_uris": list(self.redirect_uris),
            "login_uri": self.login_uri,
        }


def is_loopback(uri):
    """Whether a URI is one of a web server on this machine."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or parts.username is not None:
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
