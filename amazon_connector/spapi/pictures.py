"""Pictures of an item as Amazon names them: where they may be, and which to take.

Source: ``images`` of the Catalog Items API 2022-04-01, ``mainImage`` and the image
locators of the Listings Items API 2021-08-01.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

MAIN = "MAIN"
# Of one item; Amazon shows nine.
PICTURES_LIMIT = 20
# A colour to choose by, no picture of the item.
_SWATCH = "SWCH"
_HOST_ENDINGS = (".media-amazon.com", ".ssl-images-amazon.com")
# "61abc._SL500_.jpg" is a smaller copy of "61abc.jpg".
_SIZED = re.compile(r"(/images/I/[\w+%-]+)\._[A-Z]{2}\d+_(\.(?:jpe?g|png|gif))", re.I)


@dataclass(frozen=True)
class Picture:
    """One picture of an item in one size.

    :ivar variant: MAIN, PT01 … PT08, or another word of Amazon's
    :ivar width: pixels, 0 where Amazon does not say
    """

    variant: str
    url: str
    width: int = 0
    height: int = 0


def is_on_amazon(url: str) -> bool:
    """Whether the address is https at a server where Amazon keeps pictures."""
    try:
        parts = urlsplit(url)
        is_default_port = parts.port in (None, 443)
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    return (
        parts.scheme == "https"
        and is_default_port
        and parts.username is None
        and host.endswith(_HOST_ENDINGS)
    )


def get_host(url: str) -> str:
    """Return the name of the server of an address, "" where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def get_addresses(url: str) -> list[str]:
    """Return where to look for a picture: the original first, then ``url`` itself.

    That a name without its size is that of the original is a habit of Amazon's, and
    promised nowhere.
    """
    if not is_on_amazon(url):
        return [url]
    parts = urlsplit(url)
    sized = _SIZED.fullmatch(parts.path)
    if not sized:
        return [url]
    return [parts._replace(path=sized[1] + sized[2], query="").geturl(), url]


def choose_pictures(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    """Return the largest picture of each variant, MAIN first, then by their names.

    Of two that are as large, the first one is taken. The swatch is none.
    """
    largest = {}
    for picture in pictures:
        kept = largest.get(picture.variant)
        if picture.variant == _SWATCH or not picture.url:
            continue
        if not kept or _get_area(picture) > _get_area(kept):
            largest[picture.variant] = picture
    ranked = sorted(
        largest.values(), key=lambda one: (one.variant != MAIN, one.variant)
    )
    return tuple(ranked[:PICTURES_LIMIT])


def _get_area(picture):
    return picture.width * picture.height
