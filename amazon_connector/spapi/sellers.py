"""The marketplaces a seller takes part in.

Source: getMarketplaceParticipations of the Sellers API v1, ``payload[]``.
"""

from dataclasses import dataclass

# Amazon lists these beside the shops; asking them for orders is answered with 403.
_NOT_SHOPS = frozenset(
    (
        "A2ZV50J4W1RKNI",
        "A1MQXOICRS2Z7M",
        "A3H6HPSLHAK3XG",
        "AZMDEXL2RVFNN",
        "A38D8NSA03LJTC",
        "A1ZFFQZ3HTUKT9",
        "A62U237T8HV6N",
        "AFQLKURYRPEL8",
    )
)


@dataclass(frozen=True)
class Participation:
    """A marketplace with the seller's standing in it; absent texts are ""."""

    marketplace_id: str
    name: str
    country_code: str
    currency: str
    domain: str
    store_name: str
    participating: bool
    suspended: bool

    @property
    def is_storefront(self):
        """Whether buyers order there: false for "Non-Amazon" marketplaces."""
        return (
            self.marketplace_id not in _NOT_SHOPS
            and not self.name.lower().startswith("non-amazon")
        )


def parse_participation(document):
    """Return the :class:`Participation` of one entry of the payload.

    :raises ValueError: when there is no marketplace id
    """
    document = document if isinstance(document, dict) else {}
    marketplace = document.get("marketplace")
    marketplace = marketplace if isinstance(marketplace, dict) else {}
    standing = document.get("participation")
    standing = standing if isinstance(standing, dict) else {}

    def text(block, key):
        value = block.get(key)
        return value.strip() if isinstance(value, str) else ""

    if not text(marketplace, "id"):
        raise ValueError("A marketplace in Amazon's answer has no identifier.")
    return Participation(
        marketplace_id=text(marketplace, "id"),
        name=text(marketplace, "name"),
        country_code=text(marketplace, "countryCode").upper(),
        currency=text(marketplace, "defaultCurrencyCode").upper(),
        domain=text(marketplace, "domainName"),
        store_name=text(document, "storeName"),
        participating=standing.get("isParticipating") is True,
        suspended=standing.get("hasSuspendedListings") is True,
    )
