"""Stores of any size: ids, the index against a look at every document, history."""

from datetime import timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_client import LONG_AGO, Api

from spapi_simulator.accounts import FAR_EAST, NORTH_AMERICA
from spapi_simulator.apis.orders import OPERATIONS
from spapi_simulator.call import Call
from spapi_simulator.clock import iso, parse_iso
from spapi_simulator.parameters import read_query
from spapi_simulator.simulator import Simulator
from spapi_simulator.store.order_ids import OrderIds
from spapi_simulator.store.order_status import STATUSES, set_status
from spapi_simulator.store.order_wish import Wish

TWO_YEARS = 2 * 365 * 86400
SELLER = NORTH_AMERICA.seller_id
quick = settings(deadline=None, max_examples=60, database=None)


@pytest.fixture(scope="module")
def many():
    """A store of a few hundred orders, some of which changed."""
    simulator = Simulator(8, orders=300)
    store = simulator.store
    for order in list(store.of(SELLER, limit=40)):
        now = simulator.clock.now()
        store.change(order["orderId"], lambda o, now=now: set_status(o, "SHIPPED", now))
    return simulator


@quick
@given(seed=st.integers(), number=st.integers(0, 10**8))
def test_an_id_leads_back_to_its_order(seed, number):
    ids = OrderIds(seed)
    order_id = ids.id_of(number)
    assert ids.number_of(order_id) == number
    other = order_id[:-1] + str((int(order_id[-1]) + 1) % 10)
    assert ids.number_of(other) != number


def test_ids_are_unique():
    store = Simulator(2, orders=4000).store
    ids = {order["orderId"] for order in store.of()}
    assert len(ids) == store.count() == 7000


@quick
@given(
    family=st.sampled_from(("created", "lastUpdated")),
    statuses=st.lists(st.sampled_from(STATUSES), max_size=3),
    fulfilled_by=st.sampled_from(("MERCHANT", "AMAZON", None)),
    oldest=st.integers(0, 13 * 86400),
    youngest=st.integers(0, 13 * 86400),
    size=st.integers(1, 100),
)
def test_pages_are_what_a_look_at_every_order_finds(
    many, family, statuses, fulfilled_by, oldest, youngest, size
):
    store, now = many.store, many.clock.now()
    after, before = now - timedelta(seconds=oldest), now - timedelta(seconds=youngest)

    def accepts(facet):
        return (not statuses or facet.status in statuses) and (
            fulfilled_by in (None, facet.fulfilled_by)
        )

    expected = {
        order["orderId"]: order[f"{family}Time"]
        for order in store.of(SELLER)
        if iso(after) <= order[f"{family}Time"] <= iso(before)
        and (not statuses or order["fulfillment"]["fulfillmentStatus"] in statuses)
        and fulfilled_by in (None, order["fulfillment"]["fulfilledBy"])
    }
    found, cursor = {}, None
    while True:
        keys = list(
            islice(store.find(SELLER, family, accepts, after, before, cursor), size)
        )
        orders = [store.at(SELLER, key) for key in keys]
        found |= {order["orderId"]: order[f"{family}Time"] for order in orders}
        if len(keys) < size:
            break
        cursor = keys[-1]
    assert found == expected
    assert list(found.values()) == sorted(expected.values())


def test_pages_of_the_admin_listing(many):
    store = many.store
    orders = list(store.of())
    # Of all accounts together.
    times = [order["createdTime"] for order in orders]
    assert times == sorted(times)
    everything = [order["orderId"] for order in orders]
    assert len(everything) == store.count() == 525
    pages = [store.of(offset=offset, limit=100) for offset in range(0, 600, 100)]
    assert [order["orderId"] for page in pages for order in page] == everything
    shipped = list(store.of(SELLER, "SHIPPED"))
    assert len(shipped) == store.count(SELLER, "SHIPPED") >= 40


def test_a_changed_order_moves_to_the_end(many):
    store, now = many.store, many.clock.now()
    first = next(store.of(SELLER, "UNSHIPPED"))
    many.clock.advance(60)
    changed = store.change(first["orderId"], lambda order: None)
    assert changed["lastUpdatedTime"] > first["lastUpdatedTime"]
    keys = store.find(SELLER, "lastUpdated", lambda facet: True, now, many.clock.now())
    assert [store.at(SELLER, key) for key in keys][-1] == changed


def test_the_whole_of_a_larger_store_is_paged(many):
    """Page by page by HTTP is tested with the small store; this is the operation."""
    search = OPERATIONS[0]
    query, ids, token = {"createdAfter": LONG_AGO}, [], {}
    while token is not None:
        given_parameters = list({**query, **token}.items())
        call = Call(NORTH_AMERICA, "", query=read_query(given_parameters, search.query))
        _status, body = search.handler(many, call)
        ids += [order["orderId"] for order in body["orders"]]
        following = body.get("pagination")
        token = following and {"paginationToken": following["nextToken"]}
    assert len(ids) == len(set(ids)) == many.store.count(SELLER)


def test_orders_are_forgotten_after_two_years(api, admin):
    order = admin.create_order(SELLER, age_seconds=TWO_YEARS - 3600)
    order_id = order["orderId"]
    assert order_id in _found(api, createdAfter=LONG_AGO)
    admin.advance_clock(2 * 3600)
    api.fetch_token()
    admin.change_order(order_id, status="SHIPPED")
    admin.advance_clock(121)
    assert order_id not in _found(api, createdAfter=LONG_AGO)
    assert order_id not in _found(api, lastUpdatedAfter=LONG_AGO)
    assert api.order(order_id).status_code == 404
    assert admin.order(order_id)["orderId"] == order_id


def test_japan_and_australia_remember_longer(http, admin):
    order = admin.create_order(FAR_EAST.seller_id, age_seconds=TWO_YEARS)
    admin.advance_clock(TWO_YEARS)
    api = Api(http, FAR_EAST)
    assert order["orderId"] in _found(api, createdAfter=LONG_AGO)
    assert api.order(order["orderId"]).status_code == 200


def _found(api, **query):
    answer = api.search(**query)
    assert answer.status_code == 200, answer.text
    return [order["orderId"] for order in answer.json()["orders"]]


def test_reset_forgets_all_changes():
    simulator = Simulator(4, orders=60)
    store = simulator.store
    before = {order["orderId"]: order["proceeds"] for order in store.of()}
    changed = next(store.of(SELLER, "UNSHIPPED"))["orderId"]
    now = simulator.clock.now()
    store.change(changed, lambda order: set_status(order, "CANCELLED", now))
    store.add(SELLER, store.generate(NORTH_AMERICA, Wish(), 60))
    store.reset()
    assert {o["orderId"]: o["proceeds"] for o in store.of()} == before
    assert store.get(changed)["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"


def test_seeded_orders_are_older_than_a_quarter_of_an_hour():
    newest = Simulator(1, orders=500)
    for order in newest.store.of():
        age = newest.clock.now() - parse_iso(order["lastUpdatedTime"])
        assert timedelta(minutes=15) <= age <= timedelta(days=12, seconds=60)
