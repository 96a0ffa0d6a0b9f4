"""The job type that keeps Amazon's quantities equal to the warehouse's.

Stock that moves leaves an ``amazon.stock.change``; a run takes these and marks the
listings of the products (``to_push``). Once a day all listings are compared, and those
that differ are marked. Then the quantities of the marked listings are worked out and
sent where Amazon has others.

A request may be carried out and its answer lost, so a listing whose quantity is on its
way is marked first (``is_quantity_unknown``) and counts as different until Amazon
answered.

``job.position`` is ``{"compared_up_to": listing id, "sent_up_to": listing id,
"is_sent": bool, "is_halt_told": bool}``: how far the comparison is, and the sending of
this run, and whether the run told that it held zeros back.
"""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.errors import ProtocolError, RejectedError, UnavailableError
from ...spapi.listings import IDENTIFIERS_LIMIT, quantity_request
from ..connection import messages
from .fulfilment_look import FulfilmentLook
from .zero_brake import ZeroBrake

# Quantities that are worked out together right before they are sent. Few, so that
# little stock moves before the last of them leaves; as many as one look takes in.
QUANTITIES_AT_ONCE = IDENTIFIERS_LIMIT
LISTINGS_COMPARED_AT_ONCE = 200
# All listings are compared when the last comparison is older.
COMPARISON_LIFE = timedelta(hours=20)
# Quantities in a row that Amazon fails at, after which it is not the listings.
FAILED_QUANTITIES_BEFORE_STOP = 3
FAILED_QUANTITY_DELAY = timedelta(minutes=5)


