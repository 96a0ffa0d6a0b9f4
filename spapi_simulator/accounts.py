"""The fixed application, selling accounts and marketplaces of the simulator.

The credentials do not depend on the seed, so that any client can be configured once.
They open nothing but this simulator.
"""

from dataclasses import dataclass

APPLICATION_ID = "amzn1.sellerapps.app.simulator"
CLIENT_ID = "amzn1.application-oa2-client.simulator"
CLIENT_SECRET = "simulator-client-secret"


@dataclass(frozen=True)
class Marketplace:
    """A storefront, and the "Non-Amazon" marketplace that accompanies it."""

    id: str
    country: str
    name: str
    currency: str
    language: str
    non_amazon_id: str


@dataclass(frozen=True)
class Account:
    """A selling partner that authorised the application."""

    seller_id: str
    refresh_token: str
    region: str
    store_name: str
    marketplaces: tuple

    def marketplace(self, marketplace_id):
        """The storefront with this id, or None."""
        found = (m for m in self.marketplaces if m.id == marketplace_id)
        return next(found, None)

    def credentials(self):
        """All that a client needs to act for this account."""
        return {
            "seller_id": self.seller_id,
            "store_name": self.store_name,
            "region": self.region,
            "application_id": APPLICATION_ID,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": self.refresh_token,
            "marketplaces": [
                {"id": m.id, "country": m.country, "currency": m.currency}
                for m in self.marketplaces
            ],
        }


US = Marketplace("ATVPDKIKX0DER", "US", "Amazon.com", "USD", "en_US", "A2ZV50J4W1RKNI")
CA = Marketplace("A2EUQ1WTGCTBG2", "CA", "Amazon.ca", "CAD", "en_CA", "A1MQXOICRS2Z7M")
MX = Marketplace(
    "A1AM78C64UM0Y8", "MX", "Amazon.com.mx", "MXN", "es_MX", "A3H6HPSLHAK3XG"
)
UK = Marketplace(
    "A1F83G8C2ARO7P", "GB", "Amazon.co.uk", "GBP", "en_GB", "AZMDEXL2RVFNN"
)
DE = Marketplace("A1PA6795UKMFR9", "DE", "Amazon.de", "EUR", "de_DE", "A38D8NSA03LJTC")
FR = Marketplace("A13V1IB3VIYZZH", "FR", "Amazon.fr", "EUR", "fr_FR", "A1ZFFQZ3HTUKT9")
JP = Marketplace(
    "A1VC38T7YXB528", "JP", "Amazon.co.jp", "JPY", "ja_JP", "A1SIMULATOR0NAJP"
)
AU = Marketplace(
    "A39IBJ37TRP1C6", "AU", "Amazon.com.au", "AUD", "en_AU", "A1SIMULATOR0NAAU"
)

NORTH_AMERICA = Account(
    "A1SIMULATOR0NA", "Atzr|simulator-na", "na", "Northwind Trading", (US, CA, MX)
)
EUROPE = Account(
    "A2SIMULATOR0EU", "Atzr|simulator-eu", "eu", "Nordlicht Handel", (UK, DE, FR)
)
FAR_EAST = Account(
    "A3SIMULATOR0FE", "Atzr|simulator-fe", "fe", "Hokuto Trading", (JP, AU)
)
CANADA = Account(
    "A4SIMULATOR0CA", "Atzr|simulator-ca", "na", "Maple Leaf Supplies", (CA, US)
)
ACCOUNTS = {
    account.seller_id: account for account in (NORTH_AMERICA, EUROPE, FAR_EAST, CANADA)
}
_COUNTRIES = {
    marketplace.id: marketplace.country
    for account in ACCOUNTS.values()
    for marketplace in account.marketplaces
}


def country_of(marketplace_id):
    """The country of a storefront, "" when no account sells there."""
    return _COUNTRIES.get(marketplace_id, "")
