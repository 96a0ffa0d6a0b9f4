"""Tokens API 2021-03-01: createRestrictedDataToken."""

from ..bodies import Body
from ..errors import invalid_input
from ..lwa.tokens import TOKEN_SECONDS
from ..operations import Operation
from .restricted import DATA_ELEMENTS, takes_data_elements

_MOST = 50
_BODY = Body(
    {
        "type": "object",
        "required": ["restrictedResources"],
        "properties": {
            "targetApplication": {"type": ["string", "null"]},
            "restrictedResources": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["method", "path"],
                    "properties": {
                        "method": {"enum": ["GET", "PUT", "POST", "DELETE"]},
                        "path": {"type": "string", "minLength": 1},
                        "dataElements": {
                            "type": "array",
                            "items": {"type": "string"},
                        },
                    },
                },
            },
        },
    }
)


def create_restricted_data_token(simulator, call):
    """createRestrictedDataToken: a token for the named resources, for an hour."""
    resources = call.body["restrictedResources"]
    if not resources:
        raise invalid_input("Empty target resource argument found")
    if len(resources) > _MOST:
        raise invalid_input(f"At most {_MOST} restrictedResources may be provided.")
    target = call.body.get("targetApplication")
    # A token of another application would draw on buckets of its own.
    if target not in (None, simulator.lwa.application.id):
        raise invalid_input("Invalid Input", f"targetApplication: {target}")
    for resource in resources:
        _check(resource)
    token = simulator.lwa.tokens.issue(
        "Atz.sprdt|",
        call.account,
        call.application,
        resources=tuple((r["method"], r["path"]) for r in resources),
    )
    seconds = simulator.clock.whole_real_seconds(TOKEN_SECONDS)
    return 200, {"restrictedDataToken": token, "expiresIn": seconds}


def _check(resource):
    method, path = resource["method"], resource["path"]
    takes = takes_data_elements(method, path)
    if takes is None:
        raise invalid_input(
            "Application does not have access to some or all requested resource",
            f"{method} {path}",
        )
    elements = resource.get("dataElements", [])
    unknown = [element for element in elements if element not in DATA_ELEMENTS]
    if unknown or (elements and not takes):
        raise invalid_input("Invalid Input", f"dataElements: {', '.join(elements)}")


OPERATIONS = (
    Operation(
        "createRestrictedDataToken",
        "POST",
        "/tokens/2021-03-01/restrictedDataToken",
        create_restricted_data_token,
        body=_BODY,
    ),
)
