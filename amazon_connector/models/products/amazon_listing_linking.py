"""Listings are linked by hand: suggestions, many at once, new products, one for all
storefronts of a SKU."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...spapi.barcodes import get_number
from ...tools import prepare_title
from .product_resolver import ProductResolver, reference_of
from .product_suggestions import ProductSuggestions
from .product_sync import ProductSync

LISTINGS_NAMED = 5


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    suggested_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Suggestion",
        compute="_compute_suggestion",
        help="The product that the SKU could stand for.",
    )
    suggestion_reason = fields.Char(
        string="Why",
        compute="_compute_suggestion",
        help="Why the product is suggested, or which ones could be meant.",
    )
    marketplace_ids = fields.Many2many(
        comodel_name="amazon.marketplace",
        string="Storefronts",
        compute="_compute_marketplace_ids",
        help="Where the store lists the SKU.",
    )
    product_image = fields.Image(related="product_id.image_128", string="Product Image")

    # === COMPUTE METHODS === #

    @api.depends("sku", "asin", "title", "barcode", "product_id", "is_parent", "state")
    @api.depends_context("lang", "uid")
    def _compute_suggestion(self):
        suggestions = ProductSuggestions(self).find()
        for listing in self:
            suggestion = suggestions.get(listing)
            listing.suggested_product_id = suggestion and suggestion.product
            listing.suggestion_reason = suggestion and suggestion.reason

    @api.depends("sku", "connection_id", "state")
    def _compute_marketplace_ids(self):
        by_sku = self._get_listings_by_sku()
        for listing in self:
            shown = by_sku.get(listing.sku, listing).filtered(
                lambda row, listing=listing: (
                    row.connection_id == listing.connection_id
                    and row.product_id == listing.product_id
                    and row.state != "removed"
                )
            )
            listing.marketplace_ids = (shown or listing).storefront_id.marketplace_id

    # === ACTION METHODS === #

    def action_link_suggested(self):
        """Link each of the listings to the product that is suggested for it.

        A row's own button says which one the person saw (``amazon_product_id``).
        """
        self.check_access("write")
        seen = self.env.context.get("amazon_product_id")
        if seen and len(self) == 1:
            products = {self: self.env["product.product"].browse(seen)}
        else:
            products = {
                listing: listing.suggested_product_id
                for listing in self
                if listing.suggested_product_id
            }
        if not products:
            raise UserError(
                self.env._(
                    "No single product is suggested for these listings. Choose it in "
                    "the Product column, or press Create Product."
                )
            )
        self.env["product.product"].union(*products.values()).check_access("read")
        self._link_products(products)
        linked = self.browse().union(*products)
        return self._tell_linked(linked)

    def action_create_product(self):
        """Create the product of each listing that has none: storable, as on Amazon.

        :raise UserError: when none could be created, with the reasons
        """
        self.check_access("write")
        if not self.env["product.product"].has_access("create"):
            raise AccessError(
                self.env._(
                    "You may not create products. Ask somebody who may, or link the "
                    "listings to products that are there."
                )
            )
        reasons = self._get_creation_refusals()
        wanted = self.filtered(lambda row: row not in reasons)
        created = self.browse()
        for connection, listings in wanted.grouped("connection_id").items():
            created |= listings._create_products(connection)
        reasons |= created._get_missing_barcodes()
        told = "\n".join(
            f"{listing.sku}: {reason}"
            for listing, reason in list(reasons.items())[:LISTINGS_NAMED]
        )
        if not created:
            raise UserError(told or self.env._("Choose the listings first."))
        message = self.env._("Products created: %s.", len(created.product_id))
        return self._notify(message, told)

    def action_open_product(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
        }

    def action_fetch(self):
        """Have the listings of all stores downloaded now, in the background.

        The button needs no selection.
        """
        self.browse().check_access("write")
        # An inactive one is not found.
        connections = self.env["amazon.connection"].search([])
        working = connections.filtered(
            lambda one: one._is_connected() and one.environment == "production"
        )
        if not working:
            raise UserError(self.env._("No store is connected. Connect one first."))
        return working._request_job("download_products")

    # === BUSINESS METHODS - SUGGESTIONS === #

    def _tell_linked(self, linked):
        """Return the notification that says what became of these listings."""
        message = self.env._(
            "Linked: %s.",
            ", ".join(
                f"{listing.sku} → {listing.product_id.display_name}"
                for listing in linked[:LISTINGS_NAMED]
            )
            + (" …" if len(linked) > LISTINGS_NAMED else ""),
        )
        left = len(self.filtered(lambda row: row._is_product_missing()))
        told = left and self.env._("Without a suggestion, so not linked: %s.", left)
        return self._notify(message, told)

    def _notify(self, message, warning):
        """Return the notification of what was done, and what was not, if anything."""
        return self.env["amazon.connection"]._get_notification(
            f"{message}\n{warning}" if warning else message,
            "warning" if warning else "success",
        )

    # === BUSINESS METHODS - NEW PRODUCTS === #

    def _get_creation_refusals(self):
        """Return ``{listing: why no product is created for it}``."""
        _ = self.env._
        matches = {
            connection: ProductResolver(connection.sudo()).resolve(
                map(reference_of, listings)
            )
            for connection, listings in self.grouped("connection_id").items()
        }
        reasons = {}
        for listing in self:
            match = matches[listing.connection_id][reference_of(listing)]
            if listing.product_id:
                reasons[listing] = _("A product is linked already.")
            elif listing.is_parent:
                reasons[listing] = _("It only holds variants together.")
            elif listing.details_pending:
                reasons[listing] = _(
                    "Amazon is still asked for its details. Try again in some minutes."
                )
            elif listing.state == "removed":
                reasons[listing] = _("It is not listed on Amazon any more.")
            elif match.candidates:
                reasons[listing] = _(
                    "%s has this internal reference already. Link that one, or change "
                    "its reference.",
                    match.candidates[0].display_name,
                )
        return reasons

    def _get_missing_barcodes(self):
        """Return ``{listing: why its new product has not got its barcode}``."""
        return {
            listing: self.env._(
                "Its barcode %s belongs to something else already, so the product has "
                "none.",
                barcode,
            )
            for listing in self._get_one_per_sku()
            if (barcode := listing._get_barcode())
            and get_number(barcode) != get_number(listing.product_id.barcode)
        }

    def _create_products(self, connection):
        """Create the products and link them, for all storefronts of each SKU.

        :return: these listings, and those of the same SKUs that were linked as well
        """
        rows = self.sudo().with_company(connection.company_id)
        by_sku = rows._get_listings_by_sku()
        missing = rows.union(*by_sku.values()).filtered(
            lambda row: row.connection_id == connection and row._is_product_missing()
        )
        ProductSync(missing._get_one_per_sku(), None).create_products()
        for listing in missing.filtered("product_id"):
            family = (by_sku[listing.sku] & missing) - listing
            for other in family.filtered(lambda row: not row.product_id):
                other._link_product(listing.product_id, listing)
            # With Download Products off nothing else would ask for it.
            listing._want_images()
        missing.write({"error": False, "to_process": True})
        connection._get_job("download_orders")._wake()
        connection._get_job("download_products")._request()
        return missing.filtered("product_id").with_env(self.env)

    # === BUSINESS METHODS - ONE ROW PER SKU === #

    def _get_one_per_sku(self):
        """Return of each SKU and product the listing that stands for all storefronts.

        That is the connection's own marketplace where it is listed there.
        """
        ranked = self.sorted(
            lambda row: (
                row.sku.strip(),
                row.state == "removed",
                row.storefront_id.marketplace_id != row.connection_id.marketplace_id,
                row.storefront_id.id,
            )
        )
        groups = ranked.grouped(
            lambda row: (row.connection_id, row.sku.strip(), row.product_id)
        )
        return self.browse().union(*(rows[0] for rows in groups.values()))

    @api.model
    def _get_action(self, domain, name):
        """Return the action that shows the listings of a domain under a name."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_listing_action"
        )
        title = self.env._("Listings of %s", name)
        shown = {"domain": domain, "context": {}}
        return action | shown | prepare_title(title)
