"""The part of a run in which so many quantities of a storefront changed that one feed
brings them to Amazon sooner than single requests would.

Zeros go ahead by themselves, since they keep Amazon from selling what is not there.
Then the others are sorted out part by part, as far as Amazon has them already, and
Amazon is asked who fulfils each; last, the feed of those that are left is prepared.
``job.position["feed"]`` is ``{"storefront": id, "step": "sort" or "look", "up_to":
listing id}``; ``job.position["is_feed_needless"]`` says that too few were left.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from .amazon_quantity_feed import ENDED_STATES
from .fulfilment_look import FulfilmentLook

# What the quota of single quantities, five a second, lets through in five minutes.
FEED_FROM = 1500
# More than one feed takes.
LISTINGS_IN_A_FEED = 25_000
LISTINGS_SORTED_AT_ONCE = 500
LISTINGS_LOOKED_AT_AT_ONCE = 200
# Who fulfils a listing of a feed was asked that long before at most.
FEED_LOOK_HOLDS = timedelta(minutes=30)
# After a feed that came to nothing, quantities go one by one for a while.
FEED_PAUSE = timedelta(hours=6)
ZEROS = Domain("zero_state", "in", ("expected", "allowed"))


class ManyQuantities:
    """Sends many quantities of one run by a feed.

    :param job: the ``amazon.job`` of the run
    :param run: its ``amazon.history``
    :param AmazonSession session: asks Amazon
    """

    def __init__(self, job, run, session):
        self.job = job
        self.run = run
        self.session = session
        self.connection = job.connection_id
        self.feeds = job.env["amazon.quantity.feed"]
        self.listings = job.env["amazon.listing"]

    def follow(self):
        """Do the next step of the feed that is under way, when it is due.

        :return: whether one was done
        """
        feed = self.feeds._find_open(self.connection)
        if not feed or not feed._is_due():
            return False
        feed._go_on(self.session, self.run)
        return True

    def look_for_zeros(self):
        """Find some listings of an open feed that are sold out by now.

        :return: whether some were looked at
        """
        return self.feeds._find_open(self.connection)._look_for_zeros()

    # === WHETHER === #

    def is_needed(self, to_send):
        """Whether what is to be sent goes by a feed, but for the zeros.

        :param Domain to_send: the listings whose quantity is to be sent
        """
        is_needed = self._may_be_made() and self._find_storefront(to_send)
        if not is_needed and self._get_place():
            self._forget_place()
        return bool(is_needed)

    def _may_be_made(self):
        if (self.job.position or {}).get("is_feed_needless"):
            return False
        if self.feeds._find_open(self.connection):
            return False
        last = self.feeds.search(
            [
                ("connection_id", "=", self.connection.id),
                ("state", "in", ENDED_STATES),
            ],
            limit=1,
        )
        # Of one that was stuck, the error is kept although it is done; one that Amazon
        # was never asked to take says nothing about feeds.
        is_untried = last.state == "cancelled" and not last.submitted_on
        is_good = not last.error or is_untried
        return is_good or last.ended_on <= fields.Datetime.now() - FEED_PAUSE

    def _find_storefront(self, to_send):
        """Return the storefront with the most quantities to send, none with few."""
        counts = self.listings._read_group(
            to_send & ~ZEROS,
            ["storefront_id"],
            ["__count"],
            having=[("__count", ">=", FEED_FROM)],
            order="__count DESC, storefront_id",
            limit=1,
        )
        return counts and counts[0][0]

    # === PREPARE === #

    def prepare_some(self, to_send):
        """Do the next part of what comes before a feed; the last part makes it.

        :param Domain to_send: as for :meth:`is_needed`, which said so
        :raise SpApiError: when Amazon does not say who fulfils the listings
        """
        place = self._get_place() or {
            "storefront": self._find_storefront(to_send).id,
            "step": "sort",
            "up_to": 0,
        }
        mine = to_send & ~ZEROS & Domain("storefront_id", "=", place["storefront"])
        if place["step"] == "sort":
            rows = self._find_next(mine, place, LISTINGS_SORTED_AT_ONCE)
            self._sort_out(rows)
            if not rows:
                place |= {"step": "look", "up_to": 0}
        else:
            since = fields.Datetime.now() - FEED_LOOK_HOLDS
            is_new = Domain("looked_on", ">", since)
            is_old = Domain("looked_on", "=", False) | Domain("looked_on", "<=", since)
            rows = self._find_next(mine & is_old, place, LISTINGS_LOOKED_AT_AT_ONCE)
            if not rows:
                self._create_feed(mine & is_new)
                return
            FulfilmentLook(self.job, self.run, self.session).filter_merchants(rows)
        if rows:
            place["up_to"] = rows[-1].id
        self.job.position = (self.job.position or {}) | {"feed": place}

    def _find_next(self, domain, place, limit):
        behind = Domain("id", ">", place["up_to"])
        return self.listings.search(domain & behind, order="id", limit=limit)

    def _sort_out(self, rows):
        """Leave out what Amazon has already."""
        unchanged = rows - rows._sort_out_unchanged(rows._get_quantities(), self.run)
        self.run._count(seen=len(unchanged), unchanged=len(unchanged))

    def _create_feed(self, domain):
        """Prepare the feed, unless too few are left for one."""
        rows = self.listings.search(domain, order="id", limit=LISTINGS_IN_A_FEED)
        quantities = {
            row: units
            for row, units in rows._get_quantities().items()
            # What became zero since goes ahead by itself, past the brake.
            if units and row._is_push_needed(units)
            if not row._is_waiting_for_orders(units)
        }
        if len(quantities) >= FEED_FROM:
            feed = self.feeds._create_feed(rows[:1].storefront_id, quantities)
            self.run._count(seen=feed.listing_count)
        else:
            self.job.position = (self.job.position or {}) | {"is_feed_needless": True}
        self._forget_place()

    # === PLACE === #

    def _get_place(self):
        return (self.job.position or {}).get("feed")

    def _forget_place(self):
        """Forget it, and begin anew with single quantities: not all were looked at."""
        left_out = ("feed", "sent_up_to")
        position = self.job.position or {}
        self.job.position = {k: v for k, v in position.items() if k not in left_out}
