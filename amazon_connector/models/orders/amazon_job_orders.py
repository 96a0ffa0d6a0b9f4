"""The job that downloads orders: windows of changes into the inbox, then sale orders.

The cursor is the connection's ``orders_synced_until``. It moves only when the last
page of a window is stored. A window that was broken off (quota, time, a killed
server) goes on at its last stored page as long as Amazon's token lives.
"""

from datetime import datetime, timedelta, timezone

from odoo import models
from odoo.exceptions import UserError

from ...spapi.errors import RejectedError
from ...tools import naive_utc

# Amazon may show a change later than another of the same moment.
OVERLAP = timedelta(minutes=10)
# Amazon's pagination tokens live for 24 hours.
TOKEN_LIFE = timedelta(hours=23)
# Amazon does not show changes younger than two minutes.
AMAZON_LAG = timedelta(minutes=2)


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    def _slices_download_orders(self, run, observer):
        """Yield after each stored page and each batch of orders worked off."""
        connection = self.connection_id
        orders = self.env["amazon.order"].with_company(connection.company_id)
        orders._revive(connection)
        yield from orders._work_off(connection, run)
        with connection._amazon_client(observer) as client:
            token = True
            while token:
                page, window = self._fetch_page(client, run)
                orders._store_documents(connection, page.documents, run)
                token = page.next_token
                self._move_on(window, token)
                self._report_progress(window, page)
                yield
                yield from orders._work_off(connection, run)
        connection._import_done(self.kind)
        if connection.sync_inventory:
            # Quantities that waited for these orders.
            self.env["amazon.stock.change"]._trigger_sync()

    # === BUSINESS METHODS - WINDOW === #

    def _fetch_page(self, client, run):
        """Return the next page of the window, and the window as plain data."""
        window = self._current_window()
        try:
            page = self._search_orders(client, window)
        except RejectedError:
            if "token" not in window:
                raise
            run._warn(
                self.env._("Amazon forgot the place in the window; it is read anew.")
            )
            window = {"since": window["since"]}
            page = self._search_orders(client, window)
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

    def _current_window(self):
        """Return ``{since, until?, token?, token_time?}``, times as ISO strings."""
        window = self.resume
        now = datetime.now(timezone.utc)
        if window and now - datetime.fromisoformat(window["token_time"]) < TOKEN_LIFE:
            return window
        if window:
            return {"since": window["since"]}
        connection = self.connection_id
        cursor = connection.orders_synced_until
        since = cursor - OVERLAP if cursor else connection._first_window_start()
        return {"since": since.replace(tzinfo=timezone.utc).isoformat()}

    def _search_orders(self, client, window):
        storefronts = self.connection_id.storefront_ids.filtered("active")
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

    def _move_on(self, window, token):
        """Remember the next page, or that the whole window is stored."""
        if token:
            now = datetime.now(timezone.utc).isoformat()
            self.resume = window | {"token": token, "token_time": now}
            return
        self.resume = False
        connection = self.connection_id
        end = datetime.fromisoformat(max(window["since"], window["until"]))
        connection.orders_synced_until = naive_utc(end)

    def _report_progress(self, window, page):
        """Pages come in the order of time, so the last order tells how far we are."""
        since = datetime.fromisoformat(window["since"])
        until = datetime.fromisoformat(window["until"])
        last = page.last_updated or until
        share = (last - since) / max(until - since, timedelta(seconds=1))
        # Not those of this run only: it may go on with what another one began.
        read = self.env["amazon.order"].search_count(
            [("connection_id", "=", self.connection_id.id)]
        )
        self.connection_id._report_import(
            self.kind,
            share if page.next_token else 1,
            self.env._(
                "Orders read: %(count)s, up to those that changed at %(moment)s UTC.",
                count=read,
                moment=naive_utc(last),
            ),
        )
