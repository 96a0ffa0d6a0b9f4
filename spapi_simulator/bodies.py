"""Reads request bodies as Amazon's models describe them, with JSON Schema."""

from dataclasses import dataclass, field
from itertools import islice

from jsonschema import Draft202012Validator

from .errors import invalid_input, parse_json
from .parameters import TOLERATED

#: Among how many mistakes the plainest is looked for; a large body may have millions.
_MOST_ERRORS = 100


@dataclass(frozen=True)
class Body:
    """A JSON object that an operation takes.

    ``schema`` is closed: an object with properties takes no others, except the few
    that ``TOLERATED`` names at the top.
    """

    schema: dict = field(hash=False)
    _validator: Draft202012Validator = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        validator = Draft202012Validator(_closed(self.schema))
        object.__setattr__(self, "_validator", validator)

    def read(self, content):
        """The decoded body; Amazon's InvalidInput for any other."""
        try:
            document = parse_json(content)
        except ValueError:
            raise invalid_input("The request body is not valid JSON.") from None
        if isinstance(document, dict):
            known = self.schema.get("properties", {})
            for name in TOLERATED - set(known):
                document.pop(name, None)
        errors = islice(self._validator.iter_errors(document), _MOST_ERRORS)
        error = min(errors, key=_depth, default=None)
        if error is not None:
            raise _refusal(error)
        return document


def _closed(schema):
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed_value(key, value) for key, value in schema.items()}
    if "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def _closed_value(key, value):
    if key == "properties":
        return {name: _closed(schema) for name, schema in value.items()}
    return _closed(value) if key == "items" else value


def _depth(error):
    return len(error.absolute_path)


def _refusal(error):
    path = ".".join(str(part) for part in error.absolute_path if isinstance(part, str))
    where = path or "payload"
    if error.validator == "type":
        return invalid_input(
            "The input you have submitted is not valid. Please check the fields with "
            f"invalid type [{where}]."
        )
    if error.validator == "required":
        missing = next(n for n in error.validator_value if n not in error.instance)
        return invalid_input(f"The property {_join(path, missing)} is required.")
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = next(n for n in error.instance if n not in known)
        return invalid_input(f"The property {_join(path, extra)} is not known.")
    if error.validator in ("minLength", "minItems", "minProperties"):
        return invalid_input(f"The property {where} is required.")
    return invalid_input(f"The value of {where} is not valid.")


def _join(path, name):
    return f"{path}.{name}" if path else name
