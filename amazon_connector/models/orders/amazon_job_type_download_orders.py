"""The job type that downloads orders: what Amazon changed since the last run.

The cursor is the connection's ``orders_synced_until``. It moves only when the last page
of a window is stored, and never beyond a window that is still to be read. Beside what
its parent keeps, ``job.position`` has ``read_until``: from where the next window starts
although parts before, which Amazon refuses, are still open.
"""

from datetime import datetime, timedelta, timezone

from odoo import api, models

from ...tools import naive_utc
from ..connection.reminders import REAUTHORIZE_REMINDER
from .order_window import AMAZON_LAG, OrderWindow, aware

# Amazon may show a change later than another of the same moment.
OVERLAP = timedelta(minutes=3)
# More orders that are there already would often cost a page of their own, …
ORDERS_READ_AGAIN = 20
# … so that then only the first run of each half hour reads them again.
OVERLAP_PERIOD = timedelta(minutes=30)


class AmazonJobTypeDownloadOrders(models.AbstractModel):
    _name = "amazon.job.type.download_orders"
    _inherit = "amazon.job.type.orders"
    _description = "Amazon Job Type: Download Orders"

    _kind = "download_orders"
    _sequence = 20
    _interval = (5, "minutes")
    _is_polled = True
    _is_imported = True
    _proves_authorization = True
    _is_read_first = True
    _may_leave_windows = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Download orders")

    @api.model
    def _get_solved_reminders(self):
        return [*super()._get_solved_reminders(), REAUTHORIZE_REMINDER]

    @api.model
    def _prepare_run(self, job, run):
        """Override to take up orders that can go on, and what came meanwhile."""
        windows = self._get_windows(job)
        if not any(window.is_open_ended for window in windows):
            # Only parts that Amazon refuses are left; what is new need not wait.
            since = datetime.fromisoformat(job.position["read_until"])
            self._set_windows(job, [*windows, OrderWindow(since)])
        self._get_orders(job)._mark_to_retry(job.connection_id)

    @api.model
    def _open_windows(self, job):
        return [OrderWindow(aware(self._get_start(job.connection_id)))]

    @api.model
    def _close_window(self, job, run, window):
        """Override to move the cursor up to where nothing is left to read."""
        read = [window.until]
        if earlier := job.position.get("read_until"):
            read.append(datetime.fromisoformat(earlier))
        windows = self._get_windows(job)
        self._set_windows(job, windows, read_until=max(read).isoformat())
        reached = naive_utc(min([one.since for one in windows] or [max(read)]))
        connection = job.connection_id
        before = connection.orders_synced_until
        # Even the same value again would take the connection's row from others.
        if not before or before < reached:
            connection.orders_synced_until = reached

    @api.model
    def _conclude(self, job, run, position):
        """Override to go on with the initial import, and with quantities."""
        connection = job.connection_id
        if not job.position:
            connection._complete_stage(self._kind)
        connection._update_order_problem_reminder()
        if connection.sync_inventory:
            # Quantities that waited for these orders.
            self.env["amazon.stock.change"]._trigger_sync()

    # === BUSINESS METHODS - WINDOW === #

    @api.model
    def _get_start(self, connection):
        """Return from when on (naive UTC) orders are asked for."""
        cursor = connection.orders_synced_until
        if not cursor:
            return connection._get_first_window_start()
        start = cursor - OVERLAP
        end = naive_utc(datetime.now(timezone.utc) - AMAZON_LAG)
        is_first_of_period = _get_period(cursor) != _get_period(end)
        if is_first_of_period or self._is_overlap_cheap(connection, start):
            return start
        return cursor

    @api.model
    def _is_overlap_cheap(self, connection, start):
        """Whether what is read again since then is likely to cost no page."""
        read_again = self.env["amazon.order"].search_count(
            [("connection_id", "=", connection.id), ("last_updated", ">", start)],
            limit=ORDERS_READ_AGAIN + 1,
        )
        return read_again <= ORDERS_READ_AGAIN

    @api.model
    def _report_progress(self, job, window, page):
        """Pages come in the order of time, so the last order shows how far we are."""
        connection = job.connection_id
        if connection.state != "importing":
            return
        moment = page.last_updated or window.until
        # Not those of this run only: it may go on with what another one started.
        read = self.env["amazon.order"].search_count(
            [("connection_id", "=", connection.id)]
        )
        connection._report_import(
            self._kind,
            window.get_share() if page.next_token else 1,
            self.env._(
                "Orders read: %(count)s, up to those that changed at %(moment)s UTC.",
                count=read,
                moment=naive_utc(moment),
            ),
        )

    @api.model
    def _sum_up_import(self, connection):
        _ = self.env._
        groups = self.env["amazon.order"]._read_group(
            [("connection_id", "=", connection.id)], ["state"], ["__count"]
        )
        counts = dict(groups)
        partial = counts.get("partial", 0)
        held = counts.get("held", 0)
        failed = counts.get("failed", 0)
        ignored = counts.get("ignored", 0) + counts.get("cancelled", 0)
        imported = counts.get("imported", 0) + partial
        parts = [_("%s read", sum(counts.values())), _("%s imported", imported)]
        if partial:
            parts.append(_("%s of them partial", partial))
        if held:
            parts.append(_("%s held", held))
        if failed:
            parts.append(_("%s failed", failed))
        if ignored:
            parts.append(_("%s not for you to ship", ignored))
        return _("Orders: %s.", ", ".join(parts))


def _get_period(moment):
    """Return the number of the half hour of a time (naive UTC)."""
    return (moment - datetime.min) // OVERLAP_PERIOD
