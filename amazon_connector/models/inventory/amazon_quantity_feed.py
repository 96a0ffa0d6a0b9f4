"""Many quantities of one storefront, handed to Amazon in one document, and their life.

A feed says which quantities its listings are to have (``feed_quantity``). It is
prepared and committed before anything leaves; while Amazon has it, or may have it, no
single quantity of these listings is sent, since nobody knows which of the two would
come last; but for the zero of what is sold out meanwhile, which is sent at once and
again at the end (amazon_listing_feed.py). What each state means:

* ``prepared``: nothing of it left; its quantities are those of this moment
* ``submitting``: createFeed left, and its answer is not written down. Amazon may have
  it: it is looked for (getFeeds) and never just sent again
* ``submitted``, ``in_progress``: Amazon has it in its queue, or works it off
* ``stuck``: not ended at its deadline. Its listings are sent one by one again; whenever
  it ends, it may have overwritten these, so they are sent once more
* ``reading``: Amazon's report is there (``refusals``), and taken over part by part
* ``done``, ``failed``, ``cancelled``: it holds no listing any more
"""

from contextlib import suppress
from datetime import timedelta, timezone

from odoo import api, fields, models

from ...spapi.errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    SpApiError,
    ThrottledError,
    UnavailableError,
    UnreadableError,
)
from ...spapi.feeds import QuantityMessage, split_quantities
from ...tools import naive_utc
from ..connection import messages
from ..connection.reminders import FEED_REMINDER

ENDED_STATES = ("done", "failed", "cancelled")
# The quantities of a feed that waits longer than this are too old to leave.
PREPARED_HOLDS = timedelta(minutes=10)
# Amazon is asked how far it is: after so many seconds at first, then at growing gaps.
SHORTEST_PAUSE, LONGEST_PAUSE = 60, 300
STUCK_PAUSE = timedelta(minutes=15)
# Usually a feed takes minutes. Later than this, its listings are not kept waiting.
FEED_PATIENCE = timedelta(minutes=45)
# A feed that Amazon does not show so long after it was sent never reached it.
LOST_FEED_PATIENCE = timedelta(minutes=10)
# How far from the moment it was sent, by Amazon's clock, Amazon may have taken it.
TAKEN_BEFORE, TAKEN_AFTER = timedelta(minutes=1), timedelta(minutes=5)
# Amazon worked feeds off after days; one that it forgets is not waited for.
STUCK_PATIENCE = timedelta(days=7)
LISTINGS_TAKEN_OVER_AT_ONCE = 500
REFUSALS_NAMED = 50
KEEP_DAYS = 180
# A listing that no feed carries.
FREE = {"feed_id": False, "feed_quantity": 0, "zero_ahead": False}