class AmazonJobTypeSyncInventory(models.AbstractModel):
    _name = "amazon.job.type.sync_inventory"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Sync Inventory"

    _kind = "sync_inventory"
    _sequence = 30
    _interval = (15, "minutes")
    _switch = "sync_inventory"
    _needs_listings_role = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Sync inventory")

    @api.model
    def _get_connections_with_work(self):
        changes = self.env["amazon.stock.change"]._read_group([], ["connection_id"])
        marked = self.env["amazon.listing"]._read_group(
            [("to_push", "=", True)], ["connection_id"]
        )
        not_compared = self.env["amazon.connection"].search(
            [("sync_inventory", "=", True), ("inventory_checked_on", "=", False)]
        )
        return not_compared.union(*(connection for (connection,) in changes + marked))

    @api.model
    def _has_event(self, connection):
        mine = [("connection_id", "=", connection.id)]
        return bool(self.env["amazon.stock.change"].search_count(mine, limit=1))

    @api.model
    def _start_run(self, job, run):
        """Override to send all that is marked, and to go on with a comparison."""
        compared = (job.position or {}).get("compared_up_to")
        job.position = {"compared_up_to": compared} if compared else False

    @api.model
    def _do_slice(self, job, run, session):
        """Do the first of these that is left to do."""
        if (
            self._mark_changed(job)
            or self._compare_some(job)
            or self._send_some(job, run, session)
        ):
            return True
        self._forget_position(job, "sent_up_to", "is_sent", "is_halt_told")
        return False

    # === BUSINESS METHODS - WHICH === #

    @api.model
    def _mark_changed(self, job):
        """Mark the listings of the products whose stock changed, and forget that.

        :return: whether there are any
        """
        changed = self.env["amazon.stock.change"]._pop_products(job.connection_id)
        if not changed or not job.connection_id.sync_inventory:
            return False
        rows = self.env["amazon.listing"].search(
            self._get_syncable_domain(job) & Domain("product_id", "in", changed.ids)
        )
        values = {"to_push": True}
        if not job.connection_id.download_orders:
            # Only Odoo's own stock shows what Amazon sold.
            values["quantity_seen_on"] = False
        rows.write(values)
        # They may stand before those that were sent last.
        self._forget_position(job, "sent_up_to")
        return bool(rows)

    @api.model
    def _compare_some(self, job):
        """Mark what differs from Amazon among some listings; once a day, all."""
        connection = job.connection_id
        checked = connection.inventory_checked_on
        now = fields.Datetime.now()
        is_fresh = checked and checked > now - COMPARISON_LIFE
        if not connection.sync_inventory or is_fresh:
            return False
        position = dict(job.position or {})
        rows = self.env["amazon.listing"].search(
            self._get_syncable_domain(job)
            & Domain("id", ">", position.get("compared_up_to", 0)),
            order="id",
            limit=LISTINGS_COMPARED_AT_ONCE,
        )
        if rows:
            quantities = rows._get_quantities()
            differing = rows.filtered(lambda row: row._is_push_needed(quantities[row]))
            differing.to_push = True
            (rows - differing).filtered("zero_state").zero_state = False
            job.position = position | {"compared_up_to": rows[-1].id}
        else:
            self._forget_position(job, "compared_up_to")
            connection.inventory_checked_on = now
        return True

    @api.model
    def _forget_position(self, job, *names):
        position = {k: v for k, v in (job.position or {}).items() if k not in names}
        job.position = position or False

    @api.model
    def _get_syncable_domain(self, job):
        connection = Domain("connection_id", "=", job.connection_id.id)
        return self.env["amazon.listing"]._get_syncable_domain() & connection

    @api.model
    def _get_to_send_domain(self, job):
        """With the sync off, only what somebody asked for."""
        domain = self._get_syncable_domain(job) & Domain("to_push", "=", True)
        if not job.connection_id.sync_inventory:
            domain &= Domain("is_push_forced", "=", True)
        return domain

    # === BUSINESS METHODS - SEND === #

    @api.model
    def _send_some(self, job, run, session):
        """Send the quantities of some marked listings.

        One listing that Amazon fails at stops no other; several in a row do.

        :return: whether there may be more
        :raise SpApiError: when Amazon fails at several, or at all
        """
        to_send = self._get_to_send_domain(job)
        brake = ZeroBrake(job, run)
        brake.go_on_if_mended()
        if brake.foresee(to_send, QUANTITIES_AT_ONCE):
            return True
        position = job.position or {}
        rows = self.env["amazon.listing"].search(
            to_send & Domain("id", ">", position.get("sent_up_to", 0)),
            order="id",
            limit=QUANTITIES_AT_ONCE,
        )
        if not rows:
            brake.end_run()
            return False
        self._send_quantities(job, run, session, rows)
        # Only now: those whose answer could not be written down are sent again.
        job.position = (job.position or {}) | {"sent_up_to": rows[-1].id}
        return True

    @api.model
    def _send_quantities(self, job, run, session, rows):
        """Send the quantities of listings and write down what Amazon said of each.

        :raise SpApiError: when the run cannot go on
        """
        sent = {}
        failed_in_a_row, failure, other_error = 0, None, None
        requests = self._prepare_requests(job, run, session, rows, sent)
        for listing, submission, error in session.send_each(requests):
            if isinstance(error, UnavailableError | ProtocolError):
                failure = error
                failed_in_a_row += 1
                self._warn_of_failure(listing, error, run)
                if failed_in_a_row >= FAILED_QUANTITIES_BEFORE_STOP:
                    other_error = error
                    break
            elif error and not isinstance(error, RejectedError):
                other_error = error
            else:
                failed_in_a_row = 0
                job.position = (job.position or {}) | {"is_sent": True}
                self._record_answer(listing, sent[listing], submission, error, run)
            job._commit()
        if other_error:
            raise other_error
        if failure:
            if not (job.position or {}).get("is_sent"):
                raise failure
            job._trigger(job.kind, at=fields.Datetime.now() + FAILED_QUANTITY_DELAY)

    @api.model
    def _prepare_requests(self, job, run, session, rows, sent):
        """Yield ``(listing, request)`` of those whose quantity is to be sent.

        Amazon is asked first which of them it fulfils by now. Each listing is looked
        at again right before its request leaves: others go on while Amazon is asked.

        :param rows: the listings; their quantities are worked out together
        :param dict sent: gets the units of each listing whose request is yielded
        """
        quantities = rows._get_quantities()
        brake, look = ZeroBrake(job, run), FulfilmentLook(job, run, session)
        needed = self._sort_out_unchanged(run, quantities)
        needed -= brake.hold_back({row: quantities[row] for row in needed})
        needed = look.filter_merchants(needed)
        unknown = needed.filtered("is_quantity_unknown")
        # Should an answer be lost, the quantity counts as different.
        needed.is_quantity_unknown = True
        job._commit()
        for place, row in enumerate(needed):
            quantity = None
            # Slow answers take their time: what was seen before them is old. So the
            # stock comes last, after Amazon's answer about the listing.
            if self._is_to_send(job, row) and look.is_merchants(row, needed[place:]):
                quantity = self._look_again(job, brake, row, quantities[row])
            if quantity is None:
                # Nothing left for Amazon; an answer lost before still is.
                row.is_quantity_unknown = row in unknown
                continue
            sent[row] = quantity
            yield row, self._get_request(job, session, row, quantity)

    @api.model
    def _is_to_send(self, job, listing):
        to_send = self._get_to_send_domain(job) & Domain("id", "=", listing.id)
        return bool(listing.search_count(to_send))

    @api.model
    def _look_again(self, job, brake, listing, quantity):
        """Return the units to send at this moment, ``None`` for not at all.

        :param int quantity: the units when they were worked out for the slice
        """
        if not self._is_to_send(job, listing):
            return None
        moved = [("product_id", "=", listing.product_id.id)]
        if job.connection_id.inventory_checked_on and not self.env[
            "amazon.stock.change"
        ].search_count(moved, limit=1):
            return quantity
        quantity = listing._get_quantities()[listing]
        if not quantity and brake.is_to_be_foreseen():
            # The next slice marks all that moved.
            return None
        is_held = brake.hold_back({listing: quantity})
        if is_held or listing._is_waiting_for_orders(quantity):
            return None
        return quantity

    @api.model
    def _sort_out_unchanged(self, run, quantities):
        """Return the listings of ``{listing: units}`` that Amazon has to be told of."""
        rows = self.env["amazon.listing"].union(*quantities)
        unchanged = rows.filtered(lambda row: not row._is_push_needed(quantities[row]))
        unchanged.write(
            {"to_push": False, "is_push_forced": False, "zero_state": False}
        )
        waiting = (rows - unchanged).filtered(
            lambda row: row._is_waiting_for_orders(quantities[row])
        )
        run._count(seen=len(rows), unchanged=len(unchanged + waiting))
        return rows - unchanged - waiting

    @api.model
    def _get_request(self, job, session, listing, quantity):
        """Return the call that sends the quantity of a listing."""
        return partial(
            session.client.patch_listings_item,
            job.connection_id.seller_id,
            listing.sku,
            quantity_request(listing.product_type or "", quantity),
            marketplace_id=listing.storefront_id.marketplace_id.amazon_marketplace_id,
        )

    @api.model
    def _warn_of_failure(self, listing, error, run):
        run._warn(
            self.env._(
                "The quantity of %(sku)s is tried again by itself: %(why)s",
                sku=listing.sku,
                why=messages.explain_error(self.env, error),
            ),
            listing,
        )

    @api.model
    def _record_answer(self, listing, quantity, submission, error, run):
        """Write down whether Amazon took a quantity.

        :param submission: ``spapi.client.Submission``, or ``None`` when it refused
        :param RejectedError error: why it refused, or ``None``
        """
        done = {
            "to_push": False,
            "is_push_forced": False,
            "is_quantity_unknown": False,
            "zero_state": False,
        }
        if submission and submission.accepted:
            listing.write(
                done
                | {
                    "amazon_quantity": quantity,
                    "quantity_seen_on": False,
                    "pushed_on": fields.Datetime.now(),
                    "push_error": False,
                }
                | ({"zeroed_on": False} if quantity else {})
            )
            run._count(updated=1)
            return
        reason = str(error) if error else submission.reason
        reason = reason or self.env._("Amazon gave no reason.")
        listing.write(done | {"push_error": reason})
        run._error(
            self.env._(
                "Amazon did not take the quantity %(quantity)s of %(sku)s: %(why)s "
                "Correct the listing in Seller Central, then press Retry.",
                quantity=quantity,
                sku=listing.sku,
                why=reason,
            ),
            listing,
            error and error.request_id,
        )
