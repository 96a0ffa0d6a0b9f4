"""Whether Amazon shows the quantity that it took: accepted is not done."""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..products.listing_inbox import OLD_QUANTITY_SHOWN_FOR
from ..products.product_resolver import reference_of

# Shown another quantity so many times after it took the same one, Amazon keeps it.
DIFFERENCES_BEFORE_KEPT = 2
READ_BACK_DELAY = OLD_QUANTITY_SHOWN_FOR
FAILED_READ_BACK_DELAY = timedelta(minutes=30)


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    sent_quantity = fields.Integer(
        string="Last Sent",
        readonly=True,
        aggregator=None,
        help="The last quantity that Amazon took.",
    )
    read_back_on = fields.Datetime(
        readonly=True,
        help="When Amazon is asked whether it shows the quantity that it took (UTC).",
    )
    differed_count = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How many times in a row Amazon showed another quantity than it took.",
    )
    kept_note = fields.Char(
        string="Kept by Amazon",
        readonly=True,
        help="Amazon took a quantity and goes on showing another one.",
    )

    _read_back_on_idx = models.Index(
        "(connection_id, read_back_on) WHERE read_back_on IS NOT NULL"
    )

    # === BUSINESS METHODS === #

    def _prepare_sent_vals(self, quantity, is_same):
        """Return what is noted when Amazon took a quantity, to be read back later.

        With the sync off, no job runs by itself that could.

        :param bool is_same: whether it is what Amazon took last, too
        """
        is_synced = any(self.connection_id.mapped("sync_inventory"))
        vals = {
            "sent_quantity": quantity,
            "read_back_on": is_synced and fields.Datetime.now() + READ_BACK_DELAY,
        }
        if not is_same:
            vals |= {"differed_count": 0, "kept_note": False}
        return vals

    def _mark_quantity_changed(self, vals):
        """Override: a download, too, may show another quantity than Amazon took."""
        if "amazon_quantity" in vals and "read_back_on" not in vals:
            for row in self.filtered("read_back_on"):
                row.write(row._prepare_shown_vals(row.amazon_quantity))
        return super()._mark_quantity_changed(vals)

    def _prepare_shown_vals(self, shown):
        """Return what follows from the quantity that Amazon shows now.

        Less than before may have been sold, in orders that are still to be read.
        """
        self.ensure_one()
        vals = {"read_back_on": False}
        if shown == self.sent_quantity:
            return vals | {"differed_count": 0, "kept_note": False}
        vals["differed_count"] = self.differed_count + 1
        if shown != self.amazon_quantity:
            vals["amazon_quantity"] = shown
            if shown < self.amazon_quantity:
                vals["quantity_seen_on"] = fields.Datetime.now()
        return vals

    def _is_kept(self, quantity):
        """Whether Amazon was sent this quantity twice and shows another all the same.

        Sent once more, nothing would change.
        """
        return (
            self.differed_count >= DIFFERENCES_BEFORE_KEPT
            and quantity == self.sent_quantity
            and quantity != self.amazon_quantity
            and not self.is_push_forced
            and not self.is_quantity_unknown
            and not self._may_be_sold(quantity)
        )

    def _may_be_sold(self, quantity):
        """Whether Amazon may show fewer than it took since they were sold."""
        is_less = self.amazon_quantity < self.sent_quantity
        if not is_less or not self.connection_id.download_orders:
            return False
        return self._is_waiting_for_orders(quantity) or self._is_ordered_since_sent()

    def _is_ordered_since_sent(self):
        """Whether an order came since, or maybe: clocks differ."""
        lines = self.env["amazon.order.line"].sudo()
        found = self.pushed_on and lines.search_count(
            Domain("reference", "=", reference_of(self))
            & Domain("order_id.storefront_id", "=", self.storefront_id.id)
            & Domain("order_id.purchase_date", ">=", self.pushed_on - READ_BACK_DELAY),
            limit=1,
        )
        return bool(found)

    def _tell_kept(self, run):
        """Say once of each listing what Amazon keeps, and what to do."""
        for row in self.filtered(lambda row: not row.kept_note):
            row.kept_note = self.env._(
                "Amazon took the quantity %(sent)s twice and goes on showing "
                "%(shown)s.",
                sent=row.sent_quantity,
                shown=row.amazon_quantity,
            )
            run._error(
                self.env._(
                    "%(sku)s: %(what)s It is not sent again by itself. Look at the "
                    "listing in Seller Central: another program may set its quantity, "
                    "or it has a problem there. Then press Push now on the listing.",
                    sku=row.sku,
                    what=row.kept_note,
                ),
                row,
            )
