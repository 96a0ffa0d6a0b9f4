"""searchListingsItems filters, sorts and pages as Amazon documents."""

from itertools import pairwise

import httpx
import pytest
from listings_client import Listings
from simulator_client import Api, start_simulator

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA

US, MX = "ATVPDKIKX0DER", "A1AM78C64UM0Y8"


@pytest.fixture
def listings(api, model):
    return Listings(api, model)


def skus(items):
    return [item["sku"] for item in items]


def test_pages_cover_everything_once(listings):
    total, items = listings.found()
    assert total == len(items) == len(set(skus(items)))
    first = listings.search().json()
    assert len(first["items"]) == 10
    assert skus(first["items"]) == skus(items)[:10]
    assert "previousToken" not in first["pagination"]


def test_pages_go_back(listings):
    first = listings.search(pageSize="7").json()
    token = first["pagination"]["nextToken"]
    second = listings.search(pageSize="7", pageToken=token).json()
    back = second["pagination"]["previousToken"]
    again = listings.search(pageSize="7", pageToken=back).json()
    assert again["items"] == first["items"]


def test_the_most_recently_updated_come_first(listings):
    _total, items = listings.found()
    times = [item["summaries"][0]["lastUpdatedDate"] for item in items]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("key", ["createdDate", "lastUpdatedDate"])
def test_order_and_window_of_time(listings, key):
    _total, items = listings.found(sortBy=key, sortOrder="ASC")
    times = [item["summaries"][0][key] for item in items]
    assert all(a <= b for a, b in pairwise(times))
    low, high = times[40], times[-40]
    name = key.removesuffix("Date")
    window = {f"{name}After": low, f"{name}Before": high}
    total, inside = listings.found(sortBy="sku", sortOrder="ASC", **window)
    assert total == len(times) - 79
    assert {low, high} <= {item["summaries"][0][key] for item in inside}
    assert skus(inside) == sorted(skus(inside))
    assert set(skus(inside)) == set(skus(items)[40:-39])


def test_both_windows_at_once(listings):
    _total, items = listings.found(sortBy="createdDate")
    middle = items[100]["summaries"][0]["createdDate"]
    total, found = listings.found(createdAfter=middle, lastUpdatedBefore=middle)
    assert total == len(found) <= 1
    total, found = listings.found(createdBefore=middle, lastUpdatedAfter=middle)
    for item in found:
        summary = item["summaries"][0]
        assert summary["createdDate"] <= middle <= summary["lastUpdatedDate"]
    assert total == len(found) > 0


def test_status(listings):
    everything = set(skus(listings.found()[1]))
    buyable = listings.found(withStatus="BUYABLE")[1]
    assert all("BUYABLE" in i["summaries"][0]["status"] for i in buyable)
    others = listings.found(withoutStatus="BUYABLE")[1]
    assert all("BUYABLE" not in i["summaries"][0]["status"] for i in others)
    assert set(skus(buyable)) | set(skus(others)) == everything
    hidden = listings.found(withoutStatus="BUYABLE,DISCOVERABLE")[1]
    assert all(i["summaries"][0]["status"] == [] for i in hidden)
    shown = listings.found(withStatus="DISCOVERABLE", withoutStatus="BUYABLE")[1]
    assert set(skus(hidden)) | set(skus(shown)) == set(skus(others))


def test_issue_severity(listings):
    found = {
        severity: {
            item["sku"]
            for item in listings.found(
                withIssueSeverity=severity, includedData="issues"
            )[1]
            if {issue["severity"] for issue in item["issues"]} == {severity}
        }
        for severity in ("ERROR", "WARNING")
    }
    assert found["ERROR"] and found["WARNING"]
    both = listings.found(withIssueSeverity="ERROR,WARNING")[1]
    assert set(skus(both)) == found["ERROR"] | found["WARNING"]


def test_identifiers(listings):
    _total, items = listings.found(
        includedData="summaries,attributes,fulfillmentAvailability"
    )
    for item in items[:60]:
        summary = item["summaries"][0]
        wanted = {"SKU": item["sku"]}
        for kind, value in (
            ("ASIN", summary.get("asin")),
            ("FNSKU", summary.get("fnSku")),
        ):
            if value:
                wanted[kind] = value
        for entry in item["attributes"].get(
            "externally_assigned_product_identifier", []
        ):
            wanted[entry["type"].upper()] = entry["value"]
            wanted["GTIN"] = entry["value"].zfill(14)
        for kind, value in wanted.items():
            # The comma separates identifiers.
            if "," not in value:
                _n, found = listings.found(identifiers=value, identifiersType=kind)
                assert item["sku"] in skus(found), (kind, value)


