"""Files on the public servers where Amazon keeps them: pictures of listings.

The only module that imports requests. No token and no cookie is sent, no quota asked.
Who can make Amazon show an address of their own gets nothing of this machine's network
by it: only Amazon's servers are asked, at public addresses, and no redirection is
followed.
"""

import ipaddress
import socket
import time
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO

import requests
from PIL import Image
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from .endpoints import check_url, is_on_this_machine
from .errors import RejectedError, UnavailableError
from .pictures import get_addresses, is_on_amazon

IMAGE_LIMIT = 15 * 1024 * 1024
# As many as Odoo takes; unpacked, each of them is three or four bytes.
IMAGE_PIXELS = 50_000_000
IMAGE_SECONDS = 120.0
_OPERATION = "downloadImage"
_CHUNK = 4096
_FORMATS = ("PNG", "JPEG", "GIF")
# An IPv4 address is behind each of these (RFC 6052).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class _PrivateAddressError(Exception):
    """A public name leads to an address that is not public."""


class _PublicConnection(HTTPSConnection):
    """Goes to public addresses alone, whatever a name leads to."""

    def _new_conn(self):
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        _check_public(address[0] for *_kinds, address in found)
        connection = super()._new_conn()
        try:
            # The name was looked up again.
            _check_public([connection.getpeername()[0]])
        except _PrivateAddressError:
            connection.close()
            raise
        return connection


class _PublicConnectionPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        made = super().init_poolmanager(*args, **kwargs)
        # A proxy has a manager of its own; it looks the names up itself.
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicConnectionPool}
        return made


def open_session():
    """Return a ``requests.Session`` for :func:`fetch_image`, for several threads."""
    session = requests.Session()
    session.mount("https://", _PublicAdapter())
    # Without it requests would send what the server's ~/.netrc holds.
    session.auth = _send_no_credentials
    # What one server sets is sent to nobody; so the threads share no state.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def fetch_image(session, url, *, timeout, seconds=IMAGE_SECONDS, from_here=False):
    """Return the bytes of a picture, the largest that is there.

    :param session: :func:`open_session`
    :param str url: https at one of Amazon's servers
    :param timeout: (connect, read) seconds of each step
    :param float seconds: in which all of it has to arrive
    :param bool from_here: whether http on this machine will do as well: a simulator
    :raises RejectedError: when no PNG, JPEG, GIF or WEBP of up to 15 MiB and 50 million
        pixels is there
    :raises UnavailableError: when it may be there later
    """
    addresses = get_addresses(url)
    for address in addresses[:-1]:
        try:
            return _fetch(session, address, timeout, seconds, from_here)
        except RejectedError:
            # Nobody promised that it is there.
            continue
    return _fetch(session, addresses[-1], timeout, seconds, from_here)


def _fetch(session, url, timeout, seconds, from_here):
    _check_address(url, from_here)
    deadline = time.monotonic() + seconds
    # Raised outside the handlers: the exceptions of requests hold the address.
    try:
        with session.get(
            url, stream=True, allow_redirects=False, timeout=timeout
        ) as response:
            _check_headers(response)
            content = _read_content(response, deadline)
        _check_picture(content)
        return content
    except requests.Timeout:
        error = _unavailable("The server of the pictures did not answer in time.")
    except _PrivateAddressError:
        error = _rejected("The server of the pictures has no public address.")
    except ValueError:
        # Neither requests nor urllib3 can make an address of it.
        error = _unusable_address()
    except requests.RequestException:
        error = _unavailable("The server of the pictures cannot be reached.")
    raise error


def _check_address(url, from_here):
    """:raises RejectedError: unless a picture may be brought from there"""
    try:
        address = check_url(url.partition("?")[0])
    except ValueError:
        error = _unusable_address()
    else:
        is_plain = address.startswith("http:")
        if is_on_amazon(url) or (
            from_here and is_plain and is_on_this_machine(address)
        ):
            return
        error = _rejected("Its address is not at one of Amazon's servers for pictures.")
    raise error


def _check_public(addresses):
    """:raises _PrivateAddressError: when one of these texts is no public address"""
    for text in addresses:
        # Without the zone of a link-local address.
        address = ipaddress.ip_address(text.partition("%")[0])
        if address in _TRANSLATED:
            address = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        for inner in ("ipv4_mapped", "sixtofour"):
            address = getattr(address, inner, None) or address
        if not address.is_global or address.is_multicast:
            raise _PrivateAddressError


def _check_headers(response):
    status = response.status_code
    if status == 429 or status >= 500:
        raise _unavailable(
            "The server of the pictures is not available at the moment (status "
            f"{status}).",
            status,
        )
    kind = response.headers.get("content-type", "").lower()
    if status != 200 or not kind.startswith("image/"):
        raise _rejected(
            f"There is no picture at its address (status {status}).", status
        )
    length = response.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 20 or int(length) > IMAGE_LIMIT):
        raise _too_large()


def _read_content(response, deadline):
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > IMAGE_LIMIT:
            raise _too_large()
        if time.monotonic() > deadline:
            raise _unavailable("The server of the pictures is too slow.")
    return bytes(content)


def _check_picture(content):
    """:raises RejectedError: unless it begins as a picture of a bearable size does"""
    too_many = _rejected("The picture has more than 50 million pixels.")
    try:
        width, height = _read_size(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # Pillow has a limit of its own, above this one.
        error = too_many
    except Exception:
        # Whatever the reader of a format stumbles over, it is no picture.
        error = _rejected("What is at its address is no PNG, JPEG, GIF or WEBP.")
    else:
        if width * height <= IMAGE_PIXELS:
            return
        error = too_many
    raise error


def _read_size(content):
    """Return (width, height) in pixels; nothing is unpacked for it."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _read_webp_size(content)
    with Image.open(BytesIO(content), formats=_FORMATS) as image:
        return image.size


def _read_webp_size(content):
    """Odoo has Pillow read no WEBP. Source: RFC 9649, sections 2.5 to 2.7."""
    kind = content[12:16]
    if kind == b"VP8X":
        return tuple(
            int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27)
        )
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return tuple(
            int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28)
        )
    raise ValueError


def _unusable_address():
    return _rejected("The address of the picture is not usable.")


def _too_large():
    return _rejected("The picture is larger than 15 MiB.")


def _rejected(message, status=None):
    return RejectedError(message, operation=_OPERATION, status=status)


def _unavailable(message, status=None):
    return UnavailableError(message, operation=_OPERATION, status=status)


def _send_no_credentials(request):
    return request
