"""What the contract tests share: processes, requests and bodies."""

import subprocess
import sys
from pathlib import Path

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).resolve().parents[2]
RECOMMENDED = (
    "FULFILLMENT,PROCEEDS,RECIPIENT,BUYER,PROMOTION,CANCELLATION,TAX,PACKAGES,PAYMENT"
)
LONG_AGO = "2020-01-01T00:00:00Z"


def start_simulator(*options, **pipes):
    """A simulator process and its address."""
    command = [sys.executable, "-m", "spapi_simulator", "--port", "0", *options]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **pipes
    )
    line = process.stdout.readline()
    assert line.startswith("SP-API simulator on http://127.0.0.1:"), line
    return process, line.split()[-1]


class Api:
    """A plain HTTP client that acts for one account."""

    def __init__(self, client, account):
        self.client = client
        self.account = account
        self.fetch_token()

    def fetch_token(self):
        """Get an access token for the following requests."""
        answer = self.client.post("/auth/o2/token", data=grant(self.account))
        assert answer.status_code == 200, answer.text
        self.headers = {"x-amz-access-token": answer.json()["access_token"]}

    def get(self, path, **params):
        """GET with the access token."""
        return self.client.get(path, params=params, headers=self.headers)

    def participations(self):
        """getMarketplaceParticipations."""
        return self.get("/sellers/v1/marketplaceParticipations")

    def search(self, **params):
        """searchOrders; by default all orders by creation."""
        if not {"createdAfter", "lastUpdatedAfter"} & set(params):
            params["createdAfter"] = LONG_AGO
        return self.get("/orders/2026-01-01/orders", **params)

    def order(self, order_id, **params):
        """getOrder."""
        return self.get(f"/orders/2026-01-01/orders/{order_id}", **params)

    def confirm(self, order_id, body):
        """confirmShipment."""
        path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
        return self.client.post(path, json=body, headers=self.headers)


def grant(account, **changes):
    """The form of a token request."""
    return {
        "grant_type": "refresh_token",
        "refresh_token": account.refresh_token,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        **changes,
    }


def confirmation(order, reference="1", quantities=None, **detail):
    """A body of confirmShipment that ships the whole order, unless changed."""
    rows = [
        {
            "orderItemId": item["orderItemId"],
            "quantity": (quantities or {}).get(
                item["orderItemId"], item["quantityOrdered"]
            ),
        }
        for item in order["orderItems"]
        if quantities is None or item["orderItemId"] in quantities
    ]
    package = {
        "packageReferenceId": reference,
        "carrierCode": "UPS",
        "shippingMethod": "Ground",
        "trackingNumber": "1ZSIMULATED",
        "shipDate": order["createdTime"],
        "orderItems": rows,
        **detail,
    }
    marketplace = order["salesChannel"]["marketplaceId"]
    return {"marketplaceId": marketplace, "packageDetail": package}
