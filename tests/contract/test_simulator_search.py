"""Rules of searchOrders: filters, two minutes, pages, includedData."""

from datetime import datetime, timedelta

import pytest
from simulator_client import LONG_AGO, RECOMMENDED

PII = ("buyer", "recipient")


def at(admin, seconds):
    """The simulated time some seconds from now, as text."""
    now = datetime.fromisoformat(admin.clock()["now"].replace("Z", "+00:00"))
    moment = now + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ids(answer):
    """The order ids of a page."""
    assert answer.status_code == 200, answer.text
    return [order["orderId"] for order in answer.json()["orders"]]


@pytest.mark.parametrize(
    "params",
    [
        {"lastUpdatedAfter": LONG_AGO, "createdAfter": LONG_AGO},
        {"createdAfter": LONG_AGO, "lastUpdatedBefore": LONG_AGO},
        {"createdAfter": "yesterday"},
        {"createdAfter": "2026-01-01"},
        {"createdAfter": "2026-02-30T00:00:00Z"},
        {"createdAfter": "0001-01-01T00:00:00+14:00"},
        {"createdBefore": "2019-01-01T00:00:00Z"},
        {"maxResultsPerPage": "0"},
        {"maxResultsPerPage": "101"},
        {"maxResultsPerPage": "ten"},
        {"paginationToken": "forged"},
        {"includedData": "EVERYTHING"},
        {"fulfillmentStatuses": "Unshipped"},
        {"fulfilledBy": "MFN"},
        {"buyerEmail": "a@example.com"},
        {"marketplaceIds": ",".join(["ATVPDKIKX0DER"] * 51)},
    ],
)
def test_refused(api, params):
    answer = api.search(**params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_needs_a_start(api):
    assert api.get("/orders/2026-01-01/orders").status_code == 400


def test_foreign_and_non_amazon_marketplaces_are_denied(api):
    for marketplace in ("A2ZV50J4W1RKNI", "A1PA6795UKMFR9"):
        assert api.search(marketplaceIds=marketplace).status_code == 403


def test_two_minutes(api, admin):
    family = {"lastUpdatedAfter": LONG_AGO}
    fresh = api.search(**family, lastUpdatedBefore=at(admin, -110))
    assert fresh.status_code == 400
    assert api.search(**family, lastUpdatedBefore=at(admin, -121)).status_code == 200
    new = admin.create_order(api.account.seller_id, age_seconds=10)["orderId"]
    answer = api.search(**family)
    assert new not in ids(answer)
    watermark = answer.json()["lastUpdatedBefore"]
    assert at(admin, -125) < watermark < at(admin, -119)
    admin.advance_clock(120)
    assert ids(api.search(lastUpdatedAfter=watermark)) == [new]


def test_watermark_has_the_name_of_the_family(api):
    assert "createdBefore" in api.search().json()
    assert "createdBefore" not in api.search(lastUpdatedAfter=LONG_AGO).json()


def test_filters(api, admin):
    orders = {o["orderId"]: o for o in admin.orders(api.account.seller_id)}
    found = ids(api.search(fulfillmentStatuses="PENDING,CANCELLED"))
    for order_id in found:
        status = orders[order_id]["fulfillment"]["fulfillmentStatus"]
        assert status in ("PENDING", "CANCELLED")
    repeated = api.search(fulfillmentStatuses=["PENDING", "CANCELLED"])
    assert ids(repeated) == found
    for order_id in ids(api.search(fulfilledBy="AMAZON")):
        assert orders[order_id]["fulfillment"]["fulfilledBy"] == "AMAZON"
    canada = ids(api.search(marketplaceIds="A2EUQ1WTGCTBG2"))
    assert 0 < len(canada) < 40
    for order_id in canada:
        channel = orders[order_id]["salesChannel"]
        assert channel["marketplaceId"] == "A2EUQ1WTGCTBG2"


def test_pages(api):
    query = {"maxResultsPerPage": "7", "includedData": "FULFILLMENT"}
    answer = api.search(**query)
    pages = [answer]
    while "pagination" in answer.json():
        token = answer.json()["pagination"]["nextToken"]
        answer = api.search(**query, paginationToken=token)
        pages.append(answer)
    assert [len(ids(page)) for page in pages] == [7, 7, 7, 7, 7, 5]
    together = [order_id for page in pages for order_id in ids(page)]
    assert together == ids(api.search())
    assert len({page.json()["createdBefore"] for page in pages}) == 1


def test_pages_while_an_order_changes(api, admin):
    query = {"lastUpdatedAfter": LONG_AGO, "maxResultsPerPage": "30"}
    first = api.search(**query)
    changed = ids(api.search(lastUpdatedAfter=LONG_AGO))[-1]
    admin.change_order(changed, status="CANCELLED")
    token = first.json()["pagination"]["nextToken"]
    assert changed not in ids(api.search(**query, paginationToken=token))
    admin.advance_clock(121)
    watermark = first.json()["lastUpdatedBefore"]
    assert ids(api.search(lastUpdatedAfter=watermark)) == [changed]


def test_token_is_bound(api, europe, admin):
    token = api.search(maxResultsPerPage="5").json()["pagination"]["nextToken"]
    assert api.search(maxResultsPerPage="6", paginationToken=token).status_code == 400
    same = {"maxResultsPerPage": "5", "paginationToken": token}
    assert europe.search(**same).status_code == 400
    assert api.search(**same).status_code == 200
    admin.advance_clock(24 * 3600 + 1)
    api.fetch_token()
    assert api.search(**same).status_code == 400


def test_included_data(api, admin):
    order = admin.create_order(api.account.seller_id, status="SHIPPED")
    order_id = order["orderId"]
    bare = api.order(order_id).json()["order"]
    assert set(bare) == {
        "orderId",
        "createdTime",
        "lastUpdatedTime",
        "programs",
        "salesChannel",
        "orderItems",
    }
    item = bare["orderItems"][0]
    assert set(item) == {"orderItemId", "quantityOrdered", "product"}
    for dataset, name in (
        ("BUYER", "buyer"),
        ("RECIPIENT", "recipient"),
        ("PROCEEDS", "proceeds"),
        ("FULFILLMENT", "fulfillment"),
        ("PACKAGES", "packages"),
        ("PAYMENT", "payment"),
    ):
        view = api.order(order_id, includedData=dataset).json()["order"]
        assert set(view) - set(bare) == {name}
    assert api.order(order_id, includedData="NAMES").status_code == 400


def test_protected_data(api, admin):
    seller_id = api.account.seller_id
    pending = admin.create_order(seller_id, status="PENDING")
    view = api.order(pending["orderId"], includedData=RECOMMENDED).json()["order"]
    assert not set(PII) & set(view)
    admin.change_order(pending["orderId"], status="UNSHIPPED")
    view = api.order(pending["orderId"], includedData=RECOMMENDED).json()["order"]
    assert view["recipient"] == pending["recipient"]
    amazon = admin.create_order(seller_id, fulfilled_by="AMAZON")
    view = api.order(amazon["orderId"], includedData=RECOMMENDED).json()["order"]
    assert "buyerEmail" not in view["buyer"]
    address = view["recipient"]["deliveryAddress"]
    assert set(address) == {"city", "stateOrRegion", "countryCode"}


def test_order_ids(api):
    assert api.order("not-an-id").status_code == 400
    assert api.order("100-0000000-0000000").status_code == 404
