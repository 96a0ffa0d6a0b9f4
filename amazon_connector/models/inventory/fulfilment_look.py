"""Who fulfils a listing, asked right before its quantity leaves.

A quantity for a listing that Amazon fulfils turns it into one that the merchant has to
ship. A seller hands a listing to Amazon with a click in Seller Central, and it may show
in no change of Amazon's, so what Odoo knows is not enough to send on.
"""

from datetime import timedelta

from odoo import fields

from ...spapi.listings import parse_availability
from ..connection import messages
from ..products.listing_lookup import ListingLookup, is_refusal

# What Amazon showed counts that long; then the next quantity needs another look. Long
# enough for the quantities of a slice and for a listing that sells by the second.
LOOK_HOLDS = timedelta(seconds=10)
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
        stale = listings.filtered(self.is_stale)
        if not stale:
            return listings
        shown, failures = self.look(stale)
        gone = stale.filtered(lambda row: shown.get(row, row) is None)
        gone.write({"to_push": False, "is_push_forced": False})
        self._report(failures)
        lost = stale.browse().union(*failures) | gone
        return (listings - lost).filtered_domain(listings._get_merchant_domain())

    def look(self, listings):
        """Ask Amazon about listings, and take over who fulfils them.

        :return: ``({listing: spapi.listings.Availability}, {listing: error})``; None
            of one that is not listed any more
        :raise SpApiError: when Amazon answers about none of them
        """
        documents, failures = ListingLookup(self.session).fetch(listings)
        shown = self._read(documents, failures)
        self._update(shown)
        gone = listings.filtered(lambda row: row in documents and not documents[row])
        gone._mark_removed(self.run)
        return shown | dict.fromkeys(gone), failures

    def is_merchants(self, listing, others):
        """Whether a quantity may leave at this moment.

        :param others: that are to leave soon, looked at along with it
        :raise SpApiError: when Amazon answers about none of them
        """
        if not self.is_stale(listing):
            return True
        is_merchants = listing in self.filter_merchants(listing | others)
        # What others changed while Amazon was asked is seen from here on.
        self.job._commit()
        return is_merchants

    def is_stale(self, listing):
        """Whether Amazon has to be asked before a quantity of it leaves."""
        looked = listing.looked_on
        return not looked or looked <= fields.Datetime.now() - LOOK_HOLDS

    # === WRITE DOWN === #

    def _read(self, documents, failures):
        """Return ``{listing: Availability}`` of what Amazon shows.

        :param dict failures: gets those that cannot be read
        """
        shown = {}
        for row, document in documents.items():
            if document is None:
                continue
            try:
                shown[row] = parse_availability(document)
            except ValueError as error:
                failures[row] = error
        return shown

    def _update(self, shown):
        """Take over who fulfils them; the rest is left to the download of listings.

        :param dict shown: as :meth:`_read` returns it
        """
        by_values = {}
        for row, found in shown.items():
            codes = ", ".join(found.locations)
            key = (found.channel, codes, found.quantity is not None)
            by_values[key] = by_values.get(key, row.browse()) | row
        for (channel, codes, is_tracked), rows in by_values.items():
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
        final = {row: error for row, error in failures.items() if is_final(error)}
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


def is_final(error):
    """Whether asking again does not help: the listing itself is wrong."""
    return is_refusal(error) or isinstance(error, ValueError)
