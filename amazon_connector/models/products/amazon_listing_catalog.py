"""What is still to be asked about a listing, and what Amazon's catalogue says of it."""

from dataclasses import asdict

from odoo import api, fields, models


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    details_pending = fields.Boolean(
        readonly=True,
        help="Only the report of all listings names it so far, or does not name it "
        "any more: Amazon is still to be asked for it by its SKU.",
    )
    catalog_pending = fields.Boolean(
        readonly=True, help="Amazon's catalogue is still to be asked for the article."
    )
    # As spapi.catalog.CatalogItem has them: {identifiers: [{kind, value}], images:
    # [{variant, url, width, height}]}.
    catalog = fields.Json(
        readonly=True, help="What Amazon's catalogue says of the article."
    )

    _details_pending_idx = models.Index(
        "(connection_id, sku) WHERE details_pending IS TRUE"
    )
    _catalog_pending_idx = models.Index(
        "(storefront_id, asin) WHERE catalog_pending IS TRUE"
    )

    # === BUSINESS METHODS - DETAILS === #

    def _get_spellings(self):
        """Return how Amazon may spell the SKU, to be tried in this order.

        The report may have blanks around one that Amazon spells without.
        """
        is_reported = self.details_pending and not self.last_updated
        return [*dict.fromkeys([self.sku, self.sku.strip()][: 1 + is_reported])]

    def _set_checked(self):
        """Amazon was asked for them by SKU, whatever it said."""
        self.write({"details_pending": False, "checked_on": fields.Datetime.now()})

    def _keep_as_reported(self, run):
        """Take over what the report says of them: Amazon itself shows none of it."""
        self._set_checked()
        self.to_process = True
        for row in self:
            reason = self.env._(
                "Amazon's report of all listings names it, but asked for it, Amazon "
                "does not show it. What the report says of it was taken over."
            )
            run._warn(row._get_message(reason), row)

    # === BUSINESS METHODS - CATALOGUE === #

    def _store_catalog_item(self, item):
        """Keep what the catalogue says of the article of these listings.

        :param item: ``spapi.catalog.CatalogItem``; ``None`` where Amazon knows none
        """
        catalog = item and {
            "identifiers": [asdict(one) for one in item.identifiers],
            "images": [asdict(one) for one in item.images],
        }
        changed = self.filtered(lambda row: (row.catalog or None) != catalog)
        first = changed.filtered(lambda row: row.reflected and not row.catalog)
        known = {row: row._get_amazon_values() for row in first}
        (self - changed).catalog_pending = False
        # The product follows it where the listing says less.
        changed.write(
            {"catalog": catalog or False, "catalog_pending": False, "to_process": True}
        )
        for row, values in known.items():
            row._keep_set_by_hand(values)

    def _keep_set_by_hand(self, values):
        """Amazon changed nothing by telling of the article late: a product keeps what
        a person gave it meanwhile, and is given what it lacks.

        :param dict values: what Amazon said before, see ``_get_amazon_values``
        """
        has = {
            "barcode": bool(self.product_id.barcode),
            "image": bool(self.product_id.image_128),
        }
        told = self._get_amazon_values()
        kept = {
            name: told[name]
            for name in has
            if has[name] and values[name] == self.reflected.get(name, False)
        }
        self.reflected = {**self.reflected, **kept}

    # === BUSINESS METHODS - REPORT === #

    @api.model
    def _prepare_reported_listing_vals(self, storefront, row):
        """Return the values of a listing of which only the report tells so far.

        :param row: ``spapi.reports.ReportedListing``
        """
        return {
            "storefront_id": storefront.id,
            "sku": row.sku,
            "asin": row.asin,
            "title": row.title,
            "state": "active" if row.status == "active" else "inactive",
            "channel": row.channel or "merchant",
            "price": float(row.price or 0),
            "currency_id": storefront.currency_id.id if row.price else False,
            "amazon_quantity": row.quantity or 0,
            "is_tracked": row.quantity is not None,
            "details_pending": True,
            "to_process": False,
        }
