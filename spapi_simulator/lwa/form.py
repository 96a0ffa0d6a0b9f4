"""Reads token requests."""

from urllib.parse import parse_qsl

from ..errors import parse_json
from .refusals import invalid_request


def decode_form(body, content_type):
    """The texts of a token request; Amazon takes forms and JSON."""
    try:
        if content_type.startswith("application/json"):
            form = parse_json(body)
        else:
            form = dict(parse_qsl(body.decode("utf-8"), max_num_fields=50))
    except ValueError:
        form = {}
    if not isinstance(form, dict):
        return {}
    return {key: value for key, value in form.items() if isinstance(value, str)}


def require(form, *names):
    """Refuse a form that lacks one of these."""
    for name in names:
        if not form.get(name):
            raise invalid_request(name)
