"""Turns the schemas of Amazon's models (Swagger 2.0) into strict JSON schemas."""

import re

import jsonschema
import jsonschema_rs

FORMATS = jsonschema.FormatChecker()
_KEYWORDS = (
    "type",
    "enum",
    "format",
    "items",
    "maximum",
    "maxItems",
    "maxLength",
    "minimum",
    "minItems",
    "minLength",
    "pattern",
)
_SEPARATORS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}


@FORMATS.checks("date-time")
def _is_moment(value):
    """RFC 3339; the checker's own needs another package, and is silent without."""
    pattern = (
        r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
        r"(Z|[+-]\d\d:\d\d)"
    )
    return not isinstance(value, str) or bool(re.fullmatch(pattern, value))


class Validator:
    """Judges documents by a schema of Draft 4: quickly, and with reasons if need be."""

    def __init__(self, schema):
        self._quick = jsonschema_rs.Draft4Validator(
            schema, formats={"date-time": _is_moment}, validate_formats=True
        )
        # Slower by far, but its sentences say what is wrong.
        self._thorough = jsonschema.Draft4Validator(schema, format_checker=FORMATS)

    def validate(self, document):
        """:raise jsonschema.ValidationError: when the document is not as it says"""
        if not self._quick.is_valid(document):
            self._thorough.validate(document)

    def iter_errors(self, document):
        """Each ``jsonschema.ValidationError`` of a document."""
        if self._quick.is_valid(document):
            return iter(())
        return self._thorough.iter_errors(document)


def closed(schema):
    """Objects with properties refuse all others: a misspelt one must fail."""
    if isinstance(schema, list):
        return [closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(result.get("properties"), dict) and result.get("type") == "object":
        result["additionalProperties"] = False
    return result


def merged(schema, definitions):
    """One object in place of each ``allOf``, whose parts would refuse each other."""
    if isinstance(schema, list):
        return [merged(entry, definitions) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: merged(value, definitions) for key, value in schema.items()}
    parts = result.pop("allOf", None)
    if not isinstance(parts, list):
        return result if parts is None else {**result, "allOf": parts}
    whole = {"type": "object", "properties": {}, "required": []}
    for part in [*parts, result]:
        while "$ref" in part:
            part = merged(definitions[part["$ref"].rsplit("/", 1)[1]], definitions)
        whole["properties"].update(part.get("properties", {}))
        whole["required"] += part.get("required", [])
    if not whole["required"]:
        # Draft 4 has no empty lists there.
        del whole["required"]
    return whole


def parameter_schema(parameter):
    """The JSON schema of a parameter's value."""
    return {key: parameter[key] for key in _KEYWORDS if key in parameter}


def parameter_value(parameter, text):
    """The value that a text means; the text itself where it means none."""
    if parameter["type"] == "array":
        separator = _SEPARATORS[parameter.get("collectionFormat", "csv")]
        return [
            parameter_value(parameter["items"], part) for part in text.split(separator)
        ]
    if parameter["type"] == "integer" and re.fullmatch(r"-?\d+", text, re.ASCII):
        return int(text)
    if parameter["type"] == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        return float(text)
    if parameter["type"] == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text
