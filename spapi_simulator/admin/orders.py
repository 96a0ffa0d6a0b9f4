"""Orders by way of the admin interface."""

from .connection import Connection


class OrdersAdmin(Connection):
    """Looks at, generates and changes orders."""

    def orders(self, seller_id=None, status=None, limit=None, offset=None):
        """Full order documents."""
        params = {
            "seller_id": seller_id,
            "status": status,
            "limit": limit,
            "offset": offset,
        }
        return self._call("GET", "/orders", params)["orders"]

    def order(self, order_id):
        """One full order document."""
        return self._call("GET", f"/orders/{order_id}")

    def create_orders(self, seller_id, **wishes):
        """Generate orders: count, status, lines, marketplace_id, age_seconds, ..."""
        body = {"seller_id": seller_id, **wishes}
        return self._call("POST", "/orders", body=body)["orders"]

    def create_order(self, seller_id, **wishes):
        """Generate one order."""
        return self.create_orders(seller_id, **wishes)[0]

    def change_order(self, order_id, partial=None, status=None):
        """Merge a partial document, or bring the order into a status."""
        body = dict(partial or {})
        if status is not None:
            body["status"] = status
        return self._call("PATCH", f"/orders/{order_id}", body=body)
