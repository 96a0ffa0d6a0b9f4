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

    def change_order(self, order_id, partial=None, status=None, age_seconds=0):
        """Merge a partial document, or bring the order into a status."""
        body = {**(partial or {}), "age_seconds": age_seconds}
        if status is not None:
            body["status"] = status
        return self._call("PATCH", f"/orders/{order_id}", body=body)

    def cancel_item(self, order_id, order_item_id, **how):
        """Cancel units of an item: quantity, cancelled_by, reason, age_seconds."""
        body = {"order_item_id": order_item_id, **how}
        return self._call("POST", f"/orders/{order_id}/cancellation", body=body)

    def request_cancellation(self, order_id, **how):
        """Have the buyer ask to cancel: order_item_id (or all), reason, age_seconds."""
        path = f"/orders/{order_id}/cancellation-request"
        return self._call("POST", path, body=how)

    def change_address(self, order_id, **parts):
        """Change parts of the delivery address, named as in an order."""
        return self._call("PATCH", f"/orders/{order_id}/address", body=parts)

    def replace_order(self, order_id, **how):
        """Add an order that replaces this one: association."""
        return self._call("POST", f"/orders/{order_id}/replacement", body=how)

    def set_restricted_roles(self, seller_id, granted):
        """Give or take the roles that show personal data."""
        path = f"/accounts/{seller_id}/restricted-roles"
        return self._call("PATCH", path, body={"granted": granted})
