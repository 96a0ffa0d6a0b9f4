"""The brake of Sync Inventory: a mistake must not empty a store.

More zeros than a few, in number and in share of what is on sale, are sent only after a
person said that they are right (``amazon.connection.action_allow_zeros``).
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..connection.reminders import ZERO_REMINDER

# More zeros than this, in number and in share, are taken for a mistake.
ZEROS_BEFORE_HALT = 10
ZERO_SHARE_BEFORE_HALT = 0.3
# A large store is sent in many runs; it is not worked out again for each of them.
CHECK_HOLDS = timedelta(minutes=10)


class ZeroBrake:
    """Decides for one run whether the quantities to be sent may be sent.

    :param connection: the ``amazon.connection`` whose listings are sent
    :param run: the ``amazon.history`` of the run, which records a halt
    """

    def __init__(self, connection, run):
        self.connection = connection
        self.run = run
        self.env = connection.env

    def is_sending_allowed(self, domain):
        """Whether sending these quantities would not empty the store.

        :param Domain domain: the listings whose quantity is to be sent
        """
        connection = self.connection
        listings = self.env["amazon.listing"]
        offered = Domain("amazon_quantity", ">", 0)
        marked = listings.search(domain & offered, limit=None)
        if connection.are_zeros_allowed or len(marked) <= ZEROS_BEFORE_HALT:
            connection._release_zero_brake()
            return True
        if self._is_just_checked(len(marked)):
            return True
        zeros = sum(not quantity for quantity in marked._get_quantities().values())
        total = listings.search_count(
            listings._get_syncable_domain()
            & Domain("connection_id", "=", connection.id)
            & offered
        )
        if zeros > ZEROS_BEFORE_HALT and zeros > ZERO_SHARE_BEFORE_HALT * total:
            self._halt(zeros, total)
            return False
        connection._release_zero_brake()
        connection.write(
            {
                "zeros_checked_on": fields.Datetime.now(),
                "zeros_checked_count": len(marked),
            }
        )
        return True

    def reset(self):
        """All is sent: what a person, or a look, allowed counts no more."""
        self.connection._reset_zero_brake()

    def _is_just_checked(self, left):
        """Whether a run goes on with what was found right before, and nothing more.

        :param int left: the number of listings that are still to be sent
        """
        connection = self.connection
        checked = connection.zeros_checked_on
        is_fresh = checked and checked > fields.Datetime.now() - CHECK_HOLDS
        has_more = left > connection.zeros_checked_count
        if connection.inventory_halted or not is_fresh or has_more:
            return False
        connection.zeros_checked_count = left
        return True

    def _halt(self, zeros, total):
        """Have nothing sent, and ask a person: it may be a mistake."""
        connection = self.connection
        reason = self.env._(
            "%(zeros)s of %(total)s listings would be set to zero, so no quantity was "
            "sent. If that is right, press Send the zeros on the connection; if not, "
            "look at its warehouse, its client and the stock there.",
            zeros=zeros,
            total=total,
        )
        if connection.inventory_halted:
            # Reported before, and it still stands.
            self.run._warn(reason, connection)
            return
        self.run._error(reason, connection)
        connection.inventory_halted = True
        connection._schedule_reminder(
            ZERO_REMINDER, reason, fields.Date.context_today(connection)
        )
