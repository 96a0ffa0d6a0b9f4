"""The pages for people: what they show, what their buttons do."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from spapi_simulator.accounts import ACCOUNTS, CLIENT_SECRET, NORTH_AMERICA

PAGE = "/_simulator/page"
PAGES = (
    "/",
    *(PAGE + part for part in ("/orders", "/listings", "/requests", "/quotas")),
)


def show(http, path="/", **params):
    """The text of a page."""
    answer = http.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def press(http, action, back="/", **fields):
    """(where the browser goes, message, complaint) after a button was pressed."""
    form = {"back": back, **fields}
    answer = http.post(f"{PAGE}/act/{action}", data=form)
    assert answer.status_code == 303
    parts = urlsplit(answer.headers["location"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts.path, query.get("done"), query.get("problem")


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_nothing_but_themselves(http, admin, path):
    text = show(http, path)
    assert "<title>" in text
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert "default-src 'none'" in http.get(path).headers["content-security-policy"]


def test_the_overview_tells_how_to_point_a_client_here(http, admin, base_url):
    text = html.unescape(show(http))
    assert f"{base_url}/auth/o2/token" in text
    assert f"{base_url}/apps/authorize/consent" in text
    assert CLIENT_SECRET in text
    for account in ACCOUNTS.values():
        for value in (account.store_name, account.seller_id, account.refresh_token):
            assert value in text


def test_a_token_makes_it_a_call_to_the_sp_api(api, http):
    assert api.get("/").json()["errors"][0]["code"] == "MissingAuthenticationToken"
    assert "<title>" in show(http)


def test_the_last_requests_are_shown(api, admin, http):
    admin.add_fault("json_503", operation="searchOrders")
    api.search()
    for path in ("/", PAGE + "/requests"):
        text = show(http, path)
        assert "searchOrders" in text
        assert "json_503" in text
        assert " ms</td>" in text
    assert admin.journal("searchOrders")[-1]["milliseconds"] > 0


def test_orders_are_listed_by_account_and_status(http, admin):
    seller_id = NORTH_AMERICA.seller_id
    newest = admin.create_order(seller_id, age_seconds=0)["orderId"]
    assert newest in show(http, PAGE + "/orders", seller_id=seller_id)
    pending = show(http, PAGE + "/orders", status="PENDING")
    for order in admin.orders():
        is_pending = order["fulfillment"]["fulfillmentStatus"] == "PENDING"
        assert (order["orderId"] in pending) == is_pending


def test_all_orders_are_on_some_page(http, admin):
    seller_id, found = NORTH_AMERICA.seller_id, []
    for page in (1, 2):
        text = show(http, PAGE + "/orders", seller_id=seller_id, page=page)
        found += re.findall(rf'{PAGE}/orders/([\d-]+)"', text)
    expected = [order["orderId"] for order in admin.orders(seller_id)]
    assert found == expected[::-1]


def test_an_order_is_shown_with_its_requests(api, http, admin):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    api.order(order["orderId"])
    text = html.unescape(show(http, f"{PAGE}/orders/{order['orderId']}"))
    assert order["orderItems"][0]["product"]["title"] in text
    assert order["recipient"]["deliveryAddress"]["city"] in text
    assert "getOrder" in text


def test_listings_are_found(http, admin):
    product = admin.products()[5]
    text = html.unescape(show(http, PAGE + "/listings", search=product["sku"]))
    assert product["title"] in text
    assert "There are no such" in show(http, PAGE + "/listings", search="none such")
    first, second = (show(http, PAGE + "/listings", page=n) for n in (1, 2))
    assert first != second


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/orders/100-0000000-0000000", {}),
        ("/orders", {"seller_id": "A0NOBODY"}),
        ("/orders", {"status": "LOST"}),
        ("/listings", {"seller_id": "A0NOBODY"}),
    ],
)
def test_what_is_not_there_is_not_found(http, admin, path, params):
    answer = http.get(PAGE + path, params=params)
    assert answer.status_code == 404
    assert "Not found" in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 40])
def test_any_page_number_is_survived(http, admin, page):
    for path in ("/orders", "/listings", "/requests"):
        assert show(http, PAGE + path, page=page)


def test_the_pages_escape_everything(api, http, admin):
    evil = "<script>alert(1)</script>"
    seller_id = NORTH_AMERICA.seller_id
    order = admin.create_order(seller_id)
    change = {"recipient": {"deliveryAddress": {"city": evil}}}
    admin.change_order(order["orderId"], change)
    admin.create_listing(seller_id, evil, title=evil, price="1.00")
    http.get(f"/{evil}")
    pages = [
        show(http),
        show(http, PAGE + "/requests"),
        show(http, f"{PAGE}/orders/{order['orderId']}"),
        show(http, PAGE + "/listings", search=evil),
        show(http, "/", problem=evil),
    ]
    assert all(evil not in page for page in pages)
    assert all("alert(1)" in page for page in pages)


def test_orders_that_lack_much_are_shown(http, admin):
    order = admin.create_order(NORTH_AMERICA.seller_id)
    order_id = order["orderId"]
    change = {"recipient": None, "proceeds": None, "buyer": None, "programs": None}
    admin.change_order(order_id, change)
    admin.change_order(order_id, {"fulfillment": {"fulfilledBy": None}})
    assert order_id in show(http, f"{PAGE}/orders/{order_id}")
    assert order_id in show(http, PAGE + "/orders")


# Buttons


def test_orders_are_created(http, admin):
    before = len(admin.orders())
    fields = {"seller_id": NORTH_AMERICA.seller_id, "status": "PENDING"}
    path, done, _problem = press(http, "create-order", **fields, count="3")
    assert (path, done) == ("/", "Created 3 orders")
    assert len(admin.orders()) == before + 3
    assert "Created 3 orders" in show(http, "/", done=done)


def test_an_order_is_cancelled(http, admin):
    order_id = admin.create_order(NORTH_AMERICA.seller_id)["orderId"]
    back = f"{PAGE}/orders/{order_id}"
    path, _done, problem = press(
        http, "set-status", back, order_id=order_id, status="CANCELLED"
    )
    assert (path, problem) == (back, None)
    fulfillment = admin.order(order_id)["fulfillment"]
    assert fulfillment["fulfillmentStatus"] == "CANCELLED"


def test_the_clock_is_advanced(http, admin):
    press(http, "advance-clock", advance_seconds="3600")
    assert admin.clock()["offset_seconds"] == 3600


def test_a_fault_is_set_and_ended(http, admin):
    press(http, "add-fault", kind="json_500", operation="", times="2")
    (fault,) = admin.faults()
    assert (fault["kind"], fault["operation"], fault["times"]) == ("json_500", None, 2)
    assert "json_500" in show(http)
    press(http, "clear-faults")
    assert admin.faults() == []


def test_the_quotas_are_scaled(http, admin):
    press(http, "set-quota-factor", factor="2.5")
    assert admin.quotas()["factor"] == 2.5


def test_a_quantity_is_set(http, admin):
    listing = admin.create_listing(NORTH_AMERICA.seller_id, "BOX", title="B", price=1)
    press(
        http,
        "set-quantity",
        PAGE + "/listings?search=BOX",
        sku="BOX",
        seller_id=listing["seller_id"],
        quantity="12",
    )
    assert admin.listing("BOX")["marketplaces"][0]["quantity"] == 12


def test_an_authorisation_is_withdrawn_and_restored(http, admin):
    seller_id = NORTH_AMERICA.seller_id
    press(http, "authorise", seller_id=seller_id, authorised="false")
    assert admin.accounts()[0]["authorised"] is False
    assert "not authorised" in show(http)
    press(http, "authorise", seller_id=seller_id, authorised="true")
    assert admin.accounts()[0]["authorised"] is True


def test_a_reset_returns_to_the_start(http, admin):
    admin.add_fault("json_500")
    press(http, "reset")
    assert admin.faults() == []


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("create-order", {"seller_id": "A0NOBODY"}),
        ("create-order", {"seller_id": NORTH_AMERICA.seller_id, "count": "many"}),
        ("set-status", {"order_id": "1-2-3", "status": "SHIPPED"}),
        ("advance-clock", {}),
        ("advance-clock", {"advance_seconds": "nan"}),
        ("add-fault", {"kind": "earthquake"}),
        ("set-quota-factor", {"factor": "0"}),
        ("set-quantity", {"sku": "NO-SUCH-SKU", "quantity": "1"}),
        ("set-quantity", {"sku": "SIM-0001", "quantity": ""}),
        ("authorise", {"seller_id": "A0NOBODY"}),
        ("dance", {}),
    ],
)
def test_impossible_wishes_are_explained(http, admin, action, fields):
    path, done, problem = press(http, action, **fields)
    assert (path, done) == ("/", None)
    assert problem


@pytest.mark.parametrize("back", ["https://elsewhere.example.com/", "//x", "\\x", ""])
def test_a_button_leads_nowhere_else(http, admin, back):
    assert press(http, "clear-faults", back)[0] == "/"
