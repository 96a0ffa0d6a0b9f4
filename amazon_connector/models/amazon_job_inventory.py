"""The job that keeps Amazon's quantities equal to the warehouse's.

Stock that moves leaves an ``amazon.stock.change``; a run takes these, marks the
listings of the products, and sends each marked listing's quantity when it differs from
the one that Amazon has. Once a day all listings are compared, so that what drifted, for
whatever reason, is repaired.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..spapi.errors import RejectedError
from ..spapi.listings import quantity_request

BATCH_SIZE = 50
MARKED_AT_ONCE = 100
# All listings are compared when the last comparison is older.
COMPARE_AFTER = timedelta(hours=20)
# More zeros than this, in number and in share, are taken for a mistake.
MOST_ZEROS = 10
MOST_ZERO_SHARE = 0.3


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    def _slices_sync_inventory(self, run, observer):
        """Yield after each quantity that was sent."""
        connection = self.connection_id
        self._mark_changed()
        yield
        yield from self._mark_all()
        if not self.env["amazon.listing"].search(self._to_push_domain(), limit=1):
            return
        if not self._is_within_reason(run):
            return
        with connection._amazon_client(observer) as client:
            while rows := self.env["amazon.listing"].search(
                self._to_push_domain(), order="id", limit=BATCH_SIZE
            ):
                quantities = rows._quantities()
                run._count(seen=len(rows))
                for row, quantity in quantities.items():
                    if self._push(client, row, quantity, run):
                        yield
                yield
                # What moved in the meantime is sent in the same run.
                self._mark_changed()
        connection.are_zeros_allowed = False

    # === BUSINESS METHODS - WHICH === #

    def _mark_changed(self):
        """Mark the listings of the products whose stock changed, and forget that."""
        changed = self.env["amazon.stock.change"]._take(self.connection_id)
        if self.connection_id.sync_inventory:
            domain = self._unmarked_domain() & Domain("product_id", "in", changed.ids)
            self.env["amazon.listing"].search(domain).to_push = True

    def _mark_all(self):
        """Mark every listing once a day; yield after some, to be in nobody's way."""
        connection = self.connection_id
        checked = connection.inventory_checked_on
        now = fields.Datetime.now()
        if not connection.sync_inventory or (checked and checked > now - COMPARE_AFTER):
            return
        while rows := self.env["amazon.listing"].search(
            self._unmarked_domain(), limit=MARKED_AT_ONCE
        ):
            rows.to_push = True
            yield
        connection.inventory_checked_on = now
        yield

    def _unmarked_domain(self):
        return (
            self.env["amazon.listing"]._syncable_domain()
            & Domain("connection_id", "=", self.connection_id.id)
            & Domain("to_push", "=", False)
        )

    def _to_push_domain(self):
        """With the sync off, only what somebody asked for."""
        domain = (
            self.env["amazon.listing"]._syncable_domain()
            & Domain("connection_id", "=", self.connection_id.id)
            & Domain("to_push", "=", True)
        )
        if not self.connection_id.sync_inventory:
            domain &= Domain("is_push_forced", "=", True)
        return domain

    def _is_within_reason(self, run):
        """Whether no unusual share of the store would be emptied."""
        connection = self.connection_id
        listings = self.env["amazon.listing"]
        marked = listings.search(self._to_push_domain())
        offered = marked.filtered("amazon_quantity")
        if connection.are_zeros_allowed or len(offered) <= MOST_ZEROS:
            connection._release_inventory()
            return True
        quantities = offered._quantities()
        zeros = sum(not quantity for quantity in quantities.values())
        total = listings.search_count(
            listings._syncable_domain()
            & Domain("connection_id", "=", connection.id)
            & (Domain("amazon_quantity", ">", 0) | Domain("to_push", "=", True))
        )
        if zeros > MOST_ZEROS and zeros > MOST_ZERO_SHARE * total:
            connection._halt_inventory(zeros, total, run)
            return False
        connection._release_inventory()
        return True

    # === BUSINESS METHODS - SEND === #

    def _push(self, client, listing, quantity, run):
        """Send one quantity if Amazon has another; return whether it was sent."""
        done = {"to_push": False, "is_push_forced": False}
        if quantity == listing.amazon_quantity and not (
            listing.is_push_forced or listing.push_error
        ):
            listing.write(done)
            run._count(unchanged=1)
            return False
        try:
            submission = client.patch_listings_item(
                self.connection_id.seller_id,
                listing.sku,
                quantity_request(listing.product_type or "", quantity),
                marketplace_id=(
                    listing.storefront_id.marketplace_id.amazon_marketplace_id
                ),
            )
            reason = not submission.accepted and (
                submission.reason or self.env._("Amazon gave no reason.")
            )
            request_id = None
        except RejectedError as error:
            reason, request_id = str(error), error.request_id
        if reason:
            listing.write(done | {"push_error": reason})
            run._error(
                self.env._(
                    "Amazon did not take the quantity %(quantity)s of %(sku)s: "
                    "%(why)s Correct the listing in Seller Central, then press Retry.",
                    quantity=quantity,
                    sku=listing.sku,
                    why=reason,
                ),
                listing,
                request_id,
            )
        else:
            listing.write(
                done
                | {
                    "amazon_quantity": quantity,
                    "pushed_on": fields.Datetime.now(),
                    "push_error": False,
                }
            )
            run._count(updated=1)
        return True
