"""Pagination tokens of searchOrders: opaque, bound to their query, valid for a day."""

import base64
import hashlib
import hmac
import json
import secrets

from .clock import iso, parse_iso
from .errors import invalid_input

TOKEN_SECONDS = 24 * 3600
#: A new key in each process: tokens of another run are as good as forged.
_KEY = secrets.token_bytes(16)


def write_token(simulator, call, params, before, cursor):
    """The nextToken that continues after ``cursor`` (time, order id)."""
    content = {
        "query": _fingerprint(call, params),
        "before": iso(before),
        "cursor": cursor,
        "issued": simulator.clock.timestamp(),
    }
    data = json.dumps(content).encode()
    return base64.urlsafe_b64encode(_sign(data) + data).decode()


def read_token(simulator, call, params):
    """The end of the window and the cursor of a paginationToken."""
    content = _verified(params["paginationToken"])
    if simulator.clock.timestamp() - content["issued"] > TOKEN_SECONDS:
        raise invalid_input("The paginationToken has expired.")
    if content["query"] != _fingerprint(call, params):
        raise invalid_input(
            "The paginationToken belongs to a request with other parameters."
        )
    return parse_iso(content["before"]), tuple(content["cursor"])


def _verified(token):
    try:
        raw = base64.b64decode(token.encode("ascii"), b"-_", validate=True)
    except ValueError:
        raw = b""
    if not hmac.compare_digest(raw[:32], _sign(raw[32:])):
        raise invalid_input("The paginationToken is not valid.")
    return json.loads(raw[32:])


def _sign(data):
    return hmac.new(_KEY, data, hashlib.sha256).digest()


def _fingerprint(call, params):
    """Everything but the token itself must be repeated unchanged."""
    rest = {k: v for k, v in params.items() if k != "paginationToken"}
    text = json.dumps([call.account.seller_id, rest], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
