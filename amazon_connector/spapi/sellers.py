"""The marketplaces a seller takes part in.

Source: getMarketplaceParticipations of the Sellers API v1, ``payload[]``.
"""

from dataclasses import dataclass

from .json_fields import block_at, identifier_at, text_at

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

    :raises ValueError: when there is no marketplace id, or it cannot be stored
    """
    document = document if isinstance(document, dict) else {}
    marketplace = block_at(document, "marketplace")
    standing = block_at(document, "participation")
    marketplace_id = identifier_at(marketplace, "id")
    if not marketplace_id:
        raise ValueError("A marketplace in Amazon's answer has no identifier.")
    return Participation(
        marketplace_id=marketplace_id,
        name=text_at(marketplace, "name"),
        country_code=text_at(marketplace, "countryCode").upper(),
        currency=text_at(marketplace, "defaultCurrencyCode").upper(),
        domain=text_at(marketplace, "domainName"),
        store_name=text_at(document, "storeName"),
        participating=standing.get("isParticipating") is True,
        suspended=standing.get("hasSuspendedListings") is True,
    )
