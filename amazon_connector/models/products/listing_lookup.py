"""Asks Amazon for listings by SKU: together by a search, then each by itself.

Amazon's search lags behind its listings, and one odd SKU may spoil it for the others.
So what it does not show is asked for alone (getListingsItem), and only that answer says
that a listing is gone.
"""

from functools import partial

from ...spapi.errors import AuthError, RejectedError, ThrottledError
from ...spapi.listings import IDENTIFIERS_LIMIT, is_searchable

# Of one question: Amazon pages through 1,000 listings at most.
PAGES_LIMIT = 50
# Listings in a row that are not answered for, after which it is not the listings.
UNANSWERED_BEFORE_STOP = 3


class ListingLookup:
    """Looks listings up for one run.

    :param AmazonSession session: sends several requests at a time
    """

    def __init__(self, session):
        self.session = session
        self.seller = session.connection.seller_id

    def fetch(self, listings, gone=()):
        """Return ``({listing: document}, {listing: SpApiError})``.

        The document of a listing that Amazon does not list any more is ``None``.

        :param gone: those that are known to be gone: they come back by the search
        :raise SpApiError: when Amazon answers about none of them, or denies it
        """
        documents, alone = {}, listings.filtered(lambda row: not is_searchable(row.sku))
        searches = self._prepare_searches(listings - alone)
        for rows, page, error in self.session.send_each(searches):
            _check_goes_on(error)
            found = {document.get("sku"): document for document in page or ()}
            for row in rows:
                if row.sku in found:
                    documents[row] = found[row.sku]
                elif row in gone and not error:
                    documents[row] = None
                else:
                    alone |= row
        failures = self._fetch_alone(alone, documents)
        if not documents and failures and not any(map(is_refusal, failures.values())):
            raise next(iter(failures.values()))
        return documents, failures

    def _fetch_alone(self, listings, documents):
        """Ask about each listing by itself; return ``{listing: SpApiError}``.

        :param dict documents: gets what Amazon says
        """
        failures, in_a_row, last = {}, 0, None
        for row, document, error in self.ask_alone(listings):
            _check_goes_on(error)
            if not error:
                documents[row] = document
                in_a_row = 0
                continue
            failures[row] = last = error
            in_a_row += 1
            if in_a_row >= UNANSWERED_BEFORE_STOP:
                break
        unasked = listings.filtered(
            lambda row: row not in documents and row not in failures
        )
        return failures | dict.fromkeys(unasked, last)

    def _prepare_searches(self, listings):
        """Yield ``(listings, request)``: 20 of a storefront at most."""
        for storefront, rows in listings.grouped("storefront_id").items():
            place = storefront.marketplace_id.amazon_marketplace_id
            for start in range(0, len(rows), IDENTIFIERS_LIMIT):
                batch = rows[start : start + IDENTIFIERS_LIMIT]
                yield batch, partial(self.search, place, skus=batch.mapped("sku"))

    def search(self, marketplaces, **identifiers):
        """Return the documents of all that is found: an ASIN may have many SKUs.

        Called in a thread: touches no record.

        :param marketplaces: Amazon's id of one, or a tuple of several
        :param identifiers: ``skus`` or ``asins``, see ``search_params``
        """
        documents, token = [], None
        for _ in range(PAGES_LIMIT):
            page = self.session.client.search_listings_items(
                self.seller,
                marketplace_id=marketplaces,
                page_token=token,
                **identifiers,
            )
            documents += page.documents
            token = page.next_token
            if not token:
                break
        return documents

    def ask_alone(self, listings):
        """Ask about each by itself, several at once; yield each outcome as it comes.

        Nothing more is asked once Amazon throttles or denies it.

        :return: generator of ``(listing, document, error)``; document and error are
            ``None`` where Amazon does not list it
        """
        requests = (
            (
                row,
                partial(
                    self._get_alone,
                    row._get_spellings(),
                    row.storefront_id.marketplace_id.amazon_marketplace_id,
                ),
            )
            for row in listings
        )
        return self.session.send_each(requests)

    def _get_alone(self, spellings, marketplace):
        """Return the document of the first spelling of a SKU that Amazon lists.

        Called in a thread: touches no record.
        """
        for sku in spellings:
            try:
                return self.session.client.get_listings_item(
                    self.seller, sku, marketplace_id=marketplace
                )
            except RejectedError as error:
                if error.status != 404 and sku == spellings[-1]:
                    raise
        return None


def is_refusal(error):
    """Whether asking again does not help: the listing itself is wrong."""
    return isinstance(error, RejectedError)


def _check_goes_on(error):
    """:raise SpApiError: when it holds for the other requests, too"""
    if isinstance(error, AuthError | ThrottledError):
        raise error
