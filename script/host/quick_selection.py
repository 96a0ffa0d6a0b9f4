"""A pytest plugin: the addon tests that are for the loop while working."""

import inspect

import pytest

# Whole tables, histories, charts of accounts, long walks, several users: one test takes
# as long as several others.
SLOW_FILES = {
    "test_changes.py",
    "test_guarded.py",
    "test_order_histories.py",
    "test_parcels_table.py",
    "test_poisonous_order.py",
    "test_products_import.py",
    "test_taxes.py",
    "test_totals.py",
    "test_warehouse_users.py",
    "test_withdrawn.py",
    "test_zero_brake.py",
}


def pytest_addoption(parser):
    parser.addoption(
        "--one-of-file",
        action="store_true",
        help="take the shortest test of each file but the slow ones",
    )


def pytest_collection_modifyitems(config, items):
    kept = [item for item in items if not _needs_server(item)]
    if config.getoption("--one-of-file"):
        kept = _take_one_of_file(kept)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _needs_server(item):
    from odoo.tests import HttpCase

    cls = getattr(item, "cls", None)
    return cls is not None and issubclass(cls, HttpCase)


def _take_one_of_file(items):
    """Return the test with the fewest lines of each file: mostly it is quick."""
    if unknown := SLOW_FILES - {item.path.name for item in items}:
        raise pytest.UsageError(f"SLOW_FILES names what is not there: {unknown}.")
    shortest = {}
    for item in items:
        if item.path.name in SLOW_FILES:
            continue
        lines = len(inspect.getsourcelines(item.function)[0])
        if item.path not in shortest or lines < shortest[item.path][0]:
            shortest[item.path] = lines, item
    return [item for _lines, item in shortest.values()]