class AmazonQuantityFeed(models.Model):
    _name = "amazon.quantity.feed"
    _description = "Amazon Quantity Feed"
    _inherit = ["amazon.guarded", "amazon.history.mixin"]
    _order = "id DESC"

    storefront_id = fields.Many2one(
        comodel_name="amazon.storefront",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    connection_id = fields.Many2one(
        related="storefront_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        selection=[
            ("prepared", "Prepared"),
            ("submitting", "Being handed over"),
            ("submitted", "In Amazon's queue"),
            ("in_progress", "Amazon works on it"),
            ("stuck", "Stuck at Amazon"),
            ("reading", "Result is read"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="prepared",
        required=True,
        readonly=True,
    )
    amazon_feed_id = fields.Char(
        string="Feed", readonly=True, help="Amazon's id of the feed (feedId)."
    )
    submitted_on = fields.Datetime(readonly=True)
    # By Amazon's clock, to look for it among the feeds that Amazon has.
    submitted_at_amazon = fields.Datetime(readonly=True)
    deadline = fields.Datetime(
        readonly=True,
        help="Not ended by then, its quantities are sent one by one.",
    )
    next_look_on = fields.Datetime(
        string="Next Look", readonly=True, help="When Amazon is asked how far it is."
    )
    ended_on = fields.Datetime(readonly=True)
    listing_ids = fields.One2many(
        comodel_name="amazon.listing", inverse_name="feed_id", readonly=True
    )
    listing_count = fields.Integer(string="Listings", readonly=True)
    accepted_count = fields.Integer(string="Taken", readonly=True)
    refused_count = fields.Integer(string="Refused", readonly=True)
    error = fields.Char(readonly=True)
    # {listing id: why Amazon refused its quantity}, until all is taken over.
    refusals = fields.Json(readonly=True)
    is_doubtful = fields.Boolean(
        readonly=True,
        help="By its own count, Amazon took less than it does not name as refused.",
    )

    _open_unique = models.UniqueIndex(
        "(connection_id) WHERE state NOT IN ('done', 'failed', 'cancelled')",
        "A connection has one open quantity feed at a time.",
    )

    # === COMPUTE METHODS === #

    @api.depends("storefront_id.display_name", "create_date")
    def _compute_display_name(self):
        for feed in self:
            moment = feed.create_date or fields.Datetime.now()
            start = fields.Datetime.context_timestamp(feed, moment)
            feed.display_name = (
                f"{feed.storefront_id.display_name}, {start:%Y-%m-%d %H:%M}"
            )

    # === BUSINESS METHODS - WHICH === #

    @api.model
    def _find_open(self, connection):
        """Return the feed of a connection that has not ended; there is one at most."""
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "not in", ENDED_STATES),
            ]
        )

    @api.model
    def _get_connections_with_open(self, is_due=False):
        """Return the connections with a feed that has not ended.

        :param bool is_due: only of those whose next step is due
        """
        feeds = self.search([("state", "not in", ENDED_STATES)])
        if is_due:
            feeds = feeds.filtered(lambda feed: feed._is_due())
        return feeds.connection_id

    def _is_due(self):
        """Whether the next step may be done now."""
        return not self.next_look_on or self.next_look_on <= fields.Datetime.now()

    # === BUSINESS METHODS - PREPARE === #

    @api.model
    def _create_feed(self, storefront, quantities):
        """Prepare a feed of these quantities, as many of them as one feed takes.

        To be committed before anything is sent: from here on, the quantities of its
        listings count as unknown.

        :param dict quantities: ``{listing: units}`` of the storefront
        :return: the new feed, whose listings say what it carries
        """
        first = next(self._split(storefront, quantities))
        carried = [message.message_id for message in first.messages]
        feed = self.create(
            {"storefront_id": storefront.id, "listing_count": len(carried)}
        )
        listings = self.env["amazon.listing"].browse(carried)
        for units, rows in listings.grouped(quantities.get).items():
            rows.write(
                {
                    "feed_id": feed.id,
                    "feed_quantity": units,
                    "is_quantity_unknown": True,
                    "to_push": False,
                    "zero_state": False,
                }
            )
        return feed

    @api.model
    def _split(self, storefront, quantities):
        """Return the ``spapi.feeds.QuantityFeed`` objects, the smaller ids first."""
        rows = sorted(quantities, key=lambda row: row.id)
        return split_quantities(
            storefront.connection_id.seller_id,
            (
                # A listing's own id, so that the report says whose refusal it is.
                QuantityMessage(
                    row.id, row.sku, row.product_type or "", quantities[row]
                )
                for row in rows
            ),
        )

    # === BUSINESS METHODS - SOLD OUT MEANWHILE === #

    def _look_for_zeros(self):
        """Look at some listings that changed since; have the zeros among them sent.

        Of what did not leave yet they are taken out.

        :return: whether there were any
        """
        if not self or self.state == "stuck":
            return False
        rows = self.env["amazon.listing"].search(
            [("feed_id", "=", self.id), ("zero_ahead", "=", "look")],
            order="id",
            limit=LISTINGS_TAKEN_OVER_AT_ONCE,
        )
        quantities = rows._get_quantities()
        zeros = rows.filtered(lambda row: not quantities[row])
        (rows - zeros).zero_ahead = False
        if self.state == "prepared":
            zeros.write(FREE | {"to_push": True})
            self.listing_count -= len(zeros)
        else:
            zeros.zero_ahead = "due"
        return bool(rows)

    # === BUSINESS METHODS - STEPS === #

    def _go_on(self, session, run):
        """Do the step that is due; the caller commits.

        :param AmazonSession session: asks Amazon
        :param run: the ``amazon.history`` that is told
        :raise AuthError: when Amazon does not know the store any more
        """
        self.ensure_one()
        try:
            if self.state == "prepared":
                self._submit(session, run)
            elif self.state == "reading":
                self._take_over_some(run)
            else:
                self._look(session, run)
        except (ThrottledError, UnavailableError, ProtocolError) as error:
            self._put_off(run, error)
        except AuthError as error:
            # Whether single quantities are denied as well, they show themselves.
            if error.reason != "forbidden":
                raise
            self._put_off(run, error)

    def _put_off(self, run, error):
        """Amazon did not answer: the same step later; single quantities go on."""
        if self._is_overdue():
            self._set_stuck(run)
        pause = timedelta(seconds=max(self._get_pause(), error.retry_after or 0))
        self._plan_look(pause)
        tell = run._note if isinstance(error, ThrottledError) else run._warn
        tell(
            self.env._(
                "Amazon was not told or asked of the quantity feed %(feed)s. It is "
                "tried again by itself: %(why)s",
                feed=self.display_name,
                why=messages.explain_error(self.env, error),
            ),
            self,
        )

    def _plan_look(self, pause):
        """Have the job wake up for the next step after a ``timedelta``."""
        self.next_look_on = fields.Datetime.now() + pause
        self.env["amazon.job"]._trigger("sync_inventory", at=self.next_look_on)

    def _get_pause(self):
        """Return the seconds until Amazon is asked again: more, the older it is."""
        if self.state == "stuck":
            return STUCK_PAUSE.total_seconds()
        since = self.submitted_on or fields.Datetime.now()
        age = (fields.Datetime.now() - since).total_seconds()
        return min(max(age / 3, SHORTEST_PAUSE), LONGEST_PAUSE)

    # === BUSINESS METHODS - HAND OVER === #

    def _submit(self, session, run):
        """Hand a prepared feed to Amazon.

        :raise SpApiError: when Amazon certainly did not take it
        """
        self.ensure_one()
        limit = fields.Datetime.now() - PREPARED_HOLDS
        if not self.listing_ids or self.create_date < limit:
            # Not tried yet, it waited for this server, not for Amazon.
            self._end(
                run,
                "failed" if self.next_look_on else "cancelled",
                self.env._("It did not leave in time, so its quantities were too old."),
            )
            return
        client = session.client
        try:
            upload = client.create_feed_document()
            client.upload_feed(upload, self._get_content())
            self._create_at_amazon(client, upload, run)
        except RejectedError as error:
            self._end(run, "failed", str(error), error.request_id)

    def _get_content(self):
        quantities = {row: row.feed_quantity for row in self.listing_ids}
        return next(self._split(self.storefront_id, quantities)).get_content()

    def _create_at_amazon(self, client, upload, run):
        """Have Amazon take what was uploaded; it may be killed at any moment."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": "submitting",
                "submitted_on": now,
                "submitted_at_amazon": naive_utc(client.get_time()),
                "deadline": now + FEED_PATIENCE,
            }
        )
        self._plan_look(timedelta(seconds=SHORTEST_PAUSE))
        self.env["amazon.job"]._commit()
        marketplace = self.storefront_id.marketplace_id.amazon_marketplace_id
        try:
            feed_id = client.create_feed(marketplace, upload.document_id)
        except AmbiguousError as error:
            run._warn(
                self.env._(
                    "It is unknown whether Amazon took the quantity feed %(feed)s, so "
                    "it is looked for in a minute: %(why)s",
                    feed=self.display_name,
                    why=messages.explain_error(self.env, error),
                ),
                self,
            )
            return
        except SpApiError:
            # Certainly not carried out.
            self.write({"state": "prepared", "submitted_on": False, "deadline": False})
            self.env["amazon.job"]._commit()
            raise
        self.write({"state": "submitted", "amazon_feed_id": feed_id})
        run._note(
            self.env._(
                "%(count)s quantities of %(storefront)s were handed to Amazon in one "
                "feed (%(feed)s). Amazon takes some minutes for it.",
                count=self.listing_count,
                storefront=self.storefront_id.display_name,
                feed=feed_id,
            ),
            self,
        )

    # === BUSINESS METHODS - LOOK === #

    def _look(self, session, run):
        """Ask Amazon how far it is, and do what follows."""
        self.ensure_one()
        if not self.amazon_feed_id:
            self._look_for_lost(session.client, run)
            return
        try:
            feed = session.client.get_feed(self.amazon_feed_id)
        except RejectedError as error:
            self._end(run, "failed", str(error), error.request_id)
            return
        if feed.state in ("queued", "running"):
            self._wait(session.client, run, feed.state)
        elif feed.state == "cancelled":
            self._end(run, "cancelled", self.env._("It was cancelled at Amazon."))
        elif feed.state == "failed":
            self._end(
                run,
                "failed",
                self.env._("Amazon broke it off. Some quantities may have arrived."),
            )
        elif self.state == "stuck":
            self._end(run, "done", False)
        else:
            self._fetch_report(session.client, run, feed)

    def _look_for_lost(self, client, run):
        """Find out whether Amazon has the feed whose answer was lost."""
        sent = self.submitted_at_amazon.replace(tzinfo=timezone.utc)
        found = client.get_feeds(
            self.storefront_id.marketplace_id.amazon_marketplace_id,
            created_since=sent - TAKEN_BEFORE,
            created_until=sent + TAKEN_AFTER,
        )
        known = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("amazon_feed_id", "in", [feed.feed_id for feed in found]),
            ]
        ).mapped("amazon_feed_id")
        candidates = [feed for feed in found if feed.feed_id not in known]
        has_ended = all(feed.state not in ("queued", "running") for feed in candidates)
        if len(candidates) == 1:
            self.amazon_feed_id = candidates[0].feed_id
            if self.state == "submitting":
                self.state = "submitted"
            self.next_look_on = False
        elif candidates and has_ended:
            self._end(
                run,
                "failed",
                self.env._("Amazon does not say which of several feeds it was."),
            )
        elif not candidates and self._is_older_than(LOST_FEED_PATIENCE):
            self._end(run, "failed", self.env._("It never reached Amazon."))
        else:
            self._wait(client, run, "")

    def _is_overdue(self):
        """Whether its listings have waited long enough."""
        is_sent = self.state in ("submitting", "submitted", "in_progress")
        return is_sent and self.deadline <= fields.Datetime.now()

    def _is_older_than(self, age):
        return self.submitted_on + age <= fields.Datetime.now()

    def _wait(self, client, run, amazon_state):
        """Amazon has not ended it: ask again later, and not for ever.

        :param str amazon_state: "queued" or "running", "" where it is not known
        """
        if self.state == "stuck" and self._is_older_than(STUCK_PATIENCE):
            self._end(run, "failed", self.env._("Amazon has not ended it for a week."))
            return
        if self._is_overdue():
            self._set_stuck(run)
        elif self.state != "stuck" and amazon_state:
            is_queued = amazon_state == "queued"
            self.state = "submitted" if is_queued else "in_progress"
        if self.state == "stuck" and amazon_state == "queued":
            self._cancel_at_amazon(client)
        self._plan_look(timedelta(seconds=self._get_pause()))

    def _set_stuck(self, run):
        """Let its listings go, and tell once that it hangs."""
        self.state = "stuck"
        self.listing_ids.to_push = True
        connection = self.connection_id
        sentence = self.env._(
            "Amazon has not ended the quantity feed %(feed)s (%(number)s) for "
            "%(minutes)s minutes. Its %(count)s quantities are sent one by one by "
            "themselves, five a second, and once more when the feed ends. If the feed "
            "hangs for hours, open a case at Amazon's Seller Support with its number.",
            feed=self.display_name,
            number=self.amazon_feed_id or self.env._("number unknown"),
            minutes=int(FEED_PATIENCE.total_seconds() // 60),
            count=self.listing_count,
        )
        self.error = sentence
        run._error(sentence, self)
        connection._schedule_reminder(
            FEED_REMINDER, sentence, fields.Date.context_today(connection)
        )

    def _give_up_waiting(self):
        """Send its listings one by one: it was restored with an old database.

        What Amazon may have of it is followed like one that hangs.
        """
        for feed in self:
            sentence = self.env._(
                "The database was restored from a backup while this feed was open. Its "
                "quantities are compared, and sent one by one."
            )
            if feed.state == "prepared":
                feed.listing_ids.write(FREE | {"to_push": True})
                values = {"state": "cancelled", "ended_on": fields.Datetime.now()}
            else:
                feed.listing_ids.to_push = True
                values = {"state": "stuck"}
            feed.write(values | {"next_look_on": False, "error": sentence})

    def _cancel_at_amazon(self, client):
        """Have Amazon forget it, if it has not begun by now; the next look shows."""
        # Amazon may have begun it meanwhile.
        with suppress(RejectedError):
            client.cancel_feed(self.amazon_feed_id)

    # === BUSINESS METHODS - RESULT === #

    def _fetch_report(self, client, run, feed):
        """Fetch what Amazon says of each quantity; it is taken over next.

        :param feed: the ``spapi.feeds.Feed``, which is done
        """
        try:
            if not feed.document_id:
                raise UnreadableError("Amazon made no report of it.")
            document = client.get_feed_document(feed.document_id)
            report = client.download_feed_report(document, feed.feed_id)
        except (RejectedError, UnreadableError) as error:
            self._end(
                run,
                "failed",
                self.env._("What Amazon took of it cannot be read: %s", error),
                getattr(error, "request_id", None),
            )
            return
        refusals = self._find_refusals(report)
        if report.feed_reason and not report.accepted and not refusals:
            self._end(run, "failed", report.feed_reason)
            return
        if report.feed_reason:
            run._warn(
                self.env._(
                    "Amazon says of the quantity feed %(feed)s: %(why)s",
                    feed=self.display_name,
                    why=report.feed_reason,
                ),
                self,
            )
        self.write(
            {
                "state": "reading",
                "refusals": refusals,
                "refused_count": len(refusals),
                "is_doubtful": report.accepted < self.listing_count - len(refusals),
                "next_look_on": False,
            }
        )

    def _find_refusals(self, report):
        """Return ``{listing id: reason}`` of a report; JSON has texts as keys."""
        ids = set(self.listing_ids.ids)
        reasons = {
            number: reason for number, reason in report.reasons.items() if number in ids
        }
        if report.sku_reasons:
            for row in self.listing_ids:
                if row.sku in report.sku_reasons:
                    reasons.setdefault(row.id, report.sku_reasons[row.sku])
        none = self.env._("Amazon gave no reason.")
        return {str(number): reasons[number] or none for number in sorted(reasons)}

    def _take_over_some(self, run):
        """Write down what became of some listings; after the last, it is done."""
        self.ensure_one()
        rows = self.env["amazon.listing"].search(
            [("feed_id", "=", self.id)], order="id", limit=LISTINGS_TAKEN_OVER_AT_ONCE
        )
        if not rows:
            self._finish(run)
            return
        refusals = self.refusals or {}
        refused = rows.filtered(lambda row: str(row.id) in refusals)
        taken = rows - refused
        self._take_over_refused(run, refused, refusals)
        if self.is_doubtful:
            taken.write(FREE | {"to_push": True, "is_quantity_unknown": True})
        else:
            self._take_over_accepted(run, taken)

    def _take_over_refused(self, run, rows, refusals):
        """As a refused quantity alone, but few of many are named in the history.

        :param dict refusals: ``{listing id as a text: reason}`` of the whole feed
        """
        named = list(refusals)[:REFUSALS_NAMED]
        for row in rows:
            reason = refusals[str(row.id)]
            quantity = row.feed_quantity
            values = {
                "push_error": reason,
                "is_push_forced": False,
                "is_quantity_unknown": False,
                "zero_state": False,
            }
            values |= row._prepare_zeros_again().get(row, {})
            row.write(FREE | values)
            if str(row.id) in named:
                run._error(
                    self.env._(
                        "Amazon did not take the quantity %(quantity)s of %(sku)s: "
                        "%(why)s Correct the listing in Seller Central, then press "
                        "Retry.",
                        quantity=quantity,
                        sku=row.sku,
                        why=reason,
                    ),
                    row,
                )

    def _take_over_accepted(self, run, rows):
        """Amazon has these quantities now; mark what has changed since they left."""
        # Whatever marked them meanwhile is looked at here.
        moved = rows.filtered("to_push")
        zeros = rows._prepare_zeros_again()
        rows._mark_taken({row: row.feed_quantity for row in rows})
        rows.write(FREE)
        for row, values in zeros.items():
            row.write(values)
        syncable = rows.filtered_domain(rows._get_syncable_domain())
        quantities = syncable._get_quantities()
        changed = syncable._filter_push_needed(quantities)
        (changed | moved).to_push = True
        self.accepted_count += len(rows)
        run._count(updated=len(rows))

    def _finish(self, run):
        """All of it is taken over."""
        self.write({"state": "done", "ended_on": fields.Datetime.now()})
        more = self.refused_count - REFUSALS_NAMED
        if more > 0:
            run._error(
                self.env._(
                    "So it is with %(count)s more quantities of the feed %(feed)s: see "
                    "Refused Quantity in the list of listings.",
                    count=more,
                    feed=self.display_name,
                ),
                self,
            )
        if self.is_doubtful:
            self.error = self.env._(
                "Amazon says that it took fewer quantities of the feed %(feed)s than "
                "it names no refusal of. All but the refused ones are sent once more.",
                feed=self.display_name,
            )
            run._warn(self.error, self)
        else:
            run._note(
                self.env._(
                    "Amazon took %(accepted)s of %(count)s quantities of the feed "
                    "%(feed)s.",
                    accepted=self.accepted_count,
                    count=self.listing_count,
                    feed=self.display_name,
                ),
                self,
            )
        self.refusals = False

    def _end(self, run, state, reason, request_id=None):
        """End a feed without taking over what Amazon says of each quantity.

        Its listings are compared again. Only what Amazon never began certainly left
        their quantities alone.

        :param str state: "failed", "cancelled", or "done" for one that was stuck
        :param reason: a sentence, ``False`` for a stuck one that came to its end
        """
        was_stuck = self.state == "stuck"
        values = FREE | {"to_push": True}
        if not (was_stuck and state == "cancelled"):
            values["is_quantity_unknown"] = True
        zeros = self.listing_ids._prepare_zeros_again()
        self.listing_ids.write(values)
        for row, again in zeros.items():
            row.write(again)
        self.write(
            {
                "state": state,
                "ended_on": fields.Datetime.now(),
                "error": reason or self.error,
                "next_look_on": False,
            }
        )
        if was_stuck:
            self.connection_id._drop_reminders([FEED_REMINDER])
        if reason and not was_stuck:
            run._error(
                self.env._(
                    "The quantity feed %(feed)s came to nothing: %(why)s Its "
                    "quantities are sent one by one by themselves.",
                    feed=self.display_name,
                    why=reason,
                ),
                self,
                request_id,
            )
        elif state == "cancelled":
            run._note(
                self.env._(
                    "The quantity feed %s, which hung, was cancelled before Amazon "
                    "began it.",
                    self.display_name,
                ),
                self,
            )
        else:
            run._warn(
                self.env._(
                    "The quantity feed %s, which hung, has ended. It may have "
                    "overwritten newer quantities, so they are sent once more.",
                    self.display_name,
                ),
                self,
            )

    @api.autovacuum
    def _gc_feeds(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("state", "in", ENDED_STATES), ("ended_on", "<", limit)]).unlink()
