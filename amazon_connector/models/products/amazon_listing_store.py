"""From Amazon's documents to listing rows: what is new, changed, or unreadable."""

from datetime import timedelta

from odoo import api, fields, models

from ...spapi.listings import parse_listing
from ...tools import naive_utc

# Amazon may show an old quantity for a while after it took a new one.
PUSH_SETTLES = timedelta(minutes=15)
# What changes all the time and concerns no product.
NOT_OF_PRODUCT = {
    "last_updated",
    "amazon_quantity",
    "quantity_seen_on",
    "is_tracked",
}


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    # === BUSINESS METHODS - STORE === #

    @api.model
    def _store_documents(self, storefront, documents, run):
        """Keep a page of ``searchListingsItems`` as rows; mark what changed.

        :param documents: item documents (dict) of Listings Items 2021-08-01
        """
        listings = self._understood(storefront, documents, run)
        rows = self.search(
            [("storefront_id", "=", storefront.id), ("sku", "in", list(listings))]
        )
        known = {row.sku: row for row in rows}
        currencies = self._currencies(listings.values())
        new = []
        for sku, listing in listings.items():
            values = self._listing_values(listing, currencies)
            if row := known.get(sku):
                row._update_from(values, run)
            else:
                new.append(values | {"storefront_id": storefront.id, "sku": sku})
        run._count(seen=len(documents), created=len(new))
        (rows | self.create(new)).checked_on = fields.Datetime.now()

    def _understood(self, storefront, documents, run):
        """Return ``{sku: spapi.listings.Listing}``; tell which cannot be read."""
        marketplace = storefront.marketplace_id.amazon_marketplace_id
        listings = {}
        for document in documents:
            try:
                listing = parse_listing(document, marketplace)
            except ValueError as error:
                run._error(
                    self.env._(
                        "Listing %(sku)s cannot be read: %(why)s It is read again "
                        "when Amazon changes it.",
                        sku=str(document.get("sku"))[:40],
                        why=error,
                    ),
                    storefront.connection_id,
                )
            else:
                listings[listing.sku] = listing
        return listings

    @api.model
    def _currencies(self, listings):
        names = {listing.price.currency for listing in listings if listing.price}
        found = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", list(names))])
        )
        return {currency.name: currency.id for currency in found}

    @api.model
    def _listing_values(self, listing, currencies):
        price = listing.price
        return {
            "asin": listing.asin,
            "title": listing.title,
            "state": "active" if "buyable" in listing.statuses else "inactive",
            "channel": listing.channel,
            "price": float(price.amount) if price else 0.0,
            "currency_id": currencies.get(price.currency, False) if price else False,
            "amazon_quantity": listing.quantity or 0,
            "is_tracked": listing.quantity is not None,
            "barcode": listing.barcode,
            "image_url": listing.image_url,
            "product_type": listing.product_type,
            "is_parent": listing.is_parent,
            "parent_sku": listing.parent_sku,
            "last_updated": naive_utc(listing.last_updated),
        }

    def _update_from(self, values, run):
        """Write what differs; mark the row when it concerns the product."""
        if self.pushed_on and self.pushed_on > fields.Datetime.now() - PUSH_SETTLES:
            values = {k: v for k, v in values.items() if k != "amazon_quantity"}
        current = self._convert_to_write({name: self[name] for name in values})
        changes = {
            name: value
            for name, value in values.items()
            if (current[name] or False) != (value or False)
        }
        if "amazon_quantity" in changes:
            changes["quantity_seen_on"] = fields.Datetime.now()
        if changes.keys() - {"last_updated"}:
            run._count(updated=1)
            if changes.keys() - NOT_OF_PRODUCT:
                changes["to_process"] = True
        else:
            run._count(unchanged=1)
        if changes:
            self.write(changes)

    def _mark_removed(self, run):
        """Amazon does not list them any more: nothing is deleted in Odoo."""
        for row in self.filtered(lambda row: row.state != "removed"):
            row.state = "removed"
            run._count(updated=1)
            run._note(
                self.env._(
                    "%(sku)s is not listed in %(storefront)s any more.",
                    sku=row.sku,
                    storefront=row.storefront_id.display_name,
                )
            )
