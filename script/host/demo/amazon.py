"""Reads Amazon's side by plain HTTP: the comparison trusts no connector code."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import httpx

from host.errors import HostError

# The well-known account of the simulator; another server's is named by environment
# variables.
DEFAULTS = {
    "SP_API_SELLER_ID": "A1SIMULATOR0NA",
    "SP_API_CLIENT_ID": "amzn1.application-oa2-client.simulator",
    "SP_API_CLIENT_SECRET": "simulator-client-secret",
    "SP_API_REFRESH_TOKEN": "Atzr|simulator-na",
    "SP_API_MARKETPLACE": "ATVPDKIKX0DER",
}
INCLUDED = "FULFILLMENT,PROCEEDS,PACKAGES,TAX"


@dataclass(frozen=True)
class Account:
    """A selling account and where its Amazon answers."""

    sp_api_url: str
    lwa_url: str
    seller_id: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    marketplace: str

    @classmethod
    def from_environment(cls, sp_api_url: str, lwa_url: str) -> "Account":
        names = (
            "SELLER_ID",
            "CLIENT_ID",
            "CLIENT_SECRET",
            "REFRESH_TOKEN",
            "MARKETPLACE",
        )
        values = {
            name.lower(): os.environ.get(f"SP_API_{name}", DEFAULTS[f"SP_API_{name}"])
            for name in names
        }
        return cls(sp_api_url=sp_api_url, lwa_url=lwa_url, **values)


class AmazonReader:
    """What Amazon says of the account's orders."""

    def __init__(self, account: Account):
        self.account = account
        self._http = httpx.Client(timeout=30, trust_env=False)
        self._token: str | None = None

    def orders(self) -> dict[str, dict]:
        """Return the documents of the orders of the last 60 days by order id."""
        since = datetime.now(timezone.utc) - timedelta(days=60)
        params = {
            "createdAfter": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "includedData": INCLUDED,
        }
        return {document["orderId"]: document for document in self._pages(params)}

    def quantities(self, marketplace: str) -> dict[str, int]:
        """Return what the merchant offers in a marketplace, by SKU."""
        seller = self.account.seller_id
        url = f"{self.account.sp_api_url}/listings/2021-08-01/items/{seller}"
        params = {
            "marketplaceIds": marketplace,
            "includedData": "summaries,fulfillmentAvailability",
            "pageSize": 20,
        }
        found = {}
        while True:
            body = self._get(url, params)
            for item in body["items"]:
                for row in item.get("fulfillmentAvailability") or ():
                    if "quantity" in row:
                        found[item["sku"]] = row["quantity"]
            token = (body.get("pagination") or {}).get("nextToken")
            if not token:
                return found
            params["pageToken"] = token

    def _pages(self, params: dict) -> Iterator[dict]:
        url = f"{self.account.sp_api_url}/orders/2026-01-01/orders"
        while True:
            body = self._get(url, params)
            yield from body["orders"]
            token = (body.get("pagination") or {}).get("nextToken")
            if not token:
                return
            params = params | {"paginationToken": token}

    def _get(self, url: str, params: dict) -> dict:
        headers = {"x-amz-access-token": self._access_token()}
        try:
            answer = self._http.get(url, params=params, headers=headers)
            for _attempt in range(30):
                if answer.status_code != 429:
                    break
                # The connector has a share of the same quota.
                time.sleep(0.5)
                answer = self._http.get(url, params=params, headers=headers)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise HostError(
                f"{self.account.sp_api_url} did not answer as SP-API does "
                f"({type(error).__name__}); is SP_API_URL right?"
            ) from error

    def _access_token(self) -> str:
        if self._token:
            return self._token
        base = self.account.lwa_url.rstrip("/")
        url = base if base.endswith("/auth/o2/token") else f"{base}/auth/o2/token"
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.account.refresh_token,
            "client_id": self.account.client_id,
            "client_secret": self.account.client_secret,
        }
        try:
            answer = self._http.post(url, data=form)
            answer.raise_for_status()
            self._token = token = str(answer.json()["access_token"])
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise HostError(
                f"{base} gave no access token ({type(error).__name__}); are LWA_URL "
                "and the SP_API_… credentials right?"
            ) from error
        return token


def expected_total(document: dict) -> Decimal:
    """Return the grand total less the tax that Amazon collects and remits itself."""
    total = Decimal(document["proceeds"]["grandTotal"]["amount"])
    for item in document["orderItems"]:
        collections = (item.get("tax") or {}).get("taxCollections") or []
        if any(c.get("model") == "MARKETPLACE_FACILITATOR" for c in collections):
            for part in item["proceeds"]["breakdowns"]:
                if part["type"] == "TAX":
                    total -= Decimal(part["subtotal"]["amount"])
    return total


def is_open(document: dict) -> bool:
    """Whether the merchant has to ship the order."""
    fulfillment = document.get("fulfillment") or {}
    return (
        fulfillment.get("fulfillmentStatus") in ("UNSHIPPED", "PARTIALLY_SHIPPED")
        and fulfillment.get("fulfilledBy") == "MERCHANT"
        and document["salesChannel"]["channelName"] == "AMAZON"
    )


def packages_of(document: dict) -> list[tuple]:
    """Return (carrier, tracking number, {item: quantity}) of each package, sorted."""
    packages = (
        (
            package.get("carrier"),
            package.get("trackingNumber"),
            {
                item["orderItemId"]: item["quantity"]
                for item in package.get("packageItems") or ()
            },
        )
        for package in document.get("packages") or ()
    )
    return sorted(packages, key=str)
