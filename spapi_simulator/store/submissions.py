"""Takes in changes to listings, from the Listings Items API and from feeds alike.

A submission is judged at once and, when accepted, takes effect some seconds later.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from . import submission_checks as checks
from .listing_patches import apply_patch, replace_all, without

#: From the acceptance of a submission until a client can read the change.
DELAY_SECONDS = 3.0

PATCH = "PATCH"
UPDATE = "UPDATE"
PARTIAL_UPDATE = "PARTIAL_UPDATE"
DELETE = "DELETE"
OPERATIONS = (UPDATE, PARTIAL_UPDATE, PATCH, DELETE)


@dataclass(frozen=True)
class Submission:
    """What Amazon answers: ACCEPTED, INVALID, or for a preview VALID or INVALID.

    ``issues`` are as in Amazon's model, ``asins`` maps marketplaces to the ASIN of
    the listing where it has one.
    """

    status: str
    submission_id: str
    issues: list
    asins: dict


def submit(
    simulator,
    account,
    marketplace_ids,
    sku,
    operation,
    product_type=None,
    content=None,
    *,
    preview=False,
    requirements="LISTING",
):
    """Judge a change to the listing of a SKU and, unless ``preview``, accept it.

    ``operation`` is one of ``OPERATIONS``, as in JSON_LISTINGS_FEED; ``content`` the
    attributes of UPDATE and PARTIAL_UPDATE or the patches of PATCH, each with ``op``,
    ``path`` and perhaps ``value``. ``marketplace_ids`` must be those of the account.

    A SKU that the account does not have is no mistake to Amazon: the listing comes
    into being, incomplete, with what was submitted.
    """
    catalog = simulator.listings[account.seller_id]
    marketplaces = [account.marketplace(m) for m in marketplace_ids]
    issues = _judge(
        catalog.get(sku), operation, product_type, content, marketplaces, requirements
    )
    if issues:
        status = "INVALID"
    elif preview:
        status = "VALID"
    else:
        status = "ACCEPTED"
        change = Change(sku, operation, product_type, content, tuple(marketplaces))
        catalog.schedule(simulator.effect_seconds, change)
    return Submission(
        status, uuid.uuid4().hex, issues, _asins(catalog, sku, marketplaces)
    )


def _judge(listing, operation, product_type, content, marketplaces, requirements):
    if operation == DELETE:
        return []
    issues = checks.check_product_type(product_type, listing)
    if operation == PATCH:
        return issues + checks.check_patches(content, marketplaces)
    issues += checks.check_attributes(content, marketplaces)
    if operation == UPDATE:
        issues += checks.check_required(content, requirements)
    return issues


def _asins(catalog, sku, marketplaces):
    listing = catalog.get(sku)
    found = {m.id: listing.asin(m.id) for m in marketplaces} if listing else {}
    return {marketplace_id: asin for marketplace_id, asin in found.items() if asin}


@dataclass(frozen=True)
class Change:
    """An accepted submission that waits to take effect."""

    sku: str
    operation: str
    product_type: str | None
    content: Any
    marketplaces: tuple

    def attributes(self, old):
        """The attributes of the listing once the change is in effect."""
        if self.operation == DELETE:
            return without(old, {m.id for m in self.marketplaces})
        if self.operation == UPDATE:
            return replace_all(old, self.content, self.marketplaces)
        if self.operation == PARTIAL_UPDATE:
            patches = [("replace", n, value) for n, value in self.content.items()]
        else:
            patches = [
                (p["op"], checks.attribute_of(p["path"]), p.get("value"))
                for p in self.content
            ]
        for operation, name, value in patches:
            old = apply_patch(old, operation, name, value, self.marketplaces)
        return old

    def touched(self):
        """The names of the attributes that were submitted."""
        if self.operation == PATCH:
            return {checks.attribute_of(p["path"]) for p in self.content}
        return set(self.content or ())
