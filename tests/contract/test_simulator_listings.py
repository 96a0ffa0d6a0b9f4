"""The listings of the simulated sellers are as various as those on Amazon."""

import copy
import re

import pytest
from listings_client import EVERYTHING, Listings
from simulator_client import Api

from spapi_simulator.accounts import EUROPE, FAR_EAST, NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
UNSAFE = re.compile(r"[^A-Za-z0-9_.~-]")


@pytest.fixture(params=["na", "eu", "fe"])
def listings(request, http, admin, model):
    """The listings of each account in turn."""

    account = {"na": NORTH_AMERICA, "eu": EUROPE, "fe": FAR_EAST}[request.param]
    return Listings(Api(http, account), model)


@pytest.fixture(scope="module")
def read():
    """What was read already, by account."""
    return {}


@pytest.fixture
def items(listings, read, request):
    """All listings of the first marketplace with all data; they stay as they are."""
    account = request.node.callspec.params["listings"]
    if account not in read:
        total, read[account] = listings.found(includedData=EVERYTHING)
        assert total == len(read[account]) > 100
    return copy.deepcopy(read[account])


def summary(item):
    return item["summaries"][0]


def channels(item):
    return {row["fulfillmentChannelCode"] for row in item["fulfillmentAvailability"]}


def test_skus_need_all_kinds_of_encoding(listings, items):
    odd = [item for item in items if UNSAFE.search(item["sku"])]
    assert odd
    for item in odd:
        assert listings.item(item["sku"]) == item


def test_the_first_articles_are_the_products_of_orders(listings, items, base_url):
    with SimulatorAdmin(base_url) as admin:
        products = admin.products()
    found = {item["sku"]: item for item in items}
    for product in products:
        item = found[product["sku"]]
        assert summary(item)["asin"] == product["asin"]
        assert summary(item)["itemName"] == product["title"]
        assert summary(item)["status"] == ["BUYABLE", "DISCOVERABLE"]
        assert channels(item) == {"DEFAULT"}


def variations(items):
    """Yield each listing in a family with its relation to it."""
    for item in items:
        for relation in item["relationships"][0]["relationships"]:
            if relation["type"] == "VARIATION":
                yield item, relation


def values_of(item, relation):
    """The values by which a child differs; None for one that it lacks."""
    return tuple(
        item["attributes"].get(name, [{}])[0].get("value")
        for name in relation["variationTheme"]["attributes"]
    )


def test_families_have_parents_that_cannot_be_bought(listings, items):
    found = {item["sku"]: item for item in items}
    sizes = set()
    for item, relation in variations(items):
        if "childSkus" not in relation:
            continue
        assert item["offers"] == item["fulfillmentAvailability"] == []
        assert summary(item)["status"] == ["DISCOVERABLE"]
        values = set()
        for sku in relation["childSkus"]:
            (back,) = found[sku]["relationships"][0]["relationships"]
            assert back["parentSkus"] == [item["sku"]]
            assert back["variationTheme"] == relation["variationTheme"]
            values.add(values_of(found[sku], relation))
        sizes.add((len(relation["childSkus"]), len(values)))
    assert sizes == {(6, 6), (3, 3), (3, 2), (0, 0)}


def test_families_are_not_all_well_kept(listings, items):
    skus = {item["sku"] for item in items}
    children = [(i, r) for i, r in variations(items) if "parentSkus" in r]
    assert any(r["parentSkus"][0] not in skus for _item, r in children)
    assert any(None in values_of(item, r) for item, r in children)


def test_amazon_tells_no_quantity_of_what_it_fulfils(listings, items):
    amazon = [i for i in items if any(c.startswith("AMAZON") for c in channels(i))]
    assert amazon
    for item in amazon:
        assert all("quantity" not in row for row in item["fulfillmentAvailability"])
        assert summary(item)["fnSku"].startswith("X0")
        assert "BUYABLE" in summary(item)["status"]


def test_an_article_is_fulfilled_by_amazon_and_by_the_merchant(listings, items):
    networks = {}
    for item in items:
        if "asin" in summary(item):
            networks.setdefault(summary(item)["asin"], []).append(channels(item))
    assert any(len(found) == 2 and found[0] != found[1] for found in networks.values())


def test_a_sku_is_fulfilled_by_another_in_another_marketplace(listings, items):
    everywhere = ",".join(m.id for m in listings.api.account.marketplaces)
    _total, found = listings.found(
        marketplaceIds=everywhere, includedData="fulfillmentAvailability"
    )
    assert any(len(channels(item)) == 2 for item in found)


