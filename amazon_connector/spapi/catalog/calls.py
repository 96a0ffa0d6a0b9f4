"""What is asked of the Catalog Items API 2022-04-01.

Source: searchCatalogItems.
"""

INCLUDED_DATA = ("identifiers", "images")
ASINS_LIMIT = 20


def search_params(asins, marketplace_id):
    """Return the query of searchCatalogItems by ASIN: one page, no more.

    :raises ValueError: when Amazon would refuse the ASINs
    """
    if not 0 < len(asins) <= ASINS_LIMIT or any("," in asin for asin in asins):
        raise ValueError("Up to 20 ASINs are looked up at a time.")
    return {
        "identifiers": ",".join(asins),
        "identifiersType": "ASIN",
        "marketplaceIds": marketplace_id,
        "includedData": ",".join(INCLUDED_DATA),
        "pageSize": ASINS_LIMIT,
    }
