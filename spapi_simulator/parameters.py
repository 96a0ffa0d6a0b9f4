"""Reads query parameters as Amazon's models describe them; refuses all others."""

import re
from dataclasses import dataclass

from .clock import parse_iso
from .errors import invalid_input

#: python-amazon-sp-api adds these to requests of any kind, and Amazon takes them.
TOLERATED = frozenset(
    {"MarketplaceId", "MarketplaceIds", "marketplace_ids", "marketplaceIds", "path"}
)


@dataclass(frozen=True)
class Parameter:
    """A query parameter; ``kind`` is text, integer, moment, flag or list.

    ``least`` and ``most`` bound an integer, or the length of a list.
    """

    name: str
    kind: str = "text"
    choices: tuple = ()
    required: bool = False
    least: int | None = None
    most: int | None = None
    default: object = None


def read_query(query, parameters):
    """{name: value or default} of a decoded query; lists are never None."""
    known = {parameter.name: parameter for parameter in parameters}
    texts = _collect(query, known)
    return {name: _read(p, texts.get(name)) for name, p in known.items()}


def _collect(query, known):
    texts = {}
    for name, value in query:
        parameter = known.get(name)
        if parameter is None:
            if name not in TOLERATED:
                raise invalid_input(f"The parameter {name} is not known.")
        elif name not in texts:
            texts[name] = value
        elif parameter.kind == "list":
            # Amazon's models ask for commas; repeated names are common and work.
            texts[name] += f",{value}"
        else:
            raise invalid_input(f"The parameter {name} was given more than once.")
    return texts


def _read(parameter, text):
    if text is None:
        if parameter.required:
            raise invalid_input(f"The parameter {parameter.name} is required.")
        return _default(parameter)
    return _READERS[parameter.kind](parameter, text)


def _default(parameter):
    if parameter.kind == "list":
        return list(parameter.default or ())
    return parameter.default


def _read_text(parameter, text):
    if not text and parameter.required:
        raise invalid_input(f"The parameter {parameter.name} is required.")
    _check_choices(parameter, [text])
    return text


def _read_list(parameter, text):
    values = [part for part in text.split(",") if part]
    if not values and parameter.required:
        raise invalid_input(f"The parameter {parameter.name} is required.")
    _check_choices(parameter, values)
    if parameter.most is not None and len(values) > parameter.most:
        raise invalid_input(
            f"At most {parameter.most} {parameter.name} may be provided."
        )
    return values


def _read_integer(parameter, text):
    number = int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None
    if number is None or not parameter.least <= number <= parameter.most:
        raise invalid_input(
            f"{parameter.name} must be between {parameter.least} and {parameter.most}."
        )
    return number


def _read_moment(parameter, text):
    try:
        return parse_iso(text)
    except ValueError:
        message = f"{parameter.name} must be a date and time in ISO 8601 format."
        raise invalid_input(message, f"{parameter.name}: {text}") from None


def _read_flag(parameter, text):
    if text.lower() not in ("true", "false"):
        raise invalid_input(f"{parameter.name} must be true or false.")
    return text.lower() == "true"


def _check_choices(parameter, values):
    unknown = [v for v in values if parameter.choices and v not in parameter.choices]
    if unknown:
        message = f"The value of {parameter.name} is not valid."
        raise invalid_input(message, f"{parameter.name}: {', '.join(unknown)}")


_READERS = {
    "text": _read_text,
    "list": _read_list,
    "integer": _read_integer,
    "moment": _read_moment,
    "flag": _read_flag,
}
