"""No test waits for the day on which a date that it writes out is past."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
#: The tests of what looks at the clock: Odoo with the addon.
FILES = [
    file
    for folder in (
        "amazon_connector/tests",
        "amazon_connector_mrp/tests",
        "tests/system",
    )
    for file in sorted((REPOSITORY / folder).rglob("*.py"))
]
#: Whatever lies before it is history to every test: no period of ours is that long.
RECENT = "2025"
TEXT = re.compile(r"20\d\d-\d\d-\d\d([T ].*)?")


def written_dates(tree):
    """Yield the line of each recent date outside of what freezes the clock."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and freezes(node):
            continue
        if is_recent_text(node) or is_recent_call(node):
            yield node.lineno
        yield from written_dates(node)


def freezes(function):
    return any(
        isinstance(node, ast.Name) and node.id == "freeze_time"
        for node in ast.walk(function)
    )


def is_recent_text(node):
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(TEXT.fullmatch(node.value))
        and node.value >= RECENT
    )


def is_recent_call(node):
    """Whether it is ``date(2026, …)`` or ``datetime(2026, …)``."""
    if not isinstance(node, ast.Call) or len(node.args) < 3:
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    year = node.args[0]
    return (
        name in ("date", "datetime")
        and isinstance(year, ast.Constant)
        and str(year.value) >= RECENT
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_dates_count_from_now_or_the_clock_is_frozen(file):
    lines = list(written_dates(ast.parse(file.read_text())))
    assert not lines, f"{file}: count from now (builders.ago) or freeze the clock"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('ship_by = "2026-11-27T07:59:59Z"', [1]),
        ('day = "2027-01-01"', [1]),
        ("day = datetime(2026, 11, 27)", [1]),
        ('"""Orders 2026-01-01"""\npath = "/orders/2026-01-01/orders"', []),
        ('long_ago = "2020-01-01"', []),
        ('def test():\n    with freeze_time("2026-11-23"):\n        pass', []),
        ('@freeze_time("2026-11-23")\ndef test():\n    day = "2026-11-24"', []),
    ],
)
def test_what_counts_as_a_written_date(source, found):
    assert list(written_dates(ast.parse(source))) == found
