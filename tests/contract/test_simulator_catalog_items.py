"""The Catalog Items API shows the articles of the simulated listings."""

import pytest
from listings_client import DELAY, EVERYTHING, Listings, patch

from spapi_simulator.accounts import EUROPE

MODEL = "catalogItems_2022-04-01.json"
ITEMS = "/catalog/2022-04-01/items"
ITEM = "/catalog/2022-04-01/items/{asin}"
ALL_DATA = (
    "attributes,classifications,dimensions,identifiers,images,productTypes,"
    "relationships,salesRanks,summaries,vendorDetails"
)
US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"


class CatalogItems:
    """Calls the Catalog Items API; validates answers."""

    def __init__(self, api, model):
        self.api = api
        self.validate = model(MODEL).validate

    def get(self, asin, **params):
        """getCatalogItem."""
        params = {"marketplaceIds": US, "includedData": ALL_DATA, **params}
        answer = self.api.get(f"{ITEMS}/{asin}", **params)
        self.validate(answer, ITEM)
        return answer

    def search(self, **params):
        """searchCatalogItems."""
        params = {"marketplaceIds": US, "includedData": ALL_DATA, **params}
        answer = self.api.get(ITEMS, **params)
        self.validate(answer, ITEMS)
        return answer

    def found(self, **params):
        """(number of results, all items) of a search, page by page."""
        items, token = [], {}
        while True:
            answer = self.search(pageSize="20", **params, **token)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            token = {"pageToken": page.get("pagination", {}).get("nextToken")}
            if not token["pageToken"]:
                return page["numberOfResults"], items


@pytest.fixture
def catalog(api, model):
    return CatalogItems(api, model)


@pytest.fixture
def listings(api, model):
    return Listings(api, model)


@pytest.fixture
def listed(listings):
    """{SKU: its listing} of all listings."""
    return {i["sku"]: i for i in listings.found(includedData=EVERYTHING)[1]}


def asin_of(listing):
    return listing["summaries"][0].get("asin")


def test_every_article_of_a_listing_is_in_the_catalogue(catalog, listed):
    for listing in listed.values():
        asin = asin_of(listing)
        if asin is None:
            continue
        item = catalog.get(asin).json()
        summary = item["summaries"][0]
        assert item["asin"] == asin
        assert summary.get("itemName") == listing["summaries"][0].get("itemName")
        assert item["productTypes"][0]["marketplaceId"] == US
        assert "purchasable_offer" not in item["attributes"]


def test_an_article(catalog, listed):
    listing = listed["SIM-0001"]
    item = catalog.get(asin_of(listing)).json()
    assert item["images"][0]["images"][0]["variant"] == "MAIN"
    link = listing["summaries"][0]["mainImage"]["link"]
    assert item["images"][0]["images"][0]["link"] == link
    (barcode,) = listing["attributes"]["externally_assigned_product_identifier"]
    kinds = {
        row["identifierType"]: row["identifier"]
        for row in item["identifiers"][0]["identifiers"]
    }
    assert kinds == {"EAN": barcode["value"], "GTIN": "0" + barcode["value"]}
    assert item["dimensions"][0]["item"]["weight"]["unit"] == "kilograms"
    assert item["salesRanks"][0]["classificationRanks"][0]["rank"] > 0
    assert item["classifications"][0]["classifications"][0]["parent"]
    assert item["vendorDetails"] == []


def test_families_by_asin(catalog, listed):
    families = 0
    for listing in listed.values():
        for relation in listing["relationships"][0]["relationships"]:
            if not relation.get("childSkus"):
                continue
            families += 1
            item = catalog.get(asin_of(listing)).json()
            (shown,) = item["relationships"][0]["relationships"]
            children = [asin_of(listed[sku]) for sku in relation["childSkus"]]
            assert shown["type"] == relation["type"]
            assert shown["childAsins"] == children
            assert shown.get("variationTheme") == relation.get("variationTheme")
            child = catalog.get(children[0]).json()
            (back,) = child["relationships"][0]["relationships"]
            assert back["parentAsins"] == [item["asin"]]
    assert families >= 3


def test_summaries_come_by_default(catalog, listed):
    answer = catalog.api.get(
        f"{ITEMS}/{asin_of(listed['SIM-0001'])}", marketplaceIds=US
    )
    catalog.validate(answer, ITEM)
    assert set(answer.json()) == {"asin", "summaries"}


def test_several_marketplaces(catalog, listed):
    asin = asin_of(listed["SIM-0001"])
    item = catalog.get(asin, marketplaceIds=f"{CA},{US}").json()
    for name in ALL_DATA.split(","):
        if name not in ("attributes", "vendorDetails"):
            assert [row["marketplaceId"] for row in item[name]] == [CA, US]


