"""Accounts, their authorisation and the application, by the admin interface."""

from .connection import Connection


class AccountsAdmin(Connection):
    """Looks at accounts; withdraws and restores what they allow."""

    def accounts(self):
        """The accounts with their credentials and what they allow."""
        return self._call("GET", "/accounts")["accounts"]

    def withdraw_authorisation(self, seller_id):
        """End all refresh and access tokens of an account."""
        return self._authorise(seller_id, authorised=False)

    def restore_authorisation(self, seller_id):
        """Make the well-known refresh token of an account valid again."""
        return self._authorise(seller_id, authorised=True)

    def set_missing_roles(self, seller_id, *apis):
        """Forbid whole APIs ("orders", "listings", ... or "all"); allow the others."""
        return self._authorise(seller_id, missing_roles=list(apis))

    def _authorise(self, seller_id, **changes):
        path = f"/accounts/{seller_id}/authorisation"
        return self._call("PATCH", path, body=changes)

    def application(self):
        """The registration of the application."""
        return self._call("GET", "/application")

    def change_application(self, **changes):
        """client_secret, client_secret_expired, draft, redirect_uris, login_uri."""
        return self._call("PATCH", "/application", body=changes)
