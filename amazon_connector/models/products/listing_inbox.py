"""From Amazon's documents to listing rows: what is new, changed, or unreadable."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

from ...spapi.catalog import is_catalog_needed
from ...spapi.json_fields import blocks_at
from ...spapi.listings import parse_listing
from .product_resolver import is_one_of

# Amazon may show an old quantity for a while after it took a new one.
OLD_QUANTITY_SHOWN_FOR = timedelta(minutes=15)
# What is read again, since downloads overlap, writes nothing.
SHOWN_NOTED_FOR = timedelta(hours=1)
# What changes all the time and concerns no product.
FIELDS_OF_NO_PRODUCT = {
    "last_updated",
    "amazon_quantity",
    "quantity_seen_on",
    "is_tracked",
    "location_codes",
    "amazon_issues",
    "issue_severity",
    "left_out",
    "details_pending",
    "catalog_pending",
}
# What a row keeps where Amazon's value cannot be read.
FIELDS_OF_VALUE = {
    "price": ("price", "currency_id"),
    "quantity": ("amazon_quantity", "is_tracked"),
}
# Where several marketplaces are asked for at once, Amazon does not say of which one
# these are; the report does.
FIELDS_OF_NO_MARKETPLACE = {
    "channel",
    "location_codes",
    "amazon_quantity",
    "is_tracked",
}
# Where one of these changes, the article may be another one.
FIELDS_OF_THE_ARTICLE = {"asin", "barcode", "image_url"}


class ListingInbox:
    """Keeps Amazon's documents of one storefront as ``amazon.listing`` rows.

    :param storefront: ``amazon.storefront``
    :param run: the ``amazon.history`` row that counts and reports
    """

    def __init__(self, storefront, run):
        self.env = storefront.env
        self.storefront = storefront
        self.run = run

    def store(self, documents, is_shared=False):
        """Create and update the rows; mark (``to_process``) what concerns a product.

        :param documents: item documents (dict) of Listings Items 2021-08-01
        :param bool is_shared: several marketplaces were asked for at once; what is
            not listed in this one is left out
        :return: the rows of the documents that could be read
        """
        model = self.env["amazon.listing"]
        if is_shared:
            documents = list(filter(self._is_listed, documents))
        listings = self._parse(documents)
        lacking = self._find_lacking(documents, listings)
        known = self._find_known(listings)
        rows = model.union(*known.values())
        currencies = self._find_currencies(listings.values())
        new, warned = [], []
        for sku, listing in listings.items():
            values = model._prepare_listing_vals(listing, currencies)
            values["left_out"] = self._describe_left_out(listing)
            if is_shared:
                for name in FIELDS_OF_NO_MARKETPLACE:
                    del values[name]
            row = known.get(sku)
            if values["left_out"] != (row and row.left_out or ""):
                warned.append(sku)
            if row:
                values["sku"] = sku
                values = self._drop_unreadable(listing, values)
                self._update(row, values, sku in lacking)
                if is_shared and row.channel == "merchant" and not row.is_tracked:
                    # The report had no usable quantity of it: ask there alone.
                    row.details_pending = True
            elif not is_shared:
                new.append(
                    values
                    | {
                        "storefront_id": self.storefront.id,
                        "sku": sku,
                        "catalog_pending": sku in lacking,
                    }
                )
        self.run._count(seen=len(documents), created=len(new))
        rows |= model.create(new)
        self._set_checked(rows)
        for row in rows.filtered(lambda row: row.left_out and row.sku in warned):
            self.run._warn(row._get_message(row.left_out), row)
        return rows

    def _find_known(self, skus):
        """Return ``{sku: row}``.

        What only the report told of is spelled as Amazon itself does from now on: the
        report may have other blanks around it.
        """
        model = self.env["amazon.listing"]
        rows = model.search(
            [("storefront_id", "=", self.storefront.id), ("sku", "in", list(skus))]
        )
        known = {row.sku: row for row in rows}
        new = {sku.strip(): sku for sku in skus if sku not in known}
        if new:
            reported = model.search(
                # The index by references begins with the connection.
                Domain("connection_id", "=", self.storefront.connection_id.id)
                & Domain("storefront_id", "=", self.storefront.id)
                & is_one_of("sku", new)
                & Domain("last_updated", "=", False)
            )
            known |= {new[row.sku.strip()]: row for row in reported - rows}
        return known

    def _set_checked(self, rows):
        """Note that Amazon showed them, unless that was noted a short while ago."""
        now = fields.Datetime.now()
        noted = rows.filtered(
            lambda row: row.checked_on and row.checked_on > now - SHOWN_NOTED_FOR
        )
        (rows - noted).checked_on = now

    def _is_listed(self, document):
        """Whether a document says anything of this marketplace."""
        marketplace = self.storefront.marketplace_id.amazon_marketplace_id
        return any(
            summary.get("marketplaceId") == marketplace
            for summary in blocks_at(document, "summaries")
        )

    def _find_lacking(self, documents, listings):
        """Return the SKUs of which the catalogue is to be asked.

        Of a SKU in several storefronts it is asked in the connection's own alone: that
        one decides what its product looks like.
        """
        lacking = {
            document["sku"]
            for document in documents
            if (listing := listings.get(document.get("sku")))
            and is_catalog_needed(document, listing)
        }
        connection = self.storefront.connection_id
        if lacking and self.storefront.marketplace_id != connection.marketplace_id:
            leading = self.env["amazon.listing"].search_fetch(
                [
                    ("connection_id", "=", connection.id),
                    ("sku", "in", list(lacking)),
                    ("state", "!=", "removed"),
                    ("storefront_id.active", "=", True),
                    (
                        "storefront_id.marketplace_id",
                        "=",
                        connection.marketplace_id.id,
                    ),
                ],
                ["sku"],
            )
            lacking -= set(leading.mapped("sku"))
        return lacking

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

    def _describe_left_out(self, listing):
        """Return what of a listing could not be taken over as it came, "" for nothing.

        :param listing: ``spapi.listings.Listing``
        """
        told = list(listing.unreadable.values())
        if listing.cleaned:
            told.append(
                self.env._(
                    "Texts that cannot be stored as Amazon sent them were cleaned or "
                    "shortened: %s.",
                    ", ".join(listing.cleaned),
                )
            )
        if told:
            told.append(self.env._("Correct it in Seller Central."))
        return " ".join(told)

    def _drop_unreadable(self, listing, values):
        """Return the values but those that could not be read."""
        dropped = {
            field
            for name in listing.unreadable
            if not getattr(listing, name)
            for field in FIELDS_OF_VALUE.get(name, (name,))
        }
        return {k: v for k, v in values.items() if k not in dropped}

    def _find_currencies(self, listings):
        """Return ``{ISO code: res.currency id}``, the archived ones among them."""
        names = {listing.price.currency for listing in listings if listing.price}
        found = self.storefront.currency_id
        if others := names - set(found.mapped("name")):
            currencies = self.env["res.currency"].with_context(active_test=False)
            found |= currencies.search([("name", "in", list(others))])
        return {currency.name: currency.id for currency in found}

    def _update(self, row, values, is_lacking):
        """Write what differs; mark the row when it concerns the product.

        :param bool is_lacking: whether the listing lacks what the catalogue may have
        """
        changes = self._get_changes(row, values)
        # Only the report told of it so far, which counted it as created.
        is_new = not row.checked_on
        if "amazon_quantity" in changes and not is_new:
            changes["quantity_seen_on"] = fields.Datetime.now()
        if is_new:
            changes["to_process"] = True
        elif changes.keys() - {"last_updated"}:
            self.run._count(updated=1)
            if changes.keys() - FIELDS_OF_NO_PRODUCT:
                changes["to_process"] = True
        else:
            self.run._count(unchanged=1)
        if is_lacking and (is_new or changes.keys() & FIELDS_OF_THE_ARTICLE):
            changes["catalog_pending"] = True
        if row.details_pending:
            changes["details_pending"] = False
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
