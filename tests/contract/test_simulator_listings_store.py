"""A catalogue of any size starts at once and forgets nothing that was changed."""

from itertools import islice

import pytest
from listings_client import new_listing, patch, quantity

from spapi_simulator.accounts import EUROPE, NORTH_AMERICA
from spapi_simulator.simulator import Simulator
from spapi_simulator.store.catalog_events import ISSUES, QUANTITY, STATUS
from spapi_simulator.store.catalog_index import Filter
from spapi_simulator.store.catalog_layout import GROUPS, ROUND, layout
from spapi_simulator.store.submissions import DELAY_SECONDS, DELETE, PATCH, UPDATE
from spapi_simulator.store.submissions import submit as submit_change

US, CA = NORTH_AMERICA.marketplaces[0].id, NORTH_AMERICA.marketplaces[1].id


@pytest.fixture
def simulator():
    return Simulator(seed=3, listings=300)


@pytest.fixture
def catalog(simulator):
    return simulator.listings[NORTH_AMERICA.seller_id]


def submit(simulator, sku, operation, content, marketplace_ids=(US,)):
    """A submission that is accepted and in effect."""
    submission = submit_change(
        simulator,
        NORTH_AMERICA,
        list(marketplace_ids),
        sku,
        operation,
        "PRODUCT",
        content,
    )
    assert submission.status == "ACCEPTED", submission.issues
    simulator.clock.advance(DELAY_SECONDS)


def test_every_round_has_all_kinds():
    kinds = {kind for group in GROUPS for kind in group}
    for seed in range(20):
        slots = layout(seed, EUROPE.seller_id)
        assert len(slots) == ROUND
        assert kinds <= {slot.kind for slot in slots}


@pytest.mark.parametrize(
    ("wanted", "first", "others"),
    [(0, 60, 60), (100, 100, 100), (240, 240, 160), (100_000, 100_000, 25_000)],
)
def test_sizes(wanted, first, others):
    catalogs = Simulator(listings=wanted).listings
    assert len(catalogs[NORTH_AMERICA.seller_id]) == first
    assert len(catalogs[EUROPE.seller_id]) == others


def test_numbers_are_read_from_skus(catalog):
    for number in range(1, len(catalog) + 1):
        assert catalog.number(catalog.sku(number)) == number
    for sku in ("", "SIM", "SIM-0301", "SIM-0000", "SIM-00001", "0001", "²²²²"):
        assert catalog.number(sku) is None


def test_listings_of_a_marketplace(catalog):
    everything = list(catalog.listings())
    assert len(everything) == len(catalog) == 300
    there = list(catalog.listings(CA))
    assert there == [x for x in everything if x.listed_in(CA)] or len(there) < 300
    assert {x.sku for x in there} == {x.sku for x in everything if x.listed_in(CA)}


def test_large_catalogues_are_searched_by_all_orders():
    catalog = Simulator(listings=5000).listings[NORTH_AMERICA.seller_id]
    wanted = Filter((US,), with_status=frozenset({"BUYABLE"}))
    for sort_by, key in (
        ("sku", lambda listing: listing.sku),
        ("createdDate", lambda listing: listing.created),
        ("lastUpdatedDate", lambda listing: listing.updated),
    ):
        numbers = catalog.search(wanted, sort_by, descending=False)
        keys = [key(catalog.listing(number)) for number in numbers]
        assert keys == sorted(keys)
        passing = [x for x in catalog.listings() if wanted.passes(x)]
        assert sorted(numbers) == [listing.number for listing in passing]


def test_a_changed_listing_outlives_the_cache(simulator, catalog):
    submit(simulator, "SIM-0001", PATCH, [quantity(123)])
    title = [patch("item_name", [{"value": "Birch Stool"}])]
    submit(simulator, "SIM-0001", PATCH, title)
    catalog._memory._cache.clear()
    listing = catalog.get("SIM-0001")
    assert listing.quantity(US) == 123
    assert listing.title(US) == "Birch Stool"
    assert listing.title(CA) == catalog._generator.title(1)


def test_a_changed_listing_is_searched_by_what_it_is_now(simulator, catalog):
    buyable = Filter((US,), with_status=frozenset({"BUYABLE"}))
    before = list(catalog.search(buyable))
    submit(simulator, "SIM-0001", PATCH, [quantity(0)])
    assert set(before) - set(catalog.search(buyable)) == {1}
    submit(simulator, "SIM-0001", PATCH, [quantity(5)])
    assert catalog.search(buyable)[0] == 1
    assert set(catalog.search(buyable)) == set(before)


def test_a_deleted_listing_can_be_made_anew(simulator, catalog):
    ids = [m.id for m in NORTH_AMERICA.marketplaces]
    submit(simulator, "SIM-0001", DELETE, None, ids)
    assert catalog.get("SIM-0001") is None
    assert len(catalog) == 299
    assert 1 not in catalog.search(Filter(tuple(ids)))
    submit(simulator, "SIM-0001", UPDATE, new_listing())
    assert catalog.get("SIM-0001").title(US) == "Birch Stool"
    assert len(catalog) == 300
    assert catalog.search(Filter((US,)))[0] == 1
    catalog._memory._cache.clear()
    assert "item_weight" not in catalog.get("SIM-0001").attributes


def test_reset_undoes_all_changes(simulator, catalog):
    quantity_before = catalog.get("SIM-0001").quantity(US)
    submit(simulator, "SIM-0001", PATCH, [quantity(999)])
    submit(simulator, "NEW", UPDATE, new_listing())
    simulator.reset()
    assert catalog.get("NEW") is None
    assert len(catalog) == 300
    assert catalog.get("SIM-0001").quantity(US) == quantity_before


def test_listeners_are_told_what_changed(simulator, catalog):
    events = []
    catalog.listeners.append(events.append)
    before = catalog.get("SIM-0001").quantity(US)
    submit(simulator, "SIM-0001", PATCH, [quantity(0)])
    assert events == []
    catalog.settle()
    told = [(e.kind, e.sku, e.marketplace_id, e.before, e.after) for e in events]
    everywhere = ["BUYABLE", "DISCOVERABLE"]
    assert told == [
        (QUANTITY, "SIM-0001", US, before, 0),
        (STATUS, "SIM-0001", US, everywhere, ["DISCOVERABLE"]),
    ]
    assert events[0].moment.timestamp() == catalog.get("SIM-0001").updated
    events.clear()
    submit(simulator, "UNKNOWN", PATCH, [quantity(3)])
    catalog.settle()
    assert [event.kind for event in events] == [QUANTITY, ISSUES]


def test_the_same_article_has_different_listings_in_each_account(simulator):
    europe = simulator.listings[EUROPE.seller_id]
    america = simulator.listings[NORTH_AMERICA.seller_id]
    for number in islice(range(1, 161), 160):
        one, two = america.listing(number), europe.listing(number)
        assert (one.code == two.code) == (number <= 60)
