"""From Amazon's documents to listing rows: what is new, changed, or unreadable."""

from datetime import timedelta

from odoo import fields

from ...spapi.listings import parse_listing

# Amazon may show an old quantity for a while after it took a new one.
OLD_QUANTITY_SHOWN_FOR = timedelta(minutes=15)
# What changes all the time and concerns no product.
FIELDS_OF_NO_PRODUCT = {
    "last_updated",
    "amazon_quantity",
    "quantity_seen_on",
    "is_tracked",
    "amazon_issues",
    "issue_severity",
}


class ListingInbox:
    """Keeps Amazon's documents of one storefront as ``amazon.listing`` rows.

    :param storefront: ``amazon.storefront``
    :param run: the ``amazon.history`` row that counts and reports
    """

    def __init__(self, storefront, run):
        self.env = storefront.env
        self.storefront = storefront
        self.run = run

    def store(self, documents):
        """Create and update the rows; mark (``to_process``) what concerns a product.

        :param documents: item documents (dict) of Listings Items 2021-08-01
        """
        model = self.env["amazon.listing"]
        listings = self._parse(documents)
        rows = model.search(
            [
                ("storefront_id", "=", self.storefront.id),
                ("sku", "in", list(listings)),
            ]
        )
        known = {row.sku: row for row in rows}
        currencies = self._find_currencies(listings.values())
        new = []
        for sku, listing in listings.items():
            values = model._prepare_listing_vals(listing, currencies)
            if row := known.get(sku):
                self._update(row, values)
            else:
                new.append(values | {"storefront_id": self.storefront.id, "sku": sku})
        self.run._count(seen=len(documents), created=len(new))
        (rows | model.create(new)).checked_on = fields.Datetime.now()

    def _parse(self, documents):
        """Return ``{sku: spapi.listings.Listing}``; report which cannot be read."""
        place = self.storefront.marketplace_id
        marketplace, language = place.amazon_marketplace_id, place.language or ""
        listings = {}
        for document in documents:
            try:
                listing = parse_listing(document, marketplace, language)
            except ValueError as error:
                self.run._error(
                    self.env._(
                        "Listing %(sku)s cannot be read: %(why)s It is read again "
                        "when Amazon changes it.",
                        sku=str(document.get("sku"))[:40],
                        why=error,
                    ),
                    self.storefront.connection_id,
                )
            else:
                listings[listing.sku] = listing
        return listings

    def _find_currencies(self, listings):
        """Return ``{ISO code: res.currency id}``, the archived ones among them."""
        names = {listing.price.currency for listing in listings if listing.price}
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "in", list(names))])
        return {currency.name: currency.id for currency in found}

    def _update(self, row, values):
        """Write what differs; mark the row when it concerns the product."""
        changes = self._get_changes(row, values)
        if "amazon_quantity" in changes:
            changes["quantity_seen_on"] = fields.Datetime.now()
        if changes.keys() - {"last_updated"}:
            self.run._count(updated=1)
            if changes.keys() - FIELDS_OF_NO_PRODUCT:
                changes["to_process"] = True
        else:
            self.run._count(unchanged=1)
        if changes:
            row.write(changes)

    def _get_changes(self, row, values):
        pushed_on = row.pushed_on
        if pushed_on and pushed_on > fields.Datetime.now() - OLD_QUANTITY_SHOWN_FOR:
            values = {k: v for k, v in values.items() if k != "amazon_quantity"}
        current = row._convert_to_write({name: row[name] for name in values})
        return {
            name: value
            for name, value in values.items()
            if (current[name] or False) != (value or False)
        }
