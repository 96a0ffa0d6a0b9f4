"""Reads the input of the admin interface; refuses what is not as it should be."""

from ..accounts import ACCOUNTS
from ..errors import AdminError, parse_json

_MOST_DIGITS = 20
_OLDEST_SECONDS = 2 * 365 * 86400


def read_body(body):
    """The JSON object of a request; nothing counts as an empty one."""
    if not body:
        return {}
    try:
        document = parse_json(body)
    except ValueError as error:
        raise AdminError(f"the body is not valid JSON: {error}") from None
    if not isinstance(document, dict):
        raise AdminError("the body must be a JSON object")
    return document


def only(body, names):
    """Refuse properties that mean nothing here."""
    unknown = sorted(set(body) - set(names))
    if unknown:
        known = ", ".join(names)
        raise AdminError(f"unknown properties: {', '.join(unknown)} (known: {known})")


def member(body, name, kind, default=None):
    """A property of a given type; null counts as absent."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool):
        raise AdminError(f"{name} has the wrong type")
    return value


def text(body, name, required=False):
    """A string property."""
    value = member(body, name, str)
    if required and not value:
        raise AdminError(f"{name} is required")
    return value


def flag(body, name, default=False):
    """A property that is true or false."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise AdminError(f"{name} must be true or false")
    return value


def texts(body, name):
    """A list of strings, or None."""
    values = member(body, name, list)
    if values is not None and not all(isinstance(value, str) for value in values):
        raise AdminError(f"{name} must be a list of strings")
    return values


def number(body, name, default, least, most):
    """A number within bounds."""
    value = member(body, name, (int, float), default)
    if not least <= value <= most:
        raise AdminError(f"{name} must be between {least} and {most}")
    return value


def whole_number(body, name, default, least, most):
    """An integer within bounds."""
    member(body, name, int)
    return number(body, name, default, least, most)


def read_age(body, default=0):
    """How many seconds ago something happened, by ``age_seconds``."""
    return number(body, "age_seconds", default, 0, _OLDEST_SECONDS)


def one_of(body, name, choices, default=None):
    """A string out of a list."""
    value = text(body, name)
    if value is None:
        return default
    if value not in choices:
        raise AdminError(f"{name} must be one of {', '.join(choices)}")
    return value


def require_account(seller_id):
    """The account of a seller id."""
    if seller_id not in ACCOUNTS:
        raise AdminError(f"seller_id must be one of {', '.join(ACCOUNTS)}")
    return ACCOUNTS[seller_id]


def query_number(request, name, default, most=10**9):
    """A whole number of the query, zero or more."""
    value = request.query_params.get(name)
    if value is None:
        return default
    # Python refuses to read numbers of thousands of digits.
    short = len(value) <= _MOST_DIGITS
    if not (short and value.isascii() and value.isdigit() and int(value) <= most):
        raise AdminError(f"{name} must be a whole number between 0 and {most}")
    return int(value)


def query_account(request):
    """The seller id of the query, or None for all accounts."""
    seller_id = request.query_params.get("seller_id")
    if seller_id is not None:
        require_account(seller_id)
    return seller_id


def page_of(request, rows):
    """The rows that ``offset`` and ``limit`` of the query ask for; all by default."""
    offset = query_number(request, "offset", 0)
    limit = query_number(request, "limit", None)
    return rows[offset:] if limit is None else rows[offset : offset + limit]