def test_identifiers(catalog, listed):
    listing = listed["SIM-0002"]
    asin = asin_of(listing)
    (barcode,) = listing["attributes"]["externally_assigned_product_identifier"]
    for kind, value, extra in (
        ("ASIN", asin, {}),
        ("EAN", barcode["value"], {}),
        ("GTIN", "0" + barcode["value"], {}),
        ("SKU", "SIM-0002", {"sellerId": catalog.api.account.seller_id}),
    ):
        total, items = catalog.found(identifiers=value, identifiersType=kind, **extra)
        assert total == 1 and items[0]["asin"] == asin


def test_unknown_identifiers_are_left_out(catalog, listed):
    known = asin_of(listed["SIM-0002"])
    wanted = f"B000000000,{known}"
    total, items = catalog.found(identifiers=wanted, identifiersType="ASIN")
    assert total == 1 and items[0]["asin"] == known
    for kind in ("ISBN", "MINSAN", "JAN", "UPC"):
        total, items = catalog.found(identifiers="9", identifiersType=kind)
        assert (total, items) == (0, [])


def test_keywords(catalog, listed):
    total, items = catalog.found(keywords="desk,LAMP")
    titles = [item["summaries"][0]["itemName"] for item in items]
    assert total == len(items) > 5
    assert all("desk" in t.lower() and "lamp" in t.lower() for t in titles)
    wanted = {
        asin_of(listing)
        for listing in listed.values()
        if "Desk Lamp" in listing["summaries"][0].get("itemName", "")
        and asin_of(listing)
    }
    assert {item["asin"] for item in items} == wanted
    assert catalog.found(keywords="nosuchword")[0] == 0


def test_keywords_find_changed_titles(catalog, listings, listed, admin):
    patches = [patch("item_name", [{"value": "Quill of Albatross"}])]
    assert listings.patch("SIM-0003", *patches).json()["status"] == "ACCEPTED"
    admin.advance_clock(DELAY)
    _total, items = catalog.found(keywords="albatross")
    assert [item["asin"] for item in items] == [asin_of(listed["SIM-0003"])]


def test_refinements(catalog):
    page = catalog.search(keywords="lamp").json()
    brand = page["refinements"]["brands"][0]
    total, items = catalog.found(keywords="lamp", brandNames=brand["brandName"])
    assert total == brand["numberOfResults"]
    assert {i["summaries"][0]["brand"] for i in items} == {brand["brandName"]}
    node = page["refinements"]["classifications"][0]
    total, _items = catalog.found(
        keywords="lamp", classificationIds=node["classificationId"]
    )
    assert total == node["numberOfResults"]


def test_pages(catalog):
    first = catalog.search(keywords="s", pageSize="3").json()
    token = first["pagination"]["nextToken"]
    second = catalog.search(keywords="s", pageSize="3", pageToken=token).json()
    assert len(first["items"]) == len(second["items"]) == 3
    back = second["pagination"]["previousToken"]
    again = catalog.search(keywords="s", pageSize="3", pageToken=back).json()
    assert again["items"] == first["items"] != second["items"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"keywords": "lamp", "identifiers": "B000000000", "identifiersType": "ASIN"},
        {"identifiers": "B000000000"},
        {"identifiersType": "ASIN", "keywords": "lamp"},
        {"identifiers": "SIM-0001", "identifiersType": "SKU"},
        {"identifiers": "X000000000", "identifiersType": "FNSKU"},
        {"identifiers": "B000000000", "identifiersType": "ASIN", "brandNames": "x"},
        {"keywords": "lamp", "marketplaceIds": f"{US},{CA}"},
        {"keywords": "lamp", "marketplaceIds": ""},
        {"keywords": "lamp", "pageSize": "21"},
        {"keywords": "lamp", "pageToken": "forged"},
        {"keywords": "lamp", "includedData": "prices"},
    ],
)
def test_bad_searches(catalog, query):
    answer = catalog.search(**query)
    assert answer.status_code == 400, answer.text


def test_articles_that_are_not_there(catalog):
    assert catalog.get("B000000000").status_code == 404
    assert catalog.get("B00").status_code == 400
    assert catalog.get("b000000000").status_code == 400


def test_others_are_denied(catalog, listed):
    asin = asin_of(listed["SIM-0001"])
    elsewhere = EUROPE.marketplaces[0].id
    assert catalog.get(asin, marketplaceIds=elsewhere).status_code == 403
    assert catalog.search(keywords="x", marketplaceIds=elsewhere).status_code == 403
    sku = {"identifiers": "SIM-0001", "identifiersType": "SKU"}
    assert catalog.search(sellerId=EUROPE.seller_id, **sku).status_code == 403
