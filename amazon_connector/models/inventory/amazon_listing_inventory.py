"""How many units of a listing are offered on Amazon, and whether they may be synced."""

from math import floor

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# What decides whether, and which, a quantity is to be pushed.
DECISIVE = {
    "product_id",
    "sync_inventory",
    "channel",
    "is_tracked",
    "amazon_quantity",
    "state",
}


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    to_push = fields.Boolean(readonly=True, help="Its quantity is to be compared.")
    is_push_forced = fields.Boolean(readonly=True, help="Somebody pressed Push now.")
    pushed_on = fields.Datetime(
        string="Last Pushed", readonly=True, help="When Amazon last took a quantity."
    )
    is_quantity_unknown = fields.Boolean(
        readonly=True,
        help="A quantity was sent and Amazon did not answer, so it may have it or not.",
    )
    quantity_seen_on = fields.Datetime(
        readonly=True,
        help="When Amazon was seen to have changed the quantity by itself: it may have "
        "sold some, in orders that are not in Odoo yet.",
    )
    push_error = fields.Char(
        string="Refused Quantity",
        readonly=True,
        help="Why Amazon did not take the quantity.",
    )
    odoo_quantity = fields.Integer(
        string="Quantity in Odoo",
        compute="_compute_odoo_quantity",
        help="What Amazon is told, when the quantity is synced.",
    )
    quantity_explanation = fields.Text(
        string="How It Comes About", compute="_compute_odoo_quantity"
    )

    _to_push_idx = models.Index("(connection_id, id) WHERE to_push")

    # === COMPUTE METHODS === #

    @api.depends("product_id", "connection_id.warehouse_id", "connection_id.client_id")
    def _compute_odoo_quantity(self):
        for connection, listings in self.grouped("connection_id").items():
            parts = connection._stock_parts(listings.product_id)
            for listing in listings:
                part = parts.get(listing.product_id, {})
                listing.odoo_quantity = listing._offered(part)
                listing.quantity_explanation = listing._explain_quantity(part)

    # === CRUD METHODS === #

    def write(self, vals):
        """What was changed is compared with Amazon, unless the job itself wrote it."""
        result = super().write(vals)
        if DECISIVE & vals.keys() and "to_push" not in vals:
            self._mark_to_push(
                self.filtered("connection_id.sync_inventory").filtered_domain(
                    self._get_syncable_domain()
                )
            )
        return result

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
    def _get_syncable_domain(self):
        """The listings whose quantity Odoo may set.

        A quantity for a listing that Amazon fulfils would turn it into one that the
        merchant has to ship.
        """
        return (
            Domain("product_id.is_storable", "=", True)
            & Domain("channel", "=", "merchant")
            & Domain("is_tracked", "=", True)
            & Domain("state", "!=", "removed")
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
            (not self.is_tracked, _("Amazon keeps no quantity of it.")),
            (self.state == "removed", _("It is not listed on Amazon any more.")),
            (not self.sync_inventory, _("Sync Inventory is off for this listing.")),
            (not self.storefront_id.active, _("Its storefront is not in use.")),
        ]
        return next((reason for applies, reason in reasons if applies), False)

    @api.model
    def _mark_to_push(self, listings):
        if listings:
            listings.sudo().to_push = True
            self.env["amazon.stock.change"]._trigger_sync()

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

    def _offered(self, part):
        """Return the units to offer: whole ones, never less than none."""
        if not self.product_id.active:
            return 0
        return max(0, floor(sum(part.values()) + 1e-6))

    def _get_quantities(self):
        """Return ``{listing: units to offer}``."""
        quantities = {}
        for connection, listings in self.grouped("connection_id").items():
            parts = connection._stock_parts(listings.product_id)
            quantities |= {row: row._offered(parts[row.product_id]) for row in listings}
        return quantities

    def _explain_quantity(self, part):
        _ = self.env._
        if reason := self._get_not_synced_reason():
            return _("Not synced. %s", reason)
        if not self.product_id.active:
            return _("The product is archived, so none is offered.")
        warehouse = self.connection_id.sudo().warehouse_id.display_name
        client = self.connection_id.sudo().client_id.display_name
        unit = self.product_id.uom_id.name
        labels = {
            "free": _("free in %(warehouse)s, stock of %(client)s"),
            "ordered": _("ordered on Amazon, not reserved yet"),
            "promised": _("to be delivered, not reserved yet"),
        }
        lines = [
            f"{amount:+g} {unit} {labels[name]}"
            % {"warehouse": warehouse, "client": client}
            for name, amount in part.items()
            if amount or name == "free"
        ]
        if not self.connection_id.sync_inventory:
            lines.append(_("Sync Inventory is off: it is sent only by Push now."))
        return "\n".join(lines)
