"""The calls of the Listings Items API 2021-08-01, as part of the client."""

from dataclasses import dataclass, field

from .. import transport
from ..errors import clean_text
from ..json_fields import block_at, blocks_at, text_at, time_at
from ..times import format_time
from .parse import INCLUDED

PAGE_SIZE = 20
IDENTIFIERS_LIMIT = 20


@dataclass(frozen=True)
class ListingsPage:
    """A page of searchListingsItems.

    :ivar documents: tuple of item documents, for :func:`.listings.parse_listing`
    :ivar next_token: for the next page of the same question, None on the last
    :ivar total: how many listings answer the question; Amazon pages through 1,000
    """

    documents: tuple = field(repr=False)
    next_token: str | None = field(repr=False)
    total: int

    @property
    def last_updated(self):
        """When Amazon changed the last listing of the page, None without a time."""
        summaries = blocks_at(self.documents[-1], "summaries") if self.documents else ()
        try:
            return time_at(summaries[0], "lastUpdatedDate") if summaries else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Submission:
    """What Amazon said at once of a change to a listing.

    :ivar accepted: False means that nothing is changed, although the status was 200
    :ivar submission_id: Amazon's id of the change
    :ivar reason: Amazon's sentences on what is wrong, "" when there are none
    """

    accepted: bool
    submission_id: str
    reason: str


class ListingsCalls:
    """Part of :class:`.client.SpApiClient`, which has ``_api`` and ``_call``."""

    def search_listings_items(
        self,
        seller_id,
        *,
        marketplace_id,
        last_updated_after=None,
        skus=(),
        page_token=None,
    ):
        """Return a :class:`ListingsPage` of up to 20 listings in one marketplace.

        Those that Amazon changed longest ago come first. A ``page_token`` needs the
        same other arguments.

        :param datetime last_updated_after: only those changed then or later
        :param skus: only these, 20 at most, none with a comma in it
        :raises ValueError: when Amazon would refuse or misread the SKUs
        """
        operation = "searchListingsItems"
        params = {
            "marketplaceIds": marketplace_id,
            "includedData": ",".join(INCLUDED),
            "sortBy": "lastUpdatedDate",
            "sortOrder": "ASC",
            "pageSize": PAGE_SIZE,
        }
        if last_updated_after:
            params["lastUpdatedAfter"] = format_time(last_updated_after)
        if skus:
            params |= _identifiers(skus)
        if page_token:
            params["pageToken"] = page_token
        answer = self._call(
            operation,
            lambda: self._api.search_listings_items(seller_id, **params),
        )
        documents = transport.promised(operation, answer, "items", list)
        total = answer.body.get("numberOfResults")
        if not all(isinstance(entry, dict) for entry in documents) or not (
            isinstance(total, int) and total >= len(documents)
        ):
            raise transport.unexpected(operation, False, answer)
        token = text_at(block_at(answer.body, "pagination"), "nextToken")
        return ListingsPage(tuple(documents), token or None, total)

    def get_listings_item(self, seller_id, sku, *, marketplace_id):
        """Return the document of one listing, for :func:`.listings.parse_listing`.

        :raises RejectedError: status 404 when it is not listed there
        """
        operation = "getListingsItem"
        answer = self._call(
            operation,
            lambda: self._api.get_listings_item(
                seller_id,
                sku,
                marketplaceIds=marketplace_id,
                includedData=",".join(INCLUDED),
            ),
        )
        if transport.promised(operation, answer, "sku", str) != sku:
            raise transport.unexpected(operation, False, answer)
        return answer.body

    def patch_listings_item(self, seller_id, sku, request, *, marketplace_id):
        """Change a listing; return Amazon's :class:`Submission`.

        It may be sent again after a lost answer: the same change twice is the same
        as once. So a lost answer is told as for a read.

        :param request: body made by :func:`.listings.quantity_request`
        """
        operation = "patchListingsItem"
        answer = self._call(
            operation,
            lambda: self._api.patch_listings_item(
                seller_id, sku, marketplaceIds=marketplace_id, body=request
            ),
        )
        status = transport.promised(operation, answer, "status", str)
        return Submission(
            accepted=status == "ACCEPTED",
            submission_id=text_at(answer.body, "submissionId"),
            reason=" ".join(
                clean_text(issue.get("message"))
                for issue in blocks_at(answer.body, "issues")
                if issue.get("severity") == "ERROR"
            ),
        )


def _identifiers(skus):
    if len(skus) > IDENTIFIERS_LIMIT or any("," in sku for sku in skus):
        raise ValueError("Up to 20 SKUs, none with a comma, are looked up at a time.")
    return {"identifiers": ",".join(skus), "identifiersType": "SKU"}
