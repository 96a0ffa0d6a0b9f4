"""The job that keeps Amazon's quantities equal to the warehouse's.

Stock that moves leaves an ``amazon.stock.change``; a run takes these and marks the
listings of the products (``to_push``). Once a day all listings are compared, and those
that differ are marked. Then each marked listing's quantity is worked out and sent when
Amazon has another.

A request may be carried out and its answer lost, so a listing whose quantity is on its
way is marked first (``is_quantity_unknown``) and counts as different until Amazon
answered.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...spapi.errors import (
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from ...spapi.listings import quantity_request
from ..connection.amazon_quota import LONGEST_SLEEP

BATCH_SIZE = 50
COMPARED_AT_ONCE = 200
# All listings are compared when the last comparison is older.
COMPARE_AFTER = timedelta(hours=20)
# Quantities in a row that Amazon fails at, after which it is not the listings.
MOST_FAILURES = 3


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    def _slices_sync_inventory(self, run, observer):
        """Yield after each quantity that was sent, and after some comparisons."""
        connection = self.connection_id
        self._mark_changed()
        yield
        yield from self._compare_all()
        if not self.env["amazon.listing"].search(self._to_push_domain(), limit=1):
            connection._forget_zeros()
            return
        with connection._amazon_client(observer) as client:
            is_marked = True
            while is_marked:
                if not connection._may_send(self._to_push_domain(), run):
                    return
                yield from self._push_marked(client, run)
                # What moved in the meantime is sent in the same run.
                is_marked = self._mark_changed()
        connection._forget_zeros()

    # === BUSINESS METHODS - WHICH === #

    def _mark_changed(self):
        """Mark the listings of the products whose stock changed, and forget that.

        :return: whether there are any
        """
        changed = self.env["amazon.stock.change"]._pop_products(self.connection_id)
        if not changed or not self.connection_id.sync_inventory:
            return False
        rows = self.env["amazon.listing"].search(
            self._mine_domain() & Domain("product_id", "in", changed.ids)
        )
        values = {"to_push": True}
        if not self.connection_id.download_orders:
            # Nothing but Odoo's own stock tells what Amazon sold.
            values["quantity_seen_on"] = False
        rows.write(values)
        return bool(rows)

    def _compare_all(self):
        """Mark what differs from Amazon, once a day; yield after some listings."""
        connection = self.connection_id
        checked = connection.inventory_checked_on
        now = fields.Datetime.now()
        if not connection.sync_inventory or (checked and checked > now - COMPARE_AFTER):
            return
        listings = self.env["amazon.listing"]
        while rows := listings.search(
            self._mine_domain()
            & Domain("id", ">", (self.resume or {}).get("after", 0)),
            order="id",
            limit=COMPARED_AT_ONCE,
        ):
            quantities = rows._get_quantities()
            rows.filtered(
                lambda row, q=quantities: row._is_push_needed(q[row])
            ).to_push = True
            self.resume = {"after": rows[-1].id}
            yield
        self.resume = False
        connection.inventory_checked_on = now
        yield

    def _mine_domain(self):
        connection = Domain("connection_id", "=", self.connection_id.id)
        return self.env["amazon.listing"]._get_syncable_domain() & connection

    def _to_push_domain(self):
        """With the sync off, only what somebody asked for."""
        domain = self._mine_domain() & Domain("to_push", "=", True)
        if not self.connection_id.sync_inventory:
            domain &= Domain("is_push_forced", "=", True)
        return domain

    # === BUSINESS METHODS - SEND === #

    def _push_marked(self, client, run):
        """Send the marked quantities; yield after each.

        One listing that Amazon fails at stops no other; several in a row do.

        :raise SpApiError: when Amazon fails at several, or at all
        """
        listings = self.env["amazon.listing"]
        last, failed, sent, error = 0, 0, False, None
        while rows := listings.search(
            self._to_push_domain() & Domain("id", ">", last),
            order="id",
            limit=BATCH_SIZE,
        ):
            last = rows[-1].id
            # One by one: others go on while Amazon is asked.
            for row in rows:
                if not row.filtered_domain(self._to_push_domain()):
                    continue
                try:
                    sent |= self._push(client, row, run)
                    failed = 0
                except (UnavailableError, ProtocolError) as trouble:
                    error = trouble
                    failed += 1
                    self._note_failure(row, trouble, run)
                    if failed >= MOST_FAILURES:
                        raise
                yield
        if error and not sent:
            raise error
        if error:
            self._trigger(self.kind, at=fields.Datetime.now() + timedelta(minutes=5))

    def _note_failure(self, row, error, run):
        run._warn(
            self.env._(
                "The quantity of %(sku)s is tried again by itself: %(why)s",
                sku=row.sku,
                why=self.connection_id._explain(error),
            ),
            row,
        )
        self._commit()

    def _push(self, client, listing, run):
        """Send one quantity if Amazon has another.

        :return: whether it was sent
        """
        run._count(seen=1)
        quantity = listing._get_quantities()[listing]
        done = {"to_push": False, "is_push_forced": False}
        if not listing._is_push_needed(quantity):
            listing.write(done)
            run._count(unchanged=1)
            return False
        if listing._is_waiting_for_orders(quantity):
            run._count(unchanged=1)
            return False
        if not listing.is_quantity_unknown:
            listing.is_quantity_unknown = True
            self._commit()
        reason, request_id = self._ask_amazon(client, listing, quantity)
        done["is_quantity_unknown"] = False
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
            return True
        listing.write(
            done
            | {
                "amazon_quantity": quantity,
                "quantity_seen_on": False,
                "pushed_on": fields.Datetime.now(),
                "push_error": False,
            }
        )
        run._count(updated=1)
        return True

    def _ask_amazon(self, client, listing, quantity):
        """Return (why Amazon refuses, its request id); ``False`` when it took it."""
        marketplace = listing.storefront_id.marketplace_id.amazon_marketplace_id
        request = quantity_request(listing.product_type or "", quantity)

        def ask():
            return client.patch_listings_item(
                self.connection_id.seller_id,
                listing.sku,
                request,
                marketplace_id=marketplace,
            )

        try:
            try:
                submission = ask()
            except ThrottledError as error:
                if not 0 < (error.retry_after or 0) <= LONGEST_SLEEP:
                    raise
                # The count of the quota is corrected by now, and waits before asking.
                submission = ask()
        except RejectedError as error:
            return str(error), error.request_id
        if submission.accepted:
            return False, None
        return submission.reason or self.env._("Amazon gave no reason."), None
