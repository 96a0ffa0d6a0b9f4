"""Changes of orders by the admin interface: taken as a whole, or refused."""

import httpx
import pytest
from document_client import ORDERS_REPORT, Reader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notification_client import Caller, application_token, queue
from simulator_client import LONG_AGO, Api, confirmation

from spapi_simulator.accounts import NORTH_AMERICA

SELLER = NORTH_AMERICA.seller_id
ALL_DATASETS = (
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,"
    "PAYMENT,FULFILLMENT_ORDERS"
)
#: What an order need not have, and what the simulator reads of it if it does.
BLOCKS = (
    "tax",
    "proceeds",
    "payment",
    "packages",
    "orderAliases",
    "associatedOrders",
    "fulfillmentOrders",
    "programs",
    "buyer",
    "recipient",
)
ITEM_BLOCKS = (
    "tax",
    "proceeds",
    "expense",
    "cancellation",
    "promotion",
    "programs",
    "measurement",
    "associatedOrderItems",
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(0, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["type", "breakdowns", "subtotal", "taxRegistrations", "giftOption"]
            )
            | st.text(max_size=4),
            inner,
            max_size=2,
        )
    ),
    max_leaves=6,
)


@pytest.fixture
def api(base_url, admin):
    """An account; what is invented here follows no model, so nobody judges it."""
    with httpx.Client(base_url=base_url, trust_env=False, verify=False) as client:
        yield Api(client, NORTH_AMERICA)


@pytest.fixture
def order(admin):
    """An order that has most of what orders may have."""
    traits = ["BUSINESS", "GIFT", "PROMOTION", "TAX_ADDED", "CUSTOMIZED", "POINTS"]
    return admin.create_order(SELLER, traits=traits, status="UNSHIPPED")


@pytest.fixture
def subscribed(http, api, model):
    """Somebody wants to know of all changes of orders."""
    application = Caller(http, model("notifications.json"), application_token(http))
    destination = application("POST", "/notifications/v1/destinations", queue())
    seller = Caller(http, model("notifications.json"), api.headers)
    answer = seller.subscribe(destination.json()["payload"]["destinationId"])
    assert answer.status_code == 200


def item_change(order, **change):
    """A partial document that changes the first item."""
    return {
        "orderItems": [{"orderItemId": order["orderItems"][0]["orderItemId"], **change}]
    }


def is_taken(admin, order_id, change):
    """Whether a change was stored; a refused one leaves the order as it was."""
    before = admin.order(order_id)
    try:
        admin.change_order(order_id, change)
    except ValueError as refusal:
        assert "error" in str(refusal)
        assert admin.order(order_id) == before
        return False
    return True


def assert_readable(api, admin, order_id):
    """Both roles see the order, alone and among others, with all that there is."""
    for granted in (False, True):
        admin.set_restricted_roles(SELLER, granted)
        answer = api.order(order_id, includedData=ALL_DATASETS)
        assert answer.status_code == 200, answer.text
        assert order_id in found(api)
    page = api.client.get(f"/_simulator/page/orders/{order_id}")
    assert page.status_code == 200, page.text


def found(api):
    """The ids of all orders, page by page."""
    ids, token = [], {}
    while token is not None:
        answer = api.search(includedData=ALL_DATASETS, maxResultsPerPage=100, **token)
        assert answer.status_code == 200, answer.text
        ids += [order["orderId"] for order in answer.json()["orders"]]
        next_token = answer.json().get("pagination", {}).get("nextToken")
        token = {"paginationToken": next_token} if next_token else None
    return ids


@pytest.mark.parametrize("value", [5, "some", True, [1], [None], [[]]])
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_of_another_kind_is_refused(admin, api, order, name, value):
    order_id = order["orderId"]
    admin.change_order(order_id, {} if name == "packages" else {name: None})
    assert not is_taken(admin, order_id, {name: value})
    assert_readable(api, admin, order_id)


@pytest.mark.parametrize("value", [5, "some", True, [1], [None], [[]]])
@pytest.mark.parametrize("name", ITEM_BLOCKS)
def test_a_block_of_an_item_of_another_kind_is_refused(admin, order, name, value):
    order_id = order["orderId"]
    admin.change_order(order_id, item_change(order, **{name: None}))
    assert not is_taken(admin, order_id, item_change(order, **{name: value}))


