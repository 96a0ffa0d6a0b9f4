"""What is asked of the Listings Items API 2021-08-01, and what its answers hold.

Source: searchListingsItems, getListingsItem and patchListingsItem.
"""

from ..errors import clean_text
from ..json_fields import LARGEST_COUNT, block_at, blocks_at, is_page_token, text_at
from ..times import format_time
from .types import ListingsPage, Submission

INCLUDED_DATA = (
    "summaries",
    "attributes",
    "offers",
    "fulfillmentAvailability",
    "relationships",
    "issues",
)
PAGE_SIZE = 20
IDENTIFIERS_LIMIT = 20
# The merchant's own fulfilment; Amazon's networks are AMAZON_NA, AMAZON_EU …
_MERCHANT_CHANNEL = "DEFAULT"
# Amazon takes this for offer attributes where the real product type is unknown.
_ANY_PRODUCT_TYPE = "PRODUCT"
_REASON_CHARACTERS = 1000


def is_searchable(sku):
    """Whether a SKU can be looked up by a search, else only by getListingsItem.

    Amazon separates the identifiers of a search by commas, and promises nothing of
    blanks around one.
    """
    return "," not in sku and sku == sku.strip()


def item_params(marketplace_id):
    """Return the query of getListingsItem."""
    return {
        "marketplaceIds": marketplace_id,
        "includedData": ",".join(INCLUDED_DATA),
    }


def search_params(marketplace_id, last_updated_after, skus, asins, page_token):
    """Return the query of searchListingsItems: the longest unchanged come first.

    :param marketplace_id: one id, or a tuple of several
    :param datetime last_updated_after: aware, or None
    :raises ValueError: when Amazon would refuse or misread the identifiers
    """
    if not isinstance(marketplace_id, str):
        marketplace_id = ",".join(marketplace_id)
    params = item_params(marketplace_id) | {
        "sortBy": "lastUpdatedDate",
        "sortOrder": "ASC",
        "pageSize": PAGE_SIZE,
    }
    if last_updated_after:
        params["lastUpdatedAfter"] = format_time(last_updated_after)
    named = skus or asins
    if named:
        if len(named) > IDENTIFIERS_LIMIT or any("," in one for one in named):
            raise ValueError(
                "Up to 20 SKUs, none with a comma, are looked up at a time."
            )
        kind = "SKU" if skus else "ASIN"
        params |= {"identifiers": ",".join(named), "identifiersType": kind}
    if page_token:
        params["pageToken"] = page_token
    return params


def read_page(body, documents):
    """Return the :class:`.ListingsPage`, None when it is not as the model promises.

    :param dict body: the answer of searchListingsItems
    :param documents: its ``items``
    """
    total = body.get("numberOfResults")
    if not all(isinstance(entry, dict) for entry in documents) or not (
        isinstance(total, int) and total >= len(documents)
    ):
        return None
    token = block_at(body, "pagination").get("nextToken") or None
    if token is not None and not is_page_token(token):
        return None
    return ListingsPage(tuple(documents), token, min(total, LARGEST_COUNT))


def quantity_request(
    product_type, quantity, lead_days=0, restock_on=None, is_whole=False
):
    """Return the body of patchListingsItem that sets the merchant's quantity.

    *merge* leaves lead time and restock date as they are where none is named; *replace*
    wipes them, and is the only way to take a restock date back.

    :param str product_type: Amazon's, "" where it is not known
    :param int quantity: units for sale, 0 or more
    :param int lead_days: the days to ship, 0 to leave them as they are
    :param date restock_on: when there will be some again, None to leave it as it is
    :param bool is_whole: whether what is not named is to be wiped
    :raises ValueError: when the quantity or the days are negative
    """
    if quantity < 0 or lead_days < 0:
        raise ValueError("A quantity for Amazon cannot be negative.")
    value = {"fulfillment_channel_code": _MERCHANT_CHANNEL, "quantity": quantity}
    if lead_days:
        value["lead_time_to_ship_max_days"] = lead_days
    if restock_on:
        value["restock_date"] = restock_on.isoformat()
    return {
        "productType": product_type or _ANY_PRODUCT_TYPE,
        "patches": [
            {
                "op": "replace" if is_whole else "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [value],
            }
        ],
    }


def read_submission(body, status):
    """Return the :class:`.Submission` of ``ListingsItemSubmissionResponse``."""
    reasons = (
        clean_text(issue.get("message"))
        for issue in blocks_at(body, "issues")
        if issue.get("severity") == "ERROR"
    )
    return Submission(
        accepted=status == "ACCEPTED",
        submission_id=text_at(body, "submissionId"),
        reason=_shorten(" ".join(reasons)),
    )


def _shorten(text):
    if len(text) <= _REASON_CHARACTERS:
        return text
    return text[: _REASON_CHARACTERS - 1] + "…"
