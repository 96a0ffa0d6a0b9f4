"""The job type that downloads orders: windows of changes into rows, then sale orders.

The cursor is the connection's ``orders_synced_until``. It moves only when the last
page of a window is stored. A window that was broken off (quota, time, a killed
server) goes on at its last stored page as long as Amazon's token lives.

``job.position`` is ``{"window": {since, until, token, token_time}}``, times as ISO
strings, or ``{"is_read": True}`` once the window of the run is stored.
"""

from datetime import datetime, timedelta, timezone

from odoo import api, models
from odoo.exceptions import UserError

from ...spapi.errors import RejectedError
from ...tools import naive_utc
from ..connection.reminders import REAUTHORIZE_REMINDER

# Amazon may show a change later than another of the same moment.
OVERLAP = timedelta(minutes=10)
# Amazon's pagination tokens live for 24 hours.
TOKEN_LIFE = timedelta(hours=23)
# Amazon does not show changes younger than two minutes.
AMAZON_LAG = timedelta(minutes=2)


class AmazonJobTypeDownloadOrders(models.AbstractModel):
    _name = "amazon.job.type.download_orders"
    _inherit = "amazon.job.type"
    _description = "Amazon Job Type: Download Orders"

    _kind = "download_orders"
    _sequence = 20
    _interval = (5, "minutes")
    _switch = "download_orders"
    _is_polled = True
    _is_imported = True
    _proves_authorization = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Download orders")

    @api.model
    def _get_solved_reminders(self):
        return [*super()._get_solved_reminders(), REAUTHORIZE_REMINDER]

    @api.model
    def _start_run(self, job, run):
        """Override to take up orders that can go on, and a window that was cut."""
        window = (job.position or {}).get("window")
        job.position = {"window": window} if window else False
        self._get_orders(job)._mark_to_retry(job.connection_id)

    @api.model
    def _do_slice(self, job, run, session):
        """Work off a batch of orders that are stored, else store the next page."""
        if self._get_orders(job)._process_next_batch(job.connection_id, run):
            return True
        if not (job.position or {}).get("is_read"):
            self._store_page(job, run, session.client)
            return True
        self._complete(job)
        return False

    @api.model
    def _get_orders(self, job):
        return self.env["amazon.order"].with_company(job.company_id)

    @api.model
    def _complete(self, job):
        connection = job.connection_id
        job.position = False
        connection._complete_stage(self._kind)
        if connection.sync_inventory:
            # Quantities that waited for these orders.
            self.env["amazon.stock.change"]._trigger_sync()

    # === BUSINESS METHODS - WINDOW === #

    @api.model
    def _store_page(self, job, run, client):
        """Store the next page of the window and remember the one after it."""
        page, window = self._fetch_page(job, run, client)
        self._get_orders(job)._store_documents(job.connection_id, page.documents, run)
        if page.next_token:
            now = datetime.now(timezone.utc).isoformat()
            window |= {"token": page.next_token, "token_time": now}
            job.position = {"window": window}
        else:
            job.position = {"is_read": True}
            end = datetime.fromisoformat(max(window["since"], window["until"]))
            job.connection_id.orders_synced_until = naive_utc(end)
        self._report_progress(job, window, page)

    @api.model
    def _fetch_page(self, job, run, client):
        """Return the next page of the window, and the window as plain data.

        :return: (``spapi.client.OrdersPage``, ``{since, until, token?, token_time?}``)
        """
        window = self._get_window(job)
        try:
            page = self._search_orders(job, client, window)
        except RejectedError:
            if "token" not in window:
                raise
            run._warn(
                self.env._("Amazon forgot the place in the window; it is read again.")
            )
            window = {"since": window["since"]}
            page = self._search_orders(job, client, window)
        if "until" not in window:
            watermark = page.watermark or datetime.now(timezone.utc) - AMAZON_LAG
            window["until"] = watermark.isoformat()
        run.write(
            {
                "window_start": naive_utc(datetime.fromisoformat(window["since"])),
                "window_end": naive_utc(datetime.fromisoformat(window["until"])),
            }
        )
        return page, window

    @api.model
    def _get_window(self, job):
        """Return ``{since, until?, token?, token_time?}``, times as ISO strings."""
        window = (job.position or {}).get("window")
        now = datetime.now(timezone.utc)
        if window and now - datetime.fromisoformat(window["token_time"]) < TOKEN_LIFE:
            return window
        if window:
            return {"since": window["since"]}
        connection = job.connection_id
        cursor = connection.orders_synced_until
        since = cursor - OVERLAP if cursor else connection._get_first_window_start()
        return {"since": since.replace(tzinfo=timezone.utc).isoformat()}

    @api.model
    def _search_orders(self, job, client, window):
        storefronts = job.connection_id.storefront_ids.filtered("active")
        if not storefronts:
            raise UserError(
                self.env._(
                    "No storefront is in use. Tick at least one under Storefronts."
                )
            )
        return client.search_orders(
            last_updated_after=datetime.fromisoformat(window["since"]),
            marketplace_ids=storefronts.mapped("marketplace_id.amazon_marketplace_id"),
            pagination_token=window.get("token"),
        )

    @api.model
    def _report_progress(self, job, window, page):
        """Pages come in the order of time, so the last order shows how far we are."""
        since = datetime.fromisoformat(window["since"])
        until = datetime.fromisoformat(window["until"])
        last = page.last_updated or until
        share = (last - since) / max(until - since, timedelta(seconds=1))
        # Not those of this run only: it may go on with what another one started.
        read = self.env["amazon.order"].search_count(
            [("connection_id", "=", job.connection_id.id)]
        )
        job.connection_id._report_import(
            self._kind,
            share if page.next_token else 1,
            self.env._(
                "Orders read: %(count)s, up to those that changed at %(moment)s UTC.",
                count=read,
                moment=naive_utc(last),
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
