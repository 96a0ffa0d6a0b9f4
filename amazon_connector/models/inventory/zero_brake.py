"""The brake of Sync Inventory: a mistake must not empty a store.

What Odoo set to zero within the last day counts together with what it is about to set
to zero, in however many runs. Once that is more than a few, in number and in share of
what is on sale, zeros are held back until a person said that they are right; all other
quantities are sent. ``amazon.listing.zero_state`` says how far a listing is:

* nothing: it was not looked at since it was marked to be sent
* ``clear`` or ``expected``: looked at ahead, it stays on sale or becomes zero
* ``held``: its zero waits for a person
* ``allowed``: a person said that its zero is right
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ..connection.reminders import ZERO_REMINDER

# More zeros than this, in number and in share, are taken for a mistake.
ZEROS_BEFORE_HALT = 10
ZERO_SHARE_BEFORE_HALT = 0.3
# Zeros that follow each other within this time are one emptying. Stock is counted in
# parts, and over a working day.
ZERO_WINDOW = timedelta(hours=24)
LISTINGS_FORESEEN_AT_ONCE = 200

# Amazon offers them, or may.
AT_STAKE = Domain("amazon_quantity", ">", 0) | Domain("is_quantity_unknown", "=", True)
AT_ZERO = Domain("amazon_quantity", "=", 0) | Domain("is_quantity_unknown", "=", True)


class ZeroCount:
    """How many listings of a store became zero lately, or would, at this moment.

    :ivar zeros: how many of them, without those that a person allowed
    :ivar total: how many are on sale, or were before they became zero

    :param connection: one ``amazon.connection``
    :param more: listings that would become zero as well
    """

    def __init__(self, connection, more=()):
        listings = connection.env["amazon.listing"]
        # While a person is asked, the time does not answer.
        until = connection.zeros_asked_on or fields.Datetime.now()
        became = AT_ZERO & Domain("zeroed_on", ">", until - ZERO_WINDOW)
        would = AT_STAKE & Domain("zero_state", "in", ("expected", "held"))
        would |= Domain("id", "in", [row.id for row in more])
        counted = connection._get_zero_domain() & Domain("zero_state", "!=", "allowed")
        self.zeros = listings.search_count(counted & (became | would))
        self.total = listings.search_count(counted & (became | AT_STAKE))
        self._held = connection._get_held_domain()
        self._listings = listings

    @property
    def held(self):
        """How many zeros wait for a person."""
        return self._listings.search_count(self._held)

    @property
    def is_usual(self):
        """Whether so many may be sold out."""
        return (
            self.zeros <= ZEROS_BEFORE_HALT
            or self.zeros <= ZERO_SHARE_BEFORE_HALT * self.total
        )


class ZeroBrake:
    """Decides for one run which zeros may be sent.

    :param job: the ``amazon.job`` of the run
    :param run: its ``amazon.history``, which is told of what is held back
    """

    def __init__(self, job, run):
        self.job = job
        self.run = run
        self.connection = job.connection_id
        self.listings = job.env["amazon.listing"]

    def go_on_if_mended(self):
        """Send what was held back, once it is no more than may be sold out."""
        connection = self.connection
        if not connection.inventory_halted:
            return
        count = ZeroCount(connection)
        if count.held and not count.is_usual:
            return
        connection._find_listings_in(["held"]).write(
            {"zero_state": False, "to_push": True}
        )
        connection._release_zero_brake()

    def foresee(self, to_send, at_once):
        """Look ahead which of many would become zero, so that none of them is sent.

        :param Domain to_send: the listings whose quantity is to be sent
        :param int at_once: so few are looked at right before they are sent
        :return: whether some were looked at
        """
        limit = LISTINGS_FORESEEN_AT_ONCE + at_once + 1
        unseen = self.listings.search(
            to_send & AT_STAKE & Domain("zero_state", "=", False),
            order="id",
            limit=limit,
        )
        if len(unseen) <= at_once:
            return False
        if len(unseen) == limit:
            # So many are left that they are looked at, too.
            unseen = unseen[:LISTINGS_FORESEEN_AT_ONCE]
        quantities = unseen._get_quantities()
        zeros = unseen.filtered(lambda row: not quantities[row])
        zeros.zero_state = "expected"
        (unseen - zeros).zero_state = "clear"
        return True

    def hold_back(self, quantities):
        """Return those of some listings whose zero must not be sent.

        :param dict quantities: the units of each listing that is to be sent
        """
        rows = self.listings.union(*quantities)
        zeros = rows.filtered(lambda row: not quantities[row] and row._is_at_stake())
        # Who is on sale again is asked about anew, should it become zero.
        (rows - zeros).filtered("zero_state").zero_state = False
        unasked = zeros.filtered(lambda row: row.zero_state != "allowed")
        if not unasked:
            return unasked
        count = ZeroCount(self.connection, unasked)
        if count.is_usual:
            unasked.write({"zeroed_on": fields.Datetime.now(), "zero_state": False})
            return unasked.browse()
        expected = self.connection._find_listings_in(["expected"])
        held = unasked | expected
        is_longer = any(row.zero_state != "held" for row in held)
        held.write({"zero_state": "held", "to_push": False})
        self._ask(is_longer)
        return unasked

    def is_to_be_foreseen(self):
        """Whether so much stock moved at this moment that no zero leaves unforeseen."""
        changes = self.job.env["amazon.stock.change"].search_count(
            [("connection_id", "=", self.connection.id)], limit=ZEROS_BEFORE_HALT + 1
        )
        return changes > ZEROS_BEFORE_HALT

    def end_run(self):
        """All is sent: what was seen ahead, or allowed, counts no more.

        As long as a person was not heard, each run says so.
        """
        done = self.connection._find_listings_in(["clear", "expected", "allowed"])
        done.filtered(lambda row: not row.to_push).zero_state = False
        if self.connection.inventory_halted and not self._is_told():
            self.run._warn(self._get_reason(), self.connection)

    def _ask(self, is_longer):
        """Ask a person: it may be a mistake.

        :param bool is_longer: whether the list has more on it than before
        """
        connection = self.connection
        is_new = not connection.inventory_halted
        connection.write(
            {
                "inventory_halted": True,
                "zeros_asked_on": connection.zeros_asked_on or fields.Datetime.now(),
                "zero_list_number": connection.zero_list_number + is_longer,
            }
        )
        reason = self._get_reason()
        if is_new:
            self.run._error(reason, connection)
            self.job.position = (self.job.position or {}) | {"is_halt_told": True}
        connection._schedule_reminder(
            ZERO_REMINDER, reason, fields.Date.context_today(connection)
        )
        # More may wait than when it was first asked.
        connection.activity_search([ZERO_REMINDER]).note = reason

    def _is_told(self):
        return (self.job.position or {}).get("is_halt_told")

    def _get_reason(self):
        count = ZeroCount(self.connection)
        return self.connection.env._(
            "%(zeros)s of %(total)s listings became zero within %(hours)s hours, or "
            "would: %(held)s zeros are held back, all other quantities are sent. If "
            "the zeros are right, press Send the zeros on the connection; if not, look "
            "at its warehouse, its client and the stock there.",
            zeros=count.zeros,
            total=count.total,
            hours=int(ZERO_WINDOW.total_seconds() // 3600),
            held=count.held,
        )
