"""The guided set-up without a browser: over Odoo's RPC and Amazon's page by HTTP."""

import time
from urllib.parse import parse_qs, urlsplit

import requests
from host.rpc import OdooError
from shop import wait_until

from spapi_simulator.accounts import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET

SETUP = "amazon.connection.setup"
CONNECTION = "amazon.connection"


class Guided:
    """One set-up by an administrator's session."""

    def __init__(self, client, marketplace, **values):
        self.client = client
        (marketplace_id,) = client.call(
            "amazon.marketplace",
            "search",
            [("amazon_marketplace_id", "=", marketplace)],
        )
        self.id = client.call(
            SETUP,
            "create",
            {
                "marketplace_id": marketplace_id,
                "application_id": APPLICATION_ID,
                "lwa_client_id": CLIENT_ID,
                "lwa_client_secret": CLIENT_SECRET,
                **values,
            },
        )

    def call(self, method, *args, **kwargs):
        """Call a method of the set-up."""
        return self.client.call(SETUP, method, [self.id], *args, **kwargs)

    def read(self, *names):
        """Values of the set-up."""
        return self.call("read", list(names))[0]

    def authorise(self, account):
        """Confirm on Amazon's page; the address to which it sends the browser."""
        address = urlsplit(self.call("action_open_amazon")["url"])
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        page = f"{address.scheme}://{address.netloc}{address.path}"
        form = query | {
            "selling_partner_id": account.seller_id,
            "decision": "confirm",
        }
        session = requests.Session()
        session.trust_env = False
        answer = session.post(page, data=form, allow_redirects=False, timeout=60)
        assert answer.is_redirect, answer.text
        return answer.headers["location"]

    def come_back(self, address):
        """Follow Amazon's redirect in the administrator's session."""
        return self.client.session.get(address, timeout=60)

    def finish(self):
        """Press Continue to the last page, then Finish; the connection's id."""
        while self.read("step")["step"] != "finish":
            self.call("action_continue")
            assert not self.read("problem")["problem"]
        return self.call("action_finish")["res_id"]


def connection(client, connection_id, *names):
    """Values of a connection."""
    return client.call(CONNECTION, "read", [connection_id], list(names))[0]


def wait_for_state(client, connection_id, state):
    """Wait until a connection is in a state; return its values."""

    names = ("state", "import_stage", "import_message", "import_summary")

    def probe():
        values = connection(client, connection_id, *names)
        return values["state"] == state and values

    try:
        return wait_until(probe, f"state {state}")
    except AssertionError as error:
        raise AssertionError(connection(client, connection_id, *names)) from error


def disconnect(client):
    """Delete all connections, and before the sale orders that they made."""
    everything = {"context": {"active_test": False}}
    found = client.call(CONNECTION, "search", [], **everything)
    client.call(CONNECTION, "write", found, {"active": False})
    refusals = []

    def is_deleted():
        # A run under way ends after its slice, which may still make sale orders.
        try:
            delete_sales(client)
            client.call(CONNECTION, "unlink", found)
        except OdooError as error:
            refusals.append(str(error))
            time.sleep(0.5)
            return False
        return True

    try:
        wait_until(is_deleted, "the end of the stores")
    except AssertionError as error:
        raise AssertionError(refusals[-1]) from error


def delete_sales(client):
    """Delete the sale orders of all stores."""
    sales = client.call("sale.order", "search", [("amazon_order_ref", "!=", False)])
    if sales:
        quietly = {"context": {"disable_cancel_warning": True}}
        client.call("sale.order", "action_cancel", sales, **quietly)
        client.call("sale.order", "unlink", sales)
