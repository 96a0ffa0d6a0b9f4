"""Files on the public servers where Amazon keeps them: pictures of listings.

The only module that imports requests. No token and no cookie is sent, no quota asked.
"""

import time
from http.cookiejar import DefaultCookiePolicy

import requests

from .endpoints import check_url
from .errors import RejectedError, UnavailableError

IMAGE_LIMIT = 15 * 1024 * 1024
IMAGE_SECONDS = 120.0
_OPERATION = "downloadImage"
_CHUNK = 4096


def open_session():
    """Return a ``requests.Session`` for :func:`fetch_image`, for several threads."""
    session = requests.Session()
    # Without it requests would send what the server's ~/.netrc holds.
    session.auth = _send_no_credentials
    # What one server sets is sent to nobody; so the threads share no state.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def fetch_image(session, url, *, timeout, seconds=IMAGE_SECONDS):
    """Return the bytes of a picture; redirections are not followed.

    :param session: :func:`open_session`
    :param str url: https, or http on this machine
    :param timeout: (connect, read) seconds of each step
    :param float seconds: in which all of it has to arrive
    :raises RejectedError: when no picture of up to 15 MiB is there
    :raises UnavailableError: when it may be there later
    """
    _check_address(url)
    deadline = time.monotonic() + seconds
    # Raised outside the handlers: the exceptions of requests hold the address.
    try:
        with session.get(
            url, stream=True, allow_redirects=False, timeout=timeout
        ) as response:
            _check_headers(response)
            return _read_content(response, deadline)
    except requests.Timeout:
        error = _unavailable("The server of the pictures did not answer in time.")
    except ValueError:
        # Neither requests nor urllib3 can make an address of it.
        error = _unusable_address()
    except requests.RequestException:
        error = _unavailable("The server of the pictures cannot be reached.")
    raise error


def _check_address(url):
    """:raises RejectedError: unless the address is https, or on this machine"""
    try:
        check_url(url.partition("?")[0])
    except ValueError:
        error = _unusable_address()
    else:
        return
    raise error


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


def _read_content(response, deadline):
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > IMAGE_LIMIT:
            raise _rejected("The picture is larger than 15 MiB.")
        if time.monotonic() > deadline:
            raise _unavailable("The server of the pictures is too slow.")
    return bytes(content)


def _unusable_address():
    return _rejected("The address of the picture is not usable.")


def _rejected(message, status=None):
    return RejectedError(message, operation=_OPERATION, status=status)


def _unavailable(message, status=None):
    return UnavailableError(message, operation=_OPERATION, status=status)


def _send_no_credentials(request):
    return request
