"""Any order that the simulator can make is valid, adds up, and stays so."""

import copy
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_rules import check_order
from simulator_client import confirmation

from spapi_simulator.accounts import ACCOUNTS
from spapi_simulator.apis.order_projection import DATASETS, project
from spapi_simulator.apis.shipments import confirm_shipment
from spapi_simulator.call import Call
from spapi_simulator.errors import ApiError
from spapi_simulator.simulator import Simulator
from spapi_simulator.store.order_changes import (
    ASSOCIATIONS,
    CANCELLERS,
    add_replacement,
    cancel_item,
    change_address,
    request_cancellation,
)
from spapi_simulator.store.order_status import STATUSES, ImpossibleOrder, set_status
from spapi_simulator.store.order_wish import PROGRAMS, TRAITS, Wish

ORDERS = "orders_2026-01-01.json"
careful = settings(deadline=None, max_examples=100, database=None)
accounts = st.sampled_from(sorted(ACCOUNTS)).map(ACCOUNTS.get)
lines = st.lists(
    st.tuples(st.integers(1, 60).map("SIM-{:04d}".format), st.integers(1, 50)),
    max_size=5,
)
subsets = st.lists(st.sampled_from(sorted(DATASETS)), unique=True)


@pytest.fixture(scope="module")
def order_model(model):
    """Asserts that a document is an order by Amazon's model."""
    orders = model(ORDERS)
    return lambda document: orders.validate_document(document, "Order")


@st.composite
def wishes(draw, account):
    """Anything that can be wished of an order of an account."""
    programs = st.lists(st.sampled_from(PROGRAMS), unique=True, max_size=4)
    traits = st.lists(st.sampled_from(sorted(TRAITS)), unique=True, max_size=5)
    return Wish(
        marketplace=draw(st.none() | st.sampled_from(account.marketplaces)),
        status=draw(st.sampled_from(STATUSES)),
        fulfilled_by=draw(st.sampled_from(("MERCHANT", "AMAZON"))),
        channel_name=draw(st.sampled_from(("AMAZON", "NON_AMAZON"))),
        programs=draw(st.none() | programs),
        lines=draw(st.just([]) | lines),
        traits=tuple(draw(traits)),
    )


@st.composite
def generated(draw):
    """(simulator, account, an order that it generated), or None if impossible."""
    account = draw(accounts)
    wish = draw(wishes(account))
    simulator = Simulator(draw(st.integers(0, 10**6)), orders=0)
    age = draw(st.integers(0, 700 * 86400))
    try:
        order = simulator.store.generate(account, wish, age)
    except ImpossibleOrder:
        # Only lines that were prescribed can stand in the way of a wish.
        assert wish.lines
        return None
    simulator.store.add(account.seller_id, order)
    return simulator, account, order


@careful
@given(made=generated(), included=subsets, roles=st.booleans())
def test_any_wish(order_model, made, included, roles):
    if made is None:
        return
    simulator, _account, order = made
    check_order(order)
    order_model(order)
    before = copy.deepcopy(order)
    view = project(order, included, simulator.clock.now(), roles)
    order_model(view)
    assert order == before
    assert simulator.store.get(order["orderId"]) == order


@settings(careful, max_examples=30)
@given(seed=st.integers(), size=st.integers(41, 3_000), number=st.integers(0))
def test_any_seeded_order(order_model, seed, size, number):
    store = Simulator(seed, orders=size).store
    number %= store.count()
    (order,) = store.of(offset=number, limit=1)
    check_order(order)
    order_model(order)
    # Drawn anew by a store that never saw it.
    store.reset()
    (again,) = store.of(offset=number, limit=1)
    assert again["orderId"] == order["orderId"]
    assert again["proceeds"] == order["proceeds"]


@settings(careful, max_examples=40)
@given(seed=st.integers(), account=accounts, trait=st.sampled_from(sorted(TRAITS)))
def test_a_trait_of_any_seed(seed, account, trait):
    """Drawn lines allow for each trait in each status."""
    store = Simulator(seed, orders=0).store
    for status in STATUSES:
        check_order(store.generate(account, Wish(status=status, traits=(trait,)), 900))


def _change_status(simulator, order_id, rng):
    now = simulator.clock.now()
    status = rng.choice(STATUSES)
    simulator.store.change(order_id, lambda order: set_status(order, status, now))


def _cancel(simulator, order_id, rng):
    def change(order):
        item = rng.choice(order["orderItems"])
        cancel_item(
            order,
            item["orderItemId"],
            simulator.clock.now(),
            quantity=rng.choice((None, 1, 2)),
            by=rng.choice(CANCELLERS),
        )

    simulator.store.change(order_id, change)


def _request(simulator, order_id, rng):
    simulator.store.change(order_id, request_cancellation)


def _move(simulator, order_id, rng):
    parts = {"city": "Elsewhere", "addressLine2": rng.choice((None, "Unit 7"))}
    simulator.store.change(order_id, lambda order: change_address(order, parts))


def _replace(simulator, order_id, rng):
    replacement = add_replacement(simulator.store, order_id, rng.choice(ASSOCIATIONS))
    associated = replacement["associatedOrders"]
    assert [entry["orderId"] for entry in associated] == [order_id]
    check_order(replacement)


def _confirm(simulator, order_id, rng):
    order = simulator.store.get(order_id)
    chosen = rng.sample(order["orderItems"], rng.randint(1, len(order["orderItems"])))
    quantities = {item["orderItemId"]: rng.randint(1, 3) for item in chosen}
    body = confirmation(order, rng.choice("123"), quantities)
    account = simulator.store.owner(order_id)
    confirm_shipment(simulator, Call(account, "", {"orderId": order_id}, {}, body))


ACTIONS = (_change_status, _cancel, _request, _move, _replace, _confirm, _confirm)


@settings(careful, max_examples=60)
@given(
    made=generated(),
    actions=st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=12),
    seed=st.integers(0, 10**6),
)
def test_any_sequence_of_changes(order_model, made, actions, seed):
    if made is None:
        return
    simulator, account, order = made
    order_id, rng = order["orderId"], random.Random(seed)
    told = []
    simulator.store.on_change.append(lambda *facts: told.append(facts[0]))
    for action in actions:
        before, length = simulator.store.get(order_id), len(told)
        simulator.clock.advance(60)
        try:
            action(simulator, order_id, rng)
        except (ImpossibleOrder, ApiError):
            assert simulator.store.get(order_id) == before
            assert len(told) == length
        else:
            assert told[length:] == [account.seller_id]
        after = simulator.store.get(order_id)
        check_order(after)
        order_model(after)
    _check_index(simulator, account)


def _check_index(simulator, account):
    """Search finds each order once, where its document says it is."""
    store, seller_id = simulator.store, account.seller_id
    now = simulator.clock.now()
    for family in ("created", "lastUpdated"):
        keys = store.find(
            seller_id, family, lambda facet: True, now - timedelta(days=800), now
        )
        found = [store.at(seller_id, key) for key in keys]
        moments = [order[f"{family}Time"] for order in found]
        assert moments == sorted(moments)
        ids = {order["orderId"] for order in found}
        assert len(ids) == len(found) == store.count(seller_id)
    statuses = [order["fulfillment"]["fulfillmentStatus"] for order in found]
    for status in STATUSES:
        assert store.count(seller_id, status) == statuses.count(status)
