"""Checks JSON_LISTINGS_FEED documents against Amazon's feed schema, version 2.

Written by hand instead of with JSON Schema: a feed of 25,000 messages is checked in
a fraction of a second.
"""

from ..store.submissions import DELETE, OPERATIONS, PATCH, UPDATE

MAX_MESSAGES = 25_000
MAX_MESSAGE_ID = 2**31 - 1
VERSION = "2.0"
API_VERSION = "2021-08-01"
REQUIREMENTS = ("LISTING", "LISTING_PRODUCT_ONLY", "LISTING_OFFER_ONLY")
DATASETS = (
    "summaries",
    "attributes",
    "issues",
    "offers",
    "fulfillmentAvailability",
    "procurement",
    "relationships",
    "productTypes",
)
_PATCH_OPERATIONS = ("add", "replace", "merge", "delete")


def feed_problem(document, seller_id):
    """What is wrong with a feed as a whole, in words; None when nothing is."""
    if not isinstance(document, dict):
        return "The feed must be a JSON object with header and messages."
    header, messages = document.get("header"), document.get("messages")
    if not isinstance(header, dict):
        return "The feed has no header."
    if header.get("sellerId") != seller_id:
        return "The sellerId of the header is not that of the selling partner."
    if header.get("version") != VERSION:
        return f"The version of the header must be {VERSION}."
    if not isinstance(header.get("issueLocale", ""), str):
        return "The issueLocale of the header must be a string."
    if "report" in header and not _is_report(header["report"]):
        return "The report of the header needs valid includedData and apiVersion."
    if not isinstance(messages, list) or not messages:
        return "The feed has no messages."
    if len(messages) > MAX_MESSAGES:
        return "feed messages list beyond allowed size"
    return None


def _is_report(report):
    if not isinstance(report, dict) or report.get("apiVersion") != API_VERSION:
        return False
    included = report.get("includedData")
    return (
        isinstance(included, list)
        and bool(included)
        and all(name in DATASETS for name in included)
    )


def is_message_id(value):
    """Whether a message can be told by this id."""
    # True is an int to Python, but not to JSON.
    return type(value) is int and 1 <= value <= MAX_MESSAGE_ID


def message_problem(message):
    """What is wrong with the form of a message, in words; None when nothing is."""
    if not isinstance(message, dict):
        return "The message must be a JSON object."
    if not is_message_id(message.get("messageId")):
        return f"The messageId must be a number between 1 and {MAX_MESSAGE_ID}."
    if not _is_text(message.get("sku")):
        return "The sku is required."
    operation = message.get("operationType")
    if operation not in OPERATIONS:
        return f"The operationType must be one of {', '.join(OPERATIONS)}."
    return _content_problem(message, operation)


def _content_problem(message, operation):
    needed, refused = _members(operation)
    for name in needed:
        if name not in message:
            return f"'{name}' is required but not supplied for {operation}."
    for name in refused:
        if name in message:
            return f"'{name}' is not applicable to {operation}."
    if operation == DELETE:
        return None
    if not _is_text(message["productType"]):
        return "The productType must be a string that is not empty."
    if message.get("requirements", REQUIREMENTS[0]) not in REQUIREMENTS:
        return f"The requirements must be one of {', '.join(REQUIREMENTS)}."
    if operation == PATCH:
        return _patches_problem(message["patches"])
    if not isinstance(message["attributes"], dict) or not message["attributes"]:
        return "The attributes must be an object that is not empty."
    return None


def _members(operation):
    """(required, refused) members of a message."""
    if operation == DELETE:
        return (), ("productType", "requirements", "attributes", "patches")
    if operation == PATCH:
        return ("productType", "patches"), ("requirements", "attributes")
    refused = ("patches",) if operation == UPDATE else ("requirements", "patches")
    return ("productType", "attributes"), refused


def _patches_problem(patches):
    if not isinstance(patches, list) or not patches:
        return "The patches must be a list that is not empty."
    if not all(_is_patch(patch) for patch in patches):
        return "Every patch needs a valid op, a path and a list of objects as value."
    return None


def _is_patch(patch):
    if not isinstance(patch, dict) or patch.get("op") not in _PATCH_OPERATIONS:
        return False
    value = patch.get("value", [])
    return (
        isinstance(patch.get("path"), str)
        and isinstance(value, list)
        and all(isinstance(entry, dict) for entry in value)
    )


def _is_text(value):
    return isinstance(value, str) and value != ""
