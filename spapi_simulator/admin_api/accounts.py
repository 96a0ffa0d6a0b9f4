"""The accounts and their credentials."""

from ..accounts import ACCOUNTS


def list_accounts(_simulator, _request, _body):
    """The well-known credentials."""
    return 200, {"accounts": [account.credentials() for account in ACCOUNTS.values()]}


ROUTES = (("/accounts", {"GET": list_accounts}),)
