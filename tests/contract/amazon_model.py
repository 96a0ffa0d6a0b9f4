"""Judges answers and requests by Amazon's own descriptions of its APIs."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from amazon_schema import Validator, closed, merged, parameter_schema, parameter_value

METHODS = ("get", "post", "put", "patch", "delete")
DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "sp-api-models"


def models_folder():
    """Where Amazon's models are, if they are on this machine."""
    return Path(os.environ.get("SPAPI_MODELS") or DEFAULT_FOLDER)


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire; path and query are still encoded."""

    method: str
    path: str
    query: str = ""
    content_type: str = ""
    body: str = ""


class Model:
    """Amazon's description of an API."""

    def __init__(self, path):
        self.swagger = json.loads(path.read_text(encoding="utf-8"))
        definitions = self.swagger.get("definitions", {})
        self._definitions = closed(merged(definitions, definitions))
        self._validators = {}
        self._of_status = {}
        self._valid = set()

    def validate(self, answer, path, method="get"):
        """Check an answer against the schema of its status."""
        key = (path, method, answer.status_code)
        if key not in self._of_status:
            self._of_status[key] = self._status_validator(*key)
        # The same answer comes often, if only because a test validates it again.
        digest = (key, hashlib.blake2b(answer.content, digest_size=16).digest())
        if digest in self._valid:
            return
        if self._of_status[key] is None:
            assert answer.content == b"", f"{method} {path} has a body"
        else:
            self._of_status[key].validate(answer.json())
        self._valid.add(digest)

    def _status_validator(self, path, method, status):
        """The validator of the answers of a status; None when they have no body."""
        responses = self.swagger["paths"][path][method]["responses"]
        assert str(status) in responses, f"{method} {path} has no answer {status}"
        schema = responses[str(status)].get("schema")
        return schema and self._validator(schema)

    def validate_document(self, document, definition):
        """Check a document against one of the model's definitions."""
        schema = {"$ref": f"#/definitions/{definition}"}
        self._validator(schema).validate(document)

    def operations(self):
        """(method, path, description) of all operations, methods in lower case."""
        for path, item in self.swagger.get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    yield method, path, item[method]

    def operation(self, request):
        """The description of the operation that a request means, or None."""
        found = self._find(request)
        return found and found[0]

    def violations(self, request):
        """What Amazon would find fault with, in words; [] when there is nothing."""
        description, from_path = self._find(request)
        parameters = description.get("parameters", [])
        described = {(p["in"], p["name"]): p for p in parameters}
        given = [("path", *pair) for pair in from_path.items()]
        pairs = parse_qsl(request.query, keep_blank_values=True)
        given += [("query", *pair) for pair in pairs]
        found = []
        for place, name, text in given:
            parameter = described.get((place, name))
            if parameter is None:
                found.append(f"{place} parameter {name} is not known")
            else:
                found += self._parameter_violations(parameter, text)
        names = [(place, name) for place, name, _text in given]
        found += [
            f"{place} parameter {name} was given more than once"
            for place, name in sorted(set(names))
            if names.count((place, name)) > 1
        ]
        found += [
            f"{place} parameter {name} is missing"
            for (place, name), parameter in described.items()
            if place in ("path", "query")
            and parameter.get("required")
            and (place, name) not in names
        ]
        bodies = [p for p in parameters if p["in"] == "body"]
        return found + self._body_violations(request, bodies[0] if bodies else None)

    def _find(self, request):
        """(description, {name: decoded path parameter}), or None."""
        for template, item in self.swagger.get("paths", {}).items():
            names = re.findall(r"{(\w+)}", template)
            pattern = re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(template))
            match = re.fullmatch(pattern, request.path)
            method = request.method.lower()
            if match and method in METHODS and method in item:
                values = (unquote(value) for value in match.groups())
                return item[method], dict(zip(names, values, strict=True))
        return None

    def _parameter_violations(self, parameter, text):
        label = f"{parameter['in']} parameter {parameter['name']}"
        schema = parameter_schema(parameter)
        errors = self._validator(schema).iter_errors(parameter_value(parameter, text))
        return [f"{label}: {error.message}" for error in errors]

    def _body_violations(self, request, parameter):
        if parameter is None:
            return ["a body where there is to be none"] if request.body else []
        if not request.body:
            return ["the body is missing"] if parameter.get("required") else []
        found = []
        if request.content_type.split(";")[0].strip().lower() != "application/json":
            found.append(f"the body's type is {request.content_type or 'not said'}")
        try:
            body = json.loads(request.body)
        except ValueError:
            return [*found, "the body is not JSON"]
        for error in self._validator(parameter["schema"]).iter_errors(body):
            found.append(f"body {error.json_path}: {error.message}")
        return found

    def _validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            whole = closed(merged(schema, self.swagger.get("definitions", {})))
            self._validators[key] = Validator(
                {**whole, "definitions": self._definitions}
            )
        return self._validators[key]


class Models:
    """All of Amazon's models in a folder."""

    def __init__(self, folder):
        self._folder = folder
        self._by_name = {
            path.name: Model(path)
            for path in sorted(folder.glob("*.json"))
            if '"swagger"' in path.read_text("utf-8")
        }

    def __len__(self):
        return len(self._by_name)

    def __iter__(self):
        return iter(self._by_name.values())

    def describing(self, method, path):
        """The model of an operation; KeyError when none describes it."""
        for model in self:
            if method.lower() in model.swagger.get("paths", {}).get(path, {}):
                return model
        raise KeyError(f"{method} {path}")

    def load(self, name):
        """A model by its file name, or None."""
        path = self._folder / name
        if name not in self._by_name and path.is_file():
            self._by_name[name] = Model(path)
        return self._by_name.get(name)

    def judge(self, request):
        """(the operation's name or None, what is wrong with the request)."""
        for model in self:
            description = model.operation(request)
            if description:
                return description["operationId"], model.violations(request)
        return None, ["Amazon has no such operation"]
