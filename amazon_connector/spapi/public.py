"""Pictures of listings, from the public servers where Amazon keeps them."""

from .endpoints import check_url
from .errors import RejectedError, UnavailableError

IMAGE_LIMIT = 15 * 1024 * 1024
_OPERATION = "downloadImage"


def check_image_url(url):
    """:raises RejectedError: unless the address is https, or on this machine"""
    try:
        check_url(url.partition("?")[0])
    except ValueError:
        raise RejectedError(
            "The address of the picture is not usable.", operation=_OPERATION
        ) from None


def fetch_image(http, url):
    """Return the bytes of a picture; redirections are not followed.

    :param http: an ``httpx.Client``
    :raises RejectedError: when no picture of acceptable size is there
    :raises UnavailableError: when it may be there later
    """
    with http.stream("GET", url) as response:
        if response.status_code == 429 or response.status_code >= 500:
            raise UnavailableError(
                "The server of the pictures is not available at the moment (status "
                f"{response.status_code}).",
                operation=_OPERATION,
                status=response.status_code,
            )
        kind = response.headers.get("content-type", "").lower()
        if response.status_code != 200 or not kind.startswith("image/"):
            raise RejectedError(
                f"There is no picture at its address (status {response.status_code}).",
                operation=_OPERATION,
                status=response.status_code,
            )
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > IMAGE_LIMIT:
                raise RejectedError(
                    "The picture is larger than 15 MiB.", operation=_OPERATION
                )
    return content
