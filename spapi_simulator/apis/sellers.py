"""Sellers API v1: getMarketplaceParticipations."""

from ..operations import Operation


def get_marketplace_participations(simulator, call):
    """getMarketplaceParticipations: storefronts and "Non-Amazon" marketplaces."""
    entries = []
    for marketplace in call.account.marketplaces:
        domain = "www." + marketplace.name.lower()
        entries.append(_entry(call.account, marketplace, marketplace.id, domain))
    for marketplace in call.account.marketplaces:
        domain = f"non-amazon-{marketplace.country.lower()}.example.com"
        entries.append(
            _entry(
                call.account,
                marketplace,
                marketplace.non_amazon_id,
                domain,
                f"Non-Amazon {marketplace.country}",
            )
        )
    return 200, {"payload": entries}


def _entry(account, marketplace, marketplace_id, domain, name=None):
    return {
        "marketplace": {
            "id": marketplace_id,
            "name": name or marketplace.name,
            "countryCode": marketplace.country,
            "defaultCurrencyCode": marketplace.currency,
            "defaultLanguageCode": marketplace.language,
            "domainName": domain,
        },
        "participation": {"isParticipating": True, "hasSuspendedListings": False},
        "storeName": account.store_name,
    }


OPERATIONS = (
    Operation(
        "getMarketplaceParticipations",
        "GET",
        "/sellers/v1/marketplaceParticipations",
        get_marketplace_participations,
    ),
)
