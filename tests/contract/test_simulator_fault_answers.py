"""Faults that make answers strange, and whom faults hit."""

import httpx
import pytest

from spapi_simulator.accounts import NORTH_AMERICA

RATE = "x-amzn-RateLimit-Limit"
INCLUDED = "BUYER,RECIPIENT,FULFILLMENT"


def pages(api, size=5, most=20):
    """The order ids of each page of a search."""
    params, found = {"maxResultsPerPage": size}, []
    for _ in range(most):
        document = api.search(**params).json()
        found.append([order["orderId"] for order in document["orders"]])
        token = document.get("pagination", {}).get("nextToken")
        if not token:
            return found
        params["paginationToken"] = token
    raise AssertionError("the search has no end")


def test_the_connection_breaks_in_the_body(api, admin):
    admin.add_fault("reset_in_body", operation="searchOrders")
    with pytest.raises(httpx.RemoteProtocolError):
        api.search()
    entry = admin.journal("searchOrders")[-1]
    assert (entry["status"], entry["applied"]) == (200, True)
    assert api.search().status_code == 200


def test_a_broken_answer_without_a_body_is_no_answer(api, admin):
    admin.add_fault("reset_in_body", operation="confirmShipment")
    order = admin.create_order(NORTH_AMERICA.seller_id)
    with pytest.raises(httpx.TransportError):
        api.confirm(order["orderId"], {})


def test_the_rate_header_is_missing(api, admin):
    assert RATE in api.search().headers
    admin.add_fault("no_rate_header")
    answer = api.search()
    assert answer.status_code == 200
    assert RATE not in answer.headers
    assert RATE in api.search().headers


def test_a_page_comes_twice(api, admin):
    expected = pages(api)
    admin.add_fault("duplicate_page", operation="searchOrders")
    # The first page has none before it; the fault waits for the second.
    first = api.search(maxResultsPerPage=5).json()
    assert len(admin.faults()) == 1
    token = first["pagination"]["nextToken"]
    again = api.search(maxResultsPerPage=5, paginationToken=token).json()
    assert again == first
    assert admin.faults() == []
    second = api.search(maxResultsPerPage=5, paginationToken=token).json()
    assert [order["orderId"] for order in second["orders"]] == expected[1]


def test_a_page_that_cannot_come_twice_leaves_the_request_to_other_faults(api, admin):
    admin.add_fault("duplicate_page")
    admin.add_fault("json_503")
    assert api.search().status_code == 503
    assert [fault["kind"] for fault in admin.faults()] == ["duplicate_page"]


@pytest.mark.parametrize(
    ("kind", "token"), [("null_next_token", None), ("empty_next_token", "")]
)
def test_the_last_page_has_an_empty_token(api, admin, kind, token):
    assert "pagination" not in api.search().json()
    admin.add_fault(kind)
    assert api.search().json()["pagination"] == {"nextToken": token}
    expected = pages(api)
    admin.add_fault(kind)
    # Only the last page uses the fault up.
    assert len(expected) > 1
    assert pages(api) == expected
    assert admin.faults() == []


def test_orders_have_unknown_words(api, admin):
    admin.add_fault("unknown_values", times=2)
    listed = api.search(includedData="FULFILLMENT").json()["orders"]
    one = api.order(listed[0]["orderId"], includedData="FULFILLMENT").json()["order"]
    for order in (*listed, one):
        assert order["fulfillment"]["fulfillmentStatus"] == "INVOICE_UNCONFIRMED"
        assert order["programs"][-1] == "SIMULATED_PROGRAM"
    again = api.search(includedData="FULFILLMENT").json()["orders"]
    assert "INVOICE_UNCONFIRMED" not in str(again)


def test_orders_lack_buyer_and_recipient(api, admin):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    params = {"includedData": INCLUDED}
    assert "recipient" in api.order(order["orderId"], **params).json()["order"]
    admin.add_fault("no_recipient", order_id=order["orderId"])
    shown = api.order(order["orderId"], **params).json()["order"]
    assert "fulfillment" in shown
    assert not {"buyer", "recipient"} & set(shown)


@pytest.mark.parametrize("kind", ["no_recipient", "unknown_values"])
def test_strange_answers_leave_refusals_alone(api, admin, kind):
    admin.add_fault(kind)
    assert api.order("100-0000000-0000000").status_code == 404
    assert admin.faults()[0]["times"] == 1
    assert admin.journal("getOrder")[-1]["fault"] is None
    listed = api.search(includedData=INCLUDED).json()["orders"]
    assert ("recipient" in str(listed)) == (kind == "unknown_values")
    assert admin.faults() == []


def test_a_fault_waits_for_an_answer_it_can_change(api, admin):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    admin.add_fault("no_recipient", delay_seconds=60)
    # Without included data there is no recipient to leave out, and nothing to wait for.
    assert api.order(order["orderId"]).status_code == 200
    assert len(admin.faults()) == 1