def test_twenty_identifiers_at_once(listings):
    wanted = [f"SIM-{number:04d}" for number in range(1, 21)]
    total, items = listings.found(
        identifiers=",".join(wanted),
        identifiersType="SKU",
        sortBy="sku",
        sortOrder="ASC",
    )
    assert total == 20 and skus(items) == wanted
    total, items = listings.found(
        identifiers="SIM-0001,NOT-THERE,SIM-0001", identifiersType="SKU"
    )
    assert total == 1


def test_family(listings):
    _total, items = listings.found(includedData="relationships")
    families = {
        item["sku"]: set(relation["childSkus"])
        for item in items
        for relation in item["relationships"][0]["relationships"]
        if relation["type"] == "VARIATION" and "childSkus" in relation
    }
    for parent, children in families.items():
        total, found = listings.found(variationParentSku=parent)
        assert set(skus(found)) == children and total == len(children)
    assert listings.found(variationParentSku="SIM-0001")[0] == 0


def test_package_hierarchy(listings):
    _total, items = listings.found(includedData="relationships")
    cases = {
        item["sku"]: relation["childSkus"]
        for item in items
        for relation in item["relationships"][0]["relationships"]
        if relation["type"] == "PACKAGE_HIERARCHY" and "childSkus" in relation
    }
    assert cases
    for case, units in cases.items():
        assert skus(listings.found(packageHierarchySku=case)[1]) == units
        for unit in units:
            assert skus(listings.found(packageHierarchySku=unit)[1]) == [case]


def test_marketplaces(listings):
    here, there = (set(skus(listings.found(marketplaceIds=m)[1])) for m in (US, MX))
    _total, both = listings.found(marketplaceIds=f"{US},{MX}")
    assert set(skus(both)) == here | there
    assert here != there


@pytest.mark.parametrize(
    "query",
    [
        {"marketplaceIds": ""},
        {"identifiers": "SIM-0001"},
        {"identifiersType": "SKU"},
        {"identifiers": "1", "identifiersType": "NAME"},
        {"identifiers": ",".join("123456789012345678901"), "identifiersType": "SKU"},
        {
            "identifiers": "SIM-0001",
            "identifiersType": "SKU",
            "variationParentSku": "SIM-0001",
        },
        {"variationParentSku": "SIM-0001", "packageHierarchySku": "SIM-0001"},
        {"withStatus": "SOLD"},
        {"withIssueSeverity": "INFO"},
        {"sortBy": "price"},
        {"sortOrder": "UP"},
        {"pageSize": "0"},
        {"pageSize": "21"},
        {"pageSize": "ten"},
        {"createdAfter": "yesterday"},
        {"createdAfter": "2026-01-01T00:00:00"},
        {"pageToken": "forged"},
        {"pageToken": ""},
        {"offset": "10"},
    ],
)
def test_bad_requests(listings, query):
    answer = listings.search(**query)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_a_token_works_with_its_own_query_only(listings, europe, model, admin):
    token = listings.search(pageSize="5").json()["pagination"]["nextToken"]
    assert listings.search(pageSize="6", pageToken=token).status_code == 400
    other = {"pageSize": "5", "sortBy": "sku", "pageToken": token}
    assert listings.search(**other).status_code == 400
    foreign = {
        "pageSize": "5",
        "pageToken": token,
        "marketplaceIds": EUROPE.marketplaces[0].id,
    }
    assert Listings(europe, model).search(**foreign).status_code == 400
    assert listings.search(pageSize="5", pageToken=token).status_code == 200
    admin.advance_clock(24 * 3600 + 1)
    listings.api.fetch_token()
    assert listings.search(pageSize="5", pageToken=token).status_code == 400


def test_other_marketplaces_are_denied(listings):
    for marketplace in (EUROPE.marketplaces[0].id, "A2ZV50J4W1RKNI", "NOWHERE"):
        assert listings.search(marketplaceIds=marketplace).status_code == 403


def test_no_more_than_a_thousand_can_be_paged_through(model):
    process, url = start_simulator("--listings", "1500", "--quota-factor", "1000")
    try:
        with httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
            listings = Listings(Api(client, NORTH_AMERICA), model)
            total, items = listings.found()
            assert total > 1400
            assert len(items) == len(set(skus(items))) == 1000
            page = listings.search(createdAfter=created(items[0])).json()
            assert page["numberOfResults"] < total
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def created(item):
    return item["summaries"][0]["createdDate"]
