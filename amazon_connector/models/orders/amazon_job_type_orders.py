"""What the job types that bring orders have in common: windows, pages, batches.

A job type opens windows (``_open_windows``); they are read page by page into the inbox
(``_store_page``), and what was stored is processed in batches. A window that was broken
off (quota, time, a killed server) goes on at its last stored page as long as Amazon's
token lives.

``job.position`` is ``{"run": int, "windows": [window, …], "is_read": bool, …}``: the id
of the run that began with it, what is still to be read (:class:`OrderWindow`), and
whether this run read a page already; ``set_aside`` counts the entries without a number
that are still to be told of. A job type may keep more in it. Without ``windows``
nothing was opened yet.
"""

from datetime import datetime, timedelta, timezone

from odoo import api, models
from odoo.exceptions import UserError

from ...spapi.errors import ProtocolError, RejectedError
from ...tools import naive_utc
from .order_window import OrderWindow

# Job types that write orders do not run at the same time for a store.
FAMILY = "orders"
# So often a right question is refused before it is asked in two parts.
REFUSALS_BEFORE_DIVISION = 3
# More windows of one job are never open at the same time.
MOST_WINDOWS = 8
# How long a refused window waits while others go on; doubled with each refusal.
FIRST_WINDOW_DELAY = timedelta(minutes=5)
LONGEST_WINDOW_DELAY = timedelta(hours=1)
# By less the clocks of two machines may differ.
CLOCK_DIFFERENCE_TOLD = timedelta(minutes=10)


