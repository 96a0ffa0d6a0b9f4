"""Amazon's prices in a pricelist of Odoo, where a storefront has one.

One fixed price for each variant: that of the listing that leads, for one unit. It
follows Amazon like everything else: written when Amazon's value differs from the one
that was written last (``pricelist_followed``), so that what a person changed, or took
away, stays until then. Nothing of the pricelist goes to Amazon.
"""

from odoo.fields import Domain

from .units_per_listing import to_amazon


class StorefrontPrices:
    """Brings the prices of a batch of listings to the pricelists of their storefronts.

    :param listings: ``amazon.listing`` rows of one connection
    :param run: the ``amazon.history`` row that reports
    """

    def __init__(self, listings, run):
        self.env = listings.env
        self.run = run
        self.connection = listings.connection_id
        self.listings = listings.filtered("storefront_id.pricelist_id")

    def update(self):
        """Write the prices that changed, with a few statements for all of them."""
        if not (self.listings and self.connection.download_products):
            return
        self._tell_of_currencies()
        wanted = {}
        for listing in self._find_leading():
            followed = self._get_followed(listing)
            if followed != listing.pricelist_followed:
                wanted[listing] = followed
        items = self._find_items(wanted)
        missing = []
        for listing, followed in wanted.items():
            key = (listing.storefront_id.pricelist_id, listing.product_id)
            if item := items.get(key):
                item.fixed_price = followed["price"]
            else:
                missing.append(self._prepare_item_vals(listing, followed["price"]))
            listing.pricelist_followed = followed
        self.env["product.pricelist.item"].create(missing)

    def _tell_of_currencies(self):
        """Say once which pricelist none of the prices can come into."""
        for storefront in self.listings.storefront_id:
            pricelist = storefront.pricelist_id
            foreign = self.listings.filtered(
                lambda row, it=storefront: (
                    row.storefront_id == it
                    and row.price
                    and row.currency_id != it.pricelist_id.currency_id
                )
            ).currency_id[:1]
            if foreign:
                storefront._say_once(
                    self.env._(
                        "Amazon's prices of %(storefront)s are in %(currency)s, and "
                        "the pricelist %(pricelist)s is in %(other)s: they are not "
                        "written there. Choose a pricelist in %(currency)s.",
                        storefront=storefront.display_name,
                        currency=foreign.name,
                        pricelist=pricelist.name,
                        other=pricelist.currency_id.name,
                    ),
                    self.run._warn,
                )

    def _find_leading(self):
        """Return of each pricelist and product of the batch the listing that leads.

        A single unit leads before a pack, the connection's own marketplace before
        others.
        """
        pricelists = self.listings.storefront_id.pricelist_id
        found = self.env["amazon.listing"].search(
            Domain("connection_id", "=", self.connection.id)
            & Domain("storefront_id.active", "=", True)
            & Domain("storefront_id.pricelist_id", "in", pricelists.ids)
            & Domain("product_id", "in", self.listings.product_id.ids)
            & Domain("state", "!=", "removed")
            & Domain("price", ">", 0)
        )
        own = self.connection.marketplace_id
        ranked = found.filtered(
            lambda row: row.currency_id == row.storefront_id.pricelist_id.currency_id
        ).sorted(
            lambda row: (
                row.units_per_listing,
                row.storefront_id.marketplace_id != own,
                row.storefront_id.id,
                row.id,
            )
        )
        groups = ranked.grouped(
            lambda row: (row.storefront_id.pricelist_id, row.product_id)
        )
        return [rows[0] for rows in groups.values()]

    def _get_followed(self, listing):
        """Return what the pricelist is to show of a listing, as it is remembered."""
        price = to_amazon(listing.price, listing.units_per_listing)
        return {
            "pricelist": listing.storefront_id.pricelist_id.id,
            "product": listing.product_id.id,
            "price": listing.currency_id.round(price),
        }

    def _find_items(self, listings):
        """Return ``{(pricelist, product): its fixed price}`` without other conditions.

        :param listings: iterable of ``amazon.listing``
        """
        rows = self.env["amazon.listing"].union(*listings)
        found = self.env["product.pricelist.item"].search(
            Domain("pricelist_id", "in", rows.storefront_id.pricelist_id.ids)
            & Domain("product_id", "in", rows.product_id.ids)
            & Domain("applied_on", "=", "0_product_variant")
            & Domain("compute_price", "=", "fixed")
            & Domain("min_quantity", "=", 0)
            & Domain("date_start", "=", False)
            & Domain("date_end", "=", False)
        )
        groups = found.grouped(lambda item: (item.pricelist_id, item.product_id))
        return {key: items[0] for key, items in groups.items()}

    def _prepare_item_vals(self, listing, price):
        """Return the values of the fixed price of a listing's variant."""
        return {
            "pricelist_id": listing.storefront_id.pricelist_id.id,
            "applied_on": "0_product_variant",
            "product_tmpl_id": listing.product_tmpl_id.id,
            "product_id": listing.product_id.id,
            "compute_price": "fixed",
            "fixed_price": price,
        }
