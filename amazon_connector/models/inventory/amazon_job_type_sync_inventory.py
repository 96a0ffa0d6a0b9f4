"""The job type that keeps Amazon's quantities equal to the warehouse's.

Stock that moves leaves an ``amazon.stock.change``; a run takes these and marks the
listings of the products (``to_push``). Once a day all listings are compared with what
Amazon shows, and those that differ are marked. Then the quantities of the marked
listings are worked out and sent where Amazon has others. What Amazon took is read back
a while later.

A request may be carried out and its answer lost, so a listing whose quantity is on its
way is marked first (``is_quantity_unknown``) and counts as different until Amazon
answered.

``job.position`` is ``{"compared_up_to": listing id, "zeros_sent_up_to": listing id,
"sent_up_to": listing id, "is_sent": bool, "is_halt_told": bool}``: how far the
comparison is, and the sending of this run, of zeros and of the rest, and whether the
run told that it held zeros back.
"""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.errors import ProtocolError, RejectedError, UnavailableError
from ...spapi.listings import IDENTIFIERS_LIMIT
from ..connection import messages
from .amazon_listing_quantity import ANSWERED
from .fulfilment_look import FulfilmentLook
from .many_quantities import ZEROS, ManyQuantities
from .read_back import ReadBack
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
    _is_held_until_read = True

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
        due = self.env["amazon.listing"]._read_group(
            ReadBack.get_due_domain(), ["connection_id"]
        )
        not_compared = self.env["amazon.connection"].search(
            [("sync_inventory", "=", True), ("inventory_checked_on", "=", False)]
        )
        feeds = self.env["amazon.quantity.feed"]
        not_compared |= feeds._get_connections_with_open(is_due=True)
        return not_compared.union(
            *(connection for (connection,) in changes + marked + due)
        )

    @api.model
    def _get_enabled_domain(self):
        """Override to follow a feed to its end, although the sync was switched off."""
        followed = self.env["amazon.quantity.feed"]._get_connections_with_open()
        enabled = super()._get_enabled_domain()
        return enabled | Domain("connection_id", "in", followed.ids)

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
    def _prepare_catch_up(self, connection, is_complete):
        """Override to compare all quantities with what Amazon shows, before any leaves.

        What left the warehouse after the backup is not booked, so no quantity is
        raised until a person says that the stock is right.
        """
        if connection.sync_inventory:
            self._forget_known_quantities(connection)
            connection.raises_wait = not is_complete
        connection._get_job(self._kind).position = False

    @api.model
    def _forget_known_quantities(self, connection):
        """Have Amazon asked for the quantity of each listing."""
        feed = self.env["amazon.quantity.feed"].sudo()._find_open(connection)
        feed._give_up_waiting()
        listings = self.env["amazon.listing"].sudo()
        mine = [("connection_id", "=", connection.id), ("read_back_on", "!=", False)]
        listings.search(mine).read_back_on = False
        # Not empty: then what Odoo knows would be taken for what Amazon shows.
        connection.inventory_checked_on = fields.Datetime.now() - 2 * COMPARISON_LIFE

    @api.model
    def _do_slice(self, job, run, session):
        """Do the first of these that is left to do."""
        many = ManyQuantities(job, run, session)
        if (
            self._mark_changed(job)
            or self._compare_some(job, run, session)
            or many.look_for_zeros()
            or many.follow()
            or self._send_some(job, run, session)
            or ReadBack(job, run, session).read_due()
        ):
            return True
        self._forget_position(
            job,
            "zeros_sent_up_to",
            "sent_up_to",
            "is_sent",
            "is_halt_told",
            "feed",
            "is_feed_needless",
        )
        return False

    # === BUSINESS METHODS - WHICH === #

    @api.model
    def _mark_changed(self, job):
        """Mark the listings of the products that changed, and forget that.

        :return: whether there are any
        """
        changes = self.env["amazon.stock.change"]
        moved, lead_times = changes._pop_products(job.connection_id)
        changed = moved | lead_times
        if not changed or not job.connection_id.sync_inventory:
            return False
        rows = self.env["amazon.listing"].search(
            self._get_syncable_domain(job) & Domain("product_id", "in", changed.ids)
        )
        rows.to_push = True
        if not job.connection_id.download_orders:
            # Only Odoo's own stock shows what Amazon sold.
            shown = rows.filtered(lambda row: row.product_id in moved)
            shown.quantity_seen_on = False
        # They may stand before those that were sent last.
        self._forget_position(job, "zeros_sent_up_to", "sent_up_to")
        return bool(rows)

    @api.model
    def _compare_some(self, job, run, session):
        """Mark what differs from Amazon among some listings; once a day, all.

        Then Amazon is asked what it shows; when the quantities of Odoo may be others,
        as after another warehouse was chosen, what it showed last is enough.

        :raise SpApiError: when Amazon answers about none of them
        """
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
            if checked:
                ReadBack(job, run, session).find_drift(rows)
            quantities = rows._get_quantities()
            differing = rows._filter_push_needed(quantities)
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
        """With the sync off, only what somebody asked for.

        Of an open feed nothing but what is sold out meanwhile.
        """
        is_wanted = Domain("connection_id.sync_inventory", "=", True) | Domain(
            "is_push_forced", "=", True
        )
        domain = self._get_syncable_domain(job) & Domain("to_push", "=", True)
        feed = self.env["amazon.quantity.feed"]._find_open(job.connection_id)
        if feed and feed.state != "stuck":
            domain &= Domain("feed_id", "!=", feed.id) | Domain(
                "zero_ahead", "=", "due"
            )
        return domain & is_wanted

    # === BUSINESS METHODS - SEND === #

    @api.model
    def _send_some(self, job, run, session):
        """Send the quantities of some marked listings, those that are sold out first.

        One listing that Amazon fails at stops no other; several in a row do.

        :return: whether there may be more
        :raise SpApiError: when Amazon fails at several, or at all
        """
        to_send = self._get_to_send_domain(job)
        brake = ZeroBrake(job, run)
        brake.go_on_if_mended()
        if brake.foresee(to_send, QUANTITIES_AT_ONCE):
            return True
        many = ManyQuantities(job, run, session)
        is_many = many.is_needed(to_send)
        position = job.position or {}
        for place, domain in (
            ("zeros_sent_up_to", to_send & ZEROS),
            ("sent_up_to", to_send & ~ZEROS),
        ):
            if is_many and place == "sent_up_to":
                many.prepare_some(to_send)
                return True
            rows = self.env["amazon.listing"].search(
                domain & Domain("id", ">", position.get(place, 0)),
                order="id",
                limit=QUANTITIES_AT_ONCE,
            )
            if rows:
                self._send_quantities(job, run, session, rows)
                # Only now: those whose answer could not be written down are sent again.
                job.position = (job.position or {}) | {place: rows[-1].id}
                return True
        brake.end_run()
        return False

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
                if not (job.position or {}).get("is_sent"):
                    job.position = (job.position or {}) | {"is_sent": True}
                self._record_answer(listing, *sent[listing], submission, error, run)
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
        :param dict sent: gets the units, and the ``LeadTime``, of each listing whose
            request is yielded
        """
        quantities = rows._get_quantities()
        brake, look = ZeroBrake(job, run), FulfilmentLook(job, run, session)
        needed = self._find_to_send(run, quantities)
        needed -= needed._leave_to_feed(quantities)
        needed -= brake.hold_back({row: quantities[row] for row in needed})
        needed = look.filter_merchants(needed)
        unknown = needed.filtered("is_quantity_unknown")
        # Should an answer be lost, the quantity counts as different.
        needed.is_quantity_unknown = True
        job._commit()
        # Rules that change meanwhile mark their listings, or unmark them.
        to_send = self._get_to_send_domain(job)
        # Read at once: each answer that is written down empties the cache.
        patches = {row: self._get_patch(job, session, row) for row in needed}
        has_lead_times = job.connection_id.send_lead_times
        for place, row in enumerate(needed):
            quantity = None
            # Slow answers take their time: what was seen before them is old. So the
            # stock comes last, after Amazon's answer about the listing.
            is_asked = not look.is_stale(row) or self._is_to_send(row, to_send)
            if is_asked and look.is_merchants(row, needed[place:]):
                quantity = self._look_again(brake, row, quantities[row], to_send)
            if quantity is None:
                # Nothing left for Amazon; an answer lost before still is.
                row.is_quantity_unknown = row in unknown
                continue
            lead_time = None
            if has_lead_times:
                lead_time = row._get_lead_time_to_send(quantity)
            sent[row] = (quantity, lead_time)
            yield row, partial(patches[row], quantity, lead_time)

    @api.model
    def _is_to_send(self, listing, to_send):
        return bool(listing.search_count(to_send & Domain("id", "=", listing.id)))

    @api.model
    def _look_again(self, brake, listing, quantity, to_send):
        """Return the units to send at this moment, ``None`` for not at all.

        :param int quantity: the units when they were worked out for the slice
        :param Domain to_send: the listings whose quantity is to be sent
        """
        mine = to_send & Domain("id", "=", listing.id)
        moved = self.env["amazon.stock.change"]._get_moved_domain()
        # A comparison that is asked for means other rules, or another warehouse.
        is_compared = Domain("connection_id.inventory_checked_on", "!=", False)
        if listing.search_count(mine & ~moved & is_compared):
            return quantity
        if not self._is_to_send(listing, to_send):
            return None
        quantity = listing._get_quantities()[listing]
        if not quantity and brake.is_to_be_foreseen():
            # The next slice marks all that moved.
            return None
        is_held = brake.hold_back({listing: quantity})
        is_left = listing._leave_to_feed({listing: quantity})
        if is_held or is_left or listing._is_waiting_for_orders(quantity):
            return None
        return quantity

    @api.model
    def _find_to_send(self, run, quantities):
        """Return the listings of ``{listing: units}`` that Amazon has to be told of."""
        rows = self.env["amazon.listing"].union(*quantities)
        needed = rows._sort_out_unchanged(quantities, run)
        waiting = needed.filtered(
            lambda row: row._is_waiting_for_orders(quantities[row])
        )
        to_send = needed - waiting
        run._count(seen=len(rows), unchanged=len(rows - to_send))
        return to_send

    @api.model
    def _get_patch(self, job, session, listing):
        """Return the call that sends a quantity of the listing and a ``LeadTime``.

        Both are its arguments. It is called in a thread, and touches no record.
        """
        sku = listing.sku
        marketplace = listing.storefront_id.marketplace_id.amazon_marketplace_id
        seller = job.connection_id.seller_id
        client = session.client
        prepare = listing._get_request_preparation()

        def send(quantity, lead_time):
            return client.patch_listings_item(
                seller, sku, prepare(quantity, lead_time), marketplace_id=marketplace
            )

        return send

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
    def _record_answer(self, listing, quantity, lead_time, submission, error, run):
        """Write down whether Amazon took a quantity.

        :param LeadTime lead_time: what was told beside it, ``None`` for nothing
        :param submission: ``spapi.client.Submission``, or ``None`` when it refused
        :param RejectedError error: why it refused, or ``None``
        """
        if submission and submission.accepted:
            listing._mark_taken({listing: quantity})
            listing._mark_lead_time_taken(lead_time)
            listing._mark_zero_ahead_sent()
            run._count(updated=1)
            return
        reason = str(error) if error else submission.reason
        reason = reason or self.env._("Amazon gave no reason.")
        listing.write(ANSWERED | {"push_error": reason})
        listing._mark_zero_ahead_sent()
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
