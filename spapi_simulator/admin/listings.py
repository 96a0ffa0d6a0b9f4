"""Listings by way of the admin interface."""

from urllib.parse import quote

from .connection import Connection


class ListingsAdmin(Connection):
    """Looks at, creates, changes and deletes listings; all takes effect at once."""

    def listings(self, seller_id=None, search=None, limit=None, offset=None):
        """Listings in short: sku, product_type, marketplaces [{asin, title, ...}]."""
        params = {
            "seller_id": seller_id,
            "search": search,
            "limit": limit,
            "offset": offset,
        }
        return self._call("GET", "/listings", params)["listings"]

    def listing(self, sku, seller_id=None):
        """One listing with all its attributes."""
        return self._call("GET", _path(sku), {"seller_id": seller_id})

    def create_listing(self, seller_id, sku, **wishes):
        """product_type, title, price, quantity, attributes, marketplace_ids."""
        body = {"seller_id": seller_id, "sku": sku, **wishes}
        return self._call("POST", "/listings", body=body)

    def change_listing(self, sku, **wishes):
        """title, price, quantity, attributes, marketplace_ids, seller_id."""
        return self._call("PATCH", _path(sku), body=wishes)

    def delete_listing(self, sku, seller_id=None):
        """Delete a listing in all marketplaces."""
        self._call("DELETE", _path(sku), {"seller_id": seller_id})


def _path(sku):
    return "/listings/" + quote(sku, safe="")
