"""Where Amazon listens, and which other addresses are acceptable.

Source: "SP-API endpoints" and "Connecting to the SP-API" of Amazon's documentation.
"""

import ipaddress
from urllib.parse import urlsplit

SP_API_URLS = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
# Amazon's static sandbox answers fixed requests with fixed examples.
SANDBOX_URLS = {
    region: url.replace("https://", "https://sandbox.")
    for region, url in SP_API_URLS.items()
}
LWA_URL = "https://api.amazon.com/auth/o2/token"
_TOKEN_PATH = "/auth/o2/token"


def _is_loopback(host):
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_on_this_machine(url):
    """Whether an address that :func:`check_url` takes is one of this machine."""
    return _is_loopback(urlsplit(url).hostname or "")


def check_url(url):
    """Return ``url`` without a trailing slash when secrets may be sent to it.

    :raises ValueError: with a sentence, when it is neither https nor loopback http
    """
    text = (url or "").strip()
    if any(character.isspace() for character in text):
        raise ValueError("The address must not contain spaces.")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        # Reading the port checks it.
        _port = parts.port
    except ValueError:
        raise ValueError("The address is not a valid URL.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("The address must start with https:// and name a server.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("The address must not contain a user name or password.")
    if "?" in text or "#" in text:
        raise ValueError("The address must not contain a query or a fragment.")
    if parts.scheme == "http" and not _is_loopback(host):
        # Tokens and buyers' addresses travel here; only this machine is exempt.
        raise ValueError("The address must use https, except on this machine.")
    return text.rstrip("/")


def lwa_token_url(url):
    """Return the full Login with Amazon token address for a base or full address.

    :raises ValueError: see :func:`check_url`
    """
    checked = check_url(url)
    return checked if urlsplit(checked).path else checked + _TOKEN_PATH
