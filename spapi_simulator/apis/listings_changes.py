"""Listings Items API 2021-08-01: patch, put and delete a listing.

All three answer 200; whether the submission was taken is in its ``status``.
"""

from ..bodies import Body
from ..errors import invalid_input
from ..operations import Operation
from ..parameters import Parameter
from ..store.submission_checks import attribute_of
from ..store.submissions import DELETE, PATCH, UPDATE, submit
from .listings_search import require_catalog

PREVIEW = "VALIDATION_PREVIEW"
_PATH = "/listings/2021-08-01/items/{sellerId}/{sku}"


def patch_listings_item(simulator, call):
    """patchListingsItem: change some attributes of a listing."""
    for place, patch in enumerate(call.body["patches"]):
        if attribute_of(patch["path"]) is None:
            raise invalid_input(f"Invalid path provided in patch at index of {place}.")
    content = call.body["patches"]
    return _submit(simulator, call, PATCH, call.body["productType"], content)


def put_listings_item(simulator, call):
    """putListingsItem: make a listing, or replace all of its attributes."""
    body = call.body
    return _submit(
        simulator,
        call,
        UPDATE,
        body["productType"],
        body["attributes"],
        requirements=body.get("requirements", "LISTING"),
    )


def delete_listings_item(simulator, call):
    """deleteListingsItem: end a listing in a marketplace."""
    return _submit(simulator, call, DELETE)


def _submit(simulator, call, operation, product_type=None, content=None, **options):
    require_catalog(simulator, call)
    included = call.query.get("includedData", ["issues"])
    preview = call.query.get("mode") == PREVIEW
    if "identifiers" in included and not preview:
        raise invalid_input(f"identifiers can only be requested with mode {PREVIEW}.")
    submission = submit(
        simulator,
        call.account,
        call.query["marketplaceIds"],
        call.path["sku"],
        operation,
        product_type,
        content,
        preview=preview,
        **options,
    )
    document = {
        "sku": call.path["sku"],
        "status": submission.status,
        "submissionId": submission.submission_id,
    }
    if "issues" in included:
        document["issues"] = submission.issues
    if "identifiers" in included:
        document["identifiers"] = [
            {"marketplaceId": marketplace_id, "asin": asin}
            for marketplace_id, asin in submission.asins.items()
        ]
    return 200, document


_TEXT = {"type": "string", "minLength": 1}
_PATCHES = Body(
    {
        "type": "object",
        "required": ["productType", "patches"],
        "properties": {
            "productType": _TEXT,
            "patches": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["op", "path"],
                    "properties": {
                        "op": {"enum": ["add", "replace", "merge", "delete"]},
                        "path": {"type": "string"},
                        "value": {"type": "array", "items": {"type": "object"}},
                    },
                },
            },
        },
    }
)
_LISTING = Body(
    {
        "type": "object",
        "required": ["productType", "attributes"],
        "properties": {
            "productType": _TEXT,
            "requirements": {
                "enum": ["LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY"]
            },
            "attributes": {"type": "object"},
        },
    }
)
_ISSUE_LOCALE = Parameter("issueLocale")
_ONE_MARKETPLACE = Parameter("marketplaceIds", "list", required=True, most=1)
_MODE = (
    Parameter("includedData", "list", ("identifiers", "issues"), default=("issues",)),
    Parameter("mode", choices=(PREVIEW,)),
    _ISSUE_LOCALE,
)
OPERATIONS = (
    Operation(
        "patchListingsItem",
        "PATCH",
        _PATH,
        patch_listings_item,
        (Parameter("marketplaceIds", "list", required=True), *_MODE),
        _PATCHES,
    ),
    Operation(
        "putListingsItem",
        "PUT",
        _PATH,
        put_listings_item,
        (_ONE_MARKETPLACE, *_MODE),
        _LISTING,
    ),
    Operation(
        "deleteListingsItem",
        "DELETE",
        _PATH,
        delete_listings_item,
        (_ONE_MARKETPLACE, _ISSUE_LOCALE),
    ),
)
