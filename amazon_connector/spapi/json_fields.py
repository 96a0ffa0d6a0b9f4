"""Reading the fields of a JSON document in which anything may be missing or absurd.

What is returned can be stored in PostgreSQL, or an UnreadableError says what
cannot.
"""

import re

from .errors import UnreadableError
from .times import parse_time

TEXT_CHARACTERS = 2000
IDENTIFIER_CHARACTERS = 255
# It becomes part of an address; longer ones are not sent.
PAGE_TOKEN_CHARACTERS = 16_384
# PostgreSQL's integer.
LARGEST_COUNT = 2**31 - 1
# No text of PostgreSQL or XML may hold the first ones; the others nobody can see.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\x7f-\x9f]")
_HALF_CHARACTERS = re.compile(r"[\ud800-\udfff]")


def find_cleaned_fields(document):
    """Return the names of the texts that :func:`clean_value` changes, sorted."""
    names = set()
    blocks = [document]
    while blocks:
        block = blocks.pop()
        entries = block.items() if isinstance(block, dict) else enumerate(block)
        for name, value in entries:
            if isinstance(value, dict | list):
                blocks.append(value)
            elif isinstance(value, str) and isinstance(name, str):
                if clean_value(value) != value.strip():
                    names.add(name)
    return sorted(names)


def block_at(document, *path):
    """Return the block under the keys of ``path``, {} when it is not there."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def blocks_at(document, key):
    """Return the list of blocks under ``key``, [] when it is not there."""
    entries = document.get(key)
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def make_storable(text):
    """Return a text as PostgreSQL, Odoo and XML can hold it.

    Control characters but tab and line breaks are dropped; half a character becomes
    the sign for one that is unknown.
    """
    if text.isprintable():
        return text
    return _HALF_CHARACTERS.sub("\ufffd", _CONTROLS.sub("", text))


def clean_value(text):
    """Return a text by :func:`make_storable`, stripped, 2,000 characters at most."""
    text = text.strip()
    if len(text) > TEXT_CHARACTERS:
        text = text[: TEXT_CHARACTERS - 1] + "…"
    return make_storable(text).strip()


def _find_text(block, key):
    value = block.get(key)
    if isinstance(value, str):
        return value
    # Identifiers are strings in the model; a number is the same identifier.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def text_at(block, key):
    """Return the text under ``key`` by :func:`clean_value`, "" when it is not there."""
    return clean_value(_find_text(block, key))


def identifier_at(block, key):
    """Return the stripped identifier under ``key``, "" when it is not there.

    Nothing else is changed in it: it would be the identifier of something else.

    :raises UnreadableError: when it is too long or holds what cannot be stored
    """
    return check_identifier(_find_text(block, key).strip(), key)


def check_identifier(text, name):
    """Return ``text``, an identifier of Amazon's.

    :param str name: Amazon's name for it, such as ``sellerSku``
    :raises UnreadableError: when it is too long or holds what cannot be stored
    """
    if len(text) > IDENTIFIER_CHARACTERS:
        raise UnreadableError(f"The {name} in Amazon's answer is too long.")
    if _CONTROLS.search(text) or _HALF_CHARACTERS.search(text):
        raise UnreadableError(
            f"The {name} in Amazon's answer holds characters that cannot be stored."
        )
    return text


def is_page_token(value):
    """Whether ``value`` can be sent as the token of the next page."""
    return isinstance(value, str) and (
        len(value) <= PAGE_TOKEN_CHARACTERS and value.isprintable()
    )


def word_at(block, key):
    """Return a word of Amazon's, lower-cased."""
    return text_at(block, key).lower()


def time_at(block, key):
    """Return the aware UTC datetime under ``key``, None when it is not there.

    :raises UnreadableError: see :func:`.times.parse_time`
    """
    if not block.get(key):
        return None
    try:
        return parse_time(block[key])
    except ValueError as error:
        raise UnreadableError.of_field(key, error) from None


def count_at(block, key):
    """Return the whole number under ``key``, 0 when it is not there.

    :raises UnreadableError: when it is no whole number, negative or beyond
        2,147,483,647
    """
    value = block.get(key)
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnreadableError(
            f"A quantity in Amazon's answer is not a whole number ({key})."
        )
    if value > LARGEST_COUNT:
        raise UnreadableError(f"A quantity in Amazon's answer is too large ({key}).")
    return value


def pixels_at(block, key):
    """Return the width or height under ``key``, 0 where there is no usable one."""
    value = block.get(key)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value <= LARGEST_COUNT else 0
