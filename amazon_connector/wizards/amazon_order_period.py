"""Download a period: the orders of some days once more, in the background."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.orders.order_window import BY_CHANGE, BY_CREATION

# Amazon shows the orders of two years.
HISTORY = timedelta(days=2 * 365)
# A period that ends later is read as far as Amazon shows orders: it refuses an end
# that is not past by its own clock.
LATEST_END = timedelta(hours=2)


class AmazonOrderPeriod(models.TransientModel):
    _name = "amazon.order.period"
    _description = "Download a Period of Amazon Orders"

    connection_id = fields.Many2one(
        comodel_name="amazon.connection",
        string="Store",
        required=True,
        default=lambda self: self.env["amazon.connection"]._get_only_connected(),
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self) - timedelta(days=7),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=fields.Date.context_today,
        help="This day included.",
    )
    by = fields.Selection(
        selection=[
            (BY_CREATION, "Placed in this period"),
            (BY_CHANGE, "Changed in this period"),
        ],
        string="Orders",
        required=True,
        default=BY_CREATION,
    )

    # === ACTION METHODS === #

    def action_download(self):
        """Have the period downloaded and close the dialog."""
        self.ensure_one()
        self._check_period()
        before = self._get_midnight(self.date_to + timedelta(days=1))
        is_past = before <= datetime.now(timezone.utc) - LATEST_END
        return self.connection_id._request_orders(
            {
                "since": self._get_midnight(self.date_from).isoformat(),
                "before": before.isoformat() if is_past else None,
                "by": self.by,
            }
        )

    # === BUSINESS METHODS === #

    def _check_period(self):
        """:raise UserError: when it is none, or none that Amazon has orders of"""
        _ = self.env._
        today = fields.Date.context_today(self)
        if self.date_from > self.date_to:
            raise UserError(_("The period ends before it begins. Correct the dates."))
        if self.date_to > today:
            raise UserError(
                _("The period ends in the future. Choose today or a day before.")
            )
        oldest = today - HISTORY
        if self.date_from < oldest:
            raise UserError(
                _(
                    "Amazon shows the orders of two years. Let the period begin on "
                    "%s or later.",
                    oldest,
                )
            )

    def _get_midnight(self, day):
        """Return when a day begins for the user, as an aware time in UTC."""
        zone = ZoneInfo(self.env.context.get("tz") or self.env.user.tz or "UTC")
        return datetime.combine(day, time.min, zone).astimezone(timezone.utc)
