"""Delivered notifications, by the admin interface."""

from .connection import Connection


class NotificationsAdmin(Connection):
    """Reads what was delivered to the destinations of the application."""

    def notifications(self, destination_id=None, type=None, seller_id=None, limit=None):
        """What was delivered, oldest first: {time, type, ..., notification}."""
        params = {
            "destination_id": destination_id,
            "type": type,
            "seller_id": seller_id,
            "limit": limit,
        }
        return self._call("GET", "/notifications", params)["notifications"]

    def clear_notifications(self):
        """Forget what was delivered."""
        self._call("DELETE", "/notifications")

    def subscriptions(self):
        """{"destinations": [...], "subscriptions": [...]} of all accounts."""
        return self._call("GET", "/subscriptions")