def test_what_may_be_missing_is_missing_somewhere(listings, items):
    for kind in (
        lambda item: "itemName" not in summary(item),
        lambda item: "asin" not in summary(item),
        lambda item: (
            item["offers"]
            and "externally_assigned_product_identifier" not in item["attributes"]
        ),
        lambda item: item["offers"] == [] and summary(item)["status"] == [],
        lambda item: (
            {"fulfillmentChannelCode": "DEFAULT", "quantity": 0}
            in item["fulfillmentAvailability"]
        ),
    ):
        assert any(map(kind, items))


def test_titles_are_long_foreign_or_full_of_html(listings, items):
    titles = [summary(item).get("itemName", "") for item in items]
    assert max(map(len, titles)) == 200
    assert any(not title.isascii() for title in titles)
    assert any("<" in title or "&" in title for title in titles)


def test_issues_suppress_or_warn(listings, items):
    severities = {}
    for item in items:
        for issue in item["issues"]:
            severities.setdefault(issue["severity"], []).append(item)
            assert issue["marketplaceIds"] == [listings.marketplace]
    assert all("BUYABLE" in summary(i)["status"] for i in severities["WARNING"])
    assert all("BUYABLE" not in summary(i)["status"] for i in severities["ERROR"])


def test_some_take_long_to_ship(listings, items):
    slow = [
        entry
        for item in items
        for entry in item["attributes"].get("fulfillment_availability", [])
        if "restock_date" in entry
    ]
    assert slow
    assert all(entry["lead_time_to_ship_max_days"] > 2 for entry in slow)


def test_prices_are_in_the_currency_of_the_marketplace(listings):
    for marketplace in listings.api.account.marketplaces:
        places = 0 if marketplace.currency == "JPY" else 2
        _total, found = listings.found(
            marketplaceIds=marketplace.id, includedData="offers"
        )
        prices = [offer["price"] for item in found for offer in item["offers"]]
        assert {price["currencyCode"] for price in prices} == {marketplace.currency}
        for price in prices:
            assert len(price["amount"].partition(".")[2]) == places


def test_some_are_listed_in_one_marketplace_only(listings):
    totals = [
        listings.search(marketplaceIds=m.id).json()["numberOfResults"]
        for m in listings.api.account.marketplaces
    ]
    everywhere = ",".join(m.id for m in listings.api.account.marketplaces)
    total = listings.search(marketplaceIds=everywhere).json()["numberOfResults"]
    assert total > max(totals)


def test_product_types_vary(listings, items):
    kinds = {summary(item)["productType"] for item in items}
    assert {"PRODUCT", "SHIRT", "LUGGAGE", "HOME"} <= kinds
    for item in items:
        assert item["productTypes"][0]["productType"] == summary(item)["productType"]


def test_pictures_can_be_fetched(listings, items, http):
    image = summary(items[0])["mainImage"]
    answer = http.get(image["link"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    size = image["width"].to_bytes(4, "big") + image["height"].to_bytes(4, "big")
    assert answer.content[16:24] == size


@pytest.fixture
def america(api, model):
    return Listings(api, model)


def test_summaries_come_by_default(america):
    assert set(america.get("SIM-0001").json()) == {"sku", "summaries"}


def test_several_marketplaces_in_one_call(america):
    item = america.item("SIM-0001", marketplaceIds=f"{CA},{US},{CA}")
    assert [row["marketplaceId"] for row in item["summaries"]] == [CA, US]
    assert {row["marketplaceId"] for row in item["offers"]} == {CA, US}
    places = {
        entry["marketplace_id"]
        for entries in item["attributes"].values()
        for entry in entries
    }
    assert places == {CA, US}


def test_a_listing_that_is_not_there(america):
    for sku in ("SIM-0000", "SIM-9999", "sim-0001", "SIM-0001 ", "SIM-001", "ß" * 50):
        answer = america.get(sku)
        assert answer.status_code == 404
        error = answer.json()["errors"][0]
        assert error["code"] == "NOT_FOUND"
        assert sku in error["message"] and US in error["message"]


def test_bad_requests(america):
    assert america.get("SIM-0001", marketplaceIds="").status_code == 400
    assert america.get("SIM-0001", includedData="prices").status_code == 400
    assert america.get("SIM-0001", colour="red").status_code == 400


def test_other_sellers_and_marketplaces_are_denied(america):
    assert america.get("SIM-0001", marketplaceIds="A1PA6795UKMFR9").status_code == 403
    america.seller_id = EUROPE.seller_id
    assert america.get("SIM-0001").status_code == 403
    assert america.search().status_code == 403