@pytest.mark.parametrize(
    "change",
    [
        {"programs": [{"a": 1}]},
        {"proceeds": {"breakdowns": [{"type": ["DELIVERY_TIP"]}]}},
        {"proceeds": {"breakdowns": ["DELIVERY_TIP"]}},
        {"tax": {"taxRegistrations": [5]}},
        {"payment": {"paymentExecutions": [{"paymentAmount": 5}]}},
    ],
)
@pytest.mark.parametrize("status", [None, "SHIPPED"])
def test_a_subscriber_does_not_make_it_worse(
    admin, api, order, subscribed, change, status
):
    order_id = order["orderId"]
    body = change if status is None else {**change, "status": status}
    assert not is_taken(admin, order_id, body)
    assert api.confirm(order_id, confirmation(order)).status_code == 204


def test_the_refusal_names_the_property(admin, order):
    for change, words in (
        ({"programs": [{"a": 1}]}, "programs.0 must be a text"),
        ({"tax": 5}, "tax must be an object"),
        (
            item_change(order, proceeds={"breakdowns": [{}]}),
            "orderItems.0.proceeds.breakdowns.0 must have type, subtotal",
        ),
        (
            item_change(order, quantityOrdered=-1),
            "orderItems.0.quantityOrdered must be between 0 and",
        ),
        (
            {"proceeds": {"grandTotal": {"amount": "much"}}},
            "proceeds.grandTotal.amount must be a text of digits",
        ),
    ):
        with pytest.raises(ValueError, match=words.replace(".", r"\.")):
            admin.change_order(order["orderId"], change)


def test_lists_are_not_nested_without_end(admin, order):
    nested = []
    for _level in range(30):
        nested = [nested]
    with pytest.raises(ValueError, match="nested too deeply"):
        admin.change_order(order["orderId"], {"own": nested})


@pytest.mark.parametrize("document", [{"tax": 5}, {"payment": [1]}, {"programs": [1]}])
def test_new_orders_are_judged_as_changed_ones(admin, document):
    before = len(admin.orders(SELLER))
    with pytest.raises(ValueError, match="must be"):
        admin.create_orders(SELLER, count=2, document=document)
    assert len(admin.orders(SELLER)) == before


def test_properties_of_ones_own_are_kept(admin, api, order):
    change = {"own": {"list": [1, {"a": None}]}, "buyer": {"nickname": 5}}
    changed = admin.change_order(order["orderId"], change)
    assert changed["own"] == change["own"]
    assert changed["buyer"]["nickname"] == 5
    assert_readable(api, admin, order["orderId"])


def paths(document, path=()):
    """All the places in a document that a change may name."""
    for name, value in document.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from paths(value, (*path, name))


def nested(path, value):
    """The partial document that brings a value to a place."""
    for name in reversed(path):
        value = {name: value}
    return value


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_changed_orders_can_still_be_used(admin, api, order, subscribed, data):
    """Whatever two changes there are, all operations and reports go on."""
    # Waiting for reports takes simulated time, more than a token lives.
    api.fetch_token()
    new = admin.create_order(SELLER, status="PARTIALLY_SHIPPED", traits=["PROMOTION"])
    order_id, item = new["orderId"], new["orderItems"][0]
    names = sorted({*paths(order), *((name,) for name in BLOCKS)})
    of_items = {*paths(order["orderItems"][0]), *((name,) for name in ITEM_BLOCKS)}
    for _change in range(2):
        if data.draw(st.booleans()):
            change = nested(data.draw(st.sampled_from(names)), data.draw(values))
        else:
            path = data.draw(st.sampled_from(sorted(of_items)))
            change = item_change(new, **nested(path, data.draw(values)))
        status = data.draw(st.sampled_from([None, "SHIPPED", "UNSHIPPED", "CANCELLED"]))
        if status is not None:
            change["status"] = status
        is_taken(admin, order_id, change)
    assert_readable(api, admin, order_id)
    assert api.confirm(order_id, confirmation(new)).status_code < 500
    for act in (admin.request_cancellation, admin.replace_order, cancel(admin, item)):
        try:
            act(order_id)
        except ValueError as refusal:
            assert "error" in str(refusal)
    reader = Reader(api, admin)
    report = reader.finished_report(ORDERS_REPORT, dataStartTime=LONG_AGO)
    assert report["processingStatus"] == "DONE"


def cancel(admin, item):
    """Cancel one unit of an item."""
    return lambda order_id: admin.cancel_item(order_id, item["orderItemId"], quantity=1)