class AmazonJobTypeOrders(models.AbstractModel):
    _name = "amazon.job.type.orders"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Orders"

    _switch = "download_orders"
    _family = FAMILY
    # Whether a run ends well although Amazon refuses a part that is asked for later.
    _may_leave_windows = False

    # === THE CONTRACT === #

    @api.model
    def _start_run(self, job, run):
        """Override to begin with the first slice, so that a run costs a commit less."""
        return False

    @api.model
    def _do_slice(self, job, run, session):
        """Work off a batch of orders that are stored, else fetch some more."""
        if (job.position or {}).get("run") != run.id:
            self._begin(job, run)
        orders = self._get_orders(job)
        if orders._process_next_batch(job.connection_id, run):
            return True
        if self._fetch_some(job, run, session) and self._has_more(job, run):
            return True
        self._report_set_aside(job, run)
        self._check_windows_left(job)
        self._complete(job, run)
        return False

    @api.model
    def _get_orders(self, job):
        return self.env["amazon.order"].with_company(job.company_id)

    # === WHAT A JOB TYPE SAYS === #

    @api.model
    def _begin(self, job, run):
        """Begin a run with the windows that are open."""
        # Of a run that broke off they are not told yet.
        untold = {"set_aside": self._count_set_aside(job)}
        kept = self._prepare_position(job) or {}
        job.position = {**kept, **untold, "run": run.id}
        self._prepare_run(job, run)

    @api.model
    def _prepare_run(self, job, run):
        """A run begins; ``job.position`` has what is left of the one before."""

    @api.model
    def _prepare_position(self, job):
        """Return what a new run keeps of the position of the one before."""
        windows = (job.position or {}).get("windows")
        if not windows:
            return False
        if not self._may_leave_windows:
            # A run that is to be complete asks for all of them.
            windows = [{**window, "next_try": None} for window in windows]
        return {**job.position, "windows": windows, "is_read": False}

    @api.model
    def _open_windows(self, job):
        """Return the :class:`OrderWindow` that are to be read, a list."""
        raise NotImplementedError

    @api.model
    def _close_window(self, job, run, window):
        """A window is read to its end; ``job.position`` has those that are left.

        :param OrderWindow window: with its ``until``
        """

    @api.model
    def _complete(self, job, run):
        """Nothing is left to do in this run."""
        position = job.position
        job.position = self._prepare_position(job)
        self._conclude(job, run, position)

    @api.model
    def _conclude(self, job, run, position):
        """The run is done; ``job.position`` has what is left for the next one.

        :param position: what the run kept
        """

    # === BUSINESS METHODS - STEPS === #

    @api.model
    def _fetch_some(self, job, run, session):
        """Fetch the next part from Amazon; return whether there was any."""
        return self._store_page(job, run, session.client)

    @api.model
    def _has_more(self, job, run):
        """Whether something is left to fetch or to process, so that a slice follows."""
        if self._get_due_window(self._get_windows(job)):
            return True
        # All that was marked before is processed when something is fetched.
        is_marked = run.seen > run.unchanged
        return is_marked and self._get_orders(job)._has_marked(job.connection_id)

    @api.model
    def _store_page(self, job, run, client):
        """Store the next page of the first window that is due.

        :return: whether there was such a window
        :rtype: bool
        """
        windows = self._get_windows(job)
        window = self._get_due_window(windows)
        if not window:
            return False
        if lost := self._get_loss(window):
            self._start_again(job, run, windows, window, lost)
            return True
        try:
            page = self._search_orders(job, client, window)
        except RejectedError as error:
            self._handle_refusal(job, run, windows, window, error)
            return True
        self._store_documents(job, run, page.documents)
        if page.set_aside:
            run._count(seen=page.set_aside)
        self._follow_clock(run, page)
        is_last = window.add_page(page, datetime.now(timezone.utc))
        if is_last:
            windows.remove(window)
        is_read = window.is_moving or bool(job.position.get("is_read"))
        set_aside = self._count_set_aside(job) + page.set_aside
        self._set_windows(job, windows, is_read=is_read, set_aside=set_aside)
        self._show_window(run, window)
        if is_last:
            self._close_window(job, run, window)
        self._report_progress(job, window, page)
        return True

    @api.model
    def _store_documents(self, job, run, documents):
        self._get_orders(job)._store_documents(job.connection_id, documents, run)

    @api.model
    def _search_orders(self, job, client, window):
        storefronts = self.env["amazon.storefront"].search_fetch(
            [("connection_id", "=", job.connection_id.id)], ["marketplace_id"]
        )
        if not storefronts:
            raise UserError(
                self.env._(
                    "No storefront is in use. Tick at least one under Storefronts."
                )
            )
        return client.search_orders(
            marketplace_ids=storefronts.mapped("marketplace_id.amazon_marketplace_id"),
            **window.get_search(),
        )

    # === BUSINESS METHODS - WINDOWS === #

    @api.model
    def _get_windows(self, job):
        """Return the :class:`OrderWindow` that are open, opened now if none were."""
        position = job.position or {}
        if "windows" not in position:
            # A person may have set them back in the middle of the run.
            self._set_windows(job, self._open_windows(job))
            position = job.position
        return [OrderWindow.from_json(values) for values in position["windows"]]

    @api.model
    def _set_windows(self, job, windows, **more):
        kept = [window.to_json() for window in windows]
        job.position = {**(job.position or {}), "windows": kept, **more}

    @api.model
    def _get_due_window(self, windows):
        now = datetime.now(timezone.utc)
        return next((window for window in windows if window.is_due(now)), None)

    @api.model
    def _show_window(self, run, window):
        """Show in the history from when to when orders were read."""
        since, until = naive_utc(window.since), naive_utc(window.until)
        run.write(
            {
                "window_start": min(run.window_start or since, since),
                "window_end": max(run.window_end or until, until),
            }
        )

    @api.model
    def _report_progress(self, job, window, page):
        """Override to show how far the first download is."""

    # === BUSINESS METHODS - WHAT GOES WRONG === #

    @api.model
    def _count_set_aside(self, job):
        return (job.position or {}).get("set_aside", 0)

    @api.model
    def _report_set_aside(self, job, run):
        """Say once in a run how many entries of Amazon's had no order number."""
        count = self._count_set_aside(job)
        if not count:
            return
        job.position = {**job.position, "set_aside": 0}
        run._warn(
            self.env._(
                "Amazon sent %s orders without a number that can be read. They were "
                "left out; all others came in. Compare the orders in Seller Central "
                "with those here.",
                count,
            )
        )

    @api.model
    def _check_windows_left(self, job):
        """:raise UserError: when a part is still to be read, and the run needs it"""
        if self._may_leave_windows or not self._get_windows(job):
            return
        # The run ends as failed, but what came in stays.
        job._commit()
        raise UserError(
            self.env._("Amazon refuses a part of these orders; the others came in.")
        )

    @api.model
    def _get_loss(self, window):
        """Return how the place in a window was lost, a sentence; ``False`` if not."""
        if window.is_stuck:
            return self.env._("Amazon sends the same page of orders again and again.")
        if window.is_token_old(datetime.now(timezone.utc)):
            return self.env._(
                "The place in Amazon's list of orders is older than a day, and Amazon "
                "has forgotten it."
            )
        return False

    @api.model
    def _start_again(self, job, run, windows, window, reason):
        """Ask anew for what is left of a window, unless that led nowhere before.

        :param str reason: how its place was lost, a sentence
        """
        window.restart()
        if window.is_given_up:
            # Each later try may be started once.
            window.restarts -= 1
            window.refusals = max(window.refusals, REFUSALS_BEFORE_DIVISION - 1)
            error = ProtocolError(reason, operation="searchOrders")
            self._postpone(job, run, windows, window, error)
            return
        run._warn(self.env._("%s What is left is asked for again.", reason))
        self._set_windows(job, windows)

    @api.model
    def _handle_refusal(self, job, run, windows, window, error):
        """Ask again without token; later; or in two parts. Nothing is left out.

        :raise RejectedError: when nothing else is there to read in this run
        """
        if window.token:
            reason = self.env._("Amazon forgot the place in its list of orders.")
            self._start_again(job, run, windows, window, reason)
        else:
            self._postpone(job, run, windows, window, error)

    @api.model
    def _postpone(self, job, run, windows, window, error):
        """Ask for a window later while others go on, else end the run.

        :raise SpApiError: the ``error``, when no page was read in this run
        """
        window.refusals += 1
        place = windows.index(window)
        parts = self._divide(windows, window)
        others = [one for one in windows if one is not window]
        is_alone = not job.position.get("is_read") and not self._get_due_window(others)
        if not is_alone and len(parts) == 1:
            window.next_try = datetime.now(timezone.utc) + min(
                FIRST_WINDOW_DELAY * 2 ** min(window.refusals - 1, 10),
                LONGEST_WINDOW_DELAY,
            )
        self._set_windows(job, [*windows[:place], *parts, *windows[place + 1 :]])
        if is_alone:
            # The run ends with the error, but what was tried is remembered.
            job._commit()
            raise error
        run._warn(
            self.env._(
                "Amazon refuses the orders from %(since)s UTC on; they are asked for "
                "again by themselves. %(why)s",
                since=naive_utc(window.since),
                why=self._explain_error(job.connection_id, error),
            )
        )

    @api.model
    def _divide(self, windows, window):
        """Return what is to be asked instead of a window, a list of windows."""
        is_hopeless = (
            window.refusals >= REFUSALS_BEFORE_DIVISION and len(windows) < MOST_WINDOWS
        )
        return window.divide(datetime.now(timezone.utc)) if is_hopeless else [window]

    @api.model
    def _follow_clock(self, run, page):
        """Say once in a run that Amazon's clock is ahead: no time here is later."""
        if page.clock_ahead < CLOCK_DIFFERENCE_TOLD or run.window_end:
            return
        run._warn(
            self.env._(
                "Amazon's clock is %s minutes ahead of this server's. Orders come in, "
                "but have the clock of this server set: deadlines depend on it.",
                round(page.clock_ahead.total_seconds() / 60),
            )
        )
