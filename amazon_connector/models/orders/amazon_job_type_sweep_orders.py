"""The job type that proves that no order is missing: the last days, read once more.

Every night Amazon is asked for the orders of all states that were created or changed
during the last days. What the inbox lacks, or has in an earlier state although the
download went past it, was missed: it is stored and processed like any other, and
counted on the connection. Beside what its parent keeps, ``job.position`` has
``since``, ``checked_until``, ``seen``, ``missing`` and the first ``numbers`` of them.
"""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import naive_utc
from .order_inbox import OrderInbox
from .order_window import BY_CHANGE, BY_CREATION, OrderWindow, aware

# How far back every sweep goes.
SWEEP_DAYS = 7
# A sweep that is not complete after that begins anew.
SWEEP_LIFE = timedelta(days=2)
# When it begins, by the clock of the company.
FIRST_HOUR = time(2, 30)
# So many numbers are named in the history.
NUMBERS_NAMED = 10


class AmazonJobTypeSweepOrders(models.AbstractModel):
    _name = "amazon.job.type.sweep_orders"
    _inherit = "amazon.job.type.orders"
    _description = "Amazon Job Type: Sweep Orders"

    _kind = "sweep_orders"
    _sequence = 22
    _interval = (1, "days")
    _is_polled = True
    _is_read_first = True

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Check orders")

    @api.model
    def _prepare_cron_vals(self):
        """Override to begin at night."""
        return super()._prepare_cron_vals() | {"nextcall": self._get_next_night()}

    @api.model
    def _get_enabled_domain(self):
        """Override: there is nothing to prove before the first download is complete."""
        return super()._get_enabled_domain() & Domain(
            [
                ("connection_id.state", "=", "completed"),
                ("connection_id.orders_synced_until", "!=", False),
            ]
        )

    @api.model
    def _get_disabled_reason(self, job):
        if job.connection_id.download_orders:
            return self.env._("It begins once the first download is complete.")
        return super()._get_disabled_reason(job)

    @api.model
    def _prepare_position(self, job):
        """Override to begin anew where a sweep could not be completed for days."""
        oldest = fields.Datetime.now() - timedelta(days=SWEEP_DAYS) - SWEEP_LIFE
        windows = (job.position or {}).get("windows") or []
        starts = [datetime.fromisoformat(window["since"]) for window in windows]
        if any(start < aware(oldest) for start in starts):
            return False
        return super()._prepare_position(job)

    @api.model
    def _open_windows(self, job):
        now = datetime.now(timezone.utc).replace(microsecond=0)
        since = now - timedelta(days=SWEEP_DAYS)
        return [OrderWindow(since, by) for by in (BY_CHANGE, BY_CREATION)]

    @api.model
    def _store_documents(self, job, run, documents):
        """Override to count what is missing before it is stored."""
        connection = job.connection_id
        missing = OrderInbox(connection, run).find_missing(
            documents, connection.orders_synced_until
        )
        position = dict(job.position)
        position["missing"] = position.get("missing", 0) + len(missing)
        numbers = [*position.get("numbers", []), *missing]
        position["numbers"] = numbers[:NUMBERS_NAMED]
        job.position = position
        return super()._store_documents(job, run, documents)

    @api.model
    def _close_window(self, job, run, window):
        """Override to remember up to when all windows were read."""
        position = dict(job.position)
        ends = [window.until.isoformat(), position.get("checked_until")]
        ends = [datetime.fromisoformat(end) for end in ends if end]
        job.position = {**position, "checked_until": min(ends).isoformat()}

    @api.model
    def _conclude(self, job, run, position):
        """Override to show the result."""
        until = naive_utc(datetime.fromisoformat(position["checked_until"]))
        missing = position.get("missing", 0)
        job.connection_id.write(
            {"orders_checked_until": until, "orders_missing": missing}
        )
        self._report(run, until, missing, position.get("numbers", []))

    # === BUSINESS METHODS === #

    @api.model
    def _report(self, run, until, missing, numbers):
        _ = self.env._
        if not missing:
            run._note(
                _(
                    "The orders of the last %(days)s days are complete. Checked until "
                    "%(until)s UTC, missing: 0.",
                    days=SWEEP_DAYS,
                    until=until,
                )
            )
            return
        run._warn(
            _(
                "Checked until %(until)s UTC, missing: %(count)s. The download had not "
                "brought these orders, or not their last state; they came in now: "
                "%(numbers)s",
                until=until,
                count=missing,
                numbers=", ".join(numbers) + (" …" if missing > len(numbers) else ""),
            )
        )

    @api.model
    def _get_next_night(self):
        """Return when the next night begins (naive UTC), by the company's clock."""
        zone = ZoneInfo(self.env.company.partner_id.tz or "UTC")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc).astimezone(zone)
        night = datetime.combine(now.date(), FIRST_HOUR, zone)
        if night <= now:
            night = datetime.combine(now.date() + timedelta(days=1), FIRST_HOUR, zone)
        return naive_utc(night)