def test_lists_of_every_api_have_the_faults_of_pages(api, admin):
    seller, market = NORTH_AMERICA.seller_id, NORTH_AMERICA.marketplaces[0].id
    lists = {
        "searchListingsItems": (f"/listings/2021-08-01/items/{seller}", "pagination"),
        "searchCatalogItems": ("/catalog/2022-04-01/items", "pagination"),
        "getSubscriptions": ("/notifications/v1/subscriptions", "payload"),
    }
    params = {
        "searchListingsItems": {"marketplaceIds": market, "identifiersType": "SKU"},
        "searchCatalogItems": {"marketplaceIds": market, "identifiersType": "SKU"},
        "getSubscriptions": {"notificationTypes": "ORDER_CHANGE"},
    }
    params["searchListingsItems"]["identifiers"] = "SIM-0001"
    params["searchCatalogItems"] |= {"identifiers": "SIM-0001", "sellerId": seller}
    for operation, (path, place) in lists.items():
        admin.add_fault("empty_next_token", operation=operation)
        answer = api.get(path, **params[operation])
        assert answer.status_code == 200, answer.text
        assert answer.json()[place]["nextToken"] == ""
        assert admin.faults() == []


def test_a_page_of_the_catalogue_comes_twice(api, admin):
    market = NORTH_AMERICA.marketplaces[0].id
    params = {"marketplaceIds": market, "keywords": "lamp", "pageSize": 1}
    first = api.get("/catalog/2022-04-01/items", **params).json()
    admin.add_fault("duplicate_page", operation="searchCatalogItems")
    params["pageToken"] = first["pagination"]["nextToken"]
    assert api.get("/catalog/2022-04-01/items", **params).json() == first


@pytest.mark.parametrize("kind", ["html_400", "html_503", "not_json"])
def test_pages_come_without_a_rate(api, admin, kind):
    admin.add_fault(kind)
    answer = api.search()
    assert answer.headers["content-type"].startswith("text/html")
    assert RATE not in answer.headers


def test_a_fault_hits_only_what_its_kind_can_hit(api, admin):
    admin.add_fault("unknown_values")
    assert api.participations().status_code == 200
    assert len(admin.faults()) == 1
    assert api.search().json()["orders"][0]["programs"][-1] == "SIMULATED_PROGRAM"
    assert admin.faults() == []


def test_a_fault_hits_one_sku(api, admin):
    skus = [product["sku"] for product in admin.products()[:2]]
    admin.add_fault("json_503", sku=skus[0])
    path = f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}/"
    params = {"marketplaceIds": NORTH_AMERICA.marketplaces[0].id}
    assert api.search().status_code == 200
    assert api.get(path + skus[1], **params).status_code != 503
    assert api.get(path + skus[0], **params).status_code == 503
    assert api.get(path + skus[0], **params).status_code != 503


@pytest.mark.parametrize(
    ("probability", "least", "most"), [(0, 0, 0), (0.5, 30, 90), (1, 120, 120)]
)
def test_a_fault_hits_a_share_of_the_requests(api, admin, probability, least, most):
    admin.add_fault("json_503", probability=probability, seconds=600)
    codes = [api.participations().status_code for _ in range(120)]
    assert least <= codes.count(503) <= most
    assert set(codes) <= {200, 503}


def test_the_repertoire_is_listed(admin):
    kinds = {entry["kind"]: entry for entry in admin.fault_kinds()}
    assert kinds["duplicate_page"]["operations"][0] == "searchOrders"
    assert kinds["reset_after"]["operation_happens"] is True
    assert all(entry["answer"] for entry in kinds.values())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "earthquake"}, "html_503"),
        ({"kind": ""}, "html_503"),
        ({"kind": "json_500", "operation": "dance"}, "searchOrders"),
        ({"kind": "unknown_values", "operation": "confirmShipment"}, "getOrder"),
        ({"kind": "lwa_html_503", "operation": "searchOrders"}, "getAccessToken"),
        ({"kind": "json_500", "probability": 1.5}, "between 0 and 1"),
        ({"kind": "json_500", "probability": "often"}, "probability"),
        ({"kind": "json_500", "sku": "NO-SUCH-SKU"}, "GET listings"),
        ({"kind": "json_500", "order_id": "1-2-3"}, "GET orders"),
        ({"kind": "json_500", "seller_id": "A0NOBODY"}, NORTH_AMERICA.seller_id),
        ({"kind": "json_500", "times": 0}, "between 1 and"),
        ({"kind": "slow", "delay_seconds": -1}, "between 0 and 3600"),
        ({"kind": "json_500", "colour": "red"}, "known: kind"),
    ],
)
def test_impossible_faults_are_explained(admin, fault, words):
    with pytest.raises(ValueError, match=words):
        admin.add_fault(**fault)
    assert admin.faults() == []
