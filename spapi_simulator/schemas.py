"""The JSON Schemas of the simulated product types, as documents to download."""

import base64
import hashlib
import json

from starlette.responses import Response

from .store.attribute_schemas import ATTRIBUTES, PRODUCT_TYPES, REQUIRED

VERSION = "SIMULATOR-1"
_DRAFT = "https://json-schema.org/draft/2019-09/schema"


async def serve_schema(request):
    """Answer ``GET /schemas/...``; 404 for what there is not."""
    query = request.query_params
    content = _find(
        request.path_params["name"],
        query.get("requirements", "LISTING"),
        query.get("requirementsEnforced", "ENFORCED"),
    )
    if content is None:
        return Response("There is no such schema.", 404)
    return Response(content, media_type="application/json")


def _find(name, requirements, enforced):
    if name == "meta-schema.json":
        return meta_schema()
    product_type = name.removeprefix("product-types/").removesuffix(".json")
    known = name == f"product-types/{product_type}.json"
    if known and product_type in PRODUCT_TYPES and requirements in REQUIRED:
        return product_type_schema(product_type, requirements, enforced)
    return None


def product_type_schema(product_type, requirements="LISTING", enforced="ENFORCED"):
    """The bytes of the schema for the attributes of a listing."""
    required = REQUIRED[requirements] if enforced == "ENFORCED" else ()
    return _encode(
        {
            "$schema": _DRAFT,
            "title": PRODUCT_TYPES[product_type],
            "type": "object",
            "required": list(required),
            "properties": {
                name: {
                    "title": attribute.title,
                    "type": "array",
                    "minItems": 1,
                    "selectors": ["marketplace_id", *attribute.selectors],
                    "items": attribute.entry_schema(),
                }
                for name, attribute in ATTRIBUTES.items()
            },
        }
    )


def meta_schema():
    """The bytes of the schema that says what "selectors" are."""
    return _encode(
        {
            "$schema": _DRAFT,
            "title": "Vocabulary of the product types",
            "properties": {
                "selectors": {"type": "array", "items": {"type": "string"}},
            },
        }
    )


def checksum(content):
    """The MD5 of a document in Base64, as Amazon gives it."""
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def _encode(document):
    return json.dumps(document, indent=1, ensure_ascii=False).encode()
