"""Reading blocks of a JSON document of which anything may be missing."""

from .times import parse_time


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


def text_at(block, key):
    """Return the stripped text under ``key``, "" when it is not there."""
    value = block.get(key)
    if isinstance(value, str):
        return value.strip()
    # Identifiers are strings in the model; a number is the same identifier.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def word_at(block, key):
    """Return a word of Amazon's, lower-cased."""
    return text_at(block, key).lower()


def time_at(block, key):
    """Return the aware UTC datetime under ``key``, None when it is not there."""
    return parse_time(block[key]) if block.get(key) else None


def count_at(block, key):
    """Return the whole number under ``key``, 0 when it is not there.

    :raises ValueError: when it is no whole number or negative
    """
    value = block.get(key)
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("A quantity in Amazon's answer is not a whole number.")
    return value
