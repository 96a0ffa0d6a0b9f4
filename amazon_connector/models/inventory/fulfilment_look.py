"""Who fulfils a listing, asked right before its quantity leaves.

A quantity for a listing that Amazon fulfils turns it into one that the merchant has to
ship. A seller hands a listing to Amazon with a click in Seller Central, and it may show
in no change of Amazon's, so what Odoo knows is not enough to send on.
"""

from datetime import timedelta
from functools import partial

from odoo import fields

from ...spapi.errors import AuthError, RejectedError, ThrottledError
from ...spapi.listings import IDENTIFIERS_LIMIT, is_searchable, parse_availability
from ..connection import messages

# What Amazon showed counts that long; then the next quantity needs another look. Long
# enough for the quantities of a slice and for a listing that sells by the second.
LOOK_HOLDS = timedelta(seconds=10)
# Listings in a row that cannot be looked at, after which it is not the listings.
FAILED_LOOKS_BEFORE_STOP = 3
FAILED_LOOK_DELAY = timedelta(minutes=5)


class FulfilmentLook:
    """Looks at listings for one run of the sync of inventory.

    :param job: the ``amazon.job`` of the run
    :param run: its ``amazon.history``, which is told what was found
    :param AmazonSession session: asks Amazon
    """

    def __init__(self, job, run, session):
        self.job = job
        self.run = run
        self.session = session
        self.env = job.env

    def filter_merchants(self, listings):
        """Return those of the listings whose quantity is still the merchant's.

        Amazon is asked about those that were not looked at right before: 20 of a
        storefront at a time, and several times at once.

        :raise SpApiError: when Amazon answers about none of them
        """
        stale = listings.filtered(self._is_stale)
        if not stale:
            return listings
        documents, failures = self._fetch(stale)
        shown = self._read(documents, failures)
        self._update(shown)
        gone = stale.filtered(lambda row: row in documents and not documents[row])
        gone._mark_removed(self.run)
        gone.write({"to_push": False, "is_push_forced": False})
        self._report(failures)
        lost = stale.browse().union(*failures) | gone
        return (listings - lost).filtered_domain(listings._get_merchant_domain())

    def is_merchants(self, listing, others):
        """Whether a quantity may leave at this moment.

        :param others: that are to leave soon, looked at along with it
        :raise SpApiError: when Amazon answers about none of them
        """
        if not self._is_stale(listing):
            return True
        return listing in self.filter_merchants(listing | others)

    def _is_stale(self, listing):
        looked = listing.looked_on
        return not looked or looked <= fields.Datetime.now() - LOOK_HOLDS

    # === ASK === #

    def _fetch(self, listings):
        """Return ``({listing: document}, {listing: SpApiError})``.

        The document of a listing that Amazon does not list any more is ``None``.

        :raise SpApiError: when Amazon answers about none of them
        """
        documents, alone = {}, listings.filtered(lambda row: not is_searchable(row.sku))
        searches = self._prepare_searches(listings - alone)
        for rows, page, error in self.session.send_each(searches):
            self._check_goes_on(error)
            found = {} if error else {doc.get("sku"): doc for doc in page.documents}
            documents |= {row: found[row.sku] for row in rows if row.sku in found}
            # A search may lag behind, and one SKU may spoil it for the others.
            alone |= rows.filtered(lambda row, found=found: row.sku not in found)
        failures = self._fetch_alone(alone, documents)
        if not documents and failures and not any(map(_is_final, failures.values())):
            raise next(iter(failures.values()))
        return documents, failures

    def _fetch_alone(self, listings, documents):
        """Ask about each listing by itself; return ``{listing: SpApiError}``.

        :param dict documents: gets what Amazon shows
        """
        failures, in_a_row = {}, 0
        requests = ((row, self._get_request(row)) for row in listings)
        for row, document, error in self.session.send_each(requests):
            self._check_goes_on(error)
            if not error or error.status == 404:
                documents[row] = document
                in_a_row = 0
                continue
            failures[row] = error
            in_a_row += 1
            if in_a_row >= FAILED_LOOKS_BEFORE_STOP:
                break
        unasked = listings.filtered(
            lambda row: row not in documents and row not in failures
        )
        return failures | {row: error for row in unasked}

    @staticmethod
    def _check_goes_on(error):
        """:raise SpApiError: when it holds for the other requests, too"""
        if isinstance(error, AuthError | ThrottledError):
            raise error

    def _prepare_searches(self, listings):
        """Yield ``(listings, request)``: 20 of a storefront at most."""
        for storefront, rows in listings.grouped("storefront_id").items():
            for start in range(0, len(rows), IDENTIFIERS_LIMIT):
                batch = rows[start : start + IDENTIFIERS_LIMIT]
                yield (
                    batch,
                    partial(
                        self.session.client.search_listings_items,
                        self.job.connection_id.seller_id,
                        marketplace_id=storefront.marketplace_id.amazon_marketplace_id,
                        skus=batch.mapped("sku"),
                    ),
                )

    def _get_request(self, listing):
        marketplace = listing.storefront_id.marketplace_id
        return partial(
            self.session.client.get_listings_item,
            self.job.connection_id.seller_id,
            listing.sku,
            marketplace_id=marketplace.amazon_marketplace_id,
        )

    # === WRITE DOWN === #

    def _read(self, documents, failures):
        """Return ``{values: listings}`` of what Amazon shows, to be written together.

        :param dict failures: gets those that cannot be read
        """
        shown = {}
        for row, document in documents.items():
            if document is None:
                continue
            try:
                found = parse_availability(document)
            except ValueError as error:
                failures[row] = error
                continue
            values = (found.channel, ", ".join(found.locations), found.quantity)
            key = (*values[:2], found.quantity is not None)
            shown[key] = shown.get(key, row.browse()) | row
        return shown

    def _update(self, shown):
        """Take over who fulfils them; the rest is left to the download of listings."""
        for (channel, codes, is_tracked), rows in shown.items():
            values = {
                "channel": channel,
                "location_codes": codes,
                "is_tracked": is_tracked,
            }
            seen = {"looked_on": fields.Datetime.now()}
            changed = rows.filtered(
                lambda row, values=values: any(
                    (row[name] or False) != (value or False)
                    for name, value in values.items()
                )
            )
            (rows - changed).write(seen)
            changed.write(values | seen)
            for row in changed:
                self._leave_alone(row)

    def _leave_alone(self, listing):
        """Say why its quantity is not sent any more, where it is so."""
        reason = listing._get_not_synced_reason()
        if not reason:
            return
        listing.write({"to_push": False, "is_push_forced": False})
        self.run._note(
            self.env._(
                "%(sku)s is not what it was when it was downloaded, so its quantity "
                "was not sent. %(why)s",
                sku=listing.sku,
                why=reason,
            ),
            listing,
        )

    def _report(self, failures):
        """Say which could not be looked at, and try again where that helps."""
        final = {row: error for row, error in failures.items() if _is_final(error)}
        for row, error in final.items():
            self._refuse(row, error)
        for row, error in failures.items():
            if row in final:
                continue
            self.run._warn(
                self.env._(
                    "The quantity of %(sku)s was not sent, since Amazon did not show "
                    "who fulfils the listing. It is tried again by itself: %(why)s",
                    sku=row.sku,
                    why=messages.explain_error(self.env, error),
                ),
                row,
            )
        if len(final) < len(failures):
            again = fields.Datetime.now() + FAILED_LOOK_DELAY
            self.job._trigger(self.job.kind, at=again)

    def _refuse(self, listing, error):
        """Show on the listing that nothing is sent until somebody looked at it."""
        sentence = self.env._("Amazon did not show who fulfils the listing: %s", error)
        listing.write(
            {"to_push": False, "is_push_forced": False, "push_error": sentence}
        )
        self.run._error(
            self.env._(
                "The quantity of %(sku)s was not sent. %(why)s Look at the listing in "
                "Seller Central, then press Retry.",
                sku=listing.sku,
                why=sentence,
            ),
            listing,
            getattr(error, "request_id", None),
        )


def _is_final(error):
    """Whether asking again does not help: the listing itself is wrong."""
    return isinstance(error, RejectedError | ValueError)
