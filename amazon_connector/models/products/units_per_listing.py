"""Packs: how many units of its product one unit of a listing is.

The one rule between what Amazon counts and what Odoo counts. Amazon counts listings
(2 packs), Odoo the products in them (12 pieces), in the product's unit of measure:

* an order takes the number of its storefront's listing with it, so that a later change
  of the listing concerns new orders only (``sale.order.line``);
* what is offered is what so many units make (:func:`count_whole`);
* of what leaves, whole packs are told, and what is left over counts as a part of one.
"""

from math import floor

from odoo.fields import Domain

from .product_resolver import is_one_of, reference_of

# Less than this is what computing with fractions leaves over.
NOTHING = 1e-6


def to_amazon(quantity, units_per_listing):
    """Return how many of Amazon's units a quantity of Odoo's is; may be a fraction."""
    return quantity / units_per_listing if units_per_listing != 1 else quantity


def to_odoo(units, units_per_listing):
    """Return the quantity in Odoo that so many of Amazon's units are."""
    quantity = units * units_per_listing
    # A part of a pack is a whole number of pieces.
    return round(quantity) if is_whole(quantity) else quantity


def count_whole(quantity, units_per_listing=1):
    """Return how many of Amazon's units a quantity of Odoo's makes, none for less."""
    return max(0, floor(to_amazon(quantity, units_per_listing) + NOTHING))


def is_whole(units):
    """Whether these are no part of a pack."""
    return abs(units - round(units)) < NOTHING


class UnitsPerListing:
    """What one unit of the listings of one connection is.

    :param connection: one ``amazon.connection``
    :param references: of the SKUs, as ``reference_of`` returns them
    """

    def __init__(self, connection, references):
        wanted = {reference for reference in references if reference}
        self._by_storefront, self._by_reference = {}, {}
        if not wanted:
            return
        listings = connection.env["amazon.listing"].search(
            Domain("connection_id", "=", connection.id)
            & Domain("is_parent", "=", False)
            & is_one_of("sku", wanted),
            order="id",
        )
        own = connection.marketplace_id
        # The last one stands for storefronts that do not list it.
        for listing in listings.sorted(
            lambda row: (not row.has_own_units, row.storefront_id.marketplace_id == own)
        ):
            reference, units = reference_of(listing), listing.units_per_listing
            self._by_storefront[listing.storefront_id, reference] = units
            self._by_reference[reference] = units

    def get(self, reference, storefront):
        """Return the number of units, 1 where nobody said another.

        :param reference: as ``reference_of`` returns it
        :param storefront: where it was bought; where it is not listed there (any more),
            the connection's own marketplace counts
        """
        other = self._by_reference.get(reference, 1)
        return self._by_storefront.get((storefront, reference), other)
