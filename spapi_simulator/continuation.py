"""Tokens that continue a list: opaque, bound to their query, valid for a time."""

import base64
import hashlib
import hmac
import json
import secrets

from .errors import invalid_input

#: A new key in each process: tokens of another run are as good as forged.
_KEY = secrets.token_bytes(16)


def write_token(simulator, bound, cursor):
    """A token for ``cursor`` (JSON) that works with the query ``bound`` (JSON) only."""
    content = {
        "bound": _fingerprint(bound),
        "cursor": cursor,
        "issued": simulator.clock.timestamp(),
    }
    data = json.dumps(content).encode()
    return base64.urlsafe_b64encode(_sign(data) + data).decode()


def page_links(simulator, bound, start, size, end):
    """The ``pagination`` of a page by position: tokens for the pages beside it."""
    links = {}
    if start + size < end:
        links["nextToken"] = write_token(simulator, bound, start + size)
    if start:
        links["previousToken"] = write_token(simulator, bound, max(0, start - size))
    return links


def read_token(simulator, bound, token, name, seconds):
    """The cursor of a token; InvalidInput when forged, foreign or older."""
    content = _verified(token, name)
    if simulator.clock.timestamp() - content["issued"] > seconds:
        raise invalid_input(f"The {name} has expired.")
    if content["bound"] != _fingerprint(bound):
        raise invalid_input(f"The {name} belongs to a request with other parameters.")
    return content["cursor"]


def _verified(token, name):
    try:
        raw = base64.b64decode(token.encode("ascii"), b"-_", validate=True)
    except ValueError:
        raw = b""
    if not hmac.compare_digest(raw[:32], _sign(raw[32:])):
        raise invalid_input(f"The {name} is not valid.")
    return json.loads(raw[32:])


def _sign(data):
    return hmac.new(_KEY, data, hashlib.sha256).digest()


def _fingerprint(bound):
    text = json.dumps(bound, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
