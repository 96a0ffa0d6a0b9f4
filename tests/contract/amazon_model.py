"""Validates answers against Amazon's own descriptions of its APIs."""

import copy
import json

import pytest


class Model:
    """Amazon's description of an API, used to validate answers."""

    def __init__(self, path):
        self.swagger = json.loads(path.read_text(encoding="utf-8"))

    def validate(self, answer, path, method="get"):
        """Check an answer against the schema of its status."""
        jsonschema = pytest.importorskip("jsonschema")
        responses = self.swagger["paths"][path][method]["responses"]
        response = responses[str(answer.status_code)]
        if "schema" not in response:
            assert answer.content == b""
            return
        schema = copy.deepcopy(response["schema"])
        schema["definitions"] = self.swagger["definitions"]
        checker = jsonschema.FormatChecker()
        validator = jsonschema.Draft4Validator(closed(schema), format_checker=checker)
        validator.validate(answer.json())


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
