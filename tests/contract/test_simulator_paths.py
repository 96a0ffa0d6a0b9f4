"""Any path, any method: what is in a path never leads to an operation by mistake."""

from urllib.parse import quote

import pytest

from spapi_simulator.accounts import NORTH_AMERICA

#: Texts that stand for something in the paths of operations, or look as if.
ODD = ("{}", "{sku}", "GET ", "GET", "PATCH ", "None", "('GET',)")


def listing_path(sku):
    """The path of getListingsItem."""
    seller_id = NORTH_AMERICA.seller_id
    return f"/listings/2021-08-01/items/{seller_id}/{quote(sku, safe='')}"


def order_path(order_id):
    """The path of getOrder."""
    return f"/orders/2026-01-01/orders/{quote(order_id, safe='')}"


def refusal(answer):
    """(status, code) of Amazon's envelope."""
    assert answer.headers["x-amzn-RequestId"]
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.mark.parametrize("sku", ODD)
def test_a_sku_may_look_like_a_part_of_a_path(api, admin, http, sku):
    admin.create_listing(NORTH_AMERICA.seller_id, sku, title=sku, price="1.00")
    marketplace = NORTH_AMERICA.marketplaces[0].id
    answer = api.get(listing_path(sku), marketplaceIds=marketplace)
    assert (answer.status_code, answer.json()["sku"]) == (200, sku)
    assert refusal(http.get(listing_path(sku))) == (403, "Unauthorized")
    entries = admin.journal(sku=sku)
    assert [entry["operation"] for entry in entries] == ["getListingsItem"] * 2


@pytest.mark.parametrize("order_id", ODD)
def test_an_order_id_may_look_like_a_part_of_a_path(api, admin, http, order_id):
    assert refusal(api.get(order_path(order_id)))[0] in (400, 404)
    assert refusal(http.get(order_path(order_id))) == (403, "Unauthorized")
    entries = admin.journal(order_id=order_id)
    assert [entry["operation"] for entry in entries] == ["getOrder"] * 2


@pytest.mark.parametrize("text", ODD)
def test_no_segment_stands_for_another(api, http, text):
    for path in (f"/{quote(text)}", f"/orders/{quote(text)}/orders"):
        assert refusal(api.get(path)) == (403, "MissingAuthenticationToken")
        assert refusal(http.get(path)) == (403, "Unauthorized")


@pytest.mark.parametrize(
    "method", ["OPTIONS", "TRACE", "HEAD", "CONNECT", "PROPFIND", "DELETE"]
)
@pytest.mark.parametrize("path", [order_path("1"), "/auth/o2/token", "/nothing"])
def test_methods_that_amazon_does_not_have(api, admin, http, method, path):
    plain = http.request(method, path)
    known = http.request(method, path, headers=api.headers)
    assert [plain.status_code, known.status_code] == [403, 403]
    entries = admin.journal("unknown")
    ids = [answer.headers["x-amzn-RequestId"] for answer in (plain, known)]
    assert [entry["request_id"] for entry in entries] == ids
    assert {entry["method"] for entry in entries} == {method}
    if known.content:
        assert refusal(plain) == (403, "Unauthorized")
        assert refusal(known) == (403, "MissingAuthenticationToken")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND", "POST"])
def test_the_admin_interface_and_documents_answer_any_method(http, method):
    answer = http.request(method, "/_simulator/health")
    assert (answer.status_code, list(answer.json())) == (404, ["error"])
    assert http.request(method, "/documents/none").status_code == 405
