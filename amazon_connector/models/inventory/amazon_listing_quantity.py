"""How many units of a listing are offered on Amazon, and whether they may be synced."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .available_quantity import AvailableQuantity, get_units_to_offer

# What decides whether, and which, a quantity is to be pushed.
FIELDS_OF_QUANTITY = {
    "product_id",
    "sync_inventory",
    "channel",
    "is_tracked",
    "amazon_quantity",
    "state",
    "units_per_listing",
}
# A change of these may mean that somebody else fulfils the listing now.
HINTS_OF_FULFILMENT = {"last_updated", "channel", "is_tracked", "state"}


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    to_push = fields.Boolean(readonly=True, help="Its quantity is to be compared.")
    is_push_forced = fields.Boolean(readonly=True, help="Somebody pressed Push now.")
    is_quantity_unknown = fields.Boolean(
        readonly=True,
        help="A quantity was sent and Amazon did not answer, so it may have it or not.",
    )
    looked_on = fields.Datetime(
        string="Fulfilment Last Asked",
        readonly=True,
        help="When Amazon was last asked, before a quantity was sent, who fulfils it.",
    )
    push_error = fields.Char(
        string="Refused Quantity",
        readonly=True,
        help="Why Amazon did not take the quantity.",
    )
    odoo_quantity = fields.Integer(
        string="Quantity in Odoo",
        compute="_compute_odoo_quantity",
        help="What is sent to Amazon, when the quantity is synced.",
    )
    quantity_explanation = fields.Text(
        string="How It Is Calculated", compute="_compute_odoo_quantity"
    )

    _to_push_idx = models.Index("(connection_id, id) WHERE to_push IS TRUE")

    # === COMPUTE METHODS === #

    @api.depends(
        "product_id",
        "units_per_listing",
        "connection_id.warehouse_id",
        "connection_id.client_id",
    )
    def _compute_odoo_quantity(self):
        parts = self._get_quantity_parts()
        for listing in self:
            listing.odoo_quantity = listing._get_units_to_offer(parts[listing])
            listing.quantity_explanation = listing._explain_quantity(parts[listing])

    # === BUSINESS METHODS - MARK === #

    def _mark_quantity_changed(self, vals):
        """Override to compare with Amazon what a person or a download changed.

        The job itself, which writes ``to_push``, needs no reminder.
        """
        self._forget_look(vals)
        if FIELDS_OF_QUANTITY & vals.keys() and "to_push" not in vals:
            self._mark_to_push(
                self.filtered("connection_id.sync_inventory").filtered_domain(
                    self._get_syncable_domain()
                )
            )
        if "units_per_listing" in vals:
            # What is ordered of it and not in a sale order counts otherwise.
            self.env["amazon.stock.change"]._mark_products_changed(self.product_id)
        return super()._mark_quantity_changed(vals)

    def _forget_look(self, vals):
        """Have it asked anew who fulfils what Amazon changed.

        A SKU is often given to Amazon in all storefronts at a time.
        """
        is_hint = HINTS_OF_FULFILMENT & vals.keys() or vals.get("push_error")
        hinted = self if is_hint and "looked_on" not in vals else self.browse()
        if "channel" in vals:
            hinted |= self.browse().union(*self._get_listings_by_sku().values()) - self
        hinted.filtered("looked_on").looked_on = False

    @api.model
    def _mark_to_push(self, listings):
        if listings:
            listings.sudo().to_push = True
            self.env["amazon.stock.change"]._trigger_sync()

    # === ACTION METHODS === #

    def action_push_now(self):
        """Send the quantities of these listings now, also when the sync is off."""
        self.check_access("write")
        for listing in self:
            if reason := listing._get_not_synced_reason():
                raise UserError(
                    self.env._(
                        "%(sku)s cannot be pushed. %(why)s",
                        sku=listing.sku,
                        why=reason,
                    )
                )
        self.sudo().write({"to_push": True, "is_push_forced": True})
        notification = True
        for connection in self.connection_id:
            notification = connection._request_job("sync_inventory")
        return notification

    def action_retry(self):
        """Override to send what Amazon refused as well."""
        self.check_access("write")
        if refused := self.filtered("push_error"):
            refused.sudo().write({"to_push": True, "is_push_forced": True})
            for connection in refused.connection_id:
                connection._request_job("sync_inventory")
        return super().action_retry()

    # === BUSINESS METHODS - WHICH === #

    @api.model
    def _get_merchant_domain(self):
        """The listings whose one quantity is the merchant's.

        A quantity for a listing that Amazon fulfils would turn it into one that the
        merchant has to ship; one for all locations would wipe those of each.
        """
        return (
            Domain("channel", "=", "merchant")
            & Domain("is_tracked", "=", True)
            & Domain("state", "!=", "removed")
        )

    @api.model
    def _get_syncable_domain(self):
        """The listings whose quantity Odoo may set."""
        return (
            Domain("product_id.is_storable", "=", True)
            & self._get_merchant_domain()
            & Domain("sync_inventory", "=", True)
            & Domain("storefront_id.active", "=", True)
        )

    def _get_not_synced_reason(self):
        """Return why the quantity is never synced, or ``False``."""
        _ = self.env._
        reasons = [
            (not self.product_id, _("No product is linked.")),
            (
                self.product_id and not self.product_id.is_storable,
                _("The product is not storable, so it has no stock."),
            ),
            (self.channel == "amazon", _("Amazon fulfils it from its own stock.")),
            (
                self.channel == "locations",
                _(
                    "Amazon keeps its quantity by location (%s), and one quantity for "
                    "all would wipe those. Keep it up in Seller Central.",
                    self.location_codes,
                ),
            ),
            (not self.is_tracked, _("Amazon keeps no quantity of it.")),
            (self.state == "removed", _("It is not listed on Amazon any more.")),
            (not self.sync_inventory, _("Sync Inventory is off for this listing.")),
            (not self.storefront_id.active, _("Its storefront is not in use.")),
        ]
        return next((reason for applies, reason in reasons if applies), False)

    # === BUSINESS METHODS - HOW MANY === #

    def _is_push_needed(self, quantity):
        """Whether Amazon has, or may have, another quantity."""
        return (
            quantity != self.amazon_quantity
            or self.is_push_forced
            or self.is_quantity_unknown
            or bool(self.push_error)
        )

    def _is_waiting_for_orders(self, quantity):
        """Whether more would be offered than Amazon has after it sold some.

        What Amazon was seen to take off itself is in orders that are to come; until
        they are read, Odoo's number is too high.
        """
        if self.is_push_forced or not self.quantity_seen_on:
            return False
        read = self.connection_id.orders_synced_until
        is_read = bool(read) and read >= self.quantity_seen_on
        if is_read and self.connection_id.download_orders:
            return False
        return quantity > self.amazon_quantity

    def _get_quantities(self):
        """Return ``{listing: units to offer}``, worked out together for all of them."""
        parts = self._get_quantity_parts()
        return {
            listing: listing._get_units_to_offer(parts[listing]) for listing in self
        }

    def _get_quantity_parts(self):
        """Return ``{listing: parts}``, as :class:`AvailableQuantity` makes them out.

        The parts of a listing without product are empty.
        """
        parts = {}
        for connection, listings in self.grouped("connection_id").items():
            by_product = AvailableQuantity(connection).get(listings.product_id)
            parts |= {row: by_product.get(row.product_id, {}) for row in listings}
        return parts

    def _get_units_to_offer(self, parts):
        """Return how many are offered; none of an archived product."""
        if not self.product_id.active:
            return 0
        return get_units_to_offer(parts, self.units_per_listing)

    def _explain_quantity(self, parts):
        """Return, line by line, how the quantity comes about or why there is none."""
        _ = self.env._
        if reason := self._get_not_synced_reason():
            return _("Not synced. %s", reason)
        if not self.product_id.active:
            return _("The product is archived, so none is offered.")
        available = AvailableQuantity(self.connection_id)
        lines = available.explain(self.product_id, parts)
        if self._is_pack():
            lines.append(
                _(
                    "= %(quantity)s of the listing, each with %(units)s units",
                    quantity=self._get_units_to_offer(parts),
                    units=self.units_per_listing,
                )
            )
        if not self.connection_id.sync_inventory:
            lines.append(_("Sync Inventory is off: it is sent only by Push now."))
        return "\n".join(lines)
