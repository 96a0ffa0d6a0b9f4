"""How many units of a listing are offered on Amazon, and whether they may be synced."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .available_quantity import count_units
from .inventory_rules import (
    InventoryRules,
    apply_rules,
    get_never_synced_domain,
)

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
# Amazon answered, whatever it said.
ANSWERED = {
    "to_push": False,
    "is_push_forced": False,
    "is_quantity_unknown": False,
    "zero_state": False,
}
# What a person wants sent is sent, whatever Amazon made of it before.
PUSHED_BY_HAND = {
    "to_push": True,
    "is_push_forced": True,
    "differed_count": 0,
    "kept_note": False,
}
# Listings of a selection that cannot be pushed and are named.
REASONS_SHOWN = 3
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

    _refused_idx = models.Index("(connection_id) WHERE push_error IS NOT NULL")
    _to_push_idx = models.Index("(connection_id, id) WHERE to_push IS TRUE")

    # === COMPUTE METHODS === #

    @api.depends(
        "product_id",
        "units_per_listing",
        "storefront_id.warehouse_id",
        "storefront_id.stock_location_ids",
        "connection_id.warehouse_id",
        "connection_id.client_id",
    )
    def _compute_odoo_quantity(self):
        quantities = self._get_quantities()
        for listing in self:
            listing.odoo_quantity = quantities[listing]

    # === BUSINESS METHODS - MARK === #

    def _mark_quantity_changed(self, vals):
        """Override to compare with Amazon what a person or a download changed.

        The job itself, which writes ``to_push``, needs no reminder.
        """
        self._forget_look(vals)
        if FIELDS_OF_QUANTITY & vals.keys() and "to_push" not in vals:
            # Of a first import none is, so that no domain is asked for each row.
            linked = self.filtered("product_id").filtered(
                "connection_id.sync_inventory"
            )
            if linked:
                self._mark_to_push(linked.filtered_domain(self._get_syncable_domain()))
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

    def _unmark_not_synced(self):
        """What is not synced any more waits for nothing."""
        left_out = self - self.filtered_domain(self._get_syncable_domain())
        left_out.filtered("to_push").sudo().write(
            {"to_push": False, "is_push_forced": False}
        )

    # === ACTION METHODS === #

    def action_push_now(self):
        """Send the quantities of these listings now, also when the sync is off.

        Of several, those are left out whose quantity is never sent.

        :return: the action that says which
        :raise UserError: when no quantity of them can be sent
        """
        self.check_access("write")
        rules = InventoryRules(self.connection_id)
        reasons = {
            row: reason for row in self if (reason := row._get_not_synced_reason(rules))
        }
        pushed = self - self.browse().union(*reasons)
        left_out = self._describe_left_out(reasons)
        if not pushed:
            raise UserError(left_out or self.env._("Choose the listings to push."))
        pushed.sudo().write(PUSHED_BY_HAND)
        connections = pushed.connection_id
        notification = connections._request_job("sync_inventory")
        if left_out:
            sentence = self.env._(
                "%(count)s quantities are sent now. %(left_out)s",
                count=len(pushed),
                left_out=left_out,
            )
            jobs = connections._get_job("sync_inventory")
            return connections._get_notification(sentence, "warning", jobs)
        return notification

    def _describe_left_out(self, reasons):
        """Return which cannot be pushed and why, the first of many; may be empty.

        :param dict reasons: why each of them cannot
        """
        sentences = [
            self.env._("%(sku)s cannot be pushed. %(why)s", sku=row.sku, why=reason)
            for row, reason in list(reasons.items())[:REASONS_SHOWN]
        ]
        if more := len(reasons) - len(sentences):
            sentences.append(self.env._("%s more cannot be pushed, either.", more))
        return " ".join(sentences)

    def action_retry(self):
        """Override to send what Amazon refused as well."""
        self.check_access("write")
        refused = self.filtered(lambda row: row.push_error or row.kept_note)
        refused.sudo().write(PUSHED_BY_HAND)
        notification = super().action_retry()
        if refused:
            return refused.connection_id._request_job("sync_inventory")
        return notification

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
    def _get_stocked_domain(self):
        """The listings of products of which the store's company has something."""
        stores = self.env["amazon.connection"].sudo().with_context(active_test=False)
        products = self.env["product.product"]
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("product_id", "any", products._get_amazon_stock_domain(company))
            for (company,) in stores._read_group([], ["company_id"])
        )

    @api.model
    def _get_offerable_domain(self):
        """The listings whose quantity Odoo may set, whatever the rules say."""
        return (
            self._get_stocked_domain()
            & self._get_merchant_domain()
            & Domain("sync_inventory", "=", True)
            & Domain("storefront_id.active", "=", True)
            & Domain("storefront_id.inventory_paused", "=", False)
        )

    @api.model
    def _get_syncable_domain(self):
        """The listings whose quantity Odoo may set."""
        never = (
            self.env["amazon.inventory.rule"]
            .sudo()
            .search([("rule_type", "=", "never")])
        )
        return self._get_offerable_domain() & ~get_never_synced_domain(never)

    def _get_not_synced_reason(self, rules=None):
        """Return why the quantity is never synced, or ``False``.

        :param InventoryRules rules: those of its connection, where they are at hand
        """
        _ = self.env._
        rules = rules or InventoryRules(self.connection_id)
        product = self.product_id
        no_stock = product and product._get_amazon_no_stock_reason(self.company_id)
        is_by_location = self.channel == "locations"
        is_removed = self.state == "removed"
        reasons = [
            (not product, _("No product is linked.")),
            (no_stock, no_stock),
            (self.channel == "amazon", _("Amazon fulfils it from its own stock.")),
            (
                is_by_location,
                _(
                    "Amazon keeps its quantity by location (%s), and one quantity for "
                    "all would wipe those. Keep it up in Seller Central.",
                    self.location_codes,
                ),
            ),
            (not self.is_tracked, _("Amazon keeps no quantity of it.")),
            (is_removed, _("It is not listed on Amazon any more.")),
            (not self.sync_inventory, _("Sync Inventory is off for this listing.")),
            (not self.storefront_id.active, _("Its storefront is not in use.")),
            (
                self.storefront_id.inventory_paused,
                _("The inventory of its storefront is paused."),
            ),
            (
                "never" in rules.get(self),
                _("A rule says that it is never synced."),
            ),
        ]
        return next((reason for applies, reason in reasons if applies), False)

    # === BUSINESS METHODS - HOW MANY === #

    def _is_push_needed(self, quantity):
        """Whether Amazon has, or may have, another quantity, and would take it."""
        if self._is_kept(quantity):
            return False
        return (
            quantity != self.amazon_quantity
            or self.is_push_forced
            or self.is_quantity_unknown
            or bool(self.push_error)
        )

    def _filter_push_needed(self, quantities):
        """Return those of which Amazon has, or may have, another quantity.

        :param dict quantities: ``{listing: units to offer}``
        """
        return self.filtered(lambda row: row._is_push_needed(quantities[row]))

    def _sort_out_unchanged(self, quantities, run):
        """Return those whose quantity Amazon has to be told of; the rest is settled.

        :param dict quantities: ``{listing: units to offer}``
        :param run: the ``amazon.history`` that is told what Amazon keeps
        """
        needed = self._filter_push_needed(quantities)
        unchanged = self - needed
        unchanged.write(
            {"to_push": False, "is_push_forced": False, "zero_state": False}
        )
        kept = unchanged.filtered(lambda row: row._is_kept(quantities[row]))
        kept._tell_kept(run)
        (unchanged - kept).filtered("differed_count").write(
            {"differed_count": 0, "kept_note": False}
        )
        return needed

    def _mark_taken(self, quantities):
        """Write down the quantities that Amazon took.

        :param dict quantities: ``{listing: units}``
        """
        now = fields.Datetime.now()
        groups = self.grouped(
            lambda row: (quantities[row], quantities[row] == row.sent_quantity)
        )
        for (units, is_same), rows in groups.items():
            values = ANSWERED | {
                "amazon_quantity": units,
                "quantity_seen_on": False,
                "pushed_on": now,
                "push_error": False,
            }
            if units:
                values["zeroed_on"] = False
            rows.write(values | rows._prepare_sent_vals(units, is_same))

    def _is_waiting_for_orders(self, quantity):
        """Whether more would be offered than Amazon has after it sold some.

        What Amazon was seen to take off itself is in orders that are to come; until
        they are read, Odoo's number is too high. So it is after a backup was restored,
        until a person says that the stock is right.
        """
        if self.is_push_forced:
            return False
        if self.connection_id.raises_wait:
            return quantity > self.amazon_quantity
        if not self.quantity_seen_on:
            return False
        read = self.connection_id.orders_synced_until
        is_read = bool(read) and read >= self.quantity_seen_on
        if is_read and self.connection_id.download_orders:
            return False
        return quantity > self.amazon_quantity

    def _get_quantities(self):
        """Return ``{listing: units to offer}``, worked out together for all of them."""
        parts = self._get_quantity_parts()
        rules = InventoryRules(self.connection_id)
        return {
            listing: listing._get_units_to_offer(parts[listing], rules)
            for listing in self
        }

    def _get_quantities_under_rules(self, rules=None):
        """Return ``{listing: units to offer}``, None for what is never synced.

        :param InventoryRules rules: that count; without, those that are saved
        """
        parts = self._get_quantity_parts()
        rules = rules or InventoryRules(self.connection_id)
        return {
            listing: None
            if "never" in rules.get(listing)
            else listing._get_units_to_offer(parts[listing], rules)
            for listing in self
        }

    def _get_quantity_parts(self):
        """Return ``{listing: parts}``, as :class:`AvailableQuantity` makes them out.

        The parts of a listing without product are empty.
        """
        parts = {}
        for storefronts in self.storefront_id._group_by_stock():
            listings = self.filtered(
                lambda row, fronts=storefronts: row.storefront_id in fronts
            )
            available = storefronts[0]._get_available_quantity()
            by_product = available.get(listings.product_id)
            parts |= {row: by_product.get(row.product_id, {}) for row in listings}
        # What is not saved yet may have none.
        return dict.fromkeys(self, {}) | parts

    def _get_units_to_offer(self, parts, rules):
        """Return how many are offered; none of an archived product.

        :param InventoryRules rules: those of its connection
        """
        if not self.product_id.active:
            return 0
        units = count_units(parts, self.units_per_listing)
        return apply_rules(units, rules.get(self))[0]
