"""What a person needs for connecting further stores in the running demo."""

import ipaddress
import os
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import httpx

from host.errors import HostError

# Where the simulator shows the code that its consent page gives.
CODE_PATH = "/apps/authorize/code"


def seller_central_url(sp_api_url: str) -> str:
    """Return where a seller authorises; empty for Amazon's own Seller Central.

    ``SELLER_CENTRAL_URL`` names it. A server on this machine has it beside its SP-API,
    whatever the path of that.
    """
    if named := os.environ.get("SELLER_CENTRAL_URL", "").rstrip("/"):
        return named
    parts = urlsplit(sp_api_url)
    if _is_this_machine(parts.hostname or ""):
        return f"{parts.scheme}://{parts.netloc}"
    return ""


def region_of(sp_api_url: str) -> str:
    """Return the region in a simulator's address, such as ``…/na``; else empty."""
    return urlsplit(sp_api_url).path.strip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class SimulatorGuide:
    """Says what to type for the accounts of a simulator that no store has yet.

    ``url`` is where its pages are, ``region`` the one (na, eu, fe) whose accounts
    alone it serves, if it does not serve all.
    """

    def __init__(self, url: str, region: str = ""):
        self.url = url
        self.region = region
        self._http = httpx.Client(timeout=30, trust_env=False)

    def is_simulator(self) -> bool:
        """Whether the server is this project's simulator."""
        if not self.url:
            return False
        try:
            answer = self._http.get(f"{self.url}/_simulator/application")
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and '"redirect_uris"' in answer.text

    def ensure_redirect_uri(self) -> None:
        """Give the application a website, unless it has one.

        Without any a seller that is sent without a redirect URI is refused (MD5100).
        """
        if not self._call("GET", "application")["redirect_uris"]:
            uris = {"redirect_uris": [self.url + CODE_PATH]}
            self._call("PATCH", "application", uris)

    def lines(self, seller_id: str, marketplaces: Mapping[str, str]) -> list[str]:
        """Return the lines to print.

        :param seller_id: the account that is connected already
        :param marketplaces: what Odoo calls each marketplace, by Amazon's id
        """
        application = self._call("GET", "application")
        rows = [("Account", "Marketplace", "Selling Partner ID", "Refresh Token")]
        rows += [
            (
                account["store_name"],
                marketplaces[account["marketplaces"][0]["id"]],
                account["seller_id"],
                account["refresh_token"],
            )
            for account in self._call("GET", "accounts")["accounts"]
            if account["authorised"]
            and account["seller_id"] != seller_id
            and self.region in ("", account["region"])
        ]
        return [
            "Connect further stores: Amazon > Integrations > Connect. Type",
            "",
            *_table(
                [
                    ("Application ID", application["application_id"]),
                    ("Client Identifier", application["client_id"]),
                    ("Client Secret", application["client_secret"]),
                ]
            ),
            "",
            "and choose the marketplace of an account that is not connected yet:",
            "",
            *_table(rows),
            "",
            "Any of them can be connected in each of the three ways:",
            "",
            *_table(
                [
                    (
                        "On Amazon's page, and come back",
                        "Open Amazon, choose the account there, Confirm.",
                    ),
                    (
                        "With a code from Amazon's page",
                        "The same; type what Amazon's page shows, then Continue.",
                    ),
                    (
                        "With an application of my own",
                        "Type Selling Partner ID and Refresh Token, then Continue.",
                    ),
                ]
            ),
        ]

    def _call(self, method: str, path: str, body: dict | None = None) -> dict:
        url = f"{self.url}/_simulator/{path}"
        try:
            answer = self._http.request(method, url, json=body)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise HostError(
                f"{url} did not answer as the simulator does ({type(error).__name__})."
            ) from error


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return lines in which the cells of a column stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
